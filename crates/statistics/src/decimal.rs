//! Printed numbers: compared digit by digit, never through a float.

/// Whether the text is a number as the chapter prints them: digits, one point at most, perhaps a minus.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    plain(whole) && plain(decimals) && (whole.len() == 1 || !whole.starts_with('0'))
}

/// Whether two printed numbers are the same number: `37.2` and `37.20` are.
pub(crate) fn same_number(left: &str, right: &str) -> bool {
    normal(left) == normal(right)
}

/// The shortest way to print the number: no zeros at the end of the decimals.
fn normal(text: &str) -> &str {
    let short = match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.'),
        None => text,
    };
    if short == "-0" { "0" } else { short }
}

/// Which of two printed whole numbers is larger; `None` if one of them is not a whole number.
pub(crate) fn compare_whole(left: &str, right: &str) -> Option<std::cmp::Ordering> {
    let left: i128 = left.parse().ok()?;
    let right: i128 = right.parse().ok()?;
    Some(left.cmp(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_numbers_are_compared_as_numbers_and_not_as_texts() {
        assert!(same_number("37.2", "37.20"));
        assert!(same_number("6", "6.00"));
        assert!(same_number("600", "600"));
        assert!(same_number("-0.0", "0"));
        assert!(!same_number("2655.03", "2655.04"));
        assert!(!same_number("60", "6"));
        assert!(!same_number("6.05", "6.5"));
    }

    #[test]
    fn only_plain_decimal_numbers_are_numbers() {
        for good in ["0", "590", "2655.03", "-1.5", "109.847"] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "", "-", "1.", ".5", "1e3", "1,000", "007", "１", "+1", "1.2.3", " 1",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
