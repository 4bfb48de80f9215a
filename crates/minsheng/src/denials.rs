//! What every office may refuse before it looks at the matter: an unknown user, a role, an area, a second pair of
//! eyes, a number that nobody has. Said in the language of the reader; other refusals keep the words of the office.

use std::error::Error;
use std::fmt::Display;

use minsheng_benefits::assistance::AssistanceError;
use minsheng_payments::PaymentError;
use minsheng_registry::RegistryError;

use crate::words::Words;

/// The refusal with what stands around it (a file, an option), and what to do; nothing for any other error.
pub fn said(error: &anyhow::Error, words: &Words) -> Option<String> {
    let told = denied(error, words)?;
    let around = error
        .chain()
        .take_while(|cause| !of_office(*cause))
        .map(ToString::to_string);
    let parts: Vec<String> = around.chain([told]).collect();
    Some(parts.join(": "))
}

fn of_office(cause: &(dyn Error + 'static)) -> bool {
    cause.is::<RegistryError>() || cause.is::<AssistanceError>() || cause.is::<PaymentError>()
}

fn denied(error: &anyhow::Error, words: &Words) -> Option<String> {
    if let Some(error) = error.downcast_ref::<RegistryError>() {
        return by_registry(error, words);
    }
    if let Some(error) = error.downcast_ref::<PaymentError>() {
        return match error {
            PaymentError::Registry(error) => by_registry(error, words),
            PaymentError::Assistance(error) => by_assistance(error, words),
            PaymentError::NotFound { what, id } => Some(not_found(what, id, words)),
            _ => None,
        };
    }
    by_assistance(error.downcast_ref::<AssistanceError>()?, words)
}

fn by_assistance(error: &AssistanceError, words: &Words) -> Option<String> {
    match error {
        AssistanceError::Registry(error) => by_registry(error, words),
        AssistanceError::NotFound { what, id } => Some(not_found(what, id, words)),
        AssistanceError::Programme { code, known } => Some(with_hint(
            words,
            "denied-programme",
            &[("code", code), ("known", known)],
        )),
        _ => None,
    }
}

fn by_registry(error: &RegistryError, words: &Words) -> Option<String> {
    let say = |key: &str, with: &[(&str, &dyn Display)]| Some(with_hint(words, key, with));
    match error {
        RegistryError::UnknownUser(user) => say("denied-user", &[("user", user)]),
        RegistryError::InactiveUser(user) => say("denied-inactive", &[("user", user)]),
        RegistryError::Role { user, role } => say("denied-role", &[("user", user), ("role", role)]),
        RegistryError::Area {
            user,
            area,
            division,
        } => say(
            "denied-area",
            &[("user", user), ("area", area), ("division", division)],
        ),
        RegistryError::WholeCounty { user, area } => {
            say("denied-county", &[("user", user), ("area", area)])
        }
        RegistryError::FourEyes { user, what } => {
            say("denied-four-eyes", &[("user", user), ("what", what)])
        }
        RegistryError::NotFound { what, id } => Some(not_found(what, id, words)),
        RegistryError::DuplicateIdNumber { existing, name } => {
            say("denied-id-number", &[("person", existing), ("name", name)])
        }
        RegistryError::IdNumberElsewhere => say("denied-id-number-elsewhere", &[]),
        RegistryError::AlreadyMember {
            person,
            household,
            from,
        } => say(
            "denied-member",
            &[("person", person), ("household", household), ("from", from)],
        ),
        _ => None,
    }
}

fn not_found(what: &str, id: &dyn Display, words: &Words) -> String {
    let key = format!("denied-no-{}", what.replace(' ', "-"));
    if words.maybe(&key).is_some() {
        return with_hint(words, &key, &[("id", id)]);
    }
    words.tell("denied-not-found", &[("what", &what), ("id", id)])
}

fn with_hint(words: &Words, key: &str, with: &[(&str, &dyn Display)]) -> String {
    let mut text = words.tell(key, with);
    if let Some(hint) = words.told_attribute(key, "hint", with) {
        text.push_str("\nhint: ");
        text.push_str(&hint);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn errors() -> Vec<RegistryError> {
        let user = || "clerk".to_owned();
        vec![
            RegistryError::UnknownUser(user()),
            RegistryError::InactiveUser(user()),
            RegistryError::Role {
                user: user(),
                role: "officer".to_owned(),
            },
            RegistryError::WholeCounty {
                user: user(),
                area: 513_301_001_000,
            },
            RegistryError::FourEyes {
                user: user(),
                what: "confirm".to_owned(),
            },
            RegistryError::IdNumberElsewhere,
        ]
    }

    #[test]
    fn the_english_words_are_those_of_the_registry_and_the_chinese_ones_are_chinese() {
        let (en, zh) = (Words::new(Language::En), Words::new(Language::Zh));
        for error in errors() {
            assert_eq!(by_registry(&error, &en), Some(error.to_string()));
            let told = by_registry(&error, &zh).unwrap_or_default();
            let (said, hint) = told.split_once("\nhint: ").unwrap_or_default();
            let chinese = |text: &str| text.chars().any(|c| ('一'..='龥').contains(&c));
            assert!(chinese(said) && chinese(hint), "{error}: {told}");
        }
    }

    #[test]
    fn the_file_stands_before_the_refusal_and_a_number_that_nobody_has_comes_with_a_list_to_look_in()
     {
        let error = anyhow::Error::new(AssistanceError::Registry(RegistryError::NotFound {
            what: "household",
            id: "H000009".to_owned(),
        }))
        .context("f.toml");
        let told = said(&error, &Words::new(Language::Zh)).unwrap_or_default();
        assert!(
            told.starts_with("f.toml: 没有家庭 H000009\nhint: ") && told.contains("export roll"),
            "{told}"
        );
    }
}
