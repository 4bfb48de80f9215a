//! Every key: credited, less what came back or is given up, is not more than the entitlement, or an open recovery
//! names the difference; and what is on its way never makes it more than the key was ever entitled to.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Fen;
use minsheng_store::{Query, statement};

use super::Findings;
use crate::PaymentError;
use crate::intern::Names;
use crate::positions::{Positions, key_of};
use crate::records::Key;
use crate::stored::current_entitlements;

statement! {
    EVER_ENTITLED, internal "the proof of the whole books; gives keys and sums",
    "SELECT person_id, month, programme, MAX(amount_fen) FROM entitlement GROUP BY person_id, month, programme"
}

pub(super) fn check(q: &mut dyn Query, findings: &mut Findings) -> Result<(), PaymentError> {
    let mut names = Names::default();
    let positions = Positions::load(q, &mut names)?;
    let mut entitled: BTreeMap<Key, (i64, Fen)> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for (row, current) in current_entitlements(q, &mut names)? {
        if let Some((other, _)) = entitled.insert(current.key.clone(), (row, current.amount)) {
            twice.insert((row, other));
        }
    }
    for (row, other) in twice {
        findings.add(
            "entitlement",
            row,
            format!("row {other} is in force for the same key"),
        );
    }
    let mut ever: BTreeMap<Key, Fen> = BTreeMap::new();
    for row in q.rows(&EVER_ENTITLED, &[])? {
        ever.insert(key_of(&row, &mut names)?, row.fen(3)?);
    }
    for key in positions.keys() {
        let (row, amount) = match entitled.get(key) {
            Some((row, amount)) => (Some(*row), *amount),
            None => (None, Fen::ZERO),
        };
        let position = positions.against(key, amount);
        if let Err(fault) = position.check() {
            findings.add("entitlement", row, format!("{key}: {fault}"));
        }
        let kept = position.credited.checked_sub(position.recovered)?;
        let reaching = kept.checked_add(position.in_flight)?;
        let most = ever.get(key).copied().unwrap_or(Fen::ZERO);
        if reaching > most {
            findings.add(
                "payment_item",
                None,
                format!("{key}: {reaching} yuan were paid or are on their way, at most {most} were ever due"),
            );
        }
    }
    Ok(())
}
