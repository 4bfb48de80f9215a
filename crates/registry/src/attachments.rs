//! Scanned evidence and signatures: what was handed in on paper, kept by the hash of its content.
//!
//! A scan is sealed under a key of its own, so that it can be erased when its own term is over although the record
//! of its person stays. The same content handed in twice for one subject is stored once. A wrong scan is withdrawn,
//! never replaced. Opening one is an act with a reason, and is recorded.
//!
//! Must not know cases or decisions: which scans a decision keeps, the decision says.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 10, 15 and 23; 个人信息保护法 arts. 6, 19 and 51.

use minsheng_core::Date;
use minsheng_store::{Query, Row, Scope, Subject, Tx, TxNo, Value, statement};
use sm3::{Digest, Sm3};

use crate::evidence::{About, about_of};
use crate::{Ctx, Desk, HouseholdId, RegistryError, Role, erasure};

/// Largest scan in bytes. A page of 300 dpi in colour stays under 2 MiB; a file of papers is split.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Kinds of files that are taken, as found in their first bytes; what the name ends in decides nothing.
pub const MEDIA_TYPES: [&str; 4] = ["application/pdf", "image/jpeg", "image/png", "image/tiff"];

/// The papers of a case (handbook of evidence files): code, Chinese, English.
pub const PAPERS: [(&str, &str, &str); 15] = [
    ("application", "申请书", "application"),
    (
        "declaration",
        "家庭经济状况申报表",
        "declaration of income and property",
    ),
    (
        "authorisation",
        "信息核对授权书",
        "authorisation of the cross-check",
    ),
    ("promise_of_truth", "诚信承诺书", "promise of truth"),
    ("identity_card", "居民身份证", "identity card"),
    ("household_register", "户口簿", "household register"),
    ("income_proof", "收入证明", "proof of income"),
    ("property_proof", "财产证明", "proof of property"),
    ("illness", "疾病诊断和费用材料", "illness and its cost"),
    (
        "disability_certificate",
        "残疾人证",
        "disability certificate",
    ),
    ("home_visit", "入户调查表", "home-visit form"),
    ("appraisal", "民主评议记录", "record of the appraisal"),
    ("notice_photo", "公示照片", "photograph of the notice"),
    ("service_receipt", "送达回证", "receipt of service"),
    ("other", "其他材料", "another paper"),
];

const CONTENT_LABEL: &str = "attachment_content";
const FILE_NAME_LABEL: &str = "attachment.file_name";

/// A scan as it is handed in.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Whom it is about.
    pub about: About,
    /// Which paper it is: a code of [`PAPERS`].
    pub paper: String,
    /// Day written on the paper, if it has one.
    pub dated_on: Option<Date>,
    /// Name of the file, as the person who scanned it gave it.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A scan without its content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Attachment {
    /// Key.
    pub id: i64,
    /// `person` or `household`.
    pub subject_kind: String,
    /// Key of the person or household.
    pub subject: i64,
    /// Which paper it is.
    pub paper: String,
    /// Kind of file.
    pub media_type: String,
    /// Size in bytes.
    pub byte_count: i64,
    /// SM3 of the content, hex.
    pub content: String,
    /// Day written on the paper.
    pub dated_on: Option<Date>,
    /// Day on which it was handed in.
    pub received_on: Date,
    /// Who took it.
    pub received_by: String,
    /// Transaction that recorded it.
    pub tx: i64,
    /// Why it was withdrawn, if it was.
    pub withdrawn_reason: Option<String>,
    /// Day on which its content was erased, if it was. Hash, links and chain stay.
    pub erased_on: Option<Date>,
}

/// An opened scan.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it is.
    pub attachment: Attachment,
    /// Name of the file.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What handing in a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Attached {
    /// Key of the attachment.
    pub id: i64,
    /// Whether the same content was there already for this subject and paper; nothing was written then.
    pub already: bool,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.subject_kind, a.subject_id, a.paper, c.media_type, c.byte_count, c.content_hash, a.dated_on,
                    a.received_on, a.received_by, a.tx, a.withdrawn_reason, a.withdrawn_tx, a.content_id, a.file_name_sealed,
                    k.happened_on, k.tx
             FROM attachment a JOIN attachment_content c ON c.id = a.content_id
             LEFT JOIN key_event k ON k.subject_kind = 'attachment' AND k.subject_id = a.content_id ",
            $rest
        )
    };
}

statement! {
    ATTACHMENT_BY_ID, internal "one attachment inside an act whose area is checked from it",
    columns!("WHERE a.id = ?1")
}
statement! {
    ATTACHMENTS_OF_PERSON, scoped,
    columns!("JOIN person p ON p.id = a.subject_id
              WHERE a.subject_kind = 'person' AND a.subject_id = ?1 AND a.tx <= ?2 AND {scope:p.division} ORDER BY a.id")
}
statement! {
    ATTACHMENTS_OF_HOUSEHOLD, scoped,
    columns!("JOIN household h ON h.id = a.subject_id
              WHERE a.subject_kind = 'household' AND a.subject_id = ?1 AND a.tx <= ?2 AND {scope:h.division} ORDER BY a.id")
}
statement! {
    ATTACHMENTS_BY_CONTENT, scoped,
    columns!("LEFT JOIN person p ON a.subject_kind = 'person' AND p.id = a.subject_id
              LEFT JOIN household h ON a.subject_kind = 'household' AND h.id = a.subject_id
              WHERE c.content_hash = ?1 AND {scope:COALESCE(p.division, h.division)} ORDER BY a.id")
}
statement! {
    CONTENT_OF_SUBJECT, internal "whether a scan is there already, inside an act whose area was checked",
    "SELECT id FROM attachment_content WHERE subject_kind = ?1 AND subject_id = ?2 AND content_hash = ?3"
}
statement! {
    SAME_ATTACHMENT, internal "whether a scan is there already, inside an act whose area was checked",
    "SELECT id FROM attachment WHERE content_id = ?1 AND paper = ?2 AND withdrawn_tx IS NULL"
}
statement! {
    SEALED_CONTENT, internal "the content of one scan inside an act whose area was checked",
    "SELECT sealed FROM attachment_content WHERE id = ?1"
}
statement! {
    STANDING_OF_HOUSEHOLD, internal "keys of the scans of a household and its members inside an act that decides its case",
    "SELECT a.id FROM attachment a WHERE a.withdrawn_tx IS NULL AND a.subject_kind = 'household' AND a.subject_id = ?1
     UNION
     SELECT a.id FROM attachment a JOIN membership m ON m.person_id = a.subject_id AND m.household_id = ?1
     WHERE a.withdrawn_tx IS NULL AND a.subject_kind = 'person' AND m.superseded_tx IS NULL AND m.valid_from <= ?2
       AND (m.valid_to IS NULL OR m.valid_to > ?2)
     ORDER BY 1"
}
statement! {
    ANY_ATTACHMENT, internal "whether there are scans at all, without which a decision need not ask",
    "SELECT COALESCE(MAX(id), 0) FROM attachment"
}

/// Hands in a scan.
///
/// # Errors
/// [`RegistryError::Field`] for a file that is empty, too large, of another kind, or an unknown paper;
/// [`RegistryError::Role`], [`RegistryError::Area`], [`RegistryError::NotFound`], or the store's.
pub fn attach(desk: &Desk<'_>, ctx: &Ctx, new: &NewAttachment) -> Result<Attached, RegistryError> {
    ctx.require_any(&[Role::VillageDirector, Role::TownshipClerk, Role::Officer])?;
    let media_type = checked(new)?;
    if let Some(day) = new.dated_on.filter(|day| *day > ctx.today()) {
        return Err(field("dated-on", format!("{day} lies after today")));
    }
    desk.store.write(&ctx.act("attachment.add"), |tx| {
        ctx.require_area(crate::evidence::division_of(tx, new.about)?)?;
        let hash = Sm3::digest(&new.bytes).to_vec();
        let (kind, subject) = (new.about.kind(), new.about.id());
        let key = [
            Value::from(kind),
            Value::from(subject),
            Value::from(hash.clone()),
        ];
        let known = tx.rows(&CONTENT_OF_SUBJECT, &key)?;
        let content = match known.first() {
            Some(row) => {
                let content = row.int(0)?;
                if let Some(erased) = erasure::of(tx, Subject::Attachment(content))? {
                    let name = &new.file_name;
                    return Err(field(
                        "file",
                        format!("{name}: the same file was {erased}; scan the paper again"),
                    ));
                }
                content
            }
            None => {
                // The key of a scan goes by the number that its row is about to get.
                let next = tx.insert_many("attachment_content", &[], Vec::new())?;
                let sealed = tx.seal(Subject::Attachment(next), CONTENT_LABEL, &new.bytes)?;
                tx.insert(
                    "attachment_content",
                    &[
                        ("subject_kind", Value::from(kind)),
                        ("subject_id", Value::from(subject)),
                        ("content_hash", Value::from(hash)),
                        ("media_type", Value::from(media_type)),
                        ("byte_count", Value::from(size(&new.bytes)?)),
                        ("sealed", Value::from(sealed)),
                    ],
                )?
            }
        };
        let same = [Value::from(content), Value::from(new.paper.as_str())];
        if let Some(row) = tx.rows(&SAME_ATTACHMENT, &same)?.first() {
            return Ok(Attached {
                id: row.int(0)?,
                already: true,
            });
        }
        let file_name = tx.seal(
            Subject::Attachment(content),
            FILE_NAME_LABEL,
            new.file_name.as_bytes(),
        )?;
        let id = tx.insert(
            "attachment",
            &[
                ("subject_kind", Value::from(kind)),
                ("subject_id", Value::from(subject)),
                ("paper", Value::from(new.paper.as_str())),
                ("content_id", Value::from(content)),
                ("file_name_sealed", Value::from(file_name)),
                ("dated_on", Value::from(new.dated_on)),
                ("received_on", Value::from(ctx.today())),
                ("received_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(Attached { id, already: false })
    })
}

/// Withdraws a scan that was handed in by mistake. It stays with the decisions that rest on it.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::Field`] for one withdrawn already or without a reason;
/// [`RegistryError::Role`], [`RegistryError::Area`], or the store's.
pub fn withdraw(desk: &Desk<'_>, ctx: &Ctx, id: i64, reason: &str) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    let reason = said(reason)?;
    desk.store.write(&ctx.act("attachment.withdraw"), |tx| {
        let (found, _) = by_id(tx, ctx, id)?;
        if found.withdrawn_reason.is_some() {
            return Err(field("attachment", format!("{id} is withdrawn already")));
        }
        let now = Value::from(tx.number());
        let by = Value::from(ctx.actor.username.as_str());
        tx.update(
            "attachment",
            id,
            &[
                ("withdrawn_by", by),
                ("withdrawn_reason", Value::from(reason)),
                ("withdrawn_tx", now),
            ],
        )?;
        Ok(())
    })
}

/// Opens a scan; who did and why is recorded with it.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::Field`] without a reason, [`RegistryError::Role`],
/// [`RegistryError::Area`], [`RegistryError::Inconsistent`] for a content that is not the one handed in; or the
/// store's, also for a scan that was erased.
pub fn open(desk: &Desk<'_>, ctx: &Ctx, id: i64, reason: &str) -> Result<Opened, RegistryError> {
    use Role::{Auditor, Officer, Reviewer, TownshipClerk};
    ctx.require_any(&[TownshipClerk, Officer, Reviewer, Auditor])?;
    let reason = said(reason)?;
    desk.store.write(&ctx.act("attachment.open"), |tx| {
        let (attachment, row) = by_id(tx, ctx, id)?;
        let content = row.int(13)?;
        let subject = Subject::Attachment(content);
        let sealed = tx.rows(&SEALED_CONTENT, &[Value::from(content)])?;
        let Some(sealed) = sealed.first() else {
            return Err(inconsistent(id, "its content is missing"));
        };
        let bytes = tx.unseal(subject, CONTENT_LABEL, sealed.blob(0)?)?;
        let file_name = tx.unseal(subject, FILE_NAME_LABEL, row.blob(14)?)?;
        if Sm3::digest(&bytes).as_slice() != row.blob(6)? {
            return Err(inconsistent(id, "its content has another hash"));
        }
        tx.insert(
            "attachment_reading",
            &[
                ("attachment_id", Value::from(id)),
                ("read_by", Value::from(ctx.actor.username.as_str())),
                ("reason", Value::from(reason)),
                ("read_on", Value::from(ctx.today())),
            ],
        )?;
        Ok(Opened {
            attachment,
            file_name: String::from_utf8_lossy(&file_name).into_owned(),
            bytes,
        })
    })
}

/// The scans of a person or household up to a transaction, withdrawn ones included.
///
/// # Errors
/// The store's.
pub fn of_subject(
    q: &mut dyn Query,
    scope: &Scope,
    about: About,
    known: TxNo,
) -> Result<Vec<Attachment>, RegistryError> {
    let statement = match about {
        About::Person(_) => &ATTACHMENTS_OF_PERSON,
        About::Household(_) => &ATTACHMENTS_OF_HOUSEHOLD,
    };
    let rows = q.scoped(
        statement,
        scope,
        &[Value::from(about.id()), Value::from(known)],
    )?;
    rows.iter()
        .map(|row| {
            let mut found = attachment_of(row)?;
            // What was withdrawn later was not withdrawn then.
            if row.opt_int(12)?.is_some_and(|at| at > known.0) {
                found.withdrawn_reason = None;
            }
            if row.opt_int(16)?.is_some_and(|at| at > known.0) {
                found.erased_on = None;
            }
            Ok(found)
        })
        .collect()
}

/// Where a file was handed in: the scans with exactly this content.
///
/// # Errors
/// The store's.
pub fn with_content(
    q: &mut dyn Query,
    scope: &Scope,
    bytes: &[u8],
) -> Result<Vec<Attachment>, RegistryError> {
    let hash = Value::from(Sm3::digest(bytes).to_vec());
    q.scoped(&ATTACHMENTS_BY_CONTENT, scope, &[hash])?
        .iter()
        .map(attachment_of)
        .collect()
}

/// Keys of the scans that stand for a household and its members on a day: what a decision of that day rests on.
///
/// # Errors
/// The store's.
pub fn standing(
    q: &mut dyn Query,
    household: HouseholdId,
    on: Date,
) -> Result<Vec<i64>, RegistryError> {
    let rows = q.rows(
        &STANDING_OF_HOUSEHOLD,
        &[Value::from(household), Value::from(on)],
    )?;
    Ok(rows
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?)
}

/// Whether anything was ever handed in as a scan.
///
/// # Errors
/// The store's.
pub fn any(q: &mut dyn Query) -> Result<bool, RegistryError> {
    let rows = q.rows(&ANY_ATTACHMENT, &[])?;
    Ok(rows.first().map(|row| row.int(0)).transpose()? != Some(0))
}

fn by_id(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<(Attachment, Row), RegistryError> {
    let Some(row) = tx
        .rows(&ATTACHMENT_BY_ID, &[Value::from(id)])?
        .into_iter()
        .next()
    else {
        return Err(RegistryError::NotFound {
            what: "attachment",
            id: id.to_string(),
        });
    };
    let found = attachment_of(&row)?;
    let about = about_of(&found.subject_kind, found.subject);
    ctx.require_area(crate::evidence::division_of(tx, about)?)?;
    Ok((found, row))
}

fn attachment_of(row: &Row) -> Result<Attachment, RegistryError> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Attachment {
        id: row.int(0)?,
        subject_kind: row.text(1)?.to_owned(),
        subject: row.int(2)?,
        paper: row.text(3)?.to_owned(),
        media_type: row.text(4)?.to_owned(),
        byte_count: row.int(5)?,
        content: hex(row.blob(6)?),
        dated_on: row.opt_date(7)?,
        received_on: row.date(8)?,
        received_by: row.text(9)?.to_owned(),
        tx: row.int(10)?,
        withdrawn_reason: row.opt_text(11)?.map(str::to_owned),
        erased_on: row.opt_date(15)?,
    })
}

/// The kind of the file, if it may be kept.
fn checked(new: &NewAttachment) -> Result<&'static str, RegistryError> {
    if !PAPERS.iter().any(|(code, _, _)| *code == new.paper) {
        let known: Vec<&str> = PAPERS.iter().map(|(code, _, _)| *code).collect();
        let reason = format!("`{}` is no paper; one of {}", new.paper, known.join(", "));
        return Err(field("paper", reason));
    }
    let file = |reason: String| field("file", format!("{}: {reason}", new.file_name));
    if new.bytes.is_empty() {
        return Err(file("it is empty; scan the paper again".to_owned()));
    }
    if new.bytes.len() > MAX_BYTES {
        return Err(file(format!(
            "{} bytes are more than the {MAX_BYTES} that one scan may have; scan in grey, or split the pages",
            new.bytes.len()
        )));
    }
    let found = infer::get(&new.bytes).map(|kind| kind.mime_type());
    MEDIA_TYPES
        .into_iter()
        .find(|known| Some(*known) == found)
        .ok_or_else(|| {
            file(format!(
                "it is {}, not one of {}; save the scan as PDF or JPEG",
                found.unwrap_or("of an unknown kind"),
                MEDIA_TYPES.join(", ")
            ))
        })
}

fn size(bytes: &[u8]) -> Result<i64, RegistryError> {
    i64::try_from(bytes.len()).map_err(|error| field("file", error.to_string()))
}

fn said(reason: &str) -> Result<&str, RegistryError> {
    match reason.trim() {
        "" => Err(field("reason", "say why".to_owned())),
        reason => Ok(reason),
    }
}

fn field(name: &str, reason: String) -> RegistryError {
    RegistryError::Field {
        field: name.to_owned(),
        reason,
    }
}

fn inconsistent(id: i64, reason: &str) -> RegistryError {
    RegistryError::Inconsistent {
        what: format!("attachment {id}"),
        reason: reason.to_owned(),
    }
}
