//! Where rows that hold nothing stand in an order: first in SQLite, last in PostgreSQL, unless it is written.

use crate::catalog::Catalog;
use crate::sql::Piece;

/// Columns in an ORDER BY that may hold nothing, in a table that the statement names, without NULLS FIRST or LAST.
pub(super) fn unordered_nothing(pieces: &[Piece<'_>], catalog: &Catalog) -> Vec<String> {
    let words: Vec<&Piece<'_>> = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Other(text) if text.trim().is_empty()))
        .filter(|piece| !matches!(piece, Piece::Comment(_)))
        .collect();
    let may_hold_nothing = |name: &str| {
        let named = catalog
            .tables()
            .filter(|table| words.iter().any(|word| word.is(&table.name)));
        let mut columns = named.filter_map(|table| table.column(name));
        columns.any(|column| !column.required)
    };
    let mut wrong = Vec::new();
    for (position, pair) in words.windows(2).enumerate() {
        if !(pair[0].is("ORDER") && pair[1].is("BY")) {
            continue;
        }
        for item in items(&words[position + 2..]) {
            // a lone column, with or without its table; an expression has to care for itself
            let names: Vec<&str> = item
                .iter()
                .filter(|word| !word.is("ASC") && !word.is("DESC"))
                .filter_map(|word| {
                    if let Piece::Word(name) = word {
                        Some(*name)
                    } else {
                        None
                    }
                })
                .collect();
            if item.iter().any(|word| matches!(word, Piece::Other("("))) {
                continue;
            }
            let lone = match names.as_slice() {
                [name] | [_, name] => *name,
                _ => continue,
            };
            if may_hold_nothing(lone) {
                wrong.push(format!(
                    "orders by {lone}, which may hold nothing: write NULLS FIRST or NULLS LAST"
                ));
            }
        }
    }
    wrong
}

/// The parts of an ORDER BY between commas, up to its end.
fn items<'w, 'p>(words: &'w [&'p Piece<'p>]) -> Vec<&'w [&'p Piece<'p>]> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    let mut start = 0;
    let mut end = words.len();
    for (position, word) in words.iter().enumerate() {
        match word {
            Piece::Other("(") => depth += 1,
            Piece::Other(")") if depth == 0 => {
                end = position;
                break;
            }
            Piece::Other(")") => depth -= 1,
            Piece::Other(",") if depth == 0 => {
                found.push(&words[start..position]);
                start = position + 1;
            }
            word if depth == 0 && (word.is("LIMIT") || word.is("OFFSET") || word.is("UNION")) => {
                end = position;
                break;
            }
            _ => {}
        }
    }
    found.push(&words[start..end]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::pieces;

    #[test]
    fn a_column_that_may_hold_nothing_needs_a_place() {
        let catalog = Catalog::embedded().unwrap();
        for (sql, wrong) in [
            ("SELECT id FROM evidence ORDER BY valid_to", 1),
            (
                "SELECT id FROM evidence e ORDER BY e.id, e.valid_to DESC LIMIT 1",
                1,
            ),
            (
                "SELECT (SELECT id FROM evidence ORDER BY valid_to), valid_to FROM division",
                1,
            ),
            (
                "SELECT id FROM evidence ORDER BY valid_to NULLS LAST, id",
                0,
            ),
            (
                "SELECT id FROM evidence ORDER BY COALESCE(valid_to, 9), id",
                0,
            ),
            ("SELECT id FROM evidence ORDER BY valid_from DESC", 0),
            (
                "SELECT valid_to FROM evidence WHERE 'ORDER BY valid_to' = kind",
                0,
            ),
        ] {
            assert_eq!(
                unordered_nothing(&pieces(sql), catalog).len(),
                wrong,
                "{sql}"
            );
        }
    }
}
