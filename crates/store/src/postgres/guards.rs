//! The migrations in PostgreSQL's words: 64-bit integers, text ordered by code point as in SQLite, and the
//! directives as triggers.

use crate::catalog::{Catalog, Guard, NoOverlap, Table};
use crate::migrate::Migration;
use crate::sql::{Piece, pieces};

/// The statements of a migration and the guards of all tables after it.
pub(super) fn migration_sql(migration: &Migration, catalog: &Catalog) -> Vec<String> {
    let mut statements: Vec<String> = migration
        .statements()
        .iter()
        .map(|statement| types(statement))
        .collect();
    for table in catalog.tables() {
        statements.extend(guards(table));
    }
    statements
}

/// The functions that guard a table.
pub(super) fn functions(table: &Table) -> [String; 2] {
    [
        format!("minsheng_guard_{}", table.name),
        format!("minsheng_no_overlap_{}", table.name),
    ]
}

fn types(statement: &str) -> String {
    let mut text = String::with_capacity(statement.len() + 128);
    for piece in pieces(statement) {
        match piece {
            Piece::Word("INTEGER") => text.push_str("BIGINT"),
            Piece::Word("BLOB") => text.push_str("BYTEA"),
            Piece::Word("TEXT") => text.push_str("TEXT COLLATE \"C\""),
            other => other.write(&mut text),
        }
    }
    text
}

fn guards(table: &Table) -> Vec<String> {
    let name = &table.name;
    if matches!(table.guard, Guard::Exempt { .. }) {
        return Vec::new();
    }
    let (free, once) = table.changeable();
    let kept: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|column| !free.iter().any(|free| free == column))
        .map(|column| {
            if once.iter().any(|once| once == column) {
                format!("(OLD.{column} IS NULL OR NEW.{column} IS NOT DISTINCT FROM OLD.{column})")
            } else {
                format!("NEW.{column} IS NOT DISTINCT FROM OLD.{column}")
            }
        })
        .collect();
    let rule = table.rule();
    let [guard, no_overlap] = functions(table);
    let code = "USING ERRCODE = 'integrity_constraint_violation'";
    let mut statements = vec![
        format!(
            "CREATE OR REPLACE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN \
             IF TG_OP = 'UPDATE' THEN IF {} THEN RETURN NEW; END IF; \
             RAISE EXCEPTION '%', '{name} row ' || OLD.id || ': {rule}' {code}; END IF; \
             IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '%', '{name} row ' || OLD.id || ': a row is never deleted' {code}; \
             END IF; RAISE EXCEPTION '{name}: a row is never deleted' {code}; END $guard$",
            kept.join(" AND ")
        ),
        format!(
            "CREATE OR REPLACE TRIGGER {name}_guard BEFORE UPDATE OR DELETE ON {name} \
             FOR EACH ROW EXECUTE FUNCTION {guard}()"
        ),
        format!(
            "CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} \
             FOR EACH STATEMENT EXECUTE FUNCTION {guard}()"
        ),
    ];
    if let Some(overlap) = &table.no_overlap {
        statements.push(overlap_function(name, &no_overlap, overlap));
        statements.push(format!(
            "CREATE OR REPLACE TRIGGER {name}_no_overlap BEFORE INSERT OR UPDATE ON {name} \
             FOR EACH ROW EXECUTE FUNCTION {no_overlap}()"
        ));
    }
    statements
}

/// Two half-open periods overlap if each begins before the other ends; an end that is not known is never reached.
fn overlap_function(name: &str, function: &str, overlap: &NoOverlap) -> String {
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
    let day = |expression: String| {
        format!("to_char(DATE '1970-01-01' + CAST({expression} AS integer), 'YYYY-MM-DD')")
    };
    let period = |row: &str| {
        format!(
            "{} || '..' || COALESCE({}, '')",
            day(format!("{row}.valid_from")),
            day(format!("{row}.valid_to"))
        )
    };
    format!(
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $guard$ DECLARE other text; BEGIN \
         IF {} THEN SELECT '{name} row ' || NEW.id || ' (' || {} || ') overlaps row ' || o.id || ' (' || {} || ')' \
         INTO other FROM {name} o WHERE {key} AND {} AND o.id <> NEW.id \
         AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) \
         AND (NEW.valid_to IS NULL OR NEW.valid_to > o.valid_from) ORDER BY o.id LIMIT 1; \
         IF other IS NOT NULL THEN RAISE EXCEPTION '%', other USING ERRCODE = 'integrity_constraint_violation'; END IF; \
         END IF; RETURN NEW; END $guard$",
        current("NEW"),
        period("NEW"),
        period("o"),
        current("o"),
    )
}
