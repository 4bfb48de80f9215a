//! What the records say about a person, for a form that was sent and for a roll that goes out.
//!
//! A form asks for what stands in many records at once: the register, the roll of a month, the bank's credits, the
//! decision. What nobody recorded stays empty, never zero. Numbers and accounts are masked unless a reason is given;
//! the reason is on record with the file.
//!
//! Source: handbook of assistance §1.4 (paid in the year), §1.6 (what lists may show).

mod answer;
mod fill;
mod roll;

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen, Month, Relation, completed_age};
use minsheng_payments::queries::{self, RollRow};
use minsheng_registry::evidence::{self, About};
use minsheng_registry::{Desk, HouseholdId, PersonId, accounts, divisions, households, persons};
use minsheng_store::{Query, Scope, TxNo};

use crate::StatisticsError;

pub use self::fill::{FilledForm, Outcome, fill};
pub use self::roll::{Households, roll_out};

/// Everything a form may ask about one person.
#[derive(Debug, Clone)]
pub struct KnownPerson {
    /// Key.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// GB/T 2261.1 code.
    pub sex: String,
    /// Date of birth.
    pub birth: Date,
    /// Age in completed years on the last day of the month.
    pub age: i32,
    /// Identity number, masked or whole.
    pub number: Option<String>,
    /// Household on the last day of the month.
    pub household: Option<HouseholdId>,
    /// Name of its head.
    pub head: Option<String>,
    /// Relation to the head.
    pub relation: Option<Relation>,
    /// 12-digit code of the village.
    pub division: i64,
    /// Name of the township.
    pub township: Option<String>,
    /// Name of the village.
    pub village: Option<String>,
    /// Urban or rural, as recorded.
    pub area: Option<String>,
    /// Class and level of disability, as recorded, or that it is [hidden](MASKED).
    pub disability: Option<String>,
    /// Account, masked or whole.
    pub account: Option<String>,
    /// Chinese name of the programme of the month.
    pub programme: Option<String>,
    /// Class of the month.
    pub class: Option<String>,
    /// Amount of the month.
    pub amount: Option<Fen>,
    /// Months of benefit credited in the year.
    pub months_paid: Option<usize>,
    /// Credited in the year, net of repayments.
    pub paid: Option<Fen>,
    /// Day of the decision in force.
    pub decided_on: Option<Date>,
    /// Number of its case.
    pub case_number: Option<String>,
}

/// What stands for a health fact in a list that is not unmasked: there is something, and a file says no more.
pub const MASKED: &str = "****";

/// The records as a form is filled from them.
pub struct Sources<'a> {
    desk: &'a Desk<'a>,
    scope: &'a Scope,
    month: Month,
    known: TxNo,
    unmasked: bool,
    names: BTreeMap<i64, String>,
    roll: BTreeMap<i64, RollRow>,
    paid: BTreeMap<i64, (usize, Fen)>,
    decided: BTreeMap<i64, (String, Date)>,
}

impl<'a> Sources<'a> {
    /// Reads what is read once: the roll of the month, the credits of its year, the decisions of the area.
    ///
    /// # Errors
    /// [`StatisticsError`] of the records.
    pub fn read(
        desk: &'a Desk<'a>,
        q: &mut dyn Query,
        scope: &'a Scope,
        month: Month,
        unmasked: bool,
    ) -> Result<Self, StatisticsError> {
        let known = q.last_tx()?;
        let mut sources = Sources {
            desk,
            scope,
            month,
            known,
            unmasked,
            names: BTreeMap::new(),
            roll: BTreeMap::new(),
            paid: BTreeMap::new(),
            decided: minsheng_benefits::assistance::queries::decided(q, scope)?,
        };
        for division in divisions::on(q, month.last_day())? {
            sources.names.insert(division.code, division.name);
        }
        for row in queries::roll(q, scope, month, known)? {
            sources.roll.insert(row.person, row);
        }
        let mut months: BTreeMap<i64, std::collections::BTreeSet<Month>> = BTreeMap::new();
        for item in queries::paid_in_year(q, scope, month.year(), known)? {
            months.entry(item.person).or_default().insert(item.month);
            let sum = &mut sources.paid.entry(item.person).or_insert((0, Fen::ZERO)).1;
            *sum = sum.checked_add(item.amount)?;
        }
        for item in queries::repaid_in_year(q, scope, month.year(), known)? {
            let sum = &mut sources.paid.entry(item.person).or_insert((0, Fen::ZERO)).1;
            *sum = sum.checked_sub(item.amount)?;
        }
        for (person, months) in months {
            if let Some((count, _)) = sources.paid.get_mut(&person) {
                *count = months.len();
            }
        }
        Ok(sources)
    }

    /// The roll of the month, by person.
    pub(crate) const fn roll(&self) -> &BTreeMap<i64, RollRow> {
        &self.roll
    }

    /// The last day of the month.
    pub(crate) fn day(&self) -> Date {
        self.month.last_day()
    }

    /// Everything about one person of the area; none outside of it.
    ///
    /// # Errors
    /// [`StatisticsError`] of the records.
    pub fn person(
        &self,
        q: &mut dyn Query,
        id: PersonId,
    ) -> Result<Option<KnownPerson>, StatisticsError> {
        let Some(person) = persons::find(q, self.scope, id)? else {
            return Ok(None);
        };
        let day = self.day();
        let household = households::home_of(q, id, day, self.known)?;
        let members = match household {
            Some(household) => households::members(q, household, day, self.known)?,
            None => Vec::new(),
        };
        let own = members.iter().find(|member| member.person == id);
        let head = members
            .iter()
            .find(|member| member.relation == Relation::Head.as_str());
        let number = if self.unmasked {
            persons::whole_number(q, id)?
        } else {
            persons::masked_number(q, id)?
        };
        let account = match accounts::current(q, id)? {
            None => None,
            Some(account) => accounts::whole_number(q, &account)?.map(|number| {
                let shown = number
                    .get(number.len().saturating_sub(4)..)
                    .unwrap_or_default();
                if self.unmasked {
                    number.clone()
                } else {
                    format!("****{shown}")
                }
            }),
        };
        let code = |rows: &[evidence::RecordedEvidence], kind: &str| {
            let found = rows.iter().find(|row| {
                row.superseded_tx.is_none() && row.row.kind == kind && row.row.covers(day)
            });
            found.and_then(|row| row.row.code.clone())
        };
        let of_person = evidence::history(q, About::Person(id), self.known)?;
        let of_household = match household {
            Some(household) => evidence::history(q, About::Household(household), self.known)?,
            None => Vec::new(),
        };
        let roll = self.roll.get(&id.0);
        let programme = roll.and_then(|row| {
            let programme = self.desk.packs.current().programme(&row.programme);
            programme.map(|programme| programme.name.zh.clone())
        });
        let decided = roll.and_then(|row| self.decided.get(&row.decision));
        let paid = self.paid.get(&id.0);
        Ok(Some(KnownPerson {
            id,
            name: person.name,
            sex: person.sex,
            birth: person.birth,
            age: completed_age(person.birth, day),
            number,
            household,
            head: head.map(|head| head.name.clone()),
            relation: own.and_then(|own| own.relation.parse().ok()),
            division: person.division,
            township: self.names.get(&(person.division / 1_000 * 1_000)).cloned(),
            village: self
                .names
                .get(&person.division)
                .filter(|_| person.division % 1_000 != 0)
                .cloned(),
            area: code(&of_household, "residence_area"),
            disability: code(&of_person, "disability").map(|code| {
                if self.unmasked {
                    code
                } else {
                    MASKED.to_owned()
                }
            }),
            account,
            programme,
            class: roll.map(|row| row.class.clone()),
            amount: roll.map(|row| row.amount),
            months_paid: paid.map(|(months, _)| *months),
            paid: paid.map(|(_, sum)| *sum),
            decided_on: decided.map(|(_, day)| *day),
            case_number: decided.map(|(number, _)| number.clone()),
        }))
    }
}
