//! Reads a register part by part: some thousand households with all their members at a time.

use std::path::Path;
use std::sync::Mutex;

use minsheng_columnar::{Batch, Column, Data, Place, Records, Schema, Values};
use minsheng_policy::{Entity, Population};

use crate::column::{EvidenceColumn, IdColumn};
use crate::error::PopulationError;
use crate::file::TableFile;

/// Households of a part.
pub(crate) const PART: usize = 65_536;

/// Columns of a part, as read: the households of the persons are not looked up yet.
#[derive(Debug, Clone)]
pub struct Part {
    household_ids: Vec<i64>,
    person_ids: Vec<i64>,
    /// For each person.
    households: Vec<i64>,
    household: Vec<Column>,
    person: Vec<Column>,
    records: Vec<(Place, usize)>,
    first_household: u64,
    first_person: u64,
}

/// A register that is read.
pub struct Register {
    schema: Schema,
    names: (String, String),
    files: (TableFile, TableFile),
    household_ids: IdColumn,
    person_ids: IdColumn,
    households: IdColumn,
    household: Vec<Option<Mutex<EvidenceColumn>>>,
    person: Vec<Option<Mutex<EvidenceColumn>>>,
    /// Households of persons that were read ahead.
    ahead: Vec<i64>,
    read: (u64, u64),
    last: Option<i64>,
}

impl Register {
    /// Opens the two files of a folder and checks all their columns.
    ///
    /// # Errors
    /// A column that is missing, not declared, or of another type.
    pub fn open(
        folder: &Path,
        schema: &Schema,
        mapping: &Population,
    ) -> Result<Register, PopulationError> {
        let household_file = TableFile::open(folder, "household.parquet")?;
        let person_file = TableFile::open(folder, "person.parquet")?;
        undeclared(&household_file, mapping, Entity::Household)?;
        undeclared(&person_file, mapping, Entity::Person)?;
        let open = |file: &TableFile, place: Place, entity: Entity| {
            let mut columns = Vec::new();
            for def in schema.columns(place) {
                let mut mapped = mapping.columns.iter();
                let mapped =
                    mapped.find(|column| column.entity == entity && column.evidence == def.name);
                columns.push(match mapped {
                    Some(mapped) => {
                        let column =
                            EvidenceColumn::open(file, &mapped.column, def, mapped.optional)?;
                        Some(Mutex::new(column))
                    }
                    None => None,
                });
            }
            Ok::<_, PopulationError>(columns)
        };
        Ok(Register {
            schema: schema.clone(),
            names: (mapping.household_id.clone(), mapping.person_id.clone()),
            household_ids: IdColumn::open(&household_file, &mapping.household_id)?,
            person_ids: IdColumn::open(&person_file, &mapping.person_id)?,
            households: IdColumn::open(&person_file, &mapping.household_id)?,
            household: open(&household_file, Place::Household, Entity::Household)?,
            person: open(&person_file, Place::Person, Entity::Person)?,
            files: (household_file, person_file),
            ahead: Vec::new(),
            read: (0, 0),
            last: None,
        })
    }

    /// Number of households, as the file says.
    pub fn households(&self) -> u64 {
        self.files.0.rows()
    }

    /// The next part; `None` at the end.
    ///
    /// # Errors
    /// A value that is refused, with file, column and row.
    pub fn next(&mut self, threads: usize) -> Result<Option<Part>, PopulationError> {
        let household_ids = self.household_ids.read(PART)?;
        let Some(last) = household_ids.last().copied() else {
            return self.end().map(|()| None);
        };
        self.ascending(&household_ids)?;
        let mut households = std::mem::take(&mut self.ahead);
        while households.last().is_none_or(|household| *household <= last) {
            let mut more = self.households.read(PART)?;
            if more.is_empty() {
                break;
            }
            if households.is_empty() {
                households = more;
            } else {
                households.append(&mut more);
            }
        }
        let persons = households.partition_point(|household| *household <= last);
        self.ahead = households.split_off(persons);
        let evidence = Evidence {
            schema: &self.schema,
            household: &self.household,
            person: &self.person,
        };
        let (household, person) = evidence.read(household_ids.len(), persons, threads)?;
        let person_ids = self.person_ids.read(persons)?;
        if person_ids.len() != persons {
            return Err(self.files.1.refuse(
                &self.names.1,
                "rows are missing",
                "all columns of a file are equally long",
            ));
        }
        let part = Part {
            records: self
                .schema
                .records
                .iter()
                .map(|list| (list.place, list.codes.len()))
                .collect(),
            first_household: self.read.0,
            first_person: self.read.1,
            household_ids,
            person_ids,
            households,
            household,
            person,
        };
        self.read = (
            self.read.0 + part.household_ids.len() as u64,
            self.read.1 + persons as u64,
        );
        Ok(Some(part))
    }

    /// Households stand in order, each once.
    fn ascending(&mut self, ids: &[i64]) -> Result<(), PopulationError> {
        let mut last = self.last;
        for (row, id) in ids.iter().enumerate() {
            if last.is_some_and(|last| last >= *id) {
                return Err(PopulationError::Value {
                    file: self.files.0.name.clone(),
                    column: self.names.0.clone(),
                    row: self.read.0 + row as u64 + 1,
                    problem: format!("{id} does not come after the household before"),
                    hint: "sort both files by the id of the household".to_owned(),
                });
            }
            last = Some(*id);
        }
        self.last = last;
        Ok(())
    }

    /// No persons are left over.
    fn end(&mut self) -> Result<(), PopulationError> {
        let left = match self.ahead.first() {
            Some(left) => Some(*left),
            None => self.households.read(1)?.first().copied(),
        };
        match left {
            None => Ok(()),
            Some(id) => Err(stray(id, self.read.1 + 1)),
        }
    }
}

/// The columns of evidence, without the readers of ids, which belong to one thread.
struct Evidence<'r> {
    schema: &'r Schema,
    household: &'r [Option<Mutex<EvidenceColumn>>],
    person: &'r [Option<Mutex<EvidenceColumn>>],
}

impl Evidence<'_> {
    /// All columns of evidence, several at a time.
    fn read(
        &self,
        households: usize,
        persons: usize,
        threads: usize,
    ) -> Result<(Vec<Column>, Vec<Column>), PopulationError> {
        let tasks: Vec<(Place, usize)> = (0..self.person.len())
            .map(|at| (Place::Person, at))
            .chain((0..self.household.len()).map(|at| (Place::Household, at)))
            .collect();
        let read = |place: Place, at: usize| {
            let (column, rows) = match place {
                Place::Household => (&self.household[at], households),
                Place::Person => (&self.person[at], persons),
            };
            match column {
                Some(column) => {
                    let mut column = column
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    column.read(rows)
                }
                None => {
                    let flag = self.schema.columns(place)[at].values == Values::Flags;
                    Ok(Column::unknown(rows, flag))
                }
            }
        };
        let queue = Mutex::new(tasks.iter().copied());
        let work = || {
            let mut found = Vec::new();
            loop {
                let task = queue
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .next();
                let Some((place, at)) = task else {
                    return found;
                };
                found.push(((place, at), read(place, at)));
            }
        };
        let mut found = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let mut found = work();
            for other in others {
                // A thread that panicked panics here.
                match other.join() {
                    Ok(more) => found.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            found
        });
        found.sort_by_key(|(task, _)| *task);
        let (mut household, mut person) = (Vec::new(), Vec::new());
        for ((place, _), column) in found {
            match place {
                Place::Household => household.push(column?),
                Place::Person => person.push(column?),
            }
        }
        Ok((household, person))
    }
}

fn stray(household: i64, row: u64) -> PopulationError {
    PopulationError::Value {
        file: "person.parquet".to_owned(),
        column: "household_id".to_owned(),
        row,
        problem: format!(
            "the household {household} is not in household.parquet, or not at its place"
        ),
        hint: "sort both files by the id of the household; every member has one".to_owned(),
    }
}

/// Columns that nobody declared.
fn undeclared(
    file: &TableFile,
    mapping: &Population,
    entity: Entity,
) -> Result<(), PopulationError> {
    for name in file.columns() {
        let id =
            name == mapping.household_id || (entity == Entity::Person && name == mapping.person_id);
        let evidence = mapping
            .columns
            .iter()
            .any(|column| column.entity == entity && column.column == name);
        if !id && !evidence && !mapping.unread.contains(&name) {
            return Err(file.refuse(
                &name,
                "is not declared",
                "declare it in the `toml population` block of the pack, with its evidence or as unread",
            ));
        }
    }
    Ok(())
}

impl Part {
    /// Number of households.
    pub fn households(&self) -> usize {
        self.household_ids.len()
    }

    /// Number of persons.
    pub fn persons(&self) -> usize {
        self.person_ids.len()
    }

    /// Where the members of each household begin, and the end of the last.
    fn offsets(&self) -> Result<Vec<u32>, PopulationError> {
        let rows = &self.households;
        let mut offsets = vec![0_u32; rows.len() + 1];
        // Each row is written where the next household may begin; the place moves on only where one does begin.
        let mut last = 0;
        for (at, pair) in rows.windows(2).enumerate() {
            offsets[last + 1] = at as u32 + 1;
            last += usize::from(pair[0] != pair[1]);
        }
        offsets.truncate(if rows.is_empty() { 0 } else { last + 1 });
        let mut differ = offsets.iter().zip(&self.household_ids);
        let differ = differ.position(|(start, id)| rows[*start as usize] != *id);
        let groups = offsets.len();
        if differ.is_some() || groups != self.household_ids.len() {
            let at = differ.unwrap_or_else(|| groups.min(self.household_ids.len()));
            let start = offsets.get(at).map(|start| *start as usize);
            return Err(self.disagree(at, start));
        }
        offsets.push(rows.len() as u32);
        Ok(offsets)
    }

    /// What is wrong at a household whose members do not begin where they should.
    fn disagree(&self, at: usize, start: Option<usize>) -> PopulationError {
        let stranger = start.map(|start| (self.households[start], start));
        match (self.household_ids.get(at), stranger) {
            (Some(id), found) if found.is_none_or(|(other, _)| other > *id) => {
                PopulationError::Value {
                    file: "household.parquet".to_owned(),
                    column: "household_id".to_owned(),
                    row: self.first_household + at as u64 + 1,
                    problem: format!("the household {id} has no members"),
                    hint:
                        "every household has at least one row in person.parquet, in the same order"
                            .to_owned(),
                }
            }
            (_, Some((other, start))) => stray(other, self.first_person + start as u64 + 1),
            (_, None) => stray(0, self.first_person + 1),
        }
    }

    /// The batch: where the members of each household begin is found here.
    ///
    /// # Errors
    /// A person of a household that is not there, a household without members.
    pub fn into_batch(self) -> Result<Batch, PopulationError> {
        let offsets = self.offsets()?;
        let (households, persons) = (self.household_ids.len(), self.person_ids.len());
        let records = self.records.iter().map(|(place, fields)| {
            let rows = if *place == Place::Household {
                households
            } else {
                persons
            };
            Records {
                offsets: vec![0; rows + 1],
                fields: vec![Column::new(Data::Small(Vec::new())); *fields],
            }
        });
        Ok(Batch {
            records: records.collect(),
            household_ids: self.household_ids,
            person_ids: self.person_ids,
            offsets,
            household: self.household,
            person: self.person,
            single: None,
        })
    }
}
