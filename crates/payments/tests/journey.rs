//! The way of money step by step: what each user may do, and what each refusal says.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use minsheng_core::Fen;
use minsheng_payments::queries::{held, returned};
use minsheng_payments::{
    BatchId, BatchState, FundSource, HoldCause, PaymentError, export, funds, results,
};
use minsheng_store::Scope;
use support::granted::{GENERAL, checked, county, nobody};
use support::{County, bank_answers, day, month};

fn state(county: &County, id: BatchId) -> BatchState {
    county
        .store
        .read(|q| minsheng_payments::batches::batch(q, id))
        .unwrap()
        .state
}

fn first_line(error: &PaymentError) -> String {
    error.to_string().lines().next().unwrap().to_owned()
}

#[test]
fn a_month_pays_every_member_once_and_a_second_run_pays_nothing() {
    let (_folder, county, homes) = county(&[1, 3]);
    county.fund(FundSource::Central, 100_000);
    let report = county.run(month("2021-09")).unwrap();
    assert_eq!(
        (report.lines, report.total, report.changed),
        (2, Fen::new(4 * GENERAL), 4)
    );
    let again = county.run(month("2021-09")).unwrap();
    assert_eq!((again.batch, again.changed, again.lines), (None, 0, 0));
    county.pay(month("2021-09"), 1, &nobody()).unwrap();
    assert_eq!(
        county.credited(&homes[1].members, month("2021-09")),
        Fen::new(3 * GENERAL)
    );
    let before = county.books();
    assert_eq!(county.run(month("2021-09")).unwrap().batch, None);
    assert_eq!(county.books(), before);
    county.assert_proved();
}

#[test]
fn maker_checker_and_releaser_are_three_users() {
    let (_folder, county, _homes) = county(&[2]);
    county.fund(FundSource::Central, 100_000);
    let batch = county.run(month("2021-09")).unwrap().batch.unwrap();
    let desk = county.desk();
    let mut all_roles = county.by("cashier-1");
    all_roles.actor.roles = minsheng_registry::Role::ALL.into_iter().collect();
    let refused = county.office.check(&desk, &all_roles, batch).unwrap_err();
    assert_eq!(
        first_line(&refused),
        "`cashier-1` has made batch PAY-513301-2021-09-01 and may not check it"
    );
    let refused = county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "batch PAY-513301-2021-09-01 is frozen, it cannot be released\nhint: a second user checks it first"
    );
    assert!(matches!(
        county.office.check(&desk, &county.by("releaser-1"), batch),
        Err(PaymentError::Registry(_))
    ));
    county
        .office
        .check(&desk, &county.by("checker-1"), batch)
        .unwrap();
    let mut checker = county.by("checker-1");
    checker.actor.roles = minsheng_registry::Role::ALL.into_iter().collect();
    assert!(matches!(
        county.office.release(&desk, &checker, batch),
        Err(PaymentError::FourEyes {
            earlier: "checked",
            ..
        })
    ));
    all_roles.at = county.by("cashier-1").at;
    assert!(matches!(
        county.office.release(&desk, &all_roles, batch),
        Err(PaymentError::FourEyes {
            earlier: "made",
            ..
        })
    ));
    county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap();
    assert_eq!(state(&county, batch), BatchState::Released);
}

#[test]
fn a_batch_that_the_funds_do_not_cover_is_refused_whole_with_the_missing_sum() {
    let (_folder, county, _homes) = county(&[4]);
    county.fund(FundSource::Central, 500);
    county.fund(FundSource::County, 300);
    let batch = checked(&county, "2021-09");
    let refused = county
        .office
        .release(&county.desk(), &county.by("releaser-1"), batch)
        .unwrap_err();
    assert_eq!(
        first_line(&refused),
        "batch PAY-513301-2021-09-01 needs 1060.00 yuan, 800.00 yuan are available: 260.00 yuan are missing"
    );
    assert_eq!(state(&county, batch), BatchState::Checked);
    county.fund(FundSource::Province, 100);
    county.fund(FundSource::Prefecture, 200);
    county
        .office
        .release(&county.desk(), &county.by("releaser-1"), batch)
        .unwrap();
    let left: Vec<(i64, i64)> = county
        .funds()
        .iter()
        .map(|fund| (fund.reserved.get() / 100, fund.available.get() / 100))
        .collect();
    assert_eq!(left, [(500, 0), (100, 0), (200, 0), (260, 40)]);
    county.assert_proved();
}

#[test]
fn an_appropriation_is_money_only_when_a_second_user_confirmed_it() {
    let (_folder, county, _homes) = county(&[1]);
    let new = funds::NewAppropriation {
        source: FundSource::Central,
        amount: Fen::new(1_000),
        document: "川财社〔2021〕9号".to_owned(),
        received_on: county.today(),
    };
    let mut both = county.by("cashier-1");
    both.actor.roles = minsheng_registry::Role::ALL.into_iter().collect();
    let id = funds::appropriate(&county.desk(), &both, &new).unwrap();
    assert_eq!(county.funds()[0].available, Fen::ZERO);
    assert!(matches!(
        funds::confirm(&county.desk(), &both, id),
        Err(PaymentError::FourEyes { .. })
    ));
    funds::confirm(&county.desk(), &county.by("checker-1"), id).unwrap();
    assert_eq!(county.funds()[0].available, Fen::new(1_000));
    let twice = funds::confirm(&county.desk(), &county.by("checker-1"), id);
    assert!(matches!(twice, Err(PaymentError::AlreadyConfirmed { .. })));
    let trial = county.store.read(|q| funds::trial_balance(q)).unwrap();
    assert_eq!(trial.posted, Fen::new(1_000));
}

#[test]
fn a_returned_payment_waits_for_the_account_and_is_then_sent_again() {
    let (_folder, county, mut homes) = county(&[1, 2]);
    county.fund(FundSource::Central, 100_000);
    let closed = BTreeSet::from([homes[1].number.clone()]);
    county.day(day("2021-09-02"));
    county.pay(month("2021-09"), 1, &closed).unwrap();
    assert_eq!(
        county.credited(&homes[1].members, month("2021-09")),
        Fen::ZERO
    );
    let list = county
        .store
        .read(|q| returned(q, &Scope::county(), &county.desk()))
        .unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].reason.as_deref(), Some("account_closed"));
    assert_eq!(list[0].correct_by.unwrap().date, day("2021-09-09"));

    // Nothing is sent to the same account again.
    county.pay(month("2021-09"), 2, &closed).unwrap();
    let holds = county.store.read(|q| held(q, &Scope::county())).unwrap();
    assert_eq!(
        holds.iter().map(|hold| hold.cause).collect::<Vec<_>>(),
        [HoldCause::AccountReturned]
    );
    assert_eq!(holds[0].amount, Fen::new(2 * GENERAL));

    // A new account pays once a second user confirmed it, from the next batch.
    county.new_card(&mut homes[1], 900, false);
    county.pay(month("2021-09"), 3, &closed).unwrap();
    let holds = county.store.read(|q| held(q, &Scope::county())).unwrap();
    assert_eq!(
        holds.iter().map(|hold| hold.cause).collect::<Vec<_>>(),
        [HoldCause::AccountUnconfirmed]
    );
    county.confirm_card(&homes[1]);
    county.pay(month("2021-09"), 4, &closed).unwrap();
    assert_eq!(
        county.credited(&homes[1].members, month("2021-09")),
        Fen::new(2 * GENERAL)
    );
    assert!(
        county
            .store
            .read(|q| held(q, &Scope::county()))
            .unwrap()
            .is_empty()
    );
    assert!(
        county
            .store
            .read(|q| returned(q, &Scope::county(), &county.desk()))
            .unwrap()
            .is_empty()
    );
    county.assert_proved();
}

#[test]
fn who_entered_an_account_does_not_release_its_first_payment() {
    let (_folder, county, mut homes) = county(&[1]);
    county.fund(FundSource::Central, 100_000);
    let mut clerk = county.by("releaser-2");
    clerk.actor.roles.insert(minsheng_registry::Role::Officer);
    let card = minsheng_registry::accounts::NewAccount {
        person: homes[0].head(),
        holder: homes[0].head(),
        number: support::casework::card(901),
        valid_from: county.today(),
    };
    homes[0].account = minsheng_registry::accounts::enter(&county.desk(), &clerk, &card).unwrap();
    county.confirm_card(&homes[0]);
    let batch = checked(&county, "2021-09");
    let refused = county
        .office
        .release(&county.desk(), &county.by("releaser-2"), batch)
        .unwrap_err();
    assert!(
        matches!(
            refused,
            PaymentError::AccountEntered {
                count: 1,
                line: 1,
                ..
            }
        ),
        "{refused}"
    );
    county
        .office
        .release(&county.desk(), &county.by("releaser-1"), batch)
        .unwrap();
    county.pay(month("2021-09"), 1, &nobody()).unwrap();
    // Once the account was credited, it is an account like any other.
    county.day(day("2021-09-29"));
    let batch = checked(&county, "2021-10");
    county
        .office
        .release(&county.desk(), &county.by("releaser-2"), batch)
        .unwrap();
}

#[test]
fn a_wrong_result_file_is_refused_with_its_row_and_nothing_of_it_is_applied() {
    let (_folder, county, _homes) = county(&[1, 2, 3]);
    county.fund(FundSource::Central, 100_000);
    let desk = county.desk();
    let batch = checked(&county, "2021-09");
    county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap();
    let file = export(&desk, &county.by("releaser-1"), batch, &county.folder).unwrap();
    let answer = bank_answers(&file, county.today(), &nobody()).unwrap();
    let good = fs::read_to_string(&answer).unwrap();
    let before = county.books();
    for (text, row) in [
        (good[..good.len() - 20].to_owned(), 5),
        (good.replacen("2,530.00,00", "1,265.00,00", 1), 4),
        (good.replacen("2,530.00,00", "8,530.00,00", 1), 4),
        (good.replacen("2,530.00,00", "2,531.00,00", 1), 4),
        (good.replace("2021-09-01", "2021-08-01"), 1),
        (good.replace("2021-08-30", "2021-08-29"), 3),
        (good.replace("2021-08-30", "2021-12-29"), 3),
    ] {
        fs::write(&answer, &text).unwrap();
        match results(&desk, &county.by("checker-1"), batch, &answer) {
            Err(PaymentError::BankFile {
                file,
                row: found,
                reason,
                ..
            }) => {
                assert_eq!(found, row, "{reason}");
                assert!(file.ends_with(".result.csv"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(county.books(), before);
    }
    fs::write(&answer, &good).unwrap();
    results(&desk, &county.by("checker-1"), batch, &answer).unwrap();
    let twice = results(&desk, &county.by("checker-1"), batch, &answer).unwrap_err();
    assert!(
        first_line(&twice).ends_with(
            "row 1: `checker-1` applied this file to batch PAY-513301-2021-09-01 on 2021-08-30 already"
        ),
        "{twice}"
    );
    county.assert_proved();
}

#[test]
fn months_are_paid_in_their_order_and_not_ahead_of_their_time() {
    let (_folder, county, _homes) = county(&[1]);
    let ahead = county.run(month("2021-10")).unwrap_err();
    assert_eq!(
        first_line(&ahead),
        "2021-10 cannot be paid on 2021-08-30: the payroll of a month is made from the month before it"
    );
    county.run(month("2021-09")).unwrap();
    assert!(matches!(
        county.run(month("2021-08")),
        Err(PaymentError::MonthBehind { .. })
    ));
}
