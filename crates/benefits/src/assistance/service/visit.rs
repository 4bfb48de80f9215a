//! Home visits: the township's investigation, the county's own visit, and corrections. A visit recorded wrongly is
//! recorded anew and superseded; nothing is overwritten.
//!
//! What was found is sealed under the household's key.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 15, 16, 20; its predecessor 民发〔2012〕220号.

use std::collections::BTreeSet;

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk, Role};
use minsheng_store::{Query, Scope, Value, statement};
use serde_json::{Map, json};

use super::super::error::AssistanceError;
use super::{Dossier, Entry, Sitting, sit};

const INVESTIGATE: &str = "investigate";
const REINVESTIGATE: &str = "reinvestigate";
const COUNTY_VISIT: &str = "county_visit";
const CORRECT_VISIT: &str = "correct_visit";
const CORRECT_COUNTY_VISIT: &str = "correct_county_visit";
/// Label under which the finding of a visit is sealed.
const FINDING: &str = "home_visit.finding";

/// A home visit.
#[derive(Debug, Clone)]
pub struct Investigation {
    /// Who went; user names where they are users.
    pub investigators: Vec<String>,
    /// Whether a member was there and signed.
    pub member_present: bool,
    /// Day of the visit.
    pub visited_on: Date,
    /// What was found; sealed.
    pub finding: String,
}

impl Investigation {
    /// The different people who went.
    fn team(&self) -> BTreeSet<&str> {
        let names = self.investigators.iter().map(|name| name.trim());
        names.filter(|name| !name.is_empty()).collect()
    }
}

/// Whose visit it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Township,
    County,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Township => "township",
            Self::County => "county",
        }
    }
}

statement! {
    VISIT, internal "a visit by key inside an act, which checks the area of its case",
    "SELECT case_id, level, superseded_on FROM home_visit WHERE id = ?1"
}
statement! {
    VISITS_OF_CASE, scoped,
    "SELECT v.id, v.level, v.visited_on, v.visitors, v.member_present, v.replaces_id, v.superseded_on
     FROM home_visit v JOIN case_file c ON c.id = v.case_id WHERE v.case_id = ?1 AND {scope:c.division} ORDER BY v.id"
}

/// Enters a home visit of the township.
///
/// # Errors
/// As [`investigate_many`].
pub fn investigate(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    visit: &Investigation,
) -> Result<(), AssistanceError> {
    investigate_many(desk, ctx, &[(case, visit.clone())])
}

/// Enters home visits of the township, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`], also where one of the team is a near relative of a member;
/// [`AssistanceError::Form`] for a visit in the future; or the store's.
pub fn investigate_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    visits: &[(CaseId, Investigation)],
) -> Result<(), AssistanceError> {
    enter(desk, ctx, INVESTIGATE, Level::Township, visits)
}

/// Enters the new investigation that answers an objection: by the township, or by the county where its own notice
/// is objected to. The procedure knows who.
///
/// # Errors
/// As [`investigate_many`].
pub fn reinvestigate(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    visit: &Investigation,
) -> Result<(), AssistanceError> {
    enter(
        desk,
        ctx,
        REINVESTIGATE,
        Level::Township,
        &[(case, visit.clone())],
    )
}

/// Enters a home visit of the county itself.
///
/// # Errors
/// As [`investigate_many`].
pub fn county_visit(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    visit: &Investigation,
) -> Result<(), AssistanceError> {
    county_visit_many(desk, ctx, &[(case, visit.clone())])
}

/// Enters home visits of the county itself, all or none.
///
/// # Errors
/// As [`investigate_many`].
pub fn county_visit_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    visits: &[(CaseId, Investigation)],
) -> Result<(), AssistanceError> {
    enter(desk, ctx, COUNTY_VISIT, Level::County, visits)
}

fn enter(
    desk: &Desk<'_>,
    ctx: &Ctx,
    step: &'static str,
    level: Level,
    visits: &[(CaseId, Investigation)],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, step, |sitting| {
        let mut rows = Vec::with_capacity(visits.len());
        for (mut dossier, (_, visit)) in sitting.load_for(visits)? {
            let level = dossier.level_of(step)?.unwrap_or(level);
            rows.push(sitting.visit(&mut dossier, step, level, visit, None)?);
        }
        sitting.tx.insert_many("home_visit", &COLUMNS, rows)?;
        Ok(())
    })
}

/// Records a visit anew that was recorded wrongly, and says why. The record before stays and is superseded.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Form`] for a record that was superseded already; otherwise
/// as [`investigate_many`].
pub fn correct_visit(
    desk: &Desk<'_>,
    ctx: &Ctx,
    wrong: i64,
    visit: &Investigation,
    reason: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, CORRECT_VISIT, |sitting| {
        let rows = sitting.tx.rows(&VISIT, &[Value::from(wrong)])?;
        let Some(row) = rows.first() else {
            return Err(AssistanceError::NotFound {
                what: "home visit",
                id: wrong,
            });
        };
        if let Some(day) = row.opt_date(2)? {
            let problem =
                format!("was corrected on {day} already; correct the record that replaced it");
            return Err(AssistanceError::form(
                format!("home visit {wrong}"),
                "visit",
                problem,
            ));
        }
        let (step, level) = if row.text(1)? == Level::County.as_str() {
            (CORRECT_COUNTY_VISIT, Level::County)
        } else {
            (CORRECT_VISIT, Level::Township)
        };
        let mut dossier = sitting.load_one(CaseId(row.int(0)?))?;
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        let row = sitting.visit(&mut dossier, step, level, visit, Some((wrong, reason)))?;
        let ended = vec![Value::from(sitting.today)];
        sitting
            .tx
            .update_many("home_visit", &["superseded_on"], vec![(wrong, ended)])?;
        sitting.tx.insert_many("home_visit", &COLUMNS, vec![row])?;
        Ok(())
    })
}

const COLUMNS: [&str; 7] = [
    "case_id",
    "level",
    "visited_on",
    "visitors",
    "member_present",
    "finding_sealed",
    "replaces_id",
];

impl Dossier {
    /// Whose visit a step is in the state of the case, where the county's officer takes it.
    fn level_of(&self, step: &str) -> Result<Option<Level>, AssistanceError> {
        let mut here = self.procedure()?.steps_called(step);
        let county = here.any(|entry| {
            entry.actor == Role::Officer.as_str() && entry.from.contains(&self.case.state)
        });
        Ok(county.then_some(Level::County))
    }
}

impl Sitting<'_, '_> {
    /// Takes the step of a visit and gives its row.
    fn visit(
        &mut self,
        dossier: &mut Dossier,
        step: &'static str,
        level: Level,
        visit: &Investigation,
        replaces: Option<(i64, &str)>,
    ) -> Result<Vec<Value>, AssistanceError> {
        self.day_of_case(dossier, "visited_on", visit.visited_on)?;
        let team = visit.team();
        dossier.no_relative_among(team.iter().copied());
        dossier.ground.form.investigators = Some(team.len());
        let mut rest = Map::from_iter([
            ("investigators".to_owned(), json!(team)),
            ("member_present".to_owned(), json!(visit.member_present)),
            ("visited_on".to_owned(), json!(visit.visited_on.to_string())),
        ]);
        if let Some((wrong, _)) = replaces {
            rest.insert("replaces".to_owned(), json!(wrong));
        }
        let entry = Entry {
            rest,
            note: Some(replaces.map_or(visit.finding.as_str(), |(_, reason)| reason)),
            ..Entry::default()
        };
        self.take(dossier, step, entry)?;
        let sealed = self.seal(dossier.case.subject(), FINDING, visit.finding.as_bytes())?;
        Ok(vec![
            Value::from(dossier.case.id),
            Value::from(level.as_str()),
            Value::from(visit.visited_on),
            Value::from(json!(team).to_string()),
            Value::from(visit.member_present),
            Value::from(sealed),
            Value::from(replaces.map(|(wrong, _)| wrong)),
        ])
    }
}

/// A recorded visit, without its finding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct VisitRow {
    /// Key.
    pub id: i64,
    /// `township` or `county`.
    pub level: String,
    /// Day of the visit.
    pub visited_on: Date,
    /// Who went.
    pub visitors: Vec<String>,
    /// Whether a member was there.
    pub member_present: bool,
    /// The record that it corrects.
    pub replaces: Option<i64>,
    /// Day on which it was corrected itself.
    pub superseded_on: Option<Date>,
}

/// The visits of a case of the area, corrected ones included, in the order of their records.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for a list of names that does not read.
pub fn visits(
    q: &mut dyn Query,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<VisitRow>, AssistanceError> {
    let rows = q.scoped(&VISITS_OF_CASE, scope, &[Value::from(case)])?;
    rows.iter()
        .map(|row| {
            let id = row.int(0)?;
            let visitors = serde_json::from_str(row.text(3)?).map_err(|error| {
                AssistanceError::inconsistent(format!("home visit {id}"), error)
            })?;
            Ok(VisitRow {
                id,
                level: row.text(1)?.to_owned(),
                visited_on: row.date(2)?,
                visitors,
                member_present: row.bool(4)?,
                replaces: row.opt_int(5)?,
                superseded_on: row.opt_date(6)?,
            })
        })
        .collect()
}
