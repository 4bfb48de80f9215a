//! The roll of a month in the layout that an import reads. Households go out whole, with the members that the
//! programme does not serve, so that a roll that comes back says nothing else than the register.

use std::collections::BTreeMap;

use minsheng_exchange::list::{Cell, List};
use minsheng_exchange::mapping::Field;
use minsheng_registry::{HouseholdId, households};
use minsheng_store::Query;

use super::Sources;
use crate::StatisticsError;

/// Headings, and what stands under them. They are those of the offices that exchange rolls, in every language.
const COLUMNS: [(&str, Field); 15] = [
    ("户号", Field::HouseholdNo),
    ("姓名", Field::Name),
    ("人员编号", Field::PersonKey),
    ("身份证号", Field::IdNumber),
    ("性别", Field::Sex),
    ("出生日期", Field::Birth),
    ("与户主关系", Field::Relation),
    ("乡镇", Field::Township),
    ("区划代码", Field::Division),
    ("类别", Field::Area),
    ("项目", Field::Programme),
    ("档次", Field::Class),
    ("月保障金额", Field::Amount),
    ("残疾类别等级", Field::Disability),
    ("一卡通账号", Field::Account),
];

/// The roll of one programme, or of all.
///
/// # Errors
/// [`StatisticsError`] of the records.
pub fn roll_out(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    programme: Option<&str>,
) -> Result<List, StatisticsError> {
    let mut of_programme: BTreeMap<i64, ()> = BTreeMap::new();
    for row in sources.roll().values() {
        if programme.is_none_or(|programme| programme == row.programme) {
            of_programme.insert(row.household, ());
        }
    }
    let mut list = List::new(
        COLUMNS
            .iter()
            .map(|(heading, _)| (*heading).to_owned())
            .collect(),
    );
    for household in of_programme.into_keys() {
        let household = HouseholdId(household);
        let division = households::division_of(q, household)?;
        let members = households::members(q, household, sources.day(), sources.known)?;
        // the head first, because those that follow belong to it
        let (head, others): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|member| member.relation == "head");
        for member in head.into_iter().chain(others) {
            let Some(person) = sources.person(q, member.person)? else {
                continue;
            };
            list.push(COLUMNS.iter().map(|(_, field)| match field {
                Field::Division => Cell::from(division.to_string()),
                field => person.answer(field),
            }));
        }
    }
    Ok(list)
}
