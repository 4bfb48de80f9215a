//! Whoever changes the records behind the program's back, with every trigger dropped, is found, table and row.

use rusqlite::Connection;

use crate::bed::{county, minsheng, out};

struct Table {
    name: String,
    /// Name and declared type, without `id`.
    columns: Vec<(String, String)>,
    first: i64,
    last: i64,
}

fn tables(database: &Connection) -> Vec<Table> {
    let mut names = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut tables = Vec::new();
    for name in names {
        let mut columns = database
            .prepare(&format!(
                "SELECT name, type FROM pragma_table_info('{name}')"
            ))
            .unwrap();
        let columns: Vec<(String, String)> = columns
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let ends: (Option<i64>, Option<i64>) = database
            .query_row(&format!("SELECT MIN(id), MAX(id) FROM {name}"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        if let (Some(first), Some(last)) = ends {
            let columns = columns
                .into_iter()
                .filter(|(column, _)| column != "id")
                .collect();
            tables.push(Table {
                name,
                columns,
                first,
                last,
            });
        }
    }
    tables
}

fn drop_triggers(database: &Connection) -> Vec<String> {
    let mut triggers = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap();
    let triggers: Vec<String> = triggers
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for name in &triggers {
        database
            .execute_batch(&format!("DROP TRIGGER {name}"))
            .unwrap();
    }
    triggers
}

/// Tampers with a copy of the county, table by table, and returns what was done and what `verify` printed.
fn tamper(
    with: impl Fn(&Connection, &Table) -> Option<i64>,
) -> (Vec<(String, i64)>, Vec<String>, String) {
    let folder = county().copy();
    let database = Connection::open(folder.path().join("minsheng.db")).unwrap();
    database
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        .unwrap();
    let triggers = drop_triggers(&database);
    let mut done = Vec::new();
    for table in tables(&database) {
        // the end of the chain has its own test: without it nothing can be said of the rest
        if table.name == "audit_head" {
            continue;
        }
        if let Some(row) = with(&database, &table) {
            done.push((table.name, row));
        }
    }
    drop(database);
    let verified = minsheng(folder.path(), &["verify", "--db", "minsheng.db"]);
    assert_eq!(
        verified.status.code(),
        Some(1),
        "verify says that all is well"
    );
    let printed = out(&verified) + &String::from_utf8_lossy(&verified.stderr);
    (done, triggers, printed)
}

fn assert_named(done: &[(String, i64)], printed: &str) {
    assert!(done.len() >= 35, "only {} tables hold rows", done.len());
    for (table, row) in done {
        let named = format!("{table} row {row}");
        let found = printed.lines().any(|line| {
            line.split(&named)
                .nth(1)
                .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        });
        assert!(
            found,
            "{named} was tampered with and is not named:\n{}",
            &printed[..printed.len().min(6000)]
        );
    }
}

#[test]
fn the_county_as_made_is_clean() {
    let folder = county().copy();
    let verified = minsheng(folder.path(), &["verify", "--db", "minsheng.db"]);
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
    let printed = out(&verified);
    assert!(
        printed.contains("clean") && printed.contains("audit_head"),
        "{printed}"
    );
}

#[test]
fn a_changed_row_of_any_table_is_named_and_so_is_every_dropped_trigger() {
    let (done, triggers, printed) = tamper(|database, table| {
        let (column, kind) = table.columns.iter().find(|(name, _)| name != "tx").unwrap();
        let other = match kind.as_str() {
            "INTEGER" => format!("COALESCE({column}, 0) + 1000003"),
            "TEXT" => format!("COALESCE({column}, '') || '~'"),
            _ => "X'00'".to_owned(),
        };
        let row = table.first;
        let changed = database.execute(
            &format!(
                "UPDATE {} SET {column} = {other} WHERE id = {row}",
                table.name
            ),
            [],
        );
        assert_eq!(changed.unwrap(), 1, "{}", table.name);
        Some(row)
    });
    assert_named(&done, &printed);
    for trigger in triggers {
        assert!(
            printed.contains(&trigger),
            "{trigger} was dropped and is not named"
        );
    }
}

#[test]
fn an_added_row_of_any_table_is_named() {
    let (done, _, printed) = tamper(|database, table| {
        let row = table.last + 1;
        let copied: Vec<String> = table
            .columns
            .iter()
            .map(|(name, kind)| match kind.as_str() {
                "TEXT" => format!("{name} || '~'"),
                "BLOB" => format!("CASE WHEN {name} IS NULL THEN NULL ELSE randomblob(32) END"),
                _ if name == "pending_id" => "NULL".to_owned(),
                _ if name == "line_no" => format!("{name} + 100000"),
                // one holder and one withdrawal a line
                _ if name == "line_id" && table.name != "payment_item" => {
                    format!("{name} + 100000")
                }
                _ => name.clone(),
            })
            .collect();
        let names: Vec<&str> = table
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let sql = format!(
            "INSERT INTO {0} (id, {1}) SELECT {row}, {2} FROM {0} WHERE id = {3}",
            table.name,
            names.join(", "),
            copied.join(", "),
            table.first
        );
        assert_eq!(database.execute(&sql, []).unwrap(), 1, "{}", table.name);
        Some(row)
    });
    assert_named(&done, &printed);
}

#[test]
fn a_removed_row_of_any_table_is_named() {
    let (done, _, printed) = tamper(|database, table| {
        let row = table.last;
        let removed = database.execute(&format!("DELETE FROM {} WHERE id = {row}", table.name), []);
        assert_eq!(removed.unwrap(), 1, "{}", table.name);
        Some(row)
    });
    assert_named(&done, &printed);
}

#[test]
fn a_table_of_the_attackers_own_and_a_lost_end_of_the_chain_are_named() {
    for (sql, named) in [
        (
            "CREATE TABLE own_payments (id INTEGER PRIMARY KEY, amount_fen INTEGER)",
            "own_payments",
        ),
        ("DELETE FROM audit_head", "audit_head"),
        ("UPDATE audit_head SET hash = X'00'", "audit_head"),
        (
            "ALTER TABLE payment_line ADD COLUMN note TEXT",
            "payment_line",
        ),
    ] {
        let folder = county().copy();
        let database = Connection::open(folder.path().join("minsheng.db")).unwrap();
        database.execute_batch(sql).unwrap();
        drop(database);
        let verified = minsheng(folder.path(), &["verify", "--db", "minsheng.db"]);
        let printed = out(&verified) + &String::from_utf8_lossy(&verified.stderr);
        assert_eq!(verified.status.code(), Some(1), "{sql}: {printed}");
        assert!(printed.contains(named), "{sql}: {printed}");
    }
}

#[test]
fn a_head_kept_elsewhere_must_still_lie_on_the_chain() {
    let folder = county().copy();
    let verify = |head: &str| {
        minsheng(
            folder.path(),
            &["verify", "--db", "minsheng.db", "--expect-head", head],
        )
    };
    let printed: serde_json::Value = serde_json::from_str(&out(&minsheng(
        folder.path(),
        &["verify", "--db", "minsheng.db", "--json"],
    )))
    .unwrap();
    let head = printed["head"]["hash"].as_str().unwrap();
    assert_eq!(verify(head).status.code(), Some(0));
    let other = head.chars().rev().collect::<String>();
    let refused = verify(&other);
    assert_eq!(refused.status.code(), Some(1));
    assert!(out(&refused).contains(&other), "{}", out(&refused));
}
