//! The public lists of a campaign and the objections against the targets on them.

use anyhow::anyhow;
use clap::Args;
use minsheng_benefits::campaigns::{self, CampaignAnswer, CampaignNoticeId, Examined};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::divisions;

use super::{Show, known, named};
use crate::app::{App, Listing, Office, Writing};
use crate::failure::Failure;

#[derive(Debug, Args)]
pub struct Notice {
    notice: i64,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Object {
    campaign: String,
    case: String,
    #[arg(long, value_name = "NAME")]
    objector: String,
    #[arg(long)]
    statement: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Answer {
    campaign: String,
    case: String,
    #[command(flatten)]
    outcome: AnswerOutcome,
    #[command(flatten)]
    examined: AnswerExamined,
    #[arg(long)]
    answer: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AnswerOutcome {
    #[arg(long)]
    upheld: bool,
    #[arg(long)]
    rejected: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AnswerExamined {
    #[arg(long = "investigator", value_name = "USER", value_delimiter = ',')]
    investigators: Vec<String>,
    #[arg(long = "participant", value_name = "NAME", value_delimiter = ',')]
    participants: Vec<String>,
}

/// The lists that were posted.
pub(super) fn notices(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let (office, found, _) = show.read(app)?;
    let scope = office.scope(&show.listing.reading)?;
    let desk = office.desk();
    let lists = office
        .store
        .read(|q| campaigns::notices(&desk, q, &scope, found.campaign.id))?;
    if show.listing.json {
        return app.out.json(&lists);
    }
    let mut rows = Rows::new(app.columns(&[
        "notice",
        "division",
        "name",
        "hung-out",
        "last-day",
        "decided-from",
        "user",
        "of",
        "objections",
        "unanswered",
    ]));
    for list in &lists {
        let name = office.store.read(|q| divisions::name(q, list.division))?;
        rows.push([
            Cell::Int(list.notice.0),
            Cell::from(list.division.to_string()),
            Cell::from(name.unwrap_or_default()),
            Cell::from(list.posted_on),
            Cell::from(list.last_day),
            Cell::from(list.decided_from.date),
            Cell::from(list.posted_by.clone()),
            Cell::Int(list.targets),
            Cell::Int(list.objections),
            Cell::Int(list.open_objections),
        ]);
    }
    app.list(&office, &show.listing, "campaign notices", &rows)
}

/// One list as it hangs out.
pub(super) fn notice(app: &mut App, arguments: &Notice) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.listing.reading.database)?;
    let scope = office.scope(&arguments.listing.reading)?;
    let desk = office.desk();
    let key = CampaignNoticeId(arguments.notice);
    let found = office
        .store
        .read(|q| campaigns::notice_list(&desk, q, &scope, key))?;
    let list = found.ok_or_else(|| {
        anyhow!(Failure::new(
            app.words
                .tell("notice-unknown", &[("notice", &arguments.notice)]),
            app.words.say("campaign-notice-hint"),
        ))
    })?;
    if arguments.listing.json {
        return app.out.json(&list);
    }
    if arguments.listing.file.out.is_none() {
        let days: [(&str, &dyn std::fmt::Display); 2] =
            [("first", &list.first_day), ("last", &list.last_day)];
        let title = app.words.tell("notice-title", &days);
        app.out.line(&title)?;
    }
    let mut rows = Rows::new(app.columns(&["person-name", "village", "members", "yuan"]));
    for line in &list.lines {
        rows.push([
            Cell::from(line.name.clone()),
            Cell::from(line.village.clone()),
            Cell::from(line.members),
            Cell::from(line.amount_fen),
        ]);
    }
    app.list(&office, &arguments.listing, "campaign notice", &rows)
}

pub(super) fn object(app: &mut App, object: &Object) -> anyhow::Result<()> {
    let office = Office::open(app, &object.writing.database)?;
    let ctx = office.ctx(app, &object.writing)?;
    let campaign = office.store.read(|q| {
        let known = known(q, None)?;
        campaigns::find(q, &object.campaign, known)
    })?;
    for case in named(app, &office, std::slice::from_ref(&object.case))? {
        let (objector, statement) = (&object.objector, &object.statement);
        let key = campaigns::object(&office.desk(), &ctx, campaign.id, case, objector, statement)?;
        let line = app
            .words
            .tell("campaign-objected", &[("objection", &key), ("case", &case)]);
        app.out.line(&line)?;
    }
    Ok(())
}

pub(super) fn answer(app: &mut App, answer: &Answer) -> anyhow::Result<()> {
    let office = Office::open(app, &answer.writing.database)?;
    let ctx = office.ctx(app, &answer.writing)?;
    let campaign = office.store.read(|q| {
        let known = known(q, None)?;
        campaigns::find(q, &answer.campaign, known)
    })?;
    let examined = if answer.examined.participants.is_empty() {
        Examined::Visit(answer.examined.investigators.clone())
    } else {
        Examined::Appraisal(answer.examined.participants.clone())
    };
    let form = CampaignAnswer {
        upheld: answer.outcome.upheld && !answer.outcome.rejected,
        examined,
        answer: answer.answer.clone(),
    };
    for case in named(app, &office, std::slice::from_ref(&answer.case))? {
        let anew = campaigns::answer_objections(&office.desk(), &ctx, campaign.id, case, &form)?;
        let key = if anew {
            "campaign-answered-anew"
        } else {
            "campaign-answered"
        };
        let line = app.words.tell(key, &[("case", &case)]);
        app.out.line(&line)?;
    }
    Ok(())
}

/// The objections, without words and without who objected.
pub(super) fn objections(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let (office, found, _) = show.read(app)?;
    let scope = office.scope(&show.listing.reading)?;
    let at = show.known_at(app)?;
    let lines = office.store.read(|q| {
        let known = known(q, at)?;
        campaigns::objections(q, &scope, found.campaign.id, known)
    })?;
    if show.listing.json {
        return app.out.json(&lines);
    }
    let mut rows = Rows::new(app.columns(&[
        "objection",
        "case",
        "number",
        "division",
        "notice",
        "raised",
        "user",
        "upheld",
        "answered",
        "answered-by",
    ]));
    for line in &lines {
        let upheld = line
            .upheld
            .map(|upheld| app.words.say(if upheld { "word-yes" } else { "word-no" }));
        rows.push([
            Cell::Int(line.objection),
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(line.division.to_string()),
            Cell::Int(line.notice.0),
            Cell::from(line.raised_on),
            Cell::from(line.recorded_by.clone()),
            Cell::from(upheld.unwrap_or_default()),
            line.answered_on.map_or(Cell::Empty, Cell::from),
            Cell::from(line.answered_by.clone().unwrap_or_default()),
        ]);
    }
    app.list(&office, &show.listing, "campaign objections", &rows)
}
