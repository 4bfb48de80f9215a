//! What a review comes to: the part of it that is computed, before anybody decides. The review itself and the
//! nightly comparison ([`crate::drift`]) both ask here, so the one predicts the other.
//!
//! Pure. Must not know the store or who acts.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31, 32.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month};
use minsheng_policy::{KeyDates, MemberAmount, PackSet};
use minsheng_store::TxNo;

use super::determine::{Found, Purpose, Whom, ask, nobody_left};
use super::error::AssistanceError;
use super::rules::DecisionKind;
use super::service::programme;

/// What the pack says of facts that are true `today`, by the law of the case and for the first month that a
/// decision of today would govern. Nothing if nobody is left of whom facts could be asked.
pub(crate) fn review_of(
    packs: &PackSet,
    whom: Whom<'_>,
    facts: serde_json::Value,
    today: Date,
    known: TxNo,
) -> Result<Option<Found>, AssistanceError> {
    let payment = &programme(packs, whom.programme)?.payment;
    let month = payment.first_month_of(today);
    review_from(packs, whom, facts, today, month, known)
}

/// As [`review_of`], of facts that are true on `on` and for the months from `month`: where the review decides in the
/// place of a revoked decision.
pub(crate) fn review_from(
    packs: &PackSet,
    whom: Whom<'_>,
    facts: serde_json::Value,
    on: Date,
    month: Month,
    known: TxNo,
) -> Result<Option<Found>, AssistanceError> {
    if nobody_left(whom.single, &facts) {
        return Ok(None);
    }
    let key = KeyDates {
        acceptance: whom.key_date,
        month,
    };
    ask(packs, whom, Purpose::Review, facts, key, on, known).map(Some)
}

/// Whether a review that grants `after` keeps what the decision in force gives, or changes it.
pub(crate) fn kept_or_adjusted(before: &[MemberAmount], after: &[MemberAmount]) -> DecisionKind {
    if by_person(before) == by_person(after) {
        DecisionKind::Keep
    } else {
        DecisionKind::Adjust
    }
}

/// Class and amount in fen of each person.
pub(crate) fn by_person(shares: &[MemberAmount]) -> BTreeMap<i64, (&str, i64)> {
    shares
        .iter()
        .map(|share| (share.person, (share.class.as_str(), share.amount.get())))
        .collect()
}
