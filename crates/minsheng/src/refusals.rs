//! What a step lacks, in the language of the reader: the words stand in `locales/`, the facts in
//! [`Missing`]. What has no words there keeps those of the office.

use minsheng_benefits::assistance::{AssistanceError, Missing, Refusal, commands};
use minsheng_core::Deadline;
use minsheng_policy::{Entity, Need};
use minsheng_registry::{HouseholdId, PersonId};

use crate::words::Words;

/// A refused step in the language of the reader; nothing for any other error.
pub fn said(error: &anyhow::Error, words: &Words) -> Option<String> {
    match error.downcast_ref::<AssistanceError>()? {
        AssistanceError::Refused(refusals) => {
            let texts: Vec<String> = refusals.iter().map(|one| refusal(one, words)).collect();
            Some(texts.join("\n"))
        }
        _ => None,
    }
}

fn refusal(refusal: &Refusal, words: &Words) -> String {
    let case = refusal.whom.strip_prefix("case ");
    let whom = match case {
        Some(case) => words.tell("refusal-case", &[("case", &case)]),
        None => refusal.whom.clone(),
    };
    let mut text = words.tell(
        "refusal-head",
        &[
            ("whom", &whom),
            ("state", &refusal.state),
            ("step", &refusal.step),
        ],
    );
    for missing in &refusal.missing {
        let (said, hint) = one(missing, case, words);
        text.push_str(&format!("\n  - {said}\n    hint: {hint}"));
    }
    text
}

/// The key of the words of what is missing, and what fills them.
type Told = (&'static str, Vec<(&'static str, String)>);

fn one(missing: &Missing, case: Option<&str>, words: &Words) -> (String, String) {
    let Some((key, facts)) = told(missing, case, words) else {
        return (missing.to_string(), missing.hint());
    };
    let with: Vec<(&str, &dyn std::fmt::Display)> = facts
        .iter()
        .map(|(name, value)| (*name, value as &dyn std::fmt::Display))
        .collect();
    let hint = words.told_attribute(key, "hint", &with);
    (
        words.tell(key, &with),
        hint.unwrap_or_else(|| missing.hint()),
    )
}

fn told(missing: &Missing, case: Option<&str>, words: &Words) -> Option<Told> {
    let line = |step: &str| commands::line(step, case).unwrap_or_else(|| format!("`{step}`"));
    let day = |deadline: &Deadline| {
        if deadline.provisional {
            words.tell("refusal-provisional", &[("day", &deadline.date)])
        } else {
            deadline.date.to_string()
        }
    };
    let told: Told = match missing {
        Missing::Before { step, name, actor } => (
            "missing-before",
            vec![
                ("step", step.clone()),
                ("name", name.clone()),
                ("actor", actor.clone()),
                ("line", line(step)),
            ],
        ),
        Missing::NoWay { possible } if possible.is_empty() => ("missing-closed", Vec::new()),
        Missing::NoWay { possible } => ("missing-no-way", vec![("possible", possible.join(", "))]),
        Missing::Role { user, role } => (
            "missing-role",
            vec![("user", user.clone()), ("role", role.clone())],
        ),
        Missing::Area {
            user,
            area,
            division,
        } => (
            "missing-area",
            vec![
                ("user", user.clone()),
                ("area", area.to_string()),
                ("division", division.to_string()),
            ],
        ),
        Missing::FourEyes { user, step, on } => (
            "missing-four-eyes",
            vec![
                ("user", user.clone()),
                ("step", step.clone()),
                ("on", on.to_string()),
            ],
        ),
        Missing::OwnEvidence { user, about, on } => (
            "missing-own-evidence",
            vec![
                ("user", user.clone()),
                ("about", about.join(", ")),
                ("on", on.to_string()),
            ],
        ),
        Missing::OwnRelative { user, persons } => (
            "missing-own-relative",
            vec![("user", user.clone()), ("persons", persons.join(", "))],
        ),
        Missing::Times {
            at_most,
            last_on,
            cite,
        } => (
            "missing-times",
            vec![
                ("at-most", at_most.to_string()),
                ("last-on", last_on.to_string()),
                ("cite", cite.clone()),
            ],
        ),
        Missing::Early {
            name,
            started_on,
            last_day,
            step,
            from,
        } => (
            "missing-early",
            vec![
                ("name", name.clone()),
                ("started-on", started_on.to_string()),
                ("last-day", last_day.to_string()),
                ("step", step.clone()),
                ("from", day(from)),
                ("from-day", from.date.to_string()),
            ],
        ),
        Missing::NotBegun { name } => ("missing-not-begun", vec![("name", name.clone())]),
        Missing::Over { name, due_on } => (
            "missing-over",
            vec![("name", name.clone()), ("due-on", due_on.to_string())],
        ),
        Missing::Objections { open } => ("missing-objections", counted(open)),
        Missing::NoObjection => ("missing-no-objection", Vec::new()),
        Missing::NoCrossCheck => (
            "missing-no-cross-check",
            vec![("line", line("cross_check_start"))],
        ),
        Missing::CrossCheck { open } => (
            "missing-cross-check",
            vec![
                ("open", open.join(", ")),
                ("line", line("cross_check_answer")),
            ],
        ),
        Missing::Papers { papers } => (
            "missing-papers",
            vec![
                ("papers", papers.join(", ")),
                ("line", line("supplement")),
                ("other", line("request_papers")),
            ],
        ),
        Missing::Investigators { given, needed } => (
            "missing-investigators",
            vec![("given", given.to_string()), ("needed", needed.to_string())],
        ),
        Missing::PapersList => ("missing-papers-list", Vec::new()),
        Missing::NearRelative => ("missing-near-relative", Vec::new()),
        Missing::NearRelativeStays => ("missing-near-relative-stays", Vec::new()),
        Missing::Appraisal => ("missing-appraisal", vec![("line", line("appraise"))]),
        Missing::RelativeUnnamed => (
            "missing-relative-unnamed",
            vec![("line", line("register_relative"))],
        ),
        Missing::CommitteeMember => ("missing-committee-member", Vec::new()),
        Missing::ObjectionUnexamined => (
            "missing-objection-unexamined",
            vec![("line", line("reinvestigate")), ("other", line("appraise"))],
        ),
        Missing::HomeVisit { flag } => (
            match flag.as_str() {
                "near_relative" => "missing-home-visit-near-relative",
                "reported" => "missing-home-visit-reported",
                _ => "missing-home-visit-drawn",
            },
            vec![("line", line("county_visit"))],
        ),
        Missing::Approval => ("missing-approval", Vec::new()),
        Missing::WithdrawnBy => ("missing-withdrawn-by", Vec::new()),
        // Their reason is a sentence of the office.
        Missing::Service { .. } | Missing::Notice { .. } => return None,
        Missing::Reason => ("missing-reason", Vec::new()),
        Missing::Evidence { needs } => {
            let needs: Vec<String> = needs.iter().map(|one| need(one, words)).collect();
            ("missing-evidence", vec![("needs", needs.join("; "))])
        }
        Missing::Condition { condition, found } => (
            "missing-condition",
            vec![("condition", condition.clone()), ("found", found.clone())],
        ),
        Missing::Served {
            whom,
            case,
            programme,
            state,
        } => (
            "missing-served",
            vec![
                ("whom", whom.clone()),
                ("case", case.to_string()),
                ("programme", programme.clone()),
                ("state", state.clone()),
            ],
        ),
        Missing::PhaseOut { why } => ("missing-phase-out", vec![("why", why.clone())]),
        Missing::PhaseOutRuns { last: Some(last) } => {
            ("missing-phase-out-runs", vec![("last", last.to_string())])
        }
        Missing::PhaseOutRuns { last: None } => ("missing-phase-out-none", Vec::new()),
        Missing::JobRefusals => ("missing-job-refusals", Vec::new()),
        Missing::NotRevoked => ("missing-not-revoked", Vec::new()),
        Missing::NotSent => ("missing-not-sent", Vec::new()),
        Missing::Reports { open } => ("missing-reports", counted(open)),
        Missing::CampaignSteps { campaign, steps } => (
            "missing-campaign-steps",
            vec![("campaign", campaign.clone()), ("steps", steps.join(", "))],
        ),
        Missing::CampaignNotice {
            campaign,
            posted_on,
            last_day,
            from,
        } => (
            "missing-campaign-notice",
            vec![
                ("campaign", campaign.clone()),
                ("posted-on", posted_on.to_string()),
                ("last-day", last_day.to_string()),
                ("from", day(from)),
                ("from-day", from.date.to_string()),
            ],
        ),
        Missing::CampaignObjections { campaign, open } => {
            let mut facts = counted(open);
            facts.push(("campaign", campaign.clone()));
            ("missing-campaign-objections", facts)
        }
        Missing::CampaignGround {
            campaign,
            ground,
            found,
        } => (
            "missing-campaign-ground",
            vec![
                ("campaign", campaign.clone()),
                ("ground", ground.clone()),
                ("found", found.clone()),
            ],
        ),
        Missing::NotMember { person, household } => (
            "missing-not-member",
            vec![("person", person.clone()), ("household", household.clone())],
        ),
    };
    Some(told)
}

fn counted<T: std::fmt::Display>(open: &[T]) -> Vec<(&'static str, String)> {
    let keys: Vec<String> = open.iter().map(ToString::to_string).collect();
    vec![("count", open.len().to_string()), ("open", keys.join(", "))]
}

/// A piece of evidence by its name, and whose it is.
fn need(need: &Need, words: &Words) -> String {
    let whom = match need.entity {
        Entity::Household => HouseholdId(need.id).to_string(),
        Entity::Person => PersonId(need.id).to_string(),
    };
    words.tell(
        "refusal-need",
        &[("en", &need.en), ("zh", &need.zh), ("whom", &whom)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_english_words_are_those_of_the_office_and_the_chinese_ones_are_chinese() {
        let missing = [
            Missing::NoWay { possible: vec![] },
            Missing::NoCrossCheck,
            Missing::Papers {
                papers: vec!["declaration".to_owned()],
            },
            Missing::HomeVisit {
                flag: "reported".to_owned(),
            },
            Missing::ObjectionUnexamined,
            Missing::PhaseOutRuns { last: None },
            Missing::Reports { open: vec![3, 4] },
            Missing::Investigators {
                given: 1,
                needed: 2,
            },
        ];
        let (en, zh) = (Words::new(Language::En), Words::new(Language::Zh));
        for missing in missing {
            let (said, hint) = one(&missing, None, &en);
            assert_eq!(
                (said, hint),
                (missing.to_string(), missing.hint()),
                "{missing:?}"
            );
            let (said, hint) = one(&missing, None, &zh);
            let chinese = |text: &str| text.chars().any(|c| ('一'..='龥').contains(&c));
            assert!(
                chinese(&said) && chinese(&hint),
                "{missing:?}: {said} {hint}"
            );
        }
    }
}
