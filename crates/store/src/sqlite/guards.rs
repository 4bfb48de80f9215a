//! The migrations in SQLite's words: STRICT tables, and the directives as triggers.
//!
//! The words of a trigger are fixed, because SQLite before 3.47 takes nothing else and an auditor's own tools must
//! be able to open the file; which row is meant is added by the program ([`super::Sqlite`]).

use crate::catalog::{Catalog, Guard, NoOverlap, Table};
use crate::migrate::Migration;

/// What the guard against overlap says.
const OVERLAPS: &str = "overlaps a current row of the same key";

/// Whether the refusal is one for an overlap.
pub(super) fn is_overlap(reason: &str) -> bool {
    reason.ends_with(OVERLAPS)
}

/// Finds the row in the way: parameters are the id of the new row, its first day, its end, then the key.
pub(super) fn in_the_way_sql(table: &str, overlap: &NoOverlap) -> String {
    let key = (4..)
        .zip(&overlap.key)
        .map(|(place, column)| format!("{column} = ?{place}"));
    let current = overlap
        .current
        .iter()
        .map(|column| format!("{column} IS NULL"));
    let condition: Vec<String> = key.chain(current).collect();
    format!(
        "SELECT id, date(valid_from * 86400, 'unixepoch') || '..' || COALESCE(date(valid_to * 86400, 'unixepoch'), ''), \
         date(?2 * 86400, 'unixepoch') || '..' || COALESCE(date(?3 * 86400, 'unixepoch'), '') \
         FROM {table} WHERE {} AND id <> ?1 AND (valid_to IS NULL OR valid_to > ?2) \
         AND (?3 IS NULL OR valid_from < ?3) ORDER BY id",
        condition.join(" AND ")
    )
}

/// The statements of a migration and the guards of all tables after it.
pub(super) fn migration_sql(migration: &Migration, catalog: &Catalog) -> Vec<String> {
    let mut statements: Vec<String> = migration
        .statements()
        .into_iter()
        .map(|statement| {
            if statement.starts_with("CREATE TABLE") {
                format!("{statement} STRICT")
            } else {
                statement
            }
        })
        .collect();
    for table in catalog.tables() {
        statements.extend(guards(table));
    }
    statements
}

fn guards(table: &Table) -> Vec<String> {
    let name = &table.name;
    let mut triggers = Vec::new();
    if matches!(table.guard, Guard::Exempt { .. }) {
        return triggers;
    }
    let (free, once) = table.changeable();
    let mut add = |kind: &str, body: String| {
        triggers.push(format!("DROP TRIGGER IF EXISTS {name}_{kind}"));
        triggers.push(format!("CREATE TRIGGER {name}_{kind} {body}"));
    };
    add(
        "no_delete",
        format!(
            "BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{name}: a row is never deleted'); END"
        ),
    );
    let kept: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|column| !free.iter().any(|free| free == column))
        .map(|column| {
            if once.iter().any(|once| once == column) {
                format!("(OLD.{column} IS NULL OR NEW.{column} IS OLD.{column})")
            } else {
                format!("NEW.{column} IS OLD.{column}")
            }
        })
        .collect();
    let rule = table.rule();
    add(
        "guard",
        format!(
            "BEFORE UPDATE ON {name} WHEN NOT ({}) BEGIN SELECT RAISE(ABORT, '{name}: {rule}'); END",
            kept.join(" AND ")
        ),
    );
    if let Some(overlap) = &table.no_overlap {
        for (kind, event) in [
            ("no_overlap_insert", "INSERT"),
            ("no_overlap_update", "UPDATE"),
        ] {
            add(kind, overlap_body(name, overlap, event));
        }
    }
    triggers
}

/// Two half-open periods overlap if each begins before the other ends; an end that is not known is never reached.
fn overlap_body(name: &str, overlap: &NoOverlap, event: &str) -> String {
    let join = |parts: Vec<String>| parts.join(" AND ");
    let current = |row: &str| {
        join(
            overlap
                .current
                .iter()
                .map(|column| format!("{row}.{column} IS NULL"))
                .collect(),
        )
    };
    let key = join(
        overlap
            .key
            .iter()
            .map(|column| format!("o.{column} = NEW.{column}"))
            .collect(),
    );
    let itself = if event == "UPDATE" { "OLD" } else { "NEW" };
    format!(
        "BEFORE {event} ON {name} WHEN {} BEGIN SELECT RAISE(ABORT, '{name}: {OVERLAPS}') FROM {name} o \
         WHERE {key} AND {} AND o.id <> {itself}.id \
         AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) \
         AND (NEW.valid_to IS NULL OR NEW.valid_to > o.valid_from); END",
        current("NEW"),
        current("o"),
    )
}

#[cfg(test)]
mod tests {
    use crate::migrate::{MIGRATIONS, catalogs};

    /// A trigger whose words are put together makes the whole file unreadable for SQLite before 3.47.
    #[test]
    fn the_words_of_every_trigger_are_fixed() {
        let states = catalogs(MIGRATIONS).unwrap();
        let mut triggers = 0;
        for (migration, catalog) in MIGRATIONS.iter().zip(&states) {
            for statement in super::migration_sql(migration, catalog) {
                for words in statement.split("RAISE(ABORT, '").skip(1) {
                    let rest = words.split_once('\'').map(|(_, rest)| rest);
                    assert!(
                        rest.is_some_and(|rest| rest.starts_with(')')),
                        "{statement}"
                    );
                    triggers += 1;
                }
            }
        }
        assert!(triggers > 50, "{triggers} triggers were looked at");
    }
}
