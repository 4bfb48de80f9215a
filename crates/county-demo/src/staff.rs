//! The demo's users: clerks of every township, committee directors of every village, and the county's bureau. Who
//! takes a step of a procedure is chosen by the role that the pack names for it; maker and checker differ.

use minsheng_registry::Role;

use crate::geography::{County, township_of};
use crate::inputs::User;

/// All users.
pub(crate) fn users(county: &County) -> Vec<User> {
    let user = |username: String, display_name: String, role: Role, division: i64| User {
        username,
        display_name: format!("{display_name}（演示）"),
        roles: vec![role],
        division,
    };
    let mut users = vec![user(
        "admin-1".to_owned(),
        "系统管理员".to_owned(),
        Role::Administrator,
        county.code,
    )];
    let bureau = [
        ("officer", "低保股经办", Role::Officer, 3),
        ("reviewer", "民政局审核", Role::Reviewer, 2),
        ("cashier", "发放经办", Role::Cashier, 1),
        ("checker", "发放复核", Role::Checker, 1),
        ("releaser", "发放签发", Role::Releaser, 1),
        ("statistician", "统计", Role::Statistician, 1),
        ("auditor", "审计", Role::Auditor, 1),
    ];
    for (name, title, role, count) in bureau {
        for number in 1..=count {
            users.push(user(
                format!("{name}-{number}"),
                format!("{}{title}{number}", county.name),
                role,
                county.code,
            ));
        }
    }
    for township in &county.townships {
        for number in 1..=3 {
            let name = format!("clerk-{}-{number}", township.clerk);
            users.push(user(
                name,
                format!("{}民政助理员{number}", township.name),
                Role::TownshipClerk,
                township.code,
            ));
        }
        for village in &township.villages {
            let name = format!("director-{}-{}", township.clerk, village.code % 1000);
            users.push(user(
                name,
                format!("{}{}主任", township.name, village.name),
                Role::VillageDirector,
                village.code,
            ));
        }
    }
    users
}

/// Names users by role and place.
pub(crate) struct Staff<'a> {
    county: &'a County,
}

impl<'a> Staff<'a> {
    pub(crate) fn new(county: &'a County) -> Self {
        Self { county }
    }

    fn township(&self, division: i64) -> &str {
        let code = township_of(division);
        self.county
            .townships
            .iter()
            .find(|township| township.code == code)
            .map_or("", |township| &township.clerk)
    }

    /// The clerk who registers, visits and handles papers in a village.
    pub(crate) fn clerk(&self, division: i64) -> String {
        format!("clerk-{}-1", self.township(division))
    }

    /// The second investigator.
    pub(crate) fn second_investigator(&self, division: i64) -> String {
        format!("clerk-{}-2", self.township(division))
    }

    /// The user who takes a step for which the pack names `role`. The township's opinion and what follows it are
    /// given by a clerk who did not visit.
    pub(crate) fn for_step(&self, role: &str, step: &str, division: i64) -> String {
        match step {
            "cross_check" => return "officer-1".to_owned(),
            "ground" => return CAMPAIGN_OFFICER.to_owned(),
            "notice" => return format!("clerk-{}-3", self.township(division)),
            "reapply" | "visit" => return self.clerk(division),
            _ => {}
        }
        let opinion = matches!(
            step,
            "first_opinion" | "post_notice" | "forward" | "resolve_objection"
        );
        match role {
            "village_director" => {
                format!("director-{}-{}", self.township(division), division % 1000)
            }
            "officer" if step == "open_review" => "officer-2".to_owned(),
            "officer" => "officer-1".to_owned(),
            "reviewer" => "reviewer-1".to_owned(),
            "township_clerk" if opinion => format!("clerk-{}-3", self.township(division)),
            _ => self.clerk(division),
        }
    }
}

/// Enters and sends payments.
pub(crate) const CASHIER: &str = "cashier-1";
/// Checks payments, applies what the bank answers, confirms appropriations and repayments.
pub(crate) const CHECKER: &str = "checker-1";
/// Releases payments.
pub(crate) const RELEASER: &str = "releaser-1";
/// Confirms accounts.
pub(crate) const ACCOUNT_OFFICER: &str = "officer-3";
/// Opens and closes campaigns and enters what they found out.
pub(crate) const CAMPAIGN_OFFICER: &str = "officer-3";
/// Lets the nightly comparison run.
pub(crate) const DRIFT_OFFICER: &str = "officer-2";
/// Imports the roll of 2019.
pub(crate) const SNAPSHOT_OFFICER: &str = "officer-1";
/// Sets up the database.
pub(crate) const ADMINISTRATOR: &str = "admin-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_user_of_its_role_and_area() {
        let county = County::load().unwrap_or_else(|error| panic!("{error}"));
        let users = users(&county);
        let staff = Staff::new(&county);
        let names: std::collections::BTreeSet<&str> =
            users.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names.len(), users.len());
        for township in &county.townships {
            for village in &township.villages {
                for (role, step) in [
                    ("village_director", "post_notice"),
                    ("township_clerk", "accept"),
                    ("township_clerk", "first_opinion"),
                    ("officer", "county_opinion"),
                    ("reviewer", "decide"),
                ] {
                    let name = staff.for_step(role, step, village.code);
                    let user = users
                        .iter()
                        .find(|user| user.username == name)
                        .unwrap_or_else(|| panic!("{name}"));
                    assert_eq!(user.roles[0].as_str(), role);
                    assert!(
                        minsheng_store::Scope::of(user.division).contains(village.code),
                        "{name}"
                    );
                }
            }
        }
    }
}
