//! Families with their evidence.

use minsheng_core::{Date, Relation, citizen_id};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::persons::{self, NewPerson};
use minsheng_registry::{HouseholdId, PersonId};

use super::{CLERK, CLERK_YALA, County, YALA_1, day};

/// A household with its members in the order in which they were named.
#[derive(Debug, Clone)]
pub struct Family {
    pub household: HouseholdId,
    pub members: Vec<PersonId>,
    pub clerk: &'static str,
}

/// What is to be recorded about a family.
pub struct Draft<'c> {
    county: &'c County,
    division: i64,
    members: Vec<(&'static str, Date, Relation)>,
    household: Vec<EvidenceRow>,
    persons: Vec<(usize, EvidenceRow, bool)>,
}

/// A row that says nothing yet.
pub fn row(kind: &str, from: &str) -> EvidenceRow {
    EvidenceRow {
        kind: kind.to_owned(),
        slot: String::new(),
        code: None,
        quantity: None,
        amount_fen: None,
        valid_from: day(from),
        valid_to: None,
    }
}

pub fn code(kind: &str, value: &str, from: &str) -> EvidenceRow {
    EvidenceRow {
        code: Some(value.to_owned()),
        ..row(kind, from)
    }
}

/// An income of twelve months.
pub fn income(kind: &str, yuan_per_month: i64, from: &str) -> EvidenceRow {
    EvidenceRow {
        slot: kind.to_owned(),
        amount_fen: Some(yuan_per_month * 100),
        quantity: Some(12),
        ..row("income", from)
    }
}

const SINCE: &str = "2015-01-01";

impl<'c> Draft<'c> {
    pub fn new(county: &'c County, division: i64, area: &str) -> Self {
        let quantity = |kind: &str| EvidenceRow {
            quantity: Some(0),
            ..row(kind, SINCE)
        };
        let household = vec![
            code("residence_area", area, SINCE),
            EvidenceRow {
                amount_fen: Some(100_000),
                ..row("financial_assets", SINCE)
            },
            quantity("vehicle"),
            quantity("second_home"),
            code("active_company", "no", SINCE),
        ];
        Draft {
            county,
            division,
            members: Vec::new(),
            household,
            persons: Vec::new(),
        }
    }

    /// Adds a member who has declared income and expenses.
    pub fn member(mut self, name: &'static str, birth: &str, relation: Relation) -> Self {
        self = self.silent(name, birth, relation);
        let declared = code("income_declaration", "declared", SINCE);
        self.about_last(declared, false)
    }

    /// Adds a member of whose means nothing is known.
    pub fn silent(mut self, name: &'static str, birth: &str, relation: Relation) -> Self {
        self.members.push((name, day(birth), relation));
        self
    }

    /// Records something about the member added last.
    pub fn about_last(mut self, row: EvidenceRow, health: bool) -> Self {
        let last = self.members.len() - 1;
        self.persons.push((last, row, health));
        self
    }

    pub fn earns(self, kind: &str, yuan_per_month: i64) -> Self {
        self.about_last(income(kind, yuan_per_month, SINCE), false)
    }

    pub fn disabled(self, class_and_level: &str) -> Self {
        self.about_last(code("disability", class_and_level, SINCE), true)
    }

    /// Replaces what is recorded about the household.
    pub fn household(mut self, row: EvidenceRow) -> Self {
        self.household.retain(|other| other.kind != row.kind);
        self.household.push(row);
        self
    }

    /// Leaves a kind of household evidence out.
    pub fn without(mut self, kind: &str) -> Self {
        self.household.retain(|other| other.kind != kind);
        self
    }

    pub fn record(self) -> Family {
        let clerk = if self.division == YALA_1 {
            CLERK_YALA
        } else {
            CLERK
        };
        let (county, desk) = (self.county, self.county.desk());
        let persons: Vec<NewPerson> = self
            .members
            .iter()
            .map(|(name, birth, _)| {
                // Born from 2015 on, synthetic persons take the region of the demo.
                let region = if birth.year() < 2015 {
                    "513301"
                } else {
                    "993301"
                };
                let number = citizen_id::build(region, *birth, county.next_sequence()).unwrap();
                NewPerson {
                    name: (*name).to_owned(),
                    sex: number.sex().as_str().to_owned(),
                    birth: *birth,
                    id_number: Some(number.as_str().to_owned()),
                    division: self.division,
                }
            })
            .collect();
        let members = persons::register_many(&desk, &county.ctx(clerk), &persons).unwrap();
        let household = NewHousehold {
            division: self.division,
            members: members
                .iter()
                .copied()
                .zip(self.members.iter().map(|(_, _, relation)| *relation))
                .collect(),
            since: day(SINCE).max(
                self.members
                    .iter()
                    .map(|(_, birth, _)| *birth)
                    .max()
                    .unwrap(),
            ),
        };
        let household = households::form(&desk, &county.ctx(clerk), &household).unwrap();
        let about = |about, row, health| NewEvidence {
            about,
            row,
            health,
            source: "declaration".to_owned(),
        };
        let mut rows: Vec<NewEvidence> = self
            .household
            .into_iter()
            .map(|row| about(About::Household(household), row, false))
            .collect();
        rows.extend(
            self.persons
                .into_iter()
                .map(|(place, row, health)| about(About::Person(members[place]), row, health)),
        );
        evidence::record_many(&desk, &county.ctx(clerk), &rows).unwrap();
        Family {
            household,
            members,
            clerk,
        }
    }
}

/// Two adults in an urban household; income per head in yuan.
pub fn urban_couple(county: &County, division: i64, per_head: i64) -> Family {
    Draft::new(county, division, "urban")
        .member("张伟", "1970-05-04", Relation::Head)
        .earns("transfer", per_head)
        .member("李娜", "1972-03-08", Relation::Spouse)
        .earns("transfer", per_head)
        .record()
}

/// A couple with 290 yuan each in each of the villages.
pub fn couples(county: &County, villages: &[i64]) -> Vec<Family> {
    let one = |village: &i64| urban_couple(county, *village, 290);
    villages.iter().map(one).collect()
}

/// Records a change that is true from a day on.
pub fn change(county: &County, family: &Family, person: PersonId, row: EvidenceRow, health: bool) {
    let new = NewEvidence {
        about: About::Person(person),
        row,
        health,
        source: "declaration".to_owned(),
    };
    evidence::change(&county.desk(), &county.ctx(family.clerk), &new).unwrap();
}

/// Records a death.
pub fn dies(county: &County, family: &Family, person: PersonId, on: &str) {
    let new = NewEvidence {
        about: About::Person(person),
        row: row("death", on),
        health: false,
        source: "public security".to_owned(),
    };
    evidence::record(&county.desk(), &county.ctx(family.clerk), &new).unwrap();
}
