//! Columns of the migrations: money is INTEGER and its name ends in `_fen`; there are three types only.

use super::{Finding, Tree};

/// Parts of a name that mean money.
const MONEY: [&str; 11] = [
    "amount", "balance", "cost", "fee", "fen", "money", "paid", "price", "standard", "sum", "yuan",
];

const TYPES: [&str; 3] = ["INTEGER", "TEXT", "BLOB"];

/// Money columns with another name or type, and columns of a type that is not common to both engines.
pub fn columns(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".sql")) {
        for (line, name, kind) in declared(&file.text) {
            let kind = kind.to_uppercase();
            let money = name.split('_').any(|part| MONEY.contains(&part));
            if !TYPES.contains(&kind.as_str()) {
                found.push(Finding::at(
                    file,
                    line,
                    format!(
                        "column `{name}` has the type {kind}; there are {}",
                        TYPES.join(", ")
                    ),
                ));
            } else if name.ends_with("_fen") && kind != "INTEGER" {
                found.push(Finding::at(
                    file,
                    line,
                    format!("column `{name}` holds fen and is no INTEGER"),
                ));
            } else if money && kind == "INTEGER" && !name.ends_with("_fen") {
                found.push(Finding::at(
                    file,
                    line,
                    format!("column `{name}` reads like money: it must end in `_fen`"),
                ));
            }
        }
    }
    found
}

/// The columns of all CREATE TABLE statements: (line, name, type).
fn declared(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut depth: Option<u32> = None;
    let mut words: Vec<String> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split("--").next().unwrap_or_default();
        if depth.is_none() && code.trim_start().to_uppercase().starts_with("CREATE TABLE") {
            depth = Some(0);
        }
        let spaced = code
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace(',', " , ")
            .replace(';', " ; ");
        for word in spaced.split_whitespace() {
            let Some(level) = depth else { break };
            match word {
                "(" => depth = Some(level + 1),
                ")" => depth = Some(level.saturating_sub(1)),
                ";" => depth = None,
                _ => {}
            }
            let ends_column = level == 1 && matches!(word, "," | ")");
            if (word == "(" && level == 0) || ends_column {
                words.clear();
            } else if level == 1 {
                words.push(word.to_owned());
                let constraint = ["CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "CONSTRAINT"];
                if words.len() == 2 && !constraint.contains(&words[0].to_uppercase().as_str()) {
                    found.push((number, words[0].clone(), words[1].clone()));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        columns(&Tree::of(&[("crates/store/migrations/1.sql", text)]))
            .into_iter()
            .map(|one| one.line)
            .collect()
    }

    #[test]
    fn columns_are_read_past_constraints_and_comments() {
        let text = "-- a table (of, sorts)\nCREATE TABLE a (\n  id INTEGER PRIMARY KEY, b TEXT NOT NULL,\n  c INTEGER REFERENCES d (id), -- e REAL,\n  UNIQUE (b, c), CHECK (c > 0)\n);\nCREATE INDEX i ON a (b);\n";
        let found: Vec<(usize, String)> = declared(text)
            .into_iter()
            .map(|(line, name, _)| (line, name))
            .collect();
        assert_eq!(
            found,
            [
                (3, "id".to_owned()),
                (3, "b".to_owned()),
                (4, "c".to_owned())
            ]
        );
    }

    #[test]
    fn money_under_another_name_or_type_is_found() {
        let text = "CREATE TABLE a (\n amount INTEGER,\n total_fen TEXT,\n paid_yuan INTEGER,\n price REAL,\n amount_fen INTEGER,\n row_count INTEGER\n);\n";
        assert_eq!(lines(text), [2, 3, 4, 5]);
    }
}
