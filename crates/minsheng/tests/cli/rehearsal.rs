//! One household from the form to the bank, word by word as a clerk, an officer, a reviewer, a cashier, a checker
//! and a releaser would type it, with the clock of a rehearsal.

use std::path::Path;

use crate::line::{good, run};
use crate::line_snapshot;

/// Runs a writing line as a user at a time.
pub fn by(folder: &Path, user: &str, at: &str, line: &str) -> String {
    good(folder, &format!("{line} --db r.db --as {user} --at {at}"))
}

fn staffed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), "init --db r.db --rehearsal --at 2021-07-01");
    for (name, role, division) in [
        ("clerk-1", "township_clerk", "513301001"),
        ("clerk-2", "township_clerk", "513301001"),
        ("clerk-guza", "township_clerk", "513301101"),
        ("officer-1", "officer", "513301"),
        ("officer-2", "officer", "513301"),
        ("reviewer-1", "reviewer", "513301"),
        ("cashier-1", "cashier", "513301"),
        ("checker-1", "checker", "513301"),
        ("releaser-1", "releaser", "513301"),
    ] {
        let line = format!("user add {name} --name 某人 --role {role} --division {division}");
        by(folder.path(), "admin", "2021-07-01", &line);
    }
    folder
}

pub fn with_form() -> tempfile::TempDir {
    let folder = staffed();
    let form = good(folder.path(), "register --template");
    std::fs::write(
        folder.path().join("h.toml"),
        form.replace("\"480.00\"", "\"500.00\""),
    )
    .unwrap();
    folder
}

/// From the application to the decision under the procedure of July 2021.
pub fn decided(folder: &Path) {
    by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    by(
        folder,
        "clerk-1",
        "2021-07-06",
        "case apply --programme urban-dibao --household H000001 --applicant P000001 --paper authorisation,declaration --near-relative no",
    );
    by(folder, "clerk-1", "2021-07-06", "case accept C000001");
    by(
        folder,
        "officer-1",
        "2021-07-07",
        "case cross-check start C000001 --source tax,vehicles",
    );
    by(
        folder,
        "clerk-1",
        "2021-07-08",
        "case investigate C000001 --investigator clerk-1,clerk-2 --member-present --finding 情况属实",
    );
    for source in ["tax", "vehicles"] {
        let line = format!("case cross-check answer C000001 --source {source} --finding 无记录");
        by(folder, "officer-1", "2021-07-09", &line);
    }
    by(
        folder,
        "clerk-2",
        "2021-07-12",
        "case first-opinion C000001",
    );
    by(
        folder,
        "clerk-2",
        "2021-07-12",
        "case notice post C000001 --division 513301001001",
    );
    by(folder, "clerk-2", "2021-07-20", "case forward C000001");
    by(
        folder,
        "officer-1",
        "2021-07-21",
        "case county-opinion C000001",
    );
    by(folder, "reviewer-1", "2021-07-22", "case decide C000001");
}

#[test]
fn a_household_goes_from_the_form_to_the_bank() {
    let folder = with_form();
    let folder = folder.path();
    decided(folder);
    line_snapshot!("walk_case", folder, "case show C000001 --db r.db");
    line_snapshot!("walk_notice", folder, "case notice list 1 --db r.db");
    by(folder, "officer-2", "2021-07-23", "account confirm 1");
    by(
        folder,
        "cashier-1",
        "2021-07-26",
        "pay appropriate --source central --amount 1000 --document 川财社〔2021〕1号",
    );
    by(
        folder,
        "checker-1",
        "2021-07-26",
        "pay confirm appropriation 1",
    );
    line_snapshot!(
        "walk_run",
        folder,
        "pay run --month 2021-08 --db r.db --as cashier-1 --at 2021-07-30"
    );
    line_snapshot!(
        "walk_run_again",
        folder,
        "pay run --month 2021-08 --db r.db --as cashier-1 --at 2021-07-30"
    );
    let batch = "PAY-513301-2021-08-01";
    line_snapshot!(
        "walk_check_by_maker",
        folder,
        "pay check PAY-513301-2021-08-01 --db r.db --as cashier-1 --at 2021-07-30"
    );
    by(
        folder,
        "checker-1",
        "2021-07-30",
        &format!("pay check {batch}"),
    );
    by(
        folder,
        "releaser-1",
        "2021-07-30",
        &format!("pay release {batch}"),
    );
    by(
        folder,
        "cashier-1",
        "2021-08-02",
        &format!("pay export {batch} --out bank"),
    );
    let file = std::fs::read_to_string(folder.join("bank").join(format!("{batch}.csv"))).unwrap();
    assert!(file.contains("6217000000000000004"), "{file}");
    let answer = format!(
        "minsheng-result,1,{batch},1,190.00\nline_no,amount_yuan,result,date\n1,190.00,00,2021-08-09\nend,1,190.00,0.00\n"
    );
    std::fs::write(
        folder.join("torn.csv"),
        answer.replace("end,1,190.00,0.00\n", ""),
    )
    .unwrap();
    line_snapshot!(
        "walk_torn_result",
        folder,
        "pay results PAY-513301-2021-08-01 --file torn.csv --db r.db --as checker-1 --at 2021-08-10"
    );
    std::fs::write(folder.join("answer.csv"), answer).unwrap();
    line_snapshot!(
        "walk_result",
        folder,
        "pay results PAY-513301-2021-08-01 --file answer.csv --db r.db --as checker-1 --at 2021-08-10"
    );
    line_snapshot!("walk_funds_zh", folder, "--lang zh pay funds --db r.db");
    line_snapshot!("walk_list", folder, "pay list --db r.db");
    line_snapshot!(
        "walk_lines",
        folder,
        "pay show PAY-513301-2021-08-01 --db r.db"
    );

    let explained = good(
        folder,
        "explain --household H000001 --month 2021-08 --db r.db --lang en",
    );
    assert!(
        explained.contains("IM art. 9") && explained.contains("Credited by the bank: 190.00 yuan"),
        "{explained}"
    );
    let zh = good(
        folder,
        "explain --household H000001 --month 2021-08 --db r.db --lang zh",
    );
    assert!(zh.contains("银行已入账：190.00 元"), "{zh}");
    let json = good(
        folder,
        "explain --household H000001 --month 2021-08 --db r.db --json",
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outcome"], "entitled");
    assert_eq!(json["total_fen"], 19_000);
    assert_eq!(json["paid"][0]["state"], "credited");
    // Before the decision nobody knew of it, and that is what is told of that day.
    let before = good(
        folder,
        "explain --household H000001 --month 2021-08 --known-at 2021-07-21 --db r.db --json",
    );
    let before: serde_json::Value = serde_json::from_str(&before).unwrap();
    assert_eq!(before["outcome"], "undecided");
    assert_eq!(before["paid"].as_array().unwrap().len(), 0);

    receipts(folder);

    let verified = good(folder, "verify --db r.db");
    assert!(
        verified.contains("clean") && !verified.contains("NOT CLEAN"),
        "{verified}"
    );
    // Another township sees nothing of it.
    assert_eq!(
        good(folder, "case list --db r.db --as clerk-guza")
            .lines()
            .count(),
        1
    );
    let said = run(
        folder,
        "explain --household H000001 --month 2021-08 --db r.db --as clerk-guza",
    );
    assert!(
        said.contains("exit code: 1") && said.contains("there is no household H000001"),
        "{said}"
    );
}

#[test]
fn a_step_out_of_turn_names_what_comes_first_and_who_takes_it() {
    let folder = with_form();
    let folder = folder.path();
    by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    by(
        folder,
        "clerk-1",
        "2021-07-06",
        "case apply --programme urban-dibao --household H000001 --applicant P000001 --paper authorisation,declaration --near-relative no",
    );
    line_snapshot!(
        "refused_decide",
        folder,
        "case decide C000001 --db r.db --as reviewer-1 --at 2021-07-06"
    );
    line_snapshot!(
        "refused_role",
        folder,
        "case accept C000001 --db r.db --as cashier-1 --at 2021-07-06"
    );
    line_snapshot!(
        "refused_area",
        folder,
        "case accept C000001 --db r.db --as clerk-guza --at 2021-07-06"
    );
    line_snapshot!(
        "refused_user",
        folder,
        "case accept C000001 --db r.db --as nobody --at 2021-07-06"
    );
    line_snapshot!(
        "refused_case",
        folder,
        "case accept C000099 --db r.db --as clerk-1 --at 2021-07-06"
    );
    line_snapshot!(
        "refused_clock",
        folder,
        "case accept C000001 --db r.db --as clerk-1 --at 2021-07-01"
    );
    line_snapshot!(
        "refused_time",
        folder,
        "case accept C000001 --db r.db --as clerk-1 --at yesterday"
    );
    line_snapshot!(
        "refused_double",
        folder,
        "case apply --programme rural-dibao --household H000001 --applicant P000001 --db r.db --as clerk-1 --at 2021-07-06"
    );
}

#[test]
fn a_form_with_a_mistake_is_refused_whole_with_its_place() {
    let folder = with_form();
    let folder = folder.path();
    let form = std::fs::read_to_string(folder.join("h.toml")).unwrap();
    let with = |name: &str, from: &str, to: &str| {
        assert!(form.contains(from), "{from}");
        std::fs::write(
            folder.join(format!("{name}.toml")),
            form.replacen(from, to, 1),
        )
        .unwrap();
    };
    with("kind", "\"vehicle\"", "\"vehicel\"");
    with("code", "\"urban\"", "\"town\"");
    with("amount", "amount = \"500.00\"", "amount = 500.5");
    with("number", "513301198506153023", "513301198506153024");
    with("relation", "relation = \"head\"", "relation = \"boss\"");
    with("key", "[household]", "[household]\ncolour = \"red\"");
    with("day", "\"2015-06-01\"", "\"2015-6-1\"");
    with("heads", "relation = \"head\"", "relation = \"child\"");
    with("account", "6217000000000000004", "6217000000000000005");
    with(
        "twice",
        "[[member]]",
        "[[household.evidence]]\nkind = \"vehicle\"\nquantity = 1\n\n[[member]]",
    );
    line_snapshot!(
        "form_heads",
        folder,
        "register --file heads.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_account",
        folder,
        "register --file account.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_twice",
        folder,
        "register --file twice.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_kind",
        folder,
        "register --file kind.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_code",
        folder,
        "register --file code.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_amount",
        folder,
        "register --file amount.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_number",
        folder,
        "register --file number.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_relation",
        folder,
        "register --file relation.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_key",
        folder,
        "register --file key.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    line_snapshot!(
        "form_day",
        folder,
        "register --file day.toml --db r.db --as clerk-1 --at 2021-07-05"
    );
    // Nothing was written by any of them: the right form gets the first keys.
    let registered = by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    assert!(
        registered.starts_with("H000001 ") && registered.contains("P000001"),
        "{registered}"
    );
}

#[test]
fn evidence_is_recorded_changed_closed_and_never_lost() {
    let folder = with_form();
    let folder = folder.path();
    by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    line_snapshot!(
        "evidence_overlap",
        folder,
        "evidence add --person P000001 --kind income --slot wage --amount 700 --quantity 12 --from 2021-07-01 --source 工资单 --db r.db --as clerk-1 --at 2021-07-06"
    );
    by(
        folder,
        "clerk-1",
        "2021-07-06",
        "evidence add --change --person P000001 --kind income --slot wage --amount 700 --quantity 12 --from 2021-07-01 --source 工资单",
    );
    by(
        folder,
        "clerk-1",
        "2021-07-07",
        "evidence close --household H000001 --kind active_company --from 2021-07-01",
    );
    line_snapshot!(
        "evidence_history",
        folder,
        "evidence list --person P000001 --db r.db"
    );
    line_snapshot!(
        "evidence_before",
        folder,
        "evidence list --person P000001 --known-at 2021-07-05 --db r.db"
    );
    line_snapshot!(
        "evidence_unknown_kind",
        folder,
        "evidence add --person P000001 --kind horses --source 看见 --db r.db --as clerk-1 --at 2021-07-08"
    );
    line_snapshot!(
        "account_bad_number",
        folder,
        "account add --person P000001 --number 6217000000000000005 --db r.db --as clerk-1 --at 2021-07-08"
    );
}

#[test]
fn a_death_recorded_by_mistake_is_withdrawn_and_stays_readable_as_known_before() {
    let folder = with_form();
    let folder = folder.path();
    by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    line_snapshot!(
        "evidence_in_the_future",
        folder,
        "evidence add --person P000001 --kind death --from 2021-08-01 --source 公安 --db r.db --as clerk-1 --at 2021-07-06"
    );
    let death = "evidence add --person P000001 --kind death --from 2021-07-01 --source 公安";
    by(folder, "clerk-1", "2021-07-06", death);
    by(folder, "clerk-1", "2021-07-08", "evidence withdraw 8");
    let rows = |at: &str| {
        good(
            folder,
            &format!("evidence list --person P000001 --db r.db{at}"),
        )
    };
    let superseded = |text: &str| {
        text.lines()
            .any(|line| line.contains("death") && line.contains(" 20 "))
    };
    assert!(superseded(&rows("")), "{}", rows(""));
    let before = rows(" --known-at 2021-07-07");
    assert!(before.contains("death") && !superseded(&before), "{before}");
}

#[test]
fn who_entered_an_account_does_not_confirm_it() {
    let folder = with_form();
    let folder = folder.path();
    by(folder, "clerk-1", "2021-07-05", "register --file h.toml");
    // The account before is kept with its last day as a row of its own, so the new one is the third row.
    let entered = by(
        folder,
        "officer-1",
        "2021-07-06",
        "account add --person P000001 --number 6217000000000006",
    );
    assert!(entered.starts_with("account 3 of P000001 "), "{entered}");
    line_snapshot!(
        "account_same_user",
        folder,
        "account confirm 3 --db r.db --as officer-1 --at 2021-07-06"
    );
    line_snapshot!(
        "account_other_user",
        folder,
        "account confirm 3 --db r.db --as officer-2 --at 2021-07-06"
    );
}

#[test]
fn the_english_and_the_chinese_form_register_the_same_household() {
    let folder = staffed();
    let folder = folder.path();
    let plain = |text: String| -> Vec<String> {
        let line = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
        text.lines()
            .map(line)
            .filter(|line| !line.is_empty() && !line.starts_with("source"))
            .collect()
    };
    let (en, zh) = (
        good(folder, "register --template --lang en"),
        good(folder, "register --template --lang zh"),
    );
    assert_eq!(plain(en), plain(zh));
}

/// The receipt of the month: proved by the records, and by the pack alone; a changed one is named by its field.
fn receipts(folder: &Path) {
    good(
        folder,
        "explain --household H000001 --month 2021-08 --db r.db --issue receipt.json",
    );
    let proved = good(folder, "explain --receipt receipt.json --db r.db");
    assert!(proved.contains("Proved by the records"), "{proved}");
    let alone = good(folder, "explain --receipt receipt.json");
    assert!(alone.contains("Proved by the pack"), "{alone}");
    let zh = good(folder, "explain --receipt receipt.json --db r.db --lang zh");
    assert!(zh.contains("经档案核实"), "{zh}");
    let text = std::fs::read_to_string(folder.join("receipt.json")).unwrap();
    std::fs::write(
        folder.join("changed.json"),
        text.replace("\"total_fen\": 19000", "\"total_fen\": 29000"),
    )
    .unwrap();
    for line in [
        "explain --receipt changed.json",
        "explain --receipt changed.json --db r.db",
    ] {
        let said = run(folder, line);
        assert!(said.contains("exit code: 1"), "{said}");
        assert!(
            said.contains("result.total_fen: the receipt says 29000, derived again it is 19000"),
            "{said}"
        );
    }
    let other = run(
        folder,
        "explain --receipt receipt.json --db r.db --as clerk-guza",
    );
    assert!(other.contains("there is no household H000001"), "{other}");
    let nobody = run(
        folder,
        "explain --household H000001 --month 2021-08 --known-at 2021-07-21 --db r.db --issue none.json",
    );
    assert!(nobody.contains("nothing to give a receipt for"), "{nobody}");
}
