//! Procedures as data: states, steps and clocks of each version of the law, with every code resolved.

use super::blocks::{
    ClockBlock, Laws, Layer, NamedRow, ProcedureBlock, StateRow, StepBlock, Word, place_of,
};
use super::file::Item;
use super::markdown::Block;
use super::report::{Report, suggestion};
use crate::model::Law;
use crate::procedure::{ClockDecl, NamedCode, Procedure, SpotCheckDecl, StateDecl, Step};
use crate::text::Mark;

/// The roles that may take a step.
pub const ROLES: [&str; 10] = [
    "village_director",
    "township_clerk",
    "officer",
    "reviewer",
    "cashier",
    "checker",
    "releaser",
    "statistician",
    "auditor",
    "administrator",
];

/// What a step may need; the casework office knows how each is shown.
pub const NEEDS: &[&str] = &[
    "authorisation",
    "declaration",
    "missing_papers_listed",
    "near_relative_answer",
    "relative_named",
    "committee_agreement",
    "cross_check_started",
    "cross_check_answered",
    "two_investigators",
    "appraisal_record",
    "objection_examined",
    "evidence_complete",
    "no_open_objection",
    "home_visit_if_flagged",
    "not_own_evidence",
    "approval",
    "withdrawn_by",
    "reason",
    "jobs_refused",
    "revoked_decision",
];

/// What a condition may ask; the casework office knows the answer when the step is taken.
pub const CONDITIONS: &[&str] = &[
    "opinion == positive",
    "opinion == negative",
    "opinion == positive && posted == same",
    "opinion == positive && posted == other",
    "decision == grant",
    "decision == refuse",
    "cause == death",
    // Packs once published stay runnable.
    "cause != death",
    "cause != death && cause != job_refusal && cause != remedy",
    "review == keep",
    "review == adjust",
    "review == phase_out",
    "review == stop",
    "review == grant",
    "review == refuse",
    "cause == job_refusal",
    "cause == remedy",
];

/// The blocks of procedures as they come.
#[derive(Debug, Default)]
pub(crate) struct ProcedureParts {
    procedures: Vec<(ProcedureBlock, Block)>,
    states: Vec<StateRow>,
    clocks: Vec<(ClockBlock, Block)>,
    steps: Vec<(StepBlock, Block)>,
    papers: Vec<NamedRow>,
    sources: Vec<NamedRow>,
    layer: Option<Layer>,
}

impl ProcedureParts {
    pub(crate) fn add(
        &mut self,
        item: &Item,
        block: &Block,
        layer: Layer,
        report: &mut Report<'_>,
    ) {
        if *self.layer.get_or_insert(layer) != layer {
            return report.error(
                block.place,
                "the procedure belongs to the pack that declares it",
                "a lower pack fills parameters and open rules",
            );
        }
        match item {
            Item::Procedure(procedure) => self.procedures.push((procedure.clone(), block.clone())),
            Item::States(states) => self.states.extend(states.state.iter().cloned()),
            Item::Clock(clock) => self.clocks.push((clock.clone(), block.clone())),
            Item::Step(step) => self.steps.push(((**step).clone(), block.clone())),
            Item::Papers(papers) => self.papers.extend(papers.paper.iter().cloned()),
            Item::Sources(sources) => self.sources.extend(sources.source.iter().cloned()),
            _ => {}
        }
    }

    /// The procedures, with every state, clock, role and need known.
    pub(crate) fn resolve(&self, laws: &[Law], report: &mut Report<'_>) -> Vec<Procedure> {
        let declared: Vec<&str> = self
            .procedures
            .iter()
            .map(|(procedure, _)| procedure.law.get_ref().as_str())
            .collect();
        for (laws, block) in self
            .steps
            .iter()
            .map(|(s, b)| (&s.law, b))
            .chain(self.clocks.iter().map(|(c, b)| (&c.law, b)))
        {
            for law in laws.get_ref().list() {
                if !declared.contains(&law) {
                    report.error(
                        place_of(block, laws),
                        format!("there is no procedure of `{law}`"),
                        suggestion(law, declared.iter().copied()),
                    );
                }
            }
        }
        let mut resolved = Vec::new();
        for (procedure, block) in &self.procedures {
            let law = procedure.law.get_ref();
            if !laws.iter().any(|known| known.id == *law) {
                report.error(
                    place_of(block, &procedure.law),
                    format!("unknown law `{law}`"),
                    "declare it in a `toml law` block",
                );
            }
            resolved.push(self.resolve_one(procedure, block, report));
        }
        resolved
    }

    fn resolve_one(
        &self,
        procedure: &ProcedureBlock,
        block: &Block,
        report: &mut Report<'_>,
    ) -> Procedure {
        let law = procedure.law.get_ref();
        let applies = |laws: &Laws| laws.list().contains(&law.as_str());
        let clocks: Vec<ClockDecl> = self
            .clocks
            .iter()
            .filter(|(clock, _)| applies(clock.law.get_ref()))
            .filter_map(|(clock, block)| {
                let cite = clock.cite.of(law);
                if cite.is_none() {
                    report.error(
                        place_of(block, &clock.code),
                        format!("no citation of {law}"),
                        "",
                    );
                }
                if let Some(by) = &clock.by
                    && clock.terms.is_empty()
                {
                    report.error(
                        place_of(block, by),
                        format!("a term by `{}` without its lengths", by.get_ref()),
                        "write `terms = { value = length }`",
                    );
                }
                Some(ClockDecl {
                    code: clock.code.get_ref().clone(),
                    name: clock.name.clone(),
                    term: clock.term,
                    unit: clock.unit,
                    kind: clock.kind,
                    extended: clock.extended,
                    by: clock.by.as_ref().map(|by| by.get_ref().clone()),
                    terms: clock.terms.clone(),
                    after: clock.after.as_ref().map(|after| after.get_ref().clone()),
                    cite: cite?,
                    mark: clock.mark.unwrap_or(Mark::Law),
                })
            })
            .collect();
        let own_steps: Vec<&(StepBlock, Block)> = self
            .steps
            .iter()
            .filter(|(step, _)| applies(step.law.get_ref()))
            .collect();
        let step_codes: Vec<&str> = own_steps
            .iter()
            .map(|(step, _)| step.code.get_ref().as_str())
            .collect();
        let clock_codes: Vec<&str> = clocks.iter().map(|clock| clock.code.as_str()).collect();
        let state_codes: Vec<&str> = self
            .states
            .iter()
            .map(|state| state.code.get_ref().as_str())
            .collect();
        let mut steps = Vec::new();
        for (step, block) in &own_steps {
            let mut known = Known { block, report };
            known.all(&step.from, &state_codes, "state");
            known.all(step.to.as_slice(), &state_codes, "state");
            known.all(std::slice::from_ref(&step.actor), &ROLES, "role");
            known.all(&step.also, &ROLES, "role");
            known.all(&step.needs, NEEDS, "need");
            known.all(step.when.as_slice(), CONDITIONS, "condition");
            known.all(&step.starts, &clock_codes, "clock");
            known.all(&step.meets, &clock_codes, "clock");
            let extendable: Vec<&str> = clocks
                .iter()
                .filter(|clock| clock.extended.is_some())
                .map(|clock| clock.code.as_str())
                .collect();
            known.all(&step.extends, &extendable, "clock with an extended term");
            known.all(&step.differs_from, &step_codes, "step");
            let cite = step.cite.of(law);
            if cite.is_none() {
                report.error(
                    place_of(block, &step.code),
                    format!("no citation of {law}"),
                    "",
                );
            }
            steps.push(to_step(step, cite.unwrap_or_default()));
        }
        if let Some(share) = &procedure.spot_check
            && !(1..=100).contains(&share.percent)
        {
            report.error(
                block.place,
                format!("a spot check of {} percent", share.percent),
                "a share lies between 1 and 100 percent",
            );
        }
        let mut known = Known { block, report };
        known.all(
            std::slice::from_ref(&procedure.initial),
            &state_codes,
            "state",
        );
        let used = |code: &str| {
            code == procedure.initial.get_ref()
                || steps.iter().any(|step| {
                    step.to.as_deref() == Some(code) || step.from.iter().any(|from| from == code)
                })
        };
        let states = self
            .states
            .iter()
            .filter(|state| used(state.code.get_ref()));
        Procedure {
            law: law.clone(),
            initial: procedure.initial.get_ref().clone(),
            states: states
                .map(|state| StateDecl {
                    code: state.code.get_ref().clone(),
                    name: state.name.clone(),
                })
                .collect(),
            steps,
            clocks,
            papers: named(&self.papers),
            sources: named(&self.sources),
            spot_check: procedure.spot_check.as_ref().map(|share| SpotCheckDecl {
                percent: share.percent,
                cite: share.cite.clone(),
                mark: share.mark,
            }),
        }
    }
}

fn named(rows: &[NamedRow]) -> Vec<NamedCode> {
    rows.iter()
        .map(|row| NamedCode {
            code: row.code.get_ref().clone(),
            name: row.name.clone(),
        })
        .collect()
}

fn to_step(step: &StepBlock, cite: String) -> Step {
    let words = |words: &[Word]| {
        words
            .iter()
            .map(|word| word.get_ref().clone())
            .collect::<Vec<String>>()
    };
    Step {
        code: step.code.get_ref().clone(),
        name: step.name.clone(),
        from: words(&step.from),
        to: step.to.as_ref().map(|to| to.get_ref().clone()),
        actor: step.actor.get_ref().clone(),
        also: words(&step.also),
        needs: words(&step.needs),
        starts: words(&step.starts),
        meets: words(&step.meets),
        extends: words(&step.extends),
        at_most: step.at_most,
        differs_from: words(&step.differs_from),
        when: step.when.as_ref().map(|when| when.get_ref().clone()),
        cite,
    }
}

/// Looks words of a block up in lists.
pub(super) struct Known<'k, 'r> {
    pub(super) block: &'k Block,
    pub(super) report: &'k mut Report<'r>,
}

impl Known<'_, '_> {
    /// Reports each word that is not known.
    pub(super) fn all(&mut self, words: &[Word], known: &[&str], what: &str) {
        for word in words {
            if !known.contains(&word.get_ref().as_str()) {
                let mut hint = suggestion(word.get_ref(), known.iter().copied());
                if hint.is_empty() && !known.is_empty() {
                    hint = format!("known: {}", known.join(", "));
                }
                self.report.error(
                    place_of(self.block, word),
                    format!("unknown {what} `{}`", word.get_ref()),
                    hint,
                );
            }
        }
    }
}
