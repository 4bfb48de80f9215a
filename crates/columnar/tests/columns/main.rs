//! Columns beside the reference evaluator.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod chance;
mod compare;
mod differential;
mod packs;
mod programmes;
mod registers;
