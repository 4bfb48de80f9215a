//! Campaigns with random outcomes keep to the invariant.

use minsheng_store::Scope;
use proptest::prelude::{Just, Strategy, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::bed::{OVER, all_steps, at, decide, earns, ground, opened, proved, report, report_at};
use crate::support::family::{couples, dies};
use crate::support::walk::{AUGUST, granted_together};
use crate::support::{COUNTY, County, LUCHENG, LUCHENG_1, LUCHENG_2, YALA, YALA_1};

/// What becomes of a household in a random campaign.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Earns(i64),
    Ground(&'static str),
    OneDies,
    BothDie,
    StaysOpen,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        (0_i64..1_500).prop_map(Fate::Earns),
        prop::sample::select(&["moved", "withdrew", "no_reapplication"][..]).prop_map(Fate::Ground),
        Just(Fate::OneDies),
        Just(Fate::BothDie),
        Just(Fate::StaysOpen),
    ]
}

fn run(fates: &[Fate], entries: usize) {
    let county = County::new();
    let places = [LUCHENG_1, LUCHENG_2, YALA_1];
    let villages: Vec<i64> = (0..fates.len()).map(|at| places[at % 3]).collect();
    let families = couples(&county, &villages);
    let late = couples(&county, &vec![LUCHENG_2; entries]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let mut walked = Vec::new();
    for ((fate, family), case) in fates.iter().zip(&families).zip(&cases) {
        at(&county, "2021-11-01");
        match fate {
            Fate::Earns(yuan) => earns(&county, family, *yuan),
            Fate::OneDies => dies(&county, family, family.members[1], "2021-10-20"),
            Fate::BothDie => {
                dies(&county, family, family.members[0], "2021-10-20");
                dies(&county, family, family.members[1], "2021-10-21");
            }
            Fate::Ground(code) => ground(&county, campaign, code, &[*case]).unwrap(),
            Fate::StaysOpen => {}
        }
        if !matches!(fate, Fate::Ground(_) | Fate::StaysOpen) {
            walked.push(*case);
        }
    }
    all_steps(&county, campaign, &walked);
    county.on(OVER);
    for (fate, case) in fates.iter().zip(&cases) {
        if !matches!(fate, Fate::StaysOpen) {
            decide(&county, *case).unwrap();
        }
    }
    granted_together(
        &county,
        &late,
        ["2021-11-17", "2021-11-18", "2021-11-26", "2021-12-01"],
    );
    let found = report(&county, campaign);
    assert!(found.holds, "{found:#?}");
    assert_eq!(found.total.before.households, fates.len() as i64);
    assert_eq!(found.total.admitted.households, entries as i64);
    let left = |fate: &&Fate| matches!(fate, Fate::Ground(_) | Fate::BothDie);
    let gone = fates.iter().filter(left).count() as i64;
    assert!(found.total.exited.households >= gone);
    let stay = fates.iter().filter(|fate| matches!(fate, Fate::StaysOpen));
    assert_eq!(found.total.open.households, stay.count() as i64);
    let areas: i64 = [LUCHENG, YALA]
        .into_iter()
        .map(|area| report_at(&county, campaign, &Scope::of(area), county.known()))
        .inspect(|part| assert!(part.holds))
        .map(|part| part.total.after.households)
        .sum();
    let whole = report_at(&county, campaign, &Scope::of(COUNTY), county.known());
    assert_eq!(areas, whole.total.after.households);
    assert_eq!(whole.total, found.total);
    proved(&county);
}

#[test]
fn random_outcomes_keep_to_the_invariant_in_every_area() {
    let config = Config {
        cases: 6,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let fates = (prop::collection::vec(fate(), 1..7), 0_usize..3);
    TestRunner::new(config)
        .run(&fates, |(fates, entries)| {
            run(&fates, entries);
            Ok(())
        })
        .unwrap();
}
