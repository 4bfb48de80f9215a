//! Types of expressions, and the code lists they speak of.

use crate::model::CodeDecl;
use crate::units::Unit;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    /// A number with its unit; `whole` when it cannot have a fraction.
    Number {
        unit: Unit,
        whole: bool,
    },
    Date,
    Month,
    Person,
    /// Code of a list.
    Code(u16),
    /// A compound code of an evidence declaration (by index): its digits have names.
    Compound(u16),
    /// A record of an evidence declaration (by index).
    Record(u16),
    List(Box<Type>),
    /// May be declared absent.
    Optional(Box<Type>),
    /// The literal `0`, good in any unit.
    Zero,
    /// A literal text that awaits a code list.
    Text,
    /// The literal `null`.
    Null,
    /// The empty list `[]`.
    Empty,
}

impl Type {
    pub fn whole(unit: Unit) -> Type {
        Type::Number { unit, whole: true }
    }

    pub fn exact(unit: Unit) -> Type {
        Type::Number { unit, whole: false }
    }

    pub fn optional(inner: Type) -> Type {
        Type::Optional(Box::new(inner))
    }

    pub fn list(inner: Type) -> Type {
        Type::List(Box::new(inner))
    }
}

/// A list of codes with its name, for example `relation` or `income.kind`.
#[derive(Debug, Clone)]
pub(crate) struct CodeList {
    pub name: String,
    pub codes: Vec<CodeDecl>,
}

impl CodeList {
    pub fn index(&self, code: &str) -> Option<u32> {
        self.codes
            .iter()
            .position(|known| known.code == code)
            .map(|index| index as u32)
    }
}
