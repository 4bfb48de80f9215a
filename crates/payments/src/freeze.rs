//! Freezing: lines and items of a batch are written once, with a digest that every later stage compares.
//! Must not know how an amount came about.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use minsheng_core::{Fen, Month};
use minsheng_registry::{Ctx, PersonId, persons};
use minsheng_store::{Query, Scope, Subject, Tx, Value, statement};
use sm3::{Digest, Sm3};

use crate::PaymentError;
use crate::intern::Names;
use crate::positions::key_of;
use crate::records::{BatchId, BatchState, Item, Key, Line, LineState, RunId};

const HOLDER_LABEL: &str = "payment_line.holder_name";

statement! {
    BATCHES_OF_MONTH, internal "batches hold no persons",
    "SELECT COUNT(*) FROM payment_batch WHERE month = ?1"
}
statement! {
    LINES, internal "one batch, by a user whose area covers it",
    "SELECT id, line_no, programme, household_id, payee_id, account_id, holder_id, division, amount_fen, state
     FROM payment_line WHERE batch_id = ?1 ORDER BY line_no"
}
statement! {
    ITEMS, internal "one batch, by a user whose area covers it",
    "SELECT i.person_id, i.month, i.programme, i.line_id, i.case_id, i.class, i.amount_fen, e.amount_fen
     FROM payment_item i JOIN payment_line l ON l.id = i.line_id JOIN entitlement e ON e.id = i.entitlement_id
     WHERE l.batch_id = ?1 ORDER BY i.id"
}

statement! {
    HOLDER_NAMES, internal "the bank file of one batch, by a user whose area covers it",
    "SELECT h.line_id, h.holder_id, h.name_sealed FROM payment_line l JOIN payment_line_holder h ON h.line_id = l.id
     WHERE l.batch_id = ?1 ORDER BY h.id"
}

/// A line to be frozen.
#[derive(Debug)]
pub(crate) struct NewLine {
    pub(crate) programme: Arc<str>,
    pub(crate) household: i64,
    pub(crate) payee: i64,
    pub(crate) account: i64,
    pub(crate) holder: i64,
    pub(crate) division: i64,
    pub(crate) amount: Fen,
    pub(crate) items: Vec<NewItem>,
}

/// An item to be frozen.
#[derive(Debug)]
pub(crate) struct NewItem {
    pub(crate) key: Key,
    pub(crate) case: i64,
    pub(crate) entitlement: i64,
    pub(crate) class: Arc<str>,
    pub(crate) amount: Fen,
}

/// Writes a batch with its lines and items; none for no lines.
pub(crate) fn freeze(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    authority: &str,
    run: RunId,
    month: Month,
    new: Vec<NewLine>,
) -> Result<Option<BatchId>, PaymentError> {
    if new.is_empty() {
        return Ok(None);
    }
    let before = tx
        .rows(&BATCHES_OF_MONTH, &[Value::from(month)])?
        .first()
        .map_or(Ok(0), |row| row.int(0))?;
    let county = authority.rsplit('-').next().unwrap_or(authority);
    let number = format!("PAY-{county}-{month}-{:02}", before + 1);
    let mut digest = LinesDigest::new(&number);
    for (line_no, line) in (1_i64..).zip(&new) {
        digest.line(
            line_no,
            &line.programme,
            [line.household, line.payee, line.account, line.holder],
            line.amount,
        );
        for item in &line.items {
            digest.item(line_no, &item.key, item.case, &item.class, item.amount);
        }
    }
    let batch = tx.insert(
        "payment_batch",
        &[
            ("run_id", Value::from(run)),
            ("number", Value::from(number)),
            ("month", Value::from(month)),
            ("state", Value::from(BatchState::Frozen)),
            ("frozen_on", Value::from(ctx.today())),
            ("made_by", Value::from(ctx.actor.username.as_str())),
            (
                "line_count",
                Value::from(i64::try_from(new.len()).unwrap_or(i64::MAX)),
            ),
            (
                "total_fen",
                Value::from(Fen::sum(new.iter().map(|line| line.amount))?),
            ),
            ("lines_digest", Value::from(digest.finish())),
        ],
    )?;
    write_lines(tx, batch, &new)?;
    Ok(Some(BatchId(batch)))
}

fn write_lines(tx: &mut Tx<'_>, batch: i64, new: &[NewLine]) -> Result<(), PaymentError> {
    let lines = (1_i64..)
        .zip(new)
        .map(|(line_no, line)| {
            vec![
                Value::from(batch),
                Value::from(line_no),
                Value::from(&*line.programme),
                Value::from(line.household),
                Value::from(line.payee),
                Value::from(line.account),
                Value::from(line.holder),
                Value::from(line.division),
                Value::from(line.amount),
                Value::from(LineState::Open),
            ]
        })
        .collect();
    let columns = [
        "batch_id",
        "line_no",
        "programme",
        "household_id",
        "payee_id",
        "account_id",
        "holder_id",
        "division",
        "amount_fen",
        "state",
    ];
    let first = tx.insert_many("payment_line", &columns, lines)?;
    write_holders(tx, first, new)?;
    let items = (first..)
        .zip(new)
        .flat_map(|(line, new)| new.items.iter().map(move |item| (line, item)))
        .map(|(line, item)| {
            vec![
                Value::from(line),
                Value::from(batch),
                Value::from(&*item.key.programme),
                Value::from(item.key.person),
                Value::from(item.key.month),
                Value::from(item.case),
                Value::from(item.entitlement),
                Value::from(&*item.class),
                Value::from(item.amount),
            ]
        })
        .collect();
    let columns = [
        "line_id",
        "batch_id",
        "programme",
        "person_id",
        "month",
        "case_id",
        "entitlement_id",
        "class",
        "amount_fen",
    ];
    tx.insert_many("payment_item", &columns, items)?;
    Ok(())
}

/// Keeps the holders' names as they are now, sealed: the file of the bank is made from them whenever it is made.
fn write_holders(tx: &mut Tx<'_>, first: i64, new: &[NewLine]) -> Result<(), PaymentError> {
    let mut rows = Vec::with_capacity(new.len());
    for (line, new) in (first..).zip(new) {
        let holder = PersonId(new.holder);
        let person = persons::find(tx, &Scope::county(), holder)?
            .ok_or_else(|| PaymentError::not_found("person", holder))?;
        let sealed = tx.seal(
            Subject::Person(new.holder),
            HOLDER_LABEL,
            person.name.as_bytes(),
        )?;
        rows.push(vec![
            Value::from(line),
            Value::from(new.holder),
            Value::from(sealed),
        ]);
    }
    tx.insert_many(
        "payment_line_holder",
        &["line_id", "holder_id", "name_sealed"],
        rows,
    )?;
    Ok(())
}

/// The names of the holders as they were when the batch was frozen, by row of the line.
pub(crate) fn holder_names(
    q: &mut dyn Query,
    batch: BatchId,
) -> Result<BTreeMap<i64, String>, PaymentError> {
    let mut names = BTreeMap::new();
    for row in q.rows(&HOLDER_NAMES, &[Value::from(batch)])? {
        let name = q.unseal(Subject::Person(row.int(1)?), HOLDER_LABEL, row.blob(2)?)?;
        names.insert(row.int(0)?, String::from_utf8_lossy(&name).into_owned());
    }
    Ok(names)
}

/// The lines of a batch, by number.
pub(crate) fn lines_of(
    q: &mut dyn Query,
    batch: BatchId,
    names: &mut Names,
) -> Result<Vec<Line>, PaymentError> {
    q.rows(&LINES, &[Value::from(batch)])?
        .iter()
        .map(|row| {
            Ok(Line {
                id: row.int(0)?,
                line_no: row.int(1)?,
                programme: names.get(row.text(2)?),
                household: row.int(3)?,
                payee: row.int(4)?,
                account: row.int(5)?,
                holder: row.int(6)?,
                division: row.int(7)?,
                amount: row.fen(8)?,
                state: LineState::read(row.text(9)?)?,
            })
        })
        .collect()
}

/// The items of a batch, line by line.
pub(crate) fn items_of(
    q: &mut dyn Query,
    batch: BatchId,
    names: &mut Names,
) -> Result<Vec<Item>, PaymentError> {
    q.rows(&ITEMS, &[Value::from(batch)])?
        .iter()
        .map(|row| {
            Ok(Item {
                key: key_of(row, names)?,
                line: row.int(3)?,
                case: row.int(4)?,
                class: names.get(row.text(5)?),
                amount: row.fen(6)?,
                entitled: row.fen(7)?,
            })
        })
        .collect()
}

/// The digest over lines and items read back.
pub(crate) fn digest_of(number: &str, lines: &[Line], items: &[Item]) -> Vec<u8> {
    let mut digest = LinesDigest::new(number);
    let mut rest = items.iter().peekable();
    for line in lines {
        digest.line(
            line.line_no,
            &line.programme,
            [line.household, line.payee, line.account, line.holder],
            line.amount,
        );
        while let Some(item) = rest.next_if(|item| item.line == line.id) {
            digest.item(line.line_no, &item.key, item.case, &item.class, item.amount);
        }
    }
    if rest.peek().is_some() {
        digest.text.push_str("items beside the lines\n");
    }
    digest.finish()
}

struct LinesDigest {
    text: String,
}

impl LinesDigest {
    fn new(number: &str) -> Self {
        LinesDigest {
            text: format!("{number}\n"),
        }
    }

    fn line(&mut self, line_no: i64, programme: &str, keys: [i64; 4], amount: Fen) {
        let [household, payee, account, holder] = keys;
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.text,
            "line {line_no} {programme} {household} {payee} {account} {holder} {}",
            amount.get()
        );
    }

    fn item(&mut self, line_no: i64, key: &Key, case: i64, class: &str, amount: Fen) {
        let Key {
            person,
            month,
            programme,
        } = key;
        let _ = writeln!(
            self.text,
            "item {line_no} {programme} {person} {month} {case} {class} {}",
            amount.get()
        );
    }

    fn finish(self) -> Vec<u8> {
        sm3_of(self.text.as_bytes())
    }
}

/// SM3 of bytes.
pub(crate) fn sm3_of(bytes: &[u8]) -> Vec<u8> {
    Sm3::digest(bytes).to_vec()
}
