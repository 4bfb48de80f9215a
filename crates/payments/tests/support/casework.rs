//! Households of the small county and their cases: everything through the functions a clerk's act calls.

use minsheng_benefits::assistance::{
    self, Answer, Cause, FiledBy, Investigation, NewApplication, Papers,
};
use minsheng_core::{Date, Relation, bank_account, citizen_id};
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::persons::{self, NewPerson};
use minsheng_registry::{CaseId, HouseholdId, PersonId};

use super::{County, VILLAGE};

pub const RURAL: &str = "rural-dibao";

/// A household as it lives in the county.
#[derive(Debug, Clone)]
pub struct Home {
    pub household: HouseholdId,
    /// The head first.
    pub members: Vec<PersonId>,
    pub account: i64,
    pub number: String,
    pub case: Option<CaseId>,
}

impl Home {
    pub fn head(&self) -> PersonId {
        self.members[0]
    }
}

/// Number of the account of the `n`-th card.
pub fn card(n: usize) -> String {
    bank_account::complete(&format!("621700{n:012}"))
        .unwrap()
        .as_str()
        .to_owned()
}

fn code(about: About, kind: &str, code: &str, from: Date, health: bool) -> NewEvidence {
    let row = EvidenceRow {
        kind: kind.to_owned(),
        slot: String::new(),
        code: Some(code.to_owned()),
        quantity: None,
        amount_fen: None,
        valid_from: from,
        valid_to: None,
    };
    NewEvidence {
        about,
        row,
        health,
        source: "test".to_owned(),
    }
}

fn number(
    about: About,
    kind: &str,
    quantity: Option<i64>,
    amount_fen: Option<i64>,
    from: Date,
) -> NewEvidence {
    let row = EvidenceRow {
        kind: kind.to_owned(),
        slot: String::new(),
        code: None,
        quantity,
        amount_fen,
        valid_from: from,
        valid_to: None,
    };
    NewEvidence {
        about,
        row,
        health: false,
        source: "test".to_owned(),
    }
}

fn death(person: PersonId, on: Date) -> NewEvidence {
    let row = EvidenceRow {
        kind: "death".to_owned(),
        slot: String::new(),
        code: None,
        quantity: None,
        amount_fen: None,
        valid_from: on,
        valid_to: None,
    };
    NewEvidence {
        about: About::Person(person),
        row,
        health: false,
        source: "test".to_owned(),
    }
}

/// A disability, which raises the person's class once a review decided so.
pub fn disability(person: PersonId, from: Date) -> NewEvidence {
    code(About::Person(person), "disability", "42", from, true)
}

/// A wage of a year, in fen.
pub fn wage(person: PersonId, amount_fen: i64, from: Date) -> NewEvidence {
    let mut new = number(
        About::Person(person),
        "income",
        Some(12),
        Some(amount_fen),
        from,
    );
    new.row.slot = "wage".to_owned();
    new
}

impl County {
    /// Poor rural households of the given sizes, with evidence and a confirmed account. `first` numbers the first
    /// of their persons and cards.
    pub fn settle(&self, first: usize, sizes: &[usize]) -> Vec<Home> {
        let since = Date::constant(2015, 1, 1);
        let mut people = Vec::new();
        for n in first..first + sizes.iter().sum::<usize>() {
            let year = 1950 + i16::try_from(n / 300).unwrap();
            let month = 1 + i8::try_from(n / 25 % 12).unwrap();
            let birth = Date::constant(year, month, 1 + i8::try_from(n % 25).unwrap());
            let id =
                citizen_id::build("513301", birth, 1 + u16::try_from(n % 900).unwrap()).unwrap();
            people.push(NewPerson {
                name: format!("扎西{n}"),
                sex: id.sex().as_str().to_owned(),
                birth,
                id_number: Some(id.as_str().to_owned()),
                division: VILLAGE,
            });
        }
        let desk = self.desk();
        let mut persons = persons::register_many(&desk, &self.by("clerk-1"), &people)
            .unwrap()
            .into_iter();
        let members: Vec<Vec<PersonId>> = sizes
            .iter()
            .map(|size| persons.by_ref().take(*size).collect())
            .collect();
        let forms: Vec<NewHousehold> = members
            .iter()
            .map(|members| NewHousehold {
                division: VILLAGE,
                members: members
                    .iter()
                    .enumerate()
                    .map(|(place, person)| {
                        (
                            *person,
                            if place == 0 {
                                Relation::Head
                            } else {
                                Relation::Spouse
                            },
                        )
                    })
                    .collect(),
                since,
            })
            .collect();
        let households = households::form_many(&desk, &self.by("clerk-1"), &forms).unwrap();
        let mut rows = Vec::new();
        for (household, members) in households.iter().zip(&members) {
            let home = About::Household(*household);
            rows.push(code(home, "residence_area", "rural", since, false));
            rows.push(number(home, "financial_assets", None, Some(0), since));
            rows.push(number(home, "vehicle", Some(0), None, since));
            rows.push(number(home, "second_home", Some(0), None, since));
            rows.push(code(home, "active_company", "no", since, false));
            for person in members {
                rows.push(code(
                    About::Person(*person),
                    "income_declaration",
                    "declared",
                    since,
                    false,
                ));
            }
        }
        evidence::record_many(&desk, &self.by("clerk-1"), &rows).unwrap();
        let cards: Vec<NewAccount> = members
            .iter()
            .map(|members| NewAccount {
                person: members[0],
                holder: members[0],
                number: card(usize::try_from(members[0].0).unwrap()),
                valid_from: since,
            })
            .collect();
        let entered = accounts::enter_many(&desk, &self.by("clerk-1"), &cards).unwrap();
        accounts::confirm_many(&desk, &self.by("officer-1"), &entered).unwrap();
        households
            .into_iter()
            .zip(members)
            .zip(entered.into_iter().zip(cards))
            .map(|((household, members), (account, card))| Home {
                household,
                members,
                account,
                number: card.number,
                case: None,
            })
            .collect()
    }

    /// Takes households from application to a grant by the law of 2021-07. Needs two weeks; the clock stands on
    /// the day of the decision after it.
    pub fn grant(&self, homes: &mut [Home]) {
        let desk = self.desk();
        let applications: Vec<NewApplication> = homes
            .iter()
            .map(|home| NewApplication {
                programme: RURAL.to_owned(),
                household: home.household,
                applicant: home.head(),
                single: false,
                filed_by: FiledBy::Applicant,
                papers: Papers {
                    codes: vec!["authorisation".to_owned(), "declaration".to_owned()],
                    near_relative: Some(false),
                },
            })
            .collect();
        let cases = assistance::apply_many(&desk, &self.by("clerk-1"), &applications).unwrap();
        assistance::accept_many(&desk, &self.by("clerk-1"), &cases).unwrap();
        let visit = Investigation {
            investigators: vec!["clerk-1".to_owned(), "clerk-2".to_owned()],
            member_present: true,
            visited_on: self.today(),
            finding: "poor".to_owned(),
        };
        let visits: Vec<_> = cases.iter().map(|case| (*case, visit.clone())).collect();
        assistance::investigate_many(&desk, &self.by("clerk-1"), &visits).unwrap();
        let sources = ["real_estate".to_owned(), "banks".to_owned()];
        assistance::cross_check_start_many(&desk, &self.by("officer-1"), &cases, &sources).unwrap();
        let answers: Vec<_> = cases
            .iter()
            .map(|case| {
                let answer = |source: &String| Answer {
                    source: source.clone(),
                    finding: "nothing".to_owned(),
                };
                (*case, sources.iter().map(answer).collect())
            })
            .collect();
        assistance::cross_check_answer_many(&desk, &self.by("officer-1"), &answers).unwrap();
        assistance::first_opinion_many(&desk, &self.by("clerk-1"), &cases).unwrap();
        assistance::post_notices(&desk, &self.by("clerk-1"), VILLAGE, &cases).unwrap();
        self.day(
            self.calendar
                .next_working_day(self.today().saturating_add(jiff::Span::new().days(10)))
                .date,
        );
        assistance::forward_many(&desk, &self.by("clerk-1"), &cases).unwrap();
        let opinions: Vec<_> = cases.iter().map(|case| (*case, None)).collect();
        assistance::county_opinion_many(&desk, &self.by("officer-1"), &opinions).unwrap();
        let decided = assistance::decide_many(&desk, &self.by("reviewer-1"), &cases).unwrap();
        assert!(decided.iter().all(|one| one.kind.pays()), "{decided:#?}");
        for (home, case) in homes.iter_mut().zip(cases) {
            home.case = Some(case);
        }
    }

    pub fn record(&self, new: &NewEvidence) -> i64 {
        evidence::record(&self.desk(), &self.by("clerk-1"), new).unwrap()
    }

    /// Records a death, known from now on.
    pub fn dies(&self, person: PersonId, on: Date) -> i64 {
        self.record(&death(person, on))
    }

    /// Corrects the day of a death.
    pub fn died_otherwise(&self, wrong: i64, person: PersonId, on: Date) -> i64 {
        evidence::correct(&self.desk(), &self.by("clerk-1"), wrong, &death(person, on)).unwrap()
    }

    /// Records a disability.
    pub fn disabled(&self, person: PersonId, from: Date) {
        self.record(&disability(person, from));
    }

    /// Reviews a case in force and decides the review.
    pub fn review(&self, home: &Home, cause: Cause) {
        let (desk, case) = (self.desk(), home.case.unwrap());
        assistance::open_review(&desk, &self.by("clerk-1"), case, cause, "test").unwrap();
        assistance::decide_review(&desk, &self.by("reviewer-1"), case).unwrap();
    }

    /// Gives the head a new card; it pays once it is confirmed.
    pub fn new_card(&self, home: &mut Home, n: usize, confirm: bool) {
        let card = NewAccount {
            person: home.head(),
            holder: home.head(),
            number: card(n),
            valid_from: self.today(),
        };
        home.account = accounts::enter(&self.desk(), &self.by("clerk-1"), &card).unwrap();
        home.number = card.number;
        if confirm {
            self.confirm_card(home);
        }
    }

    pub fn confirm_card(&self, home: &Home) {
        accounts::confirm_many(&self.desk(), &self.by("officer-1"), &[home.account]).unwrap();
    }
}
