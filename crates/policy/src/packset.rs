//! A set of packs: the authority's own and those of the authorities above it.

use crate::diagnostics::Diagnostics;
use crate::programme::Programme;
use crate::source::{Source, embedded_sources};
use crate::text::Lang;

/// All programmes of an authority, loaded and checked.
#[derive(Debug)]
pub struct PackSet {
    authority: String,
    sources: Vec<Source>,
    hash: String,
    programmes: Vec<Programme>,
}

/// The result of one example of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    /// Programme code.
    pub programme: String,
    /// Id, for example `DB-3`.
    pub id: String,
    /// File.
    pub path: String,
    /// Line.
    pub line: u32,
    /// What differs from the expectation; `None` when it holds.
    pub failure: Option<String>,
}

impl PackSet {
    /// The packs of this repository for an authority, for example `cn-513301`.
    pub fn embedded(authority: &str) -> Result<PackSet, Diagnostics> {
        PackSet::from_sources(authority, embedded_sources())
    }

    /// Loads the packs of an authority and of those above it.
    ///
    /// # Errors
    /// Every error found, with file, line and column.
    pub fn from_sources(authority: &str, sources: Vec<Source>) -> Result<PackSet, Diagnostics> {
        Ok(PackSet { authority: authority.to_owned(), sources, hash: String::new(), programmes: Vec::new() })
    }

    /// The authority.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// SM3 over language version and sources, in hex: the name under which the set is published.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The sources that make up the set, sorted.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// A programme.
    pub fn programme(&self, code: &str) -> Option<&Programme> {
        self.programmes.iter().find(|programme| programme.code == code)
    }

    /// All programmes, by code.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// Runs the examples of all programmes.
    pub fn run_examples(&self) -> Vec<ExampleResult> {
        Vec::new()
    }

    /// The handbook page of a programme as Markdown.
    pub fn handbook(&self, _code: &str, _lang: Lang) -> Option<String> {
        None
    }
}
