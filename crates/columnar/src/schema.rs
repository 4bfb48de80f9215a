//! Which columns a batch has: the evidence of one or more programmes, each piece once.
//!
//! Must not know: rules, values.

use minsheng_policy::compiled::{Layout, Slot, Type};
use minsheng_policy::{Form, Programme};

/// Where a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// One row per household.
    Household,
    /// One row per member.
    Person,
}

/// A column of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDef {
    /// Name of the evidence.
    pub name: String,
    /// What was declared; columns are shared only where this is equal.
    declared: String,
    /// Index among the lists of records, if it is one.
    pub records: Option<u16>,
    /// What its values are.
    pub values: Values,
    /// Smallest and largest value that the boundary lets in, as far as declared.
    pub bounds: (i64, i64),
}

/// What the values of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Truth values.
    Flags,
    /// Days since 1970-01-01.
    Days,
    /// Whole numbers.
    Numbers,
    /// Places in this list of codes.
    Codes(Vec<String>),
    /// Numbers written as digits, each within these limits.
    Digits(Vec<(i64, i64)>),
    /// Lists of records.
    Records,
}

/// A list of records of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDef {
    /// Whose they are.
    pub place: Place,
    /// The column of the list.
    pub column: u16,
    /// For each field, whether it holds codes.
    pub codes: Vec<bool>,
}

/// The columns of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Columns of the household.
    pub household: Vec<ColumnDef>,
    /// Columns of members.
    pub person: Vec<ColumnDef>,
    /// Lists of records.
    pub records: Vec<ListDef>,
}

/// For each slot of a programme, its column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots {
    pub household: Vec<u16>,
    pub person: Vec<u16>,
}

impl Schema {
    /// The columns that these programmes read. Evidence of one name that is declared in two ways has two columns.
    pub fn of(programmes: &[&Programme]) -> Schema {
        let mut schema = Schema::default();
        for programme in programmes {
            let layout = &programme.compiled().layout;
            for slot in &layout.household {
                schema.add(Place::Household, layout, slot);
            }
            for slot in &layout.person {
                schema.add(Place::Person, layout, slot);
            }
        }
        schema
    }

    /// Columns of a place.
    pub fn columns(&self, place: Place) -> &[ColumnDef] {
        match place {
            Place::Household => &self.household,
            Place::Person => &self.person,
        }
    }

    fn add(&mut self, place: Place, layout: &Layout, slot: &Slot) {
        let declared = declared(layout, slot);
        let known = |column: &ColumnDef| column.name == slot.name && column.declared == declared;
        if self.columns(place).iter().any(known) {
            return;
        }
        let fields = slot.evidence.map(|index| &layout.records[index as usize]);
        let fields = fields.filter(|fields| !fields.is_empty());
        let records = fields.map(|_| self.records.len() as u16);
        let column = self.columns(place).len() as u16;
        if let Some(fields) = fields {
            let codes = fields.iter().map(|field| field.codes.is_some()).collect();
            self.records.push(ListDef {
                place,
                column,
                codes,
            });
        }
        let column = ColumnDef {
            name: slot.name.clone(),
            declared,
            records,
            values: values(layout, slot),
            bounds: bounds(layout, slot),
        };
        match place {
            Place::Household => self.household.push(column),
            Place::Person => self.person.push(column),
        }
    }

    pub(crate) fn slots(&self, programme: &Programme) -> Slots {
        let layout = &programme.compiled().layout;
        let find = |place: Place, slot: &Slot| {
            let declared = declared(layout, slot);
            let at = self
                .columns(place)
                .iter()
                .position(|column| column.name == slot.name && column.declared == declared);
            at.unwrap_or(usize::from(u16::MAX)) as u16
        };
        Slots {
            household: layout
                .household
                .iter()
                .map(|slot| find(Place::Household, slot))
                .collect(),
            person: layout
                .person
                .iter()
                .map(|slot| find(Place::Person, slot))
                .collect(),
        }
    }
}

pub(crate) fn is_flag(ty: &Type) -> bool {
    match ty {
        Type::Bool => true,
        Type::Optional(inner) => is_flag(inner),
        _ => false,
    }
}

fn values(layout: &Layout, slot: &Slot) -> Values {
    let form = slot
        .evidence
        .map(|index| &layout.evidence[index as usize].form);
    match (slot.codes, form) {
        (Some(list), _) => {
            let codes = &layout.code_lists[list as usize].codes;
            Values::Codes(codes.iter().map(|code| code.code.clone()).collect())
        }
        (None, Some(Form::Code { parts, .. })) => {
            Values::Digits(parts.iter().map(|part| (part.min, part.max)).collect())
        }
        (None, Some(Form::Records { .. })) => Values::Records,
        (None, Some(Form::Since)) => Values::Days,
        (None, Some(Form::Quantity { .. } | Form::Amount { .. })) => Values::Numbers,
        (None, Some(Form::Flag)) => Values::Flags,
        (None, None) if is_flag(&slot.ty) => Values::Flags,
        (None, None) => Values::Days,
    }
}

fn bounds(layout: &Layout, slot: &Slot) -> (i64, i64) {
    if let Some(list) = slot.codes {
        let codes = layout.code_lists[list as usize].codes.len();
        return (0, (codes as i64 - 1).max(0));
    }
    match slot
        .evidence
        .map(|index| &layout.evidence[index as usize].form)
    {
        Some(Form::Quantity { min, max, .. }) => (*min, max.unwrap_or(i64::MAX)),
        Some(Form::Amount { .. }) => (0, i64::MAX),
        _ => (i64::MIN, i64::MAX),
    }
}

fn declared(layout: &Layout, slot: &Slot) -> String {
    match slot.evidence {
        Some(index) => {
            let evidence = &layout.evidence[index as usize];
            format!(
                "{:?} {:?} {:?}",
                evidence.form, evidence.absent, evidence.closed_by
            )
        }
        None => String::new(),
    }
}
