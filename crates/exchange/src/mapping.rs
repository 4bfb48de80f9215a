//! Which column is which. Headings that offices use are known; a mapping adds or overrides headings, relations and
//! divisions of one sender's layout.

use std::collections::BTreeMap;

use minsheng_core::Relation;

use crate::ExchangeError;

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Name of the person.
    Name,
    /// Citizen identity number, whole or masked.
    IdNumber,
    /// Key of the person, `P000123`.
    PersonKey,
    /// Sex.
    Sex,
    /// Date of birth.
    Birth,
    /// Age; never stored, a form may ask for it.
    Age,
    /// Number of the household on the roll, or its key `H000123`.
    HouseholdNo,
    /// Name of the head of the household.
    HeadName,
    /// Relation to the head.
    Relation,
    /// Township or street, by name.
    Township,
    /// Village or community, by name.
    Village,
    /// Division by its 12-digit code.
    Division,
    /// Urban or rural.
    Area,
    /// Programme, by code or name.
    Programme,
    /// Class of the benefit.
    Class,
    /// Amount of a month in yuan.
    Amount,
    /// Months paid in the year.
    MonthsPaid,
    /// Sum paid in the year.
    PaidInYear,
    /// Account number.
    Account,
    /// Class of disability.
    DisabilityClass,
    /// Level of disability.
    DisabilityLevel,
    /// Class and level in one cell, or the number of the certificate.
    Disability,
    /// Day of the decision.
    DecidedOn,
    /// Number of the case.
    CaseNumber,
    /// Evidence of a kind that the packs declare, with its slot.
    Evidence {
        /// Kind.
        kind: String,
        /// Slot; empty where there is only one.
        slot: String,
    },
    /// Known, and of no use here: running numbers, telephone, remarks.
    Ignored,
}

const FIELDS: &[(&str, Field)] = &[
    ("name", Field::Name),
    ("id_number", Field::IdNumber),
    ("person", Field::PersonKey),
    ("sex", Field::Sex),
    ("birth", Field::Birth),
    ("age", Field::Age),
    ("household_no", Field::HouseholdNo),
    ("head_name", Field::HeadName),
    ("relation", Field::Relation),
    ("township", Field::Township),
    ("village", Field::Village),
    ("division", Field::Division),
    ("area", Field::Area),
    ("programme", Field::Programme),
    ("class", Field::Class),
    ("amount", Field::Amount),
    ("months_paid", Field::MonthsPaid),
    ("paid_in_year", Field::PaidInYear),
    ("account", Field::Account),
    ("disability_class", Field::DisabilityClass),
    ("disability_level", Field::DisabilityLevel),
    ("disability", Field::Disability),
    ("decided_on", Field::DecidedOn),
    ("case_number", Field::CaseNumber),
    ("ignored", Field::Ignored),
];

/// Headings as offices write them, without spaces, brackets and asterisks.
const HEADINGS: &[(&str, Field)] = &[
    ("姓名", Field::Name),
    ("人员姓名", Field::Name),
    ("成员姓名", Field::Name),
    ("家庭成员姓名", Field::Name),
    ("保障对象姓名", Field::Name),
    ("name", Field::Name),
    ("身份证号", Field::IdNumber),
    ("身份证号码", Field::IdNumber),
    ("公民身份号码", Field::IdNumber),
    ("公民身份证号码", Field::IdNumber),
    ("居民身份证号", Field::IdNumber),
    ("证件号码", Field::IdNumber),
    ("身份证", Field::IdNumber),
    ("idnumber", Field::IdNumber),
    ("人员编号", Field::PersonKey),
    ("person", Field::PersonKey),
    ("性别", Field::Sex),
    ("sex", Field::Sex),
    ("出生日期", Field::Birth),
    ("出生年月日", Field::Birth),
    ("birth", Field::Birth),
    ("年龄", Field::Age),
    ("age", Field::Age),
    ("户号", Field::HouseholdNo),
    ("户编号", Field::HouseholdNo),
    ("家庭编号", Field::HouseholdNo),
    ("低保证号", Field::HouseholdNo),
    ("户主证号", Field::HouseholdNo),
    ("householdnumber", Field::HouseholdNo),
    ("户主姓名", Field::HeadName),
    ("户主", Field::HeadName),
    ("headname", Field::HeadName),
    ("与户主关系", Field::Relation),
    ("与申请人关系", Field::Relation),
    ("家庭关系", Field::Relation),
    ("关系", Field::Relation),
    ("relation", Field::Relation),
    ("乡镇", Field::Township),
    ("乡镇街道", Field::Township),
    ("乡/镇", Field::Township),
    ("乡镇/街道", Field::Township),
    ("所属乡镇", Field::Township),
    ("街道", Field::Township),
    ("township", Field::Township),
    ("村", Field::Village),
    ("村社区", Field::Village),
    ("村/社区", Field::Village),
    ("村居", Field::Village),
    ("社区", Field::Village),
    ("行政村", Field::Village),
    ("所属村", Field::Village),
    ("village", Field::Village),
    ("区划代码", Field::Division),
    ("行政区划代码", Field::Division),
    ("division", Field::Division),
    ("类别", Field::Area),
    ("城乡类别", Field::Area),
    ("户口性质", Field::Area),
    ("area", Field::Area),
    ("项目", Field::Programme),
    ("救助项目", Field::Programme),
    ("救助类别", Field::Programme),
    ("programme", Field::Programme),
    ("档次", Field::Class),
    ("保障档次", Field::Class),
    ("class", Field::Class),
    ("月保障金额", Field::Amount),
    ("月补助金额", Field::Amount),
    ("月救助金", Field::Amount),
    ("月发放金额", Field::Amount),
    ("保障金额", Field::Amount),
    ("monthlyamount", Field::Amount),
    ("发放月数", Field::MonthsPaid),
    ("monthspaid", Field::MonthsPaid),
    ("全年发放金额", Field::PaidInYear),
    ("年度发放金额", Field::PaidInYear),
    ("累计发放金额", Field::PaidInYear),
    ("paidinyear", Field::PaidInYear),
    ("账号", Field::Account),
    ("帐号", Field::Account),
    ("银行账号", Field::Account),
    ("银行卡号", Field::Account),
    ("一卡通账号", Field::Account),
    ("一卡通", Field::Account),
    ("社保卡号", Field::Account),
    ("account", Field::Account),
    ("残疾类别", Field::DisabilityClass),
    ("残疾等级", Field::DisabilityLevel),
    ("残疾级别", Field::DisabilityLevel),
    ("残疾类别等级", Field::Disability),
    ("残疾情况", Field::Disability),
    ("残疾证号", Field::Disability),
    ("残疾人证号", Field::Disability),
    ("disability", Field::Disability),
    ("批准日期", Field::DecidedOn),
    ("确认日期", Field::DecidedOn),
    ("审批日期", Field::DecidedOn),
    ("decidedon", Field::DecidedOn),
    ("案号", Field::CaseNumber),
    ("受理编号", Field::CaseNumber),
    ("casenumber", Field::CaseNumber),
    ("序号", Field::Ignored),
    ("编号", Field::Ignored),
    ("开户行", Field::Ignored),
    ("开户银行", Field::Ignored),
    ("联系电话", Field::Ignored),
    ("联系方式", Field::Ignored),
    ("电话", Field::Ignored),
    ("住址", Field::Ignored),
    ("家庭住址", Field::Ignored),
    ("备注", Field::Ignored),
    ("原因", Field::Ignored),
    ("reason", Field::Ignored),
];

const RELATIONS: &[(&str, Relation)] = &[
    ("本人", Relation::Head),
    ("户主", Relation::Head),
    ("申请人", Relation::Head),
    ("配偶", Relation::Spouse),
    ("夫", Relation::Spouse),
    ("妻", Relation::Spouse),
    ("丈夫", Relation::Spouse),
    ("妻子", Relation::Spouse),
    ("子", Relation::Child),
    ("女", Relation::Child),
    ("儿子", Relation::Child),
    ("女儿", Relation::Child),
    ("长子", Relation::Child),
    ("次子", Relation::Child),
    ("三子", Relation::Child),
    ("四子", Relation::Child),
    ("独生子", Relation::Child),
    ("养子", Relation::Child),
    ("继子", Relation::Child),
    ("长女", Relation::Child),
    ("次女", Relation::Child),
    ("三女", Relation::Child),
    ("四女", Relation::Child),
    ("独生女", Relation::Child),
    ("养女", Relation::Child),
    ("继女", Relation::Child),
    ("子女", Relation::Child),
    ("父", Relation::Parent),
    ("母", Relation::Parent),
    ("父亲", Relation::Parent),
    ("母亲", Relation::Parent),
    ("父母", Relation::Parent),
    ("祖父", Relation::Grandparent),
    ("祖母", Relation::Grandparent),
    ("爷爷", Relation::Grandparent),
    ("奶奶", Relation::Grandparent),
    ("外祖父", Relation::Grandparent),
    ("外祖母", Relation::Grandparent),
    ("外公", Relation::Grandparent),
    ("外婆", Relation::Grandparent),
    ("祖父母、外祖父母", Relation::Grandparent),
    ("孙子", Relation::Grandchild),
    ("孙女", Relation::Grandchild),
    ("外孙", Relation::Grandchild),
    ("外孙子", Relation::Grandchild),
    ("外孙女", Relation::Grandchild),
    ("孙子女、外孙子女", Relation::Grandchild),
    ("兄", Relation::Sibling),
    ("弟", Relation::Sibling),
    ("姐", Relation::Sibling),
    ("妹", Relation::Sibling),
    ("哥哥", Relation::Sibling),
    ("弟弟", Relation::Sibling),
    ("姐姐", Relation::Sibling),
    ("妹妹", Relation::Sibling),
    ("兄弟姐妹", Relation::Sibling),
    ("其他", Relation::Other),
    ("儿媳", Relation::Other),
    ("女婿", Relation::Other),
    ("岳父", Relation::Other),
    ("岳母", Relation::Other),
    ("公公", Relation::Other),
    ("婆婆", Relation::Other),
    ("侄子", Relation::Other),
    ("侄女", Relation::Other),
    ("非亲属", Relation::Other),
];

impl Field {
    /// The field of a name in a mapping.
    fn of_name(name: &str) -> Option<Self> {
        if let Some(rest) = name.strip_prefix("evidence.") {
            let (kind, slot) = rest.split_once('.').unwrap_or((rest, ""));
            let (kind, slot) = (kind.to_owned(), slot.to_owned());
            return (!kind.is_empty()).then_some(Field::Evidence { kind, slot });
        }
        FIELDS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, field)| field.clone())
    }

    /// The name of the field in a mapping.
    pub fn name(&self) -> String {
        match self {
            Field::Evidence { kind, slot } if slot.is_empty() => format!("evidence.{kind}"),
            Field::Evidence { kind, slot } => format!("evidence.{kind}.{slot}"),
            other => FIELDS
                .iter()
                .find(|(_, field)| field == other)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }
}

/// What is known about the layout of a sender.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    columns: BTreeMap<String, Field>,
    relations: BTreeMap<String, Relation>,
    divisions: BTreeMap<String, i64>,
    /// The sheet that is meant, if the file has several.
    pub sheet: Option<String>,
    /// The line of the headings, where they would not be found.
    pub header_line: Option<u32>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    sheet: Option<String>,
    header_line: Option<u32>,
    columns: BTreeMap<String, String>,
    relations: BTreeMap<String, String>,
    divisions: BTreeMap<String, i64>,
}

impl Mapping {
    /// Reads a mapping (TOML): tables `columns` (heading = field), `relations` (word = code) and `divisions`
    /// (name = 12-digit code), and `sheet` and `header_line`.
    ///
    /// # Errors
    /// [`ExchangeError::Mapping`] naming what it does not know.
    pub fn parse(text: &str) -> Result<Self, ExchangeError> {
        let refuse = |reason: String| ExchangeError::Mapping(reason);
        let written: Written = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let mut mapping = Mapping {
            sheet: written.sheet,
            header_line: written.header_line,
            ..Mapping::default()
        };
        for (heading, name) in written.columns {
            let field = Field::of_name(&name).ok_or_else(|| {
                let known: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
                refuse(format!(
                    "columns.{heading}: `{name}` is no field; one of {}, evidence.KIND, evidence.KIND.SLOT",
                    known.join(", ")
                ))
            })?;
            mapping.columns.insert(plain_heading(&heading), field);
        }
        for (word, code) in written.relations {
            let relation = code
                .parse()
                .map_err(|error| refuse(format!("relations.{word}: {error}")))?;
            mapping.relations.insert(word.trim().to_owned(), relation);
        }
        for (name, code) in written.divisions {
            mapping.divisions.insert(name.trim().to_owned(), code);
        }
        Ok(mapping)
    }

    /// The field of a heading.
    pub fn field(&self, heading: &str) -> Option<Field> {
        let plain = plain_heading(heading);
        if plain.is_empty() {
            return None;
        }
        let own = self.columns.get(&plain).cloned();
        own.or_else(|| {
            HEADINGS
                .iter()
                .find(|(known, _)| *known == plain)
                .map(|(_, field)| field.clone())
        })
    }

    /// The relation of a word; a code counts as a word.
    pub fn relation(&self, word: &str) -> Option<Relation> {
        let word = word.trim();
        self.relations
            .get(word)
            .copied()
            .or_else(|| {
                RELATIONS
                    .iter()
                    .find(|(known, _)| *known == word)
                    .map(|(_, relation)| *relation)
            })
            .or_else(|| word.parse().ok())
    }

    /// The division that the mapping gives to a name.
    pub fn division(&self, name: &str) -> Option<i64> {
        self.divisions.get(name.trim()).copied()
    }
}

/// A heading for comparing: `* 身份证 号码（必填）` is `身份证号码`.
fn plain_heading(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::new();
    for character in heading.chars() {
        match character {
            '（' | '(' | '【' | '[' => depth += 1,
            '）' | ')' | '】' | ']' => depth = depth.saturating_sub(1),
            '*' | '＊' | ':' | '：' | '_' | '-' => {}
            space if space.is_whitespace() => {}
            other if depth == 0 => plain.extend(other.to_lowercase()),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_offices_are_known_however_they_are_dressed() {
        let mapping = Mapping::default();
        for (heading, field) in [
            ("姓 名", Field::Name),
            ("*身份证号码（18位）", Field::IdNumber),
            ("与户主\n关系", Field::Relation),
            ("乡镇/街道", Field::Township),
            ("类别（城市/农村）", Field::Area),
            ("一卡通账号", Field::Account),
            ("ID number", Field::IdNumber),
        ] {
            assert_eq!(mapping.field(heading), Some(field), "{heading}");
        }
        assert_eq!(mapping.field("天气"), None);
        assert_eq!(mapping.field("（）"), None);
    }

    #[test]
    fn a_mapping_adds_and_overrides_and_refuses_what_it_does_not_know() {
        let text = "header_line = 3\n[columns]\n\"受助人\" = \"name\"\n\"姓名\" = \"head_name\"\n\"工资\" = \"evidence.income.wage\"\n[relations]\n\"幺儿\" = \"child\"\n[divisions]\n\"老榆林\" = 513301001001\n";
        let mapping = Mapping::parse(text).unwrap();
        assert_eq!(mapping.field("受助人"), Some(Field::Name));
        assert_eq!(mapping.field("姓名"), Some(Field::HeadName));
        assert_eq!(
            mapping.field("工资").unwrap().name(),
            "evidence.income.wage"
        );
        assert_eq!(mapping.relation("幺儿"), Some(Relation::Child));
        assert_eq!(mapping.relation("长女"), Some(Relation::Child));
        assert_eq!(mapping.relation("head"), Some(Relation::Head));
        assert_eq!(mapping.relation("邻居"), None);
        assert_eq!(mapping.division("老榆林"), Some(513_301_001_001));
        for bad in [
            "[columns]\nx = \"weather\"",
            "[relations]\nx = \"aunt\"",
            "colums = 1",
            "[",
        ] {
            assert!(Mapping::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_field_has_one_name_and_every_heading_one_field() {
        for (name, field) in FIELDS {
            assert_eq!(Field::of_name(name).as_ref(), Some(field));
            assert_eq!(&field.name(), name);
        }
        for (at, (heading, _)) in HEADINGS.iter().enumerate() {
            assert_eq!(plain_heading(heading), *heading, "{heading}");
            assert!(
                HEADINGS[..at].iter().all(|(other, _)| other != heading),
                "{heading}"
            );
        }
    }
}
