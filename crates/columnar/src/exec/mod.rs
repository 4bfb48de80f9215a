//! Runs a graph block by block: instructions over registers of fixed size, without allocation once warm.

mod code;
mod frame;
mod kernels;
mod registers;

pub(crate) use code::{Arg, Emit, Inputs, Step};
pub(crate) use frame::Frame;
pub(crate) use registers::Registers;
