//! Help texts: taken from the Fluent bundle, so that `--help` speaks the language of the output.
//!
//! The message `help-COMMAND-SUBCOMMAND` is the command's line; its attributes are the arguments.

use clap::{Arg, ArgAction, Command};

use crate::words::Words;

/// The command with the help texts of one language.
pub fn localised(command: Command, words: &Words) -> Command {
    with_texts(command, words, "help")
}

fn with_texts(command: Command, words: &Words, key: &str) -> Command {
    let options = words.say("heading-options");
    let arguments = words.say("heading-arguments");
    let template = format!(
        "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        words.say("heading-usage")
    );
    let mut command = command
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', ArgAction::Help))
        .subcommand_help_heading(words.say("heading-commands"))
        .help_template(template);
    if command.get_version().is_some() {
        command = command.arg(flag("version", 'V', ArgAction::Version));
    }
    if let Some(about) = words.maybe(key) {
        command = command.about(about);
    }
    if let Some(after) = words.attribute(key, "after-help") {
        command = command.after_help(after);
    }
    let ids: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    for id in ids {
        let text = text_of(words, key, &id);
        command = command.mut_arg(&id, |argument| {
            let heading = if argument.is_positional() {
                &arguments
            } else {
                &options
            };
            let argument = argument.help_heading(heading.clone());
            let Some(mut text) = text else {
                return argument;
            };
            text.push_str(&values_of(&argument, words));
            let argument = argument.help(text);
            if argument.get_action().takes_values() {
                argument.hide_default_value(true).hide_possible_values(true)
            } else {
                argument
            }
        });
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(&name, |sub| with_texts(sub, words, &key));
    }
    command
}

fn flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(name).long(name).short(short).action(action)
}

/// What an argument is where it is not written, and what can be written.
fn values_of(argument: &Arg, words: &Words) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let default: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .filter(|value| !value.is_empty())
        .collect();
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let mut text = String::new();
    for (key, name, values) in [
        ("help-default", "value", default.join(" ")),
        ("help-possible", "values", possible.join(", ")),
    ] {
        if !values.is_empty() {
            text.push(' ');
            text.push_str(&words.tell(key, &[(name, &values)]));
        }
    }
    text
}

/// The text of an argument: its own, or the one it shares with other commands.
fn text_of(words: &Words, key: &str, id: &str) -> Option<String> {
    let attribute = id.replace('_', "-");
    words
        .attribute(key, &attribute)
        .or_else(|| words.attribute("help-shared", &attribute))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;
    use crate::words::Language;

    fn missing(command: &Command, words: &Words, key: &str, found: &mut Vec<String>) {
        if words.maybe(key).is_none() {
            found.push(key.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if text_of(words, key, id).is_none() {
                found.push(format!("{key}.{id}"));
            }
        }
        for sub in command.get_subcommands() {
            missing(sub, words, &format!("{key}-{}", sub.get_name()), found);
        }
    }

    #[test]
    fn every_command_and_argument_has_a_help_text_in_both_languages() {
        for language in [Language::Zh, Language::En] {
            let mut found = Vec::new();
            missing(&Cli::command(), &Words::new(language), "help", &mut found);
            assert!(found.is_empty(), "{language:?}: no text for {found:?}");
        }
    }

    #[test]
    fn every_command_that_a_hint_names_is_one() {
        for (step, command, arguments) in minsheng_benefits::assistance::commands::COMMANDS {
            let mut at = Cli::command();
            for word in command.split(' ') {
                let sub = at.find_subcommand(word).cloned();
                at = sub.unwrap_or_else(|| panic!("{step}: no command `{command}`"));
            }
            for option in arguments
                .split(' ')
                .filter_map(|word| word.strip_prefix("--"))
            {
                let known = at.get_arguments().any(|one| one.get_long() == Some(option));
                assert!(known, "`{command}` has no option `--{option}`");
            }
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        localised(Cli::command(), &Words::new(Language::Zh)).debug_assert();
    }
}
