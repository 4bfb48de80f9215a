//! The tables of valid and invalid numbers, each error by name, and the strength of the check.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// The day the tables were made for.
const ON: Date = date(2021, 12, 31);

fn parse(text: &str) -> Result<CitizenId, CitizenIdError> {
    CitizenId::parse(text, ON, Regions::national())
}

#[test]
fn valid_citizen_ids_of_the_table() {
    for (text, birth, sex, region) in [
        ("513301196002290017", date(1960, 2, 29), Sex::Male, "513301"),
        (
            "513301198506153023",
            date(1985, 6, 15),
            Sex::Female,
            "513301",
        ),
        ("51330119720404007X", date(1972, 4, 4), Sex::Male, "513301"),
        (
            "513301200001010043",
            date(2000, 1, 1),
            Sex::Female,
            "513301",
        ),
        ("513321184903081236", date(1849, 3, 8), Sex::Male, "513321"),
        (
            "513301193309122188",
            date(1933, 9, 12),
            Sex::Female,
            "513301",
        ),
        (
            "11010519491231002X",
            date(1949, 12, 31),
            Sex::Female,
            "110105",
        ),
        ("440524188001010014", date(1880, 1, 1), Sex::Male, "440524"),
    ] {
        let id = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(id.as_str(), text);
        assert_eq!(
            (id.birth(), id.sex(), id.region()),
            (birth, sex, region),
            "{text}"
        );
        assert_eq!(parse(&normalise(text)), Ok(id));
    }
}

#[test]
fn invalid_citizen_ids_of_the_table() {
    for (text, code) in [
        ("513301196002290018", "CheckDigit"),
        ("513301196102290014", "BirthDate"),
        ("51330119850615302", "Length"),
        ("51330119720404X07X", "Charset"),
        ("513301203001010012", "FutureBirth"),
        ("990101198506153029", "Region"),
        ("513301198506150009", "Sequence"),
        ("513301198513320010", "BirthDate"),
    ] {
        assert_eq!(parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_first_failure_in_order_wins() {
    // Each text has the named fault and every later one.
    for (text, code) in [
        ("A9010120300230000", "Length"),
        ("A90101203002300000", "Charset"),
        ("990101203002300000", "Region"),
        ("513301203002300000", "BirthDate"),
        ("513301203002280000", "FutureBirth"),
        ("513301198506150000", "Sequence"),
        ("513301198506153020", "CheckDigit"),
    ] {
        assert_eq!(parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn a_fifteen_digit_number_is_refused_by_its_length() {
    assert_eq!(parse("513301600229001"), Err(CitizenIdError::Length));
}

#[test]
fn the_input_edge_trims_and_maps_full_width_and_small_x() {
    for entered in [
        " 51330119720404007x\n",
        "５１３３０１１９７２０４０４００７Ｘ",
        "\u{3000}51330119720404007ｘ",
    ] {
        assert_eq!(normalise(entered), "51330119720404007X");
        assert!(parse(&normalise(entered)).is_ok());
        assert!(parse(entered).is_err());
    }
}

#[test]
fn signs_of_several_bytes_are_a_charset_error() {
    assert_eq!(parse("51330119720404007康"), Err(CitizenIdError::Charset));
    assert_eq!(
        parse("康定市康定市康定市康定市康定市康定市"),
        Err(CitizenIdError::Charset)
    );
    assert_eq!(parse("51330119720404007x"), Err(CitizenIdError::Charset));
}

#[test]
fn who_is_born_on_the_day_of_the_check_has_a_number() {
    let born_today = build("513301", ON, 1).unwrap();
    assert!(parse(born_today.as_str()).is_ok());
    let yesterday = ON.yesterday().unwrap();
    assert_eq!(
        CitizenId::parse(born_today.as_str(), yesterday, Regions::national()),
        Err(CitizenIdError::FutureBirth)
    );
}

#[test]
fn the_worked_example_has_check_7() {
    assert_eq!(check_character("51330119600229001"), Some('7'));
    assert_eq!(check_character("5133011960022900"), None);
    assert_eq!(check_character("5133011960022900X"), None);
}

#[test]
fn a_built_number_passes_where_its_region_is_known() {
    let child = build("993301", date(2016, 9, 1), 2).unwrap();
    assert_eq!(parse(child.as_str()), Err(CitizenIdError::Region));
    assert_eq!(
        CitizenId::parse(child.as_str(), ON, Regions::with_demo()),
        Ok(child)
    );
    assert_eq!(build("51330", ON, 1), Err(CitizenIdError::Region));
    assert_eq!(
        build("513301", date(0, 1, 1), 1),
        Err(CitizenIdError::BirthDate)
    );
    assert_eq!(build("513301", ON, 0), Err(CitizenIdError::Sequence));
    assert_eq!(build("513301", ON, 1000), Err(CitizenIdError::Sequence));
}

#[test]
fn a_number_is_masked_where_it_is_not_asked_for() {
    let id = parse("513301196002290017").unwrap();
    assert_eq!(id.masked(), "513301********0017");
    assert_eq!(format!("{id:?}"), "CitizenId(513301********0017)");
}

#[test]
fn every_error_ends_in_a_hint() {
    for error in [
        CitizenIdError::Length,
        CitizenIdError::Charset,
        CitizenIdError::Region,
        CitizenIdError::BirthDate,
        CitizenIdError::FutureBirth,
        CitizenIdError::Sequence,
        CitizenIdError::CheckDigit,
    ] {
        assert!(error.to_string().contains("\nhint: "), "{error:?}");
    }
}

proptest! {
    #[test]
    fn a_built_number_is_valid(days in 0_i64..18_000, sequence in 1_u16..1000) {
        let birth = crate::date_of_epoch_day(days).unwrap();
        let id = build("513301", birth, sequence).unwrap();
        prop_assert_eq!(parse(id.as_str()), Ok(id.clone()));
        prop_assert_eq!(id.birth(), birth);
    }

    #[test]
    fn the_check_notices_every_changed_digit(digits in "[0-9]{17}", place in 0_usize..17, other in 0_u8..10) {
        let mut changed = digits.clone().into_bytes();
        changed[place] = b'0' + other;
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != digits);
        prop_assert_ne!(check_character(&digits), check_character(&changed));
    }

    #[test]
    fn the_check_notices_every_swap_of_neighbours(digits in "[0-9]{17}", place in 0_usize..16) {
        let mut swapped = digits.clone().into_bytes();
        swapped.swap(place, place + 1);
        let swapped = String::from_utf8(swapped).unwrap();
        prop_assume!(swapped != digits);
        prop_assert_ne!(check_character(&digits), check_character(&swapped));
    }

    #[test]
    fn no_text_makes_the_check_fail_otherwise_than_by_an_error(text in ".{0,24}") {
        let _outcome = parse(&text);
        let _edge = parse(&normalise(&text));
    }
}
