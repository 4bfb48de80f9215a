//! `case …`: the steps of a case, and lists of cases. Which step is possible when, and what it needs, is the
//! procedure's to say; here a form is read and an act is called.

mod after;
mod days;
mod inquiry;
mod intake;
mod lists;
mod names;
mod opinion;
mod relatives;
mod review;
mod serving;
mod spot_check;
mod visit;

use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{self, AssistanceError, CaseFile, queries};
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::Scope;

use self::names::state_name;
use crate::app::{App, Office, Writing};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Command {
    Apply(intake::Apply),
    RequestPapers(intake::RequestPapers),
    Supplement(intake::Supplement),
    Accept(Cases),
    #[command(subcommand, arg_required_else_help = true)]
    Relatives(relatives::Relatives),
    Extend(intake::Extend),
    Investigate(visit::OneVisit),
    Reinvestigate(visit::OneVisit),
    Visit(visit::OneVisit),
    CorrectVisit(visit::CorrectVisit),
    Visits(visit::Visits),
    #[command(subcommand, arg_required_else_help = true)]
    CrossCheck(inquiry::CrossCheck),
    Appraise(inquiry::Appraise),
    FirstOpinion(Cases),
    #[command(subcommand, arg_required_else_help = true)]
    Notice(opinion::Notice),
    Object(opinion::Object),
    Resolve(opinion::Resolve),
    Forward(Cases),
    CountyOpinion(opinion::CountyOpinion),
    CountyNotice(opinion::Post),
    Decide(Cases),
    NotifyRefusal(opinion::NotifyRefusal),
    Serve(serving::Serve),
    CorrectService(serving::CorrectService),
    Services(serving::Services),
    SpotCheck(spot_check::SpotCheck),
    SpotChecks(spot_check::SpotChecks),
    Withdraw(intake::Withdraw),
    #[command(subcommand, arg_required_else_help = true)]
    Review(review::Review),
    Reviews(review::Reviews),
    #[command(subcommand, arg_required_else_help = true)]
    PhaseOut(after::PhaseOuts),
    #[command(subcommand, arg_required_else_help = true)]
    Job(after::Job),
    #[command(subcommand, arg_required_else_help = true)]
    Move(after::Moves),
    #[command(subcommand, arg_required_else_help = true)]
    Remedy(after::Remedies),
    Show(lists::Show),
    List(lists::List),
    Due(lists::Due),
    Days(days::Days),
}

/// Cases for an act, all or none.
#[derive(Debug, Args)]
pub struct Cases {
    #[arg(required = true, value_name = "CASE")]
    cases: Vec<String>,
    #[command(flatten)]
    writing: Writing,
}

/// One case for an act.
#[derive(Debug, Args)]
pub struct OneCase {
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Apply(arguments) => intake::apply(app, arguments),
        Command::RequestPapers(arguments) => intake::request_papers(app, arguments),
        Command::Supplement(arguments) => intake::supplement(app, arguments),
        Command::Withdraw(arguments) => intake::withdraw(app, arguments),
        Command::Accept(cases) => simple(app, cases, assistance::accept_many),
        Command::Forward(cases) => simple(app, cases, assistance::forward_many),
        Command::Relatives(command) => relatives::run(app, command),
        Command::Extend(arguments) => intake::extend(app, arguments),
        Command::Investigate(one) => visit::enter(app, one, assistance::investigate),
        Command::Reinvestigate(one) => visit::enter(app, one, assistance::reinvestigate),
        Command::Visit(one) => visit::enter(app, one, assistance::county_visit),
        Command::CorrectVisit(arguments) => visit::correct(app, arguments),
        Command::Visits(arguments) => visit::list(app, arguments),
        Command::CrossCheck(command) => inquiry::cross_check(app, command),
        Command::Appraise(arguments) => inquiry::appraise(app, arguments),
        Command::FirstOpinion(cases) => opinion::first_opinion(app, cases),
        Command::Notice(command) => opinion::notice(app, command),
        Command::Object(arguments) => opinion::object(app, arguments),
        Command::Resolve(arguments) => opinion::resolve(app, arguments),
        Command::CountyOpinion(arguments) => opinion::county_opinion(app, arguments),
        Command::CountyNotice(arguments) => opinion::county_notice(app, arguments),
        Command::Decide(cases) => opinion::decide(app, cases),
        Command::NotifyRefusal(arguments) => opinion::notify_refusal(app, arguments),
        Command::Review(command) => review::review(app, command),
        Command::Reviews(arguments) => review::reviews(app, arguments),
        Command::Serve(arguments) => serving::serve(app, arguments),
        Command::CorrectService(arguments) => serving::correct(app, arguments),
        Command::Services(arguments) => serving::list(app, arguments),
        Command::SpotCheck(arguments) => spot_check::draw(app, arguments),
        Command::SpotChecks(arguments) => spot_check::list(app, arguments),
        Command::PhaseOut(command) => after::phase_outs(app, command),
        Command::Job(command) => after::job(app, command),
        Command::Move(command) => after::moves(app, command),
        Command::Remedy(command) => after::remedies(app, command),
        Command::Show(arguments) => lists::show(app, arguments),
        Command::List(arguments) => lists::list(app, arguments),
        Command::Due(arguments) => lists::due(app, arguments),
        Command::Days(arguments) => days::run(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// A desk, a user at it, and the cases that were named.
struct Sitting {
    office: Office,
    ctx: Ctx,
    cases: Vec<CaseId>,
}

impl Sitting {
    fn open(app: &App, writing: &Writing, cases: &[String]) -> anyhow::Result<Self> {
        let office = Office::open(app, &writing.database)?;
        let ctx = office.ctx(app, writing)?;
        // The area of the act is checked by the office; a number is only turned into a key here.
        let cases: anyhow::Result<Vec<CaseId>> = cases
            .iter()
            .map(|case| find(app, &office, &Scope::county(), case).map(|found| found.id))
            .collect();
        Ok(Self {
            cases: cases?,
            office,
            ctx,
        })
    }

    fn one(app: &App, named: &OneCase) -> anyhow::Result<(Self, CaseId)> {
        let sitting = Self::open(app, &named.writing, std::slice::from_ref(&named.case))?;
        let case = sitting.cases.first().copied().unwrap_or(CaseId(0));
        Ok((sitting, case))
    }

    fn desk(&self) -> Desk<'_> {
        self.office.desk()
    }

    /// Says where the cases stand now.
    fn done(&self, app: &mut App) -> anyhow::Result<()> {
        for id in &self.cases {
            let case = self.office.store.read(|q| assistance::case(q, *id))?;
            let state = state_name(app, &self.desk(), &case);
            let line = app.words.tell(
                "case-now",
                &[("case", id), ("number", &case.number), ("state", &state)],
            );
            app.out.line(&line)?;
        }
        Ok(())
    }
}

/// Runs an act that takes cases and nothing else.
fn simple(
    app: &mut App,
    cases: &Cases,
    act: impl FnOnce(&Desk<'_>, &Ctx, &[CaseId]) -> Result<(), AssistanceError>,
) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &cases.writing, &cases.cases)?;
    act(&sitting.desk(), &sitting.ctx, &sitting.cases)?;
    sitting.done(app)
}

/// The case of a key (`C000123`) or a printed number.
pub(crate) fn find(
    app: &App,
    office: &Office,
    scope: &Scope,
    named: &str,
) -> anyhow::Result<CaseFile> {
    let found = match named.parse::<CaseId>() {
        Ok(id) => office.store.read(|q| queries::find(q, scope, id))?,
        Err(_) => office
            .store
            .read(|q| queries::find_number(q, scope, named))?,
    };
    found.ok_or_else(|| {
        anyhow!(Failure::new(
            app.words.tell("case-unknown", &[("case", &named)]),
            app.words.say("case-unknown-hint"),
        ))
    })
}
