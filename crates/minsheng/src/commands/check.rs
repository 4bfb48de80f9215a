//! `check`: whether an identifier is valid. Prints `valid`, or the error's name and a sentence.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_core::{
    BankAccount, CitizenId, Clock, Date, DisabilityCertificate, Regions, Uscc, bank_account,
    citizen_id, civil_date, disability_certificate, uscc,
};

use crate::app::App;
use crate::failure::FAILED;

#[derive(Debug, Subcommand)]
pub enum Command {
    Id(Dated),
    Uscc(Value),
    Disability(Dated),
    Account(Value),
}

#[derive(Debug, Args)]
pub struct Value {
    #[arg(allow_hyphen_values = true)]
    value: String,
    // Accepted for every kind, so that a script may pass it always; only numbers with a birth date read it.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Dated {
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// Checks one value.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    let regions = Regions::national();
    let (kind, refused) = match command {
        Command::Id(Dated { value, on }) => {
            let on = on.unwrap_or_else(|| civil_date(app.clock.now()));
            let parsed = CitizenId::parse(&citizen_id::normalise(value), on, regions);
            (
                "id",
                parsed
                    .err()
                    .map(|error| (error.code().to_owned(), error.to_string())),
            )
        }
        Command::Uscc(Value { value, on: _ }) => {
            let parsed = Uscc::parse(&uscc::normalise(value));
            (
                "uscc",
                parsed
                    .err()
                    .map(|error| (error.code().to_owned(), error.to_string())),
            )
        }
        Command::Disability(Dated { value, on }) => {
            let on = on.unwrap_or_else(|| civil_date(app.clock.now()));
            let number = disability_certificate::normalise(value);
            let parsed = DisabilityCertificate::parse(&number, on, regions);
            (
                "disability",
                parsed.err().map(|error| (error.code(), error.to_string())),
            )
        }
        Command::Account(Value { value, on: _ }) => {
            let parsed = BankAccount::parse(&bank_account::normalise(value));
            (
                "account",
                parsed
                    .err()
                    .map(|error| (error.code().to_owned(), error.to_string())),
            )
        }
    };
    let Some((code, sentence)) = refused else {
        app.out.line("valid")?;
        return Ok(ExitCode::SUCCESS);
    };
    app.out.line(&code)?;
    app.out
        .line(&sentence_of(app, kind, &code).unwrap_or(sentence))?;
    Ok(ExitCode::from(FAILED))
}

/// The sentence for an error's name in the language of the user; `Id:Length` is that of the identity number
/// inside of the certificate number.
fn sentence_of(app: &App, kind: &str, code: &str) -> Option<String> {
    match code.strip_prefix("Id:") {
        Some(inner) => {
            let inner = app
                .words
                .maybe(&format!("check-id-{}", inner.to_ascii_lowercase()))?;
            Some(
                app.words
                    .tell("check-disability-id", &[("sentence", &inner)]),
            )
        }
        None => app
            .words
            .maybe(&format!("check-{kind}-{}", code.to_ascii_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use crate::app::App;
    use crate::words::Language;

    use super::*;

    #[test]
    fn every_error_name_of_the_handbook_has_a_sentence_in_both_languages() {
        let names = [
            (
                "id",
                "Length Charset Region BirthDate FutureBirth Sequence CheckDigit",
            ),
            (
                "uscc",
                "Length Charset RegionDigits Class OrgCode CheckChar",
            ),
            (
                "disability",
                "Length Id:Length Id:CheckDigit Class Level Suffix",
            ),
            ("account", "Length Charset Luhn"),
        ];
        for language in [Language::Zh, Language::En] {
            let app = App::new(language);
            for (kind, codes) in names {
                for code in codes.split(' ') {
                    assert!(
                        sentence_of(&app, kind, code).is_some(),
                        "{language:?} {kind} {code}"
                    );
                }
            }
        }
    }
}
