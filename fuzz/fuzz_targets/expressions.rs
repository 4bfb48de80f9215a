//! Expressions of any bytes end in a value or in an error with its place.

#![no_main]

#[path = "../src/any_bytes.rs"]
mod any_bytes;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| any_bytes::expression(bytes));
