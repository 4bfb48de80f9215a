//! Receipts of a household's month: made from the frozen facts of the decisions that govern it, and proved again from
//! the records years later.
//!
//! The receipt itself is the policy crate's ([`Receipt`]); this office says which facts, which pack and which moment of
//! knowledge it was made with.

use minsheng_core::Month;
use minsheng_policy::{Asked, Issued, KeyDates, PackSet, Receipt};
use minsheng_registry::{Desk, HouseholdId, RegistryError, households};
use minsheng_store::{Query, Scope, TxNo};

use super::determine::{self, Frozen};
use super::error::AssistanceError;
use super::explain::paying_pack;
use super::roll;
use super::rules::decision_for;
use super::service::programme;

/// The receipts of a household's month, as known at `known`: the determination of each case with the pack of its
/// decision, and the amounts of the month where another pack reckons them.
///
/// # Errors
/// As [`super::explain::household_month`].
pub fn issue(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    month: Month,
    known: TxNo,
) -> Result<Vec<Receipt>, AssistanceError> {
    in_area(q, scope, household)?;
    let mut receipts = Vec::new();
    for case in roll::of_household(q, household, known)? {
        let governing = decision_for(&case.decisions, month)
            .or(case.decisions.first())
            .copied();
        let Some(decision) = governing else { continue };
        let Some(id) = decision.determination else {
            continue;
        };
        let frozen = determine::frozen(q, id)?;
        if frozen.erased.is_some() {
            continue;
        }
        let own = desk.packs.by_hash(q, &frozen.pack_hash)?;
        receipts.push(make(q, &own, &frozen, month, Asked::Determination)?);
        if decision.kind.pays() && decision.effective_month <= month {
            let paying = paying_pack(desk, q, &own, known)?;
            if paying.hash() != own.hash() {
                receipts.push(make(q, &paying, &frozen, month, Asked::Amounts)?);
            }
        }
    }
    Ok(receipts)
}

/// Proves a receipt by the records: the pack is the published one of its name, the facts are those that were frozen,
/// and made again it is the same receipt.
///
/// # Errors
/// [`AssistanceError::Receipt`] with the field that differs; the registry's for a household outside of the area or a
/// pack that was never published; [`AssistanceError::Erased`] where nothing can be derived any more.
pub fn prove(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    receipt: &Receipt,
) -> Result<(), AssistanceError> {
    in_area(q, scope, HouseholdId(receipt.household()?))?;
    let packs = desk.packs.by_hash(q, receipt.pack()?)?;
    receipt.prove(&packs)?;
    let Some(id) = receipt.issued()?.determination else {
        return Ok(());
    };
    let frozen = determine::frozen(q, id)?;
    let again = make(q, &packs, &frozen, receipt.month()?, receipt.asked()?)?;
    Ok(receipt.equals(&again)?)
}

fn in_area(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
) -> Result<(), AssistanceError> {
    match households::find(q, scope, household)? {
        Some(_) => Ok(()),
        None => Err(RegistryError::NotFound {
            what: "household",
            id: household.to_string(),
        }
        .into()),
    }
}

fn make(
    q: &mut dyn Query,
    packs: &PackSet,
    frozen: &Frozen,
    month: Month,
    asked: Asked,
) -> Result<Receipt, AssistanceError> {
    let whom = || format!("case {}", frozen.case);
    let programme = programme(packs, &frozen.programme)?;
    let facts = programme
        .facts(frozen.readable()?)
        .map_err(|source| AssistanceError::Facts {
            whom: whom(),
            source,
        })?;
    let key = KeyDates {
        acceptance: frozen.acceptance,
        month,
    };
    let issued = Issued {
        determination: Some(frozen.determination),
        known_at: q.tx_time(frozen.known)?.map(|time| time.to_string()),
        known_tx: Some(frozen.known.0),
    };
    Receipt::make(packs, programme, &facts, &key, asked, &issued).map_err(|source| {
        AssistanceError::Evaluation {
            whom: whom(),
            source,
        }
    })
}
