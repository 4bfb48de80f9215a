//! What the bank sends back: a file that is not whole, not of this batch or not new is refused with its row, and
//! nothing is written; who made the batch does not say what became of it.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use minsheng_benefits::assistance::explain::household_month;
use minsheng_core::Fen;
use minsheng_payments::queries::{entitled_of, paid_of};
use minsheng_payments::{
    BatchId, BatchState, FundSource, LineState, PaymentError, export, results,
};
use minsheng_registry::{Role, accounts, packs};
use minsheng_store::{Query, Scope};
use support::granted::{GENERAL, checked, county, nobody};
use support::{County, bank_answers, day, month};

/// A batch of three lines at the bank, and the whole answer.
fn at_the_bank(county: &County) -> (BatchId, PathBuf) {
    county.fund(FundSource::Central, 100_000);
    let batch = checked(county, "2021-09");
    county
        .office
        .release(&county.desk(), &county.by("releaser-1"), batch)
        .unwrap();
    let file = export(
        &county.desk(),
        &county.by("releaser-1"),
        batch,
        &county.folder,
    )
    .unwrap();
    (
        batch,
        bank_answers(&file, county.today(), &nobody()).unwrap(),
    )
}

fn refused(county: &County, batch: BatchId, file: &Path) -> (u64, String) {
    match results(&county.desk(), &county.by("checker-1"), batch, file) {
        Err(PaymentError::BankFile {
            file: named,
            row,
            reason,
            ..
        }) => {
            assert_eq!(named, file.display().to_string());
            (row, reason)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_result_file_torn_at_any_byte_is_refused_with_its_row_and_writes_nothing() {
    let (_folder, county, _homes) = county(&[1, 2, 3]);
    let (batch, answer) = at_the_bank(&county);
    let good = fs::read(&answer).unwrap();
    let (before, head) = (county.books(), county.store.head().unwrap().hash);
    for length in 0..good.len() {
        fs::write(&answer, &good[..length]).unwrap();
        let (row, reason) = refused(&county, batch, &answer);
        assert!(
            (1..=6).contains(&row) && !reason.is_empty(),
            "{length}: {row} {reason}"
        );
    }
    assert_eq!(county.books(), before);
    assert_eq!(county.store.head().unwrap().hash, head);
    fs::write(&answer, &good).unwrap();
    results(&county.desk(), &county.by("checker-1"), batch, &answer).unwrap();
    county.assert_proved();
}

#[test]
fn a_file_without_a_line_or_its_last_row_or_of_another_batch_or_applied_before_is_refused() {
    let (_folder, county, _homes) = county(&[1, 2, 3]);
    let (batch, answer) = at_the_bank(&county);
    let good = fs::read_to_string(&answer).unwrap();
    let before = county.books();
    let line = good.lines().nth(3).unwrap();
    let without = good.replacen(&format!("{line}\n"), "", 1);
    let trailer = good.lines().last().unwrap();
    for (text, row, says) in [
        (without.clone(), 1, "3 lines are announced, 2 are there"),
        (
            without
                .replacen(",3,1590.00", ",2,1590.00", 1)
                .replacen("end,3", "end,2", 1),
            5,
            "line 2 is not answered",
        ),
        (
            good.replacen(&format!("{trailer}\n"), "", 1),
            5,
            "the file ends before its last row",
        ),
        (
            good.replacen("end,3,1590.00", "end,3,1589.00", 1),
            6,
            "the credited sum is said to be 1589.00",
        ),
        (
            good.replacen("PAY-513301-2021-09-01", "PAY-513301-2021-08-01", 1),
            1,
            "the file answers batch PAY-513301-2021-08-01",
        ),
    ] {
        fs::write(&answer, &text).unwrap();
        let (found, reason) = refused(&county, batch, &answer);
        assert_eq!(found, row, "{reason}\n{text}");
        assert!(reason.starts_with(says), "{reason}");
    }
    assert_eq!(county.books(), before);
    fs::write(&answer, &good).unwrap();
    results(&county.desk(), &county.by("checker-1"), batch, &answer).unwrap();
    let settled = county.books();
    let (row, reason) = refused(&county, batch, &answer);
    assert!(row == 1 && reason.contains("applied this file"), "{reason}");
    assert_eq!(county.books(), settled);
}

#[test]
fn who_made_the_batch_does_not_apply_the_answer_to_it() {
    let (_folder, county, _homes) = county(&[2]);
    let (batch, answer) = at_the_bank(&county);
    let mut maker = county.by("cashier-1");
    maker.actor.roles = Role::ALL.into_iter().collect();
    let refused = results(&county.desk(), &maker, batch, &answer).unwrap_err();
    assert!(
        matches!(
            refused,
            PaymentError::FourEyes {
                earlier: "made",
                act: "settle",
                ..
            }
        ),
        "{refused}"
    );
    results(&county.desk(), &county.by("releaser-1"), batch, &answer).unwrap();
}

#[test]
fn the_bank_file_made_again_has_the_names_of_the_day_it_was_frozen() {
    let (_folder, county, homes) = county(&[1]);
    county.fund(FundSource::Central, 100_000);
    let batch = checked(&county, "2021-09");
    county
        .office
        .release(&county.desk(), &county.by("releaser-1"), batch)
        .unwrap();
    let write = || {
        let ctx = county.by("releaser-1");
        let file = export(&county.desk(), &ctx, batch, &county.folder).unwrap();
        fs::read_to_string(file).unwrap()
    };
    let first = write();
    let head = homes[0].head();
    county
        .store
        .write(&county.by("admin-1").act("test"), |tx| {
            tx.update("person", head.0, &[("name", "新名".into())])
        })
        .unwrap();
    fs::remove_file(county.folder.join("PAY-513301-2021-09-01.csv")).unwrap();
    assert_eq!(write(), first);
    assert!(!first.contains("新名"));
}

#[test]
fn what_was_known_of_a_payment_does_not_change_with_the_answer_or_a_new_pack() {
    let (_folder, county, homes) = county(&[2]);
    let (batch, answer) = at_the_bank(&county);
    let scope = Scope::county();
    let view = |known| {
        county
            .store
            .read(|q| {
                let home = homes[0].household;
                let paid = paid_of(q, &scope, home, month("2021-09"), known)?;
                let entitled = entitled_of(q, &scope, home, month("2021-09"), known)?;
                let why =
                    household_month(&county.desk(), q, &scope, home, month("2021-09"), known)?;
                Ok::<_, PaymentError>((paid, entitled, why))
            })
            .unwrap()
    };
    let known = county.store.read(|q| q.last_tx()).unwrap();
    let before = view(known);
    assert!(before.0.iter().all(|row| row.state == LineState::Open
        && row.batch_state == BatchState::Exported
        && row.settled_on.is_none()));
    // The bank's day lies before the day on which its answer is applied.
    county.day(day("2021-09-14"));
    results(&county.desk(), &county.by("checker-1"), batch, &answer).unwrap();
    packs::publish(
        &county.desk(),
        &county.by("admin-1"),
        &raised(county.packs.current()),
    )
    .unwrap();
    assert_eq!(view(known), before);
    let now = view(county.store.read(|q| q.last_tx()).unwrap());
    assert!(
        now.0.iter().all(
            |row| row.state == LineState::Credited && row.settled_on == Some(day("2021-08-30"))
        )
    );
    assert_eq!(
        Fen::sum(now.0.iter().map(|row| row.amount)).unwrap(),
        Fen::new(2 * GENERAL)
    );
}

/// The packs with another rate.
fn raised(packs: &minsheng_policy::PackSet) -> minsheng_policy::PackSet {
    let mut sources = packs.sources().to_vec();
    let changed = sources
        .iter_mut()
        .filter(|source| source.text.contains("value = 26500"));
    let mut count = 0;
    for source in changed {
        source.text = source.text.replace("value = 26500", "value = 27500");
        count += 1;
    }
    assert!(count > 0, "the rate is there");
    minsheng_policy::PackSet::from_sources(support::AUTHORITY, sources).unwrap()
}

#[test]
fn an_account_is_confirmed_once_and_only_while_it_is_in_force() {
    let (_folder, county, mut homes) = county(&[1]);
    let first = homes[0].account;
    let confirm = |id: i64| {
        accounts::confirm_many(&county.desk(), &county.by("officer-1"), &[id])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        confirm(first),
        format!("account {first}: it was confirmed by `officer-1` already")
    );
    county.new_card(&mut homes[0], 77, false);
    let second = homes[0].account;
    assert_eq!(
        confirm(first),
        format!(
            "account {first}: it was replaced by a newer account of {}; account {second} waits to be confirmed",
            homes[0].head()
        )
    );
    let waiting = |only| {
        county
            .store
            .read(|q| accounts::list(q, &Scope::county(), only))
            .unwrap()
    };
    assert_eq!(waiting(true).len(), 1);
    assert!(waiting(true)[0].masked_number.starts_with("************"));
    county.confirm_card(&homes[0]);
    assert!(waiting(true).is_empty());
    assert_eq!(waiting(false).len(), 1);
}
