//! Parameters: typed values in order of time.

use std::sync::Arc;

use crate::check::literals::{parse_type, ratio, type_name};
use crate::exact::Exact;
use crate::ir::{DatedValue, Parameter, ParameterConstant};
use crate::layout::Layout;
use crate::model::{self, Constant};
use crate::pack::assemble::{Assembly, ParameterSource};
use crate::pack::blocks::RawValue;
use crate::pack::report::{Place, Report, suggestion};
use crate::types::Type;
use crate::value::Value;

/// Checks the parameters of a programme: the machine's form and the public form.
pub(crate) fn parameters(
    assembly: &Assembly,
    layout: &Layout,
    report: &mut Report<'_>,
) -> (Vec<Parameter>, Vec<model::Parameter>) {
    assembly
        .parameters
        .iter()
        .map(|source| parameter(source, layout, report))
        .unzip()
}

fn parameter(
    source: &ParameterSource,
    layout: &Layout,
    report: &mut Report<'_>,
) -> (Parameter, model::Parameter) {
    let place = Place {
        file: source.place.file,
        span: source.unit.span,
    };
    let ty = parse_type(&source.unit.text, layout).unwrap_or_else(|error| {
        report.error(
            place,
            error,
            "types are bool, int, ratio, codes(…) and units such as fen/person/month",
        );
        Type::Bool
    });
    if !matches!(ty, Type::Bool | Type::Number { .. })
        && !matches!(&ty, Type::List(inner) if matches!(**inner, Type::Code(_)))
    {
        report.error(
            place,
            format!("a parameter cannot be {}", type_name(&ty, layout)),
            "",
        );
    }
    let mut rows: Vec<_> = source.rows.iter().collect();
    rows.sort_by_key(|(row, _, _)| row.from.0);
    let mut checked = Parameter {
        name: Arc::from(source.name.text.as_str()),
        ty,
        values: Vec::new(),
    };
    let mut public = model::Parameter {
        name: source.name.text.clone(),
        label: source.label.clone(),
        unit: source.unit.text.clone(),
        values: Vec::new(),
    };
    for (index, (row, row_place, value_place)) in rows.iter().enumerate() {
        let next = rows.get(index + 1).map(|(next, _, _)| next.from.0);
        if next == Some(row.from.0) {
            report.error(
                *row_place,
                format!("two values of `{}` begin on {}", public.name, row.from.0),
                "",
            );
        }
        if row.to.is_some_and(|to| to.0 <= row.from.0) {
            report.error(
                *row_place,
                "the value ends before it begins",
                "`to` is the first day on which it is no longer valid",
            );
        }
        let to = match (row.to, next) {
            (Some(to), Some(next)) => Some(to.0.min(next)),
            (to, next) => to.map(|to| to.0).or(next),
        };
        let Some((value, constant)) = constant(
            row.value.get_ref(),
            &checked.ty,
            layout,
            *value_place,
            report,
        ) else {
            continue;
        };
        let (path, line) = report.line(*row_place);
        checked.values.push(DatedValue {
            from: row.from.0,
            to,
            value,
        });
        public.values.push(model::ParameterValue {
            value: constant,
            unit: public.unit.clone(),
            from: row.from.0,
            to,
            cite: row.cite.clone(),
            mark: row.mark,
            path,
            line,
        });
    }
    // The type of a number says whether its values are whole: fen are, a share need not be.
    if let Type::Number { unit, .. } = checked.ty {
        let whole = checked.values.iter().all(|value| matches!(value.value, ParameterConstant::One(Value::Number(n)) if n.as_whole().is_some()));
        checked.ty = Type::Number {
            unit,
            whole: whole && source.unit.text != "ratio",
        };
    }
    (checked, public)
}

fn constant(
    raw: &RawValue,
    ty: &Type,
    layout: &Layout,
    place: Place,
    report: &mut Report<'_>,
) -> Option<(ParameterConstant, Constant)> {
    // Standards, terms, rates and limits: a minus sign is a slip of the pen, and would pay backwards.
    let negative = match raw {
        RawValue::Int(value) => *value < 0,
        RawValue::Text(text) => text.trim_start().starts_with('-'),
        _ => false,
    };
    if negative && matches!(ty, Type::Number { .. }) {
        report.error(
            place,
            "a negative value",
            "a standard, a term, a rate or a limit is zero or more",
        );
        return None;
    }
    let number = |exact: Exact| -> Option<(ParameterConstant, Constant)> {
        let public = match exact.as_whole() {
            Some(whole) => Constant::Int(i64::try_from(whole).ok()?),
            None => Constant::Ratio {
                num: i64::try_from(exact.num()).ok()?,
                den: i64::try_from(exact.den()).ok()?,
            },
        };
        Some((ParameterConstant::One(Value::Number(exact)), public))
    };
    match (raw, ty) {
        (RawValue::Bool(value), Type::Bool) => Some((
            ParameterConstant::One(Value::Bool(*value)),
            Constant::Bool(*value),
        )),
        (RawValue::Int(value), Type::Number { .. }) => number(Exact::whole(i128::from(*value))),
        (RawValue::Text(text), Type::Number { unit, whole }) if !unit.is_money() && !whole => {
            match ratio(text) {
                Ok(exact) => number(exact),
                Err(error) => {
                    report.error(place, error, "");
                    None
                }
            }
        }
        (RawValue::Codes(codes), Type::List(inner)) => {
            let Type::Code(list) = **inner else {
                return None;
            };
            let list = &layout.code_lists[list as usize];
            let mut indices = Vec::new();
            for code in codes {
                match list.index(code) {
                    Some(index) => indices.push(index),
                    None => {
                        let hint =
                            suggestion(code, list.codes.iter().map(|code| code.code.as_str()));
                        report.error(
                            place,
                            format!("\"{code}\" is not a code of {}", list.name),
                            hint,
                        );
                    }
                }
            }
            Some((
                ParameterConstant::Codes(indices),
                Constant::Codes(codes.clone()),
            ))
        }
        _ => {
            let message = format!("the value is not {}", type_name(ty, layout));
            report.error(
                place,
                message,
                "fen are whole numbers; a ratio is a text such as \"1.5\" or \"3/2\"",
            );
            None
        }
    }
}
