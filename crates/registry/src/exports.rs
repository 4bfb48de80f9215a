//! Who took which list out of the house. Lists name persons, so each one that becomes a file is on record before
//! the file is written (个人信息保护法 art. 51, 54: record and audit of processing).

use minsheng_core::Date;
use minsheng_store::{Query, Scope, Store, Value, statement};

use crate::{Ctx, RegistryError, Role};

/// Who may take whole numbers out.
const WHOLE_NUMBERS: [Role; 5] = [
    Role::TownshipClerk,
    Role::Officer,
    Role::Reviewer,
    Role::Cashier,
    Role::Auditor,
];

/// A list that becomes a file.
#[derive(Debug, Clone)]
pub struct NewExport<'a> {
    /// Which list, as the command that makes it: `case list`.
    pub list: &'a str,
    /// Name of the file, without its folder.
    pub file_name: &'a str,
    /// SM3 of its bytes.
    pub digest: &'a [u8],
    /// Number of rows.
    pub rows: usize,
    /// Why numbers stand in it unmasked, if they do.
    pub unmasked_for: Option<&'a str>,
}

/// An export on record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportRow {
    /// Which list.
    pub list: String,
    /// Name of the file.
    pub file_name: String,
    /// Number of rows.
    pub rows: i64,
    /// Why numbers stand in it unmasked, if they do.
    pub unmasked_for: Option<String>,
    /// Who took it.
    pub exported_by: String,
    /// When.
    pub exported_on: Date,
}

statement! {
    EXPORTS, scoped,
    "SELECT e.list, e.file_name, e.row_count, e.unmasked_for, e.exported_by, e.exported_on
     FROM list_export e JOIN app_user u ON u.username = e.exported_by WHERE {scope:u.division} ORDER BY e.id"
}

/// Puts an export on record.
///
/// # Errors
/// For numbers that are not masked [`RegistryError::Role`], and [`RegistryError::Field`] without a reason; the store's.
pub fn record(store: &Store, ctx: &Ctx, export: &NewExport<'_>) -> Result<i64, RegistryError> {
    if let Some(reason) = export.unmasked_for {
        ctx.require_any(&WHOLE_NUMBERS)?;
        if reason.trim().is_empty() {
            return Err(RegistryError::Field {
                field: "reason".to_owned(),
                reason: "say why whole numbers are needed; it stays on record".to_owned(),
            });
        }
    }
    let rows = i64::try_from(export.rows).unwrap_or(i64::MAX);
    store.write(&ctx.act("list.export"), |tx| {
        Ok(tx.insert(
            "list_export",
            &[
                ("list", Value::from(export.list)),
                ("file_name", Value::from(export.file_name)),
                ("digest", Value::from(export.digest)),
                ("row_count", Value::from(rows)),
                (
                    "unmasked_for",
                    export.unmasked_for.map_or(Value::Null, Value::from),
                ),
                ("exported_by", Value::from(ctx.actor.username.as_str())),
                ("exported_on", Value::from(ctx.today())),
            ],
        )?)
    })
}

/// The exports by users of the area, in their order.
///
/// # Errors
/// The store's.
pub fn list(q: &mut dyn Query, scope: &Scope) -> Result<Vec<ExportRow>, RegistryError> {
    q.scoped(&EXPORTS, scope, &[])?
        .iter()
        .map(|row| {
            Ok(ExportRow {
                list: row.text(0)?.to_owned(),
                file_name: row.text(1)?.to_owned(),
                rows: row.int(2)?,
                unmasked_for: row.opt_text(3)?.map(str::to_owned),
                exported_by: row.text(4)?.to_owned(),
                exported_on: row.date(5)?,
            })
        })
        .collect()
}
