//! Forms come back as they were, but for the cells that were filled.

use std::collections::BTreeMap;

use minsheng_core::Fen;
use proptest::prelude::*;
use rust_xlsxwriter::{Format as Look, Formula, Workbook};

use super::*;
use crate::table;

/// A form with a merged title, a look, a formula, a second sheet, and cells that are missing.
fn form() -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Look::new().set_bold().set_num_format("0.00");
    let sheet = book.add_worksheet().set_name("表 & 单").unwrap();
    sheet
        .merge_range(0, 0, 0, 3, "某县救助情况表", &bold)
        .unwrap();
    for (column, heading) in (0..).zip(["姓名", "身份证号", "月保障金额", "合计"]) {
        sheet.write_string(1, column, heading).unwrap();
    }
    sheet.write_string(2, 0, "卓玛").unwrap();
    sheet.write_blank(2, 2, &bold).unwrap();
    sheet
        .write_formula(2, 3, Formula::new("=C3*12").set_result("0"))
        .unwrap();
    sheet.write_string(3, 1, "只有证号").unwrap();
    let other = book.add_worksheet();
    other.write_string(5, 5, "不动").unwrap();
    book.save_to_buffer().unwrap()
}

fn legend() -> List {
    let mut list = List::new(vec!["格".into(), "原".into(), "新".into()]);
    list.push([Cell::from("C3"), Cell::Empty, Cell::from("<590.00>")]);
    list
}

fn edit(line: u32, column: usize, value: Cell) -> Edit {
    Edit {
        line,
        column,
        value: Some(value),
        mark: Mark::Filled,
    }
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut packed = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..packed.len())
        .map(|at| {
            let mut entry = packed.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

#[test]
fn filled_cells_change_and_nothing_else() {
    let bytes = form();
    let edits = [
        edit(3, 2, Cell::from(Fen::new(59_000))),
        edit(4, 0, Cell::from("多吉 & <子>")),
        edit(4, 2, Cell::from("a")),
        Edit {
            line: 4,
            column: 1,
            value: None,
            mark: Mark::NotFound,
        },
    ];
    let form = Form::open(&bytes, &Limits::default()).unwrap();
    let filled = form
        .fill("表 & 单", &edits, ("填表说明", &legend()))
        .unwrap();
    let (before, after) = (parts(&bytes), parts(&filled));
    for (name, content) in &before {
        let rewritten =
            ["xl/worksheets/sheet1.xml", STYLES, WORKBOOK, RELS, TYPES].contains(&name.as_str());
        assert_eq!(after[name] == *content, !rewritten, "{name}");
    }
    let sheets = table::read("a.xlsx", &filled, &Limits::default())
        .unwrap()
        .sheets;
    assert_eq!(sheets.len(), 3);
    assert_eq!(sheets[2].sheet, "填表说明");
    assert_eq!(sheets[2].lines[1].cell(2).text(), "<590.00>");
    let text = |line: usize, column: usize| sheets[0].lines[line].cell(column).text();
    assert_eq!(text(0, 0), "某县救助情况表");
    assert_eq!((text(2, 0), text(2, 2)), ("卓玛".into(), "590".into()));
    assert_eq!(
        (text(3, 0), text(3, 1), text(3, 2)),
        ("多吉 & <子>".into(), "只有证号".into(), "a".into())
    );
    let xml = |parts: &BTreeMap<String, Vec<u8>>, name: &str| {
        String::from_utf8(parts[name].clone()).unwrap()
    };
    assert!(xml(&after, "xl/worksheets/sheet1.xml").contains("<f>C3*12</f>"));
    assert!(xml(&after, WORKBOOK).contains("fullCalcOnLoad=\"1\""));
    // a look that was bold with two decimals still is
    let styles = xml(&after, STYLES);
    assert!(styles.contains("FFFFF2CC") && styles.contains("FFF8CBAD"));
}

#[test]
fn a_filled_form_can_be_filled_again() {
    let bytes = form();
    let once = Form::open(&bytes, &Limits::default())
        .unwrap()
        .fill(
            "表 & 单",
            &[edit(3, 1, Cell::from("x"))],
            ("说明", &legend()),
        )
        .unwrap();
    let twice = Form::open(&once, &Limits::default())
        .unwrap()
        .fill(
            "表 & 单",
            &[edit(3, 1, Cell::from("y"))],
            ("说明", &legend()),
        )
        .unwrap();
    let sheets = table::read("a.xlsx", &twice, &Limits::default())
        .unwrap()
        .sheets;
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.sheet.as_str()).collect();
    assert_eq!(names[2..], ["说明", "说明 2"]);
    assert_eq!(sheets[0].lines[2].cell(1).text(), "y");
}

#[test]
fn formulas_and_what_lies_under_a_title_are_fixed() {
    let bytes = form();
    let fixed = Form::open(&bytes, &Limits::default())
        .unwrap()
        .fixed("表 & 单")
        .unwrap();
    assert_eq!(
        fixed.into_iter().collect::<Vec<_>>(),
        [(1, 1), (1, 2), (1, 3), (3, 3)]
    );
    assert!(
        Form::open(&bytes, &Limits::default())
            .unwrap()
            .fixed("无")
            .is_err()
    );
}

proptest! {
    #[test]
    fn a_broken_form_gives_an_error_or_a_form_and_never_a_panic(places in proptest::collection::vec((0_usize..9_000, any::<u8>()), 1..6)) {
        let mut bytes = form();
        for (place, byte) in places {
            let length = bytes.len();
            bytes[place % length] = byte;
        }
        if let Ok(form) = Form::open(&bytes, &Limits::default()) {
            let _ = form.fixed("表 & 单");
            let _ = form.fill("表 & 单", &[edit(3, 2, Cell::from("x"))], ("说明", &legend()));
        }
    }
}
