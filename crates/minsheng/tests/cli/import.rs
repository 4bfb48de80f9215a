//! Rolls at the command line: refused whole with each bad row named, taken over without the bad ones, corrected and
//! brought again, and brought twice.

use std::path::Path;

use crate::line::{good, run};

const HEAD: &str = "姓名,身份证号,与户主关系,区划代码,类别\r\n";
const FATHER: &str = "513301196002290017";
const MOTHER: &str = "513301196203010026";

fn office(at: &Path) {
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    good(
        at,
        "user add otto --name Otto --role officer --division 513301000000 --db r.db --as anna --at 2021-01-02",
    );
}

fn rolls(at: &Path, mother: &str) {
    let text = format!(
        "附件1\r\n{HEAD}扎西,{FATHER},户主,513301001000,城市\r\n多吉,,户主,513301001000,农村\r\n卓玛,{mother},户主,513301001000,城市\r\n合计,2户,,,\r\n"
    );
    // as older office programs write it
    let bytes = minsheng_exchange::text::encode(&text, minsheng_exchange::text::Encoding::Gb18030);
    std::fs::write(at.join("roll.csv"), bytes.unwrap()).unwrap();
}

const LINE: &str = "import roll roll.csv --db r.db --as otto --at 2021-01-03";

#[test]
fn a_roll_is_refused_whole_then_taken_without_its_bad_rows_then_corrected_then_nothing_is_left_to_do()
 {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    rolls(at, MOTHER);
    let before = good(at, "verify --db r.db");
    let refused = run(at, LINE);
    for part in [
        "exit code: 1",
        "line 1 is no row: 附件1",
        "line 6 is no row: 合计",
        "roll.csv, line 4: neither an identity number nor a birth date",
        "1 rows cannot be taken over, so nothing was",
        "hint: correct the lines above",
    ] {
        assert!(refused.contains(part), "{part}\n{refused}");
    }
    assert_eq!(good(at, "verify --db r.db"), before);

    let done = good(at, &format!("{LINE} --skip-bad"));
    assert!(done.contains("2 new households, 2 new persons"), "{done}");
    assert!(done.contains("A roll makes no decision"), "{done}");
    let bad = std::fs::read(at.join("roll.bad.csv")).unwrap();
    let again = run(at, &format!("{LINE} --skip-bad"));
    assert!(again.contains("roll.bad.csv is there already"), "{again}");

    let (text, _, _) = encoding_rs::GB18030.decode(&bad);
    assert!(
        text.starts_with("姓名,身份证号,与户主关系,区划代码,类别,reason\r\n多吉,,户主,"),
        "{text}"
    );
    let number =
        minsheng_core::citizen_id::build("513301", "1970-05-20".parse().unwrap(), 3).unwrap();
    let corrected = text.replace("多吉,,", &format!("多吉,{},", number.as_str()));
    std::fs::write(at.join("corrected.csv"), corrected).unwrap();
    let done = good(
        at,
        "import roll corrected.csv --db r.db --as otto --at 2021-01-04",
    );
    assert!(done.contains("1 new households, 1 new persons"), "{done}");
    let twice = good(
        at,
        "import roll corrected.csv --db r.db --as otto --at 2021-01-04",
    );
    assert!(
        twice.contains("0 new households, 0 new persons; 1 households unchanged"),
        "{twice}"
    );
    assert!(twice.contains("Nothing was written"), "{twice}");

    let list = good(at, "import list --db r.db");
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(good(at, "import show 2 --db r.db").contains("corrected.csv"));
    assert!(good(at, "verify --db r.db").contains("clean"));
}

#[test]
fn a_dry_run_writes_nothing_and_a_mapping_is_saved_under_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    let text = format!("受助人,证号,身份,地点\n扎西,{FATHER},当家,东关\n");
    std::fs::write(at.join("own.csv"), text).unwrap();
    let unknown = run(
        at,
        "import roll own.csv --db r.db --as otto --at 2021-01-03",
    );
    assert!(
        unknown.contains("hint: name your headings in a mapping"),
        "{unknown}"
    );
    std::fs::write(
        at.join("own.toml"),
        "[columns]\n\"受助人\" = \"name\"\n\"证号\" = \"id_number\"\n\"身份\" = \"relation\"\n\"地点\" = \"village\"\n\
         [relations]\n\"当家\" = \"head\"\n[divisions]\n\"东关\" = 513301001000\n",
    )
    .unwrap();
    let before = good(at, "verify --db r.db");
    let dry = good(
        at,
        "import roll own.csv --mapping own.toml --dry-run --db r.db --as otto --at 2021-01-03",
    );
    assert!(
        dry.contains("would form 1 households with 1 new persons"),
        "{dry}"
    );
    assert_eq!(good(at, "verify --db r.db"), before);
    good(
        at,
        "import roll own.csv --mapping own.toml --save-mapping kangding --db r.db --as otto --at 2021-01-03",
    );
    let json = good(
        at,
        "import roll own.csv --mapping kangding --json --db r.db --as otto --at 2021-01-04",
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["report"]["unchanged"], 1);
    assert_eq!(json["written"], false);
}

#[test]
fn a_roll_that_says_a_move_or_an_income_says_where_each_is_entered() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    let roll = |village: &str, income: &str| {
        let text = format!(
            "姓名,身份证号,与户主关系,区划代码{income}\n扎西,{FATHER},户主,{village}{}\n",
            if income.is_empty() { "" } else { ",1200" }
        );
        std::fs::write(at.join("roll.csv"), text).unwrap();
    };
    roll("513301001000", ",家庭月收入");
    let done = good(at, LINE);
    assert!(
        done.contains("columns that nothing is read from: E 家庭月收入")
            && done.contains("enter it for each person with `minsheng evidence add`"),
        "{done}"
    );
    std::fs::write(
        at.join("income.toml"),
        "[columns]\n\"家庭月收入\" = \"evidence.income\"\n",
    )
    .unwrap();
    let refused = run(at, &format!("{LINE} --mapping income.toml"));
    assert!(
        refused.contains("take the column out of the mapping (`ignored`)"),
        "{refused}"
    );
    roll("513301002000", "");
    let moved = good(
        at,
        "import roll roll.csv --update --db r.db --as otto --at 2021-01-04",
    );
    assert!(
        moved.contains("line 2, H000001, #2: village")
            && moved.contains("`minsheng case move send CASE")
            && moved.contains("Nothing was written"),
        "{moved}"
    );
}
