//! Rolls are taken over whole or not at all, once, and change nothing that is not asked for.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_core::{bank_account, citizen_id};
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::table::{self, Limits};
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::erasure::{self, Holding};
use minsheng_registry::evidence::{self, About};
use minsheng_registry::rolls::{self, ChangeKind, Intake, Report};
use minsheng_registry::snapshots::{self, Snapshot, SnapshotHousehold};
use minsheng_registry::{
    HouseholdId, PersonId, RegistryError, Role, accounts, households, persons,
};
use minsheng_store::{Query, statement};
use support::{County, LUCHENG, at, day_of};

const HEAD: &str = "户号,姓名,身份证号,与户主关系,区划代码,类别,残疾类别等级,一卡通账号\n";

fn number(year: i16, sequence: u16) -> String {
    let number = citizen_id::build("513301", day_of(year, 5, 20), sequence).unwrap();
    number.as_str().to_owned()
}

fn account(start: u64) -> String {
    bank_account::complete(&format!("62170000{start:08}"))
        .unwrap()
        .as_str()
        .to_owned()
}

fn with_divisions(county: &County) {
    let division = |code, level, name: &str| NewDivision {
        code,
        level,
        name: name.to_owned(),
        valid_from: day_of(2000, 1, 1),
        valid_to: None,
    };
    let all = [
        division(513_301_001_000, 'T', "炉城街道"),
        division(LUCHENG, 'V', "东关社区"),
        division(513_301_201_000, 'T', "雅拉乡"),
        division(513_301_201_201, 'V', "三道桥村"),
    ];
    let ctx = county.ctx("admin-1", at(2020, 9, 2));
    divisions::load(&county.desk(), &ctx, &all).unwrap();
}

fn two_households() -> String {
    format!(
        "{HEAD}1,扎西,{},户主,513301001001,城市,,{}\n1,卓玛,{},配偶,,,肢体二级,\n2,多吉,{},户主,513301001001,农村,,\n",
        number(1960, 1),
        account(1),
        number(1962, 2),
        number(1970, 3),
    )
}

struct How {
    update: bool,
    accept_duplicates: bool,
    skip_bad: bool,
    day: (i16, i8, i8),
}

const PLAIN: How = How {
    update: false,
    accept_duplicates: false,
    skip_bad: false,
    day: (2020, 10, 8),
};

fn import(county: &County, text: &str, how: How) -> (Report, bool) {
    let desk = county.desk();
    let (year, month, day) = how.day;
    let ctx = county.ctx("officer-1", at(year, month, day));
    let tables = table::read("roll.csv", text.as_bytes(), &Limits::default()).unwrap();
    let roll = county
        .store
        .read(|q| rolls::read(&desk, q, &tables, &Mapping::default(), ctx.today()))
        .unwrap();
    let intake = Intake {
        roll: &roll,
        file_name: "roll.csv",
        digest: &minsheng_exchange::digest(text.as_bytes()),
        mapping: "",
        programme: "",
        since: ctx.today(),
        update: how.update,
        accept_duplicates: how.accept_duplicates,
        skip_bad: how.skip_bad,
    };
    let report = rolls::import(&desk, &ctx, &intake, &|_, _, _| {}).unwrap();
    let refused = report.refused(&intake);
    (report, refused)
}

#[test]
fn a_roll_is_taken_over_once_and_the_same_file_again_changes_nothing() {
    County::on_both(|county| {
        with_divisions(county);
        let (report, refused) = import(county, &two_households(), PLAIN);
        assert!(!refused, "{report:?}");
        assert_eq!(
            (
                report.new_households,
                report.new_persons,
                report.accounts,
                report.evidence
            ),
            (2, 3, 1, 3)
        );
        let ctx = county.ctx("officer-1", at(2020, 10, 8));
        county
            .store
            .read(|q| -> Result<(), minsheng_registry::RegistryError> {
                let known = q.last_tx()?;
                let members = households::members(q, HouseholdId(1), ctx.today(), known)?;
                let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
                assert_eq!(names, ["扎西", "卓玛"]);
                let found = persons::search(q, &ctx.scope(), &number(1962, 2))?;
                assert_eq!(found.len(), 1);
                let rows = evidence::history(q, About::Person(found[0].id), known)?;
                assert_eq!(rows[0].row.code.as_deref(), Some("42"));
                let account = accounts::current(q, PersonId(1))?.unwrap();
                assert_eq!(
                    (account.entered_by.as_str(), account.confirmed_by),
                    ("officer-1", None)
                );
                Ok(())
            })
            .unwrap();
        let before = county.store.head().unwrap();
        let (again, refused) = import(county, &two_households(), PLAIN);
        assert!(!refused);
        assert_eq!(
            (
                again.new_households,
                again.new_persons,
                again.unchanged,
                again.changes.len()
            ),
            (0, 0, 2, 0)
        );
        assert_eq!(county.store.head().unwrap(), before);
        assert!(county.store.verify().unwrap().is_clean());
    });
}

#[test]
fn one_bad_row_keeps_everything_out_unless_it_may_be_left_out() {
    County::on_both(|county| {
        with_divisions(county);
        let bad = two_households().replace("配偶", "邻居");
        let before = county.store.head().unwrap();
        let (report, refused) = import(county, &bad, PLAIN);
        assert!(refused && report.import.is_none());
        assert_eq!(county.store.head().unwrap(), before);
        let (report, refused) = import(
            county,
            &bad,
            How {
                skip_bad: true,
                ..PLAIN
            },
        );
        assert!(!refused);
        assert_eq!(
            (report.new_households, report.bad_lines.clone()),
            (1, vec![2, 3])
        );
        // corrected, the household left out comes in and the other one is as it was
        let (report, _) = import(county, &two_households(), PLAIN);
        assert_eq!((report.new_households, report.unchanged), (1, 1));
    });
}

#[test]
fn differences_are_shown_and_recorded_only_when_asked_for() {
    County::on_both(|county| {
        with_divisions(county);
        import(county, &two_households(), PLAIN);
        let changed = two_households()
            .replace(&account(1), &account(2))
            .replace("农村", "城市")
            .replace("肢体二级", "肢体一级")
            + &format!("2,白玛,{},女儿,,,,\n", number(2010, 4));
        let kinds = |report: &Report| {
            report
                .changes
                .iter()
                .map(|change| change.kind.clone())
                .collect::<Vec<_>>()
        };
        let expected = [
            ChangeKind::Account,
            ChangeKind::Evidence("disability".to_owned()),
            ChangeKind::NewMember,
            ChangeKind::Evidence("residence_area".to_owned()),
        ];
        let before = county.store.head().unwrap();
        let later = How {
            day: (2020, 11, 2),
            ..PLAIN
        };
        let (report, refused) = import(county, &changed, later);
        assert!(!refused && !report.updated && report.import.is_none());
        assert_eq!(kinds(&report), expected);
        let text = format!("{:?}", report.changes);
        assert!(
            !text.contains("41") && !text.contains(&account(2)),
            "health and accounts are not shown: {text}"
        );
        assert_eq!(county.store.head().unwrap(), before);
        let (report, _) = import(
            county,
            &changed,
            How {
                day: (2020, 11, 2),
                update: true,
                ..PLAIN
            },
        );
        assert!(report.updated && report.import.is_some());
        let (again, _) = import(
            county,
            &changed,
            How {
                day: (2020, 11, 2),
                update: true,
                ..PLAIN
            },
        );
        assert_eq!(
            (again.changes.len(), again.unchanged, again.import),
            (0, 2, None),
            "{again:?}"
        );
        // what was true before stays true before
        let rows = county
            .store
            .read(|q| {
                let known = q.last_tx()?;
                evidence::history(q, About::Household(HouseholdId(2)), known)
            })
            .unwrap();
        let open: Vec<_> = rows
            .iter()
            .filter(|row| row.superseded_tx.is_none())
            .collect();
        assert_eq!(open.len(), 2);
        assert_eq!(open[0].row.valid_to, Some(day_of(2020, 11, 2)));
        assert!(county.store.verify().unwrap().is_clean());
    });
}

#[test]
fn a_registered_person_keeps_account_and_evidence_in_a_new_household_unless_asked_for() {
    County::on_both(|county| {
        with_divisions(county);
        import(county, &two_households(), PLAIN);
        let desk = county.desk();
        let head = PersonId(1);
        let account_of = || {
            county
                .store
                .read(|q| accounts::current(q, head))
                .unwrap()
                .unwrap()
        };
        let other = county.ctx("officer-2", at(2020, 10, 9));
        accounts::confirm_many(&desk, &other, &[account_of().id]).unwrap();
        let spouse = PersonId(2);
        for person in [head, spouse] {
            households::leave(&desk, &other, HouseholdId(1), person, day_of(2020, 10, 9)).unwrap();
        }
        let alone = |level: &str, account: &str| {
            format!(
                "{HEAD}9,卓玛,{},户主,513301001001,,{level},\n9,扎西,{},配偶,,,,{account}\n",
                number(1962, 2),
                number(1960, 1),
            )
        };
        let later = |update| How {
            update,
            day: (2020, 11, 2),
            ..PLAIN
        };
        // the same account is confirmed as it was, another level of disability is shown and not recorded
        let (report, refused) = import(county, &alone("肢体一级", &account(1)), later(false));
        assert!(!refused && report.new_households == 1, "{report:?}");
        assert_eq!(
            account_of().confirmed_by.as_deref(),
            Some("officer-2"),
            "{report:?}"
        );
        assert_eq!(report.accounts, 0);
        assert_eq!(report.changes.len(), 1, "{report:?}");
        let level = || {
            let rows = county
                .store
                .read(|q| {
                    let known = q.last_tx()?;
                    evidence::history(q, About::Person(spouse), known)
                })
                .unwrap();
            let mut open = rows
                .into_iter()
                .filter(|row| row.superseded_tx.is_none() && row.row.valid_to.is_none());
            open.next().unwrap().row.code
        };
        assert_eq!(level().as_deref(), Some("42"));
        // asked for, it is recorded in the household that is there now
        let (report, _) = import(county, &alone("肢体一级", &account(3)), later(true));
        assert!(report.updated && report.accounts == 1, "{report:?}");
        assert_eq!(level().as_deref(), Some("41"));
        assert_eq!(account_of().confirmed_by, None);
        assert!(county.store.verify().unwrap().is_clean());
    });
}

#[test]
fn a_member_who_is_not_on_the_roll_leaves_only_when_asked_and_is_never_deleted() {
    let county = County::new();
    with_divisions(&county);
    import(&county, &two_households(), PLAIN);
    let without: String = two_households()
        .lines()
        .filter(|line| !line.contains("卓玛"))
        .map(|line| format!("{line}\n"))
        .collect();
    let later = How {
        day: (2020, 11, 2),
        update: true,
        ..PLAIN
    };
    let (report, _) = import(&county, &without, later);
    assert_eq!(report.changes.len(), 1);
    assert_eq!(report.changes[0].kind, ChangeKind::MemberGone);
    let members = |day| {
        county
            .store
            .read(|q| {
                let known = q.last_tx()?;
                households::members(q, HouseholdId(1), day, known)
            })
            .unwrap()
            .len()
    };
    assert_eq!(
        (members(day_of(2020, 11, 1)), members(day_of(2020, 11, 2))),
        (2, 1)
    );
}

#[test]
fn who_may_be_registered_already_is_shown_before_it_is_done() {
    let county = County::new();
    with_divisions(&county);
    import(&county, &two_households(), PLAIN);
    let twin = format!("{HEAD}9,扎西,{},户主,513301001001,,,\n", number(1960, 7));
    let (report, refused) = import(&county, &twin, PLAIN);
    assert!(refused);
    assert_eq!(
        (report.suspects.len(), report.suspects[0].existing),
        (1, Some(PersonId(1)))
    );
    let (report, refused) = import(
        &county,
        &twin,
        How {
            accept_duplicates: true,
            ..PLAIN
        },
    );
    assert!(!refused);
    assert_eq!(report.new_persons, 1);
}

#[test]
fn persons_of_other_households_names_and_areas_are_refused_by_line() {
    let county = County::new();
    with_divisions(&county);
    import(&county, &two_households(), PLAIN);
    for (rows, problem) in [
        (
            format!(
                "1,扎西,{},户主,513301001001,,,\n1,多吉,{},子,,,,\n",
                number(1960, 1),
                number(1970, 3)
            ),
            "other-household",
        ),
        (
            format!("1,次仁,{},户主,513301001001,,,\n", number(1960, 1)),
            "number-name",
        ),
        (
            format!("1,扎西,{},户主,513301001001,,,,P000002\n", number(1960, 1)),
            "number-key",
        ),
        (
            format!("1,扎西,{},户主,513301001001,,,,P000001\n", number(1950, 9)),
            "number-key",
        ),
        (
            format!(
                "5,仁青,{},户主,513301001001,,,{}\n",
                number(1980, 1),
                account(1)
            ),
            "account-elsewhere",
        ),
        (
            format!("5,仁青,{},户主,513301001001,海上,,\n", number(1980, 1)),
            "evidence-value",
        ),
    ] {
        let head = HEAD.trim_end();
        let (report, refused) = import(&county, &format!("{head},人员编号\n{rows}"), PLAIN);
        assert!(refused, "{problem}");
        let problems: Vec<_> = report
            .findings
            .iter()
            .map(|finding| finding.problem)
            .collect();
        assert_eq!(problems, [problem]);
    }
    // a clerk of another township learns no name
    let desk = county.desk();
    let ctx = county.ctx("clerk-yala", at(2020, 10, 8));
    let text = format!("{HEAD}1,扎西,{},户主,513301201201,,,\n", number(1960, 1));
    let tables = table::read("roll.csv", text.as_bytes(), &Limits::default()).unwrap();
    let roll = county
        .store
        .read(|q| rolls::read(&desk, q, &tables, &Mapping::default(), ctx.today()))
        .unwrap();
    let intake = Intake {
        roll: &roll,
        file_name: "roll.csv",
        digest: &[],
        mapping: "",
        programme: "",
        since: ctx.today(),
        update: false,
        accept_duplicates: false,
        skip_bad: false,
    };
    let report = rolls::import(&desk, &ctx, &intake, &|_, _, _| {}).unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.problem == "elsewhere")
    );
    assert!(report.refused(&intake));
}

#[test]
fn a_roll_moves_nobody_and_says_so_each_time() {
    County::on_both(|county| {
        with_divisions(county);
        import(county, &two_households(), PLAIN);
        let before = county.store.head().unwrap();
        let moved = two_households().replace(
            &format!("2,多吉,{},户主,513301001001", number(1970, 3)),
            &format!("2,多吉,{},户主,513301201201", number(1970, 3)),
        );
        assert_ne!(moved, two_households());
        for _ in 0..2 {
            let how = How {
                update: true,
                day: (2020, 11, 2),
                ..PLAIN
            };
            let (report, refused) = import(county, &moved, how);
            assert!(!refused);
            assert_eq!((report.moves(), report.import), (1, None));
            let change = &report.changes[0];
            assert_eq!(
                (change.line, change.kind.clone(), change.new.as_str()),
                (4, ChangeKind::Division, "513301201201")
            );
        }
        assert_eq!(county.store.head().unwrap(), before);
    });
}

#[test]
fn the_list_of_imports_is_that_of_the_area() {
    County::on_both(|county| {
        with_divisions(county);
        import(county, &two_households(), PLAIN);
        let seen = |division| {
            let scope = minsheng_store::Scope::of(division);
            let found = county.store.read(|q| rolls::list(q, &scope));
            found.unwrap().len()
        };
        assert_eq!((seen(513_301_000_000), seen(LUCHENG)), (1, 0));
    });
}

statement! { NAMES_LEFT, internal "a test", "SELECT name FROM roll_snapshot_person ORDER BY id" }

#[test]
fn the_roll_that_was_taken_over_names_nobody_whose_record_was_erased() {
    County::on_both(|county| {
        with_divisions(county);
        import(county, &two_households(), PLAIN);
        let names = || -> Vec<String> {
            let rows = county.store.read(|q| q.rows(&NAMES_LEFT, &[])).unwrap();
            rows.iter()
                .map(|row| row.text(0).unwrap().to_owned())
                .collect()
        };
        assert_eq!(names(), ["扎西", "卓玛", "多吉"]);
        let (desk, about) = (county.desk(), About::Household(HouseholdId(1)));
        let admin = county.ctx("admin-1", at(2024, 1, 2));
        // a roll of earlier years, which knows no household of the register
        let old = |division, names: &[&str]| SnapshotHousehold {
            household_no: "7".to_owned(),
            division,
            persons: names
                .iter()
                .map(|name| ((*name).to_owned(), "head".to_owned()))
                .collect(),
        };
        let village = 513_301_001_001;
        let snapshot = Snapshot {
            label: "2019".to_owned(),
            programme: "urban-dibao".to_owned(),
            taken_on: day_of(2019, 12, 31),
            source: "2019.xlsx".to_owned(),
            households: vec![
                old(village, &["卓玛", "扎西"]),
                old(village, &["扎西", "央金"]),
                old(village + 1, &["扎西"]),
            ],
        };
        snapshots::import(&desk, &county.ctx("admin-1", at(2024, 1, 1)), &snapshot).unwrap();
        let mut second = county.ctx("officer-2", at(2024, 1, 3));
        second.actor.roles.insert(Role::Reviewer);
        let look = |_: &mut dyn Query, _: HouseholdId| Ok::<_, RegistryError>(Holding::default());
        let id = erasure::propose(&desk, &admin, about, "期限届满", "art. 47", &look).unwrap();
        let report = erasure::confirm(&desk, &second, id, &look).unwrap();
        assert_eq!(report.erased.len(), 2);
        let gone = persons::TOMBSTONE;
        assert_eq!(
            names(),
            [gone, gone, "多吉", gone, gone, "扎西", "央金", "扎西"]
        );
        let found = county.store.verify().unwrap();
        assert!(found.is_clean(), "{:?}", found.findings);
    });
}
