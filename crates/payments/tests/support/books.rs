//! The books of payment as text and as sums, to compare one county with another or with a model.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minsheng_core::{Fen, Month};
use minsheng_store::{Query, Statement, StoreError, Value, statement};

use super::County;

statement! {
    RUNS, internal "test",
    "SELECT id, month, known_tx, ran_on, pack_hash, made_by, tx FROM payment_run ORDER BY id"
}
statement! {
    BATCHES, internal "test",
    "SELECT id, run_id, number, month, state, frozen_on, made_by, line_count, total_fen, lines_digest, checked_by, released_by,
            exported_by, settled_by, checked_on, released_on, exported_on, settled_on, reject_reason, bank_file_name,
            bank_file_digest, result_file_digest, tx FROM payment_batch ORDER BY id"
}
statement! {
    ENTITLEMENTS, internal "test",
    "SELECT id, programme, person_id, month, household_id, division, case_id, decision_id, class, amount_fen, run_id, tx,
            superseded_tx FROM entitlement ORDER BY id"
}
statement! {
    HOLDS, internal "test",
    "SELECT id, run_id, programme, household_id, payee_id, division, first_month, last_month, amount_fen, cause, reason,
            held_on, tx, lifted_tx FROM payment_hold ORDER BY id"
}
statement! {
    LINES, internal "test",
    "SELECT id, batch_id, line_no, programme, household_id, payee_id, account_id, holder_id, division, amount_fen, state,
            reason, settled_on, settled_tx, tx FROM payment_line ORDER BY id"
}
statement! {
    ITEMS, internal "test",
    "SELECT id, line_id, batch_id, programme, person_id, month, case_id, entitlement_id, class, amount_fen, tx
     FROM payment_item ORDER BY id"
}
statement! {
    ACCOUNTS, internal "test",
    "SELECT id, code, kind, fund_source, programme, tx FROM ledger_account ORDER BY id"
}
statement! {
    ENTRIES, internal "test",
    "SELECT id, kind, pending_id, debit_account_id, credit_account_id, amount_fen, document_kind, document_id, booked_on, tx
     FROM ledger_entry ORDER BY id"
}
statement! {
    RECOVERIES, internal "test",
    "SELECT id, case_id, programme, household_id, division, cause, amount_fen, opened_on, state, tx FROM recovery ORDER BY id"
}
statement! {
    RECOVERY_ITEMS, internal "test",
    "SELECT id, recovery_id, payment_item_id, programme, person_id, month, class, fund_source, amount_fen, tx
     FROM recovery_item ORDER BY id"
}
statement! {
    EVENTS, internal "test",
    "SELECT id, recovery_id, kind, amount_fen, happened_on, document, entered_by, tx, confirmed_by, confirmed_tx
     FROM recovery_event ORDER BY id"
}
statement! {
    EVENT_ITEMS, internal "test",
    "SELECT id, event_id, recovery_item_id, amount_fen, tx FROM recovery_event_item ORDER BY id"
}
statement! {
    PAID, internal "test",
    "SELECT i.person_id, i.month, l.state, CAST(SUM(i.amount_fen) AS BIGINT)
     FROM payment_item i JOIN payment_line l ON l.id = i.line_id GROUP BY i.person_id, i.month, l.state"
}
statement! {
    CLAIMED, internal "test",
    "SELECT person_id, month, CAST(SUM(amount_fen) AS BIGINT) FROM recovery_item GROUP BY person_id, month"
}
statement! {
    SETTLED, internal "test",
    "SELECT ri.person_id, ri.month, e.kind, CAST(SUM(x.amount_fen) AS BIGINT) FROM recovery_event_item x
     JOIN recovery_event e ON e.id = x.event_id JOIN recovery_item ri ON ri.id = x.recovery_item_id
     GROUP BY ri.person_id, ri.month, e.kind"
}
statement! {
    ENTITLED, internal "test",
    "SELECT person_id, month, amount_fen FROM entitlement WHERE superseded_tx IS NULL"
}
statement! {
    KEYS_OF_RECOVERY, internal "test",
    "SELECT DISTINCT person_id, month FROM recovery_item WHERE recovery_id = ?1"
}

const BOOKS: [&Statement; 11] = [
    &BATCHES,
    &ENTITLEMENTS,
    &HOLDS,
    &LINES,
    &ITEMS,
    &ACCOUNTS,
    &ENTRIES,
    &RECOVERIES,
    &RECOVERY_ITEMS,
    &EVENTS,
    &EVENT_ITEMS,
];

/// What happened to one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    pub entitled: i64,
    pub credited: i64,
    pub in_flight: i64,
    pub returned: i64,
    pub claimed: i64,
    pub repaid: i64,
    pub written_off: i64,
    pub withdrawn: i64,
}

pub type ByKey = BTreeMap<(i64, Month), Sums>;

impl County {
    /// How often a month was run.
    pub fn rounds(&self, month: Month) -> u32 {
        let rows = self.store.read(|q| q.rows(&RUNS, &[])).unwrap();
        let of_month = rows.iter().filter(|row| row.month(1).unwrap() == month);
        u32::try_from(of_month.count()).unwrap()
    }

    /// Every row of the books, the runs left out: a run that changes nothing leaves nothing else.
    pub fn books(&self) -> String {
        self.dump(&BOOKS)
    }

    /// Every row of the books.
    pub fn books_and_runs(&self) -> String {
        self.dump(&[&RUNS]) + &self.books()
    }

    /// Every row of the books without the numbers of transactions: of those, whether there is one.
    pub fn plain_books(&self) -> String {
        self.store
            .read(|q| {
                let mut text = String::new();
                for statement in BOOKS {
                    let columns = statement.sql.trim_start().strip_prefix("SELECT").unwrap();
                    let (columns, _) = columns.split_once("FROM").unwrap();
                    let numbered: Vec<bool> = columns
                        .split(',')
                        .map(|column| column.trim().ends_with("tx"))
                        .collect();
                    writeln!(text, "{}", statement.name).unwrap();
                    for row in q.rows(statement, &[])? {
                        for (value, numbered) in row.values().iter().zip(&numbered) {
                            match (value, numbered) {
                                (Value::Null, true) => text.push_str("open "),
                                (_, true) => text.push_str("tx "),
                                (value, false) => write!(text, "{value:?} ").unwrap(),
                            }
                        }
                        text.push('\n');
                    }
                }
                Ok::<_, StoreError>(text)
            })
            .unwrap()
    }

    fn dump(&self, statements: &[&'static Statement]) -> String {
        self.store
            .read(|q| {
                let mut text = String::new();
                for statement in statements {
                    writeln!(text, "{}", statement.name).unwrap();
                    for row in q.rows(statement, &[])? {
                        writeln!(text, "{:?}", row.values()).unwrap();
                    }
                }
                Ok::<_, StoreError>(text)
            })
            .unwrap()
    }

    /// The sums of every key.
    pub fn sums(&self) -> ByKey {
        self.store
            .read(|q| {
                let mut found = ByKey::new();
                for row in q.rows(&ENTITLED, &[])? {
                    found
                        .entry((row.int(0)?, row.month(1)?))
                        .or_default()
                        .entitled = row.int(2)?;
                }
                for row in q.rows(&PAID, &[])? {
                    let sums = found.entry((row.int(0)?, row.month(1)?)).or_default();
                    match row.text(2)? {
                        "credited" => sums.credited = row.int(3)?,
                        "open" => sums.in_flight = row.int(3)?,
                        "returned" => sums.returned = row.int(3)?,
                        _ => {}
                    }
                }
                for row in q.rows(&CLAIMED, &[])? {
                    found
                        .entry((row.int(0)?, row.month(1)?))
                        .or_default()
                        .claimed = row.int(2)?;
                }
                for row in q.rows(&SETTLED, &[])? {
                    let sums = found.entry((row.int(0)?, row.month(1)?)).or_default();
                    match row.text(2)? {
                        "repaid" => sums.repaid = row.int(3)?,
                        "written_off" => sums.written_off += row.int(3)?,
                        "withdrawn" => sums.withdrawn += row.int(3)?,
                        _ => {
                            sums.written_off -= row.int(3)?;
                            sums.withdrawn += row.int(3)?;
                        }
                    }
                }
                Ok::<_, StoreError>(found)
            })
            .unwrap()
    }

    /// The keys that a recovery claims back.
    pub fn keys_of_recovery(&self, recovery: i64) -> Vec<(i64, Month)> {
        self.store
            .read(|q| {
                q.rows(&KEYS_OF_RECOVERY, &[Value::from(recovery)])?
                    .iter()
                    .map(|row| Ok((row.int(0)?, row.month(1)?)))
                    .collect::<Result<Vec<_>, StoreError>>()
            })
            .unwrap()
    }

    /// Fen credited for a household's members and a month.
    pub fn credited(&self, members: &[minsheng_registry::PersonId], month: Month) -> Fen {
        let sums = self.sums();
        Fen::new(
            members
                .iter()
                .filter_map(|person| sums.get(&(person.0, month)))
                .map(|sums| sums.credited)
                .sum(),
        )
    }
}
