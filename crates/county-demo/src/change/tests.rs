//! Changes: what is refused with which line, and what a change of a parameter leaves as it was.

use jiff::civil::date;

use super::*;

#[test]
fn errors_name_file_line_and_what_to_do() {
    for (text, line, words) in [
        ("[[drop_household]]\nhousehold = 5\n", 2, "string"),
        ("\n[[move_death]]\nperson = \"P1\"\n", 2, "months"),
        (
            "[[parameter]]\nprogramme = \"x\"\nname = \"y\"\nvalue = 1\nfoo = 2\n",
            5,
            "foo",
        ),
        ("[[nonsense]]\n", 1, "nonsense"),
        ("a = \n", 1, ""),
    ] {
        let error = Change::parse("change.toml", text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.to_string().starts_with("change.toml:"), "{error}");
        assert!(error.problem.contains(words), "{error}");
        assert!(error.to_string().contains("hint: "));
    }
    let change = Change::parse("c", "[[drop_household]]\nhousehold = \"H9\"\n").unwrap();
    assert_eq!(
        change
            .apply_to_inputs(&mut Inputs::empty())
            .unwrap_err()
            .line,
        2
    );
    let change = Change::parse("c", "\n\n[[move_death]]\nperson = \"P7\"\nmonths = -3\n").unwrap();
    assert_eq!(
        change
            .apply_to_inputs(&mut Inputs::empty())
            .unwrap_err()
            .line,
        4
    );
}

const PACK: &str = "# X\n```toml programme\ncode = \"p\"\n```\ntext\n```toml parameter\nname = \"standard\"\n[[value]]\nfrom = 2020-01-01\nvalue = 5\ncite = \"c\"\nmark = \"seed\"\n```\nafter\n";

fn changed(text: &str) -> Result<Vec<Source>, ChangeError> {
    let source = Source {
        path: "policies/cn-513301/p.md".to_owned(),
        text: PACK.to_owned(),
    };
    Change::parse("c", text)
        .unwrap()
        .apply_to_packs(vec![source])
}

#[test]
fn a_parameter_is_replaced_or_given_a_later_value() {
    let all =
        changed("[[parameter]]\nprogramme = \"p\"\nname = \"standard\"\nvalue = 6\n").unwrap();
    assert!(
        all[0].text.contains("value = 6") && !all[0].text.contains("value = 5"),
        "{}",
        all[0].text
    );
    let later = changed(
        "[[parameter]]\nprogramme = \"p\"\nname = \"standard\"\nfrom = 2021-01-01\nvalue = 6\n",
    )
    .unwrap();
    let (before, after) = (
        later[0].text.find("value = 5").unwrap(),
        later[0].text.find("value = 6").unwrap(),
    );
    assert!(before < after);
    assert!(
        later[0].text.starts_with("# X\n```toml programme")
            && later[0].text.ends_with("```\nafter\n")
    );
    let error =
        changed("[[parameter]]\nprogramme = \"p\"\nname = \"other\"\nvalue = 6\n").unwrap_err();
    assert_eq!((error.line, error.problem.contains("other")), (3, true));
    let error =
        changed("[[parameter]]\nprogramme = \"q\"\nname = \"other\"\nvalue = 6\n").unwrap_err();
    assert_eq!(error.line, 2);
}

#[test]
fn months_move_a_day_to_the_same_day_or_the_last_one() {
    assert_eq!(by_months(date(2021, 5, 20), -3), date(2021, 2, 20));
    assert_eq!(by_months(date(2021, 5, 31), -3), date(2021, 2, 28));
    assert_eq!(by_months(date(2021, 2, 10), -3), date(2020, 11, 10));
}
