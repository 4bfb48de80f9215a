//! The tables of the inputs: which columns each has, what they are, and how a record fills them.

use std::fs;
use std::path::Path;

use super::csv::{Column, Table, or_empty};
use super::{
    Account, Act, Application, Appropriation, ClosedAccount, Death, Division, Evidence, Household,
    Inputs, Joining, Membership, OldHousehold, PayRound, Person, Repayment, Subject, User, Way,
};
use crate::error::PlanError;

/// Calls `each` for every table, so that columns and files cannot differ.
macro_rules! for_each_table {
    ($inputs:expr, $table:ident => $each:expr) => {{
        let inputs: &Inputs = $inputs;
        {
            let $table = divisions(&inputs.divisions);
            $each;
        }
        {
            let $table = users(&inputs.users);
            $each;
        }
        {
            let $table = persons(&inputs.persons);
            $each;
        }
        {
            let $table = households(&inputs.households);
            $each;
        }
        {
            let $table = memberships(&inputs.memberships);
            $each;
        }
        {
            let $table = evidence(&inputs.evidence);
            $each;
        }
        {
            let $table = deaths(&inputs.deaths);
            $each;
        }
        {
            let $table = accounts(&inputs.accounts);
            $each;
        }
        {
            let $table = closed_accounts(&inputs.closed_accounts);
            $each;
        }
        {
            let $table = applications(&inputs.applications);
            $each;
        }
        {
            let $table = acts(&inputs.acts);
            $each;
        }
        {
            let $table = pay_rounds(&inputs.pay_rounds);
            $each;
        }
        {
            let $table = repayments(&inputs.repayments);
            $each;
        }
        {
            let $table = appropriations(&inputs.appropriations);
            $each;
        }
        {
            let $table = old_households(&inputs.old_roll);
            $each;
        }
    }};
}

/// Every column of every table of the inputs.
#[must_use]
pub fn columns() -> Vec<Column> {
    let mut found = Vec::new();
    for_each_table!(&Inputs::empty(), table => found.extend(table.columns()));
    found
}

impl Inputs {
    /// Inputs of a county where nobody lives.
    #[must_use]
    pub fn empty() -> Inputs {
        Inputs {
            seed: 0,
            divisions: Vec::new(),
            users: Vec::new(),
            persons: Vec::new(),
            households: Vec::new(),
            memberships: Vec::new(),
            evidence: Vec::new(),
            deaths: Vec::new(),
            accounts: Vec::new(),
            closed_accounts: Vec::new(),
            applications: Vec::new(),
            acts: Vec::new(),
            pay_rounds: Vec::new(),
            repayments: Vec::new(),
            appropriations: Vec::new(),
            old_roll: Vec::new(),
        }
    }

    /// Writes one CSV file per table into a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`PlanError::File`].
    pub fn write_csv(&self, dir: &Path) -> Result<(), PlanError> {
        fs::create_dir_all(dir).map_err(|error| PlanError::File {
            path: dir.display().to_string(),
            reason: error.to_string(),
        })?;
        for_each_table!(self, table => table.write(dir)?);
        Ok(())
    }
}

fn divisions(rows: &[Division]) -> Table<'_, Division> {
    Table {
        name: "divisions",
        columns: &[
            ("code", "12-digit statistical code"),
            ("level", "C county, T township, V village or community"),
            ("name", "name of the division"),
        ],
        rows,
        cells: |row| {
            vec![
                row.code.to_string(),
                row.level.to_string(),
                row.name.clone(),
            ]
        },
    }
}

fn users(rows: &[User]) -> Table<'_, User> {
    Table {
        name: "users",
        columns: &[
            ("username", "login name of a demo user"),
            ("display_name", "name shown to people"),
            ("roles", "roles of the user"),
            ("division", "area of the user"),
        ],
        rows,
        cells: |row| {
            let roles: Vec<&str> = row.roles.iter().map(|role| role.as_str()).collect();
            vec![
                row.username.clone(),
                row.display_name.clone(),
                roles.join(" "),
                row.division.to_string(),
            ]
        },
    }
}

fn persons(rows: &[Person]) -> Table<'_, Person> {
    Table {
        name: "persons",
        columns: &[
            ("person", "person number"),
            ("name", "synthetic name"),
            ("sex", "GB/T 2261.1 code"),
            ("birth", "date of birth"),
            ("id_number", "synthetic identity number"),
            ("division", "village of the household register"),
            ("registered_on", "day on which a clerk registers the person"),
        ],
        rows,
        cells: |row| {
            vec![
                row.number.to_string(),
                row.name.clone(),
                row.sex.as_str().to_owned(),
                row.birth.to_string(),
                row.id_number.clone(),
                row.division.to_string(),
                row.registered_on.to_string(),
            ]
        },
    }
}

fn households(rows: &[Household]) -> Table<'_, Household> {
    Table {
        name: "households",
        columns: &[
            ("household", "household number"),
            ("division", "village"),
            ("since", "since when its first members live together"),
            (
                "registered_on",
                "day on which a clerk registers the household",
            ),
        ],
        rows,
        cells: |row| {
            vec![
                row.number.to_string(),
                row.division.to_string(),
                row.since.to_string(),
                row.registered_on.to_string(),
            ]
        },
    }
}

fn memberships(rows: &[Membership]) -> Table<'_, Membership> {
    Table {
        name: "memberships",
        columns: &[
            ("household", "household number"),
            ("person", "person number"),
            ("relation", "relation to the head"),
            (
                "joining",
                "first, joins, leaves or becomes (another relation)",
            ),
            ("from", "first day on which it is so"),
            ("recorded_on", "day on which a clerk records it"),
        ],
        rows,
        cells: |row| {
            let joining = match row.joining {
                Joining::First => "first",
                Joining::Joins => "joins",
                Joining::Leaves => "leaves",
                Joining::Becomes => "becomes",
            };
            vec![
                row.household.to_string(),
                row.person.to_string(),
                row.relation.as_str().to_owned(),
                joining.to_owned(),
                row.from.to_string(),
                row.recorded_on.to_string(),
            ]
        },
    }
}

fn evidence(rows: &[Evidence]) -> Table<'_, Evidence> {
    Table {
        name: "evidence",
        columns: &[
            ("about", "household or person"),
            ("number", "number of the household or person"),
            ("way", "new, change or end of what was known"),
            ("kind", "kind of evidence as the packs declare it"),
            (
                "slot",
                "tells rows of one kind apart, such as the kind of income",
            ),
            ("code", "code, such as class and level of a certificate"),
            ("quantity", "number, such as months of an income or cars"),
            (
                "means_fen",
                "income a month, expense or savings of the household as declared or found, fen",
            ),
            ("valid_from", "first day on which it is true"),
            ("source", "who holds it"),
            ("recorded_on", "day on which a clerk records it"),
        ],
        rows,
        cells: |row| {
            let (about, number) = match row.about {
                Subject::Household(number) => ("household", number),
                Subject::Person(number) => ("person", number),
            };
            let way = match row.way {
                Way::New => "new",
                Way::Change => "change",
                Way::End => "end",
            };
            vec![
                about.to_owned(),
                number.to_string(),
                way.to_owned(),
                row.kind.clone(),
                row.slot.clone(),
                or_empty(&row.code),
                or_empty(&row.quantity),
                or_empty(&row.means_fen),
                row.valid_from.to_string(),
                row.source.clone(),
                row.recorded_on.to_string(),
            ]
        },
    }
}

fn deaths(rows: &[Death]) -> Table<'_, Death> {
    Table {
        name: "deaths",
        columns: &[
            ("person", "person number"),
            ("died_on", "day of death"),
            ("reported_on", "day on which it is reported and recorded"),
        ],
        rows,
        cells: |row| {
            vec![
                row.person.to_string(),
                row.died_on.to_string(),
                row.reported_on.to_string(),
            ]
        },
    }
}

fn accounts(rows: &[Account]) -> Table<'_, Account> {
    Table {
        name: "accounts",
        columns: &[
            ("person", "whose account it is"),
            ("number", "synthetic account number"),
            ("entered_on", "day on which a clerk enters it"),
            ("confirmed_on", "day on which an officer confirms it"),
        ],
        rows,
        cells: |row| {
            vec![
                row.person.to_string(),
                row.number.clone(),
                row.entered_on.to_string(),
                row.confirmed_on.to_string(),
            ]
        },
    }
}

fn closed_accounts(rows: &[ClosedAccount]) -> Table<'_, ClosedAccount> {
    Table {
        name: "closed_accounts",
        columns: &[
            ("number", "account number"),
            (
                "closed_on",
                "day from which the bank sends money for it back",
            ),
        ],
        rows,
        cells: |row| vec![row.number.clone(), row.closed_on.to_string()],
    }
}

fn applications(rows: &[Application]) -> Table<'_, Application> {
    Table {
        name: "applications",
        columns: &[
            ("application", "number of the application and its case"),
            ("programme", "programme applied for"),
            ("household", "household number"),
            ("applicant", "person number of the applicant"),
            ("single", "yes if for the applicant alone"),
            ("by_committee", "yes if the village committee files it"),
            ("papers", "codes of the papers handed in"),
            (
                "near_relative",
                "yes if a member is a near relative of an officer or committee member",
            ),
            ("applied_on", "day of the application"),
        ],
        rows,
        cells: |row| {
            vec![
                row.number.to_string(),
                row.programme.clone(),
                row.household.to_string(),
                row.applicant.to_string(),
                yes(row.single),
                yes(row.by_committee),
                row.papers.join(" "),
                yes(row.near_relative),
                row.applied_on.to_string(),
            ]
        },
    }
}

fn acts(rows: &[Act]) -> Table<'_, Act> {
    Table {
        name: "acts",
        columns: &[
            ("day", "day of the act"),
            ("actor", "user who acts"),
            ("application", "number of the application"),
            ("deed", "what the user does, if the case allows it then"),
            (
                "words",
                "what is said or asked: papers, registers, second investigator, objection, cause of a review",
            ),
        ],
        rows,
        cells: |row| {
            let deed = row.deed.step().to_owned();
            vec![
                row.day.to_string(),
                row.actor.clone(),
                row.application.to_string(),
                deed,
                row.deed.words(),
            ]
        },
    }
}

fn pay_rounds(rows: &[PayRound]) -> Table<'_, PayRound> {
    Table {
        name: "pay_rounds",
        columns: &[
            ("month", "month of benefit"),
            ("round", "1, or 2 for what is sent again"),
            ("run_on", "day of the payment run"),
            ("sent_on", "day of check, release and export"),
            ("answered_on", "day of the bank's answer"),
        ],
        rows,
        cells: |row| {
            vec![
                row.month.to_string(),
                row.round.to_string(),
                row.run_on.to_string(),
                row.sent_on.to_string(),
                row.answered_on.to_string(),
            ]
        },
    }
}

fn repayments(rows: &[Repayment]) -> Table<'_, Repayment> {
    Table {
        name: "repayments",
        columns: &[
            (
                "household",
                "household number; it brings back whatever is open",
            ),
            ("day", "day on which the money arrives"),
            ("document", "number of the bank slip"),
        ],
        rows,
        cells: |row| {
            vec![
                row.household.to_string(),
                row.day.to_string(),
                row.document.clone(),
            ]
        },
    }
}

fn appropriations(rows: &[Appropriation]) -> Table<'_, Appropriation> {
    Table {
        name: "appropriations",
        columns: &[
            ("source", "central, province, prefecture or county"),
            (
                "granted_fen",
                "money granted to the county as a whole by this paper, fen",
            ),
            ("document", "number of the paper"),
            ("received_on", "day on which it was received"),
        ],
        rows,
        cells: |row| {
            vec![
                row.source.clone(),
                row.granted_fen.to_string(),
                row.document.clone(),
                row.received_on.to_string(),
            ]
        },
    }
}

fn old_households(rows: &[OldHousehold]) -> Table<'_, OldHousehold> {
    Table {
        name: "roll_2019",
        columns: &[
            ("programme", "programme of the roll of 2019"),
            ("household_no", "number on that roll"),
            ("division", "village"),
            (
                "persons",
                "names and relations on that roll, person by person",
            ),
        ],
        rows,
        cells: |row| {
            let persons: Vec<String> = row
                .persons
                .iter()
                .map(|(name, relation)| format!("{name}/{}", relation.as_str()))
                .collect();
            vec![
                row.programme.clone(),
                row.number.clone(),
                row.division.to_string(),
                persons.join(" "),
            ]
        },
    }
}

fn yes(flag: bool) -> String {
    if flag {
        "yes".to_owned()
    } else {
        "no".to_owned()
    }
}
