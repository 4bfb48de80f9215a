//! The term of scans, which is their own: a scan that no decision rests on goes when nobody needs it any more; one that a
//! decision rests on is kept as long as the file of its case. Its key is destroyed; hash, chain and links stay.
//!
//! Scans come in hundreds, so all that are due in an area are proposed at once and confirmed at once, by two people.
//!
//! Must not know decisions or cases: which households' decisions rest on a scan, and what is open there, is told by
//! whoever calls ([`ScanOffices`]).
//!
//! Source: 个人信息保护法 art. 19, 47; terms `scan` and `case_file` of `data/retention.json`.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_store::{Query, Row, Scope, StoreError, Subject, Value, statement};

use super::proposals::{self, Target};
use super::{EVER_HOUSEHOLDS, Holding, Look, Obstacle, day_of};
use crate::evidence::{About, about_of};
use crate::retention::{self, Term};
use crate::{Ctx, Desk, HouseholdId, RegistryError, Role};

/// The households whose decisions rest on a scan, by key of the scan.
pub type Resting = BTreeMap<i64, BTreeSet<HouseholdId>>;

/// What the offices above say about scans.
pub struct ScanOffices<'l, E> {
    /// Which decisions rest on which scan.
    pub resting: &'l dyn Fn(&mut dyn Query) -> Result<Resting, E>,
    /// What the cases of a household are.
    pub look: Look<'l, E>,
}

/// The content of a scan with its term.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ScanStanding {
    /// Key of the content, which the key of its cipher goes by.
    pub content: i64,
    /// The scans that show it, by key.
    pub scans: Vec<i64>,
    /// `H000123` or `P000123`.
    pub whose: String,
    /// Which papers it was handed in as.
    pub papers: BTreeSet<String>,
    /// Households whose decisions rest on it.
    pub rests_on: BTreeSet<HouseholdId>,
    /// First day on which it may be erased; none while a case that it serves has not ended.
    pub due_on: Option<Date>,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
}

statement! {
    SCANS, scoped,
    "SELECT a.id, a.content_id, a.subject_kind, a.subject_id, a.paper, a.received_on, t.at_us
     FROM attachment a
     LEFT JOIN txn t ON t.id = a.withdrawn_tx
     LEFT JOIN person p ON a.subject_kind = 'person' AND p.id = a.subject_id
     LEFT JOIN household h ON a.subject_kind = 'household' AND h.id = a.subject_id
     WHERE NOT EXISTS (SELECT 1 FROM key_event e WHERE e.subject_kind = 'attachment' AND e.subject_id = a.content_id)
       AND {scope:COALESCE(p.division, h.division)}
     ORDER BY a.content_id, a.id"
}

/// One scan as read.
struct Scan {
    id: i64,
    content: i64,
    about: About,
    paper: String,
    received_on: Date,
    withdrawn_on: Option<Date>,
}

/// Every readable scan of the area with its term and what stands in the way on `today`.
///
/// # Errors
/// The store's, or the callers'.
pub fn standings<E: From<RegistryError> + From<StoreError>>(
    q: &mut dyn Query,
    scope: &Scope,
    today: Date,
    offices: &ScanOffices<'_, E>,
) -> Result<Vec<ScanStanding>, E> {
    let terms = retention::terms(q)?;
    let rows = q.scoped(&SCANS, scope, &[])?;
    let scans = rows
        .iter()
        .map(scan_of)
        .collect::<Result<Vec<Scan>, RegistryError>>()?;
    let resting = (offices.resting)(q)?;
    let mut known: BTreeMap<HouseholdId, Holding> = BTreeMap::new();
    let mut found = Vec::new();
    for same in scans.chunk_by(|one, other| one.content == other.content) {
        let Some(first) = same.first() else { continue };
        let rests_on: BTreeSet<HouseholdId> = same
            .iter()
            .filter_map(|scan| resting.get(&scan.id))
            .flatten()
            .copied()
            .collect();
        let stands = same.iter().any(|scan| scan.withdrawn_on.is_none());
        let asked = match (rests_on.is_empty(), stands) {
            (false, _) => rests_on.clone(),
            // a case that is not decided yet may come to rest on it
            (true, true) => households_of(q, first.about)?,
            (true, false) => BTreeSet::new(),
        };
        for household in &asked {
            if !known.contains_key(household) {
                known.insert(*household, (offices.look)(q, *household)?);
            }
        }
        let holdings: Vec<&Holding> = asked.iter().filter_map(|one| known.get(one)).collect();
        let (due_on, obstacles) = term(&terms, same, !rests_on.is_empty(), &holdings, today)?;
        found.push(ScanStanding {
            content: first.content,
            scans: same.iter().map(|scan| scan.id).collect(),
            whose: first.about.name(),
            papers: same.iter().map(|scan| scan.paper.clone()).collect(),
            rests_on,
            due_on,
            obstacles,
        });
    }
    Ok(found)
}

/// Proposes to erase every scan of the user's area whose term is over and that is not proposed yet. Gives how many.
///
/// # Errors
/// [`RegistryError::Role`] (administrator); [`RegistryError::Field`] without ground or reference; the callers'.
pub fn propose_scans<E: From<RegistryError> + From<StoreError>>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    ground: &str,
    cite: &str,
    offices: &ScanOffices<'_, E>,
) -> Result<usize, E> {
    ctx.require(Role::Administrator)?;
    proposals::expect_grounds(ground, cite)?;
    desk.store.write(&ctx.act("erasure.propose_scans"), |tx| {
        let waiting: BTreeSet<i64> = proposals::scans_waiting(tx, &Scope::county())?
            .into_iter()
            .map(|(_, content)| content)
            .collect();
        let mut proposed = 0;
        for one in standings(tx, &ctx.scope(), ctx.today(), offices)? {
            if one.obstacles.is_empty() && !waiting.contains(&one.content) {
                let target = Target::Scan(one.content);
                proposals::propose(tx, ctx, target, (ground, cite), (None, one.due_on))?;
                proposed += 1;
            }
        }
        Ok(proposed)
    })
}

/// Confirms every proposal about a scan of the user's area that waits, and destroys the keys, in one act: all or
/// none. Gives how many contents were erased.
///
/// # Errors
/// [`RegistryError::FourEyes`] if one of them is the user's own; [`RegistryError::ScansKept`] with every scan that
/// something keeps by now; [`RegistryError::NotFound`] if none waits; [`RegistryError::Role`]; the callers'.
pub fn confirm_scans<E: From<RegistryError> + From<StoreError>>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    offices: &ScanOffices<'_, E>,
) -> Result<usize, E> {
    ctx.require_any(&[Role::Administrator, Role::Reviewer])?;
    let erased = desk.store.write(&ctx.act("erasure.confirm_scans"), |tx| {
        let waiting = proposals::scans_waiting(tx, &ctx.scope())?;
        if waiting.is_empty() {
            return Err(RegistryError::NotFound {
                what: "proposal about a scan that waits",
                id: "in your area".to_owned(),
            }
            .into());
        }
        let standing: BTreeMap<i64, ScanStanding> =
            standings(tx, &ctx.scope(), ctx.today(), offices)?
                .into_iter()
                .map(|one| (one.content, one))
                .collect();
        let mut kept = Vec::new();
        for (proposal, content) in &waiting {
            proposals::expect_other(ctx, proposal, "confirm")?;
            // one that went with the record of its person meanwhile has no standing any more
            for obstacle in standing.get(content).iter().flat_map(|one| &one.obstacles) {
                kept.push((proposal.id, obstacle.clone()));
            }
        }
        if !kept.is_empty() {
            return Err(RegistryError::ScansKept(kept).into());
        }
        for (proposal, content) in &waiting {
            proposals::decide(tx, ctx, proposal.id, true)?;
            let scan = Subject::Attachment(*content);
            tx.destroy_key(scan, &proposal.ground, &proposal.cite)?;
        }
        Ok::<_, E>(waiting.len())
    })?;
    desk.store.scrub()?;
    Ok(erased)
}

/// The end of a scan's term and what stands in its way.
fn term(
    terms: &[Term],
    same: &[Scan],
    rests: bool,
    holdings: &[&Holding],
    today: Date,
) -> Result<(Option<Date>, Vec<Obstacle>), RegistryError> {
    let mut obstacles: BTreeSet<Obstacle> = holdings
        .iter()
        .flat_map(|holding| &holding.obstacles)
        // a case in force rests on what its decision names; only then does it keep a scan
        .filter(|obstacle| rests || obstacle.code != "case_in_force")
        .cloned()
        .collect();
    let mut due = None;
    for scan in same {
        let from = scan.withdrawn_on.unwrap_or(scan.received_on);
        due = due.max(Some(retention::end_of(terms, "scan", from)?));
    }
    if rests {
        for holding in holdings {
            if let Some(ended) = holding.ended.case {
                due = due.max(Some(retention::end_of(terms, "case_file", ended)?));
            }
        }
    }
    if !obstacles.is_empty() {
        due = None;
    }
    if let Some(due) = due.filter(|due| *due > today) {
        obstacles.insert(Obstacle::new("term", due.to_string()));
    }
    Ok((due, obstacles.into_iter().collect()))
}

/// The households to whose cases a scan of this subject may belong.
fn households_of(q: &mut dyn Query, about: About) -> Result<BTreeSet<HouseholdId>, RegistryError> {
    match about {
        About::Household(household) => Ok(BTreeSet::from([household])),
        About::Person(person) => q
            .rows(&EVER_HOUSEHOLDS, &[Value::from(person)])?
            .iter()
            .map(|row| Ok(HouseholdId(row.int(0)?)))
            .collect(),
    }
}

fn scan_of(row: &Row) -> Result<Scan, RegistryError> {
    Ok(Scan {
        id: row.int(0)?,
        content: row.int(1)?,
        about: about_of(row.text(2)?, row.int(3)?),
        paper: row.text(4)?.to_owned(),
        received_on: row.date(5)?,
        withdrawn_on: row.opt_int(6)?.map(day_of).transpose()?,
    })
}
