//! The tables of valid and invalid codes, each error by name, and the strength of the check.

use proptest::prelude::*;

use super::*;

#[test]
fn valid_credit_codes_of_the_table() {
    for (text, class, division) in [
        ("91350100M000100Y43", "91", "350100"),
        ("51513301MJT100011U", "51", "513301"),
        ("52513301MJT100011Q", "52", "513301"),
        ("54513301MJT100011J", "54", "513301"),
        ("52513301MJT2000209", "52", "513301"),
        ("52513301MJT20008X9", "52", "513301"),
        ("52513301MJT2004690", "52", "513301"),
        ("52513301MJT200346Y", "52", "513301"),
    ] {
        let uscc = Uscc::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(
            (uscc.as_str(), uscc.class(), uscc.division()),
            (text, class, division)
        );
        assert_eq!(uscc.to_string(), text);
    }
}

#[test]
fn invalid_credit_codes_of_the_table() {
    for (text, code) in [
        ("52513301MJT100011R", "CheckChar"),
        ("52513301MJI100011Q", "Charset"),
        ("52513301MJT10001Q", "Length"),
        ("5251330AMJT100011Q", "RegionDigits"),
        ("E1513301MJT100011J", "Class"),
        ("60513301MJT100011X", "Class"),
        ("52513301MJT100012U", "OrgCode"),
        ("91350211M0000XUF46", "CheckChar"),
    ] {
        assert_eq!(Uscc::parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_first_failure_in_order_wins() {
    // Each text has the named fault and every later one.
    for (text, code) in [
        ("605133OAMJT100012", "Length"),
        ("605133OAMJT1000120", "Charset"),
        ("6051330AMJT1000120", "RegionDigits"),
        ("60513301MJT1000120", "Class"),
        ("52513301MJT1000120", "OrgCode"),
        ("52513301MJT1000110", "CheckChar"),
    ] {
        assert_eq!(Uscc::parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_input_edge_trims_and_maps_full_width_and_small_letters() {
    for entered in [
        " 52513301mjt100011q ",
        "５２５１３３０１ＭＪＴ１０００１１Ｑ",
    ] {
        assert_eq!(normalise(entered), "52513301MJT100011Q");
        assert!(Uscc::parse(entered).is_err());
    }
    assert_eq!(Uscc::parse("5251330康MJT100011Q"), Err(UsccError::Charset));
}

#[test]
fn a_built_code_has_both_checks() {
    assert_eq!(
        build("52", "513301", "MJT10001").unwrap().as_str(),
        "52513301MJT100011Q"
    );
    assert_eq!(body_check_character("MJT10001"), Some('1'));
    assert_eq!(body_check_character("MJT1000"), None);
    assert_eq!(body_check_character("mjt10001"), None);
    assert_eq!(build("52", "513301", "MJT1000"), Err(UsccError::Length));
    assert_eq!(build("525", "13301", "MJT10001"), Err(UsccError::Length));
    assert_eq!(build("52", "513301", "MJI10001"), Err(UsccError::Charset));
    assert_eq!(build("60", "513301", "MJT10001"), Err(UsccError::Class));
}

#[test]
fn every_error_ends_in_a_hint() {
    for error in [
        UsccError::Length,
        UsccError::Charset,
        UsccError::RegionDigits,
        UsccError::Class,
        UsccError::OrgCode,
        UsccError::CheckChar,
    ] {
        assert!(error.to_string().contains("\nhint: "), "{error:?}");
    }
}

proptest! {
    #[test]
    fn the_check_notices_every_changed_character(
        code in "[0-9A-HJ-NPQRTUWXY]{17}", place in 0_usize..17, other in 0_usize..31
    ) {
        let mut changed = code.clone().into_bytes();
        changed[place] = CHARACTERS[other];
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != code);
        prop_assert_ne!(check_character(&code), check_character(&changed));
    }

    #[test]
    fn a_built_code_is_valid_and_no_changed_character_is(
        body in "[0-9A-HJ-NPQRTUWXY]{8}", place in 0_usize..18, other in 0_usize..31
    ) {
        let code = build("52", "513301", &body).unwrap();
        prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code.clone()));
        let mut changed = code.as_str().as_bytes().to_vec();
        changed[place] = CHARACTERS[other];
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != code.as_str());
        prop_assert!(Uscc::parse(&changed).is_err());
    }

    #[test]
    fn no_text_makes_the_check_fail_otherwise_than_by_an_error(text in ".{0,24}") {
        let _outcome = Uscc::parse(&normalise(&text));
    }
}
