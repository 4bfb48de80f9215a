//! Service of decisions, longer terms, withdrawals, applications of a committee and of one person, and the days that cases take.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::days::{self, CaseDays, Standing};
use minsheng_benefits::assistance::{
    self, AssistanceError, DecisionKind, FiledBy, Missing, Service, Way, Withdrawal, queries,
};
use minsheng_core::{Date, Relation};
use minsheng_registry::PersonId;
use minsheng_store::Scope;
use support::family::{Draft, Family, urban_couple};
use support::walk::{AUGUST, Walk, application, granted, granted_d12};
use support::{
    CLERK, CLERK_2, County, DIRECTOR, EVERYBODY, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER, YALA_1,
    day, refused,
};

fn service(way: Way, on: &str) -> Service {
    Service {
        decision: None,
        way,
        served_on: day(on),
        received_by: "张伟".to_owned(),
        witness: None,
        proof: "送达回证第 12 号".to_owned(),
    }
}

/// A case refused on 2021-08-18.
fn refusal(county: &County) -> Walk<'_> {
    let family = urban_couple(county, LUCHENG_1, 700);
    county.on("2021-08-16");
    let walk = Walk::apply(county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.on("2021-08-17").forward();
    walk.county_opinion();
    assert_eq!(walk.on("2021-08-18").decide().kind, DecisionKind::Refuse);
    walk
}

#[test]
fn a_refusal_is_served_with_who_received_it_and_meets_its_term() {
    County::on_both(|county| {
        let walk = refusal(county);
        let desk = county.desk();
        let serve =
            |service: &Service| assistance::serve(&desk, &county.ctx(CLERK), walk.case, service);
        walk.on("2021-08-20");
        let nobody = Service {
            received_by: String::new(),
            ..service(Way::InPerson, "2021-08-19")
        };
        refused(serve(&nobody), &["received_by: say who received it"]);
        refused(
            serve(&service(Way::LeftAtHome, "2021-08-19")),
            &["witness: what is left at the home needs a witness"],
        );
        let unproven = Service {
            proof: " ".to_owned(),
            ..service(Way::Post, "2021-08-19")
        };
        refused(serve(&unproven), &["proof: say what proves the service"]);
        for wrong in ["2021-08-17", "2021-08-21"] {
            refused(
                serve(&service(Way::InPerson, wrong)),
                &["lies before the decision of 2021-08-18"],
            );
        }
        let services = |scope: &Scope| {
            let all = county
                .store
                .read(|q| assistance::services(q, scope, Some(walk.case)));
            all.unwrap()
        };
        assert_eq!(
            services(&Scope::county())[0].service,
            None,
            "not served is shown"
        );
        let witnessed = Service {
            witness: Some("村委会主任".to_owned()),
            ..service(Way::LeftAtHome, "2021-08-19")
        };
        serve(&witnessed).unwrap();
        let row = &services(&Scope::county())[0];
        assert_eq!(
            (row.way.as_deref(), row.effective_on),
            (Some("left_at_home"), Some(day("2021-08-19")))
        );
        assert!(services(&Scope::of(support::YALA)).is_empty());
        refused(serve(&witnessed), &["decision 1 is served already"]);
        let due = county
            .store
            .read(|q| queries::due(q, &Scope::county(), day("2021-09-30")))
            .unwrap();
        assert!(due.is_empty(), "{due:?}");
        let served = county
            .store
            .read(|q| assistance::served_on(q, row.decision))
            .unwrap();
        assert_eq!(
            served,
            Some(day("2021-08-19")),
            "the remedies run from here"
        );
    });
}

#[test]
fn a_letter_that_came_back_is_corrected_and_an_announcement_takes_sixty_days() {
    let county = County::new();
    let walk = refusal(&county);
    let desk = county.desk();
    walk.on("2021-08-19");
    let post = service(Way::Post, "2021-08-19");
    assistance::serve(&desk, &county.ctx(CLERK), walk.case, &post).unwrap();
    walk.on("2021-09-01");
    let announced = service(Way::Announcement, "2021-09-01");
    let correct =
        |id, reason| assistance::correct_service(&desk, &county.ctx(CLERK), id, &announced, reason);
    refused(correct(7, "退信"), &["there is no service 7"]);
    refused(correct(1, ""), &["a reason"]);
    correct(1, "邮件退回，下落不明").unwrap();
    refused(correct(1, "退信"), &["was corrected on 2021-09-01 already"]);
    let rows = county
        .store
        .read(|q| assistance::services(q, &Scope::county(), None))
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].effective_on, Some(day("2021-10-31")));
}

#[test]
fn every_decision_can_be_served_and_nothing_before_it() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-02");
    let early = Walk::apply(&county, &family, "urban-dibao");
    let desk = county.desk();
    refused(
        assistance::serve(
            &desk,
            &county.ctx(CLERK),
            early.case,
            &service(Way::InPerson, "2021-08-02"),
        ),
        &["nothing is decided that could be served"],
    );
    assistance::withdraw(&desk, &county.ctx(CLERK), early.case, "改天再来").unwrap();
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    walk.on("2021-09-02");
    let unknown = Service {
        decision: Some(99),
        ..service(Way::Township, "2021-09-01")
    };
    refused(
        assistance::serve(&desk, &county.ctx(CLERK), walk.case, &unknown),
        &["the case has no decision 99"],
    );
    let ok = service(Way::Township, "2021-09-01");
    assistance::serve(&desk, &county.ctx(OFFICER), walk.case, &ok).unwrap();
    assert_eq!(walk.state(), "in_force");
}

#[test]
fn a_special_case_takes_forty_five_working_days_once_with_a_reviewers_approval() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept();
    let desk = county.desk();
    let extend =
        |user, reason, by| assistance::extend(&desk, &county.ctx(user), walk.case, reason, by);
    refused(
        extend(CLERK, "核对未完成", REVIEWER),
        &["does not hold the role officer"],
    );
    refused(extend(OFFICER, " ", REVIEWER), &["a reason"]);
    for nobody in [OFFICER_2, OFFICER, "nobody", ""] {
        refused(
            extend(OFFICER, "核对未完成", nobody),
            &["the approval of a reviewer other than the user"],
        );
    }
    refused(
        extend(EVERYBODY, "核对未完成", EVERYBODY),
        &["the approval of a reviewer"],
    );
    let decision = || -> Date {
        let due = county
            .store
            .read(|q| queries::due(q, &Scope::county(), day("2021-09-02")))
            .unwrap();
        due.iter()
            .find(|line| line.clock == "decision")
            .unwrap()
            .due_on
    };
    assert_eq!(decision(), day("2021-10-19"));
    walk.on("2021-10-20");
    refused(
        extend(OFFICER, "核对未完成", REVIEWER),
        &["ended on 2021-10-19 and cannot be lengthened any more"],
    );

    let other = urban_couple(&county, LUCHENG_1, 290);
    let walk = Walk::apply(&county, &other, "urban-dibao");
    walk.accept();
    let extend = || {
        assistance::extend(
            &desk,
            &county.ctx(OFFICER),
            walk.case,
            "核对未完成",
            REVIEWER,
        )
    };
    extend().unwrap();
    refused(extend(), &["1 time(s)", "D21 art. 22"]);
}

#[test]
fn an_extension_moves_the_day_of_the_decision() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept();
    let desk = county.desk();
    assistance::extend(
        &desk,
        &county.ctx(OFFICER),
        walk.case,
        "核对未完成",
        REVIEWER,
    )
    .unwrap();
    let due = county
        .store
        .read(|q| queries::due(q, &Scope::county(), day("2021-10-20")))
        .unwrap();
    let decision = due.iter().find(|line| line.clock == "decision").unwrap();
    assert_eq!((decision.due_on, decision.late), (day("2021-11-09"), false));
    let cases = counted(&county, "2021-10-20");
    assert_eq!((cases[0].limit, cases[0].extended), (Some(45), true));
    assert_eq!(cases[0].standing, Standing::Running);
}

#[test]
fn an_application_is_taken_back_by_an_adult_member_with_a_reason() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "urban")
        .member("张伟", "1970-05-04", Relation::Head)
        .earns("transfer", 300)
        .member("张小明", "2010-05-04", Relation::Child)
        .record();
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    let desk = county.desk();
    let withdraw = |by: Option<PersonId>, reason: &str| {
        let withdrawal = Withdrawal {
            by,
            reason: reason.to_owned(),
        };
        assistance::withdraw_by(&desk, &county.ctx(CLERK), walk.case, &withdrawal)
    };
    refused(withdraw(None, " "), &["a reason"]);
    refused(
        withdraw(Some(family.members[1]), "不申请了"),
        &["the adult member of the household who takes it back"],
    );
    refused(
        withdraw(Some(PersonId(99)), "不申请了"),
        &["the adult member of the household who takes it back"],
    );
    withdraw(Some(family.members[0]), "不申请了").unwrap();
    assert_eq!(walk.state(), "withdrawn");
}

#[test]
fn a_committee_files_with_its_members_name_and_the_households_agreement() {
    let county = County::new();
    let desk = county.desk();
    let apply = |family: &Family, user, filed_by, agreed: bool| {
        let mut form = application(family, "urban-dibao");
        form.filed_by = filed_by;
        if agreed {
            form.papers.codes.push("committee_agreement".to_owned());
        }
        assistance::apply(&desk, &county.ctx(user), &form).unwrap()
    };
    let family = || urban_couple(&county, LUCHENG_1, 290);
    let (one, two, three) = (family(), family(), family());
    county.on("2021-09-01");
    let accept = |case| assistance::accept(&desk, &county.ctx(CLERK), case);
    let unnamed = apply(&one, CLERK, FiledBy::Committee, true);
    refused(
        accept(unnamed),
        &["it is not said who of the committee did"],
    );
    let named = FiledBy::CommitteeMember("王主任".to_owned());
    let unagreed = apply(&two, CLERK, named, false);
    refused(accept(unagreed), &["papers: committee_agreement"]);
    // The director who enters it is who filed it.
    let own = apply(&three, DIRECTOR, FiledBy::Committee, true);
    accept(own).unwrap();
}

#[test]
fn one_person_applies_alone_and_is_told_what_stands_in_the_way() {
    let county = County::new();
    let family = Draft::new(&county, YALA_1, "rural")
        .member("张伟", "1970-05-04", Relation::Head)
        .earns("transfer", 1_100)
        .member("张丽", "1995-05-04", Relation::Child)
        .disabled("41")
        .record();
    let desk = county.desk();
    county.on("2021-08-02");
    let mut form = application(&family, "rural-dibao");
    form.applicant = family.members[1];
    form.single = true;
    let walk = Walk::apply_with(&county, &family, &form);
    refused(
        assistance::apply(&desk, &county.ctx(family.clerk), &form),
        &["P000002 is already in case C000001"],
    );
    let whole = application(&family, "rural-dibao");
    let again = assistance::apply(&desk, &county.ctx(family.clerk), &whole);
    assert!(again.is_ok(), "a family may apply beside: {again:?}");
    let opinion = walk.to_first_opinion();
    assert!(opinion.positive, "{:?}", opinion.reasons);
    assert_eq!(opinion.members.len(), 1, "only the applicant is served");

    let healthy = Draft::new(&county, YALA_1, "rural")
        .member("王伟", "1970-05-04", Relation::Head)
        .earns("transfer", 1_100)
        .member("王丽", "1995-05-04", Relation::Child)
        .record();
    let mut form = application(&healthy, "rural-dibao");
    form.applicant = healthy.members[1];
    form.single = true;
    let opinion = Walk::apply_with(&county, &healthy, &form).to_first_opinion();
    assert!(
        !opinion.positive,
        "a healthy adult has no ground to apply alone"
    );
    assert!(!opinion.reasons.is_empty() && !opinion.reasons[0].cite.is_empty());
}

#[test]
fn papers_and_registers_that_the_pack_does_not_list_are_refused_with_the_list() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let mut form = application(&family, "urban-dibao");
    form.papers.codes.push("letter".to_owned());
    let desk = county.desk();
    let error = assistance::apply(&desk, &county.ctx(CLERK), &form).unwrap_err();
    assert!(matches!(
        error,
        AssistanceError::Form {
            field: "papers",
            ..
        }
    ));
    let text = error.to_string();
    assert!(
        text.contains("`letter` is not on the list") && text.contains("authorisation (核对授权书)"),
        "{text}"
    );
    let walk = Walk::apply(&county, &family, "urban-dibao");
    refused(
        assistance::request_papers(&desk, &county.ctx(CLERK), walk.case, &["letter".to_owned()]),
        &["`letter` is not on the list"],
    );
    walk.accept();
    refused(
        assistance::cross_check_start(
            &desk,
            &county.ctx(OFFICER),
            walk.case,
            &["neighbours".to_owned()],
        ),
        &["sources: `neighbours` is not on the list", "banks (银行)"],
    );
}

fn counted(county: &County, today: &str) -> Vec<CaseDays> {
    let period = (day("2020-01-01"), day("2022-12-31"));
    let desk = county.desk();
    county
        .store
        .read(|q| days::days(&desk, q, &Scope::county(), period, day(today)))
        .unwrap()
}

#[test]
fn the_days_of_a_case_are_those_of_the_calendar_and_an_undecided_case_has_no_result() {
    let county = County::new();
    let families: Vec<Family> = (0..3)
        .map(|_| urban_couple(&county, LUCHENG_1, 290))
        .collect();
    let april = [
        "2021-03-15",
        "2021-03-16",
        "2021-03-24",
        "2021-03-29",
        "2021-04-07",
    ];
    granted_d12(&county, &families[2], "urban-dibao", april);
    granted(&county, &families[0], "urban-dibao", AUGUST);
    county.on("2021-09-01");
    let running = Walk::apply(&county, &families[1], "urban-dibao");
    running.accept();
    let cases = counted(&county, "2021-09-06");
    let of = |at: usize| (cases[at].standing, cases[at].days, cases[at].limit);
    // 2021-03-15 to 04-07: 16 weekdays but for the holiday of 04-05; D12 sets no term for the whole.
    assert_eq!(of(0), (Standing::Within, 16, None));
    // 2021-08-16 to 08-31: 11 weekdays.
    assert_eq!(of(1), (Standing::Within, 11, Some(30)));
    assert_eq!(of(2), (Standing::Running, 3, Some(30)));
    assert_eq!(cases[2].ended_on, None);
    let stages: Vec<(&str, u32)> = cases[1]
        .stages
        .iter()
        .map(|stage| (stage.step.as_str(), stage.days))
        .collect();
    assert_eq!(
        stages,
        [
            ("investigate", 0),
            ("first_opinion", 0),
            ("post_notice", 1),
            ("forward", 6),
            ("county_opinion", 0),
            ("decide", 4),
        ]
    );
    let late = counted(&county, "2021-10-20");
    assert_eq!((late[2].standing, late[2].days), (Standing::Overdue, 31));
    let townships = days::by_township(&late);
    let august = townships
        .iter()
        .find(|row| row.month == Some("2021-08".parse().unwrap()));
    let august = august.unwrap();
    assert_eq!(
        (
            august.decided,
            august.within,
            august.median_doubled,
            august.longest
        ),
        (1, 1, Some(22), Some(11))
    );
    let open = townships.iter().find(|row| row.month.is_none()).unwrap();
    assert_eq!(
        (
            open.decided,
            open.median_doubled,
            open.running,
            open.overdue
        ),
        (0, None, 1, 1)
    );
    assert_eq!(open.late, [running.case]);
    assistance::withdraw(&county.desk(), &county.ctx(CLERK), running.case, "不申请了").unwrap();
    assert_eq!(
        counted(&county, "2021-10-20")[2].standing,
        Standing::Withdrawn
    );
}

#[test]
fn an_objection_is_not_answered_with_the_appraisal_of_before() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-03-15");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept()
        .investigate()
        .ask()
        .answer()
        .appraise()
        .opinion();
    walk.on("2021-03-16").post();
    let desk = county.desk();
    assistance::object(&desk, &county.ctx(DIRECTOR), walk.case, "邻居", "他家有车").unwrap();
    let bare = assistance::Resolution {
        upheld: false,
        appraisal: None,
        answer: "不属实".to_owned(),
    };
    let resolve = || assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &bare);
    let error = resolve().unwrap_err();
    assert!(
        error.missing().contains(&&Missing::ObjectionUnexamined),
        "{error}"
    );
    let again = support::walk::visit(&county);
    assistance::reinvestigate(&desk, &county.ctx(CLERK_2), walk.case, &again).unwrap();
    assert!(resolve().unwrap().positive);
    assert_eq!(walk.state(), "notice_posted");
}
