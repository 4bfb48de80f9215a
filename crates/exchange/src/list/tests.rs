//! Lists read back as they were written.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use minsheng_core::Date;

use super::*;

fn example() -> List {
    let mut list = List::new(vec!["姓名".into(), "人数".into(), "元".into(), "日".into()]);
    let day = Date::new(2021, 3, 1).unwrap();
    list.push([
        Cell::from("卓玛"),
        Cell::from(3_i64),
        Cell::from(Fen::new(123_456)),
        Cell::from(day),
    ]);
    list.push([
        Cell::from("=1+1"),
        Cell::Empty,
        Cell::from(Fen::new(-5)),
        Cell::Empty,
    ]);
    list.push([
        Cell::from("-x,\"y\""),
        Cell::from(0_i64),
        Cell::from(Fen::ZERO),
        Cell::from(Date::new(1899, 1, 1).unwrap()),
    ]);
    list
}

fn read(bytes: Vec<u8>) -> calamine::Range<Data> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    book.worksheet_range_at(0).unwrap().unwrap()
}

#[test]
fn a_csv_begins_with_the_mark_and_runs_nothing() {
    let bytes = example().write(Format::Csv, Encoding::Utf8).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "\u{feff}姓名,人数,元,日\r\n卓玛,3,1234.56,2021-03-01\r\n'=1+1,,-0.05,\r\n\"'-x,\"\"y\"\"\",0,0.00,1899-01-01\r\n"
    );
}

#[test]
fn a_csv_in_gb18030_says_the_same() {
    let bytes = example().write(Format::Csv, Encoding::Gb18030).unwrap();
    let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
    let utf8 = example().write(Format::Csv, Encoding::Utf8).unwrap();
    assert!(!broken);
    assert_eq!(format!("\u{feff}{text}").as_bytes(), utf8);
}

#[test]
fn a_sheet_holds_numbers_dates_and_text_that_is_no_formula() {
    let range = read(example().write(Format::Xlsx, Encoding::Utf8).unwrap());
    let at = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(at(0, 0), Data::String("姓名".into()));
    assert_eq!(at(1, 2).to_string(), "1234.56");
    assert!(at(1, 2).is_float());
    assert!(matches!(at(1, 3), Data::DateTime(date) if date.to_ymd_hms_milli().0 == 2021));
    assert_eq!(at(2, 0), Data::String("=1+1".into()));
    assert_eq!(at(2, 1), Data::Empty);
    assert_eq!(at(3, 3), Data::String("1899-01-01".into()));
}

#[test]
fn every_amount_a_spreadsheet_can_hold_comes_back_to_the_fen_and_a_longer_one_is_text() {
    let mut list = List::new(vec!["元".into()]);
    let amounts = [
        1,
        99,
        1_010,
        33_333_333_333,
        999_999_999_999_999,
        9_999_999_999_999_999,
        i64::MIN,
    ];
    for fen in amounts {
        list.push([Cell::from(Fen::new(fen))]);
    }
    let range = read(list.write(Format::Xlsx, Encoding::Utf8).unwrap());
    for (row, fen) in (1..).zip(amounts) {
        let cell = range.get_value((row, 0)).unwrap();
        assert_eq!(Fen::parse_yuan(&cell.to_string()).unwrap(), Fen::new(fen));
        assert_eq!(
            cell.is_float(),
            fen < 1_000_000_000_000_000 && fen > 0,
            "{fen}"
        );
    }
}

#[test]
fn the_name_of_a_file_says_what_it_is() {
    assert_eq!(Format::of_name("a/名单.XLSX").unwrap(), Format::Xlsx);
    assert_eq!(Format::of_name("a.b.csv").unwrap(), Format::Csv);
    for name in ["a.xls", "xlsx", ".ods", ""] {
        assert!(Format::of_name(name).is_err(), "{name}");
    }
}
