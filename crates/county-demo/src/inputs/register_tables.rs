//! Tables of the register's part of the inputs: divisions, users, persons, households, evidence.

use super::csv::{Table, or_empty};
use super::{Division, Evidence, Household, Joining, Membership, Person, Subject, User, Way};

pub(super) fn divisions(rows: &[Division]) -> Table<'_, Division> {
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

pub(super) fn users(rows: &[User]) -> Table<'_, User> {
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

pub(super) fn persons(rows: &[Person]) -> Table<'_, Person> {
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

pub(super) fn households(rows: &[Household]) -> Table<'_, Household> {
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

pub(super) fn memberships(rows: &[Membership]) -> Table<'_, Membership> {
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

pub(super) fn evidence(rows: &[Evidence]) -> Table<'_, Evidence> {
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
