//! Missing evidence: an undetermined result lists exactly the evidence that would decide it.
//!
//! Over expressions in which each piece of evidence stands once, so that what decides is a matter of the operators
//! and not of two parts that happen to contradict each other.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;

use std::collections::BTreeMap;

use minsheng_policy::{Answer, KeyDates, Programme};
use proptest::prelude::*;
use serde_json::{Value, json};

const FLAGS: usize = 6;

fn evidence() -> String {
    (0..FLAGS)
        .map(|flag| {
            format!(
                "\n```toml evidence\nname = \"f{flag}\"\nentity = \"household\"\nform = \"flag\"\nsource = {{ zh = \"册\", en = \"register\" }}\nlabel = {{ zh = \"项\", en = \"item\" }}\ncite = \"L\"\n```\n"
            )
        })
        .collect()
}

/// A shape with holes; the flags are put in from left to right, each once.
#[derive(Debug, Clone)]
enum Tree {
    Hole,
    Known(bool),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    Same(Box<Tree>, Box<Tree>),
    AtLeast(u8, Box<Tree>, Box<Tree>),
    All(Vec<Tree>),
}

impl Tree {
    fn write(&self, next: &mut usize) -> String {
        match self {
            Tree::Hole if *next < FLAGS => {
                *next += 1;
                format!("household.f{}", *next - 1)
            }
            Tree::Hole => "true".to_owned(),
            Tree::Known(value) => value.to_string(),
            Tree::Not(of) => format!("!({})", of.write(next)),
            Tree::And(a, b) => format!("({} && {})", a.write(next), b.write(next)),
            Tree::Or(a, b) => format!("({} || {})", a.write(next), b.write(next)),
            Tree::If(a, b, c) => format!(
                "({} ? {} : {})",
                a.write(next),
                b.write(next),
                c.write(next)
            ),
            Tree::Same(a, b) => format!("(({}) == ({}))", a.write(next), b.write(next)),
            Tree::AtLeast(number, a, b) => format!(
                "({} ? 1 : 0) + ({} ? 2 : 0) >= {number}",
                a.write(next),
                b.write(next)
            ),
            Tree::All(items) => {
                let items: Vec<String> = items.iter().map(|item| item.write(next)).collect();
                format!("[{}].all(x, x)", items.join(", "))
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![4 => Just(Tree::Hole), 1 => any::<bool>().prop_map(Tree::Known)];
    leaf.prop_recursive(4, 10, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Tree::Not),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Tree::And(a, b)),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Tree::Or(a, b)),
            (boxed.clone(), boxed.clone(), boxed.clone()).prop_map(|(a, b, c)| Tree::If(a, b, c)),
            (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Tree::Same(a, b)),
            (1_u8..4, boxed.clone(), boxed).prop_map(|(n, a, b)| Tree::AtLeast(n, a, b)),
            prop::collection::vec(inner, 1..3).prop_map(Tree::All),
        ]
    })
}

type Known = BTreeMap<usize, bool>;

/// What is needed; `None` when the value is known.
fn needs(programme: &Programme, known: &Known) -> Option<Vec<usize>> {
    let mut extra = json!({});
    for (flag, value) in known {
        extra[format!("f{flag}")] = Value::Bool(*value);
    }
    let facts = programme.facts(&support::household(&[40], extra)).unwrap();
    let key = KeyDates {
        acceptance: "2021-03-10".parse().unwrap(),
        month: "2021-05".parse().unwrap(),
    };
    match programme.ask("probe", None, &facts, &key).unwrap() {
        Answer::Known(_) => None,
        Answer::Undetermined { needs } => Some(
            needs
                .iter()
                .map(|need| need.field[1..].parse().unwrap())
                .collect(),
        ),
    }
}

/// All ways to complete the flags of which `open` says that they are open.
fn completions(known: &Known, open: impl Fn(usize) -> bool) -> Vec<Known> {
    let mut all = vec![known.clone()];
    for flag in (0..FLAGS).filter(|flag| !known.contains_key(flag) && open(*flag)) {
        all = all
            .into_iter()
            .flat_map(|one| {
                [false, true].map(|value| {
                    let mut more = one.clone();
                    more.insert(flag, value);
                    more
                })
            })
            .collect();
    }
    all
}

/// All ways to answer some of the open flags but one.
fn partial(known: &Known, but: usize) -> Vec<Known> {
    let mut all = vec![known.clone()];
    for flag in (0..FLAGS).filter(|flag| *flag != but && !known.contains_key(flag)) {
        let answered = all.clone().into_iter().flat_map(|one| {
            [false, true].map(|value| {
                let mut more = one.clone();
                more.insert(flag, value);
                more
            })
        });
        all.extend(answered.collect::<Vec<_>>());
    }
    all
}

proptest! {
    #[test]
    fn an_undetermined_result_lists_exactly_what_would_decide_it(
        tree in tree(), given in prop::collection::btree_map(0..FLAGS, any::<bool>(), 0..4),
    ) {
        let expression = tree.write(&mut 0);
        let set = support::load(&format!("{}{}", evidence(), support::rule("bool", &expression)))
            .map_err(|errors| TestCaseError::fail(format!("{expression}: {errors}")))?;
        let programme = set.programme("p").unwrap();
        let Some(listed) = needs(programme, &given) else {
            return Ok(());
        };
        prop_assert!(!listed.is_empty(), "{}", expression);
        prop_assert!(listed.iter().all(|flag| !given.contains_key(flag)), "{} {:?}", expression, listed);
        // Nothing else decides it.
        for others in completions(&given, |flag| !listed.contains(&flag)) {
            prop_assert!(needs(programme, &others).is_some(), "{expression}: decided by {others:?} without {listed:?}");
        }
        // Each one of them can be what decides it.
        for flag in &listed {
            let decides = partial(&given, *flag).iter().any(|others| {
                needs(programme, others).is_some()
                    && [false, true].iter().any(|value| {
                        let mut answered = others.clone();
                        answered.insert(*flag, *value);
                        needs(programme, &answered).is_none()
                    })
            });
            prop_assert!(decides, "{expression}: f{flag} is listed in {listed:?} and decides nothing");
        }
        // All of them known, the result is known or waits for others.
        for answered in completions(&given, |flag| listed.contains(&flag)) {
            if let Some(next) = needs(programme, &answered) {
                prop_assert!(next.iter().all(|flag| !listed.contains(flag)), "{expression}: asks again for {next:?}");
            }
        }
    }
}
