//! `campaign …`: a campaign from its list to its close. Which steps, grounds and outcomes there are is the pack's to
//! say; here a form is read, an act is called, a report is printed.

mod notices;
mod targets;

use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{AssistanceError, queries};
use minsheng_benefits::campaigns::{
    self, Campaign, Count, Filter, Flow, NewCampaign, NewGround, NewStep, Outcome, Report,
    TargetLine,
};
use minsheng_core::{Date, DivisionCode, Timestamp, civil_date};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_policy::CampaignKind;
use minsheng_registry::{CaseId, Ctx, RegistryError, divisions};
use minsheng_store::{Query, Scope, TxNo};

use crate::app::{App, DayTime, Listing, Office, Writing, moment};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Command {
    Open(Open),
    Step(Step),
    Ground(Ground),
    Undo(Undo),
    Close(Close),
    List(List),
    Show(Show),
    Report(Show),
    Targets(targets::Targets),
    Notices(Show),
    Notice(notices::Notice),
    Object(notices::Object),
    Answer(notices::Answer),
    Objections(Show),
}

#[derive(Debug, Args)]
pub struct Open {
    #[arg(long = "kind-of", value_name = "CODE")]
    kind_of: String,
    #[arg(long)]
    name: String,
    #[arg(long, value_name = "DATE")]
    cut_off: Date,
    #[arg(long, value_name = "DATE")]
    ends_on: Date,
    #[arg(long, value_name = "NUMBER")]
    plan: Option<String>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Targets for an act, all or none.
#[derive(Debug, Args)]
pub struct Which {
    #[arg(value_name = "CASE")]
    cases: Vec<String>,
    #[arg(long, value_name = "CODE", conflicts_with = "cases")]
    targets: Option<DivisionCode>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Step {
    campaign: String,
    step: String,
    #[command(flatten)]
    which: Which,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long = "investigator", value_name = "USER", value_delimiter = ',')]
    investigators: Vec<String>,
    #[arg(long, default_value = "")]
    finding: String,
}

#[derive(Debug, Args)]
pub struct Ground {
    campaign: String,
    ground: String,
    #[command(flatten)]
    which: Which,
    #[arg(long)]
    finding: String,
}

#[derive(Debug, Args)]
pub struct Undo {
    campaign: String,
    code: String,
    #[command(flatten)]
    which: Which,
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub struct Close {
    campaign: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Show {
    campaign: String,
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Open(arguments) => open(app, arguments),
        Command::Step(arguments) => step(app, arguments),
        Command::Ground(arguments) => ground(app, arguments),
        Command::Undo(arguments) => undo(app, arguments),
        Command::Close(arguments) => close(app, arguments),
        Command::List(arguments) => list(app, arguments),
        Command::Show(arguments) => show(app, arguments),
        Command::Report(arguments) => report(app, arguments),
        Command::Targets(arguments) => targets::targets(app, arguments),
        Command::Notices(arguments) => notices::notices(app, arguments),
        Command::Notice(arguments) => notices::notice(app, arguments),
        Command::Object(arguments) => notices::object(app, arguments),
        Command::Answer(arguments) => notices::answer(app, arguments),
        Command::Objections(arguments) => notices::objections(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn open(app: &mut App, open: &Open) -> anyhow::Result<()> {
    let office = Office::open(app, &open.writing.database)?;
    let ctx = office.ctx(app, &open.writing)?;
    let new = NewCampaign {
        kind: open.kind_of.clone(),
        name: open.name.clone(),
        cut_off: open.cut_off,
        ends_on: open.ends_on,
        plan_document: open.plan.clone(),
    };
    let id = campaigns::open(&office.desk(), &ctx, &new)?;
    let found = report_of(
        &office,
        &Scope::county(),
        &id.to_string(),
        None,
        ctx.today(),
    )?;
    if open.json {
        return app.out.json(&found);
    }
    let before = found.total.before;
    let line = app.words.tell(
        "campaign-opened",
        &[
            ("campaign", &id),
            ("name", &new.name.trim()),
            ("households", &before.households),
            ("persons", &before.persons),
        ],
    );
    app.out.line(&line)
}

/// An act on targets: the office, who acts, and on which cases.
struct Sitting {
    office: Office,
    ctx: Ctx,
    campaign: Campaign,
    cases: Vec<CaseId>,
}

impl Sitting {
    /// The cases that were named, or the open targets of an area that fit the filter.
    fn open(app: &App, campaign: &str, which: &Which, filter: Filter) -> anyhow::Result<Self> {
        let office = Office::open(app, &which.writing.database)?;
        let ctx = office.ctx(app, &which.writing)?;
        let found = office.store.read(|q| {
            let known = q.last_tx()?;
            campaigns::find(q, campaign, known)
        })?;
        let cases = match which.targets {
            Some(area) => {
                let scope = Scope::of(area.get());
                let filter = Filter {
                    outcome: Some(Outcome::Open),
                    ..filter
                };
                targets_of(&office, &scope, &found, None, &filter)?
                    .into_iter()
                    .map(|line| line.case)
                    .collect()
            }
            None => named(app, &office, &which.cases)?,
        };
        if cases.is_empty() {
            return Err(anyhow!(Failure::new(
                app.words.say("campaign-nobody"),
                app.words.say("campaign-nobody-hint"),
            )));
        }
        Ok(Self {
            office,
            ctx,
            campaign: found,
            cases,
        })
    }

    fn done(&self, app: &mut App, code: &str, json: bool) -> anyhow::Result<()> {
        if json {
            let cases: Vec<String> = self.cases.iter().map(ToString::to_string).collect();
            let value =
                serde_json::json!({ "campaign": self.campaign.id, "code": code, "cases": cases });
            return app.out.json(&value);
        }
        let line = app.words.tell(
            "campaign-recorded",
            &[("code", &code), ("count", &self.cases.len())],
        );
        app.out.line(&line)
    }
}

/// Turns what was typed into keys; the area is checked by the office.
fn named(app: &App, office: &Office, cases: &[String]) -> anyhow::Result<Vec<CaseId>> {
    cases
        .iter()
        .map(|named| {
            if let Ok(id) = named.parse::<CaseId>() {
                return Ok(id);
            }
            let found = office
                .store
                .read(|q| queries::find_number(q, &Scope::county(), named))?;
            found.map(|case| case.id).ok_or_else(|| {
                anyhow!(Failure::new(
                    app.words.tell("case-unknown", &[("case", &named)]),
                    app.words.say("case-unknown-hint"),
                ))
            })
        })
        .collect()
}

fn step(app: &mut App, step: &Step) -> anyhow::Result<()> {
    let filter = Filter {
        without: Some(step.step.clone()),
        ..Filter::default()
    };
    let sitting = Sitting::open(app, &step.campaign, &step.which, filter)?;
    let new = NewStep {
        campaign: sitting.campaign.id,
        step: step.step.clone(),
        on: step.on.unwrap_or_else(|| sitting.ctx.today()),
        investigators: step.investigators.clone(),
        finding: step.finding.clone(),
    };
    campaigns::record_step_many(&sitting.office.desk(), &sitting.ctx, &new, &sitting.cases)?;
    sitting.done(app, &step.step, step.which.json)
}

fn ground(app: &mut App, ground: &Ground) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &ground.campaign, &ground.which, Filter::default())?;
    let new = NewGround {
        campaign: sitting.campaign.id,
        ground: ground.ground.clone(),
        finding: ground.finding.clone(),
    };
    campaigns::record_ground_many(&sitting.office.desk(), &sitting.ctx, &new, &sitting.cases)?;
    sitting.done(app, &ground.ground, ground.which.json)
}

fn undo(app: &mut App, undo: &Undo) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &undo.campaign, &undo.which, Filter::default())?;
    let (desk, ctx) = (sitting.office.desk(), &sitting.ctx);
    let (campaign, cases) = (sitting.campaign.id, &sitting.cases);
    campaigns::undo_many(&desk, ctx, campaign, &undo.code, &undo.reason, cases)?;
    sitting.done(app, &undo.code, undo.which.json)
}

fn close(app: &mut App, close: &Close) -> anyhow::Result<()> {
    let office = Office::open(app, &close.writing.database)?;
    let ctx = office.ctx(app, &close.writing)?;
    let found = office.store.read(|q| {
        let known = q.last_tx()?;
        campaigns::find(q, &close.campaign, known)
    })?;
    campaigns::close(&office.desk(), &ctx, found.id)?;
    let line = app.words.tell(
        "campaign-closed",
        &[("name", &found.name), ("day", &ctx.today())],
    );
    app.out.line(&line)
}

fn list(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let found = office.store.read(|q| {
        let known = q.last_tx()?;
        campaigns::list(q, known)
    })?;
    if list.listing.json {
        return app.out.json(&found);
    }
    let desk = office.desk();
    let kind_name = |app: &App, code: &str| {
        let kind = desk.packs.current().campaign(code);
        kind.map_or(code, |kind| kind.name.get(app.lang)).to_owned()
    };
    let mut rows = Rows::new(app.columns(&[
        "campaign", "name", "kind", "cut-off", "ends-on", "opened", "closed", "plan",
    ]));
    for campaign in &found {
        rows.push([
            Cell::Int(campaign.id.0),
            Cell::from(campaign.name.clone()),
            Cell::from(kind_name(app, &campaign.kind)),
            Cell::from(campaign.cut_off),
            Cell::from(campaign.ends_on),
            Cell::from(campaign.opened_on),
            campaign.closed_on.map_or(Cell::Empty, Cell::from),
            Cell::from(campaign.plan_document.clone().unwrap_or_default()),
        ]);
    }
    app.list(&office, &list.listing, "campaign list", &rows)
}

impl Show {
    fn known_at(&self, app: &App) -> anyhow::Result<Option<Timestamp>> {
        let text = self.known_at.as_deref();
        text.map(|text| moment(app, text, DayTime::End)).transpose()
    }

    fn read(&self, app: &App) -> anyhow::Result<(Office, Report, CampaignKind)> {
        let office = Office::open(app, &self.listing.reading.database)?;
        let scope = office.scope(&self.listing.reading)?;
        let at = self.known_at(app)?;
        let on = match at {
            Some(at) => civil_date(at),
            None => office.today(app)?,
        };
        let found = report_of(&office, &scope, &self.campaign, at, on)?;
        let kind = office.store.read(|q| {
            let packs = office.desk().packs.by_hash(q, &found.campaign.pack_hash)?;
            Ok::<_, RegistryError>(packs.campaign(&found.campaign.kind).cloned())
        })?;
        let kind = kind.ok_or_else(|| anyhow!("{}", found.campaign.kind))?;
        Ok((office, found, kind))
    }
}

fn known(q: &mut dyn Query, at: Option<Timestamp>) -> Result<TxNo, AssistanceError> {
    Ok(match at {
        Some(at) => q.tx_before(at)?,
        None => q.last_tx()?,
    })
}

fn report_of(
    office: &Office,
    scope: &Scope,
    campaign: &str,
    at: Option<Timestamp>,
    on: Date,
) -> Result<Report, AssistanceError> {
    let desk = office.desk();
    office.store.read(|q| {
        let known = known(q, at)?;
        let found = campaigns::find(q, campaign, known)?;
        campaigns::report(&desk, q, scope, found.id, known, on)
    })
}

fn targets_of(
    office: &Office,
    scope: &Scope,
    campaign: &Campaign,
    at: Option<Timestamp>,
    filter: &Filter,
) -> Result<Vec<TargetLine>, AssistanceError> {
    let desk = office.desk();
    office.store.read(|q| {
        let known = known(q, at)?;
        campaigns::targets(&desk, q, scope, campaign.id, known, filter)
    })
}

fn head(app: &mut App, found: &Report, kind: &CampaignKind) -> anyhow::Result<()> {
    let campaign = &found.campaign;
    let closed = campaign.closed_on.map(|day| day.to_string());
    let line = app.words.tell(
        "campaign-head",
        &[
            ("campaign", &campaign.id),
            ("name", &campaign.name),
            ("kind", &kind.name.get(app.lang)),
            ("cut-off", &campaign.cut_off),
            ("ends-on", &campaign.ends_on),
            ("closed", &closed.as_deref().unwrap_or("—")),
        ],
    );
    app.out.line(&line)?;
    if found.overdue > 0 {
        let line = app
            .words
            .tell("campaign-overdue", &[("count", &found.overdue)]);
        app.out.line(&line)?;
    }
    Ok(())
}

/// The campaign, its rules, and how far it is.
fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let (office, found, kind) = show.read(app)?;
    if show.listing.json {
        let value = serde_json::json!({
            "campaign": found.campaign, "kind": kind, "steps": found.steps, "overdue": found.overdue,
        });
        return app.out.json(&value);
    }
    let mut rows = Rows::new(app.columns(&["step", "name", "roles", "done", "not-needed", "of"]));
    for (count, step) in found.steps.iter().zip(&kind.steps) {
        rows.push([
            Cell::from(count.step.clone()),
            Cell::from(step.name.get(app.lang).to_owned()),
            Cell::from(step.actor.clone()),
            Cell::Int(count.done),
            Cell::Int(count.not_needed),
            Cell::Int(count.of),
        ]);
    }
    if show.listing.file.out.is_none() {
        head(app, &found, &kind)?;
    }
    app.list(&office, &show.listing, "campaign show", &rows)
}

/// The report: by township and programme, and the whole.
fn report(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let (office, found, kind) = show.read(app)?;
    if show.listing.json {
        return app.out.json(&found);
    }
    let mut header = app.columns(&["division", "name", "programme", "before", "persons"]);
    let outcomes = ["kept", "raised", "lowered", "exited", "admitted", "open"];
    header.extend(outcomes.map(|code| {
        let name = kind.outcome(code).map(|name| name.get(app.lang));
        name.unwrap_or(code).to_owned()
    }));
    header.extend(app.columns(&[
        "joined",
        "left",
        "after",
        "persons",
        "yuan-before",
        "yuan-after",
    ]));
    let mut rows = Rows::new(header);
    for line in &found.lines {
        let name = office.store.read(|q| divisions::name(q, line.township))?;
        let programme = office.desk().packs.current().programme(&line.programme);
        let programme = programme.map_or(line.programme.as_str(), |p| p.name.get(app.lang));
        let place = [
            line.township.to_string(),
            name.unwrap_or_default(),
            programme.to_owned(),
        ];
        rows.push(cells(place, &line.flow));
    }
    let total = app.words.say("campaign-total");
    rows.push(cells([String::new(), total, String::new()], &found.total));
    if show.listing.file.out.is_some() {
        return app.list(&office, &show.listing, "campaign report", &rows);
    }
    head(app, &found, &kind)?;
    app.table(&rows)?;
    let mut rows = Rows::new(app.columns(&["ground", "households", "persons", "yuan-before"]));
    for ground in &found.grounds {
        let named = ground.ground.as_deref().and_then(|code| kind.ground(code));
        let name = named.map(|named| named.name.get(app.lang).to_owned());
        let Count {
            households,
            persons,
            amount_fen,
        } = ground.exited;
        rows.push([
            Cell::from(name.unwrap_or_else(|| app.words.say("campaign-unsaid"))),
            Cell::Int(households),
            Cell::Int(persons),
            Cell::Yuan(amount_fen),
        ]);
    }
    if !rows.rows.is_empty() {
        app.out.line("")?;
        app.table(&rows)?;
    }
    app.out.line("")?;
    let verdict = app.words.say(if found.holds {
        "campaign-holds"
    } else {
        "campaign-broken"
    });
    app.out.line(&verdict)
}

fn cells(place: [String; 3], flow: &Flow) -> Vec<Cell> {
    let mut cells: Vec<Cell> = place.into_iter().map(Cell::from).collect();
    let counts = [
        flow.before.households,
        flow.before.persons,
        flow.kept.households,
        flow.raised.households,
        flow.lowered.households,
        flow.exited.households,
        flow.admitted.households,
        flow.open.households,
        flow.joined,
        flow.left,
        flow.after.households,
        flow.after.persons,
    ];
    cells.extend(counts.map(Cell::Int));
    cells.push(Cell::Yuan(flow.before.amount_fen));
    cells.push(Cell::Yuan(flow.after.amount_fen));
    cells
}
