//! Numbers of a spreadsheet. It stores binary numbers and shows fifteen digits; so what a person wrote is found by
//! printing fifteen digits. Nothing is reckoned here.

use super::Value;

/// From here on a whole number has more digits than are kept.
const LONGEST: f64 = 1e15;

/// What a person reads in the cell of a number.
pub(super) fn value(number: f64) -> Value {
    if !number.is_finite() {
        return Value::Fault(number.to_string());
    }
    let whole = number.trunc() == number;
    if whole && number.abs() >= LONGEST {
        return Value::Rounded(decimal(&format!("{number:.14e}")));
    }
    if whole {
        // minus zero is zero
        let text = if number == 0.0 {
            "0".to_owned()
        } else {
            format!("{number:.0}")
        };
        return Value::Number(text);
    }
    Value::Number(decimal(&format!("{number:.14e}")))
}

/// `1.23450000000000e2` as `123.45`.
fn decimal(scientific: &str) -> String {
    let Some((digits, power)) = scientific.split_once('e') else {
        return scientific.to_owned();
    };
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let digits = digits.replace('.', "");
    let power: i32 = power.parse().unwrap_or_default();
    let text = if power < 0 {
        let zeros = usize::try_from(-power - 1).unwrap_or_default();
        format!("{sign}0.{}{digits}", "0".repeat(zeros))
    } else {
        let length = usize::try_from(power + 1).unwrap_or_default();
        let digits = format!("{digits:0<length$}");
        let (whole, rest) = digits.split_at(length);
        format!("{sign}{whole}.{rest}")
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_as_a_person_wrote_it() {
        for (number, text) in [
            (1234.5, "1234.5"),
            (0.1, "0.1"),
            (0.30000000000000004, "0.3"),
            (-0.05, "-0.05"),
            (2100.0, "2100"),
            (-7.0, "-7"),
            (-0.0, "0"),
            (0.000_012, "0.000012"),
            (123_456_789_012.34, "123456789012.34"),
            (999_999_999_999_999.0, "999999999999999"),
        ] {
            assert_eq!(value(number), Value::Number(text.to_owned()), "{number}");
        }
    }

    #[test]
    fn what_a_spreadsheet_cut_off_is_told_apart() {
        assert_eq!(
            value(513_301_196_002_290_000.0),
            Value::Rounded("513301196002290000".to_owned())
        );
        assert!(matches!(value(f64::NAN), Value::Fault(_)));
    }
}
