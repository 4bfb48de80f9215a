//! How a failing command ends: one message, one hint, one exit code.

use std::fmt;
use std::process::ExitCode;

use crate::output::note;

/// Exit code of an act that was refused, a disagreement, an invalid value, a finding.
pub const FAILED: u8 = 1;
/// Exit code of a command line that could not be understood.
pub const USAGE: u8 = 2;

/// A failure said by the command itself, in the user's language.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// How the process ends.
    pub code: u8,
}

impl Failure {
    /// A refused act.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
            code: FAILED,
        }
    }

    /// A command line that cannot be understood.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
            code: USAGE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhint: {}", self.message, self.hint)
    }
}

impl std::error::Error for Failure {}

/// Prints `error: …` and `hint: …` on standard error and gives the exit code. `fallback` is the hint for errors
/// that bring none. What is `said` in the language of the reader takes the place of the error's own words.
pub fn report(error: &anyhow::Error, said: Option<String>, fallback: &str) -> ExitCode {
    let causes = match said {
        Some(said) => vec![said],
        None => error.chain().map(ToString::to_string).collect(),
    };
    note(&render(&causes, fallback));
    ExitCode::from(
        error
            .downcast_ref::<Failure>()
            .map_or(FAILED, |failure| failure.code),
    )
}

fn render(causes: &[String], fallback: &str) -> String {
    let mut message = String::new();
    let mut hints: Vec<String> = Vec::new();
    for cause in causes {
        let mut said = String::new();
        for line in cause.lines() {
            match line.trim_start().strip_prefix("hint:") {
                Some(hint) if !hints.iter().any(|known| known == hint.trim()) => {
                    hints.push(hint.trim().to_owned());
                }
                Some(_) => {}
                None => {
                    said.push_str(line);
                    said.push('\n');
                }
            }
        }
        let said = said.trim_end();
        // A cause that its wrapper already quoted adds nothing.
        if message.contains(said) {
            continue;
        }
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(said);
    }
    if hints.is_empty() {
        hints.push(fallback.to_owned());
    }
    let mut text = format!("error: {message}");
    for hint in hints {
        text.push_str("\nhint: ");
        text.push_str(&hint);
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    fn shown(error: &anyhow::Error, fallback: &str) -> String {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        render(&causes, fallback)
    }

    #[test]
    fn hints_inside_of_causes_come_last_and_once() {
        let error = Err::<(), _>(anyhow!("row 3 is bad\n  hint: correct it"))
            .context("cannot read the file\nhint: correct it")
            .unwrap_err();
        assert_eq!(
            shown(&error, "x"),
            "error: cannot read the file: row 3 is bad\nhint: correct it"
        );
    }

    #[test]
    fn an_error_without_a_hint_gets_the_fallback_and_a_repeated_cause_is_dropped() {
        let error = Err::<(), _>(anyhow!("no such file"))
            .context("f.toml: no such file")
            .unwrap_err();
        assert_eq!(
            shown(&error, "see --help"),
            "error: f.toml: no such file\nhint: see --help"
        );
    }

    #[test]
    fn a_failure_keeps_its_exit_code() {
        let usage = anyhow::Error::new(Failure::usage("a", "b"));
        assert_eq!(
            usage.downcast_ref::<Failure>().map(|failure| failure.code),
            Some(USAGE)
        );
        assert_eq!(shown(&usage, "x"), "error: a\nhint: b");
    }
}
