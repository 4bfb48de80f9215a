//! Taking over a roll: persons, households, memberships, evidence and accounts of a file in one act, and the roll
//! itself as a snapshot.
//!
//! A roll is a list of people, not of rights: nothing here opens a case or makes a decision, because no group
//! enters without individual assessment (D21 art. 28). Accounts come in unconfirmed; a second person confirms them.
//! What the register already has is never overwritten: a difference is shown, and recorded on both time axes only
//! if that is asked for.

mod differences;
mod evidence;
mod plan;
mod record;
mod register;

use std::collections::BTreeSet;

use minsheng_core::Date;
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::roll::{self, Finding, NamedDivision, Roll, Surroundings};
use minsheng_exchange::table::Tables;
use minsheng_policy::Entity;
use minsheng_store::{Query, Value, statement};

use crate::{Ctx, Desk, HouseholdId, RegistryError, Role, divisions};

pub use self::differences::{Change, ChangeKind, Suspect};
pub use self::plan::Plan;

/// A roll, and how it is to be taken over.
#[derive(Debug, Clone)]
pub struct Intake<'a> {
    /// What was read.
    pub roll: &'a Roll,
    /// Name of the file, without its folder.
    pub file_name: &'a str,
    /// SM3 of its bytes.
    pub digest: &'a [u8],
    /// Name of the mapping; empty for the headings that are built in.
    pub mapping: &'a str,
    /// Programme of the roll where its rows name none; empty if it is not said.
    pub programme: &'a str,
    /// Since when what it says is true.
    pub since: Date,
    /// Whether differences to the register are recorded.
    pub update: bool,
    /// Whether persons who may be registered already are registered anew.
    pub accept_duplicates: bool,
    /// Whether households without a fault are taken over although others have one.
    pub skip_bad: bool,
}

/// What became of a roll.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Households formed.
    pub new_households: usize,
    /// Persons registered.
    pub new_persons: usize,
    /// Households that are as the roll says.
    pub unchanged: usize,
    /// Differences to the register.
    pub changes: Vec<Change>,
    /// Whether the differences were recorded.
    pub updated: bool,
    /// What is wrong, the file's own findings among it, in the order of the file.
    pub findings: Vec<Finding>,
    /// Lines of the households left out.
    pub bad_lines: Vec<u32>,
    /// Persons who may be registered already.
    pub suspects: Vec<Suspect>,
    /// Accounts entered, to be confirmed by a second person.
    pub accounts: usize,
    /// Rows of evidence recorded.
    pub evidence: usize,
    /// Number of the import; none if nothing was written.
    pub import: Option<i64>,
    /// Number of the snapshot; none if nothing was written.
    pub snapshot: Option<i64>,
}

impl Report {
    /// Households that live in another village by the roll. A roll never moves anybody, whatever was asked for.
    pub fn moves(&self) -> usize {
        self.changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Division)
            .count()
    }

    /// Whether the import was refused: something is wrong that was not allowed to be left out.
    pub fn refused(&self, intake: &Intake<'_>) -> bool {
        (!intake.skip_bad && !self.findings.is_empty())
            || (!intake.accept_duplicates && !self.suspects.is_empty())
    }
}

/// An import on record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportRow {
    /// Its number.
    pub id: i64,
    /// Name of the file.
    pub file_name: String,
    /// SM3 of the file, in hexadecimal.
    pub digest: String,
    /// Name of the mapping.
    pub mapping: String,
    /// The snapshot.
    pub snapshot: Option<i64>,
    /// Rows of the file.
    pub rows: i64,
    /// Households taken over or compared.
    pub households: i64,
    /// Households formed.
    pub new_households: i64,
    /// Persons registered.
    pub new_persons: i64,
    /// Households that were as the roll says.
    pub unchanged: i64,
    /// Differences recorded.
    pub changed: i64,
    /// Rows left out.
    pub bad_rows: i64,
    /// Who did it.
    pub imported_by: String,
    /// When.
    pub imported_on: Date,
}

statement! {
    IMPORTS, scoped,
    "SELECT id, file_name, digest, mapping, snapshot_id, row_count, household_count, new_households, new_persons, unchanged,
       changed, bad_rows, imported_by, imported_on FROM roll_import WHERE {scope:division} ORDER BY id"
}
statement! {
    MAPPING, internal "a layout of columns; no persons",
    "SELECT text FROM column_mapping WHERE name = ?1 ORDER BY id DESC LIMIT 1"
}

/// Reads a roll with the divisions of today and the kinds of evidence of the packs.
///
/// # Errors
/// [`RegistryError::Exchange`] where the file is no roll, or the store's.
pub fn read(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    tables: &Tables,
    mapping: &Mapping,
    today: Date,
) -> Result<Roll, RegistryError> {
    let known: Vec<NamedDivision> = divisions::on(q, today)?
        .into_iter()
        .map(|division| NamedDivision {
            code: division.code,
            name: division.name,
        })
        .collect();
    let programmes = desk.packs.current().programmes();
    let kinds: BTreeSet<String> = programmes
        .iter()
        .flat_map(|programme| &programme.evidence)
        .filter(|declared| declared.entity == Entity::Household)
        .map(|declared| declared.kind.clone())
        .collect();
    let kinds: Vec<String> = kinds.into_iter().collect();
    let around = Surroundings {
        today,
        regions: desk.regions,
        divisions: &known,
        household_kinds: &kinds,
    };
    Ok(roll::read(tables, mapping, around)?)
}

/// What taking over the roll would do; nothing is written.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn preview(desk: &Desk<'_>, ctx: &Ctx, intake: &Intake<'_>) -> Result<Report, RegistryError> {
    may_import(ctx)?;
    desk.store.read(|q| {
        let plan = plan::plan(q, desk, ctx, intake)?;
        Ok(report(intake, &plan))
    })
}

/// Takes over the roll as one act: all of it or, with `skip_bad`, all households without a fault. A roll that says
/// nothing new writes nothing. A report that is [refused](Report::refused) wrote nothing either.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn import(
    desk: &Desk<'_>,
    ctx: &Ctx,
    intake: &Intake<'_>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Report, RegistryError> {
    may_import(ctx)?;
    desk.store.write(&ctx.act("roll.import"), |tx| {
        progress("compare", 0, 1);
        let plan = plan::plan(tx, desk, ctx, intake)?;
        let mut report = report(intake, &plan);
        if report.refused(intake) {
            return Ok(report);
        }
        let writes = !plan.new.is_empty() || (intake.update && !plan.steps.is_empty());
        if writes {
            record::record(tx, desk, ctx, intake, &plan, &mut report, progress)?;
        }
        Ok(report)
    })
}

fn may_import(ctx: &Ctx) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])
}

fn report(intake: &Intake<'_>, plan: &Plan) -> Report {
    let mut findings = intake.roll.findings.clone();
    findings.extend(plan.findings.iter().cloned());
    findings.sort_by_key(|finding| finding.line);
    let mut bad_lines = intake.roll.bad_lines.clone();
    bad_lines.extend(plan.bad_lines.iter().copied());
    bad_lines.sort_unstable();
    Report {
        new_households: plan.new.len(),
        new_persons: plan.new_persons,
        unchanged: plan.unchanged,
        changes: plan.changes.clone(),
        updated: false,
        findings,
        bad_lines,
        suspects: plan.suspects.clone(),
        accounts: 0,
        evidence: 0,
        import: None,
        snapshot: None,
    }
}

/// Imports whose area the user may see.
///
/// # Errors
/// The store's.
pub fn list(
    q: &mut dyn Query,
    scope: &minsheng_store::Scope,
) -> Result<Vec<ImportRow>, RegistryError> {
    let rows = q.scoped(&IMPORTS, scope, &[])?;
    rows.iter()
        .map(|row| {
            Ok(ImportRow {
                id: row.int(0)?,
                file_name: row.text(1)?.to_owned(),
                digest: row
                    .blob(2)?
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
                mapping: row.text(3)?.to_owned(),
                snapshot: row.opt_int(4)?,
                rows: row.int(5)?,
                households: row.int(6)?,
                new_households: row.int(7)?,
                new_persons: row.int(8)?,
                unchanged: row.int(9)?,
                changed: row.int(10)?,
                bad_rows: row.int(11)?,
                imported_by: row.text(12)?.to_owned(),
                imported_on: row.date(13)?,
            })
        })
        .collect()
}

/// The text of a saved mapping, as it was saved last.
///
/// # Errors
/// [`RegistryError::NotFound`] or the store's.
pub fn mapping(q: &mut dyn Query, name: &str) -> Result<String, RegistryError> {
    match q.rows(&MAPPING, &[Value::from(name)])?.first() {
        Some(row) => Ok(row.text(0)?.to_owned()),
        None => Err(RegistryError::NotFound {
            what: "saved mapping",
            id: name.to_owned(),
        }),
    }
}

/// Saves a mapping under a name; one of the same name is kept beside it and the later one is used.
///
/// # Errors
/// [`RegistryError::Exchange`] if it cannot be read, [`RegistryError::Role`], or the store's.
pub fn save_mapping(
    desk: &Desk<'_>,
    ctx: &Ctx,
    name: &str,
    text: &str,
) -> Result<(), RegistryError> {
    may_import(ctx)?;
    Mapping::parse(text)?;
    if name.trim().is_empty() || name.ends_with(".toml") {
        return Err(RegistryError::Field {
            field: "mapping".to_owned(),
            reason: format!(
                "`{name}` is no name for a mapping; a name that ends in .toml is a file"
            ),
        });
    }
    desk.store.write(&ctx.act("mapping.save"), |tx| {
        tx.insert(
            "column_mapping",
            &[
                ("name", Value::from(name)),
                ("text", Value::from(text)),
                ("saved_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(())
    })
}

/// The household of the register in which a household of a roll stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its place in the roll.
    pub(crate) place: usize,
    /// Its key.
    pub(crate) household: HouseholdId,
}
