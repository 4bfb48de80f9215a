//! Packs of any bytes end in a set or in errors with their places.

#![no_main]

#[path = "../src/any_bytes.rs"]
mod any_bytes;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| any_bytes::pack(bytes));
