//! Files as people send them, and as nobody should.

use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::list::{Cell, List};
use crate::text::{Encoding, encode};

fn csv(text: &str) -> Tables {
    read("a.csv", text.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn text_is_read_in_utf8_with_and_without_its_mark_and_in_gb18030() {
    let text = "姓名,金额\n卓玛,590\n";
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (encode(text, Encoding::Utf8).unwrap(), Encoding::Utf8),
        (encode(text, Encoding::Gb18030).unwrap(), Encoding::Gb18030),
    ] {
        let tables = read("a.csv", &bytes, &Limits::default()).unwrap();
        assert_eq!(tables.encoding, Some(encoding));
        assert_eq!(tables.sheets[0].lines[1].cell(0), &Value::from("卓玛"));
    }
    let broken = read("a.csv", b"a,b\nc,\xff\xff\n", &Limits::default()).unwrap_err();
    assert!(broken.to_string().starts_with("line 2 "), "{broken}");
}

#[test]
fn lines_keep_their_numbers_and_the_separator_is_found() {
    let tables = csv("a;b\n\n\"x\ny\";'=1\n;;\nz;'t\n");
    let numbers: Vec<u32> = tables.sheets[0]
        .lines
        .iter()
        .map(|line| line.number)
        .collect();
    assert_eq!(numbers, [1, 3, 6]);
    assert_eq!(tables.sheets[0].lines[1].cell(1), &Value::from("=1"));
    assert_eq!(tables.sheets[0].lines[2].cell(1), &Value::from("'t"));
    assert_eq!(csv("a\tb,c\td\n").sheets[0].lines[0].cells.len(), 3);
}

#[test]
fn a_workbook_reads_as_it_was_written() {
    let mut list = List::new(vec!["姓名".into(), "元".into(), "日".into()]);
    let day = Date::new(2021, 3, 1).unwrap();
    list.push([
        Cell::from("卓玛"),
        Cell::from(minsheng_core::Fen::new(10)),
        Cell::from(day),
    ]);
    list.push([
        Cell::Empty,
        Cell::Number("513301196002290000".into()),
        Cell::Empty,
    ]);
    let bytes = list.write(Format::Xlsx, Encoding::Utf8).unwrap();
    let sheet = &read("a.xlsx", &bytes, &Limits::default()).unwrap().sheets[0];
    assert_eq!(
        sheet.lines[1].cells,
        [
            Value::from("卓玛"),
            Value::Number("0.1".into()),
            Value::Day(day)
        ]
    );
    assert_eq!(sheet.lines[2].number, 3);
    assert_eq!(sheet.lines[2].cell(1), &Value::from("513301196002290000"));
}

#[test]
fn columns_have_the_letters_of_a_spreadsheet() {
    for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
        assert_eq!(letters(column), name);
    }
}

#[test]
fn a_file_that_unpacks_to_too_much_is_refused_before_it_is_read() {
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file(
        "xl/worksheets/sheet1.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..20 {
        bomb.write_all(&zeros).unwrap();
    }
    let bytes = bomb.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 16, "it is small: {}", bytes.len());
    let limits = Limits {
        unpacked_bytes: 10 << 20,
        ..Limits::default()
    };
    let refused = read("a.xlsx", &bytes, &limits).unwrap_err();
    assert!(
        matches!(
            refused,
            ExchangeError::TooLarge {
                what: "bytes unpacked",
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn a_file_with_too_many_bytes_columns_or_cells_is_refused() {
    let limits = Limits {
        file_bytes: 40,
        columns: 3,
        cells: 6,
        ..Limits::default()
    };
    for (text, what) in [
        ("a,b,c,d\n", "columns"),
        ("a,b,c\na,b,c\na\n", "cells"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bytes"),
    ] {
        match read("a.csv", text.as_bytes(), &limits) {
            Err(ExchangeError::TooLarge { what: said, .. }) => assert_eq!(said, what),
            other => panic!("{text}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_give_a_table_or_an_error_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read("a.csv", &bytes, &Limits::default());
        let _ = read("a.xlsx", &bytes, &Limits::default());
    }

    #[test]
    fn a_workbook_with_broken_bytes_gives_a_table_or_an_error_and_never_a_panic(places in proptest::collection::vec((0_usize..6_000, any::<u8>()), 1..8)) {
        let mut list = List::new(vec!["姓名".into(), "身份证号".into()]);
        list.push([Cell::from("卓玛"), Cell::from("51330119600229001X")]);
        let mut bytes = list.write(Format::Xlsx, Encoding::Utf8).unwrap();
        for (place, byte) in places {
            let length = bytes.len();
            bytes[place % length] = byte;
        }
        let _ = read("a.xlsx", &bytes, &Limits::default());
    }
}
