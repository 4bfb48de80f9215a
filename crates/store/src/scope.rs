//! The area scope: which part of the county a user may see. It is one range of 12-digit division codes, because
//! the code of a division begins with the code of the one it lies in (GB/T 2260, GB/T 10114).
//!
//! A scoped statement cannot be run without one: the condition is not in its text but made here.

use crate::sql::{Piece, pieces, placeholders};
use crate::{StoreError, Value};

/// Digits of a code from province to village: 2, 4, 6, 9, 12. Each entry is the number of villages' codes in one
/// division of the level.
const LEVELS: [i64; 5] = [10_000_000_000, 100_000_000, 1_000_000, 1_000, 1];

/// A half-open range of division codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    from: i64,
    to: i64,
}

impl Scope {
    /// The whole database.
    pub fn county() -> Scope {
        Scope {
            from: 0,
            to: i64::MAX,
        }
    }

    /// One division and all in it. `division` is a 12-digit code whose trailing zeros mark its level
    /// (2, 4, 6, 9 or 12 digits). What is no such code sees nothing.
    pub fn of(division: i64) -> Scope {
        if !(100_000_000_000..=999_999_999_999).contains(&division) {
            return Scope { from: 0, to: 0 };
        }
        let size = LEVELS
            .into_iter()
            .find(|size| division % size == 0)
            .unwrap_or(1);
        Scope {
            from: division,
            to: division + size,
        }
    }

    /// Whether a division lies inside.
    pub fn contains(&self, division: i64) -> bool {
        (self.from..self.to).contains(&division)
    }

    /// The parameters of a scoped statement: the caller's, and the range at their end.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] if the caller's are more or fewer than the statement has placeholders.
    pub(crate) fn bind(
        &self,
        statement: &crate::Statement,
        params: &[Value],
    ) -> Result<Vec<Value>, StoreError> {
        let wanted = placeholders(statement.sql);
        if wanted != params.len() {
            let given = params.len();
            let reason = format!("it has {wanted} placeholders, {given} values were given");
            return Err(StoreError::Misuse {
                what: statement.name.to_owned(),
                reason,
            });
        }
        let mut params = params.to_vec();
        params.push(Value::Int(self.from));
        params.push(Value::Int(self.to));
        Ok(params)
    }
}

/// Replaces each `{scope:COLUMN}` by a condition on the two parameters after the statement's own.
pub(crate) fn expand(sql: &str) -> String {
    let from = placeholders(sql) + 1;
    let to = from + 1;
    let mut text = String::with_capacity(sql.len() + 64);
    for piece in pieces(sql) {
        match piece {
            Piece::Scope(column) => {
                text.push_str(&format!("({column} >= ?{from} AND {column} < ?{to})"));
            }
            other => other.write(&mut text),
        }
    }
    text
}

/// Refuses a statement that is used by the wrong door.
pub(crate) fn expect_scoped(statement: &crate::Statement, scoped: bool) -> Result<(), StoreError> {
    let reason = match (statement.access, scoped) {
        (crate::Access::Scoped, false) => {
            "it returns persons, counts or exports and runs only with an area scope"
        }
        (crate::Access::Internal(_), true) => "it takes no area scope",
        _ => return Ok(()),
    };
    Err(StoreError::Misuse {
        what: statement.name.to_owned(),
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_zeros_mark_the_level() {
        for (division, inside, outside) in [
            (
                513_301_101_001,
                vec![513_301_101_001],
                vec![513_301_101_000, 513_301_101_002],
            ),
            (
                513_301_101_000,
                vec![513_301_101_000, 513_301_101_999],
                vec![513_301_100_999, 513_301_102_000],
            ),
            (
                513_301_000_000,
                vec![513_301_000_000, 513_301_999_999],
                vec![513_300_999_999, 513_302_000_000],
            ),
            (
                513_300_000_000,
                vec![513_301_101_001],
                vec![513_400_000_000],
            ),
            (
                510_000_000_000,
                vec![513_301_101_001],
                vec![520_000_000_000],
            ),
            // a level whose own number ends in zero is still of its level
            (
                513_301_110_000,
                vec![513_301_110_001],
                vec![513_301_111_000, 513_301_109_999],
            ),
        ] {
            let scope = Scope::of(division);
            assert!(
                inside.iter().all(|code| scope.contains(*code)),
                "{division}"
            );
            assert!(
                !outside.iter().any(|code| scope.contains(*code)),
                "{division}"
            );
        }
    }

    #[test]
    fn nonsense_sees_nothing() {
        for code in [0, -1, 51, 513_301, i64::MAX, i64::MIN] {
            let scope = Scope::of(code);
            assert!(
                !scope.contains(code) && !scope.contains(513_301_101_001),
                "{code}"
            );
        }
    }

    #[test]
    fn every_place_gets_the_condition_and_one_pair_of_parameters() {
        let sql = "SELECT 1 FROM a JOIN b ON {scope:b.d} WHERE {scope:a.d} AND x = ?1";
        assert_eq!(
            expand(sql),
            "SELECT 1 FROM a JOIN b ON (b.d >= ?2 AND b.d < ?3) WHERE (a.d >= ?2 AND a.d < ?3) AND x = ?1"
        );
        let statement = crate::Statement {
            name: "test::S",
            sql,
            access: crate::Access::Scoped,
        };
        let scope = Scope::of(513_301_000_000);
        let wanted = [
            Value::Int(7),
            Value::Int(513_301_000_000),
            Value::Int(513_302_000_000),
        ];
        assert_eq!(scope.bind(&statement, &[Value::Int(7)]).unwrap(), wanted);
        assert!(scope.bind(&statement, &[]).is_err());
    }
}
