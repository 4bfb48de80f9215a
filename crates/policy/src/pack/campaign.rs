//! `toml campaign` and the blocks of its file: steps, outcomes, grounds of exit, with every code resolved.
//!
//! A campaign is no programme: its file is its own and belongs to the authority that declares it.

use serde::Deserialize;

use super::blocks::{Word, place_of};
use super::chain::Folder;
use super::file::{Item, Owner, PackFile};
use super::markdown::Block;
use super::procedure::{Known, ROLES};
use super::report::{Place, Report};
use crate::campaign::{
    CAUSES, CampaignKind, CampaignStep, ExitGround, INVARIANTS, OUTCOMES, OutcomeName, STEP_NEEDS,
    TARGETS,
};
use crate::text::{Bilingual, Mark};

/// `toml campaign`: whose definitions this file holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignBlock {
    pub code: Word,
    pub name: Bilingual,
    pub programmes: Vec<Word>,
    pub targets: Word,
    pub cause: Word,
    pub leads: Word,
    pub invariant: Word,
    pub cite: String,
    pub mark: Mark,
}

/// `toml campaign_step`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignStepBlock {
    pub code: Word,
    pub name: Bilingual,
    pub actor: Word,
    #[serde(default)]
    pub also: Vec<Word>,
    #[serde(default)]
    pub after: Vec<Word>,
    #[serde(default)]
    pub needs: Vec<Word>,
    #[serde(default)]
    pub opens_review: bool,
    pub notice_days: Option<toml::Spanned<u32>>,
    #[serde(default)]
    pub decision_waits: bool,
    pub cite: String,
    pub mark: Mark,
}

/// `toml outcomes`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutcomesBlock {
    pub outcome: Vec<OutcomeRow>,
}

/// `[[outcome]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutcomeRow {
    pub code: Word,
    pub name: Bilingual,
}

/// `toml ground`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroundBlock {
    pub code: Word,
    pub name: Bilingual,
    #[serde(default)]
    pub reasons: Vec<String>,
    #[serde(default)]
    pub recorded: bool,
    #[serde(default)]
    pub without_steps: bool,
    #[serde(default)]
    pub stops: bool,
    #[serde(default)]
    pub unless: Vec<Word>,
    pub cite: String,
    pub mark: Mark,
}

/// The kinds of campaigns of a chain, in its order.
pub(crate) fn campaigns(
    chain: &[Folder],
    programmes: &[&str],
    report: &mut Report<'_>,
) -> Vec<CampaignKind> {
    let mut found: Vec<(CampaignKind, Place)> = Vec::new();
    for file in chain.iter().flat_map(|folder| &folder.files) {
        let Some((Owner::Campaign(head), at)) = &file.owner else {
            for (item, at) in &file.items {
                if item.is_of_campaign() {
                    report.error(
                        file.blocks[*at].place,
                        "a definition of a campaign outside of its file",
                        "put it into a file that begins with `toml campaign`",
                    );
                }
            }
            continue;
        };
        let block = &file.blocks[*at];
        let place = place_of(block, &head.code);
        if let Some((_, first)) = found
            .iter()
            .find(|(kind, _)| kind.code == *head.code.get_ref())
        {
            let message = format!(
                "the campaign `{}` is declared at {} already",
                head.code.get_ref(),
                report.describe(*first)
            );
            report.error(place, message, "");
            continue;
        }
        let kind = resolve(file, head, block, programmes, report);
        found.push((kind, place));
    }
    found.into_iter().map(|(kind, _)| kind).collect()
}

fn resolve(
    file: &PackFile,
    head: &CampaignBlock,
    block: &Block,
    programmes: &[&str],
    report: &mut Report<'_>,
) -> CampaignKind {
    let mut known = Known { block, report };
    known.all(&head.programmes, programmes, "programme");
    let one = std::slice::from_ref;
    known.all(one(&head.targets), &TARGETS, "kind of targets");
    known.all(one(&head.cause), &CAUSES, "cause");
    known.all(one(&head.leads), &ROLES, "role");
    known.all(one(&head.invariant), &INVARIANTS, "invariant");
    let mut kind = CampaignKind {
        code: text(&head.code),
        name: head.name.clone(),
        programmes: texts(&head.programmes),
        targets: text(&head.targets),
        cause: text(&head.cause),
        leads: text(&head.leads),
        invariant: text(&head.invariant),
        steps: Vec::new(),
        outcomes: Vec::new(),
        grounds: Vec::new(),
        cite: head.cite.clone(),
        mark: head.mark,
    };
    if kind.programmes.is_empty() {
        report.error(
            block.place,
            format!("the campaign `{}` is about no programme", kind.code),
            "name them in `programmes`",
        );
    }
    for (item, at) in &file.items {
        let block = &file.blocks[*at];
        match item {
            Item::CampaignStep(step) => kind.add_step(step, block, report),
            Item::Outcomes(outcomes) => kind.add_outcomes(outcomes, block, report),
            Item::Ground(ground) => kind.add_ground(ground, block, report),
            _ => report.error(
                block.place,
                "a definition of a programme in the file of a campaign",
                "put it into the file of a programme or a module",
            ),
        }
    }
    kind.close(block, report);
    kind
}

impl CampaignKind {
    fn add_step(&mut self, step: &CampaignStepBlock, block: &Block, report: &mut Report<'_>) {
        let code = text(&step.code);
        if self.step(&code).is_some() {
            let place = place_of(block, &step.code);
            return report.error(place, format!("the step `{code}` is declared twice"), "");
        }
        // A step comes after steps that stand above it, so that their order is that of the page.
        let above: Vec<&str> = self.steps.iter().map(|step| step.code.as_str()).collect();
        let mut known = Known { block, report };
        known.all(std::slice::from_ref(&step.actor), &ROLES, "role");
        known.all(&step.also, &ROLES, "role");
        known.all(&step.needs, &STEP_NEEDS, "need");
        known.all(&step.after, &above, "earlier step");
        if let Some(days) = step
            .notice_days
            .as_ref()
            .filter(|days| *days.get_ref() == 0)
        {
            report.error(
                place_of(block, days),
                "a notice of no days",
                "leave `notice_days` out where nothing is posted",
            );
        }
        if step.opens_review && self.steps.iter().any(|other| other.opens_review) {
            report.error(
                place_of(block, &step.code),
                "a second step that opens the review",
                "a review is opened once",
            );
        }
        self.steps.push(CampaignStep {
            code,
            name: step.name.clone(),
            actor: text(&step.actor),
            also: texts(&step.also),
            after: texts(&step.after),
            needs: texts(&step.needs),
            opens_review: step.opens_review,
            notice_days: step.notice_days.as_ref().map(|days| *days.get_ref()),
            decision_waits: step.decision_waits,
            cite: step.cite.clone(),
            mark: step.mark,
        });
    }

    fn add_outcomes(&mut self, block_of: &OutcomesBlock, block: &Block, report: &mut Report<'_>) {
        for row in &block_of.outcome {
            let mut known = Known { block, report };
            known.all(std::slice::from_ref(&row.code), &OUTCOMES, "outcome");
            let code = text(&row.code);
            if self.outcome(&code).is_some() {
                let place = place_of(block, &row.code);
                report.error(place, format!("the outcome `{code}` is named twice"), "");
            }
            let name = row.name.clone();
            self.outcomes.push(OutcomeName { code, name });
        }
    }

    fn add_ground(&mut self, ground: &GroundBlock, block: &Block, report: &mut Report<'_>) {
        let (code, place) = (text(&ground.code), place_of(block, &ground.code));
        if self.ground(&code).is_some() {
            return report.error(place, format!("the ground `{code}` is declared twice"), "");
        }
        let steps: Vec<&str> = self.steps.iter().map(|step| step.code.as_str()).collect();
        let mut known = Known { block, report };
        known.all(&ground.unless, &steps, "step");
        if let Some((reason, other)) = ground
            .reasons
            .iter()
            .find_map(|reason| Some((reason, self.ground_of_reason(reason)?)))
        {
            let message = format!(
                "the reason `{reason}` says the ground `{}` already",
                other.code
            );
            report.error(place, message, "a reason says one ground");
        }
        if ground.reasons.is_empty() && !ground.recorded {
            report.error(
                place,
                format!("nothing ever says the ground `{code}`"),
                "give the `reasons` of decisions that say it, or `recorded = true`",
            );
        }
        if (ground.without_steps || ground.stops) && !ground.recorded {
            report.error(
                place,
                format!("the ground `{code}` is never recorded, so nothing can follow from that"),
                "write `recorded = true`",
            );
        }
        if ground.stops && !ground.reasons.contains(&code) {
            report.error(
                place,
                format!("a stop on the ground `{code}` would not say it"),
                format!("add `{code}` to its `reasons`: it becomes the reason of the decision"),
            );
        }
        self.grounds.push(ExitGround {
            code,
            name: ground.name.clone(),
            reasons: ground.reasons.clone(),
            recorded: ground.recorded,
            without_steps: ground.without_steps,
            stops: ground.stops,
            unless: texts(&ground.unless),
            cite: ground.cite.clone(),
            mark: ground.mark,
        });
    }

    fn close(&self, block: &Block, report: &mut Report<'_>) {
        let missing: Vec<&str> = OUTCOMES
            .into_iter()
            .filter(|code| self.outcome(code).is_none())
            .collect();
        if !missing.is_empty() {
            report.error(
                block.place,
                format!("outcomes without a name: {}", missing.join(", ")),
                "name each in a `toml outcomes` block",
            );
        }
        if self.grounds.is_empty() {
            report.error(
                block.place,
                "the campaign has no ground of exit",
                "add `toml ground` blocks",
            );
        }
        if !self.steps.iter().any(|step| step.opens_review) {
            report.error(
                block.place,
                "no step opens the review of a target",
                "write `opens_review = true` in one `toml campaign_step`",
            );
        }
    }
}

fn text(word: &Word) -> String {
    word.get_ref().clone()
}

fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(text).collect()
}
