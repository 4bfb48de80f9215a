//! `explain`: why a household gets what it gets in a month: the decision, the determination with its trace, and
//! what was paid.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as Arguments;
use minsheng_benefits::assistance::explain::{Explanation, household_month};
use minsheng_benefits::assistance::receipt::issue;
use minsheng_benefits::assistance::{AssistanceError, explain};
use minsheng_core::{Fen, Month};
use minsheng_payments::queries::{EntitledRow, PaidRow, entitled_of, paid_of};
use minsheng_payments::{LineState, PaymentError};
use minsheng_registry::{Desk, HouseholdId, PersonId};
use minsheng_store::StoreError;

use super::whom::KnownAt;
use crate::app::{App, Database, Office, Reading};
use crate::output::table;

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long, value_name = "URL", required_unless_present = "receipt")]
    db: Option<String>,
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    #[arg(long, required_unless_present = "receipt")]
    household: Option<HouseholdId>,
    #[arg(long, required_unless_present = "receipt")]
    month: Option<Month>,
    #[command(flatten)]
    known: KnownAt,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "FILE")]
    issue: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["household", "month", "known_at", "issue"])]
    receipt: Option<PathBuf>,
    #[arg(long, value_name = "DIR", requires = "receipt", conflicts_with = "db")]
    pack: Option<PathBuf>,
}

impl Args {
    /// The database and the reader, where they are named.
    fn reading(&self) -> Option<Reading> {
        Some(Reading {
            database: Database {
                db: self.db.clone()?,
            },
            user: self.user.clone(),
        })
    }
}

/// The explanation with what the payment office says about the month.
#[derive(serde::Serialize)]
struct Full {
    #[serde(flatten)]
    explanation: Explanation,
    entitled: Vec<EntitledRow>,
    paid: Vec<PaidRow>,
}

/// Prints the explanation.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    if let Some(file) = &arguments.receipt {
        return super::receipt::prove(
            app,
            file,
            arguments.reading().as_ref(),
            arguments.pack.as_ref(),
        );
    }
    let (Some(reading), Some(household), Some(month)) =
        (arguments.reading(), arguments.household, arguments.month)
    else {
        return Err(anyhow::anyhow!("explain: household and month are required"));
    };
    let office = Office::open(app, &reading.database)?;
    let scope = office.scope(&reading)?;
    let known = arguments.known.read(app)?;
    let desk = office.desk();
    if let Some(file) = &arguments.issue {
        let receipts = office.store.read(|q| {
            let known = known.tx(q)?;
            issue(&desk, q, &scope, household, month, known)
        })?;
        return super::receipt::write(app, file, &receipts);
    }
    let full = office.store.read(|q| {
        let known = known.tx(q)?;
        let explanation = household_month(&desk, q, &scope, household, month, known)?;
        let entitled = entitled_of(q, &scope, household, month, known)?;
        let paid = paid_of(q, &scope, household, month, known)?;
        Ok::<_, Refused>(Full {
            explanation,
            entitled,
            paid,
        })
    })?;
    if arguments.json {
        app.out.json(&full)?;
    } else {
        print(app, &desk, &full)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Either office may refuse while one state of the records is read.
enum Refused {
    Assistance(AssistanceError),
    Payments(PaymentError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Assistance(error.into())
    }
}

impl From<AssistanceError> for Refused {
    fn from(error: AssistanceError) -> Self {
        Self::Assistance(error)
    }
}

impl From<PaymentError> for Refused {
    fn from(error: PaymentError) -> Self {
        Self::Payments(error)
    }
}

impl From<Refused> for anyhow::Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Assistance(error) => Self::new(error),
            Refused::Payments(error) => Self::new(error),
        }
    }
}

fn print(app: &mut App, desk: &Desk<'_>, full: &Full) -> anyhow::Result<()> {
    let explanation = &full.explanation;
    let title = app.words.tell(
        "explain-title",
        &[
            ("household", &explanation.household),
            ("month", &explanation.month),
        ],
    );
    app.out.line(&title)?;
    let known = app.words.tell(
        "explain-known",
        &[
            ("at", &explanation.known_text().as_deref().unwrap_or("—")),
            ("tx", &explanation.known_tx),
        ],
    );
    app.out.line(&known)?;
    answer(app, desk, &explanation.answer)?;
    for other in &explanation.others {
        answer(app, desk, other)?;
    }
    app.out.line("")?;
    let heading = app.words.say("explain-entitled");
    app.out.line(&heading)?;
    if full.entitled.is_empty() {
        let none = app.words.say("explain-not-entitled");
        app.out.line(&none)?;
    } else {
        let rows: Vec<Vec<String>> = full
            .entitled
            .iter()
            .map(|row| {
                vec![
                    row.programme.clone(),
                    PersonId(row.person).to_string(),
                    row.class.clone(),
                    row.amount.to_string(),
                ]
            })
            .collect();
        let header = app.columns(&["programme", "person", "class", "yuan"]);
        app.out.text(&table(&header, &[3], &rows))?;
    }
    app.out.line("")?;
    let heading = app.words.say("explain-paid");
    app.out.line(&heading)?;
    if full.paid.is_empty() {
        let none = app.words.say("explain-not-paid");
        return app.out.line(&none);
    }
    let rows: Vec<Vec<String>> = full
        .paid
        .iter()
        .map(|row| {
            vec![
                row.batch.clone(),
                row.line_no.to_string(),
                PersonId(row.person).to_string(),
                row.class.clone(),
                row.amount.to_string(),
                app.words.say(&format!("state-{}", row.state.as_str())),
                row.settled_on
                    .map_or_else(String::new, |day| day.to_string()),
                row.reason.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "batch", "line", "person", "class", "yuan", "state", "day", "reason",
    ]);
    app.out.text(&table(&header, &[1, 4], &rows))?;
    let credited = Fen::sum(
        full.paid
            .iter()
            .filter(|row| row.state == LineState::Credited)
            .map(|row| row.amount),
    )?;
    let line = app
        .words
        .tell("explain-paid-total", &[("total", &credited)]);
    app.out.line(&line)
}

fn answer(app: &mut App, desk: &Desk<'_>, answer: &explain::Answer) -> anyhow::Result<()> {
    app.out.line("")?;
    let outcome = app.words.say(&format!(
        "state-outcome-{}",
        answer.outcome.replace('_', "-")
    ));
    let programme = answer.programme.as_deref().map_or("—", |code| {
        let known = desk.packs.current().programme(code);
        known.map_or(code, |programme| programme.name.get(app.lang))
    });
    let line = app.words.tell(
        "explain-case",
        &[
            ("programme", &programme),
            ("case", &answer.case.as_deref().unwrap_or("—")),
            ("law", &answer.law.as_deref().unwrap_or("—")),
            ("outcome", &outcome),
        ],
    );
    app.out.line(&line)?;
    if let Some(decision) = &answer.decision {
        let line = app.words.tell(
            "explain-decision",
            &[
                ("decision", &decision.id),
                (
                    "kind",
                    &app.words.say(&format!("decision-{}", decision.kind)),
                ),
                ("day", &decision.decided_on),
                ("by", &decision.decided_by),
                ("month", &decision.effective_month),
            ],
        );
        app.out.line(&line)?;
    }
    for reason in &answer.reasons {
        app.out.line(&format!(
            "  {} [{}]",
            reason.text.get(app.lang),
            reason.cite
        ))?;
    }
    if !answer.members.is_empty() {
        let rows: Vec<Vec<String>> = answer
            .members
            .iter()
            .map(|member| {
                let death = member
                    .ended_by_death
                    .map(|day| app.words.tell("explain-death", &[("day", &day)]));
                vec![
                    member.person.clone(),
                    member.name.clone(),
                    member.class.clone(),
                    Fen::new(member.amount_fen).to_string(),
                    death.unwrap_or_default(),
                ]
            })
            .collect();
        let header = app.columns(&["person", "person-name", "class", "yuan", "note"]);
        app.out.text(&table(&header, &[3], &rows))?;
        let line = app
            .words
            .tell("explain-total", &[("total", &Fen::new(answer.total_fen))]);
        app.out.line(&line)?;
    }
    if !answer.trace.is_empty() {
        let heading = app.words.say("explain-trace");
        app.out.line(&heading)?;
    }
    for (number, step) in (1..).zip(&answer.trace) {
        let text = step.render(app.lang);
        let mut lines = text.lines();
        app.out.line(&format!(
            "{number:>4}. {}",
            lines.next().unwrap_or_default()
        ))?;
        for line in lines {
            app.out.line(&format!("        {}", line.trim_start()))?;
        }
    }
    Ok(())
}
