//! The benchmark policy hard-coded as a loop over households: every month in full, and with what is the same in
//! several months taken out of the months. What a programmer would write who had only this one policy.

use minsheng_columnar::{Batch, Data};
use minsheng_core::{Month, date_of_epoch_day};

/// A population as plain columns.
#[derive(Debug, Default)]
pub struct Population {
    first: Vec<i32>,
    size: Vec<i32>,
    urban: Vec<u8>,
    assets: Vec<u8>,
    filed: Vec<u8>,
    birth: Vec<i32>,
    level: Vec<i8>,
    income: Vec<i64>,
    monk: Vec<u8>,
    child: Vec<i8>,
    destitute: Vec<u8>,
}

fn bytes(data: &Data) -> Vec<u8> {
    match data {
        Data::Mask(values) => values.clone(),
        Data::Small(values) => values.iter().map(|value| *value as u8).collect(),
        Data::Wide(values) => values.iter().map(|value| *value as u8).collect(),
    }
}

impl Population {
    /// Takes the households of a batch; its columns stand in the order of the pack.
    pub fn add(&mut self, batch: &Batch, schema: &minsheng_columnar::Schema) {
        let household = |name: &str| {
            let at = schema
                .household
                .iter()
                .position(|column| column.name == name);
            &batch.household[at.expect("a column of the pack")].data
        };
        let person = |name: &str| {
            let at = schema.person.iter().position(|column| column.name == name);
            &batch.person[at.expect("a column of the pack")].data
        };
        let before = self.birth.len() as i32;
        for pair in batch.offsets.windows(2) {
            self.first.push(before + pair[0] as i32);
            self.size.push((pair[1] - pair[0]) as i32);
        }
        self.urban.extend(bytes(household("is_urban")));
        self.assets.extend(bytes(household("assets_ok")));
        self.filed.extend(bytes(household("filed_poor")));
        if let Data::Small(days) = person("birth_date") {
            self.birth.extend(days.iter().map(|day| {
                let day = date_of_epoch_day(i64::from(*day)).expect("a day of the calendar");
                Month::from_date(day).index()
            }));
        }
        self.level.extend(
            bytes(person("disability_level"))
                .iter()
                .map(|byte| *byte as i8),
        );
        self.child
            .extend(bytes(person("child_status")).iter().map(|byte| *byte as i8));
        self.monk.extend(bytes(person("is_monk")));
        self.destitute.extend(bytes(person("is_destitute")));
        match person("income") {
            Data::Wide(values) => self.income.extend(values),
            Data::Small(values) => self
                .income
                .extend(values.iter().map(|value| i64::from(*value))),
            Data::Mask(_) => {}
        }
    }

    /// Number of households.
    pub fn households(&self) -> usize {
        self.first.len()
    }
}

/// Figures of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    month: i32,
    urban_line: i64,
    destitute_urban: i64,
}

const RURAL_LINE_YEAR: i64 = 468_000;
const RATE_FILED: i64 = 29_500;
const RATE_SPECIAL: i64 = 28_000;
const RATE_OTHER: i64 = 26_500;
const DESTITUTE_RURAL: i64 = 50_700;
const CHILD: i64 = 90_000;
const LIVING: i64 = 10_000;
const NURSING_1: i64 = 8_000;
const NURSING_2: i64 = 5_000;
const OLD: [i64; 3] = [5_000, 10_000, 20_000];

impl Figures {
    /// Those in force in a month of 2021, from 1.
    pub fn of(month: i32, first: Month) -> Figures {
        let late = month >= 7;
        Figures {
            month: first.index() + month - 1,
            urban_line: if late { 62_000 } else { 59_000 },
            destitute_urban: if late { 80_600 } else { 76_700 },
        }
    }
}

fn old(age_months: i32) -> i64 {
    if age_months >= 1_200 {
        OLD[2]
    } else if age_months >= 1_080 {
        OLD[1]
    } else {
        OLD[0]
    }
}

/// Every household for one month.
pub fn full(p: &Population, f: &Figures, out: &mut [i64]) {
    for (h, out) in out.iter_mut().enumerate() {
        let (from, to) = (p.first[h] as usize, (p.first[h] + p.size[h]) as usize);
        let urban = p.urban[h] != 0;
        let (mut n, mut income, mut special) = (0_i64, 0_i64, 0_i64);
        let (mut own, mut disabled_others, mut destitute) = (0_i64, 0_i64, 0_i64);
        for i in from..to {
            let (level, child, poor) = (p.level[i], p.child[i], p.destitute[i] != 0);
            let counted = i64::from(!poor && child == 0);
            n += counted;
            income += counted * p.income[i];
            special += counted * i64::from(level == 1 || level == 2 || p.monk[i] != 0);
            let disabled = (1..=4).contains(&level);
            destitute += i64::from(poor);
            disabled_others += i64::from(disabled && !poor);
            own +=
                i64::from(disabled && poor) * LIVING + i64::from(child == 1 || child == 2) * CHILD;
            own += match level {
                1 => NURSING_1,
                2 => NURSING_2,
                _ => 0,
            };
            let age = f.month - p.birth[i];
            if age >= 960 {
                own += old(age);
            }
        }
        let dibao = dibao(p, h, n, income, special, f.urban_line);
        let support = if urban {
            f.destitute_urban
        } else {
            DESTITUTE_RURAL
        };
        *out = dibao
            + own
            + destitute * support
            + if dibao > 0 {
                disabled_others * LIVING
            } else {
                0
            };
    }
}

fn dibao(p: &Population, h: usize, n: i64, income: i64, special: i64, urban_line: i64) -> i64 {
    if n == 0 || p.assets[h] == 0 {
        return 0;
    }
    let each = income / n;
    if p.urban[h] != 0 {
        (urban_line - each).max(0) * n
    } else if each * 12 >= RURAL_LINE_YEAR {
        0
    } else if p.filed[h] != 0 {
        RATE_FILED * n
    } else {
        RATE_OTHER * n + (RATE_SPECIAL - RATE_OTHER) * special
    }
}

/// Every household for all months: only the old-age allowance is looked at month by month, what depends on the figures
/// of a month once for each set of figures.
pub fn hoisted(p: &Population, months: &[Figures], out: &mut [Vec<i64>]) {
    let mut sets: Vec<(i64, i64)> = Vec::new();
    let mut set_of = Vec::new();
    for f in months {
        let figures = (f.urban_line, f.destitute_urban);
        let at = sets
            .iter()
            .position(|set| *set == figures)
            .unwrap_or_else(|| {
                sets.push(figures);
                sets.len() - 1
            });
        set_of.push(at);
    }
    let last = months.iter().map(|f| f.month).max().unwrap_or(0);
    let mut by_set = vec![0_i64; sets.len()];
    for h in 0..p.households() {
        let (from, to) = (p.first[h] as usize, (p.first[h] + p.size[h]) as usize);
        let urban = p.urban[h] != 0;
        let (mut n, mut income, mut special) = (0_i64, 0_i64, 0_i64);
        let (mut own, mut disabled_others, mut destitute, mut any_old) =
            (0_i64, 0_i64, 0_i64, false);
        for i in from..to {
            let (level, child, poor) = (p.level[i], p.child[i], p.destitute[i] != 0);
            let counted = i64::from(!poor && child == 0);
            n += counted;
            income += counted * p.income[i];
            special += counted * i64::from(level == 1 || level == 2 || p.monk[i] != 0);
            let disabled = (1..=4).contains(&level);
            destitute += i64::from(poor);
            disabled_others += i64::from(disabled && !poor);
            own +=
                i64::from(disabled && poor) * LIVING + i64::from(child == 1 || child == 2) * CHILD;
            own += match level {
                1 => NURSING_1,
                2 => NURSING_2,
                _ => 0,
            };
            any_old |= last - p.birth[i] >= 960;
        }
        for (sum, (line, support)) in by_set.iter_mut().zip(&sets) {
            let dibao = dibao(p, h, n, income, special, *line);
            let support = if urban { *support } else { DESTITUTE_RURAL };
            *sum = dibao
                + own
                + destitute * support
                + if dibao > 0 {
                    disabled_others * LIVING
                } else {
                    0
                };
        }
        if any_old {
            for ((f, set), out) in months.iter().zip(&set_of).zip(out.iter_mut()) {
                let ages = p.birth[from..to].iter().map(|birth| f.month - birth);
                let allowance: i64 = ages.filter(|age| *age >= 960).map(old).sum();
                out[h] = by_set[*set] + allowance;
            }
        } else {
            for (set, out) in set_of.iter().zip(out.iter_mut()) {
                out[h] = by_set[*set];
            }
        }
    }
}
