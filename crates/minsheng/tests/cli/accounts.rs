//! What does not come out and how it is closed: a file that the bank does not answer, a repayment whose claim falls
//! away before anybody confirmed it, and the statement of account that tells all of it.

use crate::line::{good, run};
use crate::line_snapshot;
use crate::rehearsal::{by, decided, with_form};

const BATCH: &str = "PAY-513301-2021-08-01";

#[test]
fn a_repayment_without_a_claim_is_closed_by_two_users_and_the_statement_tells_it() {
    let folder = with_form();
    let folder = folder.path();
    decided(folder);
    for (user, at, line) in [
        ("officer-2", "2021-07-23", "account confirm 1"),
        (
            "cashier-1",
            "2021-07-26",
            "pay appropriate --source central --amount 1000 --document 川财社〔2021〕1号",
        ),
        ("checker-1", "2021-07-26", "pay confirm appropriation 1"),
        ("cashier-1", "2021-07-30", "pay run --month 2021-08"),
        ("checker-1", "2021-07-30", &format!("pay check {BATCH}")),
        ("releaser-1", "2021-07-30", &format!("pay release {BATCH}")),
        (
            "cashier-1",
            "2021-08-02",
            &format!("pay export {BATCH} --out bank"),
        ),
    ] {
        by(folder, user, at, line);
    }
    assert!(good(folder, "pay list --db r.db").contains("2021-08-09"));
    let open = |on: &str| good(folder, &format!("pay unreconciled --on {on} --db r.db"));
    assert_eq!(
        open("2021-08-09").lines().count(),
        1,
        "the term is not over"
    );
    line_snapshot!(
        "account_unanswered",
        folder,
        "pay unreconciled --on 2021-08-10 --db r.db"
    );
    std::fs::write(
        folder.join("answer.csv"),
        format!(
            "minsheng-result,1,{BATCH},1,190.00\nline_no,amount_yuan,result,date\n1,190.00,00,2021-08-09\nend,1,190.00,0.00\n"
        ),
    )
    .unwrap();
    by(
        folder,
        "checker-1",
        "2021-08-10",
        &format!("pay results {BATCH} --file answer.csv"),
    );
    assert!(!good(folder, "pay list --db r.db").contains("2021-08-09"));
    assert_eq!(open("2021-08-10").lines().count(), 1);

    // Somebody says that the member died in July; the money is claimed, and a part of it comes back.
    let said = by(
        folder,
        "clerk-1",
        "2021-08-11",
        "evidence add --person P000001 --kind death --from 2021-07-31 --source 村委会",
    );
    let row: String = said
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    by(folder, "cashier-1", "2021-08-12", "pay run --month 2021-08");
    by(
        folder,
        "cashier-1",
        "2021-08-12",
        "pay repay 1 --amount 100 --document 收据1",
    );
    line_snapshot!(
        "account_early",
        folder,
        "pay close 1 --document 退款单1 --db r.db --as cashier-1 --at 2021-08-12"
    );
    // It was another person: the claim has no ground any more.
    by(
        folder,
        "clerk-1",
        "2021-08-13",
        &format!("evidence withdraw {row}"),
    );
    by(folder, "cashier-1", "2021-08-13", "pay run --month 2021-08");
    line_snapshot!(
        "account_closed_claim",
        folder,
        "pay confirm recovery 1 --db r.db --as checker-1 --at 2021-08-13"
    );
    line_snapshot!(
        "account_unassigned",
        folder,
        "pay unreconciled --on 2021-08-13 --db r.db"
    );
    line_snapshot!(
        "account_close",
        folder,
        "pay close 1 --document 退款单1 --db r.db --as cashier-1 --at 2021-08-16"
    );
    assert!(open("2021-08-16").contains("pay confirm closing"));
    let refused = run(
        folder,
        "pay confirm closing 1 --db r.db --as cashier-1 --at 2021-08-16",
    );
    assert!(refused.contains("exit code: 1"), "{refused}");
    line_snapshot!(
        "account_confirm_closing",
        folder,
        "pay confirm closing 1 --db r.db --as checker-1 --at 2021-08-16"
    );
    assert_eq!(open("2021-12-31").lines().count(), 1);

    line_snapshot!(
        "account_statement",
        folder,
        "pay statement --case C000001 --db r.db"
    );
    line_snapshot!(
        "account_statement_zh",
        folder,
        "--lang zh pay statement --household H000001 --db r.db"
    );
    let json = good(folder, "pay statement --payee P000001 --db r.db --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["received"], 19_000);
    assert_eq!(json[0]["claimed"], 0);
    assert_eq!(json[0]["rows"][1]["movement"], "credited");
    // a household of another area and one that nobody registered are told the same, and no account of nothing
    for household in ["H000001 --as clerk-guza", "H000099"] {
        let line = format!("pay statement --household {household} --db r.db");
        let said = run(folder, &line);
        let number = household.split(' ').next().unwrap();
        assert!(
            said.contains("exit code: 1")
                && said.contains(&format!("there is no household {number}")),
            "{said}"
        );
    }
    good(
        folder,
        "pay statement --case C000001 --out account.csv --db r.db --as cashier-1",
    );
    let file = std::fs::read_to_string(folder.join("account.csv")).unwrap();
    assert_eq!(file.lines().count(), 7, "{file}");
    let verified = good(folder, "verify --db r.db");
    assert!(!verified.contains("NOT CLEAN"), "{verified}");
}
