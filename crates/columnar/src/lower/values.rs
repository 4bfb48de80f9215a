//! Values of the lowering: columns with their masks, and what never becomes a column (lists, persons).

use crate::graph::{N, Shape};

/// A value, where it is not known, and where it is in trouble. Trouble wins over what is not known.
#[derive(Debug, Clone)]
pub(crate) struct Val {
    pub kind: Kind,
    pub unknown: N,
    pub trouble: N,
    /// Where it is declared that there is none.
    pub none: N,
}

/// See [`Val`].
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Truth value.
    Truth(N),
    /// Numerator and denominator, above zero.
    Number(N, N),
    /// Day, month or code.
    Plain(N),
    /// The member of the row.
    Person,
    /// Who applies alone: place in the household, below zero for nobody.
    Single(N),
    /// The record of the row.
    Record(u16),
    List(List),
}

/// A list.
#[derive(Debug, Clone)]
pub(crate) enum List {
    /// The rows of a shape (members, or records of the member of the row) for which a mask holds.
    Rows(Shape, N),
    /// Written out, or the codes of a parameter.
    Items(Vec<Val>),
}

impl Val {
    pub fn nodes(&self) -> Vec<N> {
        let mut nodes = vec![self.unknown, self.trouble, self.none];
        match &self.kind {
            Kind::Truth(n) | Kind::Plain(n) | Kind::Single(n) => nodes.push(*n),
            Kind::Number(a, b) => nodes.extend([*a, *b]),
            Kind::Person | Kind::Record(_) | Kind::List(List::Rows(..)) => {}
            Kind::List(List::Items(items)) => nodes.extend(items.iter().flat_map(Val::nodes)),
        }
        nodes
    }
}
