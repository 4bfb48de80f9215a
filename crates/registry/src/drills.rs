//! Drills: that a backup was restored somewhere else, proved and thrown away, and how it ended. A backup that was
//! never restored is a hope; who answers for the records can see here when the last one was tried.
//!
//! Source: the county's own practice; 个人信息保护法 art. 51 (measures against loss) and 59.

use minsheng_core::{Date, civil_date};
use minsheng_store::{Manifest, Query, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

statement! {
    DRILLS, internal "drills hold no persons",
    "SELECT file_name, copy_tx, outcome, reason, took_ms, drilled_on, drilled_by FROM restore_drill ORDER BY id DESC"
}

/// How a drill ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// Name of the file, without its folder.
    pub file_name: String,
    /// When it was written, the last transaction and the end of the chain in it; nothing if it could not be read.
    pub copy: Option<Copy>,
    /// Why it failed; nothing if the books were proved.
    pub failure: Option<String>,
    /// How long it took, milliseconds.
    pub took_ms: i64,
}

/// What was in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// When it was written, RFC 3339.
    pub made_at: String,
    /// The last transaction in it.
    pub tx: i64,
    /// The end of the chain in it.
    pub head: String,
    /// Rows.
    pub rows: i64,
}

impl From<&Manifest> for Copy {
    fn from(manifest: &Manifest) -> Self {
        Copy {
            made_at: manifest.made_at.clone(),
            tx: manifest.head.tx,
            head: manifest.head.hash.clone(),
            rows: i64::try_from(manifest.rows()).unwrap_or(i64::MAX),
        }
    }
}

/// A drill as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Name of the file.
    pub file_name: String,
    /// The last transaction in it, if it could be read.
    pub tx: Option<i64>,
    /// Why it failed; nothing if the books were proved.
    pub failure: Option<String>,
    /// How long it took, milliseconds.
    pub took_ms: i64,
    /// The day.
    pub drilled_on: Date,
    /// Who.
    pub drilled_by: String,
}

/// Records a drill; an act of an administrator.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn record(desk: &Desk<'_>, ctx: &Ctx, drill: &Drill) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    let copy = drill.copy.as_ref();
    let outcome = if drill.failure.is_some() {
        "failed"
    } else {
        "proved"
    };
    desk.store.write(&ctx.act("backup.drill"), |tx| {
        tx.insert(
            "restore_drill",
            &[
                ("file_name", drill.file_name.as_str().into()),
                ("copy_made_at", copy.map(|copy| copy.made_at.clone()).into()),
                ("copy_tx", copy.map(|copy| copy.tx).into()),
                ("copy_head", copy.map(|copy| copy.head.clone()).into()),
                ("row_count", copy.map(|copy| copy.rows).into()),
                ("outcome", outcome.into()),
                ("reason", drill.failure.clone().into()),
                ("took_ms", Value::Int(drill.took_ms)),
                ("drilled_on", civil_date(ctx.at).into()),
                ("drilled_by", ctx.actor.username.as_str().into()),
            ],
        )?;
        Ok(())
    })
}

/// All drills, the last first.
///
/// # Errors
/// The store's.
pub fn list(q: &mut dyn Query) -> Result<Vec<Recorded>, RegistryError> {
    q.rows(&DRILLS, &[])?
        .iter()
        .map(|row| {
            Ok(Recorded {
                file_name: row.text(0)?.to_owned(),
                tx: row.opt_int(1)?,
                failure: row.opt_text(3)?.map(str::to_owned),
                took_ms: row.int(4)?,
                drilled_on: row.date(5)?,
                drilled_by: row.text(6)?.to_owned(),
            })
        })
        .collect()
}
