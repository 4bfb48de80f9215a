//! The registers of a worker: one buffer of rows each, in three widths. Filled from a batch in the order of a block.

use super::code::{Arg, Inputs, Load, Reg, file_of};
use super::frame::Frame;
use crate::batch::{Batch, Column, Data};
use crate::graph::{Input, Lane, Shape, Source};

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(crate) struct Registers {
    pub masks: Vec<Vec<u8>>,
    pub smalls: Vec<Vec<i32>>,
    pub wides: Vec<Vec<i64>>,
}

/// What an instruction reads: rows, or one value for all.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand<'a, T> {
    Rows(&'a [T]),
    One(T),
}

/// A width of numbers.
pub(crate) trait Number: Copy + Default + Ord + Into<i64> {
    /// The low bits: ranges have shown that nothing else is there, or a mask says that it does not count.
    fn cut(value: i64) -> Self;
    fn file(registers: &Registers) -> &[Vec<Self>];
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Rounds down; 0 where the divisor is not above zero.
    fn over(self, other: Self) -> Self;
    fn rest(self, other: Self) -> Self;
    /// `a` where a mask is 1, `b` where it is 0: without a branch.
    fn pick(mask: u8, a: Self, b: Self) -> Self;
}

macro_rules! number {
    ($ty:ty, $file:ident) => {
        impl Number for $ty {
            #[inline(always)]
            fn cut(value: i64) -> Self {
                value as $ty
            }
            #[inline(always)]
            fn file(registers: &Registers) -> &[Vec<Self>] {
                &registers.$file
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn over(self, other: Self) -> Self {
                if other > 0 { self.div_euclid(other) } else { 0 }
            }
            #[inline(always)]
            fn rest(self, other: Self) -> Self {
                if other > 0 { self % other } else { 0 }
            }
            #[inline(always)]
            fn pick(mask: u8, a: Self, b: Self) -> Self {
                let all = (0 as $ty).wrapping_sub(mask as $ty);
                b ^ ((a ^ b) & all)
            }
        }
    };
}

number!(u8, masks);
number!(i32, smalls);
number!(i64, wides);

impl Registers {
    /// Makes room for a block.
    pub fn prepare(&mut self, inputs: &Inputs, rows: usize) {
        fn grow<T: Copy + Default>(file: &mut Vec<Vec<T>>, count: u16, rows: usize) {
            file.resize_with(usize::from(count).max(file.len()), Vec::new);
            for buffer in file {
                if buffer.len() < rows {
                    buffer.resize(rows, T::default());
                }
            }
        }
        grow(&mut self.masks, inputs.registers[file_of(Lane::Byte)], rows);
        grow(
            &mut self.smalls,
            inputs.registers[file_of(Lane::Small)],
            rows,
        );
        grow(&mut self.wides, inputs.registers[file_of(Lane::Wide)], rows);
    }

    /// An argument as rows or one value.
    #[inline(always)]
    pub fn operand<T: Number>(&self, arg: Arg, rows: usize) -> Operand<'_, T> {
        match arg {
            Arg::One(value) => Operand::One(T::cut(value)),
            Arg::Rows(reg) => Operand::Rows(&T::file(self)[reg.at as usize][..rows]),
        }
    }

    /// Loads the columns of a batch for a block.
    #[inline(always)]
    pub fn load(&mut self, batch: &Batch, inputs: &Inputs, frame: &Frame) {
        for load in &inputs.loads {
            self.load_one(batch, load, frame);
        }
        if let Some(reg) = inputs.single {
            let out = &mut self.smalls[reg.at as usize];
            match &batch.single {
                Some(single) => gather(out, &frame.order, &single[frame.start..], |value| value),
                None => out[..frame.households].fill(-1),
            }
        }
    }

    #[inline(always)]
    fn load_one(&mut self, batch: &Batch, load: &Load, frame: &Frame) {
        let (column, rows, base) = match load.source {
            Source::Household(at) => (&batch.household[at as usize], &frame.order, frame.start),
            Source::Person(at) => (
                &batch.person[at as usize],
                &frame.person_from,
                frame.first_person,
            ),
            Source::Record(list, field) => {
                let fields = &batch.records[list as usize].fields;
                (&fields[field as usize], &frame.lists[list as usize].from, 0)
            }
        };
        match load.input {
            Input::Value => self.load_values(column, load.reg, rows, base),
            Input::Missing => self.load_marks(column.missing.as_deref(), load.reg, rows, base),
            Input::Absent => self.load_marks(column.absent.as_deref(), load.reg, rows, base),
        }
    }

    #[inline(always)]
    fn load_marks(&mut self, marks: Option<&[u8]>, reg: Reg, rows: &[u32], base: usize) {
        let out = &mut self.masks[reg.at as usize];
        match marks {
            Some(marks) => gather(out, rows, &marks[base..], |mark| mark),
            None => out[..rows.len()].fill(0),
        }
    }

    #[inline(always)]
    fn load_values(&mut self, column: &Column, reg: Reg, rows: &[u32], base: usize) {
        let at = reg.at as usize;
        match (&column.data, reg.lane) {
            (Data::Mask(values), Lane::Mask | Lane::Byte) => {
                gather(&mut self.masks[at], rows, &values[base..], |v| v)
            }
            (Data::Mask(values), Lane::Small) => {
                gather(&mut self.smalls[at], rows, &values[base..], i32::from);
            }
            (Data::Mask(values), Lane::Wide) => {
                gather(&mut self.wides[at], rows, &values[base..], i64::from);
            }
            (Data::Small(values), Lane::Mask | Lane::Byte) => {
                gather(&mut self.masks[at], rows, &values[base..], |v| v as u8);
            }
            (Data::Small(values), Lane::Small) => {
                gather(&mut self.smalls[at], rows, &values[base..], |v| v);
            }
            (Data::Small(values), Lane::Wide) => {
                gather(&mut self.wides[at], rows, &values[base..], i64::from);
            }
            (Data::Wide(values), Lane::Mask | Lane::Byte) => {
                gather(&mut self.masks[at], rows, &values[base..], |v| v as u8);
            }
            (Data::Wide(values), Lane::Small) => {
                gather(&mut self.smalls[at], rows, &values[base..], |v| v as i32);
            }
            (Data::Wide(values), Lane::Wide) => {
                gather(&mut self.wides[at], rows, &values[base..], |v| v);
            }
        }
    }

    /// The rows of a shape of what leaves a block, by their places.
    #[inline(always)]
    pub fn each(&self, arg: Arg, rows: usize, mut take: impl FnMut(usize, i64)) {
        match arg {
            Arg::One(value) => (0..rows).for_each(|at| take(at, value)),
            Arg::Rows(Reg { lane, at }) => match lane {
                Lane::Mask | Lane::Byte => visit(&self.masks[at as usize][..rows], take),
                Lane::Small => visit(&self.smalls[at as usize][..rows], take),
                Lane::Wide => visit(&self.wides[at as usize][..rows], take),
            },
        }
    }

    /// Fills a part of a column of the batch with the rows at these places.
    #[inline(always)]
    pub fn put<T>(&self, arg: Arg, places: &[u32], out: &mut [T], cut: impl Fn(i64) -> T) {
        #[inline(always)]
        fn each<A: Number, T>(values: &[A], places: &[u32], out: &mut [T], cut: impl Fn(i64) -> T) {
            for (out, place) in out.iter_mut().zip(places) {
                *out = cut(values[*place as usize].into());
            }
        }
        match arg {
            Arg::One(value) => out.iter_mut().for_each(|out| *out = cut(value)),
            Arg::Rows(Reg { lane, at }) => match lane {
                Lane::Mask | Lane::Byte => each(&self.masks[at as usize], places, out, cut),
                Lane::Small => each(&self.smalls[at as usize], places, out, cut),
                Lane::Wide => each(&self.wides[at as usize], places, out, cut),
            },
        }
    }

    /// In how many rows a mask holds.
    #[inline(always)]
    pub fn count(&self, arg: Arg, frame: &Frame) -> u64 {
        let rows = frame.rows(Shape::Household);
        match self.operand::<u8>(arg, rows) {
            Operand::One(value) => u64::from(value) * rows as u64,
            // Bytes are summed in chunks that cannot overflow a byte's neighbour.
            Operand::Rows(mask) => mask
                .chunks(255)
                .map(|chunk| u64::from(chunk.iter().map(|one| u32::from(*one)).sum::<u32>()))
                .sum(),
        }
    }
}

#[inline(always)]
fn visit<T: Number>(values: &[T], mut take: impl FnMut(usize, i64)) {
    for (at, value) in values.iter().enumerate() {
        take(at, (*value).into());
    }
}

#[inline(always)]
fn gather<A: Copy, T>(out: &mut [T], rows: &[u32], values: &[A], narrow: impl Fn(A) -> T) {
    for (out, row) in out.iter_mut().zip(rows) {
        *out = narrow(values[*row as usize]);
    }
}
