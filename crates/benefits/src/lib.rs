//! Benefits: what the law grants to households and persons, decided by people on recorded evidence.
//!
//! The layer above the registry and below payments. It must not know how money moves, what a batch is, or any
//! amount: amounts come from the policy packs, procedures too.

pub mod assistance;
pub mod campaigns;
pub mod drift;
pub mod simulation;
