//! One household without a case, or the persons of it whom no case serves, asked about: who would be granted, if
//! they applied today. Pure, as [`super::compare`] is.

use minsheng_policy::{KeyDates, Outcome, Programme};
use minsheng_registry::facts::HouseholdRows;
use minsheng_registry::{HouseholdId, PersonId};
use serde_json::Value as Json;

use super::compare::{Difference, Kind, Night, unread};
use crate::assistance::AssistanceError;
use crate::assistance::determine::{evaluate, nobody_left};

impl Night<'_> {
    /// A household without a case compared: whether one of the programmes would grant it something, if it
    /// applied today and its application were accepted today; else whether persons of it would be granted, each
    /// applying alone. Where persons who applied alone have the only cases of the household (`!whole`), only the
    /// others are asked about, each alone.
    pub(crate) fn of_household(
        &self,
        household: HouseholdId,
        division: i64,
        rows: &HouseholdRows,
        whole: bool,
    ) -> Result<Option<Difference>, AssistanceError> {
        let asked = |single: Option<PersonId>| -> Vec<Option<PersonId>> {
            match single {
                None if whole => vec![None],
                None => Vec::new(),
                single => vec![single],
            }
        };
        let living = || rows.members.iter().map(|member| Some(member.person));
        for who in [asked(None), living().flat_map(asked).collect()] {
            for programme in self.packs.programmes() {
                let key = KeyDates {
                    acceptance: self.on,
                    month: programme.payment.first_month_of(self.on),
                };
                let found = Difference {
                    kind: Kind::MayQualify,
                    cause: None,
                    case: None,
                    household,
                    programme: programme.code.clone(),
                    division,
                    month: key.month,
                    before: Vec::new(),
                    after: Vec::new(),
                    reasons: Vec::new(),
                    needs: Vec::new(),
                    served_by: Vec::new(),
                    alone: Vec::new(),
                    under_review: false,
                    facts: Json::Null,
                };
                if rows.erased.is_some() {
                    let kind = Kind::Erased;
                    return Ok(Some(Difference { kind, ..found }));
                }
                let found = who.iter().try_fold(found, |found, single| {
                    self.granted(found, programme, &key, *single, rows)
                })?;
                if !found.after.is_empty() {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// Adds what an application of the household, or of one person of it, would be granted.
    fn granted(
        &self,
        mut found: Difference,
        programme: &Programme,
        key: &KeyDates,
        single: Option<PersonId>,
        rows: &HouseholdRows,
    ) -> Result<Difference, AssistanceError> {
        if single.is_some_and(|person| self.apart.contains(&person)) {
            return Ok(found);
        }
        let facts = self.facts(&programme.evidence, found.household, single, rows);
        if nobody_left(single, &facts) || unread(&facts, single) {
            return Ok(found);
        }
        let answer = evaluate(programme, &facts, key, found.household)?;
        // a pack that knows no applications of one person answers for the whole household
        let theirs = |person: PersonId| answer.members.iter().all(|one| one.person == person.0);
        let granted = answer.outcome == Outcome::Eligible
            && single.is_none_or(theirs)
            && self.elsewhere(programme, &answer.members, None).is_empty();
        if granted {
            found.alone.extend(single);
            found.after.extend(answer.members);
            found.facts = facts;
        }
        Ok(found)
    }
}
