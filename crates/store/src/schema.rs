//! The objects of a schema in comparable words, whatever the engine.

/// One object: a table, a column, an index, a constraint, a trigger, a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SchemaObject {
    /// The table it belongs to.
    pub(crate) table: String,
    /// Kind and name, as `trigger person_no_delete`.
    pub(crate) name: String,
    /// Its definition, complete.
    pub(crate) definition: String,
}
