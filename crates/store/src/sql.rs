//! A lexer for the common dialect, just fine enough to rewrite placeholders, types and scopes without
//! touching literals and comments. It is not a parser and judges nothing.

/// One piece of a statement; the pieces joined are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Key word or name.
    Word(&'a str),
    /// `'…'`.
    Literal(&'a str),
    /// `"…"`.
    Quoted(&'a str),
    /// `-- …` to the end of the line, or `/* … */`.
    Comment(&'a str),
    /// `?N`.
    Placeholder(usize),
    /// `{scope:COLUMN}`: the column.
    Scope(&'a str),
    /// White space, digits, signs.
    Other(&'a str),
}

impl<'a> Piece<'a> {
    /// Whether it is this key word, in any case.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self, Piece::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Writes it as it was.
    pub(crate) fn write(&self, to: &mut String) {
        match self {
            Piece::Word(text)
            | Piece::Literal(text)
            | Piece::Quoted(text)
            | Piece::Comment(text)
            | Piece::Other(text) => to.push_str(text),
            Piece::Placeholder(number) => {
                to.push('?');
                to.push_str(&number.to_string());
            }
            Piece::Scope(column) => {
                to.push_str("{scope:");
                to.push_str(column);
                to.push('}');
            }
        }
    }
}

/// Cuts a text into pieces.
pub(crate) fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = sql;
    while !rest.is_empty() {
        let (piece, length) = next(rest);
        found.push(piece);
        rest = &rest[length..];
    }
    found
}

fn next(rest: &str) -> (Piece<'_>, usize) {
    let bytes = rest.as_bytes();
    let to_end = |mark: &str, from: usize| {
        rest[from..]
            .find(mark)
            .map_or(rest.len(), |at| from + at + mark.len())
    };
    match bytes[0] {
        quote @ (b'\'' | b'"') => {
            let length = end_of_quoted(bytes, quote);
            let text = &rest[..length];
            (
                if quote == b'\'' {
                    Piece::Literal(text)
                } else {
                    Piece::Quoted(text)
                },
                length,
            )
        }
        b'-' if rest.starts_with("--") => {
            let length = to_end("\n", 0);
            (Piece::Comment(&rest[..length]), length)
        }
        b'/' if rest.starts_with("/*") => {
            let length = to_end("*/", 2);
            (Piece::Comment(&rest[..length]), length)
        }
        b'?' => {
            let digits = count(bytes, 1, u8::is_ascii_digit);
            match rest[1..1 + digits].parse() {
                Ok(number) => (Piece::Placeholder(number), 1 + digits),
                Err(_) => (Piece::Other(&rest[..1]), 1),
            }
        }
        b'{' if rest.starts_with("{scope:") => match rest.find('}') {
            Some(end) => (Piece::Scope(&rest["{scope:".len()..end]), end + 1),
            None => (Piece::Other(&rest[..1]), 1),
        },
        first if first.is_ascii_alphabetic() || first == b'_' => {
            let length = count(bytes, 0, |byte| {
                byte.is_ascii_alphanumeric() || *byte == b'_'
            });
            (Piece::Word(&rest[..length]), length)
        }
        first if first.is_ascii_digit() => {
            let length = count(bytes, 0, |byte| {
                byte.is_ascii_alphanumeric() || *byte == b'_'
            });
            (Piece::Other(&rest[..length]), length)
        }
        _ => {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            (Piece::Other(&rest[..length]), length)
        }
    }
}

fn count(bytes: &[u8], from: usize, wanted: impl Fn(&u8) -> bool) -> usize {
    bytes[from..].iter().take_while(|byte| wanted(byte)).count()
}

/// A doubled quote stands for itself.
fn end_of_quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

/// The statements of a script, without comments, without the semicolon.
pub(crate) fn statements(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    for piece in pieces(script) {
        match piece {
            Piece::Comment(_) => {}
            Piece::Other(";") => found.push(std::mem::take(&mut current)),
            other => other.write(&mut current),
        }
    }
    found.push(current);
    found.retain(|statement| !statement.trim().is_empty());
    found
        .iter()
        .map(|statement| statement.trim().to_owned())
        .collect()
}

/// The highest placeholder.
pub(crate) fn placeholders(sql: &str) -> usize {
    let number = |piece| {
        if let Piece::Placeholder(number) = piece {
            number
        } else {
            0
        }
    };
    pieces(sql).into_iter().map(number).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_joined_are_the_text() {
        for text in [
            "SELECT a, '?1; it''s', \"x?2\" FROM t -- ?3\nWHERE {scope:t.division} AND a = ?12 /* ?4 */ LIMIT 1e5",
            "SELECT '未关闭",
            "{scope:",
            "?",
            "姓名 = '张'",
        ] {
            let mut joined = String::new();
            pieces(text)
                .iter()
                .for_each(|piece| piece.write(&mut joined));
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn literals_and_comments_hold_no_placeholder() {
        assert_eq!(
            placeholders("SELECT '?9' -- ?8\n, ?2 /* ?7 */ , \"?6\" WHERE a = ?1"),
            2
        );
        assert_eq!(placeholders("SELECT 1"), 0);
    }

    #[test]
    fn a_script_is_cut_at_semicolons_outside_of_literals() {
        let script = "-- first;\nCREATE TABLE a (b TEXT CHECK (b <> ';'));\n\nSELECT 1;\n-- end\n";
        assert_eq!(
            statements(script),
            ["CREATE TABLE a (b TEXT CHECK (b <> ';'))", "SELECT 1"]
        );
    }
}
