//! Figures from small records entered by hand: what counts, what does not, what is missing.

#![expect(
    clippy::unwrap_used,
    reason = "a preparation that fails is a test that fails"
)]

mod records;

use minsheng_core::{Date, Month};
use minsheng_statistics::{Figure, Missing, StatisticsError, drill, yearbook, yearbook_against};
use minsheng_store::Scope;
use records::{LUCHENG, Records, XINDUQIAO};

const fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn figure<'a>(figures: &'a [Figure], id: &str) -> &'a Figure {
    figures.iter().find(|figure| figure.id == id).unwrap()
}

fn value(records: &Records, id: &str) -> Option<String> {
    figure(
        &yearbook(&records.desk(), &Scope::county(), 2021).unwrap(),
        id,
    )
    .value
    .clone()
}

#[test]
fn an_empty_database_has_rates_only_and_says_what_is_missing_instead_of_zero() {
    let records = Records::new();
    let figures = yearbook(&records.desk(), &Scope::county(), 2021).unwrap();
    for figure in &figures {
        let rate = figure.kind == minsheng_statistics::Kind::Rate;
        assert_eq!(figure.value.is_some(), rate, "{}", figure.id);
        assert_eq!(figure.missing.is_none(), rate, "{}", figure.id);
        assert_eq!(figure.agrees, Some(rate), "{}", figure.id);
        assert_eq!(figure.records > 0, rate, "{}", figure.id);
    }
    let missing = |id: &str| figure(&figures, id).missing.clone().unwrap();
    assert_eq!(
        missing("A08"),
        Missing::Roll {
            month: month("2021-12")
        }
    );
    assert_eq!(missing("A18"), Missing::Payments { year: 2021 });
    assert!(matches!(
        missing("A05"),
        Missing::Snapshot { before: 2021, .. }
    ));
    assert!(matches!(missing("A67"), Missing::Snapshot { .. }));
}

#[test]
fn the_rates_of_2021_are_the_published_ones_and_open_to_the_row_of_the_pack() {
    let records = Records::new();
    for (id, printed) in [
        ("A13", "590"),
        ("A14", "4680"),
        ("A15", "265"),
        ("A16", "280"),
        ("A17", "295"),
        ("RV-06", "295"),
    ] {
        let drill = drill(&records.desk(), &Scope::county(), id, 2021).unwrap();
        assert_eq!(drill.figure.value.as_deref(), Some(printed), "{id}");
        assert_eq!(drill.figure.agrees, Some(true), "{id}");
        assert!(!drill.records.rows.is_empty(), "{id}");
        let column = |name| {
            drill
                .records
                .columns
                .iter()
                .position(|column| *column == name)
                .unwrap()
        };
        let cell = |name| drill.records.rows[0][column(name)].to_string();
        assert!(
            cell("file").ends_with(".md") && cell("line").parse::<u32>().unwrap() > 0,
            "{id}"
        );
        assert!(!cell("cite").is_empty() && !cell("mark").is_empty(), "{id}");
    }
}

#[test]
fn a_year_before_every_parameter_has_no_rate_instead_of_an_old_one() {
    let records = Records::new();
    let figures = yearbook(&records.desk(), &Scope::county(), 1990).unwrap();
    let standard = figure(&figures, "A13");
    assert_eq!(standard.value, None);
    assert!(matches!(standard.missing, Some(Missing::Parameter { .. })));
    assert_eq!(
        (standard.published.as_deref(), standard.agrees),
        (None, None)
    );
}

#[test]
fn the_december_roll_counts_current_entitlements_of_december_only() {
    let mut records = Records::new();
    records.run("2021-12");
    let family = records.household(LUCHENG);
    let (one, two) = (records.person(), records.person());
    records.entitlement("rural-dibao", family, one, "2021-12", "BACKSTOP", 29_500);
    records.entitlement("rural-dibao", family, two, "2021-12", "BACKSTOP", 29_500);
    let other = records.household(XINDUQIAO);
    let (three, four) = (records.person(), records.person());
    records.entitlement("rural-dibao", other, three, "2021-12", "GENERAL", 26_500);
    // Superseded: the person died and is off the roll. November: not on the December roll.
    let dead = records.entitlement("rural-dibao", other, four, "2021-12", "GENERAL", 26_500);
    records.supersede(dead);
    records.entitlement("rural-dibao", other, four, "2021-11", "GENERAL", 26_500);

    let figures = yearbook(&records.desk(), &Scope::county(), 2021).unwrap();
    let got = |id: &str| figure(&figures, id).value.clone().unwrap();
    assert_eq!((got("A07"), got("A08")), ("2".to_owned(), "3".to_owned()));
    assert_eq!(
        (got("RV-03"), got("RV-04")),
        ("1".to_owned(), "2".to_owned())
    );
    // Nobody is on the urban roll, and that is known: zero, not missing.
    assert_eq!((got("A11"), got("A12")), ("0".to_owned(), "0".to_owned()));
    assert_eq!(figure(&figures, "A12").records, 0);

    let seen = yearbook(&records.desk(), &Scope::of(LUCHENG), 2021).unwrap();
    assert_eq!(figure(&seen, "A08").value.as_deref(), Some("2"));
    let nothing = yearbook(&records.desk(), &Scope::of(513_301_208_000), 2021).unwrap();
    assert_eq!(figure(&nothing, "A08").value.as_deref(), Some("0"));
}

#[test]
fn a_month_that_was_never_run_is_missing_and_arrears_make_an_earlier_month_known() {
    let mut records = Records::new();
    records.run("2022-02");
    assert_eq!(value(&records, "A08"), None);
    let family = records.household(LUCHENG);
    let person = records.person();
    records.entitlement("rural-dibao", family, person, "2021-12", "GENERAL", 26_500);
    assert_eq!(value(&records, "A08").as_deref(), Some("1"));
}

#[test]
fn paid_is_what_the_bank_credited_within_the_year_less_what_came_back_rounded_once() {
    let mut records = Records::new();
    records.run("2021-12");
    let family = records.household(LUCHENG);
    let person = records.person();
    let pay = |records: &mut Records, class: &str, fen: i64, state: &str, settled: Option<Date>| {
        let right = records.entitlement("rural-dibao", family, person, "2021-12", class, fen);
        records.payment(right, state, settled)
    };
    let first = pay(
        &mut records,
        "BACKSTOP",
        1_234_500,
        "credited",
        Some(day(2021, 1, 1)),
    );
    pay(
        &mut records,
        "GENERAL",
        1_000_000,
        "credited",
        Some(day(2021, 12, 31)),
    );
    pay(
        &mut records,
        "GENERAL",
        7_000_000,
        "credited",
        Some(day(2020, 12, 31)),
    );
    pay(
        &mut records,
        "GENERAL",
        8_000_000,
        "credited",
        Some(day(2022, 1, 1)),
    );
    pay(
        &mut records,
        "GENERAL",
        9_000_000,
        "returned",
        Some(day(2021, 6, 1)),
    );
    pay(&mut records, "GENERAL", 9_900_000, "open", None);
    // 12 345 + 10 000 yuan = 2.2345 万元, printed 2.23.
    assert_eq!(value(&records, "A18").as_deref(), Some("2.23"));
    assert_eq!(value(&records, "RV-05").as_deref(), Some("1.23"));

    records.recovery(first, 500_000, "repaid", Some(day(2021, 8, 1)));
    records.recovery(first, 100_000, "repaid", Some(day(2022, 8, 1)));
    records.recovery(first, 50_000, "written_off", Some(day(2021, 9, 1)));
    records.recovery(first, 10_000, "repaid", None);
    // 22 345 − 5 000 yuan = 1.7345 万元.
    assert_eq!(value(&records, "A18").as_deref(), Some("1.73"));
    assert_eq!(value(&records, "RV-05").as_deref(), Some("0.73"));

    let drill = drill(&records.desk(), &Scope::county(), "A18", 2021).unwrap();
    assert_eq!(drill.records.rows.len(), 3);
    assert_eq!(drill.records.total().unwrap().get(), 1_734_500);
    assert_eq!(drill.figure.records, 3);
    let csv = drill.records.to_csv();
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().ends_with(",amount_fen"));
    assert!(
        lines.any(|line| line.starts_with("repaid,rural-dibao,P")
            && line.ends_with(",2021-08-01,-500000"))
    );
    assert_eq!(
        figure(
            &yearbook(&records.desk(), &Scope::of(XINDUQIAO), 2021).unwrap(),
            "A18"
        )
        .value
        .as_deref(),
        Some("0")
    );
}

#[test]
fn half_a_hundredth_of_wan_yuan_rounds_up_and_zeros_at_the_end_go() {
    for (fen, printed) in [
        (2_655_029_600, "2655.03"),
        (37_199_500, "37.2"),
        (5_000, "0.01"),
        (4_999, "0"),
        (6_000_000, "6"),
    ] {
        let mut records = Records::new();
        records.run("2021-12");
        let family = records.household(LUCHENG);
        let person = records.person();
        let right = records.entitlement("urban-dibao", family, person, "2021-12", "STANDARD", fen);
        records.payment(right, "credited", Some(day(2021, 12, 10)));
        assert_eq!(value(&records, "A18").as_deref(), Some(printed), "{fen}");
    }
}

#[test]
fn the_earlier_roll_is_the_latest_of_its_programme_before_the_year() {
    let records = Records::new();
    records.snapshot("rural-dibao", day(2018, 12, 31), &[(LUCHENG, 1)]);
    records.snapshot(
        "rural-dibao",
        day(2019, 12, 31),
        &[(LUCHENG, 2), (XINDUQIAO, 3)],
    );
    records.snapshot("rural-dibao", day(2021, 6, 30), &[(LUCHENG, 9)]);
    assert_eq!(value(&records, "A05").as_deref(), Some("2"));
    assert_eq!(value(&records, "A06").as_deref(), Some("5"));
    // Without the urban roll its year cannot be said for both.
    assert_eq!(value(&records, "A67"), None);
    records.snapshot("urban-dibao", day(2018, 12, 31), &[(LUCHENG, 1)]);
    let figures = yearbook(&records.desk(), &Scope::county(), 2021).unwrap();
    assert!(matches!(
        figure(&figures, "A67").missing,
        Some(Missing::SnapshotYears { .. })
    ));
    records.snapshot("urban-dibao", day(2019, 12, 31), &[]);
    let drill = drill(&records.desk(), &Scope::county(), "A67", 2021).unwrap();
    assert_eq!(
        (drill.figure.value.as_deref(), drill.figure.records),
        (Some("2019"), 2)
    );
    // An imported roll of nobody is a count of zero.
    assert_eq!(value(&records, "A09").as_deref(), Some("0"));
    let seen = yearbook(&records.desk(), &Scope::of(XINDUQIAO), 2021).unwrap();
    assert_eq!(figure(&seen, "A06").value.as_deref(), Some("3"));
}

#[test]
fn another_file_takes_the_place_of_the_published_chapter() {
    let records = Records::new();
    let text = "id,value,unit\nA13,590.00,yuan/month\nA14,4681,yuan/year\nA15,265,10k yuan\n";
    let other = minsheng_statistics::Published::parse("other.csv", text.as_bytes()).unwrap();
    let figures = yearbook_against(&records.desk(), &Scope::county(), 2021, &other).unwrap();
    let agrees = |id: &str| figure(&figures, id).agrees;
    assert_eq!(
        (agrees("A13"), agrees("A14"), agrees("A15"), agrees("A16")),
        (Some(true), Some(false), Some(false), None)
    );
    assert_eq!(figure(&figures, "A13").published.as_deref(), Some("590.00"));
    assert_eq!(
        figure(&figures, "A15").published_unit.as_deref(),
        Some("10k yuan")
    );
}

#[test]
fn the_value_of_every_figure_is_what_its_records_give() {
    let mut records = Records::new();
    records.run("2021-12");
    for (programme, class, fen) in [
        ("urban-dibao", "STANDARD", 12_300),
        ("rural-dibao", "BACKSTOP", 29_500),
    ] {
        let family = records.household(LUCHENG);
        let person = records.person();
        let right = records.entitlement(programme, family, person, "2021-12", class, fen);
        records.payment(right, "credited", Some(day(2021, 12, 10)));
        records.snapshot(programme, day(2019, 12, 31), &[(LUCHENG, 3)]);
    }
    for found in yearbook(&records.desk(), &Scope::county(), 2021).unwrap() {
        let drill = drill(&records.desk(), &Scope::county(), &found.id, 2021).unwrap();
        assert_eq!(drill.figure, found);
        assert_eq!(drill.records.rows.len(), found.records, "{}", found.id);
        assert!(found.records > 0, "{}", found.id);
        let printed = found.value.unwrap();
        match found.unit.as_str() {
            "household" | "person" => {
                assert_eq!(printed, found.records.to_string(), "{}", found.id)
            }
            "10k yuan" => assert_eq!(
                printed,
                drill.records.total().unwrap().wan_yuan(2),
                "{}",
                found.id
            ),
            _ => {}
        }
        for row in &drill.records.rows {
            assert_eq!(row.len(), drill.records.columns.len(), "{}", found.id);
        }
    }
}

#[test]
fn an_unknown_figure_or_year_is_refused() {
    let records = Records::new();
    assert!(matches!(
        drill(&records.desk(), &Scope::county(), "A99", 2021),
        Err(StatisticsError::UnknownFigure { .. })
    ));
    assert!(matches!(
        yearbook(&records.desk(), &Scope::county(), 0),
        Err(StatisticsError::Year(0))
    ));
    assert!(matches!(
        yearbook(&records.desk(), &Scope::county(), 9999),
        Err(StatisticsError::Year(9999))
    ));
}
