//! A county ten times smaller: quick, and closed on its own figures like the real one.

mod support;

use minsheng_county_demo::Targets;

#[test]
fn a_small_county_comes_to_its_own_figures() {
    let targets = Targets::load().unwrap().scaled(10);
    let roll = targets.roll.clone();
    let person_months = targets.paid.backstop_person_months.value;
    let county = support::county(11, Some(targets), None);
    for (id, wanted) in [
        ("A07", roll.rural_households.value),
        ("A08", roll.rural_persons.value),
        ("RV-03", roll.backstop_households.value),
        ("RV-04", roll.backstop_persons.value),
        ("A11", roll.urban_households.value),
        ("A12", roll.urban_persons.value),
    ] {
        assert_eq!(county.figure(id), wanted.to_string(), "{id}");
    }
    let fen = minsheng_core::Fen::from_yuan(person_months * 295).unwrap();
    assert_eq!(county.figure("RV-05"), fen.wan_yuan(2));
}
