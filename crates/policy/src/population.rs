//! What a pack says about a register that comes as columns: which column holds which evidence.
//!
//! Must not know: files, formats, values.

use crate::model::Entity;

/// The mapping of a population, as declared in the file of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Column with the id of the household, in both files.
    pub household_id: String,
    /// Column with the id of the person.
    pub person_id: String,
    /// Programme whose eligible households a summary counts.
    pub counted: Option<String>,
    /// Evidence and its columns.
    pub columns: Vec<PopulationColumn>,
    /// Columns that are known and not read.
    pub unread: Vec<String>,
}

/// A column that holds evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationColumn {
    /// Whom it is about, and so the file it stands in.
    pub entity: Entity,
    /// Name of the evidence, or of what every person has.
    pub evidence: String,
    /// Name of the column.
    pub column: String,
    /// Whether a value may be missing; it is then unknown.
    pub optional: bool,
}
