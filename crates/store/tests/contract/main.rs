//! What both engines promise. Every test runs on SQLite and on PostgreSQL; a difference between them is a bug in
//! the store, never in an office.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bed;

/// Makes of each function one test per engine: `NAME::sqlite` and `NAME::postgres`.
macro_rules! contract {
    ($($(#[$meta:meta])* fn $name:ident($bed:ident) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports, reason = "each test takes what it needs of the file's imports")]
                use super::*;

                fn run($bed: &crate::bed::Bed) $body

                #[test]
                fn sqlite() {
                    run(&crate::bed::Bed::sqlite());
                }

                #[test]
                fn postgres() {
                    run(&crate::bed::Bed::postgres());
                }
            }
        )+
    };
}

mod archive;
mod bulk;
mod concurrency;
mod faults;
mod guards;
mod keys;
mod lifecycle;
mod read_only;
mod reading;
mod released;
mod sealing;
mod tamper_chain;
mod tamper_rows;
mod tamper_schema;
mod transactions;
