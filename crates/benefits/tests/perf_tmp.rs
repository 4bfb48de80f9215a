mod support;
use std::time::Instant;
use minsheng_benefits::assistance::{self, roll};
use support::family::urban_couple;
use support::walk::*;
use support::*;
#[test]
#[allow(clippy::disallowed_methods)]
fn speed() {
    let county = County::new();
    let t = Instant::now();
    let n = 400;
    let families: Vec<_> = (0..n).map(|i| { if i % 200 == 0 { county.on(&format!("2020-09-{:02}", 2 + i/200)); } urban_couple(&county, LUCHENG_1, 290)}).collect();
    println!("register {:?}", t.elapsed());
    county.on("2021-08-16");
    let desk = county.desk();
    let forms: Vec<_> = families.iter().map(|f| application(f, "urban-dibao")).collect();
    macro_rules! time { ($name:literal, $e:expr) => {{ let t = Instant::now(); let r = $e; println!("{} {:?}", $name, t.elapsed()); r }} }
    let clerk = county.ctx(CLERK);
    let half = n / 2;
    let mut cases = time!("apply many 500", assistance::apply_many(&desk, &county.ctx(CLERK), &forms[..half]).unwrap());
    time!("apply single 500", for f in &forms[half..] { cases.push(assistance::apply(&desk, &clerk, f).unwrap()); });
    time!("accept many", assistance::accept_many(&desk, &clerk, &cases[..half]).unwrap());
    time!("accept single", for c in &cases[half..] { assistance::accept(&desk, &clerk, *c).unwrap(); });
    let visits: Vec<_> = cases.iter().map(|c| (*c, visit(&county))).collect();
    time!("investigate many", assistance::investigate_many(&desk, &clerk, &visits[..half]).unwrap());
    time!("investigate single", for (c, v) in &visits[half..] { assistance::investigate(&desk, &clerk, *c, v).unwrap(); });
    let officer = county.ctx(OFFICER_2);
    time!("ask many", assistance::cross_check_start_many(&desk, &officer, &cases, &sources()).unwrap());
    let ans: Vec<_> = cases.iter().map(|c| (*c, answers())).collect();
    time!("answer many", assistance::cross_check_answer_many(&desk, &officer, &ans[..half]).unwrap());
    time!("answer single", for a in &ans[half..] { assistance::cross_check_answer_many(&desk, &officer, std::slice::from_ref(a)).unwrap(); });
    time!("opinion many", assistance::first_opinion_many(&desk, &clerk, &cases[..half]).unwrap());
    time!("opinion single", for c in &cases[half..] { assistance::first_opinion(&desk, &clerk, *c).unwrap(); });
    time!("post", assistance::post_notices(&desk, &clerk, LUCHENG_1, &cases).unwrap());
    county.on("2021-08-25");
    time!("forward", assistance::forward_many(&desk, &county.ctx(CLERK), &cases).unwrap());
    let ops: Vec<_> = cases.iter().map(|c| (*c, None)).collect();
    time!("county many", assistance::county_opinion_many(&desk, &county.ctx(OFFICER), &ops).unwrap());
    let reviewer = county.ctx(REVIEWER);
    time!("decide many", assistance::decide_many(&desk, &reviewer, &cases[..half]).unwrap());
    time!("decide single", for c in &cases[half..] { assistance::decide(&desk, &reviewer, *c).unwrap(); });
    let roll = time!("in_force", county.store.read(|q| roll::in_force(q, county.known())).unwrap());
    let ids: Vec<i64> = roll.iter().map(|c| c.decisions[0].determination.unwrap()).collect();
    time!("frozen_many", county.store.read(|q| assistance::frozen_many(q, &ids)).unwrap());
    let f = time!("verify", county.store.read(|q| assistance::proof::verify(&desk, q)).unwrap());
    assert!(f.is_empty());
}
