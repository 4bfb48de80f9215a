//! The command line as people and scripts see it: exit code, standard output and standard error together.

mod line;
mod messages;
mod rehearsal;
