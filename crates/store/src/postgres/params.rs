//! Values on the wire, in PostgreSQL's binary formats. The types that the server infers for placeholders and the
//! ones that expressions return (int4 of a literal, numeric of SUM, bool of a comparison) are all integers here.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Value;
use crate::engine::Cell;

type Failure = Box<dyn Error + Sync + Send>;

/// A value to be bound.
#[derive(Debug)]
pub(super) struct Param<'a>(pub(super) &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (self.0, ty) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Int(value), &Type::INT8) => out.put_i64(*value),
            (Value::Int(value), &Type::INT4) => out.put_i32(i32::try_from(*value)?),
            (Value::Int(value), &Type::INT2) => out.put_i16(i16::try_from(*value)?),
            (Value::Int(value), &Type::BOOL) => out.put_u8(u8::from(*value != 0)),
            (Value::Int(value), &Type::NUMERIC) => put_numeric(*value, out),
            (
                Value::Text(text),
                &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN),
            ) => {
                out.put_slice(text.as_bytes());
            }
            (Value::Blob(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (value, ty) => {
                return Err(
                    format!("{} was given where the statement takes {ty}", value.kind()).into(),
                );
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The column of many rows as one array: the id, or a value by position.
#[derive(Debug)]
pub(super) struct ArrayParam<'a> {
    pub(super) rows: &'a [(i64, Vec<Value>)],
    pub(super) position: Option<usize>,
}

impl ToSql for ArrayParam<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let element = match *ty {
            Type::INT8_ARRAY => Type::INT8,
            Type::TEXT_ARRAY => Type::TEXT,
            Type::BYTEA_ARRAY => Type::BYTEA,
            ref other => {
                return Err(format!("an array was given where the statement takes {other}").into());
            }
        };
        // dimensions, whether there may be nulls, type, length, first index
        out.put_i32(1);
        out.put_i32(1);
        out.put_u32(element.oid());
        out.put_i32(i32::try_from(self.rows.len())?);
        out.put_i32(1);
        for (id, values) in self.rows {
            match self.position {
                None => {
                    out.put_i32(8);
                    out.put_i64(*id);
                }
                Some(position) => put_field(&values[position], out)?,
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Length and content, as arrays and COPY hold them.
pub(super) fn put_field(value: &Value, out: &mut BytesMut) -> Result<(), Failure> {
    let mut put_bytes = |bytes: &[u8]| -> Result<(), Failure> {
        out.put_i32(i32::try_from(bytes.len())?);
        out.put_slice(bytes);
        Ok(())
    };
    match value {
        Value::Null => out.put_i32(-1),
        Value::Int(value) => put_bytes(&value.to_be_bytes())?,
        Value::Text(text) => put_bytes(text.as_bytes())?,
        Value::Blob(bytes) => put_bytes(bytes)?,
    }
    Ok(())
}

/// A column as it came.
pub(super) struct Raw<'a>(pub(super) Cell<'a>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(Raw(match *ty {
            Type::INT8 => Cell::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Cell::Int(i64::from(i32::from_be_bytes(raw.try_into()?))),
            Type::INT2 => Cell::Int(i64::from(i16::from_be_bytes(raw.try_into()?))),
            Type::BOOL => Cell::Int(i64::from(raw.first().is_some_and(|byte| *byte != 0))),
            Type::NUMERIC => get_numeric(raw).map_or(Cell::Other(raw), Cell::Int),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::CHAR => {
                Cell::Text(raw)
            }
            Type::BYTEA => Cell::Blob(raw),
            _ => Cell::Other(raw),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Raw(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

const NUMERIC_BASE: u64 = 10_000;
const NUMERIC_NEGATIVE: u16 = 0x4000;

/// Digits of base 10,000, most significant first, after their number, the weight of the first, sign and scale.
fn put_numeric(value: i64, out: &mut BytesMut) {
    let mut digits = Vec::new();
    let mut rest = value.unsigned_abs();
    while rest > 0 {
        digits.push(rest % NUMERIC_BASE);
        rest /= NUMERIC_BASE;
    }
    let count = i16::try_from(digits.len()).unwrap_or(0);
    out.put_i16(count);
    out.put_i16((count - 1).max(0));
    out.put_u16(if value < 0 { NUMERIC_NEGATIVE } else { 0 });
    out.put_u16(0);
    for digit in digits.into_iter().rev() {
        out.put_u16(u16::try_from(digit).unwrap_or(0));
    }
}

/// The integer, or nothing for a fraction, an infinity or a number beyond 64 bit.
fn get_numeric(raw: &[u8]) -> Option<i64> {
    let (words, rest) = raw.as_chunks::<2>();
    if !rest.is_empty() || words.len() < 4 {
        return None;
    }
    let word = |position: usize| words.get(position).map(|bytes| u16::from_be_bytes(*bytes));
    let weight = i64::from(i16::from_be_bytes(words[1]));
    let sign = word(2)?;
    if sign != 0 && sign != NUMERIC_NEGATIVE {
        return None;
    }
    let digit = |position: i64| {
        let bytes = usize::try_from(position)
            .ok()
            .and_then(|at| words[4..].get(at));
        bytes.map_or(0, |bytes| u16::from_be_bytes(*bytes))
    };
    let mut value: i128 = 0;
    for position in 0..=weight {
        value = value
            .checked_mul(i128::from(NUMERIC_BASE))?
            .checked_add(i128::from(digit(position)))?;
    }
    let given = i64::try_from(words.len() - 4).ok()?;
    if ((weight + 1).max(0)..given).any(|position| digit(position) != 0) {
        return None;
    }
    i64::try_from(if sign == 0 { value } else { -value }).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn integers_survive_as_numeric(value: i64) {
            let mut out = BytesMut::new();
            put_numeric(value, &mut out);
            prop_assert_eq!(get_numeric(&out), Some(value));
        }
    }

    fn numeric(weight: i16, sign: u16, scale: u16, digits: &[u16]) -> Vec<u8> {
        let mut out = BytesMut::new();
        out.put_i16(i16::try_from(digits.len()).unwrap());
        out.put_i16(weight);
        out.put_u16(sign);
        out.put_u16(scale);
        digits.iter().for_each(|digit| out.put_u16(*digit));
        out.to_vec()
    }

    #[test]
    fn trailing_zero_digits_are_left_out_on_the_wire() {
        assert_eq!(get_numeric(&numeric(0, 0, 0, &[])), Some(0));
        assert_eq!(get_numeric(&numeric(2, 0, 0, &[3])), Some(300_000_000));
        assert_eq!(
            get_numeric(&numeric(1, 0x4000, 2, &[1, 5, 0])),
            Some(-10_005)
        );
    }

    #[test]
    fn fractions_and_giants_are_no_integers() {
        assert_eq!(get_numeric(&numeric(0, 0, 1, &[1, 5000])), None);
        assert_eq!(get_numeric(&numeric(-1, 0, 1, &[5000])), None);
        assert_eq!(get_numeric(&numeric(9, 0, 0, &[1])), None);
        assert_eq!(get_numeric(&numeric(0, 0xC000, 0, &[])), None);
        assert_eq!(get_numeric(&[0, 1]), None);
    }
}
