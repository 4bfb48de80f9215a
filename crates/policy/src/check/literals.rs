//! Types and units as they are written in a pack, and constants of such types.

use crate::exact::parse_exact;
use crate::layout::Layout;
use crate::types::Type;
use crate::units::Unit;

/// Reads `bool`, `int`, `ratio`, `date`, `calendar_month`, `person`, `code(list)`, `list(person)` or a unit.
pub(crate) fn parse_type(text: &str, layout: &Layout) -> Result<Type, String> {
    let inside = |word: &str| {
        text.strip_prefix(word)
            .and_then(|rest| rest.strip_prefix('('))
            .and_then(|rest| rest.strip_suffix(')'))
    };
    Ok(match text {
        "bool" => Type::Bool,
        "int" => Type::whole(Unit::NONE),
        "ratio" => Type::exact(Unit::NONE),
        "date" => Type::Date,
        "calendar_month" => Type::Month,
        "person" => Type::Person,
        _ => {
            if let Some(list) = inside("code") {
                return code_list(list, layout).map(Type::Code);
            }
            if let Some(list) = inside("codes") {
                return code_list(list, layout).map(|list| Type::list(Type::Code(list)));
            }
            if let Some(inner) = inside("list") {
                return parse_type(inner.trim(), layout).map(Type::list);
            }
            Type::exact(text.parse()?)
        }
    })
}

fn code_list(name: &str, layout: &Layout) -> Result<u16, String> {
    layout
        .code_list(name.trim())
        .ok_or_else(|| format!("unknown code list `{}`", name.trim()))
}

/// A type in the words of a pack.
pub(crate) fn type_name(ty: &Type, layout: &Layout) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Number {
            unit: Unit::NONE,
            whole,
        } => if *whole { "int" } else { "ratio" }.to_owned(),
        Type::Number { unit, .. } => unit.to_string(),
        Type::Date => "date".to_owned(),
        Type::Month => "calendar_month".to_owned(),
        Type::Person => "person".to_owned(),
        Type::Code(list) => format!("code({})", layout.code_lists[*list as usize].name),
        Type::Compound(evidence) | Type::Record(evidence) => {
            format!("the evidence {}", layout.evidence[*evidence as usize].name)
        }
        Type::List(inner) => match &**inner {
            Type::Code(list) => format!("codes({})", layout.code_lists[*list as usize].name),
            inner => format!("list({})", type_name(inner, layout)),
        },
        Type::Optional(inner) => format!("{}, perhaps absent", type_name(inner, layout)),
        Type::Zero => "the number 0".to_owned(),
        Type::Text => "a text".to_owned(),
        Type::Null => "null".to_owned(),
        Type::Empty => "an empty list".to_owned(),
    }
}

/// Reads a constant written as text: `1.5`, `3/2`.
pub(crate) fn ratio(text: &str) -> Result<crate::exact::Exact, String> {
    parse_exact(text.trim())
        .ok_or_else(|| format!("`{text}` is not a number such as \"1.5\" or \"3/2\""))
}
