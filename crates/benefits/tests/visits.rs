//! Near relatives, the county's own home visits, the lot, and corrections of visits.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{
    self, Draw, Investigation, Kinship, NearRelative, Staff, proof,
};
use minsheng_core::Relation;
use minsheng_registry::CaseId;
use minsheng_store::Scope;
use support::family::{Draft, Family, urban_couple};
use support::walk::{APRIL, Walk, application, visit};
use support::{
    CLERK, CLERK_2, COUNTY, County, DIRECTOR, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER, day, refused,
};

fn relatives_case<'c>(county: &'c County, family: &Family) -> Walk<'c> {
    county.on("2021-08-16");
    let mut form = application(family, "urban-dibao");
    form.papers.near_relative = Some(true);
    Walk::apply_with(county, family, &form)
}

fn county_team(county: &County) -> Investigation {
    Investigation {
        investigators: vec![OFFICER.to_owned(), OFFICER_2.to_owned()],
        finding: "县级入户，与申报一致".to_owned(),
        ..visit(county)
    }
}

#[test]
fn a_near_relatives_home_is_visited_by_two_of_the_county_before_its_opinion() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let walk = relatives_case(county, &family);
        walk.relative(family.members[0], DIRECTOR);
        walk.to_first_opinion();
        walk.on("2021-08-17").post();
        walk.on("2021-08-25").forward();
        let desk = county.desk();
        let opinion =
            |visited| assistance::county_opinion(&desk, &county.ctx(OFFICER), walk.case, visited);
        refused(
            opinion(None),
            &[
                "a home visit of the county: the case is filed as a near relative's",
                "case visit",
            ],
        );
        refused(
            opinion(Some(day("2021-08-24"))),
            &["visited_on: no home visit of the county on 2021-08-24 is recorded"],
        );
        refused(
            opinion(Some(day("2021-08-26"))),
            &["visited_on: 2021-08-26 lies after today"],
        );
        let alone = Investigation {
            investigators: vec![OFFICER.to_owned(), OFFICER.to_owned()],
            ..county_team(county)
        };
        refused(
            assistance::county_visit(&desk, &county.ctx(OFFICER), walk.case, &alone),
            &["2 different investigators; 1 named"],
        );
        refused(
            assistance::county_visit(&desk, &county.ctx(CLERK), walk.case, &county_team(county)),
            &["does not hold the role officer"],
        );
        let team = county_team(county);
        assistance::county_visit(&desk, &county.ctx(OFFICER), walk.case, &team).unwrap();
        assert!(opinion(Some(county.today())).unwrap().positive);
        // Who visited for the county does not decide.
        walk.on("2021-08-31").decide();
    });
}

#[test]
fn a_visit_recorded_wrongly_is_superseded_and_stays() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept().investigate();
    let desk = county.desk();
    let visits = || {
        let all = county
            .store
            .read(|q| assistance::visits(q, &Scope::county(), walk.case));
        all.unwrap()
    };
    let first = visits()[0].clone();
    assert_eq!(
        (first.level.as_str(), first.superseded_on),
        ("township", None)
    );
    let right = Investigation {
        investigators: vec![CLERK.to_owned(), DIRECTOR.to_owned()],
        member_present: false,
        ..visit(&county)
    };
    let correct =
        |id, reason| assistance::correct_visit(&desk, &county.ctx(CLERK), id, &right, reason);
    refused(correct(first.id, " "), &["a reason"]);
    refused(correct(99, "写错了"), &["there is no home visit 99"]);
    correct(first.id, "同去的是主任，成员不在家").unwrap();
    refused(
        correct(first.id, "写错了"),
        &["was corrected on 2021-08-16 already"],
    );
    let now = visits();
    assert_eq!(now.len(), 2);
    assert_eq!(now[0].superseded_on, Some(day("2021-08-16")));
    assert_eq!(
        (now[1].replaces, now[1].member_present),
        (Some(first.id), false)
    );
    assert_eq!(now[1].visitors, [CLERK, DIRECTOR]);
}

#[test]
fn a_corrected_county_visit_counts_only_with_its_correction() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let walk = relatives_case(&county, &family);
    walk.relative(family.members[0], DIRECTOR);
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    let desk = county.desk();
    let team = county_team(&county);
    assistance::county_visit(&desk, &county.ctx(OFFICER), walk.case, &team).unwrap();
    walk.on("2021-08-26");
    let right = Investigation {
        visited_on: day("2021-08-24"),
        ..team
    };
    let wrong = county
        .store
        .read(|q| assistance::visits(q, &Scope::county(), walk.case))
        .unwrap()
        .last()
        .unwrap()
        .id;
    assistance::correct_visit(&desk, &county.ctx(OFFICER_2), wrong, &right, "日期写错了").unwrap();
    let opinion =
        |on| assistance::county_opinion(&desk, &county.ctx(OFFICER), walk.case, Some(day(on)));
    refused(
        opinion("2021-08-25"),
        &["no home visit of the county on 2021-08-25"],
    );
    opinion("2021-08-24").unwrap();
}

#[test]
fn a_registered_relative_is_not_lost_by_withdrawing_and_applying_again() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let walk = relatives_case(&county, &family);
    walk.relative(family.members[1], DIRECTOR);
    let desk = county.desk();
    assistance::withdraw(&desk, &county.ctx(CLERK), walk.case, "不想申请了").unwrap();
    let mut form = application(&family, "urban-dibao");
    refused(
        assistance::apply(&desk, &county.ctx(CLERK), &form),
        &[
            "the case is filed as a near relative's",
            "a later `no` does not undo that",
        ],
    );
    form.papers.near_relative = Some(true);
    let again = Walk::apply_with(&county, &family, &form);
    again.to_first_opinion();
    again.on("2021-08-17").post();
    again.on("2021-08-25").forward();
    refused(
        assistance::county_opinion(&desk, &county.ctx(OFFICER), again.case, None),
        &["a home visit of the county: the case is filed as a near relative's"],
    );
    let register = county
        .store
        .read(|q| assistance::relatives(q, &Scope::of(LUCHENG_1)))
        .unwrap();
    assert_eq!(register.len(), 1);
    assert_eq!(
        (register[0].name.as_str(), register[0].kinship.as_str()),
        (DIRECTOR, "sibling")
    );
    assert!(
        county
            .store
            .read(|q| assistance::relatives(q, &Scope::of(support::YALA)))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_registration_made_by_mistake_is_ended_by_another_user_with_a_reason() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let walk = relatives_case(&county, &family);
    walk.relative(family.members[1], REVIEWER);
    let desk = county.desk();
    let end = |user, reason| assistance::end_relative(&desk, &county.ctx(user), 1, reason);
    refused(end(CLERK, "登记错了"), &["does not hold the role officer"]);
    refused(end(OFFICER, ""), &["a reason"]);
    refused(
        assistance::end_relative(&desk, &county.ctx(OFFICER), 7, "登记错了"),
        &["there is no registration of a near relative 7"],
    );
    end(OFFICER, "同名不同人").unwrap();
    refused(
        end(OFFICER, "同名不同人"),
        &["was ended on 2021-08-16 already"],
    );
    // The question is open again.
    refused(
        assistance::accept(&desk, &county.ctx(CLERK), walk.case),
        &["no answer whether a member is a near relative"],
    );
}

#[test]
fn nobody_takes_a_step_in_the_case_of_a_near_relative() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let walk = relatives_case(&county, &family);
    let desk = county.desk();
    let register = |member, staff, kinship: Kinship| {
        let relative = NearRelative {
            member,
            staff,
            kinship,
        };
        assistance::register_relatives(&desk, &county.ctx(CLERK), &[(walk.case, relative)])
    };
    let user = |name: &str| Staff::User(name.to_owned());
    refused(
        register(family.members[0], user("nobody"), Kinship::Child),
        &["nobody"],
    );
    let stranger = urban_couple(&county, LUCHENG_1, 290);
    refused(
        register(stranger.members[0], user(CLERK_2), Kinship::Child),
        &["member: P000003 is no member of H000001"],
    );
    refused(
        register(
            family.members[0],
            Staff::CommitteeMember(" ".to_owned()),
            Kinship::Child,
        ),
        &["committee_member: say the name"],
    );
    register(family.members[0], user(CLERK_2), Kinship::Child).unwrap();
    register(family.members[0], user(REVIEWER), Kinship::Parent).unwrap();
    register(
        family.members[1],
        Staff::CommitteeMember("王主任".to_owned()),
        Kinship::Spouse,
    )
    .unwrap();
    refused(
        register(family.members[0], user(CLERK_2), Kinship::Child),
        &["is registered already as a near relative of this user"],
    );
    let barred = &[
        "`clerk-2` is registered as a near relative of P000001",
        "hand the case to a colleague",
    ];
    refused(
        assistance::accept(&desk, &county.ctx(CLERK_2), walk.case),
        barred,
    );
    walk.accept();
    // Nor does the relative go along.
    refused(
        assistance::investigate(&desk, &county.ctx(CLERK), walk.case, &visit(&county)),
        barred,
    );
    let team = Investigation {
        investigators: vec![CLERK.to_owned(), DIRECTOR.to_owned()],
        ..visit(&county)
    };
    assistance::investigate(&desk, &county.ctx(CLERK), walk.case, &team).unwrap();
    walk.ask().answer().opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    let team = county_team(&county);
    assistance::county_visit(&desk, &county.ctx(OFFICER), walk.case, &team).unwrap();
    walk.county_opinion();
    walk.on("2021-08-31");
    refused(
        assistance::decide(&desk, &county.ctx(REVIEWER), walk.case),
        &["`reviewer-1` is registered as a near relative of P000001"],
    );
    assistance::decide(&desk, &county.ctx(support::REVIEWER_2), walk.case).unwrap();
    let names: Vec<String> = county
        .store
        .read(|q| assistance::relatives(q, &Scope::county()))
        .unwrap()
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert_eq!(names, [CLERK_2, REVIEWER, "王主任"]);
}

/// Cases of the old version that wait for the county, the third of them a near relative's.
fn forwarded(county: &County, count: usize) -> Vec<CaseId> {
    county.on(APRIL[0]);
    let mut walks = Vec::new();
    for at in 0..count {
        let family = Draft::new(county, LUCHENG_1, "urban")
            .member("张伟", "1970-05-04", Relation::Head)
            .earns("transfer", 300)
            .record();
        let mut form = application(&family, "urban-dibao");
        form.papers.near_relative = Some(at == 2);
        let walk = Walk::apply_with(county, &family, &form);
        if at == 2 {
            walk.relative(family.members[0], DIRECTOR);
        }
        walk.accept()
            .investigate()
            .ask()
            .answer()
            .appraise()
            .opinion();
        walks.push(walk);
    }
    county.on(APRIL[1]);
    for walk in &walks {
        walk.post();
    }
    county.on(APRIL[2]);
    for walk in &walks {
        walk.forward();
    }
    walks.iter().map(|walk| walk.case).collect()
}

fn lot(county: &County, user: &str, seed: u64) -> Result<Vec<i64>, assistance::AssistanceError> {
    let asked = Draw {
        programme: "urban-dibao".to_owned(),
        from: day("2021-03-01"),
        to: day("2021-03-31"),
        seed,
    };
    assistance::draw(&county.desk(), &county.ctx(user), &asked)
}

#[test]
fn thirty_percent_and_every_near_relative_are_visited_and_the_lot_can_be_drawn_again() {
    County::on_both(|county| {
        let cases = forwarded(county, 7);
        let refused_lot = lot(county, CLERK, 4).unwrap_err().to_string();
        assert!(refused_lot.contains("officer"), "{refused_lot}");
        let draws = lot(county, OFFICER, 20_210_324).unwrap();
        assert_eq!(draws.len(), 1);
        refused(
            lot(county, OFFICER, 20_210_325),
            &["waits for the county's opinion and was in no draw before"],
        );
        let (rows, lines) = county
            .store
            .read(|q| {
                let rows = assistance::draws(q, &Scope::county())?;
                Ok::<_, assistance::AssistanceError>((
                    rows,
                    assistance::drawn_cases(q, &Scope::county(), draws[0])?,
                ))
            })
            .unwrap();
        let row = &rows[0];
        assert_eq!(
            (row.law.as_str(), row.percent, row.mark.as_str()),
            ("D12", 30, "law")
        );
        assert_eq!(
            (row.seed.as_str(), row.population, row.quota),
            ("20210324", 7, 3)
        );
        assert_eq!(lines.iter().filter(|line| line.drawn).count(), 3);
        assert_eq!(lines[2].flag.as_deref(), Some("near_relative"));
        assert!(
            !lines[2].drawn,
            "a near relative's case is visited without the lot"
        );
        let desk = county.desk();
        for (line, case) in lines.iter().zip(&cases) {
            assert_eq!(line.case, *case);
            let opinion = assistance::county_opinion(&desk, &county.ctx(OFFICER), *case, None);
            if line.drawn {
                refused(
                    opinion,
                    &["a home visit of the county: the case was drawn by lot"],
                );
                let team = county_team(county);
                assistance::county_visit(&desk, &county.ctx(OFFICER), *case, &team).unwrap();
                assistance::county_opinion(&desk, &county.ctx(OFFICER), *case, None).unwrap();
            } else if line.flag.is_none() {
                opinion.unwrap();
            }
        }
        let proven = county.store.read(|q| proof::verify_draws(q)).unwrap();
        assert_eq!(proven, []);
        assert_eq!(COUNTY, row.division);
    });
}
