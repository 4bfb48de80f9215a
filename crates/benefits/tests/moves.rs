//! Moves: inside the county the case goes along and nothing stops; out of the county it ends.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, DecisionKind, Move, queries, roll};
use minsheng_core::Month;
use minsheng_registry::evidence;
use minsheng_store::Scope;
use support::family::urban_couple;
use support::walk::{AUGUST, granted};
use support::{
    CLERK, CLERK_YALA, County, LUCHENG, LUCHENG_1, OFFICER, REVIEWER, YALA, YALA_1, day, refused,
};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn total(county: &County, at: &str) -> i64 {
    county
        .store
        .read(|q| {
            let known = county.known();
            let deaths = evidence::deaths(q, known)?;
            let case = roll::in_force(q, known)?.remove(0);
            let (_, shares) =
                roll::entitled_amounts(q, county.packs.current(), &case, &deaths, month(at))?;
            Ok::<i64, assistance::AssistanceError>(
                shares.iter().map(|share| share.amount.get()).sum(),
            )
        })
        .unwrap()
}

fn to(division: i64, on: &str) -> Move {
    Move {
        to_division: division,
        moved_on: day(on),
        words: "投靠女儿，租住三道桥村".to_owned(),
    }
}

#[test]
fn the_case_goes_along_with_its_terms_and_reviews_and_the_area_follows() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
        let send = |user: &str, to: &Move| {
            assistance::send_case(&county.desk(), &county.ctx(user), walk.case, to)
        };
        let receive =
            |user: &str| assistance::receive_case(&county.desk(), &county.ctx(user), walk.case);
        let seen = |scope: i64| {
            let all = county
                .store
                .read(|q| queries::cases(q, &Scope::of(scope), None))
                .unwrap();
            all.len()
        };
        county.on("2021-10-11");
        assistance::open_review(
            &county.desk(),
            &county.ctx(CLERK),
            walk.case,
            Cause::Person,
            "搬家",
        )
        .unwrap();
        refused(receive(CLERK_YALA), &["was not sent"]);
        refused(
            send(CLERK_YALA, &to(YALA_1, "2021-10-08")),
            &["works in area"],
        );
        refused(
            send(CLERK, &to(513_321_100_001, "2021-10-08")),
            &["outside of the county", "moved_away"],
        );
        refused(
            send(CLERK, &to(YALA_1 + 5, "2021-10-08")),
            &["there is no village"],
        );
        refused(send(CLERK, &to(LUCHENG_1, "2021-10-08")), &["lives in"]);
        send(CLERK, &to(YALA_1, "2021-10-08")).unwrap();
        refused(
            send(CLERK, &to(YALA_1, "2021-10-08")),
            &["on its way already"],
        );
        assert_eq!(
            (seen(LUCHENG), seen(YALA)),
            (1, 0),
            "until it is received it stays"
        );
        refused(receive(CLERK), &["works in area"]);
        receive(CLERK_YALA).unwrap();
        assert_eq!((seen(LUCHENG), seen(YALA)), (0, 1));
        assert_eq!(walk.state(), "under_review");
        assert_eq!(
            (total(county, "2021-10"), total(county, "2021-11")),
            (60_000, 60_000)
        );

        // Both townships read who sent and who received.
        for scope in [LUCHENG, YALA] {
            let told = county
                .store
                .read(|q| assistance::moves(q, &Scope::of(scope)))
                .unwrap();
            assert_eq!(
                (told[0].sent_by.as_str(), told[0].received_by.as_deref()),
                (CLERK, Some(CLERK_YALA))
            );
        }
        let history = county
            .store
            .read(|q| queries::history(q, &Scope::of(YALA), walk.case))
            .unwrap();
        assert!(
            history.iter().any(|step| step.step == "apply"),
            "the history goes along"
        );

        // The open review is decided as if nothing had happened; urban stays urban.
        county.on("2021-10-18");
        let decided =
            assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
        assert_eq!(
            (decided.kind, decided.total_fen.get()),
            (DecisionKind::Keep, 60_000)
        );
        // The register follows too: the new township records, the old one no longer may.
        let open = |user: &str| {
            let (desk, ctx) = (county.desk(), county.ctx(user));
            assistance::open_review(&desk, &ctx, walk.case, Cause::Income, "收入变化")
        };
        refused(open(CLERK), &["works in area"]);
        open(CLERK_YALA).unwrap();
        let household = |scope: i64| {
            county
                .store
                .read(|q| {
                    minsheng_registry::households::find(q, &Scope::of(scope), family.household)
                })
                .unwrap()
        };
        assert_eq!((household(LUCHENG), household(YALA)), (None, Some(YALA_1)));
    });
}

#[test]
fn who_leaves_the_county_is_stopped_from_the_next_month() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let (desk, ctx) = (county.desk(), county.ctx(OFFICER));
    assistance::open_review(&desk, &ctx, walk.case, Cause::MovedAway, "迁往成都").unwrap();
    let decided =
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
    assert_eq!(
        (decided.kind, decided.effective_month),
        (DecisionKind::Stop, month("2021-11"))
    );
    assert_eq!(decided.reasons[0].code, "moved_away");
    assert_eq!(
        (total(&county, "2021-10"), total(&county, "2021-11")),
        (60_000, 0)
    );
}
