//! All tables of the inputs together: their columns, and their files.

use std::fs;
use std::path::Path;

use super::Inputs;
use super::act_tables::{
    accounts, acts, applications, appropriations, campaigns, closed_accounts, deaths, drift_nights,
    old_households, pay_rounds, repayments,
};
use super::csv::Column;
use super::register_tables::{divisions, evidence, households, memberships, persons, users};
use crate::error::PlanError;

/// Calls `each` for every table, so that columns and files cannot differ.
macro_rules! for_each_table {
    ($inputs:expr, $table:ident => $each:expr) => {{
        let inputs: &Inputs = $inputs;
        {
            let $table = divisions(&inputs.divisions);
            $each;
        }
        {
            let $table = users(&inputs.users);
            $each;
        }
        {
            let $table = persons(&inputs.persons);
            $each;
        }
        {
            let $table = households(&inputs.households);
            $each;
        }
        {
            let $table = memberships(&inputs.memberships);
            $each;
        }
        {
            let $table = evidence(&inputs.evidence);
            $each;
        }
        {
            let $table = deaths(&inputs.deaths);
            $each;
        }
        {
            let $table = accounts(&inputs.accounts);
            $each;
        }
        {
            let $table = closed_accounts(&inputs.closed_accounts);
            $each;
        }
        {
            let $table = applications(&inputs.applications);
            $each;
        }
        {
            let $table = acts(&inputs.acts);
            $each;
        }
        {
            let $table = pay_rounds(&inputs.pay_rounds);
            $each;
        }
        {
            let $table = campaigns(&inputs.campaigns);
            $each;
        }
        {
            let $table = drift_nights(&inputs.drift_nights);
            $each;
        }
        {
            let $table = repayments(&inputs.repayments);
            $each;
        }
        {
            let $table = appropriations(&inputs.appropriations);
            $each;
        }
        {
            let $table = old_households(&inputs.old_roll);
            $each;
        }
    }};
}

/// Every column of every table of the inputs.
#[must_use]
pub fn columns() -> Vec<Column> {
    let mut found = Vec::new();
    for_each_table!(&Inputs::empty(), table => found.extend(table.columns()));
    found
}

impl Inputs {
    /// Inputs of a county where nobody lives.
    #[must_use]
    pub fn empty() -> Inputs {
        Inputs {
            seed: 0,
            divisions: Vec::new(),
            users: Vec::new(),
            persons: Vec::new(),
            households: Vec::new(),
            memberships: Vec::new(),
            evidence: Vec::new(),
            deaths: Vec::new(),
            accounts: Vec::new(),
            closed_accounts: Vec::new(),
            applications: Vec::new(),
            acts: Vec::new(),
            campaigns: Vec::new(),
            drift_nights: Vec::new(),
            pay_rounds: Vec::new(),
            repayments: Vec::new(),
            appropriations: Vec::new(),
            old_roll: Vec::new(),
        }
    }

    /// Writes one CSV file per table into a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`PlanError::File`].
    pub fn write_csv(&self, dir: &Path) -> Result<(), PlanError> {
        fs::create_dir_all(dir).map_err(|error| PlanError::File {
            path: dir.display().to_string(),
            reason: error.to_string(),
        })?;
        for_each_table!(self, table => table.write(dir)?);
        Ok(())
    }
}
