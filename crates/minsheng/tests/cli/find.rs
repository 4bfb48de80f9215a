//! Who is meant by a name or a number, in the area of whoever asks.

use crate::line::{good, run};

const FATHER: &str = "513301196002290017";

#[test]
fn a_person_is_found_by_name_or_number_and_only_in_the_area_of_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    for (name, area) in [
        ("otto", "513301000000"),
        ("lu", "513301001000"),
        ("gu", "513301100000"),
    ] {
        good(
            at,
            &format!(
                "user add {name} --name {name} --role officer --division {area} --db r.db --as anna --at 2021-01-02"
            ),
        );
    }
    let roll = format!(
        "户号,姓名,身份证号,与户主关系,区划代码,类别\n1,扎西,{FATHER},户主,513301001000,城市\n"
    );
    std::fs::write(at.join("roll.csv"), roll).unwrap();
    good(
        at,
        "import roll roll.csv --db r.db --as otto --at 2021-01-03",
    );
    for (user, words) in [("otto", "扎西"), ("lu", "扎西"), ("lu", FATHER)] {
        let said = good(at, &format!("find {words} --db r.db --as {user}"));
        assert!(
            said.contains("P000001") && said.contains("H000001") && said.contains("1960-02-29"),
            "{said}"
        );
        assert!(!said.contains(FATHER) && said.contains("513301***********7"));
    }
    let json = good(at, "find 扎西 --json --db r.db --as otto");
    assert!(json.contains("\"household\": \"H000001\""), "{json}");
    for (user, words) in [("gu", "扎西"), ("gu", FATHER), ("otto", "扎")] {
        let said = good(at, &format!("find {words} --db r.db --as {user}"));
        assert!(said.contains("nobody of your area"), "{said}");
    }
    assert!(run(at, "--lang zh find 央金 --db r.db --as gu").contains("辖区内没有登记"));
}
