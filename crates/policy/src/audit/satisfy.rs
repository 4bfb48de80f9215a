//! Whether conditions can hold together: walked through branch by branch, with an example when they can.

use std::collections::BTreeMap;

use super::formula::Formula;
use crate::exact::Exact;

/// Branches looked at before the question is given up.
const MOST: u32 = 3_000;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Together {
    /// Never.
    Never,
    /// For example when this holds.
    When(Vec<String>),
    /// Too many cases to tell.
    Unsure,
}

/// What is known of the things on one branch.
#[derive(Debug, Clone, Default)]
struct Branch {
    atoms: BTreeMap<String, bool>,
    codes: BTreeMap<String, Codes>,
    numbers: BTreeMap<String, Range>,
}

#[derive(Debug, Clone, Default)]
struct Codes {
    is: Option<(u32, String)>,
    is_not: Vec<(u32, String)>,
}

/// Bounds with whether they belong to the range.
#[derive(Debug, Clone, Default)]
struct Range {
    from: Option<(Exact, bool)>,
    to: Option<(Exact, bool)>,
}

/// Whether all of the formulas can be true at once.
pub(super) fn together(formulas: Vec<Formula>) -> Together {
    let mut left = MOST;
    let todo = formulas
        .into_iter()
        .map(|formula| (formula, true))
        .collect();
    walk(todo, Branch::default(), &mut left)
}

fn walk(mut todo: Vec<(Formula, bool)>, mut branch: Branch, left: &mut u32) -> Together {
    while let Some((formula, wanted)) = todo.pop() {
        match formula {
            Formula::Known(value) if value == wanted => {}
            Formula::Known(_) => return Together::Never,
            Formula::Not(inner) => todo.push((*inner, !wanted)),
            Formula::All(parts) if wanted => {
                todo.extend(parts.into_iter().map(|part| (part, true)))
            }
            Formula::Any(parts) if !wanted => {
                todo.extend(parts.into_iter().map(|part| (part, false)));
            }
            Formula::All(parts) | Formula::Any(parts) => {
                return split(parts, wanted, &todo, &branch, left);
            }
            leaf => {
                if !branch.take(leaf, wanted) {
                    return Together::Never;
                }
            }
        }
    }
    Together::When(branch.words())
}

/// One part has to be as wanted: each is tried.
fn split(
    parts: Vec<Formula>,
    wanted: bool,
    todo: &[(Formula, bool)],
    branch: &Branch,
    left: &mut u32,
) -> Together {
    let mut found = Together::Never;
    for part in parts {
        if *left == 0 {
            return Together::Unsure;
        }
        *left -= 1;
        let mut next = todo.to_vec();
        next.push((part, wanted));
        match walk(next, branch.clone(), left) {
            Together::Never => {}
            Together::Unsure => found = Together::Unsure,
            when => return when,
        }
    }
    found
}

impl Branch {
    /// Takes a fact; false when it contradicts what is known.
    fn take(&mut self, leaf: Formula, wanted: bool) -> bool {
        match leaf {
            Formula::Atom(words) => *self.atoms.entry(words).or_insert(wanted) == wanted,
            Formula::Code {
                of,
                code,
                text,
                count,
            } => {
                let known = self.codes.entry(of).or_default();
                if wanted {
                    let other = known.is.as_ref().is_some_and(|(is, _)| *is != code);
                    known.is = Some((code, text));
                    !other && known.is_not.iter().all(|(not, _)| *not != code)
                } else {
                    if known.is_not.iter().all(|(not, _)| *not != code) {
                        known.is_not.push((code, text));
                    }
                    known.is.as_ref().is_none_or(|(is, _)| *is != code)
                        && count.is_none_or(|count| (known.is_not.len() as u32) < count)
                }
            }
            Formula::Below {
                of,
                bound,
                inclusive,
                whole,
            } => {
                let range = self.numbers.entry(of).or_default();
                if wanted {
                    range.below(bound, inclusive, whole);
                } else {
                    range.above(bound, !inclusive, whole);
                }
                range.possible()
            }
            _ => true,
        }
    }

    /// What holds on the branch, for people.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (of, codes) in &self.codes {
            match &codes.is {
                Some((_, text)) => words.push(format!("{of} == \"{text}\"")),
                None => {
                    let not = codes.is_not.iter();
                    words.extend(not.map(|(_, text)| format!("{of} != \"{text}\"")));
                }
            }
        }
        for (of, range) in &self.numbers {
            match (range.from, range.to) {
                (Some((from, true)), Some((to, true))) if from == to => {
                    words.push(format!("{of} == {from}"));
                }
                (from, to) => {
                    let sign = |inclusive, open: &'static str, closed: &'static str| {
                        if inclusive { closed } else { open }
                    };
                    if let Some((bound, inclusive)) = from {
                        words.push(format!("{of} {} {bound}", sign(inclusive, ">", ">=")));
                    }
                    if let Some((bound, inclusive)) = to {
                        words.push(format!("{of} {} {bound}", sign(inclusive, "<", "<=")));
                    }
                }
            }
        }
        for (atom, value) in &self.atoms {
            words.push(if *value {
                atom.clone()
            } else {
                format!("!({atom})")
            });
        }
        words
    }
}

impl Range {
    fn below(&mut self, bound: Exact, inclusive: bool, whole: bool) {
        let (bound, inclusive) = if whole {
            let floor = Exact::whole(bound.floor());
            let strict = !inclusive && floor == bound;
            match floor.checked_sub(Exact::whole(i128::from(strict))) {
                Some(bound) => (bound, true),
                None => (bound, inclusive),
            }
        } else {
            (bound, inclusive)
        };
        let tighter = self.to.is_none_or(|(known, known_inclusive)| {
            bound < known || (bound == known && known_inclusive && !inclusive)
        });
        if tighter {
            self.to = Some((bound, inclusive));
        }
    }

    fn above(&mut self, bound: Exact, inclusive: bool, whole: bool) {
        let (bound, inclusive) = if whole {
            let floor = Exact::whole(bound.floor());
            let next = !inclusive || floor != bound;
            match floor.checked_add(Exact::whole(i128::from(next))) {
                Some(bound) => (bound, true),
                None => (bound, inclusive),
            }
        } else {
            (bound, inclusive)
        };
        let tighter = self.from.is_none_or(|(known, known_inclusive)| {
            bound > known || (bound == known && known_inclusive && !inclusive)
        });
        if tighter {
            self.from = Some((bound, inclusive));
        }
    }

    fn possible(&self) -> bool {
        match (self.from, self.to) {
            (Some((from, a)), Some((to, b))) => from < to || (from == to && a && b),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(of: &str, bound: i128, inclusive: bool) -> Formula {
        Formula::Below {
            of: of.to_owned(),
            bound: Exact::whole(bound),
            inclusive,
            whole: true,
        }
    }

    fn code(of: &str, code: u32) -> Formula {
        Formula::Code {
            of: of.to_owned(),
            code,
            text: code.to_string(),
            count: Some(2),
        }
    }

    #[test]
    fn ranges_and_codes_exclude_each_other() {
        let young = || below("age", 60, false);
        assert_eq!(
            together(vec![young(), below("age", 60, false).not()]),
            Together::Never
        );
        assert_eq!(
            together(vec![young(), below("age", 58, true).not()]),
            Together::When(vec!["age == 59".to_owned()])
        );
        assert_eq!(
            together(vec![young(), below("age", 59, true).not()]),
            Together::Never
        );
        assert_eq!(together(vec![code("a", 0), code("a", 1)]), Together::Never);
        assert_eq!(
            together(vec![code("a", 0).not(), code("a", 1).not()]),
            Together::Never
        );
        assert_eq!(
            together(vec![code("a", 0), code("b", 1)]),
            Together::When(vec!["a == \"0\"".to_owned(), "b == \"1\"".to_owned()])
        );
    }

    #[test]
    fn branches_are_all_tried() {
        let atom = |name: &str| Formula::Atom(name.to_owned());
        let either = Formula::Any(vec![atom("a"), atom("b")]);
        assert_eq!(
            together(vec![either.clone(), atom("a").not()]),
            Together::When(
                vec!["b".to_owned(), "!(a)".to_owned()]
                    .into_iter()
                    .rev()
                    .collect()
            )
        );
        assert_eq!(
            together(vec![either, atom("a").not(), atom("b").not()]),
            Together::Never
        );
    }
}
