//! One instruction over all rows of a block: plain loops without branches, which the compiler turns into vector
//! instructions.

use super::code::{Arg, Code, Instruction};
use super::frame::Frame;
use super::registers::{Number, Operand, Registers};
use crate::graph::{Lane, Shape};

impl Registers {
    /// Runs an instruction.
    #[inline(always)]
    pub fn run(&mut self, instruction: &Instruction, frame: &Frame) {
        let (rows, at) = (frame.rows(instruction.shape), instruction.out.at as usize);
        // The register that is written is no argument: it was free when it was given away.
        match instruction.out.lane {
            Lane::Mask | Lane::Byte => {
                let mut out = std::mem::take(&mut self.masks[at]);
                self.to_mask(instruction, frame, &mut out[..rows]);
                self.masks[at] = out;
            }
            Lane::Small => {
                let mut out = std::mem::take(&mut self.smalls[at]);
                self.to_number(instruction, frame, &mut out[..rows]);
                self.smalls[at] = out;
            }
            Lane::Wide => {
                let mut out = std::mem::take(&mut self.wides[at]);
                self.to_number(instruction, frame, &mut out[..rows]);
                self.wides[at] = out;
            }
        }
    }

    #[inline(always)]
    fn to_mask(&self, instruction: &Instruction, frame: &Frame, out: &mut [u8]) {
        let rows = out.len();
        let [a, b, _] = instruction.args;
        let mask = |arg: Arg| self.operand::<u8>(arg, rows);
        match instruction.code {
            Code::Not => unary(out, mask(a), |a| a ^ 1),
            Code::And => binary(out, mask(a), mask(b), |a, b| a & b),
            Code::Or => binary(out, mask(a), mask(b), |a, b| a | b),
            Code::Less => self.compare(instruction, out, Compare::Less),
            Code::Equal => self.compare(instruction, out, Compare::Equal),
            Code::AddOverflows => {
                self.overflows(instruction, out, |a, b| a.checked_add(b).is_none())
            }
            Code::SubtractOverflows => {
                self.overflows(instruction, out, |a, b| a.checked_sub(b).is_none());
            }
            Code::MultiplyOverflows => {
                self.overflows(instruction, out, |a, b| a.checked_mul(b).is_none());
            }
            Code::CalendarFails(function) => {
                self.overflows(instruction, out, |a, b| function.apply(a, b).is_none());
            }
            Code::SumOverflows => self.sum_overflows(instruction, frame, out),
            _ => self.to_number(instruction, frame, out),
        }
    }

    #[inline(always)]
    fn compare(&self, instruction: &Instruction, out: &mut [u8], compare: Compare) {
        match instruction.lane {
            Lane::Mask | Lane::Byte => self.compared::<u8>(instruction, out, compare),
            Lane::Small => self.compared::<i32>(instruction, out, compare),
            Lane::Wide => self.compared::<i64>(instruction, out, compare),
        }
    }

    #[inline(always)]
    fn compared<T: Number>(&self, instruction: &Instruction, out: &mut [u8], compare: Compare) {
        let rows = out.len();
        let (a, b) = (
            self.operand::<T>(instruction.args[0], rows),
            self.operand::<T>(instruction.args[1], rows),
        );
        match compare {
            Compare::Less => binary(out, a, b, |a, b| u8::from(a < b)),
            Compare::Equal => binary(out, a, b, |a, b| u8::from(a == b)),
        }
    }

    #[inline(always)]
    fn overflows(
        &self,
        instruction: &Instruction,
        out: &mut [u8],
        fails: impl Fn(i64, i64) -> bool,
    ) {
        for (at, out) in out.iter_mut().enumerate() {
            let (a, b) = (
                self.value(instruction.args[0], at),
                self.value(instruction.args[1], at),
            );
            *out = u8::from(fails(a, b));
        }
    }

    /// One value, whatever its lane: for what is rare.
    fn value(&self, arg: Arg, row: usize) -> i64 {
        match arg {
            Arg::One(value) => value,
            Arg::Rows(reg) => match reg.lane {
                Lane::Mask | Lane::Byte => i64::from(self.masks[reg.at as usize][row]),
                Lane::Small => i64::from(self.smalls[reg.at as usize][row]),
                Lane::Wide => self.wides[reg.at as usize][row],
            },
        }
    }

    fn sum_overflows(&self, instruction: &Instruction, frame: &Frame, out: &mut [u8]) {
        let mut sums = vec![0_i128; out.len()];
        let low = instruction.low;
        for row in 0..frame.rows(low) {
            let above = above(frame, low, row);
            sums[above] += i128::from(self.value(instruction.args[0], row));
        }
        // A sum on the way that leaves 64 bits and comes back is no trouble: it wraps back too.
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = u8::from(i64::try_from(sum).is_err());
        }
    }

    #[inline(always)]
    fn to_number<T: Number>(&self, instruction: &Instruction, frame: &Frame, out: &mut [T]) {
        let rows = out.len();
        let [a, b, c] = instruction.args;
        let of = |arg: Arg| self.operand::<T>(arg, rows);
        match instruction.code {
            Code::Add => binary(out, of(a), of(b), T::plus),
            Code::Subtract => binary(out, of(a), of(b), T::minus),
            Code::Multiply => binary(out, of(a), of(b), T::times),
            Code::Divide => binary(out, of(a), of(b), T::over),
            Code::Remainder => binary(out, of(a), of(b), T::rest),
            Code::Select => choose(out, self.operand::<u8>(a, rows), of(b), of(c)),
            Code::Calendar(function) => {
                for (at, out) in out.iter_mut().enumerate() {
                    let value = function.apply(self.value(a, at), self.value(b, at));
                    *out = T::cut(value.unwrap_or(0));
                }
            }
            Code::Fill => unary(out, of(a), |value| value),
            Code::Position => {
                for (level, ends) in frame.levels.windows(2).enumerate() {
                    out[ends[0] as usize..ends[1] as usize].fill(T::cut(level as i64));
                }
            }
            Code::Sum => match instruction.lane {
                Lane::Mask | Lane::Byte => self.sum::<u8, T>(instruction, frame, out),
                Lane::Small => self.sum::<i32, T>(instruction, frame, out),
                Lane::Wide => self.sum::<i64, T>(instruction, frame, out),
            },
            Code::Spread => self.spread(instruction, frame, out),
            Code::Widen => match instruction.lane {
                Lane::Mask | Lane::Byte => {
                    unary(out, self.operand::<u8>(a, rows), |v| T::cut(i64::from(v)))
                }
                Lane::Small => unary(out, self.operand::<i32>(a, rows), |v| T::cut(i64::from(v))),
                Lane::Wide => unary(out, self.operand::<i64>(a, rows), T::cut),
            },
            // Made by `to_mask` alone.
            _ => {}
        }
    }

    #[inline(always)]
    fn sum<A: Number, T: Number>(&self, instruction: &Instruction, frame: &Frame, out: &mut [T]) {
        let (low, arg) = (instruction.low, instruction.args[0]);
        let values = match self.operand::<A>(arg, frame.rows(low)) {
            Operand::Rows(values) => values,
            // The graph multiplies what is the same in all rows.
            Operand::One(_) => return out.fill(T::default()),
        };
        if let Shape::Records(list) = low {
            let offsets = frame.lists[list as usize].offsets.windows(2);
            for (out, ends) in out.iter_mut().zip(offsets) {
                let rows = &values[ends[0] as usize..ends[1] as usize];
                *out = rows
                    .iter()
                    .fold(T::default(), |sum, value| sum.plus(T::cut((*value).into())));
            }
            return;
        }
        let mut first = 0;
        for (level, ends) in frame.levels.windows(2).enumerate() {
            let values = &values[ends[0] as usize..ends[1] as usize];
            if level == 0 {
                first = values.len();
                for (out, value) in out.iter_mut().zip(values) {
                    *out = T::cut((*value).into());
                }
            } else {
                for (out, value) in out.iter_mut().zip(values) {
                    *out = out.plus(T::cut((*value).into()));
                }
            }
        }
        // Households without members.
        out[first..].fill(T::default());
    }

    #[inline(always)]
    fn spread<T: Number>(&self, instruction: &Instruction, frame: &Frame, out: &mut [T]) {
        let Arg::Rows(reg) = instruction.args[0] else {
            return;
        };
        let values = &T::file(self)[reg.at as usize];
        if let Shape::Records(list) = instruction.shape {
            let offsets = frame.lists[list as usize].offsets.windows(2);
            for (value, ends) in values.iter().zip(offsets) {
                out[ends[0] as usize..ends[1] as usize].fill(*value);
            }
            return;
        }
        for ends in frame.levels.windows(2) {
            let out = &mut out[ends[0] as usize..ends[1] as usize];
            out.copy_from_slice(&values[..out.len()]);
        }
    }
}

#[derive(Clone, Copy)]
enum Compare {
    Less,
    Equal,
}

/// The row above a row.
fn above(frame: &Frame, low: Shape, row: usize) -> usize {
    match low {
        Shape::Records(list) => {
            let offsets = &frame.lists[list as usize].offsets;
            offsets.partition_point(|offset| *offset as usize <= row) - 1
        }
        _ => {
            let level = frame.levels.partition_point(|start| *start as usize <= row) - 1;
            row - frame.levels[level] as usize
        }
    }
}

#[inline(always)]
fn unary<A: Copy, T>(out: &mut [T], a: Operand<'_, A>, f: impl Fn(A) -> T) {
    match a {
        Operand::Rows(a) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a);
            }
        }
        Operand::One(a) => out.iter_mut().for_each(|out| *out = f(a)),
    }
}

#[inline(always)]
fn binary<A: Copy, T>(out: &mut [T], a: Operand<'_, A>, b: Operand<'_, A>, f: impl Fn(A, A) -> T) {
    match (a, b) {
        (Operand::Rows(a), Operand::Rows(b)) => {
            for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                *out = f(*a, *b);
            }
        }
        (Operand::Rows(a), Operand::One(b)) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a, b);
            }
        }
        (Operand::One(a), b) => unary(out, b, |b| f(a, b)),
    }
}

#[inline(always)]
fn choose<T: Number>(out: &mut [T], c: Operand<'_, u8>, a: Operand<'_, T>, b: Operand<'_, T>) {
    let c = match c {
        Operand::Rows(c) => c,
        Operand::One(0) => return unary(out, b, |b| b),
        Operand::One(_) => return unary(out, a, |a| a),
    };
    match (a, b) {
        (Operand::Rows(a), Operand::Rows(b)) => {
            for (((out, c), a), b) in out.iter_mut().zip(c).zip(a).zip(b) {
                *out = T::pick(*c, *a, *b);
            }
        }
        (Operand::Rows(a), Operand::One(b)) => {
            for ((out, c), a) in out.iter_mut().zip(c).zip(a) {
                *out = T::pick(*c, *a, b);
            }
        }
        (Operand::One(a), Operand::Rows(b)) => {
            for ((out, c), b) in out.iter_mut().zip(c).zip(b) {
                *out = T::pick(*c, a, *b);
            }
        }
        (Operand::One(a), Operand::One(b)) => {
            for (out, c) in out.iter_mut().zip(c) {
                *out = T::pick(*c, a, b);
            }
        }
    }
}
