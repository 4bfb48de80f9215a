//! Packs of any text end in a set or in errors with a place; never in a panic.

#[path = "../../../fuzz/src/any_bytes.rs"]
mod any_bytes;

use minsheng_policy::{PackSet, Source, embedded_sources};
use proptest::prelude::*;

/// Pieces that a careless or hostile hand may leave in a file.
const PIECES: [&str; 20] = [
    "`",
    "```",
    "\n",
    "@",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "=",
    "低",
    "\u{0}",
    "\r\n",
    "> ",
    "[[value]]\n",
    "9999999999999999999999",
    "when ",
    "let x = ",
    "members.",
    "- 1 ",
];

fn damaged(index: usize, at: usize, length: usize, piece: &str) -> Vec<Source> {
    let mut sources = embedded_sources();
    let count = sources.len();
    let text = &mut sources[index % count].text;
    let mut start = at % (text.len() + 1);
    let mut end = (start + length).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    text.replace_range(start..end, piece);
    sources
}

/// Words that an expression is made of, so that chance comes further than the first sign.
const WORDS: [&str; 44] = [
    "members",
    "household.savings",
    "m",
    "x",
    ".any(",
    "m, ",
    ".sum(",
    ".map(",
    ".filter(",
    ")",
    "(",
    "m.ill",
    "m.since",
    "has(",
    "1",
    "0",
    "3/2",
    "1.5",
    "170141183460469231731687303715884105727",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "<",
    "&&",
    "||",
    "!",
    "?",
    ":",
    "let a = ",
    ";",
    "a",
    "[",
    "]",
    ",",
    "in",
    "\"head\"",
    "true",
    "benefit_month",
    "years(",
    "add_months(application.date, months(",
    "completed_age(m.birth_date, application.date)",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_error_with_a_place_or_a_value(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        any_bytes::expression(&bytes);
        any_bytes::pack(&bytes);
    }

    #[test]
    fn any_words_are_an_error_with_a_place_or_a_value(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..24)) {
        any_bytes::expression(words.concat().as_bytes());
        any_bytes::expression(words.join(" ").as_bytes());
        any_bytes::pack(format!("```rule probe: int\n@cite L\n@zh 试\n@en probe\n| {} | then |\n|---|---|\n| {} | 1 |\n| else | 0 |\n```\n", words.join(" "), words.concat()).as_bytes());
    }
}

#[test]
fn depth_and_width_are_bounded() {
    let deep = |piece: &str, times: usize| any_bytes::expression(piece.repeat(times).as_bytes());
    for piece in [
        "(",
        "[",
        "!",
        "-",
        "a.",
        "f(",
        "x ? ",
        "1 + ",
        "let a = 1; ",
        "members.any(m, ",
        "true || (",
        "|",
        "\"",
        "'",
    ] {
        deep(piece, 50_000);
    }
    for piece in [
        ">",
        "- ",
        "`",
        "```rule a: int\n",
        "# ",
        "|",
        "[[value]]\n",
        "[a](",
        "*",
    ] {
        any_bytes::pack(piece.repeat(5_000).as_bytes());
    }
    // Loops within loops would take as long as there are households of persons of persons of …
    let nested = format!("{}true{}", "members.all(x, ".repeat(40), ")".repeat(40));
    any_bytes::expression(nested.as_bytes());
    let named: String = (0..40)
        .map(|depth| format!("members.sum(m{depth}, "))
        .chain(std::iter::once("1".to_owned()))
        .chain((0..40).map(|_| ")".to_owned()))
        .collect();
    any_bytes::expression(named.as_bytes());
}

#[test]
fn parts_that_are_used_twice_at_each_step_are_audited_in_bounds() {
    let rule = |name: &str, body: &str| {
        format!("```rule {name}: bool\n@cite L\n@zh 试\n@en probe\n{body}\n```\n")
    };
    let mut text = rule("r0", "household.savings > 0");
    for step in 1..40 {
        let below = step - 1;
        text.push_str(&rule(
            &format!("r{step}"),
            &format!("r{below} && (r{below} || members.any(m, m.ill))"),
        ));
    }
    let lets: String = (1..40)
        .map(|step| format!("let a{step} = a{} + a{}; ", step - 1, step - 1))
        .collect();
    text.push_str(&rule("probe", "false"));
    for (label, condition) in [
        ("one", "r39".to_owned()),
        ("two", "!r39".to_owned()),
        ("three", format!("let a0 = 1; {lets}a39 > 5")),
    ] {
        text.push_str(&format!("```exception probe: {label}\n@cite L\n@zh 试\n@en probe\nwhen {condition} then true\n```\n"));
    }
    any_bytes::pack(text.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_damaged_pack_is_refused_with_places_or_still_whole(
        index in any::<usize>(), at in any::<usize>(), length in 0_usize..40, piece in prop::sample::select(PIECES.to_vec()),
    ) {
        let sources = damaged(index, at, length, piece);
        match PackSet::from_sources("cn-513301", sources.clone()) {
            Ok(set) => {
                for example in set.run_examples() {
                    prop_assert!(!example.path.is_empty());
                }
            }
            Err(errors) => {
                prop_assert!(!errors.list.is_empty());
                for error in &errors.list {
                    let known = sources.iter().any(|source| source.path == error.path) || error.path == "cn-513301";
                    prop_assert!(known && error.line >= 1 && error.column >= 1 && !error.message.is_empty(), "{error}");
                }
            }
        }
    }

    #[test]
    fn any_text_is_no_reason_to_panic(text in "(?s).{0,400}") {
        let source = Source { path: "xx/p.md".to_owned(), text };
        prop_assert!(PackSet::from_sources("xx", vec![source]).is_err());
    }
}
