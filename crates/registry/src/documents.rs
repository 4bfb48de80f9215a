//! The documents of the county: local rules, plans, survey reports, with number, dates and text, and which values of
//! parameters rest on them.
//!
//! A document is never changed; a new edition replaces it and both stay. A link says that the value a parameter
//! has from a day on is what the document orders. Must not know what a parameter does.

use minsheng_core::Date;
use minsheng_policy::{Constant, Mark, PackSet};
use minsheng_store::{Query, Row, TxNo, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

/// Kinds of documents: code, Chinese, English.
pub const KINDS: [(&str, &str, &str); 6] = [
    ("rule", "制度办法", "rule"),
    ("plan", "工作方案", "work plan"),
    ("survey", "调研报告", "survey report"),
    ("notice", "通知", "notice"),
    ("agreement", "协议书", "agreement"),
    ("other", "其他文件", "other document"),
];

/// Longest text in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// A document as it is entered.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Number (文号), as printed; several editions may share one.
    pub number: String,
    /// A code of [`KINDS`].
    pub kind: String,
    /// Title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// Day of issue.
    pub issued_on: Date,
    /// First day in force.
    pub valid_from: Date,
    /// Day after the last in force, if it says so.
    pub valid_to: Option<Date>,
    /// The text, Markdown or plain.
    pub content: String,
    /// The edition that this one replaces.
    pub replaces: Option<i64>,
}

/// A document without its text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Document {
    /// Key.
    pub id: i64,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Issuer.
    pub issuer: String,
    /// Day of issue.
    pub issued_on: Date,
    /// First day in force.
    pub valid_from: Date,
    /// Day after the last in force.
    pub valid_to: Option<Date>,
    /// The edition before it.
    pub replaces: Option<i64>,
    /// Who entered it.
    pub entered_by: String,
    /// Transaction that entered it.
    pub tx: i64,
    /// Whether a newer edition replaced it.
    pub replaced: bool,
}

/// A value of a parameter, and the document it rests on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Ground {
    /// Programme code.
    pub programme: String,
    /// Parameter.
    pub parameter: String,
    /// First day of the value.
    pub from: Date,
    /// The value.
    pub value: Constant,
    /// Its unit, as written in the pack.
    pub unit: String,
    /// Source that the pack gives.
    pub cite: String,
    /// `law`, `practice`, `assume` or `seed`.
    pub mark: Mark,
    /// The document, if one was linked.
    pub document: Option<i64>,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

statement! {
    DOCUMENTS, internal "documents of the county are public and name no person",
    "SELECT id, number, kind, title, issuer, issued_on, valid_from, valid_to, replaces_id, entered_by, tx, replaced_tx
     FROM document WHERE tx <= ?1 ORDER BY issued_on, id"
}
statement! {
    DOCUMENT_BY_ID, internal "documents of the county are public and name no person",
    "SELECT id, number, kind, title, issuer, issued_on, valid_from, valid_to, replaces_id, entered_by, tx, replaced_tx, content
     FROM document WHERE id = ?1"
}
statement! {
    LINKS, internal "links of documents name no person",
    "SELECT l.programme, l.parameter, l.value_from, d.id, d.number, d.title, l.id
     FROM document_parameter l JOIN document d ON d.id = l.document_id
     WHERE l.tx <= ?1 AND (l.withdrawn_tx IS NULL OR l.withdrawn_tx > ?1) ORDER BY l.id"
}

/// Enters a document.
///
/// # Errors
/// [`RegistryError::Field`] for what is missing or does not fit, [`RegistryError::NotFound`] for an unknown edition,
/// [`RegistryError::Role`], or the store's.
pub fn enter(desk: &Desk<'_>, ctx: &Ctx, new: &NewDocument) -> Result<i64, RegistryError> {
    ctx.require_any(&[Role::Officer, Role::Administrator, Role::Statistician])?;
    ctx.require_whole_county()?;
    for (name, text) in [
        ("number", &new.number),
        ("title", &new.title),
        ("issuer", &new.issuer),
        ("text", &new.content),
    ] {
        if text.trim().is_empty() {
            return Err(field(name, "it is empty".to_owned()));
        }
    }
    if new.content.len() > MAX_BYTES {
        let reason = format!("{} bytes are more than {MAX_BYTES}", new.content.len());
        return Err(field("text", reason));
    }
    if !KINDS.iter().any(|(code, _, _)| *code == new.kind) {
        let known: Vec<&str> = KINDS.iter().map(|(code, _, _)| *code).collect();
        let reason = format!("`{}` is no kind; one of {}", new.kind, known.join(", "));
        return Err(field("kind", reason));
    }
    if let Some(end) = new.valid_to.filter(|end| *end <= new.valid_from) {
        let reason = format!("{end} is not after its first day, {}", new.valid_from);
        return Err(field("until", reason));
    }
    desk.store.write(&ctx.act("document.enter"), |tx| {
        let known = tx.number();
        let same = list(tx, known)?.into_iter().find(|old| {
            old.number == new.number && !old.replaced && Some(old.id) != new.replaces
        });
        if let Some(old) = same {
            return Err(field(
                "number",
                format!(
                    "{} is there already as document {} ({}); name it as the edition that this one replaces",
                    old.number, old.id, old.title
                ),
            ));
        }
        if let Some(old) = new.replaces {
            let found = by_id(tx, old)?.0;
            if found.replaced {
                return Err(field("replaces", format!("document {old} was replaced already")));
            }
            tx.update("document", old, &[("replaced_tx", Value::from(known))])?;
        }
        let id = tx.insert(
            "document",
            &[
                ("number", Value::from(new.number.trim())),
                ("kind", Value::from(new.kind.as_str())),
                ("title", Value::from(new.title.trim())),
                ("issuer", Value::from(new.issuer.trim())),
                ("issued_on", Value::from(new.issued_on)),
                ("valid_from", Value::from(new.valid_from)),
                ("valid_to", Value::from(new.valid_to)),
                ("content", Value::from(new.content.as_str())),
                ("replaces_id", Value::from(new.replaces)),
                ("entered_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(id)
    })
}

/// Links values of parameters to the document that orders them; a link that stood before is withdrawn. Each is
/// programme, parameter and the first day of the value.
///
/// # Errors
/// [`RegistryError::Field`] for a parameter or day that the packs do not have, [`RegistryError::NotFound`],
/// [`RegistryError::Role`], or the store's.
pub fn link(
    desk: &Desk<'_>,
    ctx: &Ctx,
    document: i64,
    values: &[(String, String, Date)],
) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::Officer, Role::Administrator])?;
    ctx.require_whole_county()?;
    let known = values_of(desk.packs.current());
    for (programme, parameter, from) in values {
        let of_parameter: Vec<&Ground> = known
            .iter()
            .filter(|one| one.programme == *programme && one.parameter == *parameter)
            .collect();
        if of_parameter.is_empty() {
            let reason = format!("the packs have no parameter `{programme}/{parameter}`");
            return Err(field("parameter", reason));
        }
        if !of_parameter.iter().any(|one| one.from == *from) {
            let days: Vec<String> = of_parameter
                .iter()
                .map(|one| one.from.to_string())
                .collect();
            let reason = format!(
                "`{programme}/{parameter}` has no value from {from}; its values begin on {}",
                days.join(", ")
            );
            return Err(field("from", reason));
        }
    }
    desk.store.write(&ctx.act("document.link"), |tx| {
        by_id(tx, document)?;
        let now = tx.number();
        let mut ended = Vec::new();
        for row in tx.rows(&LINKS, &[Value::from(now)])? {
            let key = (
                row.text(0)?.to_owned(),
                row.text(1)?.to_owned(),
                row.date(2)?,
            );
            if values.contains(&key) {
                ended.push((row.int(6)?, vec![Value::from(now)]));
            }
        }
        tx.update_many("document_parameter", &["withdrawn_tx"], ended)?;
        let rows = values
            .iter()
            .map(|(programme, parameter, from)| {
                vec![
                    Value::from(document),
                    Value::from(programme.as_str()),
                    Value::from(parameter.as_str()),
                    Value::from(*from),
                    Value::from(ctx.actor.username.as_str()),
                ]
            })
            .collect();
        tx.insert_many(
            "document_parameter",
            &[
                "document_id",
                "programme",
                "parameter",
                "value_from",
                "linked_by",
            ],
            rows,
        )?;
        Ok(())
    })
}

/// The documents entered up to a transaction, by day of issue.
///
/// # Errors
/// The store's.
pub fn list(q: &mut dyn Query, known: TxNo) -> Result<Vec<Document>, RegistryError> {
    let rows = q.rows(&DOCUMENTS, &[Value::from(known)])?;
    rows.iter()
        .map(|row| {
            let replaced = row.opt_int(11)?.is_some_and(|at| at <= known.0);
            Ok(Document {
                replaced,
                ..document_of(row)?
            })
        })
        .collect()
}

/// A document and its text.
///
/// # Errors
/// [`RegistryError::NotFound`] or the store's.
pub fn by_id(q: &mut dyn Query, id: i64) -> Result<(Document, String), RegistryError> {
    match q.rows(&DOCUMENT_BY_ID, &[Value::from(id)])?.first() {
        Some(row) => Ok((document_of(row)?, row.text(12)?.to_owned())),
        None => Err(RegistryError::NotFound {
            what: "document",
            id: id.to_string(),
        }),
    }
}

/// Every dated value of every parameter of the packs with the document it rests on, as known at a transaction.
///
/// # Errors
/// The store's.
pub fn grounds(
    q: &mut dyn Query,
    packs: &PackSet,
    known: TxNo,
) -> Result<Vec<Ground>, RegistryError> {
    let mut found = values_of(packs);
    for row in q.rows(&LINKS, &[Value::from(known)])? {
        let (programme, parameter, from) = (row.text(0)?, row.text(1)?, row.date(2)?);
        let at = found.iter_mut().find(|one| {
            one.programme == programme && one.parameter == parameter && one.from == from
        });
        if let Some(ground) = at {
            ground.document = Some(row.int(3)?);
            ground.number = Some(row.text(4)?.to_owned());
            ground.title = Some(row.text(5)?.to_owned());
        }
    }
    Ok(found)
}

fn values_of(packs: &PackSet) -> Vec<Ground> {
    let mut found = Vec::new();
    for programme in packs.programmes() {
        for parameter in &programme.parameters {
            found.extend(parameter.values.iter().map(|value| Ground {
                programme: programme.code.clone(),
                parameter: parameter.name.clone(),
                from: value.from,
                value: value.value.clone(),
                unit: value.unit.clone(),
                cite: value.cite.clone(),
                mark: value.mark,
                document: None,
                number: None,
                title: None,
            }));
        }
    }
    found
}

fn document_of(row: &Row) -> Result<Document, RegistryError> {
    Ok(Document {
        id: row.int(0)?,
        number: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
        title: row.text(3)?.to_owned(),
        issuer: row.text(4)?.to_owned(),
        issued_on: row.date(5)?,
        valid_from: row.date(6)?,
        valid_to: row.opt_date(7)?,
        replaces: row.opt_int(8)?,
        entered_by: row.text(9)?.to_owned(),
        tx: row.int(10)?,
        replaced: row.opt_int(11)?.is_some(),
    })
}

fn field(name: &str, reason: String) -> RegistryError {
    RegistryError::Field {
        field: name.to_owned(),
        reason,
    }
}
