//! The spot check of home visits (入户抽查): a share of the cases forwarded in a period, drawn by lot. Near relatives' and
//! reported cases are visited anyway and come on top. Seed, list and result are kept, and `minsheng verify` draws
//! every lot again.
//!
//! Source: 最低生活保障审核审批办法（试行） (民发〔2012〕220号: at least 30 percent); the share is data of the pack.

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk, Role};
use minsheng_store::{Query, Row, Scope, StoreError, Value, statement};

use super::super::error::AssistanceError;
use super::super::lot::{self, Listed};
use super::{programme, sit};

const SPOT_CHECK: &str = "spot_check";
const COUNTY_OPINION: &str = "county_opinion";

/// The share that a law orders: percent, article, mark.
type Share = (u8, String, &'static str);

/// What is asked of a draw.
#[derive(Debug, Clone)]
pub struct Draw {
    /// Programme code.
    pub programme: String,
    /// First day on which a case of the list was forwarded.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The seed: a number that nobody who sees the list has chosen.
    pub seed: u64,
}

statement! {
    FORWARDED, scoped,
    "SELECT c.id, c.law FROM case_file c
     WHERE c.programme = ?1 AND c.law IS NOT NULL AND {scope:c.division}
       AND EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = c.id AND s.step = 'forward' AND s.acted_on >= ?2 AND s.acted_on <= ?3)
       AND NOT EXISTS (SELECT 1 FROM spot_check_case k WHERE k.case_id = c.id)
     ORDER BY c.id"
}
statement! {
    DRAWS_IN_AREA, scoped,
    "SELECT k.id, k.programme, k.law, k.division, k.from_day, k.to_day, k.seed, k.algorithm, k.percent, k.cite, k.mark, k.population,
            k.population_digest, k.quota, k.drawn_on
     FROM spot_check k WHERE {scope:k.division} ORDER BY k.id"
}
statement! {
    LINES_OF_DRAW, scoped,
    "SELECT l.case_id, c.number, c.state, l.flag, l.drawn,
            (SELECT MAX(v.visited_on) FROM home_visit v WHERE v.case_id = l.case_id AND v.level = 'county' AND v.superseded_on IS NULL)
     FROM spot_check_case l JOIN case_file c ON c.id = l.case_id
     WHERE l.spot_check_id = ?1 AND {scope:c.division} ORDER BY l.id"
}

/// A draw as it was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DrawRow {
    /// Key.
    pub id: i64,
    /// Programme code.
    pub programme: String,
    /// Law of the cases.
    pub law: String,
    /// Area of the list.
    pub division: i64,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// The seed.
    pub seed: String,
    /// Name of the algorithm.
    pub algorithm: String,
    /// The share in percent.
    pub percent: i64,
    /// Where the share comes from.
    pub cite: String,
    /// How well founded it is.
    pub mark: String,
    /// Number of cases on the list.
    pub population: i64,
    /// SM3 digest of the list.
    pub population_digest: String,
    /// How many were drawn.
    pub quota: i64,
    /// Day of the draw.
    pub drawn_on: Date,
}

/// A case of a draw.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DrawLine {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Its state.
    pub state: String,
    /// Why its home is visited without the lot: `near_relative` or `reported`.
    pub flag: Option<String>,
    /// Whether the lot fell on it.
    pub drawn: bool,
    /// Day of the county's visit, if one is recorded.
    pub visited_on: Option<Date>,
}

/// Draws the cases whose homes the county visits, of those that were forwarded in the period, wait for the county's
/// opinion and were in no draw before; one draw for each law that orders a share. Gives their keys.
///
/// # Errors
/// The registry's for a user who is no officer; [`AssistanceError::Form`] where no case waits or no law orders a
/// share; [`AssistanceError::Programme`]; or the store's.
pub fn draw(desk: &Desk<'_>, ctx: &Ctx, asked: &Draw) -> Result<Vec<i64>, AssistanceError> {
    ctx.require(Role::Officer)?;
    sit(desk, ctx, SPOT_CHECK, |sitting| {
        programme(desk.packs.current(), &asked.programme)?;
        let params = [
            Value::from(asked.programme.as_str()),
            Value::from(asked.from),
            Value::from(asked.to),
        ];
        let rows = sitting.tx.scoped(&FORWARDED, &ctx.scope(), &params)?;
        let cases: Vec<CaseId> = rows
            .iter()
            .map(|row| row.int(0).map(CaseId))
            .collect::<Result<_, _>>()?;
        let mut lists: BTreeMap<String, (Vec<Listed>, Share)> = BTreeMap::new();
        for dossier in sitting.load(&cases)? {
            let procedure = dossier.procedure()?;
            let mut waits = procedure.steps_called(COUNTY_OPINION);
            let Some(share) = procedure.spot_check.as_ref() else {
                continue;
            };
            if !waits.any(|step| step.from.contains(&dossier.case.state)) {
                continue;
            }
            let terms = (share.percent, share.cite.clone(), share.mark.as_str());
            let list = lists
                .entry(procedure.law.clone())
                .or_insert_with(|| (Vec::new(), terms));
            let flag = dossier.ground.visit_flag().map(str::to_owned);
            list.0.push((dossier.case.id.0, flag));
        }
        if lists.is_empty() {
            let reason = format!(
                "no case of {} forwarded from {} to {} waits for the county's opinion and was in no draw before",
                asked.programme, asked.from, asked.to
            );
            return Err(AssistanceError::form("spot check", "period", reason));
        }
        let seed = asked.seed.to_string();
        let mut keys = Vec::with_capacity(lists.len());
        for (law, (mut list, (percent, cite, mark))) in lists {
            list.sort_unstable();
            let quota = lot::quota(&list, percent);
            let drawn = lot::draw(&seed, &list, quota);
            let count = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
            let id = sitting.tx.insert(
                "spot_check",
                &[
                    ("programme", Value::from(asked.programme.as_str())),
                    ("law", Value::from(law.as_str())),
                    ("division", Value::from(ctx.actor.division)),
                    ("from_day", Value::from(asked.from)),
                    ("to_day", Value::from(asked.to)),
                    ("seed", Value::from(seed.as_str())),
                    ("algorithm", Value::from(lot::ALGORITHM)),
                    ("percent", Value::from(i64::from(percent))),
                    ("cite", Value::from(cite.as_str())),
                    ("mark", Value::from(mark)),
                    ("population", count(list.len())),
                    ("population_digest", Value::from(lot::digest(&list))),
                    ("quota", count(quota)),
                    ("drawn_on", Value::from(sitting.today)),
                ],
            )?;
            let lines = list
                .iter()
                .map(|(case, flag)| {
                    vec![
                        Value::from(id),
                        Value::from(*case),
                        Value::from(flag.as_deref()),
                        Value::from(drawn.contains(case)),
                    ]
                })
                .collect();
            let columns = ["spot_check_id", "case_id", "flag", "drawn"];
            sitting.tx.insert_many("spot_check_case", &columns, lines)?;
            keys.push(id);
        }
        Ok(keys)
    })
}

/// The draws of the area, in their order.
///
/// # Errors
/// The store's.
pub fn draws(q: &mut dyn Query, scope: &Scope) -> Result<Vec<DrawRow>, AssistanceError> {
    let rows = q.scoped(&DRAWS_IN_AREA, scope, &[])?;
    Ok(rows
        .iter()
        .map(draw_of)
        .collect::<Result<_, StoreError>>()?)
}

pub(crate) fn draw_of(row: &Row) -> Result<DrawRow, StoreError> {
    Ok(DrawRow {
        id: row.int(0)?,
        programme: row.text(1)?.to_owned(),
        law: row.text(2)?.to_owned(),
        division: row.int(3)?,
        from: row.date(4)?,
        to: row.date(5)?,
        seed: row.text(6)?.to_owned(),
        algorithm: row.text(7)?.to_owned(),
        percent: row.int(8)?,
        cite: row.text(9)?.to_owned(),
        mark: row.text(10)?.to_owned(),
        population: row.int(11)?,
        population_digest: row.text(12)?.to_owned(),
        quota: row.int(13)?,
        drawn_on: row.date(14)?,
    })
}

/// The list of a draw, as far as it lies in the area, in its order.
///
/// # Errors
/// The store's.
pub fn drawn_cases(
    q: &mut dyn Query,
    scope: &Scope,
    draw: i64,
) -> Result<Vec<DrawLine>, AssistanceError> {
    let rows = q.scoped(&LINES_OF_DRAW, scope, &[Value::from(draw)])?;
    Ok(rows
        .iter()
        .map(|row| {
            Ok(DrawLine {
                case: CaseId(row.int(0)?),
                number: row.text(1)?.to_owned(),
                state: row.text(2)?.to_owned(),
                flag: row.opt_text(3)?.map(str::to_owned),
                drawn: row.bool(4)?,
                visited_on: row.opt_date(5)?,
            })
        })
        .collect::<Result<_, StoreError>>()?)
}
