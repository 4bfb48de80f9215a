//! Synthetic identity numbers and accounts: right by every check, given to nobody.
//!
//! Source: GB 11643-1999; numbers with 513301 and a birth before 2015 were normally never issued, and later births
//! use region 993301, which only the demo's code table knows. Accounts: ISO/IEC 7812 (Luhn).

use std::collections::BTreeSet;

use minsheng_core::citizen_id;
use minsheng_core::{Date, Sex, bank_account};

use crate::draw::Draw;
use crate::error::PlanError;

/// The first year of births that use the demo's own region.
const DEMO_REGION_FROM: i16 = 2015;

/// Gives each number once.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    given: BTreeSet<String>,
}

impl Numbers {
    /// An identity number for a birth and a sex.
    pub(crate) fn citizen(
        &mut self,
        draw: &mut Draw,
        birth: Date,
        sex: Sex,
    ) -> Result<String, PlanError> {
        let region = if birth.year() < DEMO_REGION_FROM {
            "513301"
        } else {
            "993301"
        };
        for _ in 0..400 {
            let odd = i64::from(sex == Sex::Male);
            let sequence = u16::try_from(draw.between(1, 499) * 2 - 1 + (1 - odd)).unwrap_or(1);
            let number = citizen_id::build(region, birth, sequence).map_err(|error| {
                PlanError::Synthetic {
                    what: "identity number".to_owned(),
                    reason: error.to_string(),
                }
            })?;
            if self.given.insert(number.as_str().to_owned()) {
                return Ok(number.as_str().to_owned());
            }
        }
        Err(PlanError::Synthetic {
            what: "identity number".to_owned(),
            reason: format!("none left for {birth}"),
        })
    }

    /// A 19-digit account.
    pub(crate) fn account(&mut self, draw: &mut Draw) -> Result<String, PlanError> {
        loop {
            let digits = format!("621700{:012}", draw.below(1_000_000_000_000));
            let account =
                bank_account::complete(&digits).map_err(|error| PlanError::Synthetic {
                    what: "account".to_owned(),
                    reason: error.to_string(),
                })?;
            if self.given.insert(account.as_str().to_owned()) {
                return Ok(account.as_str().to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use minsheng_core::{BankAccount, CitizenId, Regions};

    use super::*;

    #[test]
    fn numbers_pass_the_checks_of_the_register_and_are_given_once() {
        let (mut numbers, mut draw) = (Numbers::default(), Draw::new(3, 1));
        let regions = Regions::with_demo();
        for (birth, sex, region) in [
            (date(1960, 2, 29), Sex::Female, "513301"),
            (date(2014, 12, 31), Sex::Male, "513301"),
            (date(2015, 1, 1), Sex::Male, "993301"),
        ] {
            let mut seen = BTreeSet::new();
            for _ in 0..60 {
                let text = numbers.citizen(&mut draw, birth, sex).unwrap();
                let number = CitizenId::parse(&text, date(2021, 1, 1), regions).unwrap();
                assert_eq!(
                    (number.birth(), number.sex(), number.region()),
                    (birth, sex, region)
                );
                assert!(seen.insert(text));
            }
        }
        let account = numbers.account(&mut draw).unwrap();
        assert!(BankAccount::parse(&account).is_ok());
        assert_ne!(account, numbers.account(&mut draw).unwrap());
    }
}
