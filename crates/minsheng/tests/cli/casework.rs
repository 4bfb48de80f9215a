//! Near relatives, visits, the lot and the service of decisions as they are typed and read, in both languages: what a
//! clerk sees when it goes well, and what the most likely slips are answered with.

use std::path::Path;

use crate::line::{good, run};
use crate::line_snapshot;
use crate::rehearsal::{by, with_form};

/// An accepted case of one person in Lucheng.
fn accepted() -> tempfile::TempDir {
    let folder = with_form();
    let at = folder.path();
    by(at, "clerk-1", "2021-07-05", "register --file h.toml");
    by(
        at,
        "clerk-1",
        "2021-07-06",
        "case apply --programme urban-dibao --household H000001 --applicant P000001 --paper authorisation,declaration --near-relative no",
    );
    by(at, "clerk-1", "2021-07-06", "case accept C000001");
    folder
}

/// The same case in both languages.
fn both(folder: &Path, line: &str) -> String {
    format!(
        "{}\n{}",
        run(folder, line),
        run(folder, &format!("--lang zh {line}"))
    )
}

/// From the visit to the county.
fn forwarded() -> tempfile::TempDir {
    let folder = accepted();
    let at = folder.path();
    for (user, day, line) in [
        (
            "officer-1",
            "2021-07-07",
            "case cross-check start C000001 --source tax",
        ),
        (
            "clerk-1",
            "2021-07-08",
            "case investigate C000001 --investigator clerk-1,clerk-2 --member-present --finding 情况属实",
        ),
        (
            "officer-1",
            "2021-07-09",
            "case cross-check answer C000001 --source tax --finding 无记录",
        ),
        ("clerk-2", "2021-07-12", "case first-opinion C000001"),
        (
            "clerk-2",
            "2021-07-12",
            "case notice post C000001 --division 513301001001",
        ),
        ("clerk-2", "2021-07-20", "case forward C000001"),
    ] {
        by(at, user, day, line);
    }
    folder
}

#[test]
fn a_near_relative_is_registered_listed_and_ended() {
    let folder = accepted();
    let folder = folder.path();
    insta::assert_snapshot!(
        "relatives_wrong_member",
        both(
            folder,
            "case relatives add C000001 --member P000009 --staff clerk-2 --kinship parent --db r.db --as clerk-1 --at 2021-07-06"
        )
    );
    insta::assert_snapshot!(
        "relatives_wrong_kinship",
        both(
            folder,
            "case relatives add C000001 --member P000001 --staff clerk-2 --kinship uncle --db r.db --as clerk-1 --at 2021-07-06"
        )
    );
    by(
        folder,
        "clerk-1",
        "2021-07-06",
        "case relatives add C000001 --member P000001 --staff clerk-2 --kinship parent",
    );
    insta::assert_snapshot!("relatives", both(folder, "case relatives list --db r.db"));
    insta::assert_snapshot!(
        "relatives_own_case",
        both(
            folder,
            "case investigate C000001 --investigator clerk-1,clerk-2 --member-present --finding 属实 --db r.db --as clerk-2 --at 2021-07-06"
        )
    );
    line_snapshot!(
        "relatives_end",
        folder,
        "case relatives end 1 --reason 登记有误 --db r.db --as officer-1 --at 2021-07-07"
    );
    insta::assert_snapshot!(
        "relatives_end_twice",
        both(
            folder,
            "case relatives end 1 --reason 登记有误 --db r.db --as officer-1 --at 2021-07-07"
        )
    );
    insta::assert_snapshot!(
        "relatives_end_unknown",
        both(
            folder,
            "case relatives end 9 --reason 登记有误 --db r.db --as officer-1 --at 2021-07-07"
        )
    );
    let ended = good(folder, "case relatives list --db r.db");
    assert!(ended.contains("2021-07-07"), "{ended}");
}

#[test]
fn a_visit_is_made_by_two_and_a_wrong_one_is_replaced() {
    let folder = accepted();
    let folder = folder.path();
    insta::assert_snapshot!(
        "visit_alone",
        both(
            folder,
            "case investigate C000001 --investigator clerk-1,clerk-1 --member-present --finding 属实 --db r.db --as clerk-1 --at 2021-07-08"
        )
    );
    insta::assert_snapshot!(
        "visit_in_the_future",
        both(
            folder,
            "case investigate C000001 --investigator clerk-1,clerk-2 --member-present --visited-on 2021-07-09 --finding 属实 --db r.db --as clerk-1 --at 2021-07-08"
        )
    );
    by(
        folder,
        "clerk-1",
        "2021-07-08",
        "case investigate C000001 --investigator clerk-1,clerk-2 --member-present --finding 属实",
    );
    line_snapshot!(
        "visit_correct",
        folder,
        "case correct-visit 1 --investigator clerk-1,clerk-2 --member-present no --finding 门锁着 --reason 记错 --db r.db --as clerk-1 --at 2021-07-08"
    );
    insta::assert_snapshot!("visits", both(folder, "case visits C000001 --db r.db"));
    insta::assert_snapshot!(
        "visit_unknown",
        both(
            folder,
            "case correct-visit 9 --investigator clerk-1,clerk-2 --member-present no --finding 门锁着 --reason 记错 --db r.db --as clerk-1 --at 2021-07-08"
        )
    );
    insta::assert_snapshot!(
        "visit_not_yet",
        both(
            folder,
            "case visit C000001 --investigator officer-1,officer-2 --member-present --finding 属实 --db r.db --as officer-1 --at 2021-07-08"
        )
    );
}

#[test]
fn the_lot_says_what_it_drew_from_and_the_county_visits_what_it_drew() {
    let folder = forwarded();
    let folder = folder.path();
    let draw = "case spot-check --programme urban-dibao --from 2021-07-01 --to 2021-07-31 --seed 7 --db r.db --as officer-1 --at 2021-07-20";
    insta::assert_snapshot!("lot", run(folder, draw));
    insta::assert_snapshot!("lot_again", both(folder, draw));
    insta::assert_snapshot!("lots", both(folder, "case spot-checks --db r.db"));
    insta::assert_snapshot!(
        "lot_programme",
        both(folder, &draw.replace("urban-dibao", "urban"))
    );
    insta::assert_snapshot!(
        "lot_visit_missing",
        both(
            folder,
            "case county-opinion C000001 --db r.db --as officer-1 --at 2021-07-21"
        )
    );
    by(
        folder,
        "officer-1",
        "2021-07-21",
        "case visit C000001 --investigator officer-1,officer-2 --member-present --finding 属实",
    );
    by(
        folder,
        "officer-1",
        "2021-07-21",
        "case county-opinion C000001",
    );
}

#[test]
fn a_decision_is_served_once_with_a_recipient_and_a_proof() {
    let folder = forwarded();
    let folder = folder.path();
    by(
        folder,
        "officer-1",
        "2021-07-21",
        "case county-opinion C000001",
    );
    by(folder, "reviewer-1", "2021-07-22", "case decide C000001");
    let serve = |rest: &str| {
        let line = format!("case serve C000001 {rest} --db r.db --as clerk-1 --at 2021-07-23");
        both(folder, &line)
    };
    insta::assert_snapshot!("serve_nobody", serve("--way in_person --proof 回证"));
    insta::assert_snapshot!("serve_pigeon", serve("--way pigeon --proof 回证"));
    insta::assert_snapshot!(
        "serve_no_witness",
        serve("--way left_at_home --received-by 示例 --proof 回证")
    );
    insta::assert_snapshot!(
        "serve_too_early",
        serve("--way in_person --received-by 示例 --proof 回证 --served-on 2021-07-01")
    );
    line_snapshot!(
        "serve",
        folder,
        "case serve C000001 --way announcement --proof 公告 --db r.db --as clerk-1 --at 2021-07-23"
    );
    insta::assert_snapshot!(
        "serve_twice",
        serve("--way in_person --received-by 示例 --proof 回证")
    );
    by(
        folder,
        "clerk-1",
        "2021-07-26",
        "case correct-service 1 --way in_person --received-by 示例 --proof 回证 --reason 找到本人",
    );
    insta::assert_snapshot!("services", both(folder, "case services --db r.db"));
    insta::assert_snapshot!(
        "services_unserved",
        good(folder, "--lang zh case services --unserved --db r.db")
    );
}
