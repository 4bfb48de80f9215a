//! The command line as people and scripts see it: exit code, standard output and standard error together.

#![expect(
    clippy::unwrap_used,
    reason = "a preparation that fails is a test that fails"
)]

mod accounts;
mod campaign;
mod casework;
mod determine;
mod drift;
mod find;
mod forms;
mod import;
mod keep;
mod line;
mod lists;
mod messages;
mod operations;
mod policy_language;
mod rehearsal;
