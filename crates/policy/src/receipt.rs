//! The receipt of an answer: which rules were applied, in which version, to which values, and what came out; enough
//! to derive it again years later from the pack alone.
//!
//! A receipt is JSON. Proving it means making it again from what it says was read: everything that is not listed is
//! missing then, so a receipt that leaves out a value, or names a version that was not used, does not come out the
//! same. Must not know: cases, databases; what they add stands in [`Issued`].

use std::fmt::Write;

use minsheng_core::Month;
use serde_json::{Map, Value, json};
use sm3::{Digest, Sm3};

use crate::determination::KeyDates;
use crate::error::{BoundaryError, EvalError};
use crate::eval::needs::NeedRef;
use crate::facts::{Facts, Reader, cell_json};
use crate::layout::Cell;
use crate::packset::PackSet;
use crate::programme::Programme;

/// Form of the receipts that this program writes.
const FORM: i64 = 1;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whether, and how much.
    Determination,
    /// The amounts of a month under a decision that stands.
    Amounts,
}

impl Asked {
    fn as_str(self) -> &'static str {
        match self {
            Asked::Determination => "determination",
            Asked::Amounts => "amounts",
        }
    }
}

/// Where the facts come from, as the records number it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issued {
    /// Key of the determination whose frozen facts were read.
    pub determination: Option<i64>,
    /// Time of the last transaction whose evidence was known, RFC 3339.
    pub known_at: Option<String>,
    /// Number of that transaction.
    pub known_tx: Option<i64>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    value: Map<String, Value>,
}

/// A receipt that is not proved.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It cannot be read.
    #[error(
        "{path}: {problem}\n  hint: a receipt is a file that `minsheng explain --issue FILE` wrote"
    )]
    Unreadable {
        /// Field.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// It was made by another pack.
    #[error(
        "pack: the receipt was made by {wanted}, this is {found}\n  hint: name the folder of that pack with --pack, or the database that published it with --db"
    )]
    OtherPack {
        /// Hash in the receipt.
        wanted: String,
        /// Hash of the set at hand.
        found: String,
    },
    /// A value that was read is not of its kind.
    #[error(transparent)]
    Value(#[from] BoundaryError),
    /// The programme gives no answer to the values.
    #[error(transparent)]
    Evaluation(#[from] EvalError),
    /// Made again, it is another one.
    #[error("{path}: the receipt says {claimed}, derived again it is {found}")]
    Differs {
        /// Field.
        path: String,
        /// What the receipt says.
        claimed: String,
        /// What comes out.
        found: String,
    },
}

impl Receipt {
    /// Makes the receipt of an answer.
    ///
    /// # Errors
    /// As [`Programme::determine`].
    pub fn make(
        set: &PackSet,
        programme: &Programme,
        facts: &Facts,
        key: &KeyDates,
        asked: Asked,
        issued: &Issued,
    ) -> Result<Receipt, EvalError> {
        let answered = programme.receipt(facts, key, asked == Asked::Determination)?;
        let values: Vec<Value> = answered
            .read
            .iter()
            .filter_map(|need| value_read(programme, facts, *need))
            .collect();
        let mut value = Map::new();
        let mut put = |name: &str, what: Value| value.insert(name.to_owned(), what);
        put("receipt", json!(FORM));
        put("language", json!(crate::LANGUAGE_VERSION));
        put("authority", json!(set.authority()));
        put("pack", json!(set.hash()));
        put("programme", json!(programme.code));
        put("asked", json!(asked.as_str()));
        put("acceptance", json!(key.acceptance.to_string()));
        put("month", json!(key.month.to_string()));
        put("household", json!(facts.household_id));
        put("persons", json!(facts.person_ids));
        put(
            "application_date",
            json!(facts.application_date.to_string()),
        );
        put("single", json!(facts.single()));
        put("determination", json!(issued.determination));
        put("known_at", json!(issued.known_at));
        put("known_tx", json!(issued.known_tx));
        put("values", Value::Array(values));
        put("versions", answered.versions);
        put("parameters", answered.parameters);
        put("result", answered.result);
        let hash = hash(&value);
        value.insert("result_hash".to_owned(), Value::String(hash));
        Ok(Receipt { value })
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn read(value: Value) -> Result<Receipt, ReceiptError> {
        let Value::Object(value) = value else {
            return Err(unreadable("receipt", "expected an object"));
        };
        let receipt = Receipt { value };
        if receipt.whole("receipt")? != FORM {
            return Err(unreadable("receipt", "this form is not known here"));
        }
        Ok(receipt)
    }

    /// The receipt as JSON.
    pub fn to_json(&self) -> Value {
        Value::Object(self.value.clone())
    }

    /// Hash of the pack that it was made by.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn pack(&self) -> Result<&str, ReceiptError> {
        self.text("pack")
    }

    /// Authority of that pack.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn authority(&self) -> Result<&str, ReceiptError> {
        self.text("authority")
    }

    /// Programme that was asked.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn programme(&self) -> Result<&str, ReceiptError> {
        self.text("programme")
    }

    /// Month that was asked about.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn month(&self) -> Result<Month, ReceiptError> {
        self.parsed("month")
    }

    /// What was asked.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn asked(&self) -> Result<Asked, ReceiptError> {
        match self.text("asked")? {
            "determination" => Ok(Asked::Determination),
            "amounts" => Ok(Asked::Amounts),
            _ => Err(unreadable("asked", "expected determination or amounts")),
        }
    }

    /// Household that was asked about.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn household(&self) -> Result<i64, ReceiptError> {
        self.whole("household")
    }

    /// Hash over everything else that it says.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn result_hash(&self) -> Result<&str, ReceiptError> {
        self.text("result_hash")
    }

    /// What the records add to it.
    ///
    /// # Errors
    /// [`ReceiptError::Unreadable`].
    pub fn issued(&self) -> Result<Issued, ReceiptError> {
        let number = |name: &str| match self.value.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.whole(name).map(Some),
        };
        Ok(Issued {
            determination: number("determination")?,
            known_tx: number("known_tx")?,
            known_at: match self.value.get("known_at") {
                None | Some(Value::Null) => None,
                Some(_) => Some(self.text("known_at")?.to_owned()),
            },
        })
    }

    /// Derives it again from the values that it says were read.
    ///
    /// # Errors
    /// [`ReceiptError`], with the field that does not come out the same.
    pub fn prove(&self, set: &PackSet) -> Result<(), ReceiptError> {
        let wanted = self.pack()?;
        if wanted != set.hash() {
            return Err(ReceiptError::OtherPack {
                wanted: wanted.to_owned(),
                found: set.hash().to_owned(),
            });
        }
        let code = self.programme()?;
        let programme = set
            .programme(code)
            .ok_or_else(|| unreadable("programme", "there is no such programme in the pack"))?;
        let key = KeyDates {
            acceptance: self.parsed("acceptance")?,
            month: self.parsed("month")?,
        };
        let asked = self.asked()?;
        let facts = self.facts(programme)?;
        let again = Receipt::make(set, programme, &facts, &key, asked, &self.issued()?)?;
        self.equals(&again)
    }

    /// Compares with the same receipt made again.
    ///
    /// # Errors
    /// [`ReceiptError::Differs`] with the first field that differs.
    pub fn equals(&self, again: &Receipt) -> Result<(), ReceiptError> {
        let (claimed, found) = (self.to_json(), again.to_json());
        match difference(&claimed, &found, "receipt") {
            None => Ok(()),
            Some((path, claimed, found)) => Err(ReceiptError::Differs {
                path,
                claimed,
                found,
            }),
        }
    }

    /// The facts that were read; everything else is missing.
    fn facts(&self, programme: &Programme) -> Result<Facts, ReceiptError> {
        let layout = &programme.program.layout;
        let persons = self.list("persons")?;
        let mut person_ids: Vec<i64> = Vec::new();
        for person in persons {
            let id = person.as_i64().filter(|id| !person_ids.contains(id));
            person_ids
                .push(id.ok_or_else(|| unreadable("persons", "expected numbers, each once"))?);
        }
        let single = match self.value.get("single") {
            None | Some(Value::Null) => None,
            Some(_) => {
                let id = self.whole("single")?;
                let index = person_ids.iter().position(|known| *known == id);
                Some(index.ok_or_else(|| unreadable("single", "is none of the persons"))? as u32)
            }
        };
        let mut facts = Facts {
            fingerprint: layout.fingerprint,
            household_id: self.household()?,
            household: vec![Cell::Missing; layout.household.len()],
            persons: vec![Cell::Missing; layout.person.len() * person_ids.len()],
            person_ids,
            width: layout.person.len(),
            records: Vec::new(),
            application_date: self.parsed("application_date")?,
            single,
        };
        let reader = Reader { layout };
        for (index, entry) in self.list("values")?.iter().enumerate() {
            let path = format!("values[{index}]");
            let field = entry["field"].as_str().unwrap_or_default();
            let person = match &entry["person"] {
                Value::Null => None,
                id => {
                    let known = id
                        .as_i64()
                        .and_then(|id| facts.person_ids.iter().position(|known| *known == id));
                    Some(known.ok_or_else(|| unreadable(&path, "is about none of the persons"))?)
                }
            };
            let slots = match person {
                None => &layout.household,
                Some(_) => &layout.person,
            };
            let slot = slots
                .iter()
                .position(|slot| slot.name == field)
                .ok_or_else(|| unreadable(&path, "the programme has no such evidence"))?;
            let cell = match &entry["value"] {
                Value::Null if slots[slot].absent != Cell::Missing => slots[slot].absent,
                value => {
                    let mut records = std::mem::take(&mut facts.records);
                    let read = reader.one(value, &slots[slot], &mut records, field);
                    facts.records = records;
                    read?
                }
            };
            *facts.cell_mut(person.map(|person| person as u32), slot as u16) = cell;
        }
        Ok(facts)
    }

    fn field(&self, name: &str) -> Result<&Value, ReceiptError> {
        self.value
            .get(name)
            .ok_or_else(|| unreadable(name, "is missing"))
    }

    fn text(&self, name: &str) -> Result<&str, ReceiptError> {
        let text = self.field(name)?.as_str();
        text.ok_or_else(|| unreadable(name, "expected a text"))
    }

    fn whole(&self, name: &str) -> Result<i64, ReceiptError> {
        let number = self.field(name)?.as_i64();
        number.ok_or_else(|| unreadable(name, "expected a whole number"))
    }

    fn list(&self, name: &str) -> Result<&[Value], ReceiptError> {
        let list = self.field(name)?.as_array();
        list.map(Vec::as_slice)
            .ok_or_else(|| unreadable(name, "expected a list"))
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<T, ReceiptError> {
        let parsed = self.text(name)?.parse();
        parsed.map_err(|_| {
            unreadable(
                name,
                "expected a day such as 2021-03-01, or a month such as 2021-03",
            )
        })
    }
}

fn unreadable(path: &str, problem: &str) -> ReceiptError {
    ReceiptError::Unreadable {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

/// A value as it was read; nothing for what was missing.
fn value_read(programme: &Programme, facts: &Facts, need: NeedRef) -> Option<Value> {
    let layout = &programme.program.layout;
    let (slot, cell, person) = match need.person {
        None => (
            &layout.household[need.slot as usize],
            facts.household[need.slot as usize],
            None,
        ),
        Some(person) => (
            &layout.person[need.slot as usize],
            facts.person(person, need.slot),
            Some(facts.person_ids[person as usize]),
        ),
    };
    let value = cell_json(layout, slot, cell, &facts.records)?;
    Some(json!({ "person": person, "field": slot.name, "value": value }))
}

fn hash(value: &Map<String, Value>) -> String {
    // Names stand in the order of the alphabet, so that equal receipts are equal texts.
    let ordered: std::collections::BTreeMap<&String, &Value> = value.iter().collect();
    let text = serde_json::to_string(&ordered).unwrap_or_default();
    Sm3::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// The first place at which two values differ, with both.
fn difference(left: &Value, right: &Value, path: &str) -> Option<(String, String, String)> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<&String> =
                left.keys().chain(right.keys()).collect();
            // The hash differs whenever anything does: what it is about is said first.
            let (hashes, others): (Vec<&String>, Vec<&String>) =
                names.into_iter().partition(|name| *name == "result_hash");
            others.into_iter().chain(hashes).find_map(|name| {
                let of =
                    |object: &Map<String, Value>| object.get(name).cloned().unwrap_or(Value::Null);
                let path = if path == "receipt" {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                difference(&of(left), &of(right), &path)
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .enumerate()
            .find_map(|(index, (left, right))| {
                difference(left, right, &format!("{path}[{index}]"))
            }),
        (Value::Array(left), Value::Array(right)) => Some((
            path.to_owned(),
            format!("{} entries", left.len()),
            right.len().to_string(),
        )),
        _ if left == right => None,
        _ => Some((path.to_owned(), left.to_string(), right.to_string())),
    }
}
