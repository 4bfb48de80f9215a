//! Facts that become known late: deaths, corrected deaths, decisions after the run. They change what is due and
//! what is claimed back, wherever the money stands.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use minsheng_benefits::assistance::Cause;
use minsheng_core::Fen;
use minsheng_payments::queries::{self, held, recoveries};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{
    BatchState, FundSource, HoldCause, LineState, PaymentError, RecoveryCause, RecoveryState,
    WithdrawalCause, export, reject, results,
};
use minsheng_store::{Query, Scope};
use support::granted::{DISABLED, GENERAL, checked, county, nobody};
use support::{County, bank_answers, day, month};

#[test]
fn a_late_death_opens_a_recovery_that_goes_back_to_the_funds_it_came_from() {
    let (_folder, county, homes) = county(&[1, 3]);
    county.fund(FundSource::Central, 1_200);
    county.fund(FundSource::County, 100_000);
    for text in ["2021-09", "2021-10", "2021-11"] {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
    county.day(day("2021-11-20"));
    county.dies(homes[1].members[2], day("2021-09-15"));
    county.pay(month("2021-11"), 2, &nobody()).unwrap();
    let open = county
        .store
        .read(|q| recoveries(q, &Scope::county()))
        .unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].amount, open[0].cause),
        (Fen::new(2 * GENERAL), RecoveryCause::LateDeath)
    );
    // Who dies in September keeps September.
    let keys = county.keys_of_recovery(open[0].id.0);
    assert_eq!(
        keys.iter().map(|key| key.1.to_string()).collect::<Vec<_>>(),
        ["2021-10", "2021-11"]
    );
    county.assert_proved();

    let county_fund = county.funds()[3].available;
    let part = NewSettlement {
        recovery: open[0].id,
        amount: Some(Fen::new(30_000)),
        document: "收据 7".to_owned(),
        happened_on: county.today(),
    };
    let event = recovery::repay(&county.desk(), &county.by("cashier-1"), &part).unwrap();
    let sums = |text: &str| county.sums()[&(homes[1].members[2].0, month(text))];
    assert_eq!(sums("2021-10").repaid, 0, "entered is not confirmed");
    recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
    let twice = recovery::repay(&county.desk(), &county.by("cashier-1"), &part).unwrap_err();
    assert!(
        twice
            .to_string()
            .contains("`收据 7` over 300.00 yuan is entered"),
        "{twice}"
    );
    assert_eq!(
        (sums("2021-10").repaid, sums("2021-11").repaid),
        (GENERAL, 30_000 - GENERAL)
    );
    assert_eq!(
        county.funds()[3].available,
        county_fund.checked_add(Fen::new(30_000)).unwrap()
    );

    let rest = NewSettlement {
        amount: None,
        document: "核销 1".to_owned(),
        ..part.clone()
    };
    let event = recovery::write_off(&county.desk(), &county.by("cashier-1"), &rest).unwrap();
    recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
    let closed = county
        .store
        .read(|q| recoveries(q, &Scope::county()))
        .unwrap();
    assert_eq!(
        (closed[0].state, closed[0].open),
        (RecoveryState::WrittenOff, Fen::ZERO)
    );
    assert!(matches!(
        recovery::repay(&county.desk(), &county.by("cashier-1"), &part),
        Err(PaymentError::Field { .. })
    ));
    let known = county.store.read(|q| q.last_tx()).unwrap();
    let repaid = county
        .store
        .read(|q| queries::repaid_in_year(q, &Scope::county(), 2021, known))
        .unwrap();
    assert_eq!(
        Fen::sum(repaid.iter().map(|item| item.amount)).unwrap(),
        Fen::new(30_000)
    );
    county.assert_proved();
}

#[test]
fn a_death_that_turns_out_to_be_later_withdraws_the_claim_and_pays_back_what_was_repaid() {
    let (_folder, county, homes) = county(&[1, 2]);
    county.fund(FundSource::Central, 100_000);
    for text in ["2021-09", "2021-10", "2021-11"] {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
    let person = homes[1].members[1];
    let row = county.dies(person, day("2021-08-30"));
    county.run(month("2021-11")).unwrap();
    let open = county
        .store
        .read(|q| recoveries(q, &Scope::county()))
        .unwrap();
    assert_eq!(open[0].amount, Fen::new(3 * GENERAL));
    let part = NewSettlement {
        recovery: open[0].id,
        amount: Some(Fen::new(30_000)),
        document: "收据 8".to_owned(),
        happened_on: county.today(),
    };
    let event = recovery::repay(&county.desk(), &county.by("cashier-1"), &part).unwrap();
    recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();

    // It was October: the whole of October was rightly paid, and part of it was paid back.
    county.died_otherwise(row, person, day("2021-10-05"));
    let report = county.run(month("2021-11")).unwrap();
    assert_eq!(report.total, Fen::new(30_000));
    let open = county
        .store
        .read(|q| recoveries(q, &Scope::county()))
        .unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].withdrawn, Fen::new(2 * GENERAL - 30_000));
    assert_eq!(open[0].open, Fen::new(GENERAL), "November is still claimed");
    county
        .pay(month("2021-11"), county.rounds(month("2021-11")), &nobody())
        .unwrap();
    county.assert_proved();
}

#[test]
fn a_write_off_of_what_was_rightly_paid_counts_no_more() {
    let (_folder, county, homes) = county(&[1, 2]);
    county.fund(FundSource::Central, 100_000);
    for text in ["2021-09", "2021-10"] {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
    let person = homes[1].members[1];
    let row = county.dies(person, day("2021-08-30"));
    county.run(month("2021-10")).unwrap();
    let open = || {
        let all = county.store.read(|q| recoveries(q, &Scope::county()));
        all.unwrap().remove(0)
    };
    let rest = NewSettlement {
        recovery: open().id,
        amount: None,
        document: "核销 2".to_owned(),
        happened_on: county.today(),
    };
    let event = recovery::write_off(&county.desk(), &county.by("cashier-1"), &rest).unwrap();
    recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
    assert_eq!(open().written_off, Fen::new(2 * GENERAL));
    county.assert_proved();

    // It was September: that month was rightly paid, so there was nothing to give up; October stays given up.
    let row = county.died_otherwise(row, person, day("2021-09-05"));
    let report = county.run(month("2021-10")).unwrap();
    assert_eq!((report.batch, report.recoveries.len()), (None, 0));
    let now = open();
    assert_eq!(
        (now.written_off, now.withdrawn, now.open),
        (Fen::new(GENERAL), Fen::new(GENERAL), Fen::ZERO)
    );
    county.assert_proved();

    // The first word was right after all: September is claimed back, as if nobody had given it up.
    county.died_otherwise(row, person, day("2021-08-30"));
    let report = county.run(month("2021-10")).unwrap();
    assert_eq!(report.recoveries.len(), 1);
    let sums = county.sums()[&(person.0, month("2021-09"))];
    assert_eq!((sums.claimed, sums.withdrawn), (2 * GENERAL, GENERAL));
    county.assert_proved();
}

#[test]
fn a_death_learnt_while_the_money_is_with_the_bank_is_claimed_when_it_is_credited() {
    let (_folder, county, homes) = county(&[2]);
    county.fund(FundSource::Central, 100_000);
    county.day(day("2021-10-08"));
    let desk = county.desk();
    let batch = checked(&county, "2021-10");
    county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap();
    county.dies(homes[0].members[1], day("2021-09-03"));
    // A run in between lowers the entitlement, and neither pays nor claims.
    let between = county.run(month("2021-10")).unwrap();
    assert_eq!(
        (between.batch, between.changed, between.recoveries.len()),
        (None, 1, 0)
    );
    county.assert_proved();
    let file = export(&desk, &county.by("releaser-1"), batch, &county.folder).unwrap();
    let answer = bank_answers(&file, county.today(), &nobody()).unwrap();
    let settled = results(&desk, &county.by("checker-1"), batch, &answer).unwrap();
    assert_eq!((settled.credited, settled.recoveries.len()), (1, 1));
    county.assert_proved();
}

#[test]
fn a_death_before_the_release_takes_its_line_out_and_the_other_lines_are_paid() {
    let (_folder, county, homes) = county(&[2, 1]);
    county.fund(FundSource::Central, 100_000);
    county.day(day("2021-10-08"));
    let desk = county.desk();
    let batch = checked(&county, "2021-10");
    county.dies(homes[0].members[1], day("2021-09-03"));
    let left = county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap();
    assert_eq!(
        (left.state, left.lines, left.total),
        (BatchState::Released, 1, Fen::new(2 * GENERAL))
    );
    assert_eq!(left.withdrawn.len(), 1);
    assert_eq!(left.withdrawn[0].cause, WithdrawalCause::Death);
    assert_eq!(
        left.withdrawn[0].reason,
        format!(
            "rural-dibao of {} for 2021-10: died on 2021-09-03",
            homes[0].members[1]
        )
    );
    let shown = county
        .store
        .read(|q| queries::batch_lines(q, &Scope::county(), batch))
        .unwrap();
    assert_eq!(
        shown.iter().map(|line| line.state).collect::<Vec<_>>(),
        [LineState::Withdrawn, LineState::Open]
    );
    assert!(
        shown[0]
            .why
            .as_deref()
            .is_some_and(|why| why.contains("died"))
    );
    // From this moment both shares of September and the living member's of October are owed, without another run.
    let owed = |county: &County| {
        let holds = county.store.read(|q| held(q, &Scope::county())).unwrap();
        let of = |hold: &queries::HeldRow| (hold.household, hold.cause, hold.amount);
        holds.iter().map(of).collect::<Vec<_>>()
    };
    let household = homes[0].household.0;
    let share = Fen::new(3 * GENERAL);
    assert_eq!(
        owed(&county),
        [(household, HoldCause::LineWithdrawn, share)]
    );
    county.assert_proved();
    // Only the line that is left goes to the bank, and only it is reserved.
    let file = export(&desk, &county.by("releaser-1"), batch, &county.folder).unwrap();
    let sent = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        sent.lines().filter(|line| line.starts_with("2,")).count(),
        1
    );
    assert!(!sent.lines().any(|line| line.starts_with("1,")));
    let answer = bank_answers(&file, county.today(), &nobody()).unwrap();
    results(&desk, &county.by("checker-1"), batch, &answer).unwrap();
    // The living member's money comes with the next run; nothing has to be claimed back.
    let next = county.run(month("2021-10")).unwrap();
    assert_eq!(
        (next.total, next.recoveries.len()),
        (Fen::new(3 * GENERAL), 0),
        "two for September, one for October"
    );
    assert_eq!(owed(&county), []);
    county
        .pay(month("2021-10"), county.rounds(month("2021-10")), &nobody())
        .unwrap();
    assert_eq!(
        county.credited(&homes[0].members, month("2021-10")),
        Fen::new(GENERAL)
    );
    county.assert_proved();
}

#[test]
fn a_batch_of_which_nothing_is_left_ends_and_the_next_run_makes_another() {
    let (_folder, county, homes) = county(&[2]);
    county.fund(FundSource::Central, 100_000);
    county.day(day("2021-10-08"));
    let desk = county.desk();
    let batch = county.run(month("2021-10")).unwrap().batch.unwrap();
    county.dies(homes[0].members[1], day("2021-09-03"));
    // A run in between pays nothing for what is on its way.
    assert_eq!(county.run(month("2021-10")).unwrap().batch, None);
    let left = county
        .office
        .check(&desk, &county.by("checker-1"), batch)
        .unwrap();
    assert_eq!((left.state, left.lines), (BatchState::Rejected, 0));
    county.assert_proved();
    assert!(matches!(
        reject(&desk, &county.by("checker-1"), batch, "一人已故"),
        Err(PaymentError::BatchState { .. })
    ));
    let report = county.run(month("2021-10")).unwrap();
    assert_eq!(report.total, Fen::new(3 * GENERAL));
    county
        .pay(month("2021-10"), county.rounds(month("2021-10")), &nobody())
        .unwrap();
    county.assert_proved();
}

#[test]
fn a_new_account_before_the_release_takes_the_line_out() {
    let (_folder, county, mut homes) = county(&[1, 1]);
    county.fund(FundSource::Central, 100_000);
    let desk = county.desk();
    let batch = checked(&county, "2021-09");
    assert!(matches!(
        reject(&desk, &county.by("checker-1"), batch, " "),
        Err(PaymentError::Field { .. })
    ));
    county.new_card(&mut homes[1], 900, true);
    let left = county
        .office
        .release(&desk, &county.by("releaser-1"), batch)
        .unwrap();
    assert_eq!(left.withdrawn.len(), 1);
    assert_eq!(left.withdrawn[0].cause, WithdrawalCause::Account);
    county.pay(month("2021-09"), 1, &nobody()).unwrap();
    county.pay(month("2021-09"), 2, &nobody()).unwrap();
    assert_eq!(
        county.credited(&homes[1].members, month("2021-09")),
        Fen::new(GENERAL)
    );
    county.assert_proved();
}

#[test]
fn a_raised_class_pays_from_its_month_and_a_stop_after_the_run_is_claimed_back() {
    let (_folder, county, homes) = county(&[1, 1]);
    county.fund(FundSource::Central, 100_000);
    county.pay(month("2021-09"), 1, &nobody()).unwrap();
    county.day(day("2021-09-10"));
    county.disabled(homes[0].head(), day("2021-09-01"));
    county.review(&homes[0], Cause::Person);
    county.day(day("2021-09-27"));
    county.pay(month("2021-10"), 1, &nobody()).unwrap();
    assert_eq!(
        county.credited(&homes[0].members, month("2021-10")),
        Fen::new(DISABLED)
    );
    assert_eq!(
        county.credited(&homes[0].members, month("2021-09")),
        Fen::new(GENERAL)
    );
    county.day(day("2021-09-29"));
    county.review(&homes[1], Cause::Renounced);
    county.pay(month("2021-10"), 2, &nobody()).unwrap();
    let open = county
        .store
        .read(|q| recoveries(q, &Scope::county()))
        .unwrap();
    assert_eq!(
        open.iter()
            .map(|one| (one.amount, one.cause))
            .collect::<Vec<_>>(),
        [(Fen::new(GENERAL), RecoveryCause::LowerEntitlement)]
    );
    county.assert_proved();
}

#[test]
fn a_household_whose_payee_died_is_held_until_it_names_another() {
    let (_folder, county, homes) = county(&[3]);
    county.fund(FundSource::Central, 100_000);
    county.dies(homes[0].head(), day("2021-08-28"));
    let report = county.run(month("2021-09")).unwrap();
    assert_eq!((report.batch, report.held), (None, 1));
    let holds = county.store.read(|q| held(q, &Scope::county())).unwrap();
    assert_eq!(
        (holds[0].cause, holds[0].amount),
        (HoldCause::PayeeDead, Fen::new(2 * GENERAL))
    );
    let again = county.books();
    county.run(month("2021-09")).unwrap();
    assert_eq!(county.books(), again, "the same hold is not written twice");
    county.assert_proved();
}
