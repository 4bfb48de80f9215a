//! Types of expressions, and the code lists they speak of.

use crate::model::CodeDecl;
use crate::units::Unit;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Truth value.
    Bool,
    /// A number with its unit; `whole` when it cannot have a fraction.
    Number {
        /// Unit.
        unit: Unit,
        /// Whether it cannot have a fraction.
        whole: bool,
    },
    /// Day.
    Date,
    /// Month.
    Month,
    /// Member of the household.
    Person,
    /// Code of a list.
    Code(u16),
    /// A compound code of an evidence declaration (by index): its digits have names.
    Compound(u16),
    /// A record of an evidence declaration (by index).
    Record(u16),
    /// List.
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
    /// A whole number.
    pub fn whole(unit: Unit) -> Type {
        Type::Number { unit, whole: true }
    }

    /// A number that may have a fraction.
    pub fn exact(unit: Unit) -> Type {
        Type::Number { unit, whole: false }
    }

    /// What may be declared absent.
    pub fn optional(inner: Type) -> Type {
        Type::Optional(Box::new(inner))
    }

    /// A list.
    pub fn list(inner: Type) -> Type {
        Type::List(Box::new(inner))
    }
}

/// A list of codes with its name, for example `relation` or `income.kind`.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// Name.
    pub name: String,
    /// The codes, in order.
    pub codes: Vec<CodeDecl>,
}

impl CodeList {
    /// Index of a code.
    pub fn index(&self, code: &str) -> Option<u32> {
        self.codes
            .iter()
            .position(|known| known.code == code)
            .map(|index| index as u32)
    }
}
