//! How a line that cannot be understood is answered, in the language of the reader. The parts that the parser
//! names (the command, the argument, the value) stand in the words of `locales/`; what has no words there keeps
//! those of the parser.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::words::Words;

/// What is wrong, how the command is used, and what to do.
pub fn said(error: &clap::Error, words: &Words) -> String {
    let rendered = error.render().to_string();
    let usage = rendered
        .lines()
        .find_map(|line| line.strip_prefix("Usage: "))
        .map(|usage| format!("{}: {usage}", words.say("heading-usage")));
    let mut lines = match wrong(error, words) {
        Some(message) => {
            let mut lines = vec![format!("error: {message}")];
            lines.extend(hint(error, words).map(|hint| format!("hint: {hint}")));
            lines.extend(usage);
            lines
        }
        None => parsers_own(&rendered),
    };
    lines.push(format!("hint: {}", words.say("hint-usage")));
    lines.join("\n")
}

/// The words of the parser, without its pointer to `--help`: the last line says that.
fn parsers_own(rendered: &str) -> Vec<String> {
    let mut lines: Vec<String> = rendered
        .lines()
        .filter(|line| !line.starts_with("For more information"))
        .map(|line| match line.trim_start().strip_prefix("tip:") {
            Some(tip) => format!("hint:{tip}"),
            None => line.to_owned(),
        })
        .collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    lines
}

fn wrong(error: &clap::Error, words: &Words) -> Option<String> {
    let named = |kind| context(error, kind).map(|all| all.join(" "));
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let found = named(ContextKind::InvalidSubcommand)?;
            Some(words.tell("usage-no-command", &[("found", &found)]))
        }
        ErrorKind::UnknownArgument => {
            let found = named(ContextKind::InvalidArg)?;
            Some(words.tell("usage-no-argument", &[("found", &found)]))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = context(error, ContextKind::InvalidArg)?.join(", ");
            Some(words.tell("usage-missing", &[("missing", &missing)]))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let argument = named(ContextKind::InvalidArg)?;
            let value = named(ContextKind::InvalidValue).unwrap_or_default();
            if value.is_empty() {
                return Some(words.tell("usage-no-value", &[("argument", &argument)]));
            }
            Some(words.tell(
                "usage-wrong-value",
                &[("argument", &argument), ("value", &value)],
            ))
        }
        ErrorKind::ArgumentConflict => {
            let one = named(ContextKind::InvalidArg)?;
            let other = named(ContextKind::PriorArg)?;
            Some(words.tell("usage-conflict", &[("one", &one), ("other", &other)]))
        }
        _ => None,
    }
}

fn hint(error: &clap::Error, words: &Words) -> Option<String> {
    let near = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg]
        .into_iter()
        .find_map(|kind| context(error, kind));
    if let Some(near) = near {
        return Some(words.tell("usage-near", &[("near", &near.join(", "))]));
    }
    if let Some(known) = context(error, ContextKind::ValidValue).filter(|all| !all.is_empty()) {
        return Some(words.tell("usage-one-of", &[("known", &known.join(", "))]));
    }
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    // `--household <HOUSEHOLD>`: how a household is written.
    let argument = context(error, ContextKind::InvalidArg)?.join(" ");
    let name = argument.split('<').nth(1)?.split('>').next()?;
    let written = format!("usage-like-{}", name.to_ascii_lowercase());
    words.maybe(&written).or_else(|| {
        let source = std::error::Error::source(error)?.to_string();
        let hint = source.split_once("hint: ").map(|(_, hint)| hint.to_owned());
        Some(hint.unwrap_or(source))
    })
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(one) => Some(vec![one.clone()]),
        ContextValue::Strings(all) => Some(all.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;
    use crate::words::Language;

    fn answer(line: &str, language: Language) -> String {
        let error = Cli::command()
            .try_get_matches_from(line.split(' '))
            .unwrap_err();
        said(&error, &Words::new(language))
    }

    #[test]
    fn a_line_that_cannot_be_understood_is_answered_in_the_language_of_the_reader() {
        for (line, told) in [
            ("minsheng case aply", "没有命令 `aply`"),
            ("minsheng case list --stat x", "没有参数 `--stat`"),
            (
                "minsheng case accept C000001",
                "缺少：--db <URL>, --as <USER>",
            ),
            (
                "minsheng explain --db x --household H000001 --month 2021-5",
                "hint: 月份写作 2021-05",
            ),
            (
                "minsheng explain --db x --household X --month 2021-05",
                "hint: 家庭写作 H000123",
            ),
            ("minsheng yearbook --db x --format pdf", "md, csv, json"),
        ] {
            let said = answer(line, Language::Zh);
            assert!(said.contains(told), "{line}: {said}");
            assert!(
                said.contains("用法: minsheng") || !said.contains("Usage"),
                "{said}"
            );
        }
        assert!(answer("minsheng case aply", Language::Zh).contains("hint: 最接近的是 `apply`"));
    }

    #[test]
    fn an_answer_in_english_names_the_same_parts() {
        let said = answer("minsheng case aply", Language::En);
        assert!(
            said.contains("error: there is no command `aply`")
                && said.contains("hint: the nearest is `apply`")
                && said.contains("Usage: minsheng case"),
            "{said}"
        );
    }
}
