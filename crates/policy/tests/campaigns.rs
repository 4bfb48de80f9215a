//! Kinds of campaigns: what the embedded pack says, and the mistakes an official is told of.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use minsheng_policy::{OUTCOMES, PackSet, Source, embedded_sources};

const FILE: &str = "policies/cn/dibao-rectification.md";

/// The embedded packs with a change in the file of the campaign.
fn with(from: &str, to: &str) -> Result<PackSet, String> {
    let mut sources = embedded_sources();
    let file = sources
        .iter_mut()
        .find(|source| source.path == FILE)
        .unwrap();
    assert!(file.text.contains(from), "{from}");
    file.text = file.text.replacen(from, to, 1);
    PackSet::from_sources("cn-513301", sources).map_err(|errors| errors.to_string())
}

#[track_caller]
fn told(from: &str, to: &str, parts: &[&str]) {
    let errors = with(from, to).unwrap_err();
    assert!(
        errors.contains(&format!("{FILE}:")),
        "no file and line in:\n{errors}"
    );
    for part in parts {
        assert!(errors.contains(part), "`{part}` is not in:\n{errors}");
    }
}

#[test]
fn the_special_rectification_is_data_of_the_nations_pack() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let kind = set.campaign("dibao-rectification").unwrap();
    assert_eq!(kind.programmes, ["urban-dibao", "rural-dibao"]);
    let steps: Vec<&str> = kind.steps.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(steps, ["reapply", "cross_check", "visit", "notice"]);
    assert!(kind.steps.iter().all(|step| step.decision_waits));
    assert_eq!(kind.step("notice").unwrap().notice_days, Some(7));
    let grounds: Vec<&str> = kind.grounds.iter().map(|g| g.code.as_str()).collect();
    assert_eq!(
        grounds,
        [
            "income",
            "property",
            "conditions",
            "death",
            "moved",
            "withdrew",
            "no_reapplication",
            "policy_quota",
            "favour"
        ]
    );
    for reason in kind.grounds.iter().flat_map(|ground| &ground.reasons) {
        assert!(kind.ground_of_reason(reason).is_some(), "{reason}");
    }
    // What ends a benefit is a ground, or the campaign would never be closed.
    let files = set
        .sources()
        .iter()
        .filter(|source| source.path.contains("dibao"));
    let lines = files.flat_map(|source| source.text.lines());
    let mut reasons: Vec<&str> = lines
        .filter_map(|line| line.strip_prefix("```reason "))
        .collect();
    assert!(reasons.len() >= 10, "{reasons:?}");
    reasons.extend(["nobody_left", "renounced", "moved_away"]);
    for reason in reasons {
        assert!(kind.ground_of_reason(reason).is_some(), "{reason}");
    }
    assert!(OUTCOMES.iter().all(|code| kind.outcome(code).is_some()));
}

#[test]
fn a_set_without_campaigns_loads_as_before() {
    let older: Vec<Source> = embedded_sources()
        .into_iter()
        .filter(|source| source.path != FILE)
        .collect();
    let set = PackSet::from_sources("cn-513301", older).unwrap();
    assert!(set.campaigns().is_empty());
    assert_eq!(set.programmes().len(), 2);
}

#[test]
fn each_mistake_in_a_campaign_is_named_with_file_and_line() {
    told(
        "\"urban-dibao\", ",
        "\"urban-diabo\", ",
        &[
            "unknown programme `urban-diabo`",
            "did you mean `urban-dibao`?",
        ],
    );
    told(
        "targets = \"roll_in_force\"",
        "targets = \"everybody\"",
        &["unknown kind of targets `everybody`", "roll_in_force"],
    );
    told(
        "leads = \"officer\"",
        "leads = \"king\"",
        &["unknown role `king`"],
    );
    told(
        "after == before - exits + entries",
        "after == before",
        &["unknown invariant", "after == before - exits + entries"],
    );
    told(
        "after = [\"reapply\"]",
        "after = [\"notice\"]",
        &["unknown earlier step `notice`"],
    );
    told(
        "needs = [\"two_investigators\"",
        "needs = [\"three_investigators\"",
        &["unknown need `three_investigators`"],
    );
    told(
        "notice_days = 7",
        "notice_days = 0",
        &["a notice of no days"],
    );
    told(
        "opens_review = true\n",
        "",
        &["no step opens the review", "opens_review = true"],
    );
    told(
        "code = \"cross_check\"",
        "code = \"reapply\"",
        &["the step `reapply` is declared twice"],
    );
    told(
        "[[outcome]]\ncode = \"kept\"\nname = { zh = \"保留不变\", en = \"kept\" }\n",
        "",
        &["outcomes without a name: kept"],
    );
    told(
        "unless = [\"reapply\"]",
        "unless = [\"reply\"]",
        &["unknown step `reply`"],
    );
    told(
        "reasons = [\"nobody_left\"]",
        "reasons = [\"income_not_below_standard\"]",
        &["says the ground `income` already"],
    );
    told(
        "reasons = [\"moved\", \"moved_away\"]",
        "reasons = []",
        &["a stop on the ground `moved` would not say it"],
    );
    told(
        "en = \"favour\" }\nrecorded = true",
        "en = \"favour\" }",
        &["nothing ever says the ground `favour`"],
    );
    told(
        "## 步骤 · Steps",
        "```toml figures\nids = [\"A1\"]\n```",
        &["a definition of a programme in the file of a campaign"],
    );
}

#[test]
fn a_definition_of_a_campaign_stands_in_its_own_file_and_its_code_once() {
    let mut sources = embedded_sources();
    let text = "```toml module\ncode = \"dibao\"\n```\n\n```toml outcomes\noutcome = []\n```\n";
    sources.push(Source {
        path: "policies/cn/dibao-stray.md".to_owned(),
        text: text.to_owned(),
    });
    let errors = PackSet::from_sources("cn-513301", sources)
        .unwrap_err()
        .to_string();
    assert!(errors.contains("policies/cn/dibao-stray.md:5"), "{errors}");
    let mut sources = embedded_sources();
    let file = sources.iter().find(|source| source.path == FILE).unwrap();
    let again = Source {
        path: "policies/cn-513301/dibao-rectification.md".to_owned(),
        text: file.text.clone(),
    };
    sources.push(again);
    let errors = PackSet::from_sources("cn-513301", sources)
        .unwrap_err()
        .to_string();
    assert!(errors.contains("is declared at policies/cn/"), "{errors}");
}
