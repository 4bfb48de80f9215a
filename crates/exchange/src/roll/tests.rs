//! Rolls in, households and findings out.

use minsheng_core::Regions;

use super::*;
use crate::table::{self, Limits};

fn read_text(text: &str, mapping: &str) -> Result<Roll, ExchangeError> {
    let tables = table::read("roll.csv", text.as_bytes(), &Limits::default()).unwrap();
    let named = |code, name: &str| NamedDivision {
        code,
        name: name.to_owned(),
    };
    let divisions = [
        named(513_301_001_000, "炉城街道"),
        named(513_301_001_001, "东关社区"),
        named(513_301_201_000, "雅拉乡"),
        named(513_301_201_201, "三道桥村"),
        named(513_301_202_000, "折多塘镇"),
        named(513_301_202_201, "三道桥村"),
    ];
    let around = Surroundings {
        today: Date::new(2021, 6, 1).unwrap(),
        regions: Regions::with_demo(),
        divisions: &divisions,
        household_kinds: &["residence_area".to_owned()],
    };
    read(&tables, &Mapping::parse(mapping).unwrap(), around)
}

/// One line per household and finding.
fn told(text: &str) -> String {
    let roll = read_text(text, "").unwrap();
    let mut lines = Vec::new();
    for household in &roll.households {
        let members: Vec<String> = household
            .members
            .iter()
            .map(|person| format!("{} {} {}", person.name, person.relation, person.birth))
            .collect();
        lines.push(format!(
            "{} {}: {}",
            household.no,
            household.division,
            members.join(", ")
        ));
    }
    for finding in &roll.findings {
        lines.push(format!(
            "! {} {} `{}` {}",
            finding.line, finding.column, finding.shown, finding.problem
        ));
    }
    lines.join("\n")
}

const HEAD: &str = "姓名,身份证号,与户主关系,乡镇,村\n";
/// Male, born 1960-02-29; and his wife and child.
const A: &str = "513301196002290017";
const B: &str = "513301196203010026";

#[test]
fn the_numbers_of_these_tests_are_right() {
    for number in [A, B] {
        let today = Date::new(2021, 6, 1).unwrap();
        CitizenId::parse(number, today, Regions::with_demo()).unwrap_or_else(|error| {
            let right = minsheng_core::citizen_id::check_character(&number[..17]);
            panic!("{number}: {error}; the check character is {right:?}")
        });
    }
}

#[test]
fn a_head_and_those_that_follow_are_a_household() {
    let text = format!(
        "关于名单的通知\n{HEAD}扎西,{A},户主,炉城,东关社区居委会\n卓玛,{B},妻,,\n合计,,2人,,\n"
    );
    assert_eq!(
        told(&text),
        "#3 513301001001: 扎西 head 1960-02-29, 卓玛 spouse 1962-03-01"
    );
    let roll = read_text(&text, "").unwrap();
    let skipped: Vec<u32> = roll.skipped.iter().map(|line| line.line).collect();
    assert_eq!(skipped, [1, 5]);
}

#[test]
fn a_household_number_holds_rows_together_wherever_they_stand() {
    let text = format!(
        "户号,姓名,身份证号,与户主关系,区划代码\n7,扎西,{A},本人,513301001001\n8,多吉,,户主,513301001001\n7,卓玛,{B},配偶,\n"
    );
    assert_eq!(
        told(&text),
        "7 513301001001: 扎西 head 1960-02-29, 卓玛 spouse 1962-03-01\n! 3  `` birth-missing\n! 3  `` sex-missing"
    );
}

#[test]
fn a_merged_number_belongs_to_the_row_above_it_wherever_its_household_began() {
    let text = "户号,姓名,与户主关系,区划代码,出生日期,性别\n\
        7,扎西,户主,513301001001,1960-02-29,男\n8,多吉,户主,513301001001,1961-01-01,男\n\
        7,卓玛,配偶,,1962-03-01,女\n,次仁,子,,1990-01-01,男\n";
    assert_eq!(
        told(text),
        "7 513301001001: 扎西 head 1960-02-29, 卓玛 spouse 1962-03-01, 次仁 child 1990-01-01\n\
         8 513301001001: 多吉 head 1961-01-01"
    );
}

#[test]
fn each_fault_is_said_with_its_place_and_shows_no_number() {
    let wrong = format!("{}1", &A[..17]);
    for (row, said) in [
        (
            format!("扎西,{wrong},户主,炉城,东关社区"),
            "! 2 B 身份证号 `5133************11` id-checkdigit",
        ),
        (
            format!("扎西,{A},邻居,炉城,东关社区"),
            "! 2 C 与户主关系 `邻居` relation",
        ),
        (format!("扎西,{A},妻,炉城,东关社区"), "! 2  `` no-head"),
        (
            format!("扎西,{A},户主,炉城,西关"),
            "! 2 E 村 `西关` village",
        ),
        (
            format!("扎西,{A},户主,北城,东关社区"),
            "! 2 D 乡镇 `北城` township",
        ),
        (
            format!("扎西,{A},户主,,三道桥"),
            "! 2 E 村 `三道桥` village-ambiguous",
        ),
        (format!("扎西,{A},户主,,"), "! 2 E 村 `` division-missing"),
        (
            format!(",{A},户主,炉城,东关社区"),
            "! 2 A 姓名 `` name-missing",
        ),
        (
            "扎西,513301********0017,户主,炉城,东关社区".to_owned(),
            "! 2 B 身份证号 `5133************17` masked\n! 2  `` birth-missing\n! 2  `` sex-missing",
        ),
        (
            format!("扎西,{A},户主,炉城,东关社区\n卓玛,{A},妻,,"),
            "! 3 B 身份证号 `5133************17` twice",
        ),
    ] {
        assert_eq!(told(&format!("{HEAD}{row}\n")), said, "{row}");
    }
}

#[test]
fn one_bad_row_makes_its_household_bad_and_no_other() {
    let text =
        format!("{HEAD}扎西,{A},户主,炉城,东关社区\n卓玛,1,妻,,\n多吉,{B},户主,炉城,东关社区\n");
    let roll = read_text(&text, "").unwrap();
    assert_eq!(roll.bad_lines, [2, 3]);
    assert_eq!(roll.households.len(), 1);
    assert_eq!(roll.households[0].members[0].name, "多吉");
}

#[test]
fn birth_and_sex_must_be_those_of_the_number() {
    let text = format!(
        "姓名,身份证号,出生日期,性别,户主姓名,区划代码\n扎西,{A},1960/3/1,女,扎西,513301001001\n"
    );
    assert_eq!(
        told(&text),
        "! 2 C 出生日期 `1960/3/1` birth-differs\n! 2 D 性别 `女` sex-differs"
    );
}

#[test]
fn accounts_are_checked_and_that_of_the_head_is_entered_once() {
    let account = minsheng_core::bank_account::complete("621700000000000").unwrap();
    let account = account.as_str();
    let head = "姓名,身份证号,关系,区划代码,一卡通账号\n";
    let text = format!("{head}扎西,{A},户主,513301001001,{account}\n卓玛,{B},妻,,{account}\n");
    let roll = read_text(&text, "").unwrap();
    let members = &roll.households[0].members;
    assert!(members[0].account.is_some() && members[1].account.is_none());
    let text = format!(
        "{head}扎西,{A},户主,513301001001,{account}\n卓玛,{B},户主,513301001001,{account}\n"
    );
    assert_eq!(
        told(&text).lines().last().unwrap(),
        "! 3 E 一卡通账号 `6217**********".to_owned() + &account[14..] + "` account-twice"
    );
}

#[test]
fn an_account_of_another_household_is_refused_in_whatever_row_it_stands() {
    let account = minsheng_core::bank_account::complete("621700000000000").unwrap();
    let text = format!(
        "户号,姓名,与户主关系,区划代码,出生日期,性别,一卡通账号\n\
         7,扎西,户主,513301001001,1960-02-29,男,{0}\n8,卓玛,配偶,513301001001,1962-03-01,女,\n\
         8,多吉,户主,513301001001,1961-01-01,男,{0}\n",
        account.as_str()
    );
    assert!(told(&text).contains("! 4 G 一卡通账号"), "{}", told(&text));
}

#[test]
fn evidence_is_what_a_cell_says_and_an_empty_cell_says_nothing() {
    let text = format!(
        "姓名,身份证号,关系,区划代码,类别,残疾类别,残疾等级,工资\n扎西,{A},户主,513301001001,城市,肢体,二级,\n卓玛,{B},妻,,,无,,2100\n"
    );
    let roll = read_text(&text, "[columns]\n\"工资\" = \"evidence.income.wage\"").unwrap();
    let household = &roll.households[0];
    let said = |rows: &[RawEvidence]| {
        rows.iter()
            .map(|row| format!("{}/{} {}", row.kind, row.slot, row.text))
            .collect::<Vec<_>>()
    };
    assert_eq!(said(&household.evidence), ["residence_area/ 城市"]);
    assert_eq!(said(&household.members[0].evidence), ["disability/ 42"]);
    assert_eq!(said(&household.members[1].evidence), ["income/wage 2100"]);
}

#[test]
fn a_file_that_is_no_roll_is_refused_as_a_whole() {
    for (text, said) in [
        ("a,b\n1,2\n", "no row with headings"),
        ("姓名,身份证号,村\n扎西,1,东关\n", "which household"),
        (
            "姓名,身份证号,身份证号码\n",
            "columns B 身份证号 and C 身份证号码 both say `id_number`",
        ),
    ] {
        let error = read_text(text, "").unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn what_is_shown_keeps_the_ends_of_long_numbers_only() {
    assert_eq!(shown("513301196002290017"), "5133************17");
    assert_eq!(shown("2021-03-01"), "2021-03-01");
    assert_eq!(shown("电话 13800000000"), "电话 1380*****00");
}
