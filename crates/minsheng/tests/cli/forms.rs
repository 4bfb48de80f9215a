//! Rolls that go out and come back, and forms that are filled.

use std::path::Path;

use minsheng_exchange::list::{Cell, Format, List};
use minsheng_exchange::table::{self, Limits, Table};
use minsheng_exchange::text::Encoding;

use crate::line::{good, run};

const FATHER: &str = "513301196002290017";

fn office(at: &Path) {
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    good(
        at,
        "user add otto --name Otto --role officer --division 513301000000 --db r.db --as anna --at 2021-01-02",
    );
    let account = minsheng_core::bank_account::complete("621700000000000").unwrap();
    let roll = format!(
        "户号,姓名,身份证号,与户主关系,区划代码,类别,残疾类别等级,一卡通账号\n1,扎西,{FATHER},户主,513301001000,城市,肢体二级,{}\n",
        account.as_str()
    );
    std::fs::write(at.join("roll.csv"), roll).unwrap();
    good(
        at,
        "import roll roll.csv --db r.db --as otto --at 2021-01-03",
    );
}

fn write(at: &Path, name: &str, header: &[&str], rows: &[&[&str]]) {
    let mut list = List::new(header.iter().map(|text| (*text).to_owned()).collect());
    for row in rows {
        list.push(row.iter().map(|text| Cell::from(*text)));
    }
    std::fs::write(
        at.join(name),
        list.write(Format::Xlsx, Encoding::Utf8).unwrap(),
    )
    .unwrap();
}

fn sheets(at: &Path, name: &str) -> Vec<Table> {
    let bytes = std::fs::read(at.join(name)).unwrap();
    table::read(name, &bytes, &Limits::default())
        .unwrap()
        .sheets
}

fn row(table: &Table, line: usize) -> Vec<String> {
    table.lines[line]
        .cells
        .iter()
        .map(table::Value::text)
        .collect()
}

#[test]
fn a_form_is_filled_where_the_records_answer_and_says_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    let header = [
        "姓名",
        "身份证号",
        "性别",
        "出生日期",
        "与户主关系",
        "残疾类别等级",
        "一卡通账号",
        "月保障金额",
        "意见",
    ];
    write(
        at,
        "form.xlsx",
        &header,
        &[
            &["扎西", FATHER, "", "1960/2/29", "妻", "", "", "", "同意"],
            &["卓玛", FATHER],
            &["次仁", ""],
            &["多吉", "513301********0017"],
        ],
    );
    let said = good(at, "fill form.xlsx --db r.db --as otto");
    assert!(
        said.contains("4 rows: 1 found, 3 not found; 3 cells filled, 1 changed"),
        "{said}"
    );
    assert!(
        said.contains("A3 `卓玛`: the number belongs to somebody of another name"),
        "{said}"
    );
    assert!(
        said.contains("A4 `次仁`: needs an identity number"),
        "{said}"
    );
    let filled = sheets(at, "form.filled.xlsx");
    let first = row(&filled[0], 1);
    assert_eq!(
        first,
        [
            "扎西",
            FATHER,
            "男",
            "1960/2/29",
            "户主",
            "****",
            &first[6],
            "",
            "同意"
        ],
        "nothing was paid, so no amount is written"
    );
    assert!(first[6].starts_with("****"), "{first:?}");
    assert_eq!(row(&filled[0], 3), ["次仁"]);
    assert_eq!(row(&filled[1], 2)[..4], ["E2", "relation", "妻", "户主"]);
    good(
        at,
        "fill form.xlsx --db r.db --as otto --unmask 银行核对 --out whole.xlsx",
    );
    let whole = row(&sheets(at, "whole.xlsx")[0], 1);
    assert_eq!((whole[5].as_str(), whole[6].len()), ("肢体二级", 16));
    let log = good(at, "export log --db r.db --as anna");
    assert!(
        log.contains("银行核对") && log.lines().count() == 3,
        "{log}"
    );
    let twice = good(at, "fill whole.xlsx --db r.db --as otto --unmask 银行核对");
    assert!(twice.contains("0 cells filled, 0 changed"), "{twice}");
    assert!(good(at, "verify --db r.db").contains("clean"));
}

#[test]
fn only_a_workbook_is_a_form_and_it_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    assert!(run(at, "fill roll.csv --db r.db --as otto").contains("only .xlsx keeps the look"));
    write(at, "form.xlsx", &["姓名", "身份证号"], &[&["扎西", FATHER]]);
    assert!(
        run(at, "fill form.xlsx --out form.xlsx --db r.db --as otto")
            .contains("never written over")
    );
}

#[test]
fn a_roll_without_a_payment_month_is_empty_and_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    office(at);
    let said = good(
        at,
        "export roll --month 2021-01 --out out.csv --db r.db --as otto",
    );
    assert!(said.contains("0 rows written to out.csv"), "{said}");
    assert!(good(at, "export log --db r.db --as anna").contains("export roll 2021-01"));
}
