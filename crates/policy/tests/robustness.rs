//! Packs of any text end in a set or in errors with a place; never in a panic.

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
