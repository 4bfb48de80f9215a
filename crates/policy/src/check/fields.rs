//! Fields: evidence of the household and of persons, fields of records, digits of compound codes.

use super::expression::{Checker, Typed};
use crate::ir::{Node, Op};
use crate::layout::Slot;
use crate::pack::report::suggestion;
use crate::syntax::{Expr, ExprKind, Name};
use crate::types::Type;
use crate::units::Unit;

impl Checker<'_, '_> {
    pub(super) fn field(&mut self, whole: &Expr, inner: &Expr, field: &Name) -> Option<Typed> {
        let span = whole.span;
        let found = |op: Op, ty: Type| Some((Node { op, span }, ty));
        let (node, ty) = match &inner.kind {
            ExprKind::Name(name) if name == "household" => {
                let slots = &self.symbols.layout.household;
                let Some(index) = slots.iter().position(|slot| slot.name == field.text) else {
                    return self.unknown_field("the household", slots, field);
                };
                (Op::Household(index as u16), slots[index].ty.clone())
            }
            ExprKind::Name(name) if name == "application" => match field.text.as_str() {
                "date" => return found(Op::ApplicationDate, Type::Date),
                "single" => (Op::Single, Type::optional(Type::Person)),
                _ => {
                    return self.fail(
                        field.span,
                        format!("the application has no `{}`", field.text),
                        "it has `date` and `single`",
                    );
                }
            },
            _ => {
                let (of, ty) = self.infer(inner)?;
                self.field_of(of, &ty, field)?
            }
        };
        let ty = match ty {
            Type::Optional(present) if self.present.contains(&whole.to_string()) => *present,
            ty => ty,
        };
        found(node, ty)
    }

    fn field_of(&mut self, of: Node, ty: &Type, field: &Name) -> Option<(Op, Type)> {
        let layout = self.symbols.layout;
        match ty {
            Type::Person => {
                let Some(index) = layout
                    .person
                    .iter()
                    .position(|slot| slot.name == field.text)
                else {
                    return self.unknown_field("a person", &layout.person, field);
                };
                Some((
                    Op::Person(index as u16, Box::new(of)),
                    layout.person[index].ty.clone(),
                ))
            }
            Type::Record(evidence) => {
                let fields = &layout.records[*evidence as usize];
                let Some(index) = fields.iter().position(|slot| slot.name == field.text) else {
                    let name = &layout.evidence[*evidence as usize].name;
                    let hint =
                        suggestion(&field.text, fields.iter().map(|slot| slot.name.as_str()));
                    return self.fail(
                        field.span,
                        format!("a record of {name} has no `{}`", field.text),
                        hint,
                    );
                };
                Some((
                    Op::Record(index as u16, Box::new(of)),
                    fields[index].ty.clone(),
                ))
            }
            Type::Compound(evidence) => {
                let crate::model::Form::Code { parts, .. } =
                    &layout.evidence[*evidence as usize].form
                else {
                    return None;
                };
                let Some(index) = parts.iter().position(|part| part.name == field.text) else {
                    let hint = suggestion(&field.text, parts.iter().map(|part| part.name.as_str()));
                    return self.fail(
                        field.span,
                        format!("the code has no part `{}`", field.text),
                        hint,
                    );
                };
                let divisor = 10_i64.pow((parts.len() - 1 - index) as u32);
                Some((Op::Digit(divisor, Box::new(of)), Type::whole(Unit::NONE)))
            }
            _ => {
                let message = format!("{} has no fields", self.name_of(ty));
                let hint = self.mismatch_hint(ty, ty);
                self.fail(field.span, message, hint)
            }
        }
    }

    fn unknown_field<T>(&mut self, whose: &str, slots: &[Slot], field: &Name) -> Option<T> {
        let mut hint = suggestion(&field.text, slots.iter().map(|slot| slot.name.as_str()));
        if hint.is_empty() {
            hint = "declare it in a `toml evidence` block".to_owned();
        }
        self.fail(
            field.span,
            format!("no evidence `{}` about {whose} is declared", field.text),
            hint,
        )
    }
}
