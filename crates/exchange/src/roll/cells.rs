//! The cells of one row.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::disability_certificate::{self, DisabilityCertificate};
use minsheng_core::{
    BankAccount, CitizenId, Date, DisabilityClass, DisabilityLevel, Regions, Relation, Sex,
    bank_account, citizen_id, name, normalise_name,
};

use super::{Finding, NamedDivision, RawEvidence, Surroundings, place_of, shown};
use crate::mapping::{Field, Mapping};
use crate::sheet::Sheet;
use crate::table::{Line, Value};

/// Endings that offices leave out of the names of divisions.
const ENDINGS: &[&str] = &[
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "村委会",
    "居委会",
    "街道办事处",
    "人民政府",
    "办事处",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
];

/// Divisions by what people write.
pub(super) struct Places {
    townships: BTreeMap<String, Vec<i64>>,
    villages: BTreeMap<String, Vec<i64>>,
    codes: BTreeSet<i64>,
}

impl Places {
    pub(super) fn new(divisions: &[NamedDivision]) -> Self {
        let mut places = Places {
            townships: BTreeMap::new(),
            villages: BTreeMap::new(),
            codes: BTreeSet::new(),
        };
        for division in divisions {
            let village = division.code % 1_000 != 0;
            let township = !village && division.code % 1_000_000 != 0;
            let names = if village {
                &mut places.villages
            } else if township {
                &mut places.townships
            } else {
                continue;
            };
            for name in [division.name.trim().to_owned(), short(&division.name)] {
                let codes = names.entry(name).or_default();
                if !codes.contains(&division.code) {
                    codes.push(division.code);
                }
            }
            places.codes.insert(division.code);
        }
        places
    }
}

fn short(name: &str) -> String {
    let name = name.trim();
    let cut = ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending).filter(|rest| !rest.is_empty()));
    cut.unwrap_or(name).to_owned()
}

/// Whether two names are of one place, with or without `村`, `社区` and the like.
pub fn same_place(one: &str, other: &str) -> bool {
    one.trim() == other.trim() || short(one) == short(other)
}

/// One row, and what is wrong in it.
pub(super) struct Cells<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    pub(super) mapping: &'a Mapping,
    pub(super) places: &'a Places,
    pub(super) around: Surroundings<'a>,
    pub(super) line: &'a Line,
    pub(super) findings: Vec<Finding>,
}

impl Cells<'_> {
    pub(super) fn text(&self, field: &Field) -> Option<String> {
        let cell = self.sheet.cell(self.line, field);
        (!cell.is_empty()).then(|| cell.text())
    }

    pub(super) fn refuse(
        &mut self,
        field: &Field,
        problem: &'static str,
        with: Vec<(&'static str, String)>,
    ) {
        let shown = shown(&self.sheet.cell(self.line, field).text());
        self.findings.push(Finding {
            line: self.line.number,
            column: place_of(self.sheet, field),
            shown,
            problem,
            with,
        });
    }

    /// A cell in which a spreadsheet cut the number off, or a formula failed.
    fn unusable(&mut self, field: &Field) -> bool {
        let problem = match self.sheet.cell(self.line, field) {
            Value::Rounded(_) => "rounded",
            Value::Fault(_) => "fault",
            _ => return false,
        };
        self.refuse(field, problem, Vec::new());
        true
    }

    pub(super) fn name(&mut self) -> Option<String> {
        let text = self.text(&Field::Name).unwrap_or_default();
        let name = normalise_name(&text);
        match name::check_name(&name) {
            Ok(()) => Some(name),
            Err(name::NameError::Empty) => {
                self.refuse(&Field::Name, "name-missing", Vec::new());
                None
            }
            Err(name::NameError::TooLong) => {
                self.refuse(&Field::Name, "name-long", Vec::new());
                None
            }
        }
    }

    /// The whole number, or the masked one.
    pub(super) fn number(&mut self) -> Option<(Option<CitizenId>, Option<String>)> {
        if self.unusable(&Field::IdNumber) {
            return None;
        }
        let Some(text) = self.text(&Field::IdNumber) else {
            return Some((None, None));
        };
        let number: String = citizen_id::normalise(&text)
            .chars()
            .filter(|sign| !sign.is_whitespace())
            .collect();
        if number.contains('*') {
            return Some((None, Some(number)));
        }
        match CitizenId::parse(&number, self.around.today, self.around.regions) {
            Ok(number) => Some((Some(number), None)),
            Err(error) => {
                let problem = match error.code() {
                    "Length" => "id-length",
                    "Charset" => "id-charset",
                    "Region" => "id-region",
                    "BirthDate" => "id-birthdate",
                    "FutureBirth" => "id-futurebirth",
                    "Sequence" => "id-sequence",
                    _ => "id-checkdigit",
                };
                self.refuse(&Field::IdNumber, problem, Vec::new());
                None
            }
        }
    }

    pub(super) fn birth(&mut self, number: Option<&CitizenId>) -> Option<Date> {
        let cell = self.sheet.cell(self.line, &Field::Birth).clone();
        let written = match &cell {
            Value::Empty => None,
            Value::Day(day) => Some(*day),
            other => match day(&other.text()) {
                Some(day) => Some(day),
                None => {
                    self.refuse(&Field::Birth, "day", Vec::new());
                    return None;
                }
            },
        };
        match (number, written) {
            (Some(number), Some(written)) if number.birth() != written => {
                let with = vec![("birth", number.birth().to_string())];
                self.refuse(&Field::Birth, "birth-differs", with);
                None
            }
            (Some(number), _) => Some(number.birth()),
            (None, Some(written)) if written > self.around.today => {
                self.refuse(&Field::Birth, "birth-future", Vec::new());
                None
            }
            (None, Some(written)) => Some(written),
            (None, None) => {
                self.refuse(&Field::Birth, "birth-missing", Vec::new());
                None
            }
        }
    }

    pub(super) fn sex(&mut self, number: Option<&CitizenId>) -> Option<Sex> {
        let written = match self.text(&Field::Sex).as_deref() {
            None => None,
            Some("男" | "1" | "male" | "m" | "M" | "男性") => Some(Sex::Male),
            Some("女" | "2" | "female" | "f" | "F" | "女性") => Some(Sex::Female),
            Some(_) => {
                self.refuse(&Field::Sex, "sex", Vec::new());
                return None;
            }
        };
        match (number.map(CitizenId::sex), written) {
            (Some(sex), Some(written)) if sex != written => {
                self.refuse(&Field::Sex, "sex-differs", Vec::new());
                None
            }
            (Some(sex), _) | (None, Some(sex)) => Some(sex),
            (None, None) => {
                self.refuse(&Field::Sex, "sex-missing", Vec::new());
                None
            }
        }
    }

    pub(super) fn relation(&mut self, name: Option<&str>) -> Option<Relation> {
        match self.text(&Field::Relation) {
            Some(word) => match self.mapping.relation(&word) {
                Some(relation) => Some(relation),
                None => {
                    self.refuse(&Field::Relation, "relation", Vec::new());
                    None
                }
            },
            None => {
                let head = self
                    .text(&Field::HeadName)
                    .map(|text| normalise_name(&text));
                if head.is_some() && head.as_deref() == name {
                    return Some(Relation::Head);
                }
                self.refuse(&Field::Relation, "relation-missing", Vec::new());
                None
            }
        }
    }

    /// The village; none where the row names none, which another row of the household may do.
    pub(super) fn division(&mut self) -> Option<i64> {
        if let Some(text) = self.text(&Field::Division) {
            let code = text
                .parse::<i64>()
                .ok()
                .filter(|code| self.places.codes.contains(code));
            if code.is_none() {
                self.refuse(&Field::Division, "division", Vec::new());
            }
            return code;
        }
        let village = self.text(&Field::Village)?;
        if let Some(code) = self.mapping.division(&village) {
            return Some(code);
        }
        let look = |names: &BTreeMap<String, Vec<i64>>, name: &str| {
            let exact = names.get(name.trim());
            exact
                .or_else(|| names.get(&short(name)))
                .cloned()
                .unwrap_or_default()
        };
        let mut found = look(&self.places.villages, &village);
        if let Some(township) = self.text(&Field::Township) {
            let townships = look(&self.places.townships, &township);
            if townships.is_empty() {
                self.refuse(&Field::Township, "township", Vec::new());
                return None;
            }
            found.retain(|code| {
                townships
                    .iter()
                    .any(|township| code / 1_000 == township / 1_000)
            });
        }
        match found.as_slice() {
            [code] => Some(*code),
            [] => {
                self.refuse(&Field::Village, "village", Vec::new());
                None
            }
            _ => {
                self.refuse(&Field::Village, "village-ambiguous", Vec::new());
                None
            }
        }
    }

    pub(super) fn account(&mut self) -> Option<BankAccount> {
        if self.unusable(&Field::Account) {
            return None;
        }
        let text = self.text(&Field::Account)?;
        let number: String = bank_account::normalise(&text)
            .chars()
            .filter(|sign| !sign.is_whitespace())
            .collect();
        if number.contains('*') {
            // shown in part, as our own lists show it: it says nothing new
            return None;
        }
        match BankAccount::parse(&number) {
            Ok(account) => Some(account),
            Err(error) => {
                let problem = match error.code() {
                    "Length" => "account-length",
                    "Charset" => "account-charset",
                    _ => "account-luhn",
                };
                self.refuse(&Field::Account, problem, Vec::new());
                None
            }
        }
    }

    /// Evidence of the columns that say it; an empty cell says nothing.
    pub(super) fn evidence(&mut self, number: Option<&CitizenId>) -> Vec<RawEvidence> {
        let mut found = Vec::new();
        for column in &self.sheet.columns {
            let (kind, slot) = match &column.field {
                Field::Evidence { kind, slot } => (kind.clone(), slot.clone()),
                Field::Area => ("residence_area".to_owned(), String::new()),
                _ => continue,
            };
            let cell = self.line.cell(column.at);
            if !cell.is_empty() {
                found.push(self.raw(kind, slot, cell.text(), column.place()));
            }
        }
        if let Some((code, column)) = self.disability(number) {
            found.push(self.raw("disability".to_owned(), String::new(), code, column));
        }
        found
    }

    fn raw(&self, kind: String, slot: String, text: String, column: String) -> RawEvidence {
        RawEvidence {
            kind,
            slot,
            text,
            line: self.line.number,
            column,
        }
    }

    fn disability(&mut self, number: Option<&CitizenId>) -> Option<(String, String)> {
        let field = Field::Disability;
        if self.unusable(&field) {
            return None;
        }
        if let Some(text) = self.text(&field).filter(|text| !says_nothing(text)) {
            let column = place_of(self.sheet, &field);
            let code = of_certificate(&text, number, self.around.today, self.around.regions)
                .or_else(|| of_words(&text));
            if code.is_none() {
                self.refuse(&field, "disability", Vec::new());
            }
            return code.map(|code| (code, column));
        }
        let class = self
            .text(&Field::DisabilityClass)
            .filter(|text| !says_nothing(text));
        let level = self
            .text(&Field::DisabilityLevel)
            .filter(|text| !says_nothing(text));
        if class.is_none() && level.is_none() {
            return None;
        }
        let column = place_of(self.sheet, &Field::DisabilityClass);
        let both = format!("{}{}", class.unwrap_or_default(), level.unwrap_or_default());
        match of_words(&both) {
            Some(code) => Some((code, column)),
            None => {
                self.refuse(&Field::DisabilityClass, "disability", Vec::new());
                None
            }
        }
    }
}

fn none_word(text: &str) -> bool {
    matches!(text.trim(), "无" | "否" | "/" | "-" | "—" | "none" | "no")
}

/// No disability is stated, or it is hidden: a masked list tells a register nothing about health.
fn says_nothing(text: &str) -> bool {
    let plain = text.trim();
    none_word(plain) || (!plain.is_empty() && plain.chars().all(|sign| sign == '*'))
}

/// Class and level of a certificate, if it is that of the person.
fn of_certificate(
    text: &str,
    number: Option<&CitizenId>,
    today: Date,
    regions: &Regions,
) -> Option<String> {
    let plain = disability_certificate::normalise(text);
    let certificate = DisabilityCertificate::parse(&plain, today, regions).ok()?;
    let own = number.is_none_or(|number| certificate.holder() == number);
    own.then(|| {
        format!(
            "{}{}",
            certificate.class().as_str(),
            certificate.level().as_str()
        )
    })
}

/// `肢体二级`, `四级肢体`, `42`, `肢体2级` as class and level.
fn of_words(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '残' | '疾'))
        .collect();
    let digits: Vec<char> = plain.chars().filter(char::is_ascii_digit).collect();
    let word = |names: &[(&str, &str)]| {
        let found = names.iter().find(|(name, _)| plain.contains(name));
        found.map(|(_, code)| (*code).to_owned())
    };
    let classes: Vec<(&str, &str)> = DisabilityClass::ALL
        .iter()
        .map(|class| (class.zh(), class.as_str()))
        .collect();
    let levels: Vec<(&str, &str)> = DisabilityLevel::ALL
        .iter()
        .map(|level| (level.zh(), level.as_str()))
        .collect();
    let (class, level) = (word(&classes), word(&levels));
    let code = match (class, level, digits.as_slice()) {
        (Some(class), Some(level), []) => format!("{class}{level}"),
        (Some(class), None, [level]) => format!("{class}{level}"),
        (None, Some(level), [class]) => format!("{class}{level}"),
        (None, None, [class, level])
            if plain
                .chars()
                .all(|sign| sign.is_ascii_digit() || sign == '级') =>
        {
            format!("{class}{level}")
        }
        _ => return None,
    };
    let valid = matches!(code.as_bytes(), [b'1'..=b'7', b'1'..=b'4']);
    valid.then_some(code)
}

/// A day as people write one: `2021-03-01`, `2021/3/1`, `2021.3.1`, `20210301`, `2021年3月1日`.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = if digits && text.len() == 8 {
        vec![text.get(..4)?, text.get(4..6)?, text.get(6..)?]
    } else {
        text.trim_end_matches('日')
            .split(['-', '/', '.', '年', '月'])
            .collect()
    };
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_and_level_are_read_however_they_are_written() {
        for text in [
            "肢体二级",
            "二级肢体",
            "肢体2级",
            "肢体残疾 二级",
            "42",
            "4级二级",
        ] {
            assert_eq!(of_words(text).as_deref(), Some("42"), "{text}");
        }
        for text in ["肢体", "二级", "82", "肢体五级", "肢体二级3", "是"] {
            assert_eq!(of_words(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let march = Date::new(2021, 3, 1).unwrap();
        for text in [
            "2021-03-01",
            "2021/3/1",
            "2021.3.1",
            "20210301",
            "2021年3月1日",
        ] {
            assert_eq!(day(text), Some(march), "{text}");
        }
        for text in ["2021-3", "1.3.2021", "2021-13-01", "昨天", "", "2021-3-1-1"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_divisions_lose_their_endings_but_never_themselves() {
        assert_eq!(short("老榆林村村民委员会"), "老榆林村");
        assert_eq!(short("炉城街道"), "炉城");
        assert_eq!(short("村"), "村");
    }
}
