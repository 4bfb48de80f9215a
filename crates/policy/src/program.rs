//! The checked programme as the machine walks it.

use crate::ir::{Parameter, ReasonRule, Rule};
use crate::layout::Layout;

/// Rules, parameters and layout of a programme.
#[derive(Debug)]
pub struct Program {
    /// In order of use.
    pub rules: Vec<Rule>,
    /// Reasons of refusal.
    pub reasons: Vec<ReasonRule>,
    /// Parameters by index.
    pub parameters: Vec<Parameter>,
    /// Where evidence stands.
    pub layout: Layout,
    /// What every programme has.
    pub entries: Entries,
}

/// The rules that every programme has, by index.
#[derive(Debug, Clone, Copy)]
pub struct Entries {
    /// `eligible: bool`
    pub eligible: u16,
    /// `beneficiary(m): bool`: who counts for the payment.
    pub beneficiary: u16,
    /// `class(m): code(class)`
    pub class: u16,
    /// `amount(m): fen/person/month`, whole.
    pub amount: u16,
}
