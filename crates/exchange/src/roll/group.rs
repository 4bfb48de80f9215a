//! Rows into households: by their number, by the name of the head, or by a row of a head and those that follow.

use std::collections::BTreeMap;

use minsheng_core::{BankAccount, CitizenId, Date, Relation, normalise_name};

use super::cells::{Cells, Places};
use super::{Bad, Finding, RawEvidence, RollHousehold, RollPerson, Surroundings, place_of, shown};
use crate::ExchangeError;
use crate::mapping::{Field, Mapping};
use crate::sheet::Sheet;
use crate::table::Line;

pub(super) fn households(
    sheet: &Sheet<'_>,
    mapping: &Mapping,
    around: Surroundings<'_>,
) -> Result<Vec<Result<RollHousehold, Bad>>, ExchangeError> {
    let places = Places::new(around.divisions);
    let groups = groups(sheet, mapping)?;
    let mut seen = Seen::default();
    Ok(groups
        .into_iter()
        .map(|(no, lines)| household(sheet, mapping, around, &places, &mut seen, (no, &lines)))
        .collect())
}

/// What stood in earlier rows of the file.
#[derive(Default)]
struct Seen {
    numbers: BTreeMap<CitizenId, u32>,
    keys: BTreeMap<i64, u32>,
    /// Line of the account, and first line of its household.
    accounts: BTreeMap<BankAccount, (u32, u32)>,
}

type Group<'t> = (Option<String>, Vec<&'t Line>);

fn groups<'t>(sheet: &Sheet<'t>, mapping: &Mapping) -> Result<Vec<Group<'t>>, ExchangeError> {
    let has = |field: &Field| sheet.column(field).is_some();
    let mut groups: Vec<Group<'t>> = Vec::new();
    if has(&Field::HouseholdNo) {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut above: Option<String> = None;
        for line in &sheet.rows {
            let no = sheet.cell(line, &Field::HouseholdNo).text();
            // a merged cell holds its value in the first row only
            if !no.is_empty() {
                above = Some(no);
            }
            let no = above.clone();
            match no
                .as_ref()
                .and_then(|no| places.get(no))
                .and_then(|place| groups.get_mut(*place))
            {
                Some((_, lines)) => lines.push(line),
                None => {
                    if let Some(no) = &no {
                        places.insert(no.clone(), groups.len());
                    }
                    groups.push((no, vec![line]));
                }
            }
        }
        return Ok(groups);
    }
    let by_relation = has(&Field::Relation);
    if !by_relation && !has(&Field::HeadName) {
        return Err(ExchangeError::NoHouseholds);
    }
    let mut head = String::new();
    for line in &sheet.rows {
        let written = normalise_name(&sheet.cell(line, &Field::HeadName).text());
        let begins = if by_relation {
            let relation = mapping.relation(&sheet.cell(line, &Field::Relation).text());
            relation == Some(Relation::Head)
                || (!written.is_empty() && !head.is_empty() && written != head)
        } else {
            !written.is_empty() && written != head
        };
        match groups.last_mut() {
            Some((_, lines)) if !begins => lines.push(line),
            _ => groups.push((None, vec![line])),
        }
        if !written.is_empty() {
            head = written;
        }
    }
    Ok(groups)
}

fn household(
    sheet: &Sheet<'_>,
    mapping: &Mapping,
    around: Surroundings<'_>,
    places: &Places,
    seen: &mut Seen,
    (no, lines): (Option<String>, &[&Line]),
) -> Result<RollHousehold, Bad> {
    let mut findings = Vec::new();
    let mut members = Vec::new();
    let mut evidence: Vec<RawEvidence> = Vec::new();
    let mut division = None;
    let mut programme = None;
    for line in lines {
        let mut row = Row {
            cells: Cells {
                sheet,
                mapping,
                places,
                around,
                line,
                findings: Vec::new(),
            },
            household: lines.first().map_or(0, |first| first.number),
        };
        let found = row.cells.division();
        match (division, found) {
            (None, found) => division = found,
            (Some(first), Some(other)) if first != other => {
                row.cells
                    .refuse(&Field::Village, "division-differs", Vec::new());
            }
            _ => {}
        }
        let named = row.cells.text(&Field::Programme);
        if programme.is_none() {
            programme = named;
        }
        if let Some((person, of_household)) = row.person(seen) {
            for new in of_household {
                match evidence
                    .iter()
                    .find(|old| old.kind == new.kind && old.slot == new.slot)
                {
                    Some(old) if old.text != new.text => {
                        row.cells.findings.push(Finding {
                            line: new.line,
                            column: new.column.clone(),
                            shown: shown(&new.text),
                            problem: "household-differs",
                            with: vec![("first", old.line.to_string())],
                        });
                    }
                    Some(_) => {}
                    None => evidence.push(new),
                }
            }
            members.push(person);
        }
        findings.append(&mut row.cells.findings);
    }
    let line = lines.first().map_or(0, |line| line.number);
    let whole = |problem, with| Finding {
        line,
        column: String::new(),
        shown: no.clone().unwrap_or_default(),
        problem,
        with,
    };
    // a row that could not be read may be the head
    if findings.is_empty() {
        match members
            .iter()
            .filter(|person| person.relation == Relation::Head)
            .count()
        {
            1 => {}
            0 => findings.push(whole("no-head", Vec::new())),
            heads => findings.push(whole("heads", vec![("heads", heads.to_string())])),
        }
        if division.is_none() {
            findings.push(Finding {
                column: place_of(sheet, &Field::Village),
                ..whole("division-missing", Vec::new())
            });
        }
    }
    let Some(division) = division.filter(|_| findings.is_empty()) else {
        return Err(Bad {
            lines: lines.iter().map(|line| line.number).collect(),
            findings,
        });
    };
    one_account_per_holder(&mut members);
    let key = no.as_deref().and_then(household_key);
    Ok(RollHousehold {
        no: no.unwrap_or_else(|| format!("#{line}")),
        key,
        division,
        programme,
        members,
        evidence,
    })
}

/// `H000123` as the key of a household.
fn household_key(no: &str) -> Option<i64> {
    no.strip_prefix('H')?.parse().ok().filter(|key| *key > 0)
}

/// Rolls repeat the account of the head in each row; it is entered once, for its holder.
fn one_account_per_holder(members: &mut [RollPerson]) {
    let head = members
        .iter()
        .find(|person| person.relation == Relation::Head)
        .and_then(|person| person.account.clone());
    for person in members {
        if person.relation != Relation::Head && person.account.is_some() && person.account == head {
            person.account = None;
        }
    }
}

struct Row<'a> {
    cells: Cells<'a>,
    /// First line of the household.
    household: u32,
}

impl Row<'_> {
    fn person(&mut self, seen: &mut Seen) -> Option<(RollPerson, Vec<RawEvidence>)> {
        let line = self.cells.line.number;
        let name = self.cells.name();
        let numbers = self.cells.number();
        let (number, masked) = numbers.clone().unwrap_or_default();
        let key = self.key(masked.is_some());
        // what the number says is not asked for again where the number itself is wrong
        let (birth, sex): (Option<Date>, _) = if numbers.is_some() {
            (
                self.cells.birth(number.as_ref()),
                self.cells.sex(number.as_ref()),
            )
        } else {
            (None, None)
        };
        let relation = self.cells.relation(name.as_deref());
        let account = self.cells.account();
        let all = self.cells.evidence(number.as_ref());
        self.doubles(seen, number.as_ref(), key, account.as_ref());
        if !self.cells.findings.is_empty() {
            return None;
        }
        let (of_household, evidence) = all
            .into_iter()
            .partition(|row| self.cells.around.household_kinds.contains(&row.kind));
        let person = RollPerson {
            line,
            name: name?,
            number,
            masked,
            key,
            sex: sex?,
            birth: birth?,
            relation: relation?,
            account,
            evidence,
        };
        Some((person, of_household))
    }

    fn key(&mut self, masked: bool) -> Option<i64> {
        match self.cells.text(&Field::PersonKey) {
            Some(text) => {
                let key = text
                    .trim()
                    .trim_start_matches(['P', 'p'])
                    .parse::<i64>()
                    .ok()
                    .filter(|key| *key > 0);
                if key.is_none() {
                    self.cells
                        .refuse(&Field::PersonKey, "person-key", Vec::new());
                }
                key
            }
            None => {
                if masked {
                    self.cells.refuse(&Field::IdNumber, "masked", Vec::new());
                }
                None
            }
        }
    }

    /// The same person twice, or one account for two households.
    fn doubles(
        &mut self,
        seen: &mut Seen,
        number: Option<&CitizenId>,
        key: Option<i64>,
        account: Option<&BankAccount>,
    ) {
        let line = self.cells.line.number;
        let mut twice = number
            .and_then(|number| seen.numbers.insert(number.clone(), line))
            .map(|first| (Field::IdNumber, first));
        if let Some(first) = key.and_then(|key| seen.keys.insert(key, line)) {
            twice = twice.or(Some((Field::PersonKey, first)));
        }
        if let Some((field, first)) = twice {
            self.cells
                .refuse(&field, "twice", vec![("first", first.to_string())]);
        }
        if let Some(account) = account {
            match seen.accounts.get(account).copied() {
                Some((first, household)) if household != self.household => {
                    self.cells.refuse(
                        &Field::Account,
                        "account-twice",
                        vec![("first", first.to_string())],
                    );
                }
                Some(_) => {}
                None => {
                    seen.accounts
                        .insert(account.clone(), (line, self.household));
                }
            }
        }
    }
}
