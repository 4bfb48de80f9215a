//! The names that an expression may use.

use crate::layout::Layout;
use crate::types::Type;

/// A parameter as the checker knows it.
#[derive(Debug)]
pub(crate) struct ParameterSymbol {
    pub name: String,
    pub ty: Type,
}

/// A rule as the checker knows it.
#[derive(Debug)]
pub(crate) struct RuleSymbol {
    pub name: String,
    pub subject: bool,
    pub ty: Type,
}

/// All names of a programme.
#[derive(Debug)]
pub(crate) struct Symbols<'a> {
    pub layout: &'a Layout,
    pub parameters: Vec<ParameterSymbol>,
    pub rules: Vec<RuleSymbol>,
}

/// Names that mean something in every programme.
pub(crate) const RESERVED: [&str; 4] = ["members", "household", "application", "benefit_month"];

impl Symbols<'_> {
    pub fn parameter(&self, name: &str) -> Option<u16> {
        self.parameters
            .iter()
            .position(|known| known.name == name)
            .map(|index| index as u16)
    }

    pub fn rule(&self, name: &str) -> Option<u16> {
        self.rules
            .iter()
            .position(|known| known.name == name)
            .map(|index| index as u16)
    }

    pub fn is_global(&self, name: &str) -> bool {
        RESERVED.contains(&name) || self.parameter(name).is_some() || self.rule(name).is_some()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        let parameters = self.parameters.iter().map(|known| known.name.as_str());
        let rules = self.rules.iter().map(|known| known.name.as_str());
        RESERVED.into_iter().chain(parameters).chain(rules)
    }
}
