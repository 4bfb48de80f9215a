//! A decision keeps the scans that stood on its day, whatever is handed in or withdrawn later.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, scans};
use minsheng_registry::attachments::{self, NewAttachment};
use minsheng_registry::erasure::{self, ScanStanding};
use minsheng_registry::evidence::About;
use minsheng_store::{Query, Scope};
use support::family::urban_couple;
use support::walk::{AUGUST, Walk};
use support::{CLERK, County, LUCHENG_1, OFFICER, REVIEWER, YALA, refused};

fn scan_of(about: About, page: u8) -> NewAttachment {
    NewAttachment {
        about,
        paper: "other".to_owned(),
        dated_on: None,
        file_name: format!("{page}.jpg"),
        bytes: vec![0xff, 0xd8, 0xff, 0xe0, page],
    }
}

fn attach(county: &County, about: About, page: u8) -> i64 {
    let new = scan_of(about, page);
    attachments::attach(&county.desk(), &county.ctx(CLERK), &new)
        .unwrap()
        .id
}

/// Days from which scans may be erased and what stands in the way, by key of the scan.
fn standings(county: &County) -> Vec<(i64, String, Vec<&'static str>)> {
    let all: Vec<ScanStanding> = county
        .store
        .read(|q| scans::standings(q, &Scope::county(), county.today()))
        .unwrap();
    all.into_iter()
        .map(|one| {
            let due = one.due_on.map_or_else(String::new, |day| day.to_string());
            let codes = one.obstacles.iter().map(|why| why.code).collect();
            (one.scans[0], due, codes)
        })
        .collect()
}

#[test]
fn a_decision_keeps_the_scans_of_the_household_and_its_members_that_stood_on_its_day() {
    County::on_both(|county| {
        let desk = county.desk();
        let family = urban_couple(county, LUCHENG_1, 290);
        let stranger = urban_couple(county, LUCHENG_1, 290);
        let scan = |about, page: u8| attach(county, about, page);
        county.on(AUGUST[0]);
        let of_household = scan(About::Household(family.household), 1);
        let of_member = scan(About::Person(family.members[1]), 2);
        let withdrawn = scan(About::Person(family.members[0]), 3);
        scan(About::Person(stranger.members[0]), 4);
        attachments::withdraw(&desk, &county.ctx(CLERK), withdrawn, "别户的").unwrap();

        let walk = Walk::apply(county, &family, "urban-dibao");
        walk.to_first_opinion();
        walk.on(AUGUST[1]).post();
        walk.on(AUGUST[2]).forward().county_opinion();
        let grant = walk.on(AUGUST[3]).decide().decision;

        let later = scan(About::Household(family.household), 5);
        attachments::withdraw(&desk, &county.ctx(CLERK), of_member, "看不清").unwrap();
        county.on("2021-10-11");
        assistance::open_review(
            &desk,
            &county.ctx(CLERK),
            walk.case,
            Cause::Periodic,
            "定期核查",
        )
        .unwrap();
        let review = assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case)
            .unwrap()
            .decision;

        let kept = |scope: &Scope| -> Vec<(i64, i64)> {
            let found = county.store.read(|q| scans::kept(q, scope, walk.case));
            let found = found.unwrap();
            found
                .iter()
                .map(|one| (one.decision, one.attachment))
                .collect()
        };
        assert_eq!(
            kept(&Scope::county()),
            [
                (grant, of_household),
                (grant, of_member),
                (review, of_household),
                (review, later)
            ]
        );
        assert_eq!(kept(&Scope::of(YALA)), []);
    });
}

#[test]
fn a_scan_has_a_term_of_its_own_and_one_that_a_decision_rests_on_the_term_of_its_case() {
    County::on_both(|county| {
        let desk = county.desk();
        let (admin, reviewer) = ("admin-1", REVIEWER);
        let propose = |who: &str| {
            scans::propose_erasure(
                &desk,
                &county.ctx(who),
                "保存期满",
                "个人信息保护法 art. 47",
            )
        };
        let confirm = |who: &str| scans::confirm_erasure(&desk, &county.ctx(who));
        let family = urban_couple(county, LUCHENG_1, 290);
        let stranger = urban_couple(county, LUCHENG_1, 290);
        county.on(AUGUST[0]);
        let decided = attach(county, About::Household(family.household), 1);
        let head = attach(county, About::Person(family.members[0]), 2);
        let wrong = attach(county, About::Household(family.household), 3);
        attachments::withdraw(&desk, &county.ctx(CLERK), wrong, "别户的").unwrap();
        let alone = attach(county, About::Person(stranger.members[0]), 4);
        let walk = Walk::apply(county, &family, "urban-dibao");
        walk.to_first_opinion();
        walk.on(AUGUST[1]).post();
        walk.on(AUGUST[2]).forward().county_opinion();
        walk.on(AUGUST[3]).decide();
        let open = Walk::apply(county, &stranger, "urban-dibao");
        open.accept();
        // what was handed in after the decision: nothing rests on it
        county.on("2021-09-06");
        let later = attach(county, About::Household(family.household), 5);
        let case = vec!["case_in_force"];
        assert_eq!(
            standings(county),
            [
                (decided, String::new(), case.clone()),
                (head, String::new(), case.clone()),
                (wrong, "2023-08-16".to_owned(), vec!["term"]),
                (alone, String::new(), vec!["case_open"]),
                (later, "2023-09-06".to_owned(), vec!["term"]),
            ]
        );
        assert_eq!(propose(admin).unwrap(), 0);

        county.on("2021-10-11");
        let (clerk, officer) = (county.ctx(CLERK), county.ctx(OFFICER));
        assistance::withdraw(&desk, &clerk, open.case, "不再申请").unwrap();
        assistance::open_review(&desk, &officer, walk.case, Cause::Renounced, "不再需要").unwrap();
        assistance::decide_review(&desk, &county.ctx(reviewer), walk.case).unwrap();
        county.on("2023-08-16");
        // the review rested on the later one as well; eleven days are left of ten years and more
        let kept = |scan| (scan, "2031-11-01".to_owned(), vec!["term"]);
        assert_eq!(
            standings(county),
            [
                kept(decided),
                kept(head),
                (wrong, "2023-08-16".to_owned(), vec![]),
                (alone, "2023-08-16".to_owned(), vec![]),
                kept(later),
            ]
        );
        refused(propose(CLERK), &["administrator"]);
        assert_eq!(propose(admin).unwrap(), 2);
        assert_eq!(propose(admin).unwrap(), 0, "proposed already");
        refused(confirm(admin), &["second user"]);
        let proposals = county
            .store
            .read(|q| erasure::proposals(q, &Scope::county()))
            .unwrap();
        assert_eq!(proposals.len(), 2);
        assert!(proposals[0].about.contains(&family.household.to_string()));
        let one = erasure::confirm(
            &desk,
            &county.ctx(reviewer),
            proposals[0].id,
            &|_, _| -> Result<_, minsheng_registry::RegistryError> { Ok(Default::default()) },
        );
        assert!(one.unwrap_err().to_string().contains("--scans"));

        // a new case of the household that keeps one of them keeps both from going
        let again = Walk::apply(county, &stranger, "urban-dibao");
        let text = refused(confirm(reviewer), &["a case is not decided"]);
        assert!(text.contains("proposal 2"), "{text}");
        assistance::withdraw(&desk, &county.ctx(CLERK), again.case, "不再申请").unwrap();
        assert_eq!(confirm(reviewer).unwrap(), 2);
        refused(confirm(reviewer), &["waits"]);

        // the content is gone; hash, chain and links stay
        let listed = county
            .store
            .read(|q| {
                let known = q.last_tx()?;
                let about = About::Household(family.household);
                attachments::of_subject(q, &Scope::county(), about, known)
            })
            .unwrap();
        let erased: Vec<_> = listed
            .iter()
            .map(|one| (one.id, one.erased_on.is_some(), one.content.len()))
            .collect();
        assert_eq!(
            erased,
            [(decided, false, 64), (wrong, true, 64), (later, false, 64)]
        );
        let opened = attachments::open(&desk, &county.ctx(OFFICER), wrong, "查看");
        assert!(opened.unwrap_err().to_string().contains("保存期满"));
        assert!(attachments::open(&desk, &county.ctx(OFFICER), decided, "查看").is_ok());
        let same = scan_of(About::Household(family.household), 3);
        let again = attachments::attach(&desk, &county.ctx(CLERK), &same);
        assert!(
            again
                .unwrap_err()
                .to_string()
                .contains("scan the paper again")
        );
        let links = county
            .store
            .read(|q| scans::kept(q, &Scope::county(), walk.case))
            .unwrap();
        assert_eq!(links.len(), 5, "two of the grant, three of the review");
        assert!(county.store.verify().unwrap().is_clean());
        county.on("2031-11-01");
        assert!(standings(county).iter().all(|(_, _, why)| why.is_empty()));
    });
}
