//! The procedure against lists that were written from the handbook by hand, without looking at the pack: sequences
//! that must pass, acts that must be refused in them, and every act tried in every state. A refused act writes
//! nothing. The lists are `d12.txt` and `d21.txt`; their head says how to read them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod list;
mod stage;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use list::{Block, Line};
use stage::{ACTS, Stage};
use support::County;

const D12: &str = include_str!("d12.txt");
const D21: &str = include_str!("d21.txt");

/// Plays the lines of a block; what went wrong, if anything.
fn play(stage: &mut Stage, lines: &[Line]) -> Result<(), String> {
    for line in lines {
        match line {
            Line::Day(day) => stage.on(day),
            Line::Act(act) => stage
                .act(act)
                .map_err(|error| format!("`{}` must pass: {error}", act.text()))?,
            Line::Refused { act, words } => {
                let before = stage.footprint();
                match stage.act(act) {
                    Ok(()) => return Err(format!("`{}` must be refused", act.text())),
                    Err(error) if error.contains(words.as_str()) => {}
                    Err(error) => {
                        return Err(format!(
                            "`{}` is refused without `{words}`:\n{error}",
                            act.text()
                        ));
                    }
                }
                if stage.footprint() != before {
                    return Err(format!("`{}` was refused and wrote something", act.text()));
                }
            }
            Line::State(state) => {
                let found = stage.state();
                if found != *state {
                    return Err(format!("the case stands at {found}, not at {state}"));
                }
            }
        }
    }
    Ok(())
}

/// Every case of a list; all that fail are told at once.
fn sequences(text: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in list::read(text) {
        let Block::Case { id, family, lines } = block else {
            continue;
        };
        count += 1;
        if let Err(reason) = play(&mut Stage::new(&family), &lines) {
            wrong.push(format!("{id}\n  {reason}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    assert!(count >= 10, "only {count} sequences were read");
}

/// Every act in every state of a list.
fn every_act_in_every_state(text: &str) {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for block in list::read(text) {
        let Block::At {
            state,
            family,
            way,
            allowed,
        } = block
        else {
            continue;
        };
        let into = || {
            let mut stage = Stage::new(&family);
            play(&mut stage, &way).unwrap_or_else(|reason| panic!("the way to {state}: {reason}"));
            assert_eq!(stage.state(), state, "the way to {state} leads elsewhere");
            stage
        };
        let mut here = into();
        for name in ACTS {
            let act = list::Act::named(name);
            tried += 1;
            if let Some((_, next)) = allowed.iter().find(|(allowed, _)| allowed == name) {
                let mut stage = into();
                match stage.act(&act) {
                    Ok(()) if stage.state() == *next => {}
                    Ok(()) => wrong.push(format!("{state}: {name} leads to {}", stage.state())),
                    Err(error) => wrong.push(format!("{state}: {name} is refused: {error}")),
                }
                continue;
            }
            let before = here.footprint();
            if here.act(&act).is_ok() {
                wrong.push(format!("{state}: {name} passes, to {}", here.state()));
                here = into();
            } else if here.footprint() != before {
                wrong.push(format!("{state}: {name} was refused and wrote something"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(tried > 100, "only {tried} acts were tried");
}

/// The states and steps that a list must speak of, from the pack's procedure of that law.
fn covered(law: &str, text: &str) {
    let county = County::new();
    let packs = county.packs.current();
    let programme = packs.programme("urban-dibao").unwrap();
    let procedure = programme
        .procedures
        .iter()
        .find(|procedure| procedure.law == law)
        .unwrap();
    let mut states = BTreeSet::new();
    let mut acts = BTreeSet::new();
    for block in list::read(text) {
        let lines = match block {
            Block::At {
                state,
                allowed,
                way,
                ..
            } => {
                states.insert(state);
                acts.extend(allowed.into_iter().map(|(act, _)| stage::step_of(&act)));
                way
            }
            Block::Case { lines, .. } => lines,
        };
        acts.extend(lines.iter().filter_map(|line| match line {
            Line::Act(act) => Some(stage::step_of(&act.name)),
            _ => None,
        }));
    }
    for step in &procedure.steps {
        let ends = step
            .from
            .iter()
            .chain(&step.to)
            .filter(|state| *state != "new");
        for state in ends {
            assert!(states.contains(state), "{law}: no line says `at {state}`");
        }
        assert!(
            acts.contains(step.code.as_str()),
            "{law}: no sequence takes `{}`",
            step.code
        );
    }
}

#[test]
fn sequences_under_d21_pass_and_fail_as_the_handbook_says() {
    sequences(D21);
}

#[test]
fn sequences_under_d12_pass_and_fail_as_the_handbook_says() {
    sequences(D12);
}

#[test]
fn under_d21_every_act_is_possible_in_the_states_listed_and_in_no_other() {
    every_act_in_every_state(D21);
}

#[test]
fn under_d12_every_act_is_possible_in_the_states_listed_and_in_no_other() {
    every_act_in_every_state(D12);
}

#[test]
fn no_state_and_no_step_of_the_procedures_is_missing_from_the_lists() {
    covered("D21", D21);
    covered("D12", D12);
}

#[test]
fn a_list_that_is_wrong_is_found_out() {
    let lines = |text: &str| match list::read(text).remove(0) {
        Block::Case { lines, .. } => lines,
        Block::At { .. } => panic!("a case was written"),
    };
    let fails = |text: &str| play(&mut Stage::new("eligible"), &lines(text)).unwrap_err();
    let must_pass = fails("case X\nfamily: eligible\n2021-08-16 apply investigate");
    assert!(must_pass.contains("`investigate` must pass"), "{must_pass}");
    let must_fail = fails("case X\nfamily: eligible\n2021-08-16 apply\n! accept :");
    assert_eq!(must_fail, "`accept` must be refused");
    let state = fails("case X\nfamily: eligible\n2021-08-16 apply\n= accepted");
    assert_eq!(state, "the case stands at applied, not at accepted");
}
