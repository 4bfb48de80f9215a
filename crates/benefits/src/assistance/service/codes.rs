//! Codes of papers and registers: only those that the pack of the case lists are taken.
//!
//! Must not know any of them; a pack without a list takes every code.

use minsheng_policy::NamedCode;

use super::super::error::AssistanceError;
use super::Dossier;

impl Dossier {
    /// Refuses papers that the pack does not know.
    pub(super) fn known_papers(&self, codes: &[String]) -> Result<(), AssistanceError> {
        let known = &self.procedure()?.papers;
        self.known("papers", codes.iter().map(String::as_str), known)
    }

    /// Refuses registers that the pack does not know.
    pub(super) fn known_sources<'c>(
        &self,
        codes: impl IntoIterator<Item = &'c str>,
    ) -> Result<(), AssistanceError> {
        let known = &self.procedure()?.sources;
        self.known("sources", codes, known)
    }

    fn known<'c>(
        &self,
        field: &'static str,
        codes: impl IntoIterator<Item = &'c str>,
        known: &[NamedCode],
    ) -> Result<(), AssistanceError> {
        if known.is_empty() {
            return Ok(());
        }
        let is_known = |code: &&str| known.iter().any(|one| one.code == *code);
        let Some(unknown) = codes.into_iter().find(|code| !is_known(code)) else {
            return Ok(());
        };
        let list: Vec<String> = known
            .iter()
            .map(|one| format!("{} ({})", one.code, one.name.zh))
            .collect();
        Err(AssistanceError::form(
            self.whom(),
            field,
            format!(
                "`{unknown}` is not on the list\nhint: one of {}",
                list.join(", ")
            ),
        ))
    }
}
