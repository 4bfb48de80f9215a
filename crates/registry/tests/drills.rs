//! A drill is an act of an administrator, kept whether it went well or not.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_registry::RegistryError;
use minsheng_registry::drills::{self, Copy, Drill};
use support::{County, at, day_of};

#[test]
fn drills_are_kept_the_last_first_and_recorded_by_administrators_only() {
    County::on_both(|county| {
        let proved = Drill {
            file_name: "county.minsheng".to_owned(),
            copy: Some(Copy {
                made_at: "2021-03-01T09:00:00Z".to_owned(),
                tx: 7,
                head: "00".repeat(32),
                rows: 100,
            }),
            failure: None,
            took_ms: 1_200,
        };
        let torn = Drill {
            copy: None,
            failure: Some("end: it is missing".to_owned()),
            ..proved.clone()
        };
        let clerk = county.ctx("clerk-lucheng", at(2021, 3, 2));
        let refused = drills::record(&county.desk(), &clerk, &proved);
        assert!(
            matches!(refused, Err(RegistryError::Role { .. })),
            "{refused:?}"
        );
        for (day, drill) in [(3, &proved), (4, &torn)] {
            let admin = county.ctx("admin-1", at(2021, 3, day));
            drills::record(&county.desk(), &admin, drill).unwrap();
        }
        let kept = county.desk().store.read(|q| drills::list(q)).unwrap();
        let shape: Vec<_> = kept
            .iter()
            .map(|drill| (drill.drilled_on, drill.tx, drill.failure.as_deref()))
            .collect();
        assert_eq!(
            shape,
            [
                (day_of(2021, 3, 4), None, Some("end: it is missing")),
                (day_of(2021, 3, 3), Some(7), None),
            ]
        );
        assert!(kept.iter().all(|drill| drill.drilled_by == "admin-1"));
        assert!(county.desk().store.verify().unwrap().is_clean());
    });
}
