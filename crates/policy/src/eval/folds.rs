//! Operations over lists, with one variable.

use super::machine::{Evaluated, Machine};
use super::operations::overflow;
use crate::exact::Exact;
use crate::ir::{Fold, Node};
use crate::value::{ListRange, Value};

impl<'a> Machine<'a> {
    pub(super) fn make_list(&mut self, items: &'a [Node]) -> Evaluated {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.eval(item)?);
        }
        Ok(self.store(&values))
    }

    fn store(&mut self, values: &[Value]) -> Value {
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(values);
        Value::List(ListRange {
            start,
            len: values.len() as u32,
        })
    }

    pub(super) fn fold(
        &mut self,
        fold: Fold,
        slot: u16,
        list: &'a Node,
        body: Option<&'a Node>,
    ) -> Evaluated {
        let range = match self.eval(list)? {
            Value::List(range) => range,
            other => return Ok(other),
        };
        let Some(body) = body else {
            return Ok(Value::Number(Exact::whole(i128::from(range.len))));
        };
        match fold {
            Fold::Any => self.decide(true, slot, range, body),
            Fold::All => self.decide(false, slot, range, body),
            Fold::Sum => self.sum(slot, range, body),
            Fold::Count | Fold::ExistsOne => {
                let mut missing = None;
                let mut count = 0_i128;
                for at in range.start..range.start + range.len {
                    match self.item(slot, at, body)? {
                        Value::Bool(true) => count += 1,
                        Value::Missing(set) => {
                            missing =
                                Some(missing.map_or(set, |known| self.needs.union(known, set)))
                        }
                        _ => {}
                    }
                }
                Ok(match missing {
                    // Two that hold are too many, whatever the others turn out to be.
                    _ if fold == Fold::ExistsOne && count > 1 => Value::Bool(false),
                    Some(set) => Value::Missing(set),
                    None if fold == Fold::ExistsOne => Value::Bool(count == 1),
                    None => Value::Number(Exact::whole(count)),
                })
            }
            Fold::Filter | Fold::Map => {
                let mut kept = Vec::with_capacity(range.len as usize);
                let mut missing = None;
                for at in range.start..range.start + range.len {
                    match self.item(slot, at, body)? {
                        Value::Missing(set) if fold == Fold::Filter => {
                            missing =
                                Some(missing.map_or(set, |known| self.needs.union(known, set)));
                        }
                        Value::Bool(true) if fold == Fold::Filter => {
                            kept.push(self.lists[at as usize])
                        }
                        value if fold == Fold::Map => kept.push(value),
                        _ => {}
                    }
                }
                match missing {
                    Some(set) => Ok(Value::Missing(set)),
                    None => Ok(self.store(&kept)),
                }
            }
        }
    }

    fn item(&mut self, slot: u16, at: u32, body: &'a Node) -> Evaluated {
        let place = self.base + slot as usize;
        self.locals[place] = self.lists[at as usize];
        self.eval(body)
    }

    fn sum(&mut self, slot: u16, range: ListRange, body: &'a Node) -> Evaluated {
        let mut total = Exact::ZERO;
        let mut missing = None;
        for at in range.start..range.start + range.len {
            match self.item(slot, at, body)? {
                Value::Number(number) => total = total.checked_add(number).ok_or(overflow())?,
                Value::Missing(set) => {
                    missing = Some(missing.map_or(set, |known| self.needs.union(known, set)))
                }
                _ => {}
            }
        }
        Ok(missing.map_or(Value::Number(total), Value::Missing))
    }

    /// `any` is decided by the first true, `all` by the first false; faults and gaps count only if nothing decides.
    fn decide(&mut self, decisive: bool, slot: u16, range: ListRange, body: &'a Node) -> Evaluated {
        let mut missing = None;
        let mut failed = None;
        for at in range.start..range.start + range.len {
            match self.item(slot, at, body) {
                Ok(Value::Bool(value)) if value == decisive => return Ok(Value::Bool(decisive)),
                Ok(Value::Missing(set)) => {
                    missing = Some(missing.map_or(set, |known| self.needs.union(known, set)))
                }
                Ok(_) => {}
                Err(fault) => failed = failed.or(Some(fault)),
            }
        }
        match (failed, missing) {
            (Some(fault), _) => Err(fault),
            (None, Some(set)) => Ok(Value::Missing(set)),
            (None, None) => Ok(Value::Bool(!decisive)),
        }
    }
}
