//! Applications of one person inside a household, and records that were erased: the list is complete, and a night
//! goes on whatever cannot be read.

use minsheng_benefits::assistance;
use minsheng_benefits::drift::{self, EntryState, Kind, Work};
use minsheng_core::Relation;
use minsheng_registry::PersonId;
use minsheng_store::{StoreError, Subject};

use super::support::family::{Draft, Family, change, code, urban_couple};
use super::support::walk::{AUGUST, Walk, application};
use super::support::{CLERK, County, LUCHENG_1, refused};
use super::{case_of, list, night, proven, today, waiting};

/// A family above the standard and below one and a half of it: nobody gets anything but who may apply alone.
fn near_dibao(county: &County) -> Family {
    Draft::new(county, LUCHENG_1, "urban")
        .member("张伟", "1970-05-04", Relation::Head)
        .earns("transfer", 2_100)
        .member("张静", "2010-03-08", Relation::Child)
        .disabled("42")
        .member("张平", "2012-06-01", Relation::Child)
        .record()
}

fn granted_alone(county: &County, family: &Family, person: PersonId) {
    county.on(AUGUST[0]);
    let mut form = application(family, "urban-dibao");
    (form.applicant, form.single) = (person, true);
    let walk = Walk::apply_with(county, family, &form);
    walk.to_first_opinion();
    walk.on(AUGUST[1]).post();
    walk.on(AUGUST[2]).forward().county_opinion();
    walk.on(AUGUST[3]).decide();
}

#[test]
fn who_would_be_granted_alone_is_found_beside_a_household_that_would_not() {
    County::on_both(|county| {
        county.on("2021-08-13");
        let family = near_dibao(county);
        let (daughter, son) = (family.members[1], family.members[2]);
        let found = today(county);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].kind, found[0].household, found[0].alone.clone()),
            (Kind::MayQualify, family.household, vec![daughter])
        );
        assert_eq!(found[0].after_fen().unwrap().get(), 59_000);
        night(county);
        let first = list(county, Some(EntryState::Waiting));
        assert_eq!(first[0].alone, [daughter]);
        proven(county);

        granted_alone(county, &family, daughter);
        assert_eq!(today(county), [], "she is served, and nobody else would be");
        night(county);
        let cleared = list(county, Some(EntryState::Cleared));
        assert_eq!(cleared[0].cleared_why.as_deref(), Some("applied"));
        proven(county);

        // her case does not hide the others of the household
        county.on("2021-10-11");
        let ill = code("serious_illness", "yes", "2021-10-01");
        change(county, &family, son, ill, true);
        let found = today(county);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].kind, found[0].case, found[0].alone.clone()),
            (Kind::MayQualify, None, vec![son])
        );
        night(county);
        let well = code("serious_illness", "no", "2021-10-02");
        change(county, &family, son, well, true);
        night(county);
        let cleared = list(county, Some(EntryState::Cleared));
        assert_eq!(cleared[1].cleared_why.as_deref(), Some("facts"));
        assert_eq!(waiting(county), []);
        proven(county);
    });
}

#[test]
fn an_erased_person_is_a_named_state_of_the_list_and_no_end_of_the_night() {
    County::on_both(|county| {
        county.on("2021-08-13");
        let served = urban_couple(county, LUCHENG_1, 290);
        let other = near_dibao(county);
        let untouched = near_dibao(county);
        let ill = code("serious_illness", "yes", "2021-08-01");
        change(county, &served, served.members[1], ill, true);
        let case = case_of(county, &served);
        night(county);
        proven(county);
        let kinds = || -> Vec<_> {
            let found = today(county);
            found.iter().map(|one| (one.household, one.kind)).collect()
        };
        let before = [
            (other.household, Kind::MayQualify),
            (untouched.household, Kind::MayQualify),
        ];
        assert_eq!(kinds(), before);

        // no act of the program goes so far while the household is readable: a key lost otherwise
        let destroy = |person: PersonId| {
            let act = county.ctx(CLERK);
            let gone = county
                .store
                .write(&act.act("test"), |tx| -> Result<bool, StoreError> {
                    tx.destroy_key(Subject::Person(person.0), "试验", "art. 47")
                });
            assert!(gone.unwrap());
        };
        destroy(served.members[1]);
        destroy(other.members[1]);
        assert_eq!(
            kinds(),
            [
                (served.household, Kind::Erased),
                (other.household, Kind::Erased),
                (untouched.household, Kind::MayQualify),
            ]
        );
        // what was kept before cannot be asked again, and is no finding
        proven(county);
        let run = night(county);
        assert_eq!((run.opened, run.cleared, run.holding), (2, 1, 1));
        proven(county);
        let entries = list(county, Some(EntryState::Waiting));
        let erased = entries.iter().find(|line| line.case == Some(case)).unwrap();
        assert_eq!((erased.kind, erased.after_fen), (Kind::Erased, None));
        let (desk, clerk) = (county.desk(), county.ctx(CLERK));
        let review = drift::work_off(&desk, &clerk, &[erased.entry], Work::OpenReview);
        refused(review, &["dismiss the entry"]);
        let reason = "密钥已销毁";
        let done = drift::work_off(&desk, &clerk, &[erased.entry], Work::Dismiss { reason });
        assert_eq!(done.unwrap(), 1);
        assert_eq!(night(county).opened, 0);
        // the case itself goes on
        let known = county.known();
        let in_force = county
            .store
            .read(|q| assistance::roll::in_force(q, known))
            .unwrap();
        assert_eq!(in_force.len(), 1);
    });
}
