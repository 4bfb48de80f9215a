//! Rules in the order of their use: a rule stands after those it rests on. A cycle is an error that names it.

use crate::syntax::{Expr, ExprKind};

/// Greatest height of a chain of rules, each tree counted: a bound on recursion in the evaluator.
pub(crate) const MAX_CHAIN: u32 = 800;

/// Names that an expression mentions as values or calls.
pub(crate) fn mentioned(expr: &Expr, found: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Name(name) => found.push(name.clone()),
        ExprKind::Call(name, _) => found.push(name.text.clone()),
        _ => {}
    }
    for child in crate::syntax::children(&expr.kind) {
        mentioned(child, found);
    }
}

/// Orders `count` rules by use; `Err` is a cycle as indices, first and last the same.
pub(crate) fn order(uses: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut ordered = Vec::new();
    let mut state = vec![State::New; uses.len()];
    for start in 0..uses.len() {
        // An explicit stack: a pack may hold more rules than the machine has stack.
        let mut path: Vec<(usize, usize)> = Vec::new();
        if state[start] == State::New {
            state[start] = State::Open;
            path.push((start, 0));
        }
        while let Some((rule, next)) = path.last_mut() {
            let (rule, at) = (*rule, *next);
            *next += 1;
            match uses[rule].get(at) {
                None => {
                    state[rule] = State::Done;
                    ordered.push(rule);
                    path.pop();
                }
                Some(&used) if state[used] == State::New => {
                    state[used] = State::Open;
                    path.push((used, 0));
                }
                Some(&used) if state[used] == State::Open => {
                    let from = path
                        .iter()
                        .position(|(on_path, _)| *on_path == used)
                        .unwrap_or(0);
                    let mut cycle: Vec<usize> =
                        path[from..].iter().map(|(rule, _)| *rule).collect();
                    cycle.push(used);
                    return Err(cycle);
                }
                Some(_) => {}
            }
        }
    }
    Ok(ordered)
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_stands_after_those_it_uses() {
        assert_eq!(order(&[vec![1, 2], vec![2], vec![]]), Ok(vec![2, 1, 0]));
    }

    #[test]
    fn a_cycle_is_named_from_its_first_rule_back_to_it() {
        assert_eq!(order(&[vec![1], vec![2], vec![1]]), Err(vec![1, 2, 1]));
        assert_eq!(order(&[vec![0]]), Err(vec![0, 0]));
    }
}
