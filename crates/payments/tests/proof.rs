//! Rows that a faulty program could write, each through the store and so with a clean audit chain, are found by
//! the proof of the books and named with their table.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeSet;

use minsheng_store::{StoreError, Tx, Value};
use support::{County, day, month, november};

/// A county with batches settled, lines returned, a recovery open and one repaid.
fn county(folder: &std::path::Path) -> County {
    let closed = november::county(County::create(folder, day("2021-07-05")), 0);
    let county = County::open(folder, day("2021-11-03"), None);
    county
        .pay(month("2021-11"), 1, &BTreeSet::from([closed]))
        .unwrap();
    let recovery = minsheng_payments::RecoveryId(1);
    let new = minsheng_payments::recovery::NewSettlement {
        recovery,
        amount: None,
        document: "收据".to_owned(),
        happened_on: county.today(),
    };
    let event =
        minsheng_payments::recovery::repay(&county.desk(), &county.by("cashier-1"), &new).unwrap();
    minsheng_payments::recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
    county
}

type Fault = (
    &'static str,
    &'static str,
    fn(&mut Tx<'_>) -> Result<(), StoreError>,
);

/// What is written, the table that must be named, and a word of the finding.
const FAULTS: [Fault; 14] = [
    ("entitlement", "outside of the run", |tx| {
        let row = entitlement(1, "2021-12");
        tx.insert("entitlement", &row).map(|_| ())
    }),
    ("entitlement", "is in force for the same key", |tx| {
        let row = entitlement(1, "2021-10");
        tx.insert("entitlement", &row).map(|_| ())
    }),
    ("entitlement", "was superseded outside of a run", |tx| {
        let now = Value::from(tx.number());
        tx.update("entitlement", 1, &[("superseded_tx", now)])
    }),
    (
        "payment_line",
        "credited in a batch that is settled",
        |tx| tx.update("payment_line", 1, &[("settled_on", Value::Null)]),
    ),
    ("payment_line", "posted", |tx| {
        tx.update("payment_line", 1, &[("state", Value::from("returned"))])
    }),
    ("payment_batch", "users do not fit", |tx| {
        tx.update("payment_batch", 1, &[("state", Value::from("checked"))])
    }),
    ("payment_batch", "not different users", |tx| {
        tx.update(
            "payment_batch",
            1,
            &[("released_by", Value::from("cashier-1"))],
        )
    }),
    (
        "payment_item",
        "differs from its line or from the entitlement",
        |tx| {
            let row = [
                ("line_id", Value::from(1_i64)),
                ("batch_id", Value::from(1_i64)),
                ("programme", Value::from("rural-dibao")),
                ("person_id", Value::from(1_i64)),
                ("month", Value::from(month("2021-10"))),
                ("case_id", Value::from(1_i64)),
                ("entitlement_id", Value::from(1_i64)),
                ("class", Value::from("GENERAL")),
                ("amount_fen", Value::from(26_500_i64)),
            ];
            tx.insert("payment_item", &row).map(|_| ())
        },
    ),
    ("ledger_entry", "is no document", |tx| {
        tx.insert("ledger_entry", &entry("gift")).map(|_| ())
    }),
    ("payment_batch", "booked as cost", |tx| {
        tx.insert("ledger_entry", &entry("payment_batch"))
            .map(|_| ())
    }),
    ("appropriation", "are booked for it", |tx| {
        tx.insert("ledger_entry", &entry("appropriation"))
            .map(|_| ())
    }),
    ("recovery", "it is open with 0.00 yuan open", |tx| {
        tx.update("recovery", 1, &[("state", Value::from("open"))])
    }),
    ("recovery_event", "count, its items make", |tx| {
        let row = [
            ("recovery_id", Value::from(1_i64)),
            ("kind", Value::from("withdrawn")),
            ("amount_fen", Value::from(100_i64)),
            ("happened_on", Value::from(day("2021-11-03"))),
            ("document", Value::from("x")),
            ("entered_by", Value::from("cashier-1")),
        ];
        tx.insert("recovery_event", &row).map(|_| ())
    }),
    ("recovery_item", "differs from the payment", |tx| {
        let row = [
            ("recovery_id", Value::from(1_i64)),
            ("payment_item_id", Value::from(1_i64)),
            ("programme", Value::from("rural-dibao")),
            ("person_id", Value::from(2_i64)),
            ("month", Value::from(month("2021-10"))),
            ("class", Value::from("GENERAL")),
            ("fund_source", Value::from("central")),
            ("amount_fen", Value::from(26_500_i64)),
        ];
        tx.insert("recovery_item", &row).map(|_| ())
    }),
];

fn entitlement(person: i64, of: &str) -> [(&'static str, Value); 10] {
    [
        ("programme", Value::from("rural-dibao")),
        ("person_id", Value::from(person)),
        ("month", Value::from(month(of))),
        ("household_id", Value::from(1_i64)),
        ("division", Value::from(support::VILLAGE)),
        ("case_id", Value::from(1_i64)),
        ("decision_id", Value::from(1_i64)),
        ("class", Value::from("GENERAL")),
        ("amount_fen", Value::from(26_500_i64)),
        ("run_id", Value::from(1_i64)),
    ]
}

fn entry(document: &str) -> [(&'static str, Value); 7] {
    [
        ("kind", Value::from("direct")),
        ("debit_account_id", Value::from(1_i64)),
        ("credit_account_id", Value::from(2_i64)),
        ("amount_fen", Value::from(100_i64)),
        ("document_kind", Value::from(document)),
        ("document_id", Value::from(1_i64)),
        ("booked_on", Value::from(day("2021-11-03"))),
    ]
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn what_a_faulty_program_writes_is_found_and_named() {
    let template = tempfile::tempdir().unwrap();
    county(template.path()).assert_proved();
    for (table, word, write) in FAULTS {
        let folder = tempfile::tempdir().unwrap();
        copy(template.path(), folder.path());
        let county = County::open(folder.path(), day("2021-11-04"), None);
        county
            .store
            .write(&county.by("admin-1").act("fault"), write)
            .unwrap();
        let chain = county.store.verify().unwrap();
        assert!(
            chain.findings.is_empty(),
            "the chain does not know what rows mean"
        );
        let findings = minsheng_payments::verify::verify(&county.desk()).unwrap();
        let named = findings
            .iter()
            .any(|finding| finding.table == table && finding.what.contains(word));
        assert!(named, "{table}, {word}: {findings:#?}");
    }
}
