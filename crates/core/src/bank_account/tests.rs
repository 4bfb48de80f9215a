//! The vectors of account numbers, each error by name, and the strength of the check.

use proptest::prelude::*;

use super::*;

#[test]
fn valid_bank_accounts_of_the_table() {
    for text in ["6217000000000000004", "6217000000000006"] {
        assert_eq!(BankAccount::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn invalid_bank_accounts_of_the_table() {
    for (text, code) in [
        ("6217000000000000005", "Luhn"),
        ("6217000000000007", "Luhn"),
    ] {
        assert_eq!(BankAccount::parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_first_failure_in_order_wins() {
    // Each text has the named fault and every later one.
    for (text, code) in [
        ("62170000000000A", "Length"),
        ("62170000000000000A07", "Length"),
        ("621700000000000A", "Charset"),
        ("6217 0000 0000 0006", "Charset"),
        ("康康康康康康康康康康康康康康康康", "Charset"),
        ("6217000000000008", "Luhn"),
    ] {
        assert_eq!(BankAccount::parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn the_input_edge_trims_and_maps_full_width() {
    assert_eq!(
        normalise(" ６２１７00000000０００６\u{3000}"),
        "6217000000000006"
    );
}

#[test]
fn an_account_is_completed_by_its_check_digit() {
    assert_eq!(
        complete("621700000000000").unwrap().as_str(),
        "6217000000000006"
    );
    assert_eq!(
        complete("621700000000000000").unwrap().as_str(),
        "6217000000000000004"
    );
    assert_eq!(complete("62170000000000"), Err(BankAccountError::Length));
    assert_eq!(complete("62170000000000A"), Err(BankAccountError::Charset));
}

#[test]
fn a_number_is_masked_where_it_is_not_asked_for() {
    let account = BankAccount::parse("6217000000000000004").unwrap();
    assert_eq!(account.masked(), "****0004");
    assert_eq!(format!("{account:?}"), "BankAccount(****0004)");
}

#[test]
fn every_error_ends_in_a_hint() {
    for error in [
        BankAccountError::Length,
        BankAccountError::Charset,
        BankAccountError::Luhn,
    ] {
        assert!(error.to_string().contains("\nhint: "), "{error:?}");
    }
}

proptest! {
    #[test]
    fn the_check_notices_every_changed_digit(digits in "[0-9]{15,18}", place in 0_usize..19, other in 0_u8..10) {
        let account = complete(&digits).unwrap();
        let mut changed = account.as_str().as_bytes().to_vec();
        prop_assume!(place < changed.len() && changed[place] != b'0' + other);
        changed[place] = b'0' + other;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(BankAccount::parse(&changed), Err(BankAccountError::Luhn));
    }

    #[test]
    fn a_completed_account_is_valid(digits in "[0-9]{15,18}") {
        let account = complete(&digits).unwrap();
        prop_assert_eq!(BankAccount::parse(account.as_str()), Ok(account.clone()));
        prop_assert!(account.as_str().starts_with(&digits));
    }
}
