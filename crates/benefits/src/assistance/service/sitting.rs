//! One act in progress: cases are loaded, steps are checked against the procedure and entered, and at the end all
//! is written or, if anything was missing in any case, nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::Date;
use minsheng_policy::{MemberAmount, PackSet, Procedure, Programme};
use minsheng_registry::{CaseId, Ctx, Desk, PersonId};
use minsheng_store::{Subject, Tx, Value};

use super::super::clocks::kind_str;
use super::super::conflict;
use super::super::error::{AssistanceError, Refusal};
use super::super::ground::{Ground, REPORTED};
use super::super::missing::Missing;
use super::super::procedure::{Ask, Passage};
use super::super::records::{self, CaseFile, ClockRow, StepRow, case_of, clock_of, step_of};
use super::super::reports;

/// Label under which the words of people in a case are sealed.
pub(crate) const NOTE: &str = "case_step.note";

/// A case with all that its procedure looks at.
#[derive(Debug)]
pub(crate) struct Dossier {
    pub(crate) case: CaseFile,
    pub(crate) steps: Vec<StepRow>,
    pub(crate) clocks: Vec<ClockRow>,
    pub(crate) ground: Ground,
    /// The pack whose procedure the case follows.
    pub(crate) packs: Arc<PackSet>,
    /// The day by which the procedure is chosen; the act of acceptance makes it its own day.
    pub(crate) key_date: Date,
    /// Whether the case is written already.
    pub(crate) stored: bool,
}

impl Dossier {
    pub(crate) fn programme(&self) -> Result<&Programme, AssistanceError> {
        programme(&self.packs, &self.case.programme)
    }

    pub(crate) fn procedure(&self) -> Result<&Procedure, AssistanceError> {
        self.programme()?
            .procedure_at(self.key_date)
            .map_err(|source| AssistanceError::Evaluation {
                whom: self.whom(),
                source,
            })
    }

    pub(crate) fn whom(&self) -> String {
        match self.case.id {
            CaseId(0) => format!(
                "the application of {} for {}",
                self.case.applicant, self.case.household
            ),
            id => format!("case {id}"),
        }
    }

    /// User who took a step last.
    pub(crate) fn actor_of(&self, step: &str) -> Option<&str> {
        self.steps
            .iter()
            .rev()
            .find(|row| row.step == step)
            .map(|row| row.actor.as_str())
    }
}

pub(crate) fn programme<'p>(
    packs: &'p PackSet,
    code: &str,
) -> Result<&'p Programme, AssistanceError> {
    packs.programme(code).ok_or_else(|| {
        let known: Vec<&str> = packs
            .programmes()
            .iter()
            .map(|programme| programme.code.as_str())
            .collect();
        AssistanceError::Programme {
            code: code.to_owned(),
            known: known.join(", "),
        }
    })
}

/// A case with the form that an act fills in for it.
pub(crate) type Filled<'f, F> = (Dossier, &'f (CaseId, F));

/// What a step records of itself.
#[derive(Debug, Default)]
pub(crate) struct Entry<'a> {
    /// Words that later conditions read.
    pub(crate) says: Vec<(&'a str, &'a str)>,
    /// The rest of the detail.
    pub(crate) rest: serde_json::Map<String, serde_json::Value>,
    /// Words of people; sealed.
    pub(crate) note: Option<&'a str>,
}

/// Runs an act: `work` looks, checks and enters; at its end all is written or, if anything was missing, nothing.
pub(crate) fn sit<T>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    step: &str,
    work: impl FnOnce(&mut Sitting<'_, '_>) -> Result<T, AssistanceError>,
) -> Result<T, AssistanceError> {
    sit_as(desk, ctx, &format!("case.{step}"), step, work)
}

/// As [`sit`], for an act that bears a name of its own and takes the step among other things.
pub(crate) fn sit_as<T>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    action: &str,
    step: &str,
    work: impl FnOnce(&mut Sitting<'_, '_>) -> Result<T, AssistanceError>,
) -> Result<T, AssistanceError> {
    desk.store.write(&ctx.act(action), |tx| {
        let mut sitting = Sitting {
            tx,
            desk,
            ctx,
            today: ctx.today(),
            step,
            refusals: Vec::new(),
            steps: Vec::new(),
            clocks: Vec::new(),
            met: Vec::new(),
            lengthened: Vec::new(),
            moved: Vec::new(),
            granted: BTreeMap::new(),
        };
        let result = work(&mut sitting)?;
        sitting.close()?;
        Ok(result)
    })
}

/// One act in progress.
pub(crate) struct Sitting<'a, 's> {
    pub(crate) tx: &'a mut Tx<'s>,
    pub(crate) desk: &'a Desk<'a>,
    pub(crate) ctx: &'a Ctx,
    pub(crate) today: Date,
    /// Code of the step that the act takes.
    pub(super) step: &'a str,
    refusals: Vec<Refusal>,
    steps: Vec<Vec<Value>>,
    clocks: Vec<Vec<Value>>,
    met: Vec<(i64, Vec<Value>)>,
    lengthened: Vec<(i64, Vec<Value>)>,
    moved: Vec<(i64, Vec<Value>)>,
    /// Persons whom this act has begun to serve, with the case and its programme.
    granted: BTreeMap<i64, (CaseId, String)>,
}

const STEP_COLUMNS: [&str; 10] = [
    "case_id",
    "step",
    "from_state",
    "to_state",
    "actor",
    "acted_on",
    "due_on",
    "due_provisional",
    "detail",
    "note_sealed",
];
const CLOCK_COLUMNS: [&str; 6] = [
    "case_id",
    "clock",
    "kind",
    "started_on",
    "due_on",
    "provisional",
];
const CASE_COLUMNS: [&str; 4] = ["state", "law", "accepted_on", "pack_hash"];

impl Sitting<'_, '_> {
    /// Loads cases with their steps, terms, cross-checks and open objections, in the order asked for.
    pub(crate) fn load(&mut self, cases: &[CaseId]) -> Result<Vec<Dossier>, AssistanceError> {
        let mut keys: Vec<i64> = cases.iter().map(|case| case.0).collect();
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(AssistanceError::form(
                CaseId(pair[0]),
                "cases",
                "is named twice in the list",
            ));
        }
        let mut found: BTreeMap<i64, Dossier> = BTreeMap::new();
        for row in records::CASE_BY_ID.rows(self.tx, &keys)? {
            let case = case_of(&row)?;
            let packs = self.packs(&case.pack_hash)?;
            let key_date = case.key_date();
            let (steps, clocks, ground) = (Vec::new(), Vec::new(), Ground::default());
            let dossier = Dossier {
                case,
                steps,
                clocks,
                ground,
                packs,
                key_date,
                stored: true,
            };
            found.insert(dossier.case.id.0, dossier);
        }
        for row in records::STEPS.rows(self.tx, &keys)? {
            let step = step_of(&row)?;
            if let Some(dossier) = found.get_mut(&step.case.0) {
                dossier.steps.push(step);
            }
        }
        for dossier in found.values_mut() {
            dossier.ground = Ground::of(&dossier.steps)?;
        }
        for row in records::CLOCKS.rows(self.tx, &keys)? {
            let clock = clock_of(&row)?;
            if let Some(dossier) = found.get_mut(&clock.case.0) {
                dossier.clocks.push(clock);
            }
        }
        for row in records::CROSS_CHECKS.rows(self.tx, &keys)? {
            if let Some(dossier) = found.get_mut(&row.int(1)?) {
                let answered = row.opt_date(4)?.is_some();
                dossier
                    .ground
                    .cross_checks
                    .push((row.text(2)?.to_owned(), answered));
            }
        }
        for row in records::OBJECTIONS.rows(self.tx, &keys)? {
            if let (Some(dossier), None) = (found.get_mut(&row.int(1)?), row.opt_date(4)?) {
                dossier.ground.objections.push(row.int(0)?);
            }
        }
        self.look_for_flags(&keys, &mut found)?;
        for dossier in found.values_mut() {
            self.look_for_own_evidence(dossier)?;
            self.look_for_reports(dossier)?;
        }
        cases
            .iter()
            .map(|case| found.remove(&case.0).ok_or(AssistanceError::NoCase(*case)))
            .collect()
    }

    /// Takes note of reports about the household, if the step of this act asks for them.
    fn look_for_reports(&mut self, dossier: &mut Dossier) -> Result<(), AssistanceError> {
        let asked = dossier.procedure()?.steps_called(self.step).any(|step| {
            step.needs
                .iter()
                .any(|need| need == "home_visit_if_flagged")
        });
        if asked && reports::reported(self.tx, dossier.case.household)? {
            dossier.ground.say(REPORTED, "yes");
        }
        Ok(())
    }

    /// Loads one case.
    pub(crate) fn load_one(&mut self, case: CaseId) -> Result<Dossier, AssistanceError> {
        super::only(self.load(&[case])?, case)
    }

    /// The case of this very act that serves the person, if the programmes exclude each other.
    pub(crate) fn served_now(&self, wanted: &Programme, person: i64) -> Option<Missing> {
        let (case, programme) = self.granted.get(&person)?;
        conflict::excludes(wanted, programme).then(|| Missing::Served {
            whom: PersonId(person).to_string(),
            case: *case,
            programme: programme.clone(),
            state: "decided with it".to_owned(),
        })
    }

    /// Takes note that this act serves the persons.
    pub(crate) fn serves(&mut self, case: &CaseFile, members: &[MemberAmount]) {
        for member in members {
            self.granted
                .insert(member.person, (case.id, case.programme.clone()));
        }
    }

    fn packs(&mut self, hash: &str) -> Result<Arc<PackSet>, AssistanceError> {
        let current = self.desk.packs.current();
        if current.hash() == hash {
            return Ok(Arc::clone(current));
        }
        Ok(self.desk.packs.by_hash(self.tx, hash)?)
    }

    fn ask(
        &self,
        dossier: &Dossier,
        step: &str,
    ) -> Result<Result<Passage, Refusal>, AssistanceError> {
        Ask {
            programme: &dossier.case.programme,
            procedure: dossier.procedure()?,
            calendar: self.desk.calendar,
            ctx: self.ctx,
            today: self.today,
            whom: dossier.whom(),
            state: &dossier.case.state,
            division: dossier.case.division,
            step,
            steps: &dossier.steps,
            clocks: &dossier.clocks,
            ground: &dossier.ground,
        }
        .answer()
    }

    /// Whether the step may be taken as far as is known before the act's own work; remembers what is missing.
    pub(crate) fn may(&mut self, dossier: &Dossier, step: &str) -> Result<bool, AssistanceError> {
        match self.ask(dossier, step)? {
            Ok(_) => Ok(true),
            Err(refusal) => {
                self.refusals.push(refusal);
                Ok(false)
            }
        }
    }

    /// Takes a step: enters it, the terms it meets and starts, and the new state. Nothing if it is not possible;
    /// what is missing is remembered.
    pub(crate) fn take(
        &mut self,
        dossier: &mut Dossier,
        step: &str,
        entry: Entry<'_>,
    ) -> Result<Option<Passage>, AssistanceError> {
        for (word, value) in &entry.says {
            dossier.ground.say(word, value);
        }
        let passage = match self.ask(dossier, step)? {
            Ok(passage) => passage,
            Err(refusal) => {
                self.refusals.push(refusal);
                return Ok(None);
            }
        };
        let case = &mut dossier.case;
        let from = std::mem::replace(&mut case.state, passage.to.clone());
        let sealed = match entry.note {
            Some(note) if !note.is_empty() => {
                Some(self.seal(case.subject(), NOTE, note.as_bytes())?)
            }
            _ => None,
        };
        self.steps.push(vec![
            Value::from(case.id),
            Value::from(step),
            Value::from(from.as_str()),
            Value::from(passage.to.as_str()),
            Value::from(self.ctx.actor.username.as_str()),
            Value::from(self.today),
            Value::from(passage.due.map(|due| due.date)),
            Value::from(passage.due.map(|due| due.provisional)),
            Value::from(super::super::ground::detail(&entry.says, entry.rest)),
            Value::from(sealed),
        ]);
        self.met.extend(
            passage
                .meets
                .iter()
                .map(|id| (*id, vec![Value::from(self.today)])),
        );
        self.lengthened
            .extend(passage.extends.iter().map(|(id, due)| {
                let values = vec![Value::from(due.date), Value::from(due.provisional)];
                (*id, values)
            }));
        self.clocks.extend(passage.starts.iter().map(|started| {
            vec![
                Value::from(case.id),
                Value::from(started.clock.as_str()),
                Value::from(kind_str(started.kind)),
                Value::from(started.started_on),
                Value::from(started.due.date),
                Value::from(started.due.provisional),
            ]
        }));
        if dossier.stored && (case.state != from || case.accepted_on == Some(self.today)) {
            self.moved.push((
                case.id.0,
                vec![
                    Value::from(case.state.as_str()),
                    Value::from(case.law.as_deref()),
                    Value::from(case.accepted_on),
                    Value::from(case.pack_hash.as_str()),
                ],
            ));
        }
        Ok(Some(passage))
    }

    /// Refuses a day after today or before the case was accepted.
    pub(crate) fn day_of_case(
        &self,
        dossier: &Dossier,
        field: &'static str,
        day: Date,
    ) -> Result<(), AssistanceError> {
        let first = dossier.case.key_date();
        let reason = if day > self.today {
            format!("{day} lies after today, {}", self.today)
        } else if day < first {
            format!("{day} lies before the case was accepted, {first}")
        } else {
            return Ok(());
        };
        Err(AssistanceError::form(dossier.whom(), field, reason))
    }

    /// Loads the cases of a list of forms, each with its form.
    pub(crate) fn load_for<'f, F>(
        &mut self,
        forms: &'f [(CaseId, F)],
    ) -> Result<Vec<Filled<'f, F>>, AssistanceError> {
        let cases: Vec<CaseId> = forms.iter().map(|(case, _)| *case).collect();
        Ok(self.load(&cases)?.into_iter().zip(forms).collect())
    }

    pub(crate) fn seal(
        &mut self,
        subject: Subject,
        label: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, AssistanceError> {
        Ok(self.tx.seal(subject, label, plain)?)
    }

    fn close(self) -> Result<(), AssistanceError> {
        if !self.refusals.is_empty() {
            return Err(AssistanceError::Refused(self.refusals));
        }
        self.tx
            .insert_many("case_step", &STEP_COLUMNS, self.steps)?;
        self.tx.update_many("case_clock", &["met_on"], self.met)?;
        self.tx
            .update_many("case_clock", &["due_on", "provisional"], self.lengthened)?;
        self.tx
            .insert_many("case_clock", &CLOCK_COLUMNS, self.clocks)?;
        self.tx
            .update_many("case_file", &CASE_COLUMNS, self.moved)?;
        Ok(())
    }
}
