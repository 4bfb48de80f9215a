//! Conditions of steps: `opinion == positive && cause != death`. A word is what an act recorded last; one that no
//! act recorded is unknown, and so is the condition that needs it.

use super::ground::Ground;

/// Whether a condition holds; `None` while a word that decides it is unknown.
pub(crate) fn holds(text: &str, ground: &Ground) -> Result<Option<bool>, String> {
    let mut known = Some(true);
    for part in text.split("&&") {
        match test(part, ground)? {
            Some(false) => return Ok(Some(false)),
            Some(true) => {}
            None => known = None,
        }
    }
    Ok(known)
}

fn test(part: &str, ground: &Ground) -> Result<Option<bool>, String> {
    let (word, value, equal) = comparison(part)?;
    Ok(ground.find(word).map(|found| (found == value) == equal))
}

fn comparison(part: &str) -> Result<(&str, &str, bool), String> {
    let (word, value, equal) = part
        .split_once("==")
        .map(|(word, value)| (word, value, true))
        .or_else(|| {
            part.split_once("!=")
                .map(|(word, value)| (word, value, false))
        })
        .ok_or_else(|| {
            format!(
                "the condition `{}` is not of the form `word == value`",
                part.trim()
            )
        })?;
    Ok((word.trim(), value.trim().trim_matches('"'), equal))
}

/// The words that a condition reads.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split("&&")
        .filter_map(|part| comparison(part).ok())
        .map(|(word, _, _)| word)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(words: &[(&str, &str)]) -> Ground {
        let mut ground = Ground::default();
        for (word, value) in words {
            ground.say(word, value);
        }
        ground
    }

    #[test]
    fn a_condition_holds_fails_or_is_unknown() {
        let said = ground(&[("opinion", "positive"), ("cause", "death")]);
        for (text, expected) in [
            ("opinion == positive", Some(true)),
            ("opinion == \"positive\"", Some(true)),
            ("opinion != positive", Some(false)),
            ("opinion == negative", Some(false)),
            ("opinion == positive && cause == death", Some(true)),
            ("opinion == positive && cause != death", Some(false)),
            ("decision == grant", None),
            ("decision == grant && opinion == negative", Some(false)),
            ("decision == grant && opinion == positive", None),
        ] {
            assert_eq!(holds(text, &said), Ok(expected), "{text}");
        }
        assert_eq!(
            words("decision == grant && opinion != a"),
            ["decision", "opinion"]
        );
    }

    #[test]
    fn what_is_no_comparison_is_named() {
        let error = holds("opinion", &Ground::default()).unwrap_err();
        assert!(
            error.contains("`opinion`") && error.contains("word == value"),
            "{error}"
        );
    }
}
