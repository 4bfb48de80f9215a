//! A set of packs: the authority's own and those of the authorities above it.

use std::fmt::Write;

use sm3::{Digest, Sm3};

use crate::LANGUAGE_VERSION;
use crate::campaign::CampaignKind;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::handbook;
use crate::load::load;
use crate::pack::assemble::assemble;
use crate::pack::campaign;
use crate::pack::chain::{Folder, read_chain, sources_of_chain};
use crate::pack::population::population;
use crate::pack::report::Report;
use crate::population::Population;
use crate::programme::Programme;
use crate::source::{Source, embedded_sources};
use crate::text::{Bilingual, Lang};

/// All programmes of an authority, loaded and checked.
#[derive(Debug)]
pub struct PackSet {
    authority: String,
    sources: Vec<Source>,
    hash: String,
    programmes: Vec<Programme>,
    campaigns: Vec<CampaignKind>,
    population: Option<Population>,
    chain: Vec<Folder>,
}

/// The result of one example of a pack.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExampleResult {
    /// Programme code.
    pub programme: String,
    /// Id, for example `DB-3`.
    pub id: String,
    /// What it shows.
    pub title: Bilingual,
    /// File.
    pub path: String,
    /// Line.
    pub line: u32,
    /// What differs from the expectation; `None` when it holds.
    pub failure: Option<String>,
}

impl PackSet {
    /// The packs of this repository for an authority, for example `cn-513301`.
    ///
    /// # Errors
    /// As [`PackSet::from_sources`].
    pub fn embedded(authority: &str) -> Result<PackSet, Diagnostics> {
        PackSet::from_sources(authority, embedded_sources())
    }

    /// Loads the packs of an authority and of those above it. Sources of other authorities are left out, so that the
    /// stored sources of a set give the same set, with the same hash.
    ///
    /// # Errors
    /// Every error found, with file, line and column.
    pub fn from_sources(authority: &str, sources: Vec<Source>) -> Result<PackSet, Diagnostics> {
        let sources = sources_of_chain(authority, sources);
        if sources.is_empty() {
            let diagnostic = Diagnostic {
                path: authority.to_owned(),
                line: 1,
                column: 1,
                message: format!("there is no pack of `{authority}`"),
                hint: Some(
                    "a folder named like the authority holds a file with a `toml pack` block"
                        .to_owned(),
                ),
            };
            return Err(Diagnostics {
                list: vec![diagnostic],
            });
        }
        let mut report = Report::new(&sources);
        let chain = read_chain(authority, &sources, &mut report);
        let mut programmes = Vec::new();
        let mut campaigns = Vec::new();
        let mut mapping = None;
        // Definitions are put together only when every file could be read: a missing block would show as other errors.
        if report.is_clean() {
            for assembly in assemble(&chain, &mut report) {
                programmes.extend(load(assembly, &mut report));
            }
            if report.is_clean() {
                let codes: Vec<&str> = programmes
                    .iter()
                    .map(|programme: &Programme| programme.code.as_str())
                    .collect();
                campaigns = campaign::campaigns(&chain, &codes, &mut report);
                mapping = population(&chain, &programmes, &mut report);
            }
        }
        report.finish()?;
        programmes.sort_by(|a, b| a.code.cmp(&b.code));
        let hash = hash(&sources);
        Ok(PackSet {
            authority: authority.to_owned(),
            sources,
            hash,
            programmes,
            campaigns,
            population: mapping,
            chain,
        })
    }

    /// The authority.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// SM3 over language version and sources, in hex: the name under which the set is published.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The sources that make up the set, sorted by folder and file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// A programme.
    pub fn programme(&self, code: &str) -> Option<&Programme> {
        self.programmes
            .iter()
            .find(|programme| programme.code == code)
    }

    /// All programmes, by code.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// A kind of campaign.
    pub fn campaign(&self, code: &str) -> Option<&CampaignKind> {
        self.campaigns.iter().find(|kind| kind.code == code)
    }

    /// All kinds of campaigns, from the nation down.
    pub fn campaigns(&self) -> &[CampaignKind] {
        &self.campaigns
    }

    /// Which columns of a register hold which evidence, where the pack says it.
    pub fn population(&self) -> Option<&Population> {
        self.population.as_ref()
    }

    /// Runs the examples of all programmes.
    pub fn run_examples(&self) -> Vec<ExampleResult> {
        let mut results = Vec::new();
        for programme in &self.programmes {
            for example in &programme.examples {
                results.push(ExampleResult {
                    programme: programme.code.clone(),
                    id: example.id.clone(),
                    title: example.title.clone(),
                    path: example.path.clone(),
                    line: example.line,
                    failure: example.run(programme).err(),
                });
            }
        }
        results
    }

    /// The handbook page of a programme as Markdown: prose, parameters, rules, procedure, payment.
    pub fn handbook(&self, code: &str, lang: Lang) -> Option<String> {
        self.programme(code)
            .map(|programme| handbook::page(programme, &self.chain, &self.sources, lang))
    }
}

/// The path of a source enters by folder and file only: a set is the same wherever its folder stands.
fn hash(sources: &[Source]) -> String {
    let mut digest = Sm3::new();
    digest.update(LANGUAGE_VERSION.to_be_bytes());
    for source in sources {
        let (folder, file) = source.place().unwrap_or_default();
        for part in [folder, file, &source.text] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    digest
        .finalize()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
