//! The end of a record: the data keys of a household, of the members that nothing else keeps and of their scans are
//! destroyed, keyed hashes emptied, names replaced, also on the rolls that were taken over. What is erased is said back, and who stays readable with why.
//!
//! Must not ask whether it may be done: who calls has asked ([`super::confirm`]). Must not remove a row.

use minsheng_store::{Query, Subject, Tx, Value, statement};

use super::{EVER_MEMBERS, Proposal, Report, keeps, of};
use crate::evidence::About;
use crate::{PersonId, RegistryError, persons};

statement! {
    ACCOUNTS_OF, internal "the accounts of one person whose record is erased",
    "SELECT id FROM payment_account WHERE person_id = ?1 ORDER BY id"
}
statement! {
    ON_ROLLS, internal "the household on the rolls that it was taken over from, when its record is erased",
    "SELECT p.id FROM roll_snapshot_place s JOIN roll_snapshot_person p ON p.snapshot_household_id = s.snapshot_household_id
     WHERE s.household_id = ?1 ORDER BY p.id"
}
statement! {
    ON_OLD_ROLLS, internal "households of the same village on older rolls that bear the names of the one whose record is erased",
    "SELECT p.id FROM roll_snapshot_household h JOIN roll_snapshot_person p ON p.snapshot_household_id = h.id
     WHERE h.division = (SELECT division FROM household WHERE id = ?1)
       AND NOT EXISTS (SELECT 1 FROM roll_snapshot_place s WHERE s.snapshot_household_id = h.id)
       AND NOT EXISTS (
         SELECT 1 FROM roll_snapshot_person o WHERE o.snapshot_household_id = h.id AND o.name NOT IN
           (SELECT n.name FROM membership m JOIN person n ON n.id = m.person_id WHERE m.household_id = ?1))
     ORDER BY p.id"
}
statement! {
    SCANS_OF, internal "the scans of one subject whose record is erased",
    "SELECT id FROM attachment_content WHERE subject_kind = ?1 AND subject_id = ?2 ORDER BY id"
}

/// Destroys the keys of the record that a proposal is about.
pub(super) fn destroy(
    tx: &mut Tx<'_>,
    about: About,
    proposal: &Proposal,
) -> Result<Report, RegistryError> {
    let mut report = Report {
        about: about.name(),
        erased: Vec::new(),
        kept: Vec::new(),
    };
    let mut going = Vec::new();
    match about {
        About::Person(person) => going.push(person),
        About::Household(household) => {
            for row in tx.rows(&EVER_MEMBERS, &[Value::from(household)])? {
                let person = PersonId(row.int(0)?);
                if of(tx, Subject::Person(person.0))?.is_some() {
                    continue;
                }
                match keeps(tx, person, Some(household))? {
                    Some(reason) => report.kept.push((person.to_string(), reason)),
                    None => going.push(person),
                }
            }
            tx.destroy_key(about.subject(), &proposal.ground, &proposal.cite)?;
            destroy_scans(tx, about, proposal)?;
            let mut named = Vec::new();
            // An older roll knows no household of the register. Who bears only names of this one in its village is
            // taken for it: a namesake loses a name on an old paper, which is less than a name that stays.
            for statement in [&ON_ROLLS, &ON_OLD_ROLLS] {
                for row in tx.rows(statement, &[Value::from(household)])? {
                    named.push((row.int(0)?, vec![Value::from(persons::TOMBSTONE)]));
                }
            }
            tx.update_many("roll_snapshot_person", &["name"], named)?;
        }
    }
    let mut accounts = Vec::new();
    for person in &going {
        tx.destroy_key(Subject::Person(person.0), &proposal.ground, &proposal.cite)?;
        destroy_scans(tx, About::Person(*person), proposal)?;
        for row in tx.rows(&ACCOUNTS_OF, &[Value::from(*person)])? {
            accounts.push((row.int(0)?, vec![Value::Blob(Vec::new())]));
        }
        report.erased.push(person.to_string());
    }
    tx.update_many("payment_account", &["number_hash"], accounts)?;
    let gone = going.iter().map(|person| {
        let row = vec![Value::from(persons::TOMBSTONE), Value::Null];
        (person.0, row)
    });
    tx.update_many("person", &["name", "id_number_hash"], gone.collect())?;
    Ok(report)
}

/// A scan has a key of its own, which goes with the record at the latest.
fn destroy_scans(tx: &mut Tx<'_>, about: About, proposal: &Proposal) -> Result<(), RegistryError> {
    let key = [Value::from(about.kind()), Value::from(about.id())];
    for row in tx.rows(&SCANS_OF, &key)? {
        let scan = Subject::Attachment(row.int(0)?);
        tx.destroy_key(scan, &proposal.ground, &proposal.cite)?;
    }
    Ok(())
}
