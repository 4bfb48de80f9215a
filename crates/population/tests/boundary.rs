//! The boundary of a register: each wrong column and value is refused by its name.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use minsheng_core::Month;
use minsheng_policy::{PackSet, Source, embedded_sources};
use minsheng_population::{Request, determine};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// A column: its line in the schema, its values, and for each row whether there is one.
struct Written {
    line: String,
    values: Vec<i64>,
    there: Option<Vec<i16>>,
}

fn column(line: &str, values: &[i64]) -> Written {
    Written {
        line: line.to_owned(),
        values: values.to_vec(),
        there: None,
    }
}

fn write(path: &Path, columns: &[Written]) {
    let lines: Vec<&str> = columns.iter().map(|column| column.line.as_str()).collect();
    let schema = format!("message table {{ {}; }}", lines.join("; "));
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(File::create(path).unwrap(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in columns {
        let mut out = group.next_column().unwrap().unwrap();
        let there = column.there.as_deref();
        let kept: Vec<i64> = match there {
            Some(there) => column
                .values
                .iter()
                .zip(there)
                .filter(|(_, there)| **there == 1)
                .map(|(v, _)| *v)
                .collect(),
            None => column.values.clone(),
        };
        let small: Vec<i32> = kept.iter().map(|value| *value as i32).collect();
        match out.untyped() {
            ColumnWriter::BoolColumnWriter(out) => {
                let flags: Vec<bool> = kept.iter().map(|value| *value == 1).collect();
                out.write_batch(&flags, there, None).unwrap();
            }
            ColumnWriter::Int32ColumnWriter(out) => {
                out.write_batch(&small, there, None).unwrap();
            }
            ColumnWriter::Int64ColumnWriter(out) => {
                out.write_batch(&kept, there, None).unwrap();
            }
            ColumnWriter::ByteArrayColumnWriter(out) => {
                let texts: Vec<ByteArray> = kept
                    .iter()
                    .map(|value| ByteArray::from(if *value == 1 { "true" } else { "false" }))
                    .collect();
                out.write_batch(&texts, there, None).unwrap();
            }
            _ => panic!("no such column in these tests"),
        }
        out.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

fn households() -> Vec<Written> {
    vec![
        column("required int32 household_id", &[10, 11]),
        column("required boolean is_urban", &[1, 0]),
        column("required boolean assets_ok", &[1, 1]),
        column("required boolean filed_poor", &[0, 0]),
    ]
}

fn persons() -> Vec<Written> {
    vec![
        column("required int64 person_id", &[1, 2, 3]),
        column("required int32 household_id", &[10, 10, 11]),
        column("required int32 birth_date (DATE)", &[3_000, 9_000, -9_000]),
        column(
            "required int32 disability_level (INTEGER(8,true))",
            &[0, 0, 2],
        ),
        column("required int64 income_fen", &[50_000, 0, 10_000]),
        column("required boolean is_monk", &[0, 0, 0]),
        column("required int32 child_status", &[0, 0, 0]),
        column("required boolean is_destitute", &[0, 0, 0]),
    ]
}

fn pack(change: impl Fn(&str) -> String) -> PackSet {
    let sources = embedded_sources().into_iter().map(|source| Source {
        text: if source.path.ends_with("county-core-2021/pack.md") {
            change(&source.text)
        } else {
            source.text.clone()
        },
        ..source
    });
    PackSet::from_sources("county-core-2021", sources.collect()).unwrap()
}

/// What becomes of a register, as text: the sum of January and the answers that are open, or the error.
fn told(set: &PackSet, households: &[Written], persons: &[Written]) -> String {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("household.parquet"), households);
    write(&folder.path().join("person.parquet"), persons);
    let request = Request {
        population: folder.path().to_owned(),
        months: vec![Month::new(2021, 1).unwrap()],
        out: Some(folder.path().join("out")),
        threads: 1,
        reuse: true,
    };
    match determine(set, &request, &|| 0, &mut |_, _| {}) {
        Ok(found) => {
            let sum = found.months.values().next().unwrap().sum_total_fen;
            format!("{sum} fen, {} open", found.undetermined)
        }
        Err(error) => {
            let whole = folder.path().join("out").join("amounts.parquet");
            assert!(
                !whole.exists(),
                "a run that failed leaves no file of that name"
            );
            error.to_string()
        }
    }
}

fn set() -> PackSet {
    pack(str::to_owned)
}

/// Replaces the column of a name.
fn with(mut columns: Vec<Written>, name: &str, changed: Written) -> Vec<Written> {
    let place = columns
        .iter()
        .position(|column| column.line.contains(name))
        .unwrap();
    columns[place] = changed;
    columns
}

fn person(name: &str, changed: Written) -> String {
    told(&set(), &households(), &with(persons(), name, changed))
}

#[test]
fn a_register_of_the_declared_types_is_determined() {
    // Urban, 250 yuan each: the gap of 340 for two. Rural, 100 yuan: the special rate, both subsidies.
    assert_eq!(
        told(&set(), &households(), &persons()),
        "111000 fen, 0 open"
    );
}

#[test]
fn a_text_a_decimal_a_float_and_a_time_are_refused_by_name() {
    let text = person(
        "is_monk",
        column("required binary is_monk (STRING)", &[0, 0, 0]),
    );
    assert!(
        text.starts_with(
            "person.parquet: column `is_monk`: expected true or false, found BYTE_ARRAY"
        ),
        "{text}"
    );
    let number = person("is_monk", column("required int32 is_monk", &[0, 0, 0]));
    assert!(
        number.contains("column `is_monk`: expected true or false"),
        "{number}"
    );
    let decimal = person(
        "income",
        column("required int64 income_fen (DECIMAL(18,2))", &[1, 2, 3]),
    );
    assert!(
        decimal.contains("column `income_fen`: expected whole numbers (amounts are whole fen)"),
        "{decimal}"
    );
    let day = person(
        "birth_date",
        column("required binary birth_date (STRING)", &[0, 0, 0]),
    );
    assert!(
        day.contains("column `birth_date`: expected days (DATE)"),
        "{day}"
    );
    let plain = person(
        "birth_date",
        column("required int32 birth_date", &[0, 0, 0]),
    );
    assert!(
        plain.contains("column `birth_date`: expected days (DATE)"),
        "{plain}"
    );
}

#[test]
fn a_null_is_refused_unless_the_column_is_declared_optional_and_then_unknown() {
    let gap = || Written {
        there: Some(vec![1, 0, 1]),
        ..column("optional int64 income_fen", &[50_000, 0, 10_000])
    };
    let refused = person("income", gap());
    assert!(
        refused.starts_with("person.parquet: column `income_fen`, row 2: null is not a value here"),
        "{refused}"
    );
    let whole = Written {
        there: Some(vec![1, 1, 1]),
        ..column("optional int64 income_fen", &[50_000, 0, 10_000])
    };
    assert_eq!(person("income", whole), "111000 fen, 0 open");
    let optional = pack(|text| {
        text.replace(
            "column = \"income_fen\"\n",
            "column = \"income_fen\"\noptional = true\n",
        )
    });
    let open = told(&optional, &households(), &with(persons(), "income", gap()));
    assert_eq!(open, "43000 fen, 1 open");
}

#[test]
fn a_value_beyond_its_limits_is_refused_with_its_row() {
    let level = person(
        "disability_level",
        column("required int32 disability_level", &[0, 5, 2]),
    );
    assert!(
        level.contains("column `disability_level`, row 2: 5 is too large"),
        "{level}"
    );
    let income = person("income", column("required int64 income_fen", &[1, 2, -1]));
    assert!(
        income.contains("column `income_fen`, row 3: -1 is too small"),
        "{income}"
    );
    let day = person(
        "birth_date",
        column("required int32 birth_date (DATE)", &[1, 2_000_000_000, 3]),
    );
    assert!(day.contains("column `birth_date`, row 2"), "{day}");
}

#[test]
fn missing_and_undeclared_columns_are_refused_by_name() {
    let mut fewer = persons();
    fewer.pop();
    let missing = told(&set(), &households(), &fewer);
    assert!(
        missing.starts_with("person.parquet: column `is_destitute`: is missing"),
        "{missing}"
    );
    let mut more = households();
    more.push(column("required boolean is_poor", &[0, 0]));
    let undeclared = told(&set(), &more, &persons());
    assert!(
        undeclared.starts_with("household.parquet: column `is_poor`: is not declared"),
        "{undeclared}"
    );
}

#[test]
fn rows_out_of_order_strangers_and_empty_households_are_refused() {
    let order = with(
        households(),
        "household_id",
        column("required int32 household_id", &[11, 10]),
    );
    let order = told(&set(), &order, &persons());
    assert!(
        order.contains("household.parquet: column `household_id`, row 2: 10 does not come after"),
        "{order}"
    );
    let strange = person(
        "household_id",
        column("required int32 household_id", &[10, 10, 12]),
    );
    assert!(
        strange.contains("the household 11 has no members"),
        "{strange}"
    );
    let strange = person(
        "household_id",
        column("required int32 household_id", &[9, 10, 11]),
    );
    assert!(
        strange.contains("row 1: the household 9 is not in household.parquet"),
        "{strange}"
    );
    let mixed = person(
        "household_id",
        column("required int32 household_id", &[10, 11, 10]),
    );
    assert!(
        mixed.contains("row 3: the household 10 is not in household.parquet, or not at its place"),
        "{mixed}"
    );
    let late = with(
        households(),
        "household_id",
        column("required int32 household_id", &[10, 12]),
    );
    let late = told(&set(), &late, &persons());
    assert!(
        late.contains("row 3: the household 11 is not in household.parquet"),
        "{late}"
    );
}

#[test]
fn a_pack_without_a_mapping_and_a_folder_without_files_are_named() {
    let bare = pack(|text| text.split("## 人口文件的列").next().unwrap().to_owned());
    let told_bare = told(&bare, &households(), &persons());
    assert!(told_bare.contains("toml population"), "{told_bare}");
    let request = Request {
        population: "no/such/folder".into(),
        months: vec![Month::new(2021, 1).unwrap()],
        out: None,
        threads: 1,
        reuse: true,
    };
    let error = determine(&set(), &request, &|| 0, &mut |_, _| {})
        .unwrap_err()
        .to_string();
    assert!(error.contains("household.parquet"), "{error}");
}
