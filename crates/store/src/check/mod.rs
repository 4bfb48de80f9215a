//! What every statement and every table must keep to. The tests of the program run these over all that is linked.

mod order;
mod words;

use std::collections::BTreeSet;

use self::order::unordered_nothing;
use self::words::ENGINE_WORDS;
use crate::catalog::{Catalog, ColumnType};
use crate::sql::{Piece, pieces};
use crate::{Access, Statement};

/// Tables whose rows are about persons. So is every table that refers to one of them, by a declared reference or
/// by a column of [`PERSON_COLUMNS`]; a table made later is found by itself.
pub const PERSON_TABLES: &[&str] = &[
    "person",
    "household",
    "evidence",
    "roll_snapshot_household",
    "roll_snapshot_person",
    "case_file",
    "subject_key",
];

/// Columns that hold whom or what a person asked for, also where no reference is declared.
pub const PERSON_COLUMNS: &[&str] = &[
    "person_id",
    "household_id",
    "case_id",
    "payee_id",
    "holder_id",
    "applicant_id",
    "subject_id",
];

/// Every table whose rows are about persons.
pub fn person_tables(catalog: &Catalog) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = PERSON_TABLES.iter().copied().collect();
    loop {
        let before = found.len();
        for table in catalog.tables() {
            let refers = table.columns.iter().any(|column| {
                let to = column.references.as_deref();
                PERSON_COLUMNS.contains(&column.name.as_str())
                    || to.is_some_and(|to| found.contains(to))
            });
            if refers {
                found.insert(&table.name);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// What is wrong with the statements: `NAME: what`, one line each.
pub fn check_statements(statements: &[&Statement]) -> Vec<String> {
    let catalog = match Catalog::embedded() {
        Ok(catalog) => catalog,
        Err(error) => return vec![error.to_string()],
    };
    let persons = person_tables(catalog);
    let mut wrong = Vec::new();
    for (position, statement) in statements.iter().enumerate() {
        if statements[..position]
            .iter()
            .any(|other| other.name == statement.name)
        {
            wrong.push(format!(
                "{}: another statement has the same name",
                statement.name
            ));
        }
        wrong.extend(
            check_statement(statement, catalog, &persons)
                .into_iter()
                .map(|what| format!("{}: {what}", statement.name)),
        );
    }
    wrong
}

fn check_statement(
    statement: &Statement,
    catalog: &Catalog,
    persons: &BTreeSet<&str>,
) -> Vec<String> {
    let pieces = pieces(statement.sql);
    let mut wrong = Vec::new();
    let first = pieces.iter().find(|piece| matches!(piece, Piece::Word(_)));
    if !first.is_some_and(|word| word.is("SELECT") || word.is("WITH")) {
        wrong.push("is no SELECT".to_owned());
    }
    for piece in &pieces {
        for (word, instead) in ENGINE_WORDS {
            if piece.is(word) {
                wrong.push(format!(
                    "{word} is not the same on every engine; use {instead}"
                ));
            }
        }
        if matches!(piece, Piece::Quoted(_)) {
            wrong.push("a name in double quotes may be a text on one engine".to_owned());
        }
    }
    for (sign, what) in [
        ("::", "a cast"),
        ("$", "a placeholder"),
        ("`", "a quoted name"),
        ("@", "a placeholder"),
        (";", "a second statement"),
    ] {
        let outside: String = pieces
            .iter()
            .map(|piece| {
                if let Piece::Other(text) = piece {
                    text
                } else {
                    " "
                }
            })
            .collect();
        if outside.contains(sign) {
            wrong.push(format!("`{sign}` ({what}) is not in the common dialect"));
        }
    }
    let mut numbers: Vec<usize> = pieces
        .iter()
        .filter_map(|piece| {
            if let Piece::Placeholder(number) = piece {
                Some(*number)
            } else {
                None
            }
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers
        .iter()
        .enumerate()
        .any(|(position, number)| *number != position + 1)
    {
        wrong.push("its placeholders are not ?1, ?2, … without a gap".to_owned());
    }
    wrong.extend(unordered_nothing(&pieces, catalog));
    let scoped = pieces.iter().any(|piece| matches!(piece, Piece::Scope(_)));
    match statement.access {
        Access::Scoped if !scoped => wrong.push("is scoped but has no {scope:COLUMN}".to_owned()),
        Access::Internal(_) if scoped => {
            wrong.push("is internal but has a {scope:COLUMN}".to_owned())
        }
        Access::Internal(reason) if reason.trim().is_empty() => {
            if let Some(table) = persons
                .iter()
                .find(|table| pieces.iter().any(|piece| piece.is(table)))
            {
                wrong.push(format!(
                    "reads {table} without an area scope and gives no reason"
                ));
            }
        }
        Access::Scoped | Access::Internal(_) => {}
    }
    wrong
}

/// What is wrong with the tables: money that is no integer or does not end in `_fen`, periods without a guard,
/// a covered table without the transaction that wrote the row.
pub fn check_catalog(catalog: &Catalog) -> Vec<String> {
    let mut wrong = Vec::new();
    for table in catalog.tables() {
        let has = |column: &str| table.column(column).is_some();
        if has("valid_from")
            && has("valid_to")
            && has("superseded_tx")
            && table.no_overlap.is_none()
        {
            wrong.push(format!(
                "{}: has periods that may be superseded but no no-overlap guard",
                table.name
            ));
        }
        if table.covered() && table.name != "txn" && !has("tx") {
            wrong.push(format!(
                "{}: does not record the transaction that wrote a row (column tx)",
                table.name
            ));
        }
        for column in &table.columns {
            let name = format!("{}.{}", table.name, column.name);
            if column.name.ends_with("_fen") && column.column_type != ColumnType::Integer {
                wrong.push(format!("{name}: money is an INTEGER"));
            }
            let money = ["amount", "balance", "total", "price", "yuan", "money"];
            let last = column.name.rsplit('_').next().unwrap_or_default();
            if money.contains(&last) {
                wrong.push(format!("{name}: a money column ends in _fen"));
            }
        }
    }
    for table in PERSON_TABLES {
        if catalog.table(table).is_none() {
            wrong.push(format!(
                "{table}: is listed as a table of persons but does not exist"
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(access: Access, sql: &'static str) -> String {
        check_statements(&[&Statement {
            name: "test::S",
            sql,
            access,
        }])
        .join("\n")
    }

    #[test]
    fn the_tables_keep_to_the_rules() {
        assert_eq!(
            check_catalog(Catalog::embedded().unwrap()),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_table_that_breaks_a_rule_is_named() {
        let text = "CREATE TABLE a (id INTEGER PRIMARY KEY, amount INTEGER, paid_fen TEXT, valid_from INTEGER, \
                    valid_to INTEGER, superseded_tx INTEGER);\n--! append-only a";
        let migration = crate::migrate::Migration {
            number: 1,
            name: "test",
            text,
        };
        let wrong = check_catalog(&Catalog::of(&[migration]).unwrap()).join("\n");
        for part in [
            "a: has periods",
            "a: does not record",
            "a.amount: a money",
            "a.paid_fen: money is",
        ] {
            assert!(wrong.contains(part), "{part} in {wrong}");
        }
    }

    #[test]
    fn a_table_is_about_persons_if_it_leads_to_one() {
        let persons = person_tables(Catalog::embedded().unwrap());
        for table in [
            "person",
            "membership",
            "case_step",
            "decision",
            "payment_line",
            "subject_key",
        ] {
            assert!(persons.contains(table), "{table}");
        }
        for table in ["txn", "setting", "division", "ledger_account", "app_user"] {
            assert!(!persons.contains(table), "{table}");
        }
    }

    #[test]
    fn a_good_statement_passes() {
        assert_eq!(
            wrong(
                Access::Scoped,
                "SELECT p.id FROM person p WHERE {scope:p.division} AND p.name = ?1"
            ),
            ""
        );
        assert_eq!(
            wrong(
                Access::Internal("look-up by key"),
                "SELECT name FROM person WHERE id = ?1"
            ),
            ""
        );
        assert_eq!(
            wrong(
                Access::Internal(""),
                "WITH x AS (SELECT 1) SELECT COUNT(*) FROM txn, x WHERE action <> 'UPDATE'"
            ),
            ""
        );
    }

    #[test]
    fn a_bad_statement_is_told_why() {
        for (access, sql, part) in [
            (Access::Scoped, "SELECT id FROM person", "no {scope:"),
            (
                Access::Internal("x"),
                "SELECT id FROM person WHERE {scope:division}",
                "is internal but",
            ),
            (
                Access::Internal(" "),
                "SELECT id FROM case_file",
                "reads case_file without",
            ),
            (Access::Internal("x"), "DELETE FROM person", "no SELECT"),
            (
                Access::Internal("x"),
                "SELECT CAST(SUM(amount_fen) AS INTEGER) FROM recovery",
                "BIGINT",
            ),
            (Access::Internal("x"), "SELECT a::text FROM txn", "`::`"),
            (Access::Internal("x"), "SELECT ?1, ?3", "without a gap"),
            (
                Access::Internal("x"),
                "SELECT strftime('%Y', at_us) FROM txn",
                "STRFTIME",
            ),
            (
                Access::Internal("x"),
                "SELECT \"a\" FROM txn",
                "double quotes",
            ),
            (
                Access::Internal("x"),
                "SELECT 1; SELECT 2",
                "second statement",
            ),
        ] {
            let found = wrong(access, sql);
            assert!(found.contains(part), "{sql}: {found}");
        }
    }
}
