//! The interpreter of procedures: states, steps, roles, needs, terms and four eyes are data of the pack; nothing
//! of one programme or law is written here.
//!
//! Pure: it is told what is recorded about the case and says whether the step may be taken, where it leads, and
//! otherwise everything that is missing. Must not know the store.

use std::collections::BTreeSet;

use minsheng_core::{Date, Deadline, WorkCalendar};
use minsheng_policy::{ClockDecl, ClockKind, Procedure, Step};
use minsheng_registry::{Ctx, Role};

use super::clocks;
use super::condition;
use super::error::{AssistanceError, Refusal};
use super::ground::Ground;
use super::missing::Missing;
use super::records::{ClockRow, StepRow};

/// What is asked: may this user take this step in this case today?
pub(crate) struct Ask<'a> {
    pub(crate) programme: &'a str,
    pub(crate) procedure: &'a Procedure,
    pub(crate) calendar: &'a WorkCalendar,
    pub(crate) ctx: &'a Ctx,
    pub(crate) today: Date,
    /// The case or application, as people write it.
    pub(crate) whom: String,
    pub(crate) state: &'a str,
    pub(crate) division: i64,
    pub(crate) step: &'a str,
    pub(crate) steps: &'a [StepRow],
    pub(crate) clocks: &'a [ClockRow],
    pub(crate) ground: &'a Ground,
}

/// A term that a step starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) clock: String,
    pub(crate) kind: ClockKind,
    /// Day from which it counts: that of the event or of the act, or the end of the term that it follows.
    pub(crate) started_on: Date,
    /// Last day of the term itself.
    pub(crate) last_day: Date,
    pub(crate) due: Deadline,
}

/// A step that may be taken, and what follows from taking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) to: String,
    /// Keys of the terms that it meets, or that fall away because the case ends.
    pub(crate) meets: Vec<i64>,
    pub(crate) starts: Vec<Started>,
    /// Keys of the terms that it lengthens, with their new days.
    pub(crate) extends: Vec<(i64, Deadline)>,
    /// The latest day that a term set for it.
    pub(crate) due: Option<Deadline>,
    /// Article of the step.
    pub(crate) cite: String,
}

/// Whether a case in this state has come to its end: no step leads to another state.
pub(crate) fn is_final(procedure: &Procedure, state: &str) -> bool {
    // A decision that is revoked reopens what has come to its end, which makes no end less final.
    let reopens = |step: &Step| step.needs.iter().any(|need| need == "revoked_decision");
    let leaves = |step: &Step| !reopens(step) && step.to.as_deref().is_some_and(|to| to != state);
    !procedure
        .steps
        .iter()
        .any(|step| step.from.iter().any(|from| from == state) && leaves(step))
}

impl Ask<'_> {
    /// Whether the step may be taken.
    ///
    /// # Errors
    /// [`AssistanceError::Procedure`] for a procedure that asks for what this office does not know.
    pub(crate) fn answer(&self) -> Result<Result<Passage, Refusal>, AssistanceError> {
        let called: Vec<&Step> = self.procedure.steps_called(self.step).collect();
        if called.is_empty() {
            return Err(self.broken(format!("it has no step `{}`", self.step)));
        }
        let here: Vec<&Step> = called
            .iter()
            .copied()
            .filter(|step| step.from.iter().any(|from| from == self.state))
            .collect();
        if here.is_empty() {
            let mut missing = self.way_to(&called)?;
            self.about_the_user(called[0], &mut missing)?;
            missing.extend(self.too_often(called[0]));
            missing.extend(self.ground.found.iter().cloned());
            return Ok(Err(self.refusal(missing)));
        }
        let mut refused = None;
        for step in self.by_condition(&here)? {
            let mut missing = Vec::new();
            self.about_the_user(step, &mut missing)?;
            self.about_the_case(step, &mut missing)?;
            missing.extend(self.ground.found.iter().cloned());
            if missing.is_empty() {
                return self.passage(step).map(Ok);
            }
            refused.get_or_insert(missing);
        }
        let missing = match refused {
            Some(missing) => missing,
            None => {
                let mut missing = vec![self.no_condition(&here)];
                self.about_the_user(here[0], &mut missing)?;
                missing
            }
        };
        Ok(Err(self.refusal(missing)))
    }

    fn refusal(&self, found: Vec<Missing>) -> Refusal {
        // The same thing may be found twice: of the user, and of the user as investigator.
        let mut missing: Vec<Missing> = Vec::with_capacity(found.len());
        for one in found {
            if !missing.contains(&one) {
                missing.push(one);
            }
        }
        Refusal {
            whom: self.whom.clone(),
            state: self.state.to_owned(),
            step: self.step.to_owned(),
            missing,
        }
    }

    pub(crate) fn broken(&self, problem: String) -> AssistanceError {
        AssistanceError::Procedure {
            programme: self.programme.to_owned(),
            law: self.procedure.law.clone(),
            problem,
        }
    }

    /// The entries whose condition holds, or may still hold as long as its words are unknown.
    fn by_condition<'s>(&self, here: &[&'s Step]) -> Result<Vec<&'s Step>, AssistanceError> {
        let mut open = Vec::new();
        for step in here {
            if self.may_hold(step)? {
                open.push(*step);
            }
        }
        Ok(open)
    }

    fn may_hold(&self, step: &Step) -> Result<bool, AssistanceError> {
        let Some(text) = &step.when else {
            return Ok(true);
        };
        Ok(
            condition::holds(text, self.ground).map_err(|reason| self.broken(reason))?
                != Some(false),
        )
    }

    fn no_condition(&self, here: &[&Step]) -> Missing {
        let conditions: Vec<&str> = here
            .iter()
            .filter_map(|step| step.when.as_deref())
            .collect();
        let words = conditions
            .iter()
            .flat_map(|text| condition::words(text))
            .collect::<BTreeSet<_>>();
        let found: Vec<String> = words
            .into_iter()
            .map(|word| format!("{word} = {}", self.ground.word(word)))
            .collect();
        Missing::Condition {
            condition: conditions.join("` or `"),
            found: found.join(", "),
        }
    }

    fn about_the_user(
        &self,
        step: &Step,
        missing: &mut Vec<Missing>,
    ) -> Result<(), AssistanceError> {
        let names = std::iter::once(&step.actor).chain(&step.also);
        let roles = names.clone().map(|name| {
            name.parse::<Role>().map_err(|_| {
                self.broken(format!(
                    "step `{}` is for `{name}`, which is no role",
                    step.code
                ))
            })
        });
        let roles = roles.collect::<Result<Vec<Role>, _>>()?;
        let user = &self.ctx.actor.username;
        if !roles.iter().any(|role| self.ctx.actor.roles.contains(role)) {
            let names: Vec<&str> = names.map(String::as_str).collect();
            missing.push(Missing::Role {
                user: user.clone(),
                role: names.join(" or "),
            });
        }
        if !self.ctx.scope().contains(self.division) {
            let area = self.ctx.actor.division;
            missing.push(Missing::Area {
                user: user.clone(),
                area,
                division: self.division,
            });
        }
        let persons = self.ground.relatives_of(user);
        if !persons.is_empty() {
            missing.push(Missing::OwnRelative {
                user: user.clone(),
                persons,
            });
        }
        for other in &step.differs_from {
            let taken = self
                .steps
                .iter()
                .rev()
                .find(|row| row.step == *other && self.took_part(row, user));
            if let Some(row) = taken {
                missing.push(Missing::FourEyes {
                    user: user.clone(),
                    step: other.clone(),
                    on: row.acted_on,
                });
            }
        }
        Ok(())
    }

    /// Whether the user took the step or is named in it as investigator.
    fn took_part(&self, row: &StepRow, user: &str) -> bool {
        row.actor == user || self.ground.named_in(row.id, user)
    }

    fn about_the_case(
        &self,
        step: &Step,
        missing: &mut Vec<Missing>,
    ) -> Result<(), AssistanceError> {
        missing.extend(self.too_often(step));
        for clock in &step.meets {
            missing.extend(self.too_early(step, clock)?);
        }
        for clock in &step.extends {
            missing.extend(self.unextendable(clock)?);
        }
        for need in &step.needs {
            missing.extend(super::ground::unmet(self, need)?);
        }
        Ok(())
    }

    /// What forbids to lengthen a term: it does not run, or it is over already.
    fn unextendable(&self, clock: &str) -> Result<Option<Missing>, AssistanceError> {
        let decl = self.decl(clock)?;
        let name = format!("{} ({})", decl.name.en, decl.name.zh);
        Ok(
            match self.running(clock).filter(|row| row.met_on.is_none()) {
                None => Some(Missing::NotBegun { name }),
                Some(row) if row.due.date < self.today => Some(Missing::Over {
                    name,
                    due_on: row.due.date,
                }),
                Some(_) => None,
            },
        )
    }

    fn too_often(&self, step: &Step) -> Option<Missing> {
        let at_most = step.at_most?;
        let taken: Vec<&StepRow> = self
            .steps
            .iter()
            .filter(|row| row.step == step.code)
            .collect();
        let last = taken.last()?;
        let often = taken.len() >= usize::try_from(at_most).unwrap_or(usize::MAX);
        often.then(|| Missing::Times {
            at_most,
            last_on: last.acted_on,
            cite: step.cite.clone(),
        })
    }

    fn decl(&self, clock: &str) -> Result<&ClockDecl, AssistanceError> {
        self.procedure
            .clock(clock)
            .ok_or_else(|| self.broken(format!("it has no clock `{clock}`")))
    }

    /// The term begun last; an earlier one of the same code was begun anew.
    fn running(&self, clock: &str) -> Option<&ClockRow> {
        self.clocks.iter().rev().find(|row| row.clock == clock)
    }

    fn too_early(&self, step: &Step, clock: &str) -> Result<Option<Missing>, AssistanceError> {
        let decl = self.decl(clock)?;
        if decl.kind != ClockKind::AtLeast {
            return Ok(None);
        }
        let name = format!("{} ({})", decl.name.en, decl.name.zh);
        let Some(row) = self.running(clock) else {
            return Ok(Some(Missing::NotBegun { name }));
        };
        if row.met_on.is_some() || self.today >= row.due.date {
            return Ok(None);
        }
        Ok(Some(Missing::Early {
            name,
            started_on: row.started_on,
            last_day: clocks::last_day(self.calendar, decl, row.started_on),
            step: step.code.clone(),
            from: row.due,
        }))
    }

    /// The day from which a term counts that starts now: the day of the event that the act answers (today if none
    /// is known), or the end of the one it follows, if it follows one.
    fn origin(&self, decl: &ClockDecl, started: &[Started]) -> Result<Date, AssistanceError> {
        let Some(after) = &decl.after else {
            return Ok(self.ground.event.unwrap_or(self.today));
        };
        if let Some(before) = started.iter().find(|before| before.clock == *after) {
            return Ok(before.last_day);
        }
        let before = self.decl(after)?;
        let Some(row) = self.running(after) else {
            return Err(self.broken(format!(
                "clock `{}` follows `{after}`, which has not begun",
                decl.code
            )));
        };
        Ok(clocks::last_day(self.calendar, before, row.started_on))
    }

    fn passage(&self, step: &Step) -> Result<Passage, AssistanceError> {
        let to = step.to.clone().unwrap_or_else(|| self.state.to_owned());
        // A step that leaves an ended case as it is (a service) ends nothing anew.
        let ends = to != self.state && is_final(self.procedure, &to);
        let mut due: Option<Deadline> = None;
        let mut meets = BTreeSet::new();
        for clock in &step.meets {
            let decl = self.decl(clock)?;
            let unmet = || {
                self.clocks
                    .iter()
                    .filter(|row| row.clock == *clock && row.met_on.is_none())
            };
            if decl.kind == ClockKind::AtMost
                && let Some(row) = unmet().next_back()
            {
                due = Some(due.map_or(row.due, |earlier| earlier.min(row.due)));
            }
            meets.extend(unmet().map(|row| row.id));
        }
        let mut starts: Vec<Started> = Vec::with_capacity(step.starts.len());
        for clock in &step.starts {
            let decl = &self.decl(clock)?.with_word(|word| self.ground.find(word));
            let started_on = self.origin(decl, &starts)?;
            starts.push(Started {
                clock: clock.clone(),
                kind: decl.kind,
                started_on,
                last_day: clocks::last_day(self.calendar, decl, started_on),
                due: clocks::due(self.calendar, decl, started_on),
            });
        }
        let mut extends = Vec::with_capacity(step.extends.len());
        for clock in &step.extends {
            let decl = clocks::extended(self.decl(clock)?);
            let running = self.running(clock).filter(|row| row.met_on.is_none());
            extends.extend(running.map(|row| {
                let due = clocks::due(self.calendar, &decl, row.started_on);
                (row.id, due)
            }));
        }
        // A term begun anew replaces the one begun before; with the end of the case all fall away.
        let replaced = |row: &&ClockRow| starts.iter().any(|started| started.clock == row.clock);
        meets.extend(
            self.clocks
                .iter()
                .filter(|row| row.met_on.is_none() && (ends || replaced(row)))
                .map(|row| row.id),
        );
        Ok(Passage {
            to,
            meets: meets.into_iter().collect(),
            starts,
            extends,
            due,
            cite: step.cite.clone(),
        })
    }
}

mod way;

#[cfg(test)]
mod tests;
