//! Service of decisions (送达): how, on what day, who received it, with what proof. The terms of the remedies run from
//! the day on which the service takes effect. A service recorded wrongly is recorded anew and superseded.
//!
//! Who received it, the witness and the proof are sealed under the household's key.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 21, 32; the ways are those of the general statute on service
//! (民事诉讼法); the term of an announcement is a clock of the pack.

use std::fmt;
use std::str::FromStr;

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Query, Row, Scope, Value, statement};
use serde_json::{Map, json};

use super::super::clocks;
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::super::rules::DecisionKind;
use super::{Dossier, Entry, Sitting, sit};

const NOTIFY_REFUSAL: &str = "notify_refusal";
const SERVE: &str = "serve";
const CORRECT_SERVICE: &str = "correct_service";
/// Clock of the pack that says when an announcement counts as served.
const ANNOUNCEMENT: &str = "announcement";
/// Label under which recipient, witness and proof are sealed.
const PROOF: &str = "decision_service.proof";

/// How a decision reaches the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Handed over and signed for (直接送达).
    InPerson,
    /// Left at the home before a witness (留置送达).
    LeftAtHome,
    /// By post (邮寄送达).
    Post,
    /// Handed on by the township (转交送达).
    Township,
    /// By public announcement, where nothing else is possible (公告送达).
    Announcement,
}

impl Way {
    /// All ways.
    pub const ALL: [Self; 5] = [
        Self::InPerson,
        Self::LeftAtHome,
        Self::Post,
        Self::Township,
        Self::Announcement,
    ];

    /// The word that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InPerson => "in_person",
            Self::LeftAtHome => "left_at_home",
            Self::Post => "post",
            Self::Township => "township",
            Self::Announcement => "announcement",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|way| way.as_str() == text.trim());
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("`{text}` is no way of service; one of {known}")
        })
    }
}

/// A service as it was made.
#[derive(Debug, Clone)]
pub struct Service {
    /// The decision; nothing: the last one of the case.
    pub decision: Option<i64>,
    /// How.
    pub way: Way,
    /// Day on which it was handed over, left, posted or announced.
    pub served_on: Date,
    /// Who received it; not for an announcement.
    pub received_by: String,
    /// Who witnessed that it was left at the home.
    pub witness: Option<String>,
    /// What proves it: the signed return slip, the number of the registered letter.
    pub proof: String,
}

impl Service {
    /// What is missing in the form.
    fn lacks(&self) -> Option<(&'static str, &'static str)> {
        let empty = |text: &str| text.trim().is_empty();
        if empty(&self.proof) {
            Some(("proof", "say what proves the service"))
        } else if self.way != Way::Announcement && empty(&self.received_by) {
            Some(("received_by", "say who received it"))
        } else if self.way == Way::LeftAtHome && self.witness.as_deref().is_none_or(empty) {
            Some(("witness", "what is left at the home needs a witness"))
        } else {
            None
        }
    }
}

statement! {
    DECISIONS_TO_SERVE, internal "decisions of a case, whose area is checked in the same act",
    "SELECT d.id, d.kind, d.decided_on, (SELECT MAX(v.id) FROM decision_service v WHERE v.decision_id = d.id AND v.superseded_on IS NULL)
     FROM decision d WHERE d.case_id = ?1 ORDER BY d.id"
}
statement! {
    SERVICE, internal "a service by key inside an act, which checks the area of its case",
    "SELECT case_id, decision_id, superseded_on FROM decision_service WHERE id = ?1"
}
statement! {
    EFFECTIVE, internal "the day from which the remedies of one decision run, inside an act that checks the area of its case",
    "SELECT effective_on FROM decision_service WHERE decision_id = ?1 AND superseded_on IS NULL ORDER BY id"
}
statement! {
    SERVICES_IN_AREA, scoped,
    "SELECT d.id, d.case_id, c.number, c.programme, c.state, d.kind, d.decided_on, v.id, v.way, v.served_on, v.effective_on
     FROM decision d JOIN case_file c ON c.id = d.case_id
     LEFT JOIN decision_service v ON v.decision_id = d.id AND v.superseded_on IS NULL
     WHERE {scope:c.division} ORDER BY d.id, v.id"
}
statement! {
    SERVICES_OF_CASE, scoped,
    "SELECT d.id, d.case_id, c.number, c.programme, c.state, d.kind, d.decided_on, v.id, v.way, v.served_on, v.effective_on
     FROM decision d JOIN case_file c ON c.id = d.case_id
     LEFT JOIN decision_service v ON v.decision_id = d.id AND v.superseded_on IS NULL
     WHERE d.case_id = ?1 AND {scope:c.division} ORDER BY d.id, v.id"
}

/// Enters that a decision of a case was served.
///
/// # Errors
/// As [`serve_many`].
pub fn serve(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    service: &Service,
) -> Result<(), AssistanceError> {
    serve_many(desk, ctx, &[(case, service.clone())])
}

/// Enters that decisions were served, all or none; a refusal meets its term of three working days with it.
///
/// # Errors
/// [`AssistanceError::Refused`], also where nothing is decided or the decision is served already;
/// [`AssistanceError::Form`] for a service without recipient, witness or proof, before the decision or in the
/// future; or the store's.
pub fn serve_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    services: &[(CaseId, Service)],
) -> Result<(), AssistanceError> {
    for (case, service) in services {
        if let Some((field, reason)) = service.lacks() {
            return Err(AssistanceError::form(format!("case {case}"), field, reason));
        }
    }
    enter(desk, ctx, services, None)
}

/// Enters that the written refusal was handed over on this day; `proof` says to whom and with what proof.
///
/// # Errors
/// As [`notify_refusal_many`].
pub fn notify_refusal(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    proof: &str,
) -> Result<(), AssistanceError> {
    notify_refusal_many(desk, ctx, &[case], proof)
}

/// Enters that the written refusals of cases were handed over on this day, all or none.
///
/// # Errors
/// As [`serve_many`].
pub fn notify_refusal_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
    proof: &str,
) -> Result<(), AssistanceError> {
    let service = Service {
        decision: None,
        way: Way::InPerson,
        served_on: ctx.today(),
        received_by: String::new(),
        witness: None,
        proof: proof.to_owned(),
    };
    let services: Vec<(CaseId, Service)> =
        cases.iter().map(|case| (*case, service.clone())).collect();
    enter(desk, ctx, &services, Some(NOTIFY_REFUSAL))
}

/// Enters services with the step, or with the one that the procedure has for the state of each case.
fn enter(
    desk: &Desk<'_>,
    ctx: &Ctx,
    services: &[(CaseId, Service)],
    step: Option<&'static str>,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, SERVE, |sitting| {
        let mut rows = Vec::with_capacity(services.len());
        for (mut dossier, (_, service)) in sitting.load_for(services)? {
            let step = match step {
                Some(step) => step,
                None => dossier.step_of_service()?,
            };
            let Some(decision) = sitting.decision_to_serve(&mut dossier, service)? else {
                sitting.may(&dossier, step)?;
                continue;
            };
            rows.push(sitting.service(&mut dossier, step, decision, service, None)?);
        }
        sitting.tx.insert_many("decision_service", &COLUMNS, rows)?;
        Ok(())
    })
}

/// Records a service anew that was recorded wrongly (a letter that came back), and says why.
///
/// # Errors
/// [`AssistanceError::NotFound`]; otherwise as [`serve_many`].
pub fn correct_service(
    desk: &Desk<'_>,
    ctx: &Ctx,
    wrong: i64,
    service: &Service,
    reason: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, CORRECT_SERVICE, |sitting| {
        let rows = sitting.tx.rows(&SERVICE, &[Value::from(wrong)])?;
        let Some(row) = rows.first() else {
            return Err(AssistanceError::NotFound {
                what: "service",
                id: wrong,
            });
        };
        let mut dossier = sitting.load_one(CaseId(row.int(0)?))?;
        let form =
            |field, reason: String| Err(AssistanceError::form(dossier.whom(), field, reason));
        if let Some(day) = row.opt_date(2)? {
            return form(
                "service",
                format!("service {wrong} was corrected on {day} already"),
            );
        }
        if let Some((field, reason)) = service.lacks() {
            return form(field, reason.to_owned());
        }
        let decided = sitting.decisions_of(dossier.case.id)?;
        let served = row.int(1)?;
        let decision = decided.into_iter().find(|one| one.id == served);
        let Some(decision) = decision else {
            return Err(AssistanceError::inconsistent(
                format!("service {wrong}"),
                "has no decision",
            ));
        };
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        let replaces = Some((wrong, reason));
        let row = sitting.service(&mut dossier, CORRECT_SERVICE, decision, service, replaces)?;
        let ended = vec![Value::from(sitting.today)];
        sitting
            .tx
            .update_many("decision_service", &["superseded_on"], vec![(wrong, ended)])?;
        sitting
            .tx
            .insert_many("decision_service", &COLUMNS, vec![row])?;
        Ok(())
    })
}

const COLUMNS: [&str; 7] = [
    "decision_id",
    "case_id",
    "way",
    "served_on",
    "effective_on",
    "proof_sealed",
    "replaces_id",
];

/// A decision that may be served.
struct ToServe {
    id: i64,
    kind: DecisionKind,
    decided_on: Date,
    served: bool,
}

impl Dossier {
    /// The step that serves a decision in the state of the case.
    fn step_of_service(&self) -> Result<&'static str, AssistanceError> {
        let mut refusals = self.procedure()?.steps_called(NOTIFY_REFUSAL);
        let here = refusals.any(|step| step.from.contains(&self.case.state));
        Ok(if here { NOTIFY_REFUSAL } else { SERVE })
    }
}

impl Sitting<'_, '_> {
    fn decisions_of(&mut self, case: CaseId) -> Result<Vec<ToServe>, AssistanceError> {
        let rows = self.tx.rows(&DECISIONS_TO_SERVE, &[Value::from(case)])?;
        rows.iter()
            .map(|row| {
                let kind = row.text(1)?.parse();
                Ok(ToServe {
                    id: row.int(0)?,
                    kind: kind
                        .map_err(|reason: String| AssistanceError::inconsistent(case, reason))?,
                    decided_on: row.date(2)?,
                    served: row.opt_int(3)?.is_some(),
                })
            })
            .collect()
    }

    /// The decision that is to be served; remembers what stands in the way.
    fn decision_to_serve(
        &mut self,
        dossier: &mut Dossier,
        service: &Service,
    ) -> Result<Option<ToServe>, AssistanceError> {
        let decided = self.decisions_of(dossier.case.id)?;
        let asked = service.decision;
        let found = match asked {
            Some(id) => decided.into_iter().find(|one| one.id == id),
            None => decided.into_iter().next_back(),
        };
        let reason = match &found {
            Some(one) if one.served => format!("decision {} is served already", one.id),
            Some(_) => return Ok(found),
            None => match asked {
                Some(id) => format!("the case has no decision {id}"),
                None => "nothing is decided that could be served".to_owned(),
            },
        };
        dossier.ground.found.push(Missing::Service { reason });
        Ok(None)
    }

    /// Takes the step of a service and gives its row.
    fn service(
        &mut self,
        dossier: &mut Dossier,
        step: &'static str,
        decision: ToServe,
        service: &Service,
        replaces: Option<(i64, &str)>,
    ) -> Result<Vec<Value>, AssistanceError> {
        let day = service.served_on;
        if day < decision.decided_on || day > self.today {
            let reason = format!(
                "{day} lies before the decision of {} or after today, {}",
                decision.decided_on, self.today
            );
            return Err(AssistanceError::form(dossier.whom(), "served_on", reason));
        }
        let effective_on = if service.way == Way::Announcement {
            let procedure = dossier.procedure()?;
            let clock = procedure.clock(ANNOUNCEMENT);
            let clock = clock.ok_or_else(|| AssistanceError::Procedure {
                programme: dossier.case.programme.clone(),
                law: procedure.law.clone(),
                problem: format!(
                    "it has no clock `{ANNOUNCEMENT}`, so nothing is served by announcement"
                ),
            })?;
            clocks::last_day(self.desk.calendar, clock, day)
        } else {
            day
        };
        if replaces.is_none() {
            // The reason of the decision is the reason of its notice.
            dossier.ground.form.reason = Some(true);
        }
        let mut rest = Map::from_iter([
            ("served".to_owned(), json!(decision.id)),
            ("kind".to_owned(), json!(decision.kind.as_str())),
            ("way".to_owned(), json!(service.way.as_str())),
            ("served_on".to_owned(), json!(day.to_string())),
        ]);
        if let Some((wrong, _)) = replaces {
            rest.insert("replaces".to_owned(), json!(wrong));
        }
        let entry = Entry {
            rest,
            note: Some(replaces.map_or(service.proof.as_str(), |(_, reason)| reason)),
            ..Entry::default()
        };
        self.take(dossier, step, entry)?;
        let proof = json!({
            "received_by": service.received_by.trim(),
            "witness": service.witness.as_deref().map(str::trim),
            "proof": service.proof.trim(),
        });
        let sealed = self.seal(dossier.case.subject(), PROOF, proof.to_string().as_bytes())?;
        Ok(vec![
            Value::from(decision.id),
            Value::from(dossier.case.id),
            Value::from(service.way.as_str()),
            Value::from(day),
            Value::from(effective_on),
            Value::from(sealed),
            Value::from(replaces.map(|(wrong, _)| wrong)),
        ])
    }
}

/// The day on which the service of a decision took effect, from which the terms of its remedies run; nothing while
/// it is not served.
///
/// # Errors
/// The store's.
pub fn served_on(q: &mut dyn Query, decision: i64) -> Result<Option<Date>, AssistanceError> {
    let rows = q.rows(&EFFECTIVE, &[Value::from(decision)])?;
    Ok(rows.last().map(|row| row.date(0)).transpose()?)
}

/// A decision with its service, if it is served.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ServiceRow {
    /// Key of the decision.
    pub decision: i64,
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// State of the case.
    pub state: String,
    /// What was decided.
    pub kind: DecisionKind,
    /// Day of the decision.
    pub decided_on: Date,
    /// Key of the service; nothing while the decision is not served.
    pub service: Option<i64>,
    /// How.
    pub way: Option<String>,
    /// Day of the service.
    pub served_on: Option<Date>,
    /// Day from which the remedies run.
    pub effective_on: Option<Date>,
}

/// The decisions of the area, or of one case of it, with their services, in the order of the decisions.
///
/// # Errors
/// The store's.
pub fn services(
    q: &mut dyn Query,
    scope: &Scope,
    case: Option<CaseId>,
) -> Result<Vec<ServiceRow>, AssistanceError> {
    let rows = match case {
        Some(case) => q.scoped(&SERVICES_OF_CASE, scope, &[Value::from(case)])?,
        None => q.scoped(&SERVICES_IN_AREA, scope, &[])?,
    };
    rows.iter().map(service_of).collect()
}

fn service_of(row: &Row) -> Result<ServiceRow, AssistanceError> {
    let case = CaseId(row.int(1)?);
    let kind = row.text(5)?.parse();
    Ok(ServiceRow {
        decision: row.int(0)?,
        case,
        number: row.text(2)?.to_owned(),
        programme: row.text(3)?.to_owned(),
        state: row.text(4)?.to_owned(),
        kind: kind.map_err(|reason: String| AssistanceError::inconsistent(case, reason))?,
        decided_on: row.date(6)?,
        service: row.opt_int(7)?,
        way: row.opt_text(8)?.map(str::to_owned),
        served_on: row.opt_date(9)?,
        effective_on: row.opt_date(10)?,
    })
}
