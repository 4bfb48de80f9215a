//! One file per command: what it takes, which office it calls, what it prints.

pub mod account;
pub mod attachment;
pub mod backup;
pub mod campaign;
pub mod case;
pub mod check;
pub mod demo;
pub mod document;
pub mod drift;
pub mod evidence;
mod evidence_entry;
pub mod explain;
pub mod export_all;
pub mod figure;
pub mod import_all;
pub mod init;
pub mod migrate;
pub mod pay;
pub mod policy;
pub mod register;
pub mod report;
pub mod restore;
pub mod user;
pub mod verify;
pub mod yearbook;
