//! What an author must mend before a set is published, beyond what makes it impossible to load: definitions that
//! nobody uses, periods without a value, exceptions and rows of tables that can apply together.
//!
//! Not part of loading: a set that was published stays runnable, whatever is found out about it later.

mod formula;
mod overlap;
mod periods;
mod satisfy;
mod usage;

use crate::diagnostics::Diagnostics;
use crate::pack::assemble::{Assembly, assemble};
use crate::pack::chain::read_chain;
use crate::pack::report::Report;
use crate::packset::PackSet;
use crate::programme::Programme;

impl PackSet {
    /// What an author must mend before the set is published.
    ///
    /// # Errors
    /// Every finding, with file, line and column.
    pub fn audit(&self) -> Result<(), Diagnostics> {
        let mut report = Report::new(self.sources());
        let chain = read_chain(self.authority(), self.sources(), &mut report);
        let assemblies = assemble(&chain, &mut report);
        let pairs: Vec<(&Assembly, &Programme)> = assemblies
            .iter()
            .filter_map(|assembly| {
                self.programme(&assembly.code)
                    .map(|programme| (assembly, programme))
            })
            .collect();
        usage::check(&pairs, &mut report);
        for (assembly, programme) in pairs {
            periods::check(assembly, programme, &mut report);
            overlap::check(assembly, programme, &mut report);
        }
        report.finish()
    }
}
