//! `pay …`: the steps of a payment month, funds, recoveries, accounts.

mod account;
mod batch;
mod lists;
mod money;

use std::process::ExitCode;

use clap::Subcommand;

use crate::app::App;

#[derive(Debug, Subcommand)]
pub enum Command {
    Run(batch::Run),
    Check(batch::Named),
    Reject(batch::Reject),
    Release(batch::Named),
    Export(batch::Export),
    Results(batch::Results),
    List(lists::List),
    Show(lists::Show),
    Statement(account::Statement),
    Unreconciled(account::Unreconciled),
    Held(lists::List),
    Returned(lists::List),
    Recoveries(lists::List),
    Repay(money::Settle),
    WriteOff(money::Settle),
    Close(money::Close),
    Funds(lists::List),
    Appropriate(money::Appropriate),
    #[command(subcommand, arg_required_else_help = true)]
    Confirm(money::Confirm),
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(arguments) => batch::run(app, arguments),
        Command::Check(named) => batch::check(app, named),
        Command::Reject(arguments) => batch::reject(app, arguments),
        Command::Release(named) => batch::release(app, named),
        Command::Export(arguments) => batch::export(app, arguments),
        Command::Results(arguments) => batch::results(app, arguments),
        Command::List(arguments) => lists::batches(app, arguments),
        Command::Show(arguments) => lists::show(app, arguments),
        Command::Statement(asked) => account::statement(app, asked),
        Command::Unreconciled(asked) => account::unreconciled(app, asked),
        Command::Held(arguments) => lists::held(app, arguments),
        Command::Returned(arguments) => lists::returned(app, arguments),
        Command::Recoveries(arguments) => lists::recoveries(app, arguments),
        Command::Repay(settle) => money::settle(app, settle, money::Way::Repay),
        Command::WriteOff(settle) => money::settle(app, settle, money::Way::WriteOff),
        Command::Close(close) => money::close(app, close),
        Command::Funds(arguments) => lists::funds(app, arguments),
        Command::Appropriate(arguments) => money::appropriate(app, arguments),
        Command::Confirm(command) => money::confirm(app, command),
    }
    .map(|()| ExitCode::SUCCESS)
}
