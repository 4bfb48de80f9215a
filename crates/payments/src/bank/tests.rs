//! The bank file and the result file: what is written is read back; what is torn, foreign or doubled is refused.

use super::*;

const NUMBER: &str = "PAY-513301-2021-05-01";

fn expected() -> Expected<'static> {
    Expected {
        number: NUMBER,
        lines: BTreeMap::from([
            (1, Fen::new(9_000)),
            (2, Fen::new(28_000)),
            (3, Fen::new(59_000)),
        ]),
        days: (Date::constant(2021, 5, 7), Date::constant(2021, 5, 10)),
    }
}

fn good() -> String {
    let date = Date::constant(2021, 5, 8);
    let result = |line_no, amount, code| LineResult {
        line_no,
        amount: Fen::new(amount),
        code,
        date,
    };
    result_text(
        NUMBER,
        &[
            result(1, 9_000, ResultCode::Credited),
            result(2, 28_000, ResultCode::AccountClosed),
            result(3, 59_000, ResultCode::Credited),
        ],
    )
    .unwrap()
}

fn refusal(text: &str) -> String {
    let error = read_results("r.csv", text.as_bytes(), &expected())
        .unwrap_err()
        .to_string();
    error.lines().next().unwrap().to_owned()
}

#[test]
fn a_bank_file_reads_back_and_the_same_lines_give_the_same_bytes() {
    let line = |line_no, name: &str| BankLine {
        line_no,
        account: "6217000000000000003".to_owned(),
        name: name.to_owned(),
        amount: Fen::new(9_050),
        purpose: "城市最低生活保障".to_owned(),
    };
    let file = BankFile {
        number: NUMBER.to_owned(),
        lines: vec![line(1, "卓玛"), line(2, "a \"b\", c")],
    };
    let text = payment_text(&file).unwrap();
    assert_eq!(text, payment_text(&file).unwrap());
    assert!(text.starts_with("minsheng-payment,1,PAY-513301-2021-05-01,2,181.00\nline_no,account,name,amount_yuan,purpose\n"));
    assert!(text.ends_with("\nend,2,181.00\n"));
    assert_eq!(read_payment("b.csv", text.as_bytes()).unwrap(), file);
    let changed = text.replacen("90.50", "91.50", 1);
    assert_eq!(
        read_payment("b.csv", changed.as_bytes())
            .unwrap_err()
            .to_string()
            .lines()
            .next()
            .unwrap(),
        "b.csv, row 1: the sum is said to be 181.00 yuan, the lines make 182.00"
    );
}

#[test]
fn a_result_file_in_any_order_answers_every_line_once() {
    let text = good();
    let mut rows: Vec<&str> = text.lines().collect();
    rows.swap(2, 4);
    let shuffled = rows.join("\n") + "\n";
    let results = read_results("r.csv", shuffled.as_bytes(), &expected()).unwrap();
    assert_eq!(
        results.iter().map(|line| line.line_no).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(results[1].code, ResultCode::AccountClosed);
}

#[test]
fn a_file_torn_at_any_byte_is_refused() {
    let text = good();
    for length in 0..text.len() {
        if text.is_char_boundary(length) {
            let refused = refusal(&text[..length]);
            assert!(refused.starts_with("r.csv, row "), "{length}: {refused}");
        }
    }
}

#[test]
fn every_fault_of_a_result_file_is_named_with_its_row() {
    let text = good();
    for (from, to, refused) in [
        (
            "1,90.00,00",
            "1,91.00,00",
            "r.csv, row 3: line 1 is over 90.00 yuan, the file says 91.00",
        ),
        (
            "1,90.00,00",
            "9,90.00,00",
            "r.csv, row 3: batch PAY-513301-2021-05-01 has no line 9",
        ),
        (
            "3,590.00,00",
            "1,90.00,00",
            "r.csv, row 5: line 1 was answered in row 3 already",
        ),
        (
            "2,280.00,01",
            "2,280.00,77",
            "r.csv, row 4: `77` is no result code",
        ),
        (
            "2,280.00,01,2021-05-08",
            "2,280.00,01,8.5.2021",
            "r.csv, row 4: column 4: `8.5.2021` is not a day like 2021-05-08",
        ),
        (
            "2,280.00,01,2021-05-08",
            "2,280.00,01,2021-05-06",
            "r.csv, row 4: line 2 is dated 2021-05-06, not between the release on 2021-05-07 and today, 2021-05-10",
        ),
        (
            "3,590.00,00,2021-05-08",
            "3,590.00,00,2021-05-11",
            "r.csv, row 5: line 3 is dated 2021-05-11, not between the release on 2021-05-07 and today, 2021-05-10",
        ),
        (
            "2,280.00,01,2021-05-08",
            "2,280.00,01",
            "r.csv, row 4: 4 columns were expected, 3 are there",
        ),
        (
            "2,280.00,01,2021-05-08\n",
            "",
            "r.csv, row 1: 3 lines are announced, 2 are there",
        ),
        (
            "2,280.00,01",
            "2,280.00,00",
            "r.csv, row 6: the credited sum is said to be 680.00 yuan, the lines make 960.00",
        ),
        (
            "05-01,3,960.00",
            "05-01,3,961.00",
            "r.csv, row 1: the sum is said to be 961.00 yuan, the lines make 960.00",
        ),
        (
            "PAY-513301-2021-05-01",
            "PAY-513301-2021-04-01",
            "r.csv, row 1: the file answers batch PAY-513301-2021-04-01, not PAY-513301-2021-05-01",
        ),
        (
            "minsheng-result",
            "minsheng-payment",
            "r.csv, row 1: `minsheng-payment,1` is not `minsheng-result,1`",
        ),
        (
            "line_no,",
            "line,",
            "r.csv, row 2: the heading must be `line_no,amount_yuan,result,date`",
        ),
        (
            "end,3",
            "end,2",
            "r.csv, row 6: 2 lines are announced, 3 are there",
        ),
        (
            "end,3",
            "eof,3",
            "r.csv, row 6: the file ends before its last row `end,…`",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(refusal(&text.replacen(from, to, 1)), refused);
    }
    let shorter = text
        .replace("2,280.00,01,2021-05-08\n", "")
        .replace(",3,960.00", ",2,680.00")
        .replace("end,3", "end,2");
    assert_eq!(refusal(&shorter), "r.csv, row 5: line 2 is not answered");
    let mut bytes = text.into_bytes();
    bytes[70] = 0xff;
    let error = read_results("r.csv", &bytes, &expected())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error.lines().next().unwrap(),
        "r.csv, row 2: the text is not UTF-8"
    );
}
