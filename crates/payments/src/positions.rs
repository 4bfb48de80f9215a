//! What happened to every key so far: credited, on its way, paid back, written off, still claimed. Sums of
//! records; nothing here knows an entitlement.

use std::collections::BTreeMap;

use minsheng_core::Fen;
use minsheng_ledger::Settlement;
use minsheng_store::{Query, Row, Value, statement};

use crate::PaymentError;
use crate::intern::Names;
use crate::records::{Key, RecoveryEventKind};

statement! {
    PAID, internal "a whole-county computation of the payment run; gives keys and sums",
    "SELECT i.person_id, i.month, i.programme,
            CAST(SUM(CASE WHEN l.state = 'credited' THEN i.amount_fen ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN l.state = 'open' THEN i.amount_fen ELSE 0 END) AS BIGINT)
     FROM payment_item i JOIN payment_line l ON l.id = i.line_id
     WHERE l.state IN ('credited', 'open')
     GROUP BY i.person_id, i.month, i.programme"
}
statement! {
    PAID_KEY, internal "one key inside of an act on its batch or recovery",
    "SELECT i.person_id, i.month, i.programme,
            CAST(SUM(CASE WHEN l.state = 'credited' THEN i.amount_fen ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN l.state = 'open' THEN i.amount_fen ELSE 0 END) AS BIGINT)
     FROM payment_item i JOIN payment_line l ON l.id = i.line_id
     WHERE l.state IN ('credited', 'open') AND i.person_id = ?1 AND i.month = ?2 AND i.programme = ?3
     GROUP BY i.person_id, i.month, i.programme"
}
statement! {
    CLAIMS, internal "a whole-county computation of the payment run; gives keys and sums",
    "SELECT ri.person_id, ri.month, ri.programme, ri.id, ri.recovery_id, ri.amount_fen, ri.fund_source
     FROM recovery_item ri ORDER BY ri.id"
}
statement! {
    CLAIMS_KEY, internal "one key inside of an act on its batch or recovery",
    "SELECT ri.person_id, ri.month, ri.programme, ri.id, ri.recovery_id, ri.amount_fen, ri.fund_source
     FROM recovery_item ri WHERE ri.person_id = ?1 AND ri.month = ?2 AND ri.programme = ?3 ORDER BY ri.id"
}
statement! {
    CLAIMS_RECOVERY, internal "one recovery, whose area the act checks",
    "SELECT ri.person_id, ri.month, ri.programme, ri.id, ri.recovery_id, ri.amount_fen, ri.fund_source
     FROM recovery_item ri WHERE ri.recovery_id = ?1 ORDER BY ri.id"
}
statement! {
    SETTLED, internal "a whole-county computation of the payment run; gives sums per item",
    "SELECT x.recovery_item_id, e.kind, CAST(SUM(x.amount_fen) AS BIGINT)
     FROM recovery_event_item x JOIN recovery_event e ON e.id = x.event_id
     GROUP BY x.recovery_item_id, e.kind"
}
statement! {
    SETTLED_ITEM, internal "one item of a recovery, whose area the act checks",
    "SELECT x.recovery_item_id, e.kind, CAST(SUM(x.amount_fen) AS BIGINT)
     FROM recovery_event_item x JOIN recovery_event e ON e.id = x.event_id
     WHERE x.recovery_item_id = ?1 GROUP BY x.recovery_item_id, e.kind"
}

/// One item of a recovery with what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) id: i64,
    pub(crate) recovery: i64,
    pub(crate) key: Key,
    pub(crate) source: String,
    pub(crate) amount: Fen,
    pub(crate) repaid: Fen,
    pub(crate) written_off: Fen,
    pub(crate) withdrawn: Fen,
}

impl Claim {
    /// Paid back, given up or withdrawn. What was given up and withdrawn later counts as withdrawn.
    pub(crate) fn settled(&self) -> Result<Fen, PaymentError> {
        Ok(Fen::sum([self.repaid, self.written_off, self.withdrawn])?)
    }

    /// Still owed.
    pub(crate) fn open(&self) -> Result<Fen, PaymentError> {
        let open = self.amount.checked_sub(self.settled()?)?;
        if open.is_negative() {
            return Err(PaymentError::inconsistent(
                format!("recovery item {}", self.id),
                format!("more is settled than the {} claimed", self.amount),
            ));
        }
        Ok(open)
    }
}

/// What happened to each key.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    by_key: BTreeMap<Key, Settlement>,
    pub(crate) claims: Vec<Claim>,
}

impl Positions {
    /// All keys.
    pub(crate) fn load(q: &mut dyn Query, names: &mut Names) -> Result<Positions, PaymentError> {
        let paid = q.rows(&PAID, &[])?;
        let claims = q.rows(&CLAIMS, &[])?;
        let settled = if claims.is_empty() {
            Vec::new()
        } else {
            q.rows(&SETTLED, &[])?
        };
        Positions::of(&paid, &claims, &settled, names)
    }

    /// One key.
    pub(crate) fn of_key(
        q: &mut dyn Query,
        key: &Key,
        names: &mut Names,
    ) -> Result<Positions, PaymentError> {
        let params = [
            Value::from(key.person),
            Value::from(key.month),
            Value::from(&*key.programme),
        ];
        let paid = q.rows(&PAID_KEY, &params)?;
        let claims = q.rows(&CLAIMS_KEY, &params)?;
        let settled = settled_of(q, &claims)?;
        Positions::of(&paid, &claims, &settled, names)
    }

    fn of(
        paid: &[Row],
        claims: &[Row],
        settled: &[Row],
        names: &mut Names,
    ) -> Result<Positions, PaymentError> {
        let mut sums = Vec::with_capacity(paid.len());
        for row in paid {
            let position = Settlement {
                credited: row.fen(3)?,
                in_flight: row.fen(4)?,
                ..Settlement::entitled_to(Fen::ZERO)
            };
            sums.push((key_of(row, names)?, position));
        }
        let mut positions = Positions {
            by_key: sums.into_iter().collect(),
            claims: claims_of(claims, settled, names)?,
        };
        for claim in &positions.claims {
            let position = positions
                .by_key
                .entry(claim.key.clone())
                .or_insert_with(|| Settlement::entitled_to(Fen::ZERO));
            position.recovered = position.recovered.checked_add(claim.repaid)?;
            position.written_off = position.written_off.checked_add(claim.written_off)?;
            position.recovery_open = position.recovery_open.checked_add(claim.open()?)?;
        }
        Ok(positions)
    }

    /// What happened to a key, beside an entitlement.
    pub(crate) fn against(&self, key: &Key, entitled: Fen) -> Settlement {
        match self.by_key.get(key) {
            Some(position) => Settlement {
                entitled,
                ..*position
            },
            None => Settlement::entitled_to(entitled),
        }
    }

    /// All keys to which something happened.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.by_key.keys()
    }
}

/// The items of a recovery.
pub(crate) fn claims_of_recovery(
    q: &mut dyn Query,
    recovery: i64,
) -> Result<Vec<Claim>, PaymentError> {
    let claims = q.rows(&CLAIMS_RECOVERY, &[Value::from(recovery)])?;
    let settled = settled_of(q, &claims)?;
    claims_of(&claims, &settled, &mut Names::default())
}

fn settled_of(q: &mut dyn Query, claims: &[Row]) -> Result<Vec<Row>, PaymentError> {
    let mut settled = Vec::new();
    for claim in claims {
        settled.extend(q.rows(&SETTLED_ITEM, &[Value::from(claim.int(3)?)])?);
    }
    Ok(settled)
}

fn claims_of(rows: &[Row], settled: &[Row], names: &mut Names) -> Result<Vec<Claim>, PaymentError> {
    let mut sums: BTreeMap<(i64, RecoveryEventKind), Fen> = BTreeMap::new();
    for row in settled {
        sums.insert(
            (row.int(0)?, RecoveryEventKind::read(row.text(1)?)?),
            row.fen(2)?,
        );
    }
    rows.iter()
        .map(|row| {
            let id = row.int(3)?;
            let sum = |kind| sums.get(&(id, kind)).copied().unwrap_or(Fen::ZERO);
            let undone = sum(RecoveryEventKind::WriteOffWithdrawn);
            Ok(Claim {
                id,
                recovery: row.int(4)?,
                key: key_of(row, names)?,
                amount: row.fen(5)?,
                source: row.text(6)?.to_owned(),
                repaid: sum(RecoveryEventKind::Repaid),
                written_off: sum(RecoveryEventKind::WrittenOff).checked_sub(undone)?,
                withdrawn: sum(RecoveryEventKind::Withdrawn).checked_add(undone)?,
            })
        })
        .collect()
}

/// Reads person, month and programme from the first three columns.
pub(crate) fn key_of(row: &Row, names: &mut Names) -> Result<Key, PaymentError> {
    Ok(Key {
        person: row.int(0)?,
        month: row.month(1)?,
        programme: names.get(row.text(2)?),
    })
}
