//! `case serve`, `case correct-service`, `case services`: how decisions reached the households.

use clap::Args;
use minsheng_benefits::assistance::{self, Service, Way};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::CaseId;

use super::names::programme_name;
use super::{Cases, Sitting};
use crate::app::{App, Listing, Office, Writing};

/// A service as it was made.
#[derive(Debug, Args)]
pub struct Form {
    #[arg(long = "way")]
    way: Way,
    #[arg(long, value_name = "DATE")]
    served_on: Option<Date>,
    #[arg(long, value_name = "NAME", default_value = "")]
    received_by: String,
    #[arg(long, value_name = "NAME")]
    witness: Option<String>,
    #[arg(long)]
    proof: String,
}

impl Form {
    fn service(&self, decision: Option<i64>, today: Date) -> Service {
        Service {
            decision,
            way: self.way,
            served_on: self.served_on.unwrap_or(today),
            received_by: self.received_by.clone(),
            witness: self.witness.clone(),
            proof: self.proof.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    cases: Cases,
    #[arg(long)]
    decision: Option<i64>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub struct CorrectService {
    wrong: i64,
    #[command(flatten)]
    form: Form,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Services {
    #[arg(long)]
    unserved: bool,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn serve(app: &mut App, serve: &Serve) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &serve.cases.writing, &serve.cases.cases)?;
    let service = serve.form.service(serve.decision, sitting.ctx.today());
    let services: Vec<(CaseId, Service)> = sitting
        .cases
        .iter()
        .map(|case| (*case, service.clone()))
        .collect();
    assistance::serve_many(&sitting.desk(), &sitting.ctx, &services)?;
    sitting.done(app)
}

pub(super) fn correct(app: &mut App, correct: &CorrectService) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &correct.writing, &[])?;
    let service = correct.form.service(None, sitting.ctx.today());
    let (desk, ctx) = (sitting.desk(), &sitting.ctx);
    assistance::correct_service(&desk, ctx, correct.wrong, &service, &correct.reason)?;
    let line = app
        .words
        .tell("service-corrected", &[("service", &correct.wrong)]);
    app.out.line(&line)
}

pub(super) fn list(app: &mut App, list: &Services) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let mut rows = office
        .store
        .read(|q| assistance::services(q, &scope, None))?;
    rows.retain(|row| row.service.is_none() || !list.unserved);
    if list.listing.json {
        return app.out.json(&rows);
    }
    let desk = office.desk();
    let mut table = Rows::new(app.columns(&[
        "decision",
        "case",
        "number",
        "programme",
        "kind",
        "decided",
        "service",
        "way",
        "served",
        "effective",
    ]));
    for row in &rows {
        table.push([
            Cell::from(row.decision),
            Cell::from(row.case.to_string()),
            Cell::from(row.number.clone()),
            Cell::from(programme_name(app, &desk, &row.programme)),
            Cell::from(app.words.say(&format!("decision-{}", row.kind))),
            Cell::from(row.decided_on),
            Cell::from(row.service),
            Cell::from(way_name(app, row.way.as_deref())),
            Cell::from(row.served_on),
            Cell::from(row.effective_on),
        ]);
    }
    app.list(&office, &list.listing, "case services", &table)
}

/// A way of service in words; a decision that is not served says so.
pub(super) fn way_name(app: &App, way: Option<&str>) -> String {
    match way {
        Some(way) => app.words.say(&format!("way-{way}")),
        None => app.words.say("word-unserved"),
    }
}
