//! The demonstration county, made once by the binary and then looked at as its users, an auditor and an attacker
//! would: every figure opens to its records, the first hour of the README works, nothing is changed unseen.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod bed;
mod figures;
mod first_hour;
mod simulate;
mod tampering;
