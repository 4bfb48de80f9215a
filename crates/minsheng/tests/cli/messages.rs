//! What is said when all is well and when something is wrong.

use std::path::Path;

use crate::line::{good, minsheng, run};
use crate::line_snapshot;

#[test]
fn help_names_every_command_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    line_snapshot!("help_en", folder.path(), "--help");
    line_snapshot!("help_zh", folder.path(), "--lang zh --help");
    line_snapshot!("help_yearbook", folder.path(), "yearbook --help");
    line_snapshot!("no_command", folder.path(), "");
    line_snapshot!("no_subcommand", folder.path(), "policy");
}

#[test]
fn a_line_that_cannot_be_understood_ends_in_two_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    line_snapshot!("usage_unknown_command", folder.path(), "yearbok");
    line_snapshot!("usage_missing_argument", folder.path(), "case accept");
    line_snapshot!(
        "usage_bad_key",
        folder.path(),
        "explain --db x.db --household X1 --month 2021-05"
    );
    line_snapshot!(
        "usage_bad_month",
        folder.path(),
        "pay run --month 2021-13 --db x.db --as cashier-1"
    );
    line_snapshot!(
        "usage_whom",
        folder.path(),
        "evidence close --kind student --from 2021-01-01 --db x.db --as a"
    );
}

#[test]
fn identifiers_are_valid_or_named_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    line_snapshot!(
        "check_id_valid",
        folder.path(),
        "check id 513301196002290017 --on 2021-12-31"
    );
    line_snapshot!(
        "check_id_check_digit",
        folder.path(),
        "check id 513301196002290018 --on 2021-12-31"
    );
    line_snapshot!(
        "check_id_future",
        folder.path(),
        "check id 513301203001010012 --on 2021-12-31"
    );
    line_snapshot!(
        "check_uscc_zh",
        folder.path(),
        "--lang zh check uscc 52513301MJI100011Q"
    );
    line_snapshot!(
        "check_disability_inner",
        folder.path(),
        "check disability 51330119600229001842 --on 2021-12-31"
    );
    line_snapshot!(
        "check_account_luhn",
        folder.path(),
        "check account 6217000000000000005"
    );
}

/// Every vector of the handbook of registers, §1, as far as the command line shows it.
#[test]
fn the_vectors_of_the_handbook_give_the_names_of_the_handbook() {
    let folder = tempfile::tempdir().unwrap();
    let id = "513301196002290017 valid, 513301198506153023 valid, 51330119720404007X valid, 513301200001010043 valid, \
        513321184903081236 valid, 513301193309122188 valid, 11010519491231002X valid, 440524188001010014 valid, \
        513301196002290018 CheckDigit, 513301196102290014 BirthDate, 51330119850615302 Length, \
        51330119720404X07X Charset, 513301203001010012 FutureBirth, 990101198506153029 Region, \
        513301198506150009 Sequence, 513301198513320010 BirthDate";
    let uscc = "91350100M000100Y43 valid, 51513301MJT100011U valid, 52513301MJT100011Q valid, 54513301MJT100011J valid, \
        52513301MJT2000209 valid, 52513301MJT20008X9 valid, 52513301MJT2004690 valid, 52513301MJT200346Y valid, \
        52513301MJT100011R CheckChar, 52513301MJI100011Q Charset, 52513301MJT10001Q Length, \
        5251330AMJT100011Q RegionDigits, E1513301MJT100011J Class, 60513301MJT100011X Class, \
        52513301MJT100012U OrgCode, 91350211M0000XUF46 CheckChar";
    let disability = "51330119600229001742 valid, 51330119850615302311 valid, 51330119720404007X63 valid, \
        51330120000101004374 valid, 51330119330912218873 valid, 51332118490308123611B1 valid, \
        51330119600229001842 Id:CheckDigit, 51330119600229001782 Class, 51330119600229001745 Level, \
        5133011960022900174 Length, 51330119600229001742B0 Suffix, 51330119610229001142 Id:BirthDate";
    let account = "6217000000000000004 valid, 6217000000000006 valid, 6217000000000000005 Luhn, 6217000000000007 Luhn, \
        621700000000000 Length, 62170000000000O6 Charset";
    for (kind, vectors) in [
        ("id", id),
        ("uscc", uscc),
        ("disability", disability),
        ("account", account),
    ] {
        for vector in vectors.split(", ") {
            let (value, expected) = vector.trim().split_once(' ').unwrap();
            let output = minsheng(folder.path())
                .args(["check", kind, value, "--on", "2021-12-31"])
                .output()
                .unwrap();
            let stdout = String::from_utf8(output.stdout).unwrap();
            assert_eq!(stdout.lines().next(), Some(expected), "{kind} {value}");
            assert_eq!(
                output.status.code(),
                Some(i32::from(expected != "valid")),
                "{kind} {value}"
            );
            assert_eq!(
                stdout.lines().count(),
                if expected == "valid" { 1 } else { 2 },
                "{kind} {value}"
            );
        }
    }
}

#[test]
fn a_typed_identifier_may_have_spaces_around_it_full_width_digits_and_a_small_x() {
    let folder = tempfile::tempdir().unwrap();
    for value in [
        " 51330119720404007x ",
        "５１３３０１１９７２０４０４００７Ｘ",
    ] {
        minsheng(folder.path())
            .args(["check", "id", value])
            .assert()
            .success()
            .stdout("valid\n");
    }
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_reading_it() {
    let folder = tempfile::tempdir().unwrap();
    line_snapshot!(
        "missing_yearbook",
        folder.path(),
        "yearbook --db nowhere.db --year 2021"
    );
    line_snapshot!(
        "missing_verify_zh",
        folder.path(),
        "--lang zh verify --db nowhere.db"
    );
    line_snapshot!("bad_url", folder.path(), "figure A18 --db mysql://x/y");
    assert!(!folder.path().join("nowhere.db").exists());
    std::fs::write(folder.path().join("letter.txt"), "no database").unwrap();
    let said = run(folder.path(), "yearbook --db letter.txt");
    assert!(
        said.contains("exit code: 1") && said.contains("error: ") && said.contains("hint: "),
        "{said}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("letter.txt")).unwrap(),
        "no database"
    );
}

#[test]
fn the_embedded_packs_are_checked_tested_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let checked = good(folder.path(), "policy check");
    assert!(
        checked.starts_with("cn-513301: ") && checked.contains("rural-dibao, urban-dibao"),
        "{checked}"
    );
    let tested = good(folder.path(), "policy test");
    for number in 1..=9 {
        let found = tested
            .lines()
            .any(|line| line.starts_with("ok ") && line.ends_with(&format!("DB-{number}")));
        assert!(found, "DB-{number}\n{tested}");
    }
    assert!(
        tested
            .lines()
            .filter(|line| line.starts_with("ok "))
            .count()
            >= 29
    );
    line_snapshot!("policy_list_zh", folder.path(), "policy show --lang zh");
    line_snapshot!("policy_unknown", folder.path(), "policy show tea-money");
    let zh = good(folder.path(), "policy show urban-dibao --lang zh");
    let en = good(folder.path(), "policy show urban-dibao --lang en");
    assert!(zh.contains("城市") && en.contains("Urban dibao") && zh != en);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn packs_of_a_folder_take_the_place_of_the_embedded_ones_and_errors_have_a_position() {
    let folder = tempfile::tempdir().unwrap();
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    copy(&packs, &folder.path().join("mine"));
    let embedded = good(folder.path(), "policy check");
    let copied = good(folder.path(), "policy check --pack mine");
    assert!(embedded.contains("cn-513301") && copied.contains("cn-513301"));
    let file = folder.path().join("mine/cn-513301/urban-dibao.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("{text}\n```rule broken: bool\nnowhere.at_all &&\n```\n"),
    )
    .unwrap();
    let said = run(folder.path(), "policy check --pack mine");
    assert!(said.contains("exit code: 1"), "{said}");
    let place = said
        .lines()
        .find(|line| line.starts_with("mine/cn-513301/urban-dibao.md:"))
        .expect("a position");
    let numbers: Vec<&str> = place.split(':').skip(1).take(2).collect();
    assert!(
        numbers.iter().all(|number| number.parse::<u32>().is_ok()),
        "{place}"
    );
    assert!(
        said.contains("error: ") && said.contains("hint: "),
        "{said}"
    );
    assert!(run(folder.path(), "policy test --pack mine").contains("exit code: 1"));
    line_snapshot!(
        "policy_empty_folder",
        folder.path(),
        "policy check --pack keys-that-are-not-there"
    );
}

#[test]
fn an_existing_database_is_refused_by_demo_and_init() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), "init --db county.db");
    line_snapshot!("init_exists", folder.path(), "init --db county.db");
    line_snapshot!("demo_exists", folder.path(), "demo --db county.db --json");
    line_snapshot!(
        "init_bad_authority",
        folder.path(),
        "init --db other.db --authority county"
    );
    assert!(!folder.path().join("other.db").exists());
}

#[test]
fn a_real_database_keeps_its_key_outside_and_its_own_clock() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), "init --db county.db");
    assert_eq!(
        std::fs::read_dir(folder.path().join("keys"))
            .unwrap()
            .count(),
        1
    );
    line_snapshot!(
        "at_real_database",
        folder.path(),
        "user add clerk --name 张三 --role township_clerk --division 513301001 --db county.db --as admin --at 2021-07-01"
    );
    let verified = good(folder.path(), "verify --db county.db");
    assert!(verified.contains("audit_head"), "{verified}");
}

#[test]
fn an_empty_county_has_rates_and_says_what_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), "init --db county.db");
    line_snapshot!(
        "empty_yearbook_md",
        folder.path(),
        "yearbook --db county.db --year 2021"
    );
    line_snapshot!(
        "empty_yearbook_zh",
        folder.path(),
        "--lang zh yearbook --db county.db --year 2022"
    );
    line_snapshot!(
        "empty_yearbook_csv",
        folder.path(),
        "yearbook --db county.db --format csv"
    );
    let json = good(folder.path(), "yearbook --db county.db --format json");
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 21);
    let of = |id: &str| list.iter().find(|figure| figure["id"] == id).unwrap();
    assert_eq!(of("A13")["value"].to_string(), "590");
    assert_eq!(of("A18")["value"], serde_json::Value::Null);
    assert_eq!(of("A18")["published"].to_string(), "2655.03");
    assert_eq!(of("A18")["agrees"], false);
    line_snapshot!("figure_unknown", folder.path(), "figure A99 --db county.db");
    line_snapshot!(
        "figure_missing",
        folder.path(),
        "figure A18 --db county.db --as admin"
    );
    let rate = good(
        folder.path(),
        "figure A15 --db county.db --as admin --format csv",
    );
    assert!(
        rate.contains("\nrural-dibao,rate_general,26500,fen/person/month,2020-01-01,,"),
        "{rate}"
    );
    assert!(
        rate.contains(",policies/cn-513301/rural-dibao.md,"),
        "{rate}"
    );
    let text = good(folder.path(), "figure A13 --db county.db --as admin");
    assert!(
        text.starts_with(
            "A13  Urban dibao standard per person\n590 [yuan/month]\npublished: 590\n"
        ),
        "{text}"
    );
}

#[test]
fn another_file_is_compared_and_a_difference_ends_in_one() {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path(), "init --db county.db");
    let file = folder.path().join("chapter.csv");
    std::fs::write(
        &file,
        "id,value,unit\nA13,590.0,yuan/month\nA14,4680,yuan/year\n",
    )
    .unwrap();
    let same = run(
        folder.path(),
        "yearbook --db county.db --compare chapter.csv --format csv",
    );
    assert!(
        same.contains("exit code: 0") && same.ends_with("----- stderr -----\n"),
        "{same}"
    );
    std::fs::write(
        &file,
        "id,value,unit\nA13,590,yuan/month\nMR-02,696,couple\n",
    )
    .unwrap();
    let more = run(
        folder.path(),
        "yearbook --db county.db --compare chapter.csv --format csv",
    );
    assert!(
        more.contains("exit code: 0")
            && more.contains("1 figure(s) of the file have no definition"),
        "{more}"
    );
    std::fs::write(
        &file,
        "id,value,unit\nA13,591,yuan/month\nA14,4680,yuan/year\n",
    )
    .unwrap();
    let other = run(
        folder.path(),
        "yearbook --db county.db --compare chapter.csv --format csv",
    );
    assert!(
        other.contains("exit code: 1") && other.contains("A13"),
        "{other}"
    );
    std::fs::write(&file, "id,value\nA13,5 90\n").unwrap();
    line_snapshot!(
        "compare_bad_file",
        folder.path(),
        "yearbook --db county.db --compare chapter.csv"
    );
    line_snapshot!(
        "compare_no_file",
        folder.path(),
        "yearbook --db county.db --compare nothing.csv"
    );
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("minsheng"))
        .args(["policy", "show", "urban-dibao"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert!(ended.status.success());
}

#[test]
fn the_environment_chooses_the_language_and_the_line_overrules_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut zh = minsheng(folder.path());
    let said = zh
        .env("LANG", "zh_CN.UTF-8")
        .args(["figure", "A18", "--db", "no.db"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(said.stderr)
            .unwrap()
            .starts_with("error: 数据库 no.db 不存在\nhint: ")
    );
    let mut en = minsheng(folder.path());
    let said = en
        .env("LANG", "zh_CN.UTF-8")
        .args(["--lang", "en", "figure", "A18", "--db", "no.db"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(said.stderr)
            .unwrap()
            .starts_with("error: there is no database no.db\nhint: ")
    );
}

#[test]
fn a_user_who_left_is_switched_off_and_can_do_nothing_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    good(
        at,
        "user add clerk-1 --name 某人 --role township_clerk --division 513301001 --db r.db --as anna --at 2021-01-01",
    );
    let line = |line: &str| run(at, &format!("{line} --db r.db --at 2021-01-04"));
    let refused = |said: String, part: &str| {
        assert!(
            said.contains("exit code: 1") && said.contains(part),
            "{said}"
        );
    };
    refused(
        line("user deactivate clerk-1 --as clerk-1"),
        "needs the role administrator",
    );
    refused(
        line("user deactivate nobody --as anna"),
        "there is no user `nobody`",
    );
    refused(
        line("user deactivate anna --as anna"),
        "another administrator does it",
    );
    let off = line("--lang zh user deactivate clerk-1 --as anna");
    assert!(
        off.contains("exit code: 0") && off.contains("已停用"),
        "{off}"
    );
    refused(
        line("user deactivate clerk-1 --as anna"),
        "`clerk-1` is inactive already",
    );
    refused(line("case accept C000001 --as clerk-1"), "is not active");
    let listed = good(at, "--lang zh user list --db r.db");
    let row = listed.lines().find(|row| row.contains("clerk-1")).unwrap();
    assert!(row.ends_with('否'), "{listed}");
    let on = line("user activate clerk-1 --as anna");
    assert!(on.contains("is active again"), "{on}");
    let verified = good(at, "verify --db r.db");
    assert!(!verified.contains("NOT CLEAN"), "{verified}");
}
