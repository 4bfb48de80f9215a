//! The objects of a PostgreSQL schema, described by the server. What the migrations should have made is described
//! by the same server: they run in a schema of their own, inside of a transaction that is rolled back.

use super::Postgres;
use super::guards::migration_sql;
use crate::StoreError;
use crate::engine::{Connection as _, collect};
use crate::migrate::{Migration, catalogs};
use crate::schema::SchemaObject;

const TABLES: &str = "\
    SELECT c.relname, a.attname FROM pg_class c \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace) AND c.relkind IN ('r', 'p', 'f') \
    ORDER BY c.relname, a.attnum";

/// Each gives (table, kind and name, definition).
const OBJECTS: [(&str, &str); 6] = [
    (
        "postgres::RELATIONS",
        "SELECT CAST(c.relname AS text), CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END || ' ' || c.relname, \
         concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, \
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END) \
         FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') \
         AND c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
    (
        "postgres::COLUMNS",
        "SELECT CAST(c.relname AS text), 'column ' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), \
         CASE WHEN a.attnotnull THEN 'NOT NULL' END, l.collname, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         LEFT JOIN pg_collation l ON l.oid = a.attcollation \
         WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
    (
        "postgres::INDEXES",
        "SELECT CAST(c.relname AS text), 'index ' || i.relname, \
         concat_ws(' ', pg_get_indexdef(x.indexrelid), CASE WHEN x.indisvalid AND x.indisready THEN 'valid' ELSE 'invalid' END) \
         FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
    (
        "postgres::CONSTRAINTS",
        // foreign keys are kept by triggers of the server; a disabled one would let anything pass
        "SELECT CAST(c.relname AS text), 'constraint ' || k.conname, concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated, \
         (SELECT string_agg(CAST(t.tgenabled AS text), '' ORDER BY t.tgenabled) FROM pg_trigger t WHERE t.tgconstraint = k.oid)) \
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
         WHERE c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
    (
        "postgres::TRIGGERS",
        "SELECT CAST(c.relname AS text), 'trigger ' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), \
         CASE t.tgenabled WHEN 'O' THEN 'enabled' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica only' ELSE 'disabled' END) \
         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         WHERE NOT t.tgisinternal AND c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace) \
         UNION ALL SELECT CAST(c.relname AS text), 'rule ' || r.rulename, pg_get_ruledef(r.oid) \
         FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class \
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
    (
        "postgres::FUNCTIONS",
        "SELECT regexp_replace(p.proname, '^minsheng_(guard|no_overlap)_', ''), 'function ' || p.proname, \
         concat_ws(' ', l.lanname, p.prosecdef, p.prosrc) \
         FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang \
         WHERE p.proname LIKE 'minsheng~_%' ESCAPE '~' AND p.pronamespace = CAST(CAST(current_schema() AS text) AS regnamespace)",
    ),
];

pub(super) fn tables(session: &mut Postgres) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for row in collect(session, "postgres::TABLES", TABLES, &[])? {
        let (table, column) = (row.text(0)?, row.text(1)?.to_owned());
        match tables.last_mut() {
            Some((name, columns)) if name == table => columns.push(column),
            _ => tables.push((table.to_owned(), vec![column])),
        }
    }
    Ok(tables)
}

pub(super) fn read(session: &mut Postgres) -> Result<Vec<SchemaObject>, StoreError> {
    let schema = collect(
        session,
        "postgres::SCHEMA",
        "SELECT CAST(current_schema() AS text), quote_ident(current_schema())",
        &[],
    )?;
    let qualifiers = match schema.first() {
        Some(row) => [format!("{}.", row.text(0)?), format!("{}.", row.text(1)?)],
        None => return Ok(Vec::new()),
    };
    let mut objects = Vec::new();
    for (name, sql) in OBJECTS {
        for row in collect(session, name, sql, &[])? {
            let definition = row
                .text(2)?
                .replace(&qualifiers[1], "")
                .replace(&qualifiers[0], "");
            objects.push(SchemaObject {
                table: row.text(0)?.to_owned(),
                name: row.text(1)?.to_owned(),
                definition,
            });
        }
    }
    objects.sort();
    Ok(objects)
}

/// The name is of no other schema, because the transaction that makes it never commits.
const SCRATCH: &str = "minsheng_expected";

pub(super) fn expected(
    session: &mut Postgres,
    migrations: &[Migration],
) -> Result<Vec<SchemaObject>, StoreError> {
    let states = catalogs(migrations)?;
    session.run("BEGIN", "BEGIN")?;
    let outcome = (|| {
        // one at a time: two would wait for each other's schema of the same name
        session.run("LOCK", "SELECT pg_advisory_xact_lock(5133012022)")?;
        session.run(
            "SCRATCH",
            &format!("CREATE SCHEMA {SCRATCH}; SET LOCAL search_path TO {SCRATCH}"),
        )?;
        for (migration, catalog) in migrations.iter().zip(&states) {
            for statement in migration_sql(migration, catalog) {
                session.run(migration.name, &statement)?;
            }
        }
        session.prepared.clear();
        read(session)
    })();
    session.rollback();
    // statements were prepared with the names of the scratch schema
    session.prepared.clear();
    outcome
}
