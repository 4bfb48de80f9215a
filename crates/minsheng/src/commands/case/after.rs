//! What happens to a case in force between its decisions: phase-outs that end, offers of jobs, moves, remedies.

use clap::{Args, Subcommand, ValueEnum};
use minsheng_benefits::assistance::{
    self, JobAnswer, Move, NewFiling, NewOffer, RemedyKind, RemedyOutcome,
};
use minsheng_core::{Date, DivisionCode};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::PersonId;

use super::lists::due_text;
use super::{Cases, OneCase, Sitting};
use crate::app::{App, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum PhaseOuts {
    List(Listing),
    Close(Cases),
}

pub(super) fn phase_outs(app: &mut App, command: &PhaseOuts) -> anyhow::Result<()> {
    match command {
        PhaseOuts::Close(cases) => super::simple(app, cases, assistance::end_phase_out_many),
        PhaseOuts::List(listing) => {
            let office = Office::open(app, &listing.reading.database)?;
            let scope = office.scope(&listing.reading)?;
            let today = office.today(app)?;
            let found = office
                .store
                .read(|q| assistance::phasing_out(q, &scope, today))?;
            if listing.json {
                return app.out.json(&found);
            }
            let mut rows = Rows::new(app.columns(&[
                "case",
                "number",
                "decided",
                "last-month",
                "over",
                "division",
            ]));
            for line in &found {
                rows.push([
                    Cell::from(line.case.to_string()),
                    Cell::from(line.number.clone()),
                    Cell::from(line.decided_on),
                    Cell::from(line.last_month),
                    Cell::from(line.over.then(|| app.words.say("word-over"))),
                    Cell::from(line.division.to_string()),
                ]);
            }
            app.list(&office, listing, "case phase-out list", &rows)
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Job {
    Offer(Offer),
    Answer(Answer),
    List(Listing),
}

#[derive(Debug, Args)]
pub struct Offer {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "PERSON")]
    person: PersonId,
    #[arg(long, value_name = "DATE")]
    offered_on: Option<Date>,
    #[arg(long)]
    work: String,
    #[arg(long)]
    unsuitable: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum JobWord {
    Accepted,
    Refused,
}

#[derive(Debug, Args)]
pub struct Answer {
    offer: i64,
    #[arg(long, value_enum)]
    answer: JobWord,
    #[arg(long)]
    good_reason: bool,
    #[arg(long, default_value = "")]
    reason: String,
    #[arg(long, value_name = "DATE")]
    answered_on: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn job(app: &mut App, command: &Job) -> anyhow::Result<()> {
    match command {
        Job::Offer(offer) => {
            let (sitting, case) = Sitting::one(app, &offer.case)?;
            let new = NewOffer {
                case,
                person: offer.person,
                offered_on: offer.offered_on.unwrap_or_else(|| sitting.ctx.today()),
                work: offer.work.clone(),
                suitable: !offer.unsuitable,
            };
            let id = assistance::offer_job(&sitting.desk(), &sitting.ctx, &new)?;
            let line = app.words.tell("job-offered", &[("offer", &id)]);
            app.out.line(&line)
        }
        Job::Answer(answer) => {
            let office = Office::open(app, &answer.writing.database)?;
            let ctx = office.ctx(app, &answer.writing)?;
            let on = answer.answered_on.unwrap_or_else(|| ctx.today());
            let word = match answer.answer {
                JobWord::Accepted => JobAnswer::Accepted,
                JobWord::Refused => JobAnswer::Refused {
                    good_reason: answer.good_reason,
                },
            };
            let desk = office.desk();
            let count =
                assistance::answer_job(&desk, &ctx, answer.offer, on, word, &answer.reason)?;
            let line = app.words.tell("job-answered", &[("count", &count)]);
            app.out.line(&line)
        }
        Job::List(listing) => {
            let office = Office::open(app, &listing.reading.database)?;
            let scope = office.scope(&listing.reading)?;
            let found = office.store.read(|q| assistance::job_offers(q, &scope))?;
            if listing.json {
                return app.out.json(&found);
            }
            let mut rows = Rows::new(app.columns(&[
                "offer", "case", "person", "day", "suitable", "answer", "answered",
            ]));
            for line in &found {
                let said = |yes: bool| app.words.say(if yes { "word-yes" } else { "word-no" });
                let answer = line.answer.as_deref().map(|answer| match line.good_reason {
                    Some(true) => app.words.say("job-refused-with-reason"),
                    Some(false) => app.words.say("job-refused"),
                    None if answer == "accepted" => app.words.say("job-accepted"),
                    None => answer.to_owned(),
                });
                rows.push([
                    Cell::from(line.offer),
                    Cell::from(line.case.to_string()),
                    Cell::from(line.person.to_string()),
                    Cell::from(line.offered_on),
                    Cell::from(said(line.suitable)),
                    Cell::from(answer),
                    Cell::from(line.answered_on),
                ]);
            }
            app.list(&office, listing, "case job list", &rows)
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Moves {
    Send(Send),
    Receive(OneCase),
    List(Listing),
}

#[derive(Debug, Args)]
pub struct Send {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "CODE")]
    to: DivisionCode,
    #[arg(long, value_name = "DATE")]
    moved_on: Date,
    #[arg(long)]
    reason: String,
}

pub(super) fn moves(app: &mut App, command: &Moves) -> anyhow::Result<()> {
    match command {
        Moves::Send(send) => {
            let (sitting, case) = Sitting::one(app, &send.case)?;
            let to = Move {
                to_division: send.to.get(),
                moved_on: send.moved_on,
                words: send.reason.clone(),
            };
            assistance::send_case(&sitting.desk(), &sitting.ctx, case, &to)?;
            sitting.done(app)
        }
        Moves::Receive(case) => {
            let (sitting, case) = Sitting::one(app, case)?;
            assistance::receive_case(&sitting.desk(), &sitting.ctx, case)?;
            sitting.done(app)
        }
        Moves::List(listing) => {
            let office = Office::open(app, &listing.reading.database)?;
            let scope = office.scope(&listing.reading)?;
            let found = office.store.read(|q| assistance::moves(q, &scope))?;
            if listing.json {
                return app.out.json(&found);
            }
            let mut rows = Rows::new(app.columns(&[
                "case",
                "household",
                "from",
                "to",
                "day",
                "sent-by",
                "received-by",
                "received",
            ]));
            for line in &found {
                rows.push([
                    Cell::from(line.case.to_string()),
                    Cell::from(line.household.to_string()),
                    Cell::from(line.from_division.to_string()),
                    Cell::from(line.to_division.to_string()),
                    Cell::from(line.moved_on),
                    Cell::from(line.sent_by.clone()),
                    Cell::from(line.received_by.clone()),
                    Cell::from(line.received_on),
                ]);
            }
            app.list(&office, listing, "case move list", &rows)
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Remedies {
    File(File),
    Outcome(Outcome),
    List(Listing),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RemedyWord {
    Reconsideration,
    Court,
}

#[derive(Debug, Args)]
pub struct File {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_enum)]
    remedy: RemedyWord,
    #[arg(long)]
    decision: Option<i64>,
    #[arg(long)]
    body: String,
    #[arg(long)]
    number: String,
    #[arg(long, value_name = "DATE")]
    told_on: Option<Date>,
    #[arg(long, value_name = "DATE")]
    filed_on: Date,
    #[arg(long, default_value = "")]
    grounds: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OutcomeWord {
    Upheld,
    Changed,
    Revoked,
    Withdrawn,
}

#[derive(Debug, Args)]
pub struct Outcome {
    filing: i64,
    #[arg(long, value_enum)]
    outcome: OutcomeWord,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn remedies(app: &mut App, command: &Remedies) -> anyhow::Result<()> {
    match command {
        Remedies::File(file) => {
            let (sitting, case) = Sitting::one(app, &file.case)?;
            let new = NewFiling {
                case,
                decision: file.decision,
                remedy: match file.remedy {
                    RemedyWord::Reconsideration => RemedyKind::Reconsideration,
                    RemedyWord::Court => RemedyKind::Court,
                },
                body: file.body.clone(),
                number: file.number.clone(),
                told_on: file.told_on,
                filed_on: file.filed_on,
                grounds: file.grounds.clone(),
            };
            let filed = assistance::file_remedy(&sitting.desk(), &sitting.ctx, &new)?;
            let key = if filed.late {
                "remedy-filed-late"
            } else {
                "remedy-filed"
            };
            let line = app.words.tell(
                key,
                &[
                    ("filing", &filed.filing),
                    ("decision", &filed.decision),
                    ("last", &filed.last_day),
                ],
            );
            app.out.line(&line)
        }
        Remedies::Outcome(given) => {
            let office = Office::open(app, &given.writing.database)?;
            let ctx = office.ctx(app, &given.writing)?;
            let on = given.on.unwrap_or_else(|| ctx.today());
            let outcome = match given.outcome {
                OutcomeWord::Upheld => RemedyOutcome::Upheld,
                OutcomeWord::Changed => RemedyOutcome::Changed,
                OutcomeWord::Revoked => RemedyOutcome::Revoked,
                OutcomeWord::Withdrawn => RemedyOutcome::Withdrawn,
            };
            let desk = office.desk();
            assistance::remedy_outcome(&desk, &ctx, given.filing, outcome, on, &given.reason)?;
            let word = outcome_name(app, outcome.as_str());
            let line = app.words.tell("remedy-ended", &[("outcome", &word)]);
            app.out.line(&line)
        }
        Remedies::List(listing) => {
            let office = Office::open(app, &listing.reading.database)?;
            let scope = office.scope(&listing.reading)?;
            let found = office.store.read(|q| assistance::filings(q, &scope))?;
            if listing.json {
                return app.out.json(&found);
            }
            let mut rows = Rows::new(app.columns(&[
                "filing",
                "case",
                "remedy",
                "body",
                "body-number",
                "filed",
                "due",
                "late",
                "outcome",
            ]));
            for line in &found {
                let remedy = app.words.say(match line.remedy.as_str() {
                    "court" => "remedy-court",
                    _ => "remedy-reconsideration",
                });
                rows.push([
                    Cell::from(line.filing),
                    Cell::from(line.case.to_string()),
                    Cell::from(remedy),
                    Cell::from(line.body.clone()),
                    Cell::from(line.number.clone()),
                    Cell::from(line.filed_on),
                    due_text(Some(line.last_day), line.provisional),
                    Cell::from(line.late.then(|| app.words.say("word-late"))),
                    Cell::from(line.outcome.as_deref().map(|word| outcome_name(app, word))),
                ]);
            }
            app.list(&office, listing, "case remedy list", &rows)
        }
    }
}

fn outcome_name(app: &App, word: &str) -> String {
    app.words.say(match word {
        "upheld" => "remedy-upheld",
        "changed" => "remedy-changed",
        "revoked" => "remedy-revoked",
        _ => "remedy-withdrawn",
    })
}
