//! Tables of what happens in the inputs: deaths, accounts, applications, acts, payment rounds, money that comes in.

use super::csv::Table;
use super::{
    Account, Act, Application, Appropriation, Campaign, ClosedAccount, Death, DriftNight,
    OldHousehold, PayRound, Repayment,
};

pub(super) fn deaths(rows: &[Death]) -> Table<'_, Death> {
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

pub(super) fn accounts(rows: &[Account]) -> Table<'_, Account> {
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

pub(super) fn closed_accounts(rows: &[ClosedAccount]) -> Table<'_, ClosedAccount> {
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

pub(super) fn applications(rows: &[Application]) -> Table<'_, Application> {
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

pub(super) fn acts(rows: &[Act]) -> Table<'_, Act> {
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

pub(super) fn pay_rounds(rows: &[PayRound]) -> Table<'_, PayRound> {
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

pub(super) fn campaigns(rows: &[Campaign]) -> Table<'_, Campaign> {
    Table {
        name: "campaigns",
        columns: &[
            ("kind", "kind of campaign"),
            ("name", "name"),
            ("plan", "number of its plan"),
            ("cut_off", "day whose roll is the list of targets"),
            ("opened_on", "day on which it is opened"),
            ("ends_on", "day by which it is to be finished"),
            ("closed_on", "day on which it is closed"),
        ],
        rows,
        cells: |row| {
            vec![
                row.kind.clone(),
                row.name.clone(),
                row.plan.clone(),
                row.cut_off.to_string(),
                row.opened_on.to_string(),
                row.ends_on.to_string(),
                row.closed_on.to_string(),
            ]
        },
    }
}

pub(super) fn drift_nights(rows: &[DriftNight]) -> Table<'_, DriftNight> {
    Table {
        name: "drift_nights",
        columns: &[
            (
                "night",
                "day in whose evening what is in force is compared with the law",
            ),
            ("worked_on", "day on which clerks work the list off"),
        ],
        rows,
        cells: |row| vec![row.night.to_string(), row.worked_on.to_string()],
    }
}

pub(super) fn repayments(rows: &[Repayment]) -> Table<'_, Repayment> {
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

pub(super) fn appropriations(rows: &[Appropriation]) -> Table<'_, Appropriation> {
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

pub(super) fn old_households(rows: &[OldHousehold]) -> Table<'_, OldHousehold> {
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
