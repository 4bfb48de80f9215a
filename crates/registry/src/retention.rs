//! Terms of retention: how long a record is kept at least. They are the same in the nation or assumed for it; they
//! stand in `data/retention.json`, each with its article and mark, and a county that has other years of its own
//! confirms them in a setting (`retention.CODE` = months), an audited act. Nothing is erased by a term: it only says
//! from when on somebody may propose it.
//!
//! Source: 个人信息保护法 art. 19, 47; 会计档案管理办法 art. 14; 网络安全法 art. 21.

use jiff::ToSpan;
use minsheng_core::Date;
use minsheng_policy::{Bilingual, Mark};
use minsheng_store::Query;
use serde::{Deserialize, Serialize};

use crate::{RegistryError, settings};

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Code.
    pub code: String,
    /// The sentence.
    pub text: Bilingual,
    /// Whole months.
    pub months: i32,
    /// `case_end`, `year_end_of_last_payment`, `registration`, `receipt` or `writing`.
    pub counts_from: String,
    /// Article.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// What is known about the end of a record; see [`due_on`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Ended {
    /// Day on which the last case ended.
    pub case: Option<Date>,
    /// Day of the last payment.
    pub payment: Option<Date>,
    /// Day of registration.
    pub registered: Option<Date>,
}

impl Ended {
    /// The later of two.
    #[must_use]
    pub fn and(self, other: Ended) -> Ended {
        Ended {
            case: self.case.max(other.case),
            payment: self.payment.max(other.payment),
            registered: self.registered.max(other.registered),
        }
    }
}

/// The terms in force.
///
/// # Errors
/// [`RegistryError::Field`] for a setting that is no number of months, or fewer than a law orders; the store's.
pub fn terms(q: &mut dyn Query) -> Result<Vec<Term>, RegistryError> {
    let mut terms: Vec<Term> = serde_json::from_str(include_str!("../data/retention.json"))
        .map_err(|error| RegistryError::Inconsistent {
            what: "data/retention.json".to_owned(),
            reason: error.to_string(),
        })?;
    for term in &mut terms {
        let name = format!("retention.{}", term.code);
        if let Some(value) = settings::get(q, &name)? {
            // what a law orders may be kept longer, never shorter
            let least = if term.mark == Mark::Law {
                term.months
            } else {
                1
            };
            term.months = value
                .trim()
                .parse()
                .ok()
                .filter(|months| (least..=1_200).contains(months))
                .ok_or_else(|| RegistryError::Field {
                    field: format!("setting {name}"),
                    reason: format!("`{value}` is no number of months from {least} to 1200"),
                })?;
        }
    }
    Ok(terms)
}

/// The first day on which a record may be erased: when the longest of its terms is over. None if nothing is known
/// about its end.
///
/// # Errors
/// [`RegistryError::Inconsistent`] for a term that is missing or leaves the calendar.
pub fn due_on(terms: &[Term], ended: &Ended) -> Result<Option<Date>, RegistryError> {
    let year_end = ended
        .payment
        .map(|paid| Date::new(paid.year() + 1, 1, 1))
        .transpose()
        .map_err(|error| inconsistent(error.to_string()))?;
    let registered = ended.registered.filter(|_| ended.case.is_none());
    let mut due = None;
    for (code, from) in [
        ("case_file", ended.case),
        ("payment_record", year_end),
        ("no_case", registered),
    ] {
        let Some(from) = from else { continue };
        due = due.max(Some(end_of(terms, code, from)?));
    }
    Ok(due)
}

/// The first day after a term that began on `from`.
///
/// # Errors
/// As [`due_on`].
pub fn end_of(terms: &[Term], code: &str, from: Date) -> Result<Date, RegistryError> {
    let term = terms
        .iter()
        .find(|term| term.code == code)
        .ok_or_else(|| inconsistent(format!("there is no term {code}")))?;
    from.checked_add(term.months.months())
        .map_err(|error| inconsistent(error.to_string()))
}

fn inconsistent(reason: String) -> RegistryError {
    RegistryError::Inconsistent {
        what: "terms of retention".to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn shipped() -> Vec<Term> {
        serde_json::from_str(include_str!("../data/retention.json")).unwrap()
    }

    #[test]
    fn the_longest_term_counts_and_payments_keep_thirty_years_from_the_end_of_their_year() {
        let refused = Ended {
            case: Some(day("2021-03-05")),
            registered: Some(day("2020-10-01")),
            ..Ended::default()
        };
        let due = |ended: &Ended| due_on(&shipped(), ended).unwrap();
        assert_eq!(due(&refused), Some(day("2031-03-05")));
        let paid = Ended {
            payment: Some(day("2021-01-10")),
            ..refused
        };
        assert_eq!(due(&paid), Some(day("2052-01-01")));
        let never_applied = Ended {
            registered: Some(day("2020-10-01")),
            ..Ended::default()
        };
        assert_eq!(due(&never_applied), Some(day("2023-10-01")));
        assert_eq!(due(&Ended::default()), None);
    }

    #[test]
    fn every_term_has_its_source() {
        for term in shipped() {
            assert!(!term.cite.is_empty() && term.months > 0, "{}", term.code);
        }
    }
}
