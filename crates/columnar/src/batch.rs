//! A batch of households as columns: members of a household stand together, and offsets say where each begins.
//!
//! Must not know: rules.

use minsheng_core::{date_of_epoch_day, epoch_day};
use minsheng_policy::Programme;
use minsheng_policy::compiled::{Cell, FactCells, Type};

use crate::schema::{Place, Schema, is_flag};

/// Values of a column in the narrowest of three widths.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Truth values, 0 or 1.
    Mask(Vec<u8>),
    /// Numbers, codes, days since 1970-01-01.
    Small(Vec<i32>),
    /// The same, where they need it.
    Wide(Vec<i64>),
}

/// A column; where it is missing or absent the value means nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The values.
    pub data: Data,
    /// 1 where the value is not known.
    pub missing: Option<Vec<u8>>,
    /// 1 where it is known that there is none.
    pub absent: Option<Vec<u8>>,
    /// Smallest and largest value, if they are known already.
    ends: Option<(i64, i64)>,
}

impl Column {
    /// A column without gaps.
    pub fn new(data: Data) -> Column {
        Column {
            data,
            missing: None,
            absent: None,
            ends: None,
        }
    }

    /// The column, for a reader that has looked at all values already: none is below or above these.
    pub fn with_ends(mut self, low: i64, high: i64) -> Column {
        self.ends = Some((low, high));
        self
    }

    /// A column of which nothing is known.
    pub fn unknown(rows: usize, flag: bool) -> Column {
        let data = if flag {
            Data::Mask(vec![0; rows])
        } else {
            Data::Small(vec![0; rows])
        };
        Column {
            missing: Some(vec![1; rows]),
            ..Column::new(data).with_ends(0, 0)
        }
    }

    /// The column with marks for what is not known; a mask without marks is left out.
    pub fn with_missing(mut self, missing: Vec<u8>) -> Column {
        self.missing = missing.contains(&1).then_some(missing);
        self
    }

    /// The column with marks for what is declared to be absent; a mask without marks is left out.
    pub fn with_absent(mut self, absent: Vec<u8>) -> Column {
        self.absent = absent.contains(&1).then_some(absent);
        self
    }

    /// Smallest and largest value and 0, those without a meaning included.
    pub(crate) fn range(&self) -> (i64, i64) {
        if let Some((low, high)) = self.ends {
            return (low.min(0), high.max(0));
        }
        match &self.data {
            Data::Mask(_) => (0, 1),
            Data::Small(values) => {
                let (low, high) = ends(values);
                (i64::from(low), i64::from(high))
            }
            Data::Wide(values) => ends(values),
        }
    }

    fn value(&self, row: usize) -> i64 {
        match &self.data {
            Data::Mask(values) => i64::from(values[row]),
            Data::Small(values) => i64::from(values[row]),
            Data::Wide(values) => values[row],
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match &self.data {
            Data::Mask(values) => values.len(),
            Data::Small(values) => values.len(),
            Data::Wide(values) => values.len(),
        }
    }
}

fn ends<T: Copy + Ord + Default>(values: &[T]) -> (T, T) {
    let zero = (T::default(), T::default());
    values.iter().fold(zero, |(low, high), value| {
        (low.min(*value), high.max(*value))
    })
}

/// Records of one kind: where those of each row begin, and their fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// One more than there are rows of the household or member.
    pub offsets: Vec<u32>,
    /// One column per field.
    pub fields: Vec<Column>,
}

/// A batch of households.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Ids of the households.
    pub household_ids: Vec<i64>,
    /// Ids of the members.
    pub person_ids: Vec<i64>,
    /// Where the members of each household begin, and the end of the last.
    pub offsets: Vec<u32>,
    /// By the columns of the schema.
    pub household: Vec<Column>,
    /// By the columns of the schema.
    pub person: Vec<Column>,
    /// By the lists of the schema.
    pub records: Vec<Records>,
    /// Who applies alone: place in the household, below zero for nobody; `None` when nobody does at all.
    pub single: Option<Vec<i32>>,
}

impl Batch {
    /// Number of households.
    pub fn households(&self) -> usize {
        self.household_ids.len()
    }

    pub(crate) fn column(&self, place: Place, index: u16) -> &Column {
        match place {
            Place::Household => &self.household[index as usize],
            Place::Person => &self.person[index as usize],
        }
    }

    /// A batch from the facts of households as the reference evaluator reads them, for a schema of this programme alone.
    pub fn from_cells(programme: &Programme, schema: &Schema, all: &[FactCells]) -> Batch {
        let layout = &programme.compiled().layout;
        let mut offsets = vec![0];
        for cells in all {
            let last = offsets.last().copied().unwrap_or(0);
            offsets.push(last + cells.person_ids.len() as u32);
        }
        let width = layout.person.len();
        let household_cells = |slot: usize| {
            all.iter()
                .map(move |cells| (cells.household[slot], &cells.records))
        };
        let person_cells = |slot: usize| {
            all.iter().flat_map(move |cells| {
                let rows = cells.persons.chunks(width.max(1));
                rows.map(move |row| (row[slot], &cells.records))
            })
        };
        let mut records = Vec::new();
        for list in &schema.records {
            let (at, fields) = (list.column as usize, list.codes.len());
            records.push(match list.place {
                Place::Household => records_of(household_cells(at), fields),
                Place::Person => records_of(person_cells(at), fields),
            });
        }
        let household = layout.household.iter().enumerate();
        let person = layout.person.iter().enumerate();
        Batch {
            household_ids: all.iter().map(|cells| cells.household_id).collect(),
            person_ids: all
                .iter()
                .flat_map(|cells| cells.person_ids.clone())
                .collect(),
            offsets,
            household: household
                .map(|(at, slot)| column(is_flag(&slot.ty), household_cells(at).map(|c| c.0)))
                .collect(),
            person: person
                .map(|(at, slot)| column(is_flag(&slot.ty), person_cells(at).map(|c| c.0)))
                .collect(),
            records,
            single: all.iter().any(|cells| cells.single.is_some()).then(|| {
                let place = |cells: &FactCells| cells.single.map_or(-1, |single| single as i32);
                all.iter().map(place).collect()
            }),
        }
    }

    /// The facts of one household, for the reference evaluator.
    pub fn cells(&self, programme: &Programme, schema: &Schema, row: usize) -> FactCells {
        let layout = &programme.compiled().layout;
        let slots = schema.slots(programme);
        let mut cells = FactCells {
            household_id: self.household_ids[row],
            single: self
                .single
                .as_ref()
                .and_then(|single| u32::try_from(single[row]).ok()),
            ..FactCells::default()
        };
        for (slot, at) in layout.household.iter().zip(&slots.household) {
            let cell = self.cell(
                schema,
                Place::Household,
                *at,
                &slot.ty,
                row,
                &mut cells.records,
            );
            cells.household.push(cell);
        }
        for person in self.offsets[row] as usize..self.offsets[row + 1] as usize {
            cells.person_ids.push(self.person_ids[person]);
            for (slot, at) in layout.person.iter().zip(&slots.person) {
                let cell = self.cell(
                    schema,
                    Place::Person,
                    *at,
                    &slot.ty,
                    person,
                    &mut cells.records,
                );
                cells.persons.push(cell);
            }
        }
        cells
    }

    fn cell(
        &self,
        schema: &Schema,
        place: Place,
        index: u16,
        ty: &Type,
        row: usize,
        records: &mut Vec<Cell>,
    ) -> Cell {
        let column = self.column(place, index);
        if column
            .missing
            .as_ref()
            .is_some_and(|missing| missing[row] == 1)
        {
            return Cell::Missing;
        }
        if column
            .absent
            .as_ref()
            .is_some_and(|absent| absent[row] == 1)
        {
            return Cell::None;
        }
        let Some(list) = schema.columns(place)[index as usize].records else {
            return cell_of(ty, column.value(row));
        };
        let codes = &schema.records[list as usize].codes;
        let list = &self.records[list as usize];
        let (from, to) = (list.offsets[row], list.offsets[row + 1]);
        let start = records.len() as u32;
        for record in from..to {
            records.extend(list.fields.iter().zip(codes).map(|(field, code)| {
                let value = field.value(record as usize);
                if *code {
                    Cell::Code(value as u32)
                } else {
                    Cell::Int(value)
                }
            }));
        }
        Cell::Records {
            start,
            count: to - from,
        }
    }
}

fn cell_of(ty: &Type, value: i64) -> Cell {
    match ty {
        Type::Bool => Cell::Bool(value == 1),
        Type::Code(_) => Cell::Code(value as u32),
        Type::Date => date_of_epoch_day(value).map_or(Cell::Missing, Cell::Date),
        Type::Optional(inner) => cell_of(inner, value),
        _ => Cell::Int(value),
    }
}

fn column(flag: bool, cells: impl Iterator<Item = Cell>) -> Column {
    let (mut values, mut missing, mut absent) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        missing.push(u8::from(cell == Cell::Missing));
        absent.push(u8::from(cell == Cell::None));
        values.push(number(cell));
    }
    let data = if flag {
        Data::Mask(values.iter().map(|value| *value as u8).collect())
    } else {
        Data::Wide(values)
    };
    Column::new(data).with_missing(missing).with_absent(absent)
}

fn number(cell: Cell) -> i64 {
    match cell {
        Cell::Bool(value) => i64::from(value),
        Cell::Int(value) => value,
        Cell::Code(code) => i64::from(code),
        Cell::Date(date) => epoch_day(date),
        Cell::Missing | Cell::None | Cell::Records { .. } => 0,
    }
}

fn records_of<'a>(cells: impl Iterator<Item = (Cell, &'a Vec<Cell>)>, fields: usize) -> Records {
    let mut offsets = vec![0];
    let mut columns: Vec<Vec<Cell>> = vec![Vec::new(); fields];
    for (cell, records) in cells {
        if let Cell::Records { start, count } = cell {
            for index in 0..count as usize * fields {
                columns[index % fields].push(records[start as usize + index]);
            }
        }
        offsets.push(columns.first().map_or(0, Vec::len) as u32);
    }
    let field = |cells: Vec<Cell>| Column::new(Data::Wide(cells.into_iter().map(number).collect()));
    Records {
        offsets,
        fields: columns.into_iter().map(field).collect(),
    }
}
