//! Opinions, public notices, objections and decisions.

use anyhow::anyhow;
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{self, Decided, NoticeId, Opinion, Resolution, queries};
use minsheng_core::{Date, DivisionCode, Fen, Month};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_policy::{MemberAmount, Reason};
use minsheng_registry::{CaseId, PersonId};

use super::inquiry::Meeting;
use super::{Cases, OneCase, Sitting};
use crate::app::{App, Listing, Office};
use crate::failure::Failure;
use crate::output::table;

pub(super) fn first_opinion(app: &mut App, cases: &Cases) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &cases.writing, &cases.cases)?;
    let opinions = assistance::first_opinion_many(&sitting.desk(), &sitting.ctx, &sitting.cases)?;
    print_opinions(app, &opinions)?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct CountyOpinion {
    #[command(flatten)]
    cases: Cases,
    #[arg(long, value_name = "DATE")]
    visited_on: Option<Date>,
}

pub(super) fn county_opinion(app: &mut App, opinion: &CountyOpinion) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &opinion.cases.writing, &opinion.cases.cases)?;
    let cases: Vec<(CaseId, Option<Date>)> = sitting
        .cases
        .iter()
        .map(|case| (*case, opinion.visited_on))
        .collect();
    let opinions = assistance::county_opinion_many(&sitting.desk(), &sitting.ctx, &cases)?;
    print_opinions(app, &opinions)?;
    sitting.done(app)
}

fn print_opinions(app: &mut App, opinions: &[Opinion]) -> anyhow::Result<()> {
    for opinion in opinions {
        let word = app.words.say(if opinion.positive {
            "opinion-admit"
        } else {
            "opinion-refuse"
        });
        let line = app.words.tell(
            "case-opinion",
            &[("case", &opinion.case), ("opinion", &word)],
        );
        app.out.line(&line)?;
        print_result(
            app,
            &opinion.members,
            opinion.total_fen,
            opinion.month,
            &opinion.reasons,
        )?;
    }
    Ok(())
}

fn print_result(
    app: &mut App,
    members: &[MemberAmount],
    total: Fen,
    month: Month,
    reasons: &[Reason],
) -> anyhow::Result<()> {
    for reason in reasons {
        app.out.line(&format!(
            "  {} [{}]",
            reason.text.get(app.lang),
            reason.cite
        ))?;
    }
    if members.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            vec![
                PersonId(member.person).to_string(),
                member.class.clone(),
                member.amount.to_string(),
            ]
        })
        .collect();
    let header = app.columns(&["person", "class", "yuan"]);
    app.out.text(&table(&header, &[2], &rows))?;
    let line = app
        .words
        .tell("case-total", &[("total", &total), ("month", &month)]);
    app.out.line(&line)
}

#[derive(Debug, Subcommand)]
pub enum Notice {
    Post(Post),
    List(NoticeList),
}

#[derive(Debug, Args)]
pub struct Post {
    #[command(flatten)]
    cases: Cases,
    #[arg(long, value_name = "CODE")]
    division: DivisionCode,
}

#[derive(Debug, Args)]
pub struct NoticeList {
    notice: i64,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn notice(app: &mut App, command: &Notice) -> anyhow::Result<()> {
    match command {
        Notice::Post(post) => {
            let sitting = Sitting::open(app, &post.cases.writing, &post.cases.cases)?;
            let id = assistance::post_notices(
                &sitting.desk(),
                &sitting.ctx,
                post.division.get(),
                &sitting.cases,
            )?;
            posted(app, &sitting, id)
        }
        Notice::List(list) => notice_list(app, list),
    }
}

pub(super) fn county_notice(app: &mut App, post: &Post) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &post.cases.writing, &post.cases.cases)?;
    let id = assistance::post_county_notice(
        &sitting.desk(),
        &sitting.ctx,
        post.division.get(),
        &sitting.cases,
    )?;
    posted(app, &sitting, id)
}

fn posted(app: &mut App, sitting: &Sitting, id: NoticeId) -> anyhow::Result<()> {
    let list = sitting
        .office
        .store
        .read(|q| queries::notice_list(q, &minsheng_store::Scope::county(), id))?;
    if let Some(list) = list {
        let line = app.words.tell(
            "notice-posted",
            &[
                ("notice", &id.0),
                ("first", &list.first_day),
                ("last", &list.last_day),
                ("forward", &list.forward_from.date),
            ],
        );
        app.out.line(&line)?;
    }
    sitting.done(app)
}

fn notice_list(app: &mut App, arguments: &NoticeList) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.listing.reading.database)?;
    let scope = office.scope(&arguments.listing.reading)?;
    let found = office
        .store
        .read(|q| queries::notice_list(q, &scope, NoticeId(arguments.notice)))?;
    let list = found.ok_or_else(|| {
        anyhow!(Failure::new(
            app.words
                .tell("notice-unknown", &[("notice", &arguments.notice)]),
            app.words.say("notice-unknown-hint"),
        ))
    })?;
    if arguments.listing.json {
        return app.out.json(&list);
    }
    let title = app.words.tell(
        "notice-title",
        &[("first", &list.first_day), ("last", &list.last_day)],
    );
    app.out.line(&title)?;
    let mut rows = Rows::new(app.columns(&["person-name", "village", "members", "yuan"]));
    for line in &list.lines {
        rows.push([
            Cell::from(line.name.clone()),
            Cell::from(line.village.clone()),
            Cell::from(line.members),
            Cell::from(line.amount_fen),
        ]);
    }
    app.list(&office, &arguments.listing, "case notice list", &rows)
}

#[derive(Debug, Args)]
pub struct Object {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "NAME")]
    objector: String,
    #[arg(long)]
    statement: String,
}

pub(super) fn object(app: &mut App, object: &Object) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &object.case)?;
    assistance::object(
        &sitting.desk(),
        &sitting.ctx,
        case,
        &object.objector,
        &object.statement,
    )?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct Resolve {
    #[command(flatten)]
    case: OneCase,
    #[command(flatten)]
    outcome: ObjectionOutcome,
    #[arg(long)]
    answer: String,
    #[command(flatten)]
    meeting: Meeting,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ObjectionOutcome {
    #[arg(long)]
    upheld: bool,
    #[arg(long)]
    rejected: bool,
}

pub(super) fn resolve(app: &mut App, resolve: &Resolve) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &resolve.case)?;
    let resolution = Resolution {
        upheld: resolve.outcome.upheld && !resolve.outcome.rejected,
        appraisal: resolve
            .meeting
            .was_held()
            .then(|| resolve.meeting.appraisal(sitting.ctx.today())),
        answer: resolve.answer.clone(),
    };
    let opinion = assistance::resolve_objection(&sitting.desk(), &sitting.ctx, case, &resolution)?;
    print_opinions(app, &[opinion])?;
    sitting.done(app)
}

pub(super) fn decide(app: &mut App, cases: &Cases) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &cases.writing, &cases.cases)?;
    let decided = assistance::decide_many(&sitting.desk(), &sitting.ctx, &sitting.cases)?;
    print_decisions(app, &decided)?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct NotifyRefusal {
    #[command(flatten)]
    cases: Cases,
    #[arg(long)]
    proof: String,
}

pub(super) fn notify_refusal(app: &mut App, notify: &NotifyRefusal) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &notify.cases.writing, &notify.cases.cases)?;
    assistance::notify_refusal_many(&sitting.desk(), &sitting.ctx, &sitting.cases, &notify.proof)?;
    sitting.done(app)
}

pub(super) fn print_decisions(app: &mut App, decided: &[Decided]) -> anyhow::Result<()> {
    for decision in decided {
        let kind = app.words.say(match decision.kind {
            assistance::DecisionKind::Grant => "decision-grant",
            assistance::DecisionKind::Refuse => "decision-refuse",
            assistance::DecisionKind::Adjust => "decision-adjust",
            assistance::DecisionKind::Keep => "decision-keep",
            assistance::DecisionKind::Stop => "decision-stop",
        });
        let line = app.words.tell(
            "case-decided",
            &[
                ("case", &decision.case),
                ("decision", &decision.decision),
                ("kind", &kind),
                ("month", &decision.effective_month),
            ],
        );
        app.out.line(&line)?;
        let month = decision.effective_month;
        print_result(
            app,
            &decision.members,
            decision.total_fen,
            month,
            &decision.reasons,
        )?;
        for remedy in &decision.remedies {
            app.out.line(&format!(
                "  {} [{}]",
                remedy.text.get(app.lang),
                remedy.cite
            ))?;
        }
    }
    Ok(())
}
