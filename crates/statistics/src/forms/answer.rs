//! One field of one person, as a form takes it, and whether what stands there already says the same.

use minsheng_core::{DisabilityClass, DisabilityLevel, Fen, Sex};
use minsheng_exchange::list::Cell;
use minsheng_exchange::mapping::{Field, Mapping};
use minsheng_exchange::roll::{day, same_place};
use minsheng_exchange::table::Value;

use super::{KnownPerson, MASKED};

impl KnownPerson {
    /// What the records answer; empty where they say nothing or the field is not one of them.
    pub(super) fn answer(&self, field: &Field) -> Cell {
        match field {
            Field::Name => Cell::from(self.name.as_str()),
            Field::IdNumber => Cell::from(self.number.clone()),
            Field::PersonKey => Cell::from(self.id.to_string()),
            Field::Sex => Cell::from(self.sex.parse::<Sex>().ok().map(|sex| sex.zh().to_owned())),
            Field::Birth => Cell::from(self.birth),
            Field::Age => Cell::from(i64::from(self.age)),
            Field::HouseholdNo => Cell::from(self.household.map(|household| household.to_string())),
            Field::HeadName => Cell::from(self.head.clone()),
            Field::Relation => Cell::from(self.relation.map(|relation| relation.zh().to_owned())),
            Field::Township => Cell::from(self.township.clone()),
            Field::Village => Cell::from(self.village.clone()),
            Field::Division => Cell::from(self.division.to_string()),
            Field::Area => Cell::from(
                self.area
                    .as_deref()
                    .map(|area| if area == "urban" { "城市" } else { "农村" }),
            ),
            Field::Programme => Cell::from(self.programme.clone()),
            Field::Class => Cell::from(self.class.clone()),
            Field::Amount => Cell::from(self.amount),
            Field::MonthsPaid => Cell::from(self.months_paid),
            Field::PaidInYear => Cell::from(self.paid),
            Field::Account => Cell::from(self.account.clone()),
            Field::Disability | Field::DisabilityClass | Field::DisabilityLevel
                if self.disability.as_deref() == Some(MASKED) =>
            {
                Cell::from(MASKED)
            }
            Field::DisabilityClass => Cell::from(
                self.class_of_disability()
                    .map(|class| class.zh().to_owned()),
            ),
            Field::DisabilityLevel => Cell::from(
                self.level_of_disability()
                    .map(|level| level.zh().to_owned()),
            ),
            Field::Disability => Cell::from(self.disability_words()),
            Field::DecidedOn => Cell::from(self.decided_on),
            Field::CaseNumber => Cell::from(self.case_number.clone()),
            Field::Evidence { .. } | Field::Ignored => Cell::Empty,
        }
    }

    fn class_of_disability(&self) -> Option<DisabilityClass> {
        self.disability.as_deref()?.get(..1)?.parse().ok()
    }

    fn level_of_disability(&self) -> Option<DisabilityLevel> {
        self.disability.as_deref()?.get(1..)?.parse().ok()
    }

    /// `肢体二级`.
    pub(super) fn disability_words(&self) -> Option<String> {
        Some(format!(
            "{}{}",
            self.class_of_disability()?.zh(),
            self.level_of_disability()?.zh()
        ))
    }
}

/// Whether a cell says already what would be written: another spelling of it is no difference.
pub(super) fn same(mapping: &Mapping, field: &Field, old: &Value, new: &Cell) -> bool {
    let text = old.text();
    if text == new.to_string() {
        return true;
    }
    match (field, new) {
        (_, Cell::Yuan(amount)) => Fen::parse_yuan(&text.replace(',', "")) == Ok(*amount),
        (_, Cell::Day(date)) => day(&text) == Some(*date),
        (Field::Relation, other) => {
            mapping.relation(&text).is_some()
                && mapping.relation(&text) == mapping.relation(&other.to_string())
        }
        (Field::Township | Field::Village, other) => same_place(&text, &other.to_string()),
        (Field::IdNumber | Field::Account, other) => agrees(&text, &other.to_string()),
        // what is hidden agrees with whatever stands there
        (Field::Disability | Field::DisabilityClass | Field::DisabilityLevel, other) => {
            !text.trim().is_empty() && other.to_string() == MASKED
        }
        (Field::Area, other) => text.starts_with(&other.to_string()),
        _ => false,
    }
}

/// Whether two forms of a number can be the same number: a hidden digit fits any.
pub(super) fn agrees(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(|sign| !sign.is_whitespace())
            .collect::<Vec<char>>()
    };
    let (one, other) = (plain(one), plain(other));
    if one.len() != other.len() {
        // an account is shown by its last four digits
        let ends = |text: &[char]| text.iter().rev().take(4).collect::<String>();
        return (one.starts_with(&['*']) || other.starts_with(&['*']))
            && ends(&one) == ends(&other);
    }
    one.iter()
        .zip(&other)
        .all(|(one, other)| one == other || *one == '*' || *other == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_is_no_difference() {
        let mapping = Mapping::default();
        let same =
            |field: Field, old: &str, new: Cell| same(&mapping, &field, &Value::from(old), &new);
        assert!(same(Field::Amount, "1,590", Cell::from(Fen::new(159_000))));
        assert!(!same(Field::Amount, "590", Cell::from(Fen::new(59_010))));
        assert!(same(Field::Relation, "长子", Cell::from("子女")));
        assert!(!same(Field::Relation, "长子", Cell::from("父母")));
        assert!(same(Field::Village, "东关", Cell::from("东关社区")));
        assert!(same(
            Field::IdNumber,
            "513301196002290017",
            Cell::from("513301***********7")
        ));
        assert!(!same(
            Field::IdNumber,
            "513301196002290017",
            Cell::from("513301***********8")
        ));
        assert!(same(
            Field::Account,
            "6217000000000001234",
            Cell::from("****1234")
        ));
        assert!(same(
            Field::Birth,
            "1960/2/29",
            Cell::from("1960-02-29".parse::<minsheng_core::Date>().unwrap())
        ));
    }
}
