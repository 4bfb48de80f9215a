//! Destroys the keys of what is erased, and what else would still name it.

use super::*;

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
