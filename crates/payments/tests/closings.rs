//! Repayments whose claim fell away before anybody confirmed them: what is still owed takes its part, the rest goes
//! back, and two users do it.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use minsheng_core::{Date, Fen};
use minsheng_payments::queries::{RecoveryRow, recoveries};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{
    ClosingId, FundSource, PaymentError, RecoveryEventId, RecoveryId, RecoveryState, closing,
};
use minsheng_registry::{RegistryError, evidence};
use minsheng_store::Scope;
use support::casework::Home;
use support::granted::{GENERAL, county, nobody};
use support::{County, day, month};

/// A household of three, paid for September to November; the run of November knows two deaths in September.
fn paid() -> (tempfile::TempDir, County, Home, [i64; 2]) {
    let (folder, county, homes) = county(&[3]);
    county.fund(FundSource::Central, 100_000);
    for text in ["2021-09", "2021-10", "2021-11"] {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
    let home = homes[0].clone();
    let first = county.dies(home.members[1], day("2021-09-15"));
    county.run(month("2021-11")).unwrap();
    let second = county.dies(home.members[2], day("2021-09-20"));
    county.run(month("2021-11")).unwrap();
    (folder, county, home, [first, second])
}

fn all(county: &County) -> Vec<RecoveryRow> {
    let all = county.store.read(|q| recoveries(q, &Scope::county()));
    all.unwrap()
}

fn repaid(county: &County, recovery: RecoveryId, yuan: i64, on: Date) -> RecoveryEventId {
    let new = NewSettlement {
        recovery,
        amount: Some(Fen::from_yuan(yuan).unwrap()),
        document: "收据 9".to_owned(),
        happened_on: on,
    };
    recovery::repay(&county.desk(), &county.by("cashier-1"), &new).unwrap()
}

fn close(county: &County, event: RecoveryEventId) -> Result<ClosingId, PaymentError> {
    closing::close(&county.desk(), &county.by("cashier-1"), event, "退款单 1")
}

#[test]
fn a_repayment_that_lost_its_claim_goes_to_another_claim_and_the_rest_goes_back() {
    let (_folder, county, home, [first, _]) = paid();
    let [one, other] = [0, 1].map(|at| all(&county)[at].id);
    let today = county.today();
    let event = repaid(&county, one, 500, today);
    // 200 of the second claim are paid, so that 330 are open when the first one is withdrawn.
    let paid = repaid(&county, other, 200, today);
    recovery::confirm(&county.desk(), &county.by("checker-1"), paid).unwrap();
    assert!(
        matches!(close(&county, event), Err(PaymentError::Field { reason, .. }) if reason.contains("confirm the repayment"))
    );
    evidence::withdraw(&county.desk(), &county.by("clerk-1"), first).unwrap();
    county.run(month("2021-11")).unwrap();
    assert_eq!(all(&county)[0].state, RecoveryState::Withdrawn);
    let confirm = || recovery::confirm(&county.desk(), &county.by("checker-1"), event);
    assert!(matches!(confirm(), Err(PaymentError::Field { .. })));

    let fund = county.funds()[0].available;
    let before = county.books();
    let id = close(&county, event).unwrap();
    assert_eq!(county.books(), before, "entered is not confirmed");
    assert!(matches!(
        close(&county, event),
        Err(PaymentError::Field { .. })
    ));
    let waiting = county.store.read(|q| closing::waiting(q, &Scope::county()));
    assert_eq!(waiting.unwrap()[0].closing, id);
    assert!(matches!(
        closing::confirm(&county.desk(), &county.by("cashier-1"), id),
        Err(PaymentError::Registry(RegistryError::Role { .. }))
    ));
    let closed = closing::confirm(&county.desk(), &county.by("checker-1"), id).unwrap();
    let yuan = |yuan| Fen::from_yuan(yuan).unwrap();
    assert_eq!(closed.assigned, [(other, yuan(330))]);
    assert_eq!(closed.refund, yuan(170));
    let now = &all(&county)[1];
    assert_eq!((now.state, now.repaid), (RecoveryState::Repaid, yuan(530)));
    let sums = county.sums();
    let of = |text| sums[&(home.members[2].0, month(text))].repaid;
    assert_eq!((of("2021-10"), of("2021-11")), (GENERAL, GENERAL));
    assert_eq!(
        county.funds()[0].available,
        fund.checked_add(yuan(330)).unwrap(),
        "what goes back was never booked"
    );
    assert!(matches!(
        closing::confirm(&county.desk(), &county.by("checker-1"), id),
        Err(PaymentError::AlreadyConfirmed { .. })
    ));
    assert!(matches!(confirm(), Err(PaymentError::Field { .. })));
    let waiting = county.store.read(|q| closing::waiting(q, &Scope::county()));
    assert_eq!(waiting.unwrap(), []);
    county.assert_proved();
}

#[test]
fn a_repayment_of_a_claim_given_up_in_part_takes_what_is_open_of_it_first() {
    let (_folder, county, _home, _) = paid();
    let one = all(&county)[0].id;
    let today = county.today();
    let event = repaid(&county, one, 530, today);
    let part = NewSettlement {
        recovery: one,
        amount: Some(Fen::from_yuan(300).unwrap()),
        document: "核销 3".to_owned(),
        happened_on: today,
    };
    let given_up = recovery::write_off(&county.desk(), &county.by("cashier-1"), &part).unwrap();
    recovery::confirm(&county.desk(), &county.by("checker-1"), given_up).unwrap();
    assert!(matches!(
        close(&county, given_up),
        Err(PaymentError::Field { .. })
    ));
    let id = close(&county, event).unwrap();
    let closed = closing::confirm(&county.desk(), &county.by("checker-1"), id).unwrap();
    let parts: Vec<i64> = closed.assigned.iter().map(|(_, part)| part.get()).collect();
    assert_eq!((closed.assigned[0].0, parts), (one, vec![23_000, 30_000]));
    assert_eq!(closed.refund, Fen::ZERO);
    county.assert_proved();
}

#[test]
fn nobody_enters_and_confirms_the_same_closing() {
    let (_folder, county, _home, [first, _]) = paid();
    let one = all(&county)[0].id;
    let event = repaid(&county, one, 500, county.today());
    evidence::withdraw(&county.desk(), &county.by("clerk-1"), first).unwrap();
    county.run(month("2021-11")).unwrap();
    let mut both = county.by("cashier-1");
    both.actor.roles.insert(minsheng_registry::Role::Checker);
    let id = closing::close(&county.desk(), &both, event, "退款单 1").unwrap();
    assert!(matches!(
        closing::confirm(&county.desk(), &both, id),
        Err(PaymentError::FourEyes { .. })
    ));
    assert!(matches!(
        closing::close(&county.desk(), &county.by("cashier-1"), event, " "),
        Err(PaymentError::Field {
            field: "document",
            ..
        })
    ));
    assert!(matches!(
        close(&county, RecoveryEventId(99)),
        Err(PaymentError::NotFound { .. })
    ));
}

#[test]
fn who_entered_the_repayment_does_not_confirm_what_closes_it() {
    let (_folder, county, _home, [first, _]) = paid();
    let both = || {
        let mut both = county.by("checker-1");
        both.actor.roles.insert(minsheng_registry::Role::Cashier);
        both
    };
    let new = NewSettlement {
        recovery: all(&county)[0].id,
        amount: Some(Fen::from_yuan(500).unwrap()),
        document: "收据 9".to_owned(),
        happened_on: county.today(),
    };
    let event = recovery::repay(&county.desk(), &both(), &new).unwrap();
    evidence::withdraw(&county.desk(), &county.by("clerk-1"), first).unwrap();
    county.run(month("2021-11")).unwrap();
    let id = close(&county, event).unwrap();
    assert!(matches!(
        closing::confirm(&county.desk(), &both(), id),
        Err(PaymentError::FourEyes { .. })
    ));
}
