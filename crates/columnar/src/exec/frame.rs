//! The layout of a block: households by falling size, members level by level.
//!
//! All first members stand together, then all second members, and so on; as the households are sorted by size, each
//! level is a prefix of the households. A sum over members is then a sum of columns, and what is said of a household
//! reaches its members by copying a prefix: no row looks for its household.

use crate::batch::Batch;
use crate::graph::Shape;

/// Rows of a list of records in the order of a block.
#[derive(Debug, Default)]
pub(crate) struct ListFrame {
    /// Where the records of each row above begin.
    pub offsets: Vec<u32>,
    /// Their rows in the batch.
    pub from: Vec<u32>,
}

/// Layout of one block.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// First household of the batch.
    pub start: usize,
    pub households: usize,
    pub persons: usize,
    /// For each place, its household counted from `start`.
    pub order: Vec<u32>,
    /// For each household counted from `start`, its place.
    pub places: Vec<u32>,
    /// Where each level of members begins, and the end of the last.
    pub levels: Vec<u32>,
    /// For each place of a member, its row counted from the first of the block.
    pub person_from: Vec<u32>,
    /// First person of the batch.
    pub first_person: usize,
    pub lists: Vec<ListFrame>,
    counts: Vec<u32>,
    firsts: Vec<u32>,
}

impl Frame {
    /// Lays out the households `start .. end` of a batch, and those lists whose records belong to `persons`.
    pub fn lay_out(&mut self, batch: &Batch, start: usize, end: usize, of_persons: &[bool]) {
        let offsets = &batch.offsets[start..=end];
        let households = end - start;
        self.start = start;
        self.households = households;
        self.first_person = offsets[0] as usize;
        self.persons = (offsets[households] - offsets[0]) as usize;
        let size = |at: usize| (offsets[at + 1] - offsets[at]) as usize;
        let largest = (0..households).map(size).max().unwrap_or(0);
        self.counts.clear();
        self.counts.resize(largest + 2, 0);
        for at in 0..households {
            self.counts[size(at)] += 1;
        }
        // From the number of households of each size to the number of larger ones: where that size begins.
        let mut larger = 0;
        for count in self.counts.iter_mut().rev() {
            larger += std::mem::replace(count, larger);
        }
        self.levels.clear();
        self.levels.push(0);
        let mut end = 0;
        for level in 0..largest {
            end += self.counts[level];
            self.levels.push(end);
        }
        self.order.clear();
        self.order.resize(households, 0);
        self.places.clear();
        self.places.resize(households, 0);
        self.firsts.clear();
        self.firsts.resize(households, 0);
        for at in 0..households {
            let place = &mut self.counts[size(at)];
            self.order[*place as usize] = at as u32;
            self.places[at] = *place;
            self.firsts[*place as usize] = offsets[at] - offsets[0];
            *place += 1;
        }
        self.person_from.clear();
        for level in 0..largest {
            let rows = (self.levels[level + 1] - self.levels[level]) as usize;
            let firsts = self.firsts[..rows].iter();
            self.person_from
                .extend(firsts.map(|first| first + level as u32));
        }
        self.lists.resize_with(of_persons.len(), ListFrame::default);
        for (index, of_persons) in of_persons.iter().enumerate() {
            let mut list = std::mem::take(&mut self.lists[index]);
            let (rows, base) = if *of_persons {
                (&self.person_from, self.first_person)
            } else {
                (&self.order, self.start)
            };
            list.lay_out(&batch.records[index].offsets, rows, base);
            self.lists[index] = list;
        }
    }

    /// Number of rows of a shape.
    pub fn rows(&self, shape: Shape) -> usize {
        match shape {
            Shape::Const => 1,
            Shape::Household => self.households,
            Shape::Person => self.persons,
            Shape::Records(list) => self.lists[list as usize].from.len(),
        }
    }
}

impl ListFrame {
    fn lay_out(&mut self, offsets: &[u32], rows: &[u32], base: usize) {
        self.offsets.clear();
        self.from.clear();
        self.offsets.push(0);
        for row in rows {
            let row = base + *row as usize;
            self.from.extend(offsets[row]..offsets[row + 1]);
            self.offsets.push(self.from.len() as u32);
        }
    }
}
