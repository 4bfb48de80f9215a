//! Reading the migrations: just the grammar that they use. What is not understood is refused, so that no table
//! comes into being without its guard.

use std::sync::Arc;

use super::{Catalog, Column, ColumnType, Guard, NoOverlap, Table};
use crate::StoreError;
use crate::migrate::Migration;
use crate::sql::{Piece, pieces};

impl Catalog {
    /// Reads migrations.
    ///
    /// # Errors
    /// [`StoreError::Migration`] with the statement or directive that cannot be understood, or the table that
    /// has no directive.
    pub(crate) fn of(migrations: &[Migration]) -> Result<Catalog, StoreError> {
        let mut drafts: Vec<Draft> = Vec::new();
        for migration in migrations {
            let fail = |reason: String| migration.error(reason);
            for statement in migration.statements() {
                read_statement(&statement, &mut drafts).map_err(fail)?;
            }
            for directive in migration.directives() {
                read_directive(directive, &mut drafts)
                    .map_err(|reason| fail(format!("`--! {directive}`: {reason}")))?;
            }
            for draft in &drafts {
                draft.check().map_err(fail)?;
            }
        }
        let mut catalog = Catalog::default();
        for draft in drafts {
            let Some(guard) = draft.guard else { continue };
            catalog
                .by_name
                .insert(draft.name.clone(), catalog.tables.len());
            catalog.tables.push(Arc::new(Table {
                name: draft.name,
                columns: draft.columns,
                guard,
                no_overlap: draft.no_overlap,
            }));
        }
        Ok(catalog)
    }
}

#[derive(Debug)]
struct Draft {
    name: String,
    columns: Vec<Column>,
    guard: Option<Guard>,
    no_overlap: Option<NoOverlap>,
}

impl Draft {
    fn check(&self) -> Result<(), String> {
        let name = &self.name;
        if self
            .columns
            .first()
            .is_none_or(|column| column.name != "id" || column.column_type != ColumnType::Integer)
        {
            return Err(format!(
                "table {name}: the first column must be `id INTEGER PRIMARY KEY`"
            ));
        }
        let named: Vec<&String> = match &self.guard {
            None => {
                return Err(format!(
                    "table {name} has no directive (append-only, mutable or exempt)"
                ));
            }
            Some(Guard::AppendOnly { set_once, changing }) => {
                set_once.iter().chain(changing).collect()
            }
            Some(Guard::Mutable { columns }) => columns.iter().collect(),
            Some(Guard::Exempt { .. }) => Vec::new(),
        };
        let overlap = self
            .no_overlap
            .iter()
            .flat_map(|guard| guard.key.iter().chain(&guard.current));
        for column in named.into_iter().chain(overlap) {
            if !self.columns.iter().any(|known| &known.name == column) {
                return Err(format!(
                    "table {name} has no column {column}, which its directive names"
                ));
            }
        }
        Ok(())
    }
}

/// The words, literals and signs of a statement, without white space.
fn tokens(statement: &str) -> Vec<&str> {
    pieces(statement)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Word(text) | Piece::Literal(text) | Piece::Quoted(text) | Piece::Other(text) => {
                Some(text)
            }
            Piece::Comment(_) | Piece::Placeholder(_) | Piece::Scope(_) => None,
        })
        .filter(|text| !text.trim().is_empty())
        .collect()
}

fn read_statement(statement: &str, drafts: &mut Vec<Draft>) -> Result<(), String> {
    let tokens = tokens(statement);
    let upper: Vec<String> = tokens
        .iter()
        .take(6)
        .map(|token| token.to_ascii_uppercase())
        .collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    match upper.as_slice() {
        ["CREATE", "TABLE", _, "(", ..] => {
            let name = tokens[2];
            if drafts.iter().any(|draft| draft.name == name) {
                return Err(format!("table {name} is created twice"));
            }
            let body = &tokens[4..tokens.len().saturating_sub(1)];
            let mut columns = Vec::new();
            for item in split_items(body) {
                if let Some(column) = read_column(name, item)? {
                    columns.push(column);
                }
            }
            drafts.push(Draft {
                name: name.to_owned(),
                columns,
                guard: None,
                no_overlap: None,
            });
            Ok(())
        }
        ["ALTER", "TABLE", _, "ADD", "COLUMN", ..] => {
            let name = tokens[2];
            let draft = find(drafts, name)?;
            match read_column(name, &tokens[5..])? {
                Some(column) if column.required => Err(format!(
                    "{name}.{}: an added column must allow nothing, old rows have none",
                    column.name
                )),
                Some(column) => {
                    draft.columns.push(column);
                    Ok(())
                }
                None => Err(format!("`{statement}` adds no column")),
            }
        }
        ["CREATE", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX", ..] | ["DROP", "INDEX", ..] => {
            Ok(())
        }
        _ => Err(format!(
            "`{statement}` is none of CREATE TABLE, ALTER TABLE … ADD COLUMN, CREATE or DROP INDEX"
        )),
    }
}

/// Cuts the body of a CREATE TABLE at the commas that are in no parentheses.
fn split_items<'t>(body: &'t [&'t str]) -> Vec<&'t [&'t str]> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (position, token) in body.iter().enumerate() {
        match *token {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                items.push(&body[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    items.push(&body[start..]);
    items
}

fn read_column(table: &str, item: &[&str]) -> Result<Option<Column>, String> {
    let [name, column_type, rest @ ..] = item else {
        return Err(format!("table {table}: `{}` is no column", item.join(" ")));
    };
    if ["CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "CONSTRAINT"]
        .contains(&name.to_ascii_uppercase().as_str())
    {
        return Ok(None);
    }
    let column_type = match *column_type {
        "INTEGER" => ColumnType::Integer,
        "TEXT" => ColumnType::Text,
        "BLOB" => ColumnType::Blob,
        other => {
            return Err(format!(
                "{table}.{name}: type {other} is none of INTEGER, TEXT, BLOB"
            ));
        }
    };
    let has = |first: &str, second: &str| rest.windows(2).any(|pair| pair == [first, second]);
    if rest.contains(&"DEFAULT") || rest.contains(&"GENERATED") {
        return Err(format!(
            "{table}.{name}: a value that the program did not give would be in no digest"
        ));
    }
    let references = rest
        .iter()
        .position(|token| *token == "REFERENCES")
        .and_then(|at| rest.get(at + 1));
    Ok(Some(Column {
        name: (*name).to_owned(),
        column_type,
        required: has("NOT", "NULL") || has("PRIMARY", "KEY"),
        references: references.map(|table| (*table).to_owned()),
    }))
}

fn find<'d>(drafts: &'d mut [Draft], table: &str) -> Result<&'d mut Draft, String> {
    drafts
        .iter_mut()
        .find(|draft| draft.name == table)
        .ok_or_else(|| format!("there is no table {table}"))
}

fn read_directive(directive: &str, drafts: &mut [Draft]) -> Result<(), String> {
    let (kind, rest) = directive.split_once(' ').ok_or("a table is missing")?;
    let (table, rest) = rest
        .trim()
        .split_once(' ')
        .map_or((rest.trim(), ""), |(table, rest)| (table, rest.trim()));
    let draft = find(drafts, table)?;
    let list = |text: &str| -> Vec<String> {
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match kind {
        "append-only" => {
            let (once, changing) = rest.split_once("changing ").unwrap_or((rest, ""));
            let set_once = match once.strip_prefix("set-once") {
                Some(columns) => list(columns),
                None if once.is_empty() => Vec::new(),
                None => {
                    return Err(format!(
                        "`{rest}` is not `set-once COLUMN, … changing COLUMN, …`"
                    ));
                }
            };
            let changing = list(changing);
            draft.guard = Some(Guard::AppendOnly { set_once, changing });
        }
        "mutable" if !rest.is_empty() => {
            draft.guard = Some(Guard::Mutable {
                columns: list(rest),
            })
        }
        "exempt" if !rest.is_empty() => {
            draft.guard = Some(Guard::Exempt {
                reason: rest.to_owned(),
            })
        }
        "no-overlap" if !rest.is_empty() => {
            let (key, current) = rest
                .split_once(" where ")
                .map_or((rest, ""), |(key, conditions)| (key, conditions));
            let mut columns = Vec::new();
            for condition in current
                .split(" AND ")
                .map(str::trim)
                .filter(|condition| !condition.is_empty())
            {
                let column = condition
                    .strip_suffix("IS NULL")
                    .ok_or("a condition must be `COLUMN IS NULL`")?;
                columns.push(column.trim().to_owned());
            }
            if columns.is_empty() {
                columns.push("superseded_tx".to_owned());
            }
            draft.no_overlap = Some(NoOverlap {
                key: list(key),
                current: columns,
            });
        }
        "mutable" | "exempt" | "no-overlap" => return Err("nothing follows the table".to_owned()),
        other => return Err(format!("`{other}` is no directive")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(text: &'static str) -> Result<Catalog, String> {
        Catalog::of(&[Migration {
            number: 1,
            name: "test",
            text,
        }])
        .map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_has_columns_a_guard_and_periods() {
        let catalog = catalog(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT NOT NULL CHECK (b IN ('x', 'y')), c BLOB,\n  \
             d INTEGER REFERENCES a (id), valid_from INTEGER NOT NULL, valid_to INTEGER, gone INTEGER, UNIQUE (b, c));\n\
             --! append-only a set-once d, gone\n--! no-overlap a b, c where gone IS NULL AND d IS NULL\n\
             ALTER TABLE a ADD COLUMN e TEXT;",
        )
        .unwrap();
        let table = catalog.table("a").unwrap();
        let names: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["id", "b", "c", "d", "valid_from", "valid_to", "gone", "e"]
        );
        assert!(
            table.columns[0].required && table.columns[1].required && !table.columns[2].required
        );
        assert_eq!(table.columns[3].references.as_deref(), Some("a"));
        assert!(table.may_update("gone") && !table.may_update("b"));
        let overlap = table.no_overlap.as_ref().unwrap();
        assert_eq!((overlap.key.len(), overlap.current.len()), (2, 2));
    }

    #[test]
    fn what_cannot_be_guarded_is_refused() {
        for (text, reason) in [
            ("CREATE TABLE a (id INTEGER PRIMARY KEY);", "no directive"),
            (
                "CREATE TABLE a (b INTEGER);\n--! append-only a",
                "first column",
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, b REAL);\n--! append-only a",
                "type REAL",
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT DEFAULT 'x');\n--! append-only a",
                "no digest",
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY);\n--! mutable a b",
                "no column b",
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY);\n--! exempt a",
                "nothing follows",
            ),
            (
                "CREATE TABLE a (id INTEGER PRIMARY KEY);\n--! frozen a",
                "no directive",
            ),
            ("--! append-only b", "no table b"),
            ("DROP TABLE a", "none of"),
        ] {
            let found = catalog(text).unwrap_err();
            assert!(found.contains(reason), "{text}: {found}");
        }
    }
}
