//! The proof of the books of payment. Everything that can be computed again is computed again, from the other
//! end where there is one; what differs is named with its table and row. Nothing is repaired.
//!
//! That no row was changed, added or removed behind the program is the store's proof ([`minsheng_store::Store::verify`]);
//! this one proves that the rows mean what they should.

mod batches;
mod books;
mod closings;
mod entitlements;
mod keys;
mod recoveries;

use minsheng_benefits::assistance::{AssistanceError, proof};
use minsheng_benefits::campaigns;
use minsheng_benefits::drift;
use minsheng_registry::Desk;
use minsheng_store::{Finding, Query};

use crate::PaymentError;

/// Findings as they are collected.
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(
        &mut self,
        table: &str,
        row: impl Into<Option<i64>>,
        what: impl Into<String>,
    ) {
        self.0.push(Finding {
            table: table.to_owned(),
            row: row.into(),
            what: what.into(),
        });
    }
}

/// Proves the books of payment on one state of the records; an empty list is the proof.
///
/// # Errors
/// Only when the records cannot be read; what is wrong with them is a finding.
pub fn verify(desk: &Desk<'_>) -> Result<Vec<Finding>, PaymentError> {
    desk.store.read(|q| {
        let mut findings = Findings(Vec::new());
        let q: &mut dyn Query = q;
        books::check(q, &mut findings)?;
        batches::check(q, &mut findings)?;
        recoveries::check(q, &mut findings)?;
        closings::check(q, &mut findings)?;
        keys::check(q, &mut findings)?;
        entitlements::check(desk, q, &mut findings)?;
        determinations(desk, q, &mut findings)?;
        campaign_figures(desk, q, &mut findings)?;
        drift_list(desk, q, &mut findings)?;
        Ok(findings.0)
    })
}

/// The determinations are the assistance office's to prove; what it finds stands beside the rest.
fn determinations(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    match proof::verify(desk, q) {
        Ok(found) => {
            for finding in found {
                findings.add(
                    "determination",
                    finding.determination,
                    format!("case {}: {}", finding.case, finding.what),
                );
            }
            Ok(())
        }
        Err(AssistanceError::Store(error)) => Err(error.into()),
        Err(error) => {
            findings.add("determination", None, error.to_string());
            Ok(())
        }
    }
}

/// So is the list of cases that differ from the law.
fn drift_list(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    match drift::proof::verify(desk, q) {
        Ok(found) => {
            for finding in found {
                findings.add(finding.table, finding.row, finding.what);
            }
            Ok(())
        }
        Err(AssistanceError::Store(error)) => Err(error.into()),
        Err(error) => {
            findings.add("drift_run", None, error.to_string());
            Ok(())
        }
    }
}

/// And the campaigns: their lists, outcomes and figures.
fn campaign_figures(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    match campaigns::proof::verify(desk, q) {
        Ok(found) => {
            for finding in found {
                findings.add("campaign", finding.campaign.0, finding.what);
            }
            Ok(())
        }
        Err(AssistanceError::Store(error)) => Err(error.into()),
        Err(error) => {
            findings.add("campaign", None, error.to_string());
            Ok(())
        }
    }
}
