//! What can be typed: the commands, the language, and how a line that cannot be understood is answered.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::app::App;
use crate::commands::{
    account, attachment, backup, campaign, case, check, demo, determine, document, drift, evidence,
    explain, export, export_all, figure, fill, find, import, import_all, init, keys, migrate, pay,
    policy, register, report, restore, retention, serve, user, verify, yearbook,
};
use crate::failure::{USAGE, report};
use crate::logging::LogForm;
use crate::output::note;
use crate::words::{Language, Words};
use crate::{help, logging, wiring};

// Help texts stand in the locales, see `help`.
#[derive(Debug, Parser)]
#[command(
    name = "minsheng",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    #[arg(long, global = true, value_enum, default_value = "off")]
    log: LogForm,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Yearbook(yearbook::Args),
    Figure(figure::Args),
    Explain(explain::Args),
    Find(find::Args),
    #[command(subcommand, arg_required_else_help = true)]
    Policy(policy::Command),
    Register(register::Args),
    #[command(subcommand, arg_required_else_help = true)]
    Import(import::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Export(export::Command),
    Fill(fill::Args),
    #[command(subcommand, arg_required_else_help = true)]
    Evidence(evidence::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Account(account::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Attachment(attachment::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Document(document::Command),
    #[command(subcommand, arg_required_else_help = true)]
    User(user::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Case(case::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Campaign(campaign::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Pay(pay::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Check(check::Command),
    Drift(drift::Args),
    #[command(subcommand, arg_required_else_help = true)]
    Report(report::Command),
    Verify(verify::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Migrate(migrate::Args),
    ExportAll(export_all::Args),
    ImportAll(import_all::Args),
    #[command(subcommand, arg_required_else_help = true)]
    Retention(retention::Command),
    #[command(subcommand, arg_required_else_help = true)]
    Keys(keys::Command),
    Serve(serve::Args),
    Determine(determine::Args),
}

/// Runs one command line.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let language = asked_language(arguments).unwrap_or_else(wiring::environment_language);
    let words = Words::new(language);
    let command = help::localised(Cli::command(), &words);
    let parsed = command.try_get_matches_from(arguments).and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((cli, spoken(&matches)))
    });
    let (cli, name) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return misunderstood(&error, &words),
    };
    let language = cli.lang.unwrap_or(language);
    logging::start(cli.log, wiring::log_level().as_deref());
    let watch = wiring::Stopwatch::start();
    let mut app = App::new(language);
    let outcome = dispatch(&mut app, &cli.command).and_then(|code| app.out.flush().map(|()| code));
    let ended = if outcome.is_ok() { "done" } else { "refused" };
    tracing::info!(
        command = name,
        ms = watch.milliseconds(),
        outcome = ended,
        "command"
    );
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // What was printed before the failure is still of use; its own failure would hide the reason.
            let _ = app.out.flush();
            report(
                &error,
                crate::refusals::said(&error, &app.words)
                    .or_else(|| crate::denials::said(&error, &app.words)),
                &app.words.tell("hint-help", &[("command", &name)]),
            )
        }
    }
}

fn dispatch(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => demo::run(app, arguments),
        Command::Init(arguments) => init::run(app, arguments),
        Command::Yearbook(arguments) => yearbook::run(app, arguments),
        Command::Figure(arguments) => figure::run(app, arguments),
        Command::Explain(arguments) => explain::run(app, arguments),
        Command::Find(arguments) => find::run(app, arguments),
        Command::Policy(command) => policy::run(app, command),
        Command::Register(arguments) => register::run(app, arguments),
        Command::Import(command) => import::run(app, command),
        Command::Export(command) => export::run(app, command),
        Command::Fill(arguments) => fill::run(app, arguments),
        Command::Evidence(command) => evidence::run(app, command),
        Command::Account(command) => account::run(app, command),
        Command::Attachment(command) => attachment::run(app, command),
        Command::Document(command) => document::run(app, command),
        Command::User(command) => user::run(app, command),
        Command::Case(command) => case::run(app, command),
        Command::Campaign(command) => campaign::run(app, command),
        Command::Pay(command) => pay::run(app, command),
        Command::Check(command) => check::run(app, command),
        Command::Drift(arguments) => drift::run(app, arguments),
        Command::Report(command) => report::run(app, command),
        Command::Verify(arguments) => verify::run(app, arguments),
        Command::Backup(arguments) => backup::run(app, arguments),
        Command::Restore(arguments) => restore::run(app, arguments),
        Command::Migrate(arguments) => migrate::run(app, arguments),
        Command::ExportAll(arguments) => export_all::run(app, arguments),
        Command::ImportAll(arguments) => import_all::run(app, arguments),
        Command::Retention(command) => retention::run(app, command),
        Command::Keys(command) => keys::run(app, command),
        Command::Serve(arguments) => serve::run(app, arguments),
        Command::Determine(arguments) => determine::run(app, arguments),
    }
}

/// The language asked for on the line: known before the line is parsed, because help and errors speak it too.
fn asked_language(arguments: &[OsString]) -> Option<Language> {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match value {
            Some("zh") => return Some(Language::Zh),
            Some("en") => return Some(Language::En),
            _ => {}
        }
    }
    None
}

/// The command as it was named: `minsheng case apply`.
fn spoken(matches: &clap::ArgMatches) -> String {
    let mut name = "minsheng".to_owned();
    let mut here = matches;
    while let Some((sub, next)) = here.subcommand() {
        name.push(' ');
        name.push_str(sub);
        here = next;
    }
    name
}

fn misunderstood(error: &clap::Error, words: &Words) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let mut out = crate::output::Out::new();
        let printed = out
            .text(&error.render().to_string())
            .and_then(|()| out.flush());
        return if printed.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        note(error.render().to_string().trim_end());
        return ExitCode::from(USAGE);
    }
    note(&crate::usage::said(error, words));
    ExitCode::from(USAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_line_is_parsed() {
        let asked = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            asked_language(&words)
        };
        assert_eq!(asked("minsheng --lang zh demo"), Some(Language::Zh));
        assert_eq!(asked("minsheng explain --lang=en"), Some(Language::En));
        assert_eq!(asked("minsheng --lang fr --lang zh"), Some(Language::Zh));
        assert_eq!(asked("minsheng --language zh"), None);
        assert_eq!(asked("minsheng demo"), None);
    }
}
