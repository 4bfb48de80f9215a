//! The tables of valid and invalid numbers, each error by name.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// The day the tables were made for.
const ON: Date = date(2021, 12, 31);

fn parse(text: &str) -> Result<DisabilityCertificate, DisabilityCertificateError> {
    DisabilityCertificate::parse(text, ON, Regions::national())
}

#[test]
fn valid_disability_certificates_of_the_table() {
    for (text, holder, class, level, reissues) in [
        ("51330119600229001742", "513301196002290017", "4", "2", 0),
        ("51330119850615302311", "513301198506153023", "1", "1", 0),
        ("51330119720404007X63", "51330119720404007X", "6", "3", 0),
        ("51330120000101004374", "513301200001010043", "7", "4", 0),
        ("51330119330912218873", "513301193309122188", "7", "3", 0),
        ("51332118490308123611B1", "513321184903081236", "1", "1", 1),
    ] {
        let certificate = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(certificate.as_str(), text);
        assert_eq!(certificate.holder().as_str(), holder);
        assert_eq!(certificate.class().as_str(), class);
        assert_eq!(certificate.level().as_str(), level);
        assert_eq!(certificate.reissues(), reissues);
    }
}

#[test]
fn invalid_disability_certificates_of_the_table() {
    for (text, code) in [
        ("51330119600229001842", "Id:CheckDigit"),
        ("51330119600229001782", "Class"),
        ("51330119600229001745", "Level"),
        ("5133011960022900174", "Length"),
        ("51330119600229001742B0", "Suffix"),
        ("51330119610229001142", "Id:BirthDate"),
    ] {
        assert_eq!(parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_first_failure_in_order_wins() {
    // Each text has the named fault and every later one.
    for (text, code) in [
        ("5133011960022900180", "Length"),
        ("51330119600229001800B0", "Id:CheckDigit"),
        ("51330119600229001700B0", "Class"),
        ("51330119600229001740B0", "Level"),
    ] {
        assert_eq!(parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn only_b_and_a_count_without_leading_zero_may_follow() {
    for suffix in [
        "B",
        "B01",
        "1",
        "b1",
        "B1B2",
        "B-1",
        "B+1",
        " ",
        "B99999999999",
        "康",
    ] {
        assert_eq!(
            parse(&format!("51330119600229001742{suffix}")),
            Err(DisabilityCertificateError::Suffix),
            "{suffix}"
        );
    }
    assert_eq!(parse("51330119600229001742B12").unwrap().reissues(), 12);
}

#[test]
fn the_input_edge_trims_and_maps_full_width_and_small_letters() {
    assert_eq!(
        normalise(" 51330119720404007x63ｂ１ "),
        "51330119720404007X63B1"
    );
    assert!(parse(&normalise(" 51330119720404007x63ｂ１ ")).is_ok());
    assert_eq!(
        parse("51330119720404007x63"),
        Err(DisabilityCertificateError::Id(CitizenIdError::Charset))
    );
}

#[test]
fn a_number_is_masked_where_it_is_not_asked_for() {
    let certificate = parse("51330119600229001742").unwrap();
    assert_eq!(
        format!("{certificate:?}"),
        "DisabilityCertificate(513301********0017…)"
    );
}

#[test]
fn every_error_ends_in_a_hint() {
    for error in [
        DisabilityCertificateError::Length,
        DisabilityCertificateError::Id(CitizenIdError::CheckDigit),
        DisabilityCertificateError::Class,
        DisabilityCertificateError::Level,
        DisabilityCertificateError::Suffix,
    ] {
        assert!(error.to_string().contains("\nhint: "), "{error:?}");
    }
}

proptest! {
    #[test]
    fn a_built_number_is_valid(sequence in 1_u16..1000, class in 0_usize..7, level in 0_usize..4, reissues in 0_u32..200) {
        let holder = crate::citizen_id::build("513301", date(1960, 2, 29), sequence).unwrap();
        let (class, level) = (DisabilityClass::ALL[class], DisabilityLevel::ALL[level]);
        let certificate = build(holder, class, level, reissues);
        prop_assert_eq!(parse(certificate.as_str()), Ok(certificate.clone()));
    }
}
