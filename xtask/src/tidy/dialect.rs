//! Only `store` knows a dialect: no driver, no word that one engine alone understands, and no writing statement
//! stands anywhere else below `crates/`.

use super::{Finding, Tree, has_word};

/// The crates that know the engines.
const STORE: [&str; 2] = ["store", "store-testing"];

/// Names in code.
const DRIVERS: [&str; 5] = [
    "rusqlite",
    "postgres::",
    "use postgres",
    "tokio_postgres",
    "sqlx",
];

/// Words in strings. Written as the engines write them; the common dialect uses none.
const WORDS: [&str; 29] = [
    "AUTOINCREMENT",
    "BIGSERIAL",
    "BEGIN IMMEDIATE",
    "CREATE TABLE",
    "CREATE TRIGGER",
    "DELETE FROM",
    "DROP TRIGGER",
    "GLOB",
    "ILIKE",
    "INSERT INTO",
    "INSERT OR",
    "ON CONFLICT",
    "PRAGMA",
    "RETURNING",
    "UNNEST",
    "::bigint",
    "::bytea",
    "::int8",
    "::jsonb",
    "::numeric",
    "::timestamptz",
    "generate_series",
    "information_schema",
    "julianday",
    "pg_catalog",
    "pg_class",
    "rowid",
    "sqlite_master",
    "strftime",
];

/// Dialect outside of the store.
pub fn dialect(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree
        .crates()
        .filter(|file| !file.crate_name().is_some_and(|name| STORE.contains(&name)))
        // the test that attacks the file as somebody with another program would
        .filter(|file| !file.path.ends_with("/tests/county/tampering.rs"))
    {
        for (number, line) in (1..).zip(&file.lines) {
            let drivers = DRIVERS
                .into_iter()
                .filter(|name| has_word(&line.code, name));
            let words = WORDS
                .into_iter()
                .filter(|word| has_word(&line.strings, word));
            let updates = (line.strings.contains("UPDATE ") && line.strings.contains(" SET "))
                .then_some("UPDATE … SET");
            for word in drivers.chain(words).chain(updates) {
                found.push(Finding::at(
                    file,
                    number,
                    format!("`{}` outside of the store", word.trim()),
                ));
            }
            if numbered_dollar(&line.strings) {
                found.push(Finding::at(
                    file,
                    number,
                    "a parameter is written `?1`; `$1` is one engine's",
                ));
            }
        }
    }
    for file in &tree.files {
        if file.path.ends_with(".sql") && !file.path.starts_with("crates/store/") {
            found.push(Finding::at(file, 0, "SQL outside of the store"));
        }
    }
    found
}

fn numbered_dollar(text: &str) -> bool {
    text.match_indices('$')
        .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        dialect(&Tree::of(&[(path, text)]))
            .into_iter()
            .map(|one| one.line)
            .collect()
    }

    #[test]
    fn drivers_and_dialect_words_are_found_outside_of_the_store() {
        let text = "use rusqlite::Connection;\nlet a = \"SELECT 1::bigint\";\nlet b = \"x ON CONFLICT y\";\n\
                    let c = \"UPDATE person SET name = ?1\";\nlet d = \"SELECT $1\";\n";
        assert_eq!(lines("crates/payments/src/a.rs", text), [1, 2, 3, 4, 5]);
        assert_eq!(lines("crates/payments/tests/a.rs", text), [1, 2, 3, 4, 5]);
        assert!(lines("crates/store/src/a.rs", text).is_empty());
    }

    #[test]
    fn the_common_dialect_and_addresses_are_not_found() {
        let text = "let a = \"SELECT name FROM person WHERE id = ?1\";\nlet url = \"postgres://user@host/db\";\n\
                    // ON CONFLICT is one engine's\nlet b = \"returning home costs $\";\n";
        assert!(lines("crates/registry/src/a.rs", text).is_empty());
    }

    #[test]
    fn a_file_of_sql_belongs_to_the_store() {
        assert_eq!(lines("crates/registry/queries/a.sql", "SELECT 1"), [0]);
    }
}
