//! A campaign over one household from its list to its close, as it is typed and read, in both languages.

use std::path::Path;

use crate::line::{good, run};
use crate::rehearsal::{by, decided, with_form};

const OPEN: &str = "campaign open --kind-of dibao-rectification --name 低保专项治理 --cut-off 2021-10-31 --ends-on 2021-12-31 --plan 康民〔2021〕45号";

fn both(folder: &Path, line: &str) -> String {
    format!(
        "{}\n{}",
        run(folder, line),
        run(folder, &format!("--lang zh {line}"))
    )
}

/// A household in force, and the campaign open.
fn opened() -> tempfile::TempDir {
    let folder = with_form();
    decided(folder.path());
    by(folder.path(), "officer-1", "2021-11-01", OPEN);
    folder
}

/// All steps of the only target, each on its day.
fn walked(folder: &Path) {
    for (user, day, step) in [
        ("clerk-1", "2021-11-02", "reapply C000001"),
        (
            "officer-1",
            "2021-11-03",
            "cross_check C000001 --finding 无异常",
        ),
        (
            "clerk-1",
            "2021-11-04",
            "visit C000001 --investigator clerk-1,clerk-2 --finding 属实",
        ),
        ("clerk-1", "2021-11-05", "notice --targets 513301001"),
    ] {
        by(folder, user, day, &format!("campaign step 1 {step}"));
    }
}

#[test]
fn a_campaign_is_opened_worked_reported_and_closed() {
    let folder = opened();
    let folder = folder.path();
    insta::assert_snapshot!("campaign_list", both(folder, "campaign list --db r.db"));
    walked(folder);
    insta::assert_snapshot!("campaign_show", both(folder, "campaign show 1 --db r.db"));
    insta::assert_snapshot!(
        "campaign_notices",
        both(folder, "campaign notices 低保专项治理 --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_notice",
        both(folder, "campaign notice 1 --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_close_open",
        both(
            folder,
            "campaign close 1 --db r.db --as officer-1 --at 2021-11-08"
        )
    );
    by(
        folder,
        "clerk-1",
        "2021-11-08",
        "campaign object 1 C000001 --objector 王某 --statement 家里新开了店",
    );
    insta::assert_snapshot!(
        "campaign_objections",
        both(folder, "campaign objections 1 --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_objected",
        both(
            folder,
            "case review decide C000001 --db r.db --as reviewer-1 --at 2021-11-15"
        )
    );
    insta::assert_snapshot!(
        "campaign_answer_alone",
        both(
            folder,
            "campaign answer 1 C000001 --rejected --investigator clerk-1 --answer 店是邻居的 --db r.db --as clerk-1 --at 2021-11-15"
        )
    );
    insta::assert_snapshot!(
        "campaign_answer",
        run(
            folder,
            "--lang zh campaign answer 1 C000001 --rejected --investigator clerk-1,clerk-2 --answer 店是邻居的 --db r.db --as clerk-1 --at 2021-11-15"
        )
    );
    by(
        folder,
        "reviewer-1",
        "2021-11-15",
        "case review decide C000001",
    );
    insta::assert_snapshot!(
        "campaign_targets",
        both(folder, "campaign targets 1 --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_report",
        both(folder, "campaign report 1 --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_close",
        run(
            folder,
            "--lang zh campaign close 1 --db r.db --as officer-1 --at 2021-12-31"
        )
    );
    let verified = good(folder, "verify --db r.db");
    assert!(!verified.contains("NOT CLEAN"), "{verified}");
}

#[test]
fn the_likely_slips_of_a_campaign_are_answered_with_what_to_do() {
    let folder = opened();
    let folder = folder.path();
    let slip = |line: &str| both(folder, &format!("{line} --db r.db --at 2021-11-02"));
    insta::assert_snapshot!(
        "campaign_unknown",
        slip("campaign step 7 reapply C000001 --as clerk-1")
    );
    insta::assert_snapshot!(
        "campaign_no_step",
        slip("campaign step 1 reaply C000001 --as clerk-1")
    );
    insta::assert_snapshot!(
        "campaign_before_its_turn",
        slip(
            "campaign step 1 visit C000001 --investigator clerk-1,clerk-2 --finding 属实 --as clerk-1"
        )
    );
    insta::assert_snapshot!(
        "campaign_other_area",
        slip("campaign step 1 reapply C000001 --as clerk-guza")
    );
    insta::assert_snapshot!(
        "campaign_nobody",
        slip("campaign step 1 reapply --targets 513301101 --as officer-1")
    );
    insta::assert_snapshot!(
        "campaign_second",
        slip(
            "campaign open --kind-of dibao-rectification --name 另一个 --cut-off 2021-10-31 --ends-on 2021-12-31 --as officer-1"
        )
    );
    insta::assert_snapshot!(
        "campaign_not_posted",
        slip("campaign object 1 C000001 --objector 王某 --statement 不符 --as clerk-1")
    );
    insta::assert_snapshot!(
        "campaign_no_outcome",
        both(folder, "campaign targets 1 --outcome gone --db r.db")
    );
    insta::assert_snapshot!(
        "campaign_no_notice",
        both(folder, "campaign notice 9 --db r.db")
    );
}
