//! `register`: a household from one form, with members, evidence and account. The whole form is read and compared
//! with the packs before anything is written.

mod entry;
mod form;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args as Arguments;

use crate::app::{App, Office, Writing};
use crate::output::table;

const TEMPLATE_ZH: &str = include_str!("../../../data/household.zh.toml");
const TEMPLATE_EN: &str = include_str!("../../../data/household.en.toml");

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long)]
    template: bool,
    #[arg(long, value_name = "FILE.toml", required_unless_present = "template")]
    file: Option<PathBuf>,
    #[arg(long, value_name = "URL", required_unless_present = "template")]
    db: Option<String>,
    #[arg(long = "as", value_name = "USER", required_unless_present = "template")]
    user: Option<String>,
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Registers the household of a form, or prints an empty form.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let (Some(file), Some(db), Some(user)) = (&arguments.file, &arguments.db, &arguments.user)
    else {
        app.out.text(match app.lang {
            minsheng_policy::Lang::Zh => TEMPLATE_ZH,
            minsheng_policy::Lang::En => TEMPLATE_EN,
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    let writing = Writing {
        database: crate::app::Database { db: db.clone() },
        user: user.clone(),
        at: arguments.at.clone(),
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    let office = Office::open(app, &writing.database)?;
    let ctx = office.ctx(app, &writing)?;
    let form = form::read(app, &office.desk(), &ctx, &text).with_context(|| name.clone())?;
    form::check(app, &office.desk(), &ctx, &form).with_context(|| name.clone())?;
    let (household, rows) =
        entry::enter(app, &office.desk(), &ctx, &form).with_context(|| name.clone())?;
    let line = app
        .words
        .tell("register-done", &[("household", &household)]);
    app.out.line(&line)?;
    let header = app.columns(&["person", "person-name", "relation", "account"]);
    app.out.text(&table(&header, &[], &rows))?;
    Ok(ExitCode::SUCCESS)
}
