//! The roll of a month, or the whole register, in the layout that an import reads. Households go out whole, with the
//! members that the programme does not serve, so that a roll that comes back says nothing else than the register.

use std::collections::BTreeSet;

use minsheng_exchange::list::{Cell, List};
use minsheng_exchange::mapping::Field;
use minsheng_registry::{HouseholdId, erasure, households};
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

/// What only a register with decisions and payments answers.
const BENEFIT: [Field; 3] = [Field::Programme, Field::Class, Field::Amount];

/// Which households go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Households<'a> {
    /// Those that one programme paid in the month, or any.
    Paid(Option<&'a str>),
    /// All that were registered on the last day of the month; what they are paid is not said.
    Registered,
}

/// A roll. `for_another_register` gives running numbers to the households and leaves the keys of the persons out,
/// because a key means something in the register it is from only.
///
/// # Errors
/// [`StatisticsError`] of the records.
pub fn roll_out(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    which: Households<'_>,
    for_another_register: bool,
) -> Result<List, StatisticsError> {
    let columns: Vec<&(&str, Field)> = COLUMNS
        .iter()
        .filter(|(_, field)| match field {
            Field::PersonKey => !for_another_register,
            field => which != Households::Registered || !BENEFIT.contains(field),
        })
        .collect();
    let mut list = List::new(
        columns
            .iter()
            .map(|(heading, _)| (*heading).to_owned())
            .collect(),
    );
    let mut running = 0_i64;
    for household in households_of(q, sources, which)? {
        let division = households::division_of(q, household)?;
        let members = households::members(q, household, sources.day(), sources.known)?;
        // the head first, because those that follow belong to it
        let (head, others): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|member| member.relation == "head");
        if head.is_empty() && others.is_empty() {
            continue;
        }
        running += 1;
        for member in head.into_iter().chain(others) {
            let Some(person) = sources.person(q, member.person)? else {
                continue;
            };
            list.push(columns.iter().map(|(_, field)| match field {
                Field::Division => Cell::from(division.to_string()),
                Field::HouseholdNo if for_another_register => Cell::from(running.to_string()),
                field => person.answer(field),
            }));
        }
    }
    Ok(list)
}

/// The households that go out, by key.
fn households_of(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    which: Households<'_>,
) -> Result<BTreeSet<HouseholdId>, StatisticsError> {
    match which {
        Households::Paid(programme) => Ok(sources
            .roll()
            .values()
            .filter(|row| programme.is_none_or(|programme| programme == row.programme))
            .map(|row| HouseholdId(row.household))
            .collect()),
        Households::Registered => {
            let gone = erasure::households(q)?;
            let all = households::all(q, sources.known)?;
            Ok(all
                .into_iter()
                .filter(|(household, division)| {
                    sources.scope.contains(*division) && !gone.contains(household)
                })
                .map(|(household, _)| household)
                .collect())
        }
    }
}
