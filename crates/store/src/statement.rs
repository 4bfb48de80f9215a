//! Statements are constants with a name. One test prepares every one of them on both engines, so a
//! misspelt column is found before a clerk finds it. Whether a statement needs the area scope is part of it.

/// How a statement may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Runs without the area scope; the words say why that is right (a look-up by key inside an act
    /// whose area was already checked, a table without persons, a whole-county computation).
    Internal(&'static str),
    /// Returns persons, counts, look-ups or exports: runs only with a [`crate::Scope`]. Its text holds one
    /// or more `{scope:COLUMN}`, each of which becomes a condition on a 12-digit division code.
    Scoped,
}

/// One SELECT. Writes do not need SQL of an office: see [`crate::Tx::insert`] and [`crate::Tx::update`].
#[derive(Debug)]
pub struct Statement {
    /// Name, as `module::NAME`.
    pub name: &'static str,
    /// Text in the common dialect: what [`crate::check_statements`] lets pass and both engines prepare. Parameters
    /// are `?1`, `?2`, … in any order. SUM, COUNT and comparisons come back as integers.
    pub sql: &'static str,
    /// Who may run it.
    pub access: Access,
}

inventory::collect!(&'static Statement);

/// Every statement linked into the program, for the test that prepares them all.
pub fn all_statements() -> Vec<&'static Statement> {
    inventory::iter::<&'static Statement>
        .into_iter()
        .copied()
        .collect()
}

/// Declares a [`Statement`] constant and enters it in the list of all statements.
///
/// ```text
/// statement! { pub PERSON_BY_ID, internal "look-up by key", "SELECT name FROM person WHERE id = ?1" }
/// statement! { pub LIST, scoped, "SELECT id FROM household h WHERE {scope:h.division} ORDER BY id" }
/// ```
#[macro_export]
macro_rules! statement {
    ($(#[$meta:meta])* $vis:vis $name:ident, internal $why:literal, $sql:expr) => {
        $(#[$meta])*
        $vis static $name: $crate::Statement = $crate::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sql: $sql,
            access: $crate::Access::Internal($why),
        };
        $crate::inventory::submit! { &$name }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident, scoped, $sql:expr) => {
        $(#[$meta])*
        $vis static $name: $crate::Statement = $crate::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sql: $sql,
            access: $crate::Access::Scoped,
        };
        $crate::inventory::submit! { &$name }
    };
}
