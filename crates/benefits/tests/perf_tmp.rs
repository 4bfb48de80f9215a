mod support;
use std::time::Instant;
use minsheng_benefits::assistance::{self, roll};
use support::family::urban_couple;
use support::walk::*;
use support::*;
minsheng_store::statement! { PLAN, internal "x", "EXPLAIN QUERY PLAN SELECT e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed, e.valid_from, e.valid_to, e.id
     FROM evidence e
     WHERE e.subject_kind = 'household' AND e.subject_id = ?1
       AND e.valid_from <= ?2 AND (e.valid_to IS NULL OR e.valid_to > ?2)
       AND e.tx <= ?3 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?3)
     UNION ALL
     SELECT e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed, e.valid_from, e.valid_to, e.id
     FROM membership m JOIN evidence e ON e.subject_kind = 'person' AND e.subject_id = m.person_id
     WHERE m.household_id = ?1 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND m.tx <= ?3 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?3)
       AND e.valid_from <= ?2 AND (e.valid_to IS NULL OR e.valid_to > ?2)
       AND e.tx <= ?3 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?3)
     ORDER BY 11" }
minsheng_store::statement! { IDX, internal "x", "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'evidence'" }
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
    time!("apply single 500", for f in &forms[half..] { cases.push(assistance::apply(&desk, &county.ctx(CLERK), f).unwrap()); });
    time!("accept many", assistance::accept_many(&desk, &county.ctx(CLERK), &cases[..half]).unwrap());
    time!("accept single", for c in &cases[half..] { assistance::accept(&desk, &county.ctx(CLERK), *c).unwrap(); });
    let visits: Vec<_> = cases.iter().map(|c| (*c, visit(&county))).collect();
    time!("investigate many", assistance::investigate_many(&desk, &county.ctx(CLERK), &visits[..half]).unwrap());
    time!("investigate single", for (c, v) in &visits[half..] { assistance::investigate(&desk, &county.ctx(CLERK), *c, v).unwrap(); });
    let officer = county.ctx(OFFICER_2);
    time!("ask many", assistance::cross_check_start_many(&desk, &county.ctx(OFFICER_2), &cases, &sources()).unwrap());
    let ans: Vec<_> = cases.iter().map(|c| (*c, answers())).collect();
    time!("answer many", assistance::cross_check_answer_many(&desk, &county.ctx(OFFICER_2), &ans[..half]).unwrap());
    time!("answer single", for a in &ans[half..] { assistance::cross_check_answer_many(&desk, &county.ctx(OFFICER_2), std::slice::from_ref(a)).unwrap(); });
    time!("opinion many", assistance::first_opinion_many(&desk, &county.ctx(CLERK), &cases[..half]).unwrap());
    time!("opinion single", for c in &cases[half..] { assistance::first_opinion(&desk, &county.ctx(CLERK), *c).unwrap(); });
    time!("post", assistance::post_notices(&desk, &county.ctx(CLERK), LUCHENG_1, &cases).unwrap());
    county.on("2021-08-25");
    time!("forward", assistance::forward_many(&desk, &county.ctx(CLERK), &cases).unwrap());
    let ops: Vec<_> = cases.iter().map(|c| (*c, None)).collect();
    time!("county many", assistance::county_opinion_many(&desk, &county.ctx(OFFICER), &ops).unwrap());
    let reviewer = county.ctx(REVIEWER);
    time!("decide many", assistance::decide_many(&desk, &county.ctx(REVIEWER), &cases[..half]).unwrap());
    time!("decide single", for c in &cases[half..] { assistance::decide(&desk, &county.ctx(REVIEWER), *c).unwrap(); });
    let roll = time!("in_force", county.store.read(|q| roll::in_force(q, county.known())).unwrap());
    let ids: Vec<i64> = roll.iter().map(|c| c.decisions[0].determination.unwrap()).collect();
    time!("frozen_many", county.store.read(|q| assistance::frozen_many(q, &ids)).unwrap());
    let programme = county.packs.current().programme("urban-dibao").unwrap();
    let known = county.known();
    use minsheng_store::{Value, Query};
    county.store.read(|q| { for r in q.rows(&PLAN, &[Value::Int(1), Value::Int(19000), Value::Int(3000)])? { println!("PLAN {:?}", r.values()); }  for r in q.rows(&IDX, &[])? { println!("PLAN {:?}", r.values()); } Ok::<_, minsheng_store::StoreError>(()) }).unwrap();
    time!("members 400", county.store.read(|q| { for c in &roll { minsheng_registry::households::members(q, c.household, county.today(), known)?; } Ok::<_, minsheng_registry::RegistryError>(()) }).unwrap());
    time!("division 400", county.store.read(|q| { for c in &roll { minsheng_registry::households::division_of(q, c.household)?; } Ok::<_, minsheng_registry::RegistryError>(()) }).unwrap());
    time!("case 400", county.store.read(|q| { for c in &roll { assistance::case(q, c.case)?; } Ok::<_, assistance::AssistanceError>(()) }).unwrap());
    let all = time!("assemble 400", county.store.read(|q| { let mut v = Vec::new(); for c in &roll { v.push(minsheng_registry::facts::assemble(q, programme, c.household, None, c.acceptance, county.today(), known)?); } Ok::<_, minsheng_registry::RegistryError>(v) }).unwrap());
    let facts = time!("facts 400", all.iter().map(|j| programme.facts(j).unwrap()).collect::<Vec<_>>());
    let key = minsheng_policy::KeyDates { acceptance: day("2021-08-16"), month: "2021-09".parse().unwrap() };
    let dets = time!("determine 400", facts.iter().map(|f| programme.determine(f, &key).unwrap()).collect::<Vec<_>>());
    time!("amounts 400", facts.iter().for_each(|f| { programme.amounts(f, &key).unwrap(); }));
    time!("serialise 400", dets.iter().for_each(|d| { serde_json::to_value(d).unwrap().to_string(); }));
    println!("json {}", all[0].to_string().len());
    let path = county.store.url().path().unwrap().to_owned();
    for ext in ["", "-wal"] { let from = format!("{}{ext}", path.display()); if std::path::Path::new(&from).exists() { std::fs::copy(&from, format!("/tmp/x.db{ext}")).unwrap(); } }
    let f = time!("verify", county.store.read(|q| assistance::proof::verify(&desk, q)).unwrap());
    assert!(f.is_empty());
}
