//! Tells code, strings and comments of Rust apart, line by line, and marks the lines of test modules. It knows
//! the tokens and no more: enough that a forbidden word in a string or comment is not taken for code.

/// One line of a Rust file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Line {
    /// The code; strings are shown as `""`, comments and characters are left out.
    pub code: String,
    /// What stands in string literals, one after the other.
    pub strings: String,
    /// What stands in comments.
    pub comment: String,
    /// Inside an item marked `#[cfg(test)]`.
    pub test: bool,
}

enum State {
    Code,
    LineComment,
    /// Depth of nesting.
    BlockComment(u32),
    /// Number of `#` of a raw string.
    Text(Option<usize>),
}

/// The lines of a file.
pub fn lines(text: &str) -> Vec<Line> {
    let chars: Vec<char> = text.chars().collect();
    let mut lines = vec![Line::default()];
    let mut state = State::Code;
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '\n' {
            if matches!(state, State::LineComment) {
                state = State::Code;
            }
            lines.push(Line::default());
            at += 1;
            continue;
        }
        let Some(line) = lines.last_mut() else { break };
        let next = chars.get(at + 1).copied();
        match state {
            State::Code => at += code(&chars, at, line, &mut state),
            State::LineComment => {
                line.comment.push(c);
                at += 1;
            }
            State::BlockComment(depth) => {
                let (step, depth) = match (c, next) {
                    ('*', Some('/')) => (2, depth - 1),
                    ('/', Some('*')) => (2, depth + 1),
                    _ => (1, depth),
                };
                if step == 1 {
                    line.comment.push(c);
                }
                state = if depth == 0 {
                    State::Code
                } else {
                    State::BlockComment(depth)
                };
                at += step;
            }
            State::Text(raw) => {
                let closing =
                    c == '"' && raw.is_none_or(|hashes| hashes_after(&chars, at + 1) >= hashes);
                if closing {
                    line.code.push('"');
                    line.strings.push('\u{1f}');
                    state = State::Code;
                    at += 1 + raw.unwrap_or(0);
                } else {
                    line.strings.push(c);
                    let escaped =
                        next.filter(|escaped| c == '\\' && raw.is_none() && *escaped != '\n');
                    line.strings.extend(escaped);
                    at += 1 + usize::from(escaped.is_some());
                }
            }
        }
    }
    mark_tests(&mut lines);
    lines
}

/// Reads one token's beginning in code and returns how many characters it took.
fn code(chars: &[char], at: usize, line: &mut Line, state: &mut State) -> usize {
    let c = chars[at];
    let next = chars.get(at + 1).copied();
    match (c, next) {
        ('/', Some('/')) => {
            *state = State::LineComment;
            2
        }
        ('/', Some('*')) => {
            *state = State::BlockComment(1);
            2
        }
        ('"', _) => {
            line.code.push('"');
            *state = State::Text(None);
            1
        }
        ('r', Some('"' | '#')) if !continues_word(line, "bc") => {
            let hashes = hashes_after(chars, at + 1);
            if chars.get(at + 1 + hashes) == Some(&'"') {
                line.code.push('"');
                *state = State::Text(Some(hashes));
                return 2 + hashes;
            }
            line.code.push(c);
            1
        }
        // A character literal; otherwise a lifetime or label.
        ('\'', Some('\\')) => {
            let end = chars[at + 3..].iter().position(|c| *c == '\'').unwrap_or(0);
            line.code.push_str("' '");
            at_least_one(3 + end + 1)
        }
        ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => {
            line.code.push_str("' '");
            3
        }
        _ => {
            line.code.push(c);
            1
        }
    }
}

fn at_least_one(step: usize) -> usize {
    step.max(1)
}

/// Whether the code so far ends in a word other than one letter of `prefixes` that stands alone.
fn continues_word(line: &Line, prefixes: &str) -> bool {
    let mut before = line.code.chars().rev();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match before.next() {
        Some(c) if word(c) => !prefixes.contains(c) || before.next().is_some_and(word),
        _ => false,
    }
}

fn hashes_after(chars: &[char], at: usize) -> usize {
    chars[at.min(chars.len())..]
        .iter()
        .take_while(|c| **c == '#')
        .count()
}

/// Marks what follows each `#[cfg(test)]`: up to the closing brace of the item, or its semicolon.
fn mark_tests(lines: &mut [Line]) {
    let mut first = 0;
    while first < lines.len() {
        let Some(column) = lines[first].code.find("#[cfg(test)]") else {
            first += 1;
            continue;
        };
        let mut depth = 0_u32;
        let mut last = lines.len() - 1;
        'item: for (number, line) in lines.iter().enumerate().skip(first) {
            let from = if number == first { column } else { 0 };
            for c in line.code[from..].chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 && matches!(c, '}' | ';') {
                    last = number;
                    break 'item;
                }
            }
        }
        for line in &mut lines[first..=last] {
            line.test = true;
        }
        first = last + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Line {
        let all = lines(text);
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }

    #[test]
    fn strings_and_comments_are_no_code() {
        let line = only(r#"let a = "todo!() \" f64"; // dbg!(a)"#);
        assert_eq!(line.code, r#"let a = ""; "#);
        assert_eq!(line.strings, "todo!() \\\" f64\u{1f}");
        assert_eq!(line.comment, " dbg!(a)");
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let line = only(r###"f(r#"a "quoted" // word"#, br"x", r#type);"###);
        assert_eq!(line.code, r##"f("", b"", r#type);"##);
        assert_eq!(line.strings, "a \"quoted\" // word\u{1f}x\u{1f}");
    }

    #[test]
    fn a_lifetime_is_no_character() {
        let line = only(r#"fn f<'a>(x: &'a str) -> char { if x == "" { '"' } else { '\'' } }"#);
        assert_eq!(
            line.code,
            r#"fn f<'a>(x: &'a str) -> char { if x == "" { ' ' } else { ' ' } }"#
        );
    }

    #[test]
    fn comments_nest_and_span_lines() {
        let all = lines("a /* b /* c */\nd */ e\n/* unfinished");
        let code: Vec<&str> = all.iter().map(|line| line.code.as_str()).collect();
        assert_eq!(code, ["a ", " e", ""]);
    }

    #[test]
    fn strings_span_lines() {
        let all = lines("x(\"SELECT\n  todo\");\ny");
        assert_eq!(all[1].code, "\");");
        assert_eq!(all[1].strings, "  todo\u{1f}");
        assert_eq!(all[2].code, "y");
    }

    #[test]
    fn test_modules_are_marked_to_their_closing_brace() {
        let all = lines(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { \"}\"; }\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}",
        );
        let tests: Vec<bool> = all.iter().map(|line| line.test).collect();
        assert_eq!(
            tests,
            [false, true, true, true, true, false, true, true, false]
        );
    }
}
