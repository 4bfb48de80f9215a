//! The ordinary way of a case, act by act, each by the user whose step it is.

use minsheng_benefits::assistance::{
    self, Answer, Appraisal, Decided, FiledBy, Investigation, Kinship, NearRelative,
    NewApplication, NoticeId, Opinion, Papers, Staff,
};
use minsheng_registry::{CaseId, PersonId};

use super::family::Family;
use super::{CLERK, CLERK_2, County, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER};

pub const SOURCES: [&str; 2] = ["public_security", "banks"];

/// A complete application of the first member of a family.
pub fn application(family: &Family, programme: &str) -> NewApplication {
    NewApplication {
        programme: programme.to_owned(),
        household: family.household,
        applicant: family.members[0],
        single: false,
        filed_by: FiledBy::Applicant,
        papers: Papers {
            codes: vec!["declaration".to_owned(), "authorisation".to_owned()],
            near_relative: Some(false),
        },
    }
}

pub fn visit(county: &County) -> Investigation {
    Investigation {
        investigators: vec![CLERK.to_owned(), CLERK_2.to_owned()],
        member_present: true,
        visited_on: county.today(),
        finding: "与申报一致，家中有一名慢性病患者".to_owned(),
    }
}

pub fn meeting(county: &County) -> Appraisal {
    Appraisal {
        held_on: county.today(),
        participants: vec![
            "王主任".to_owned(),
            "陈代表".to_owned(),
            "刘代表".to_owned(),
        ],
        agree: 3,
        disagree: 0,
        record: "一致认为申报属实".to_owned(),
    }
}

pub fn sources() -> Vec<String> {
    SOURCES.iter().map(|source| (*source).to_owned()).collect()
}

pub fn answers() -> Vec<Answer> {
    let answer = |source: &&str| Answer {
        source: (*source).to_owned(),
        finding: "无异常".to_owned(),
    };
    SOURCES.iter().map(answer).collect()
}

/// A case and the county it is worked in.
pub struct Walk<'c> {
    pub county: &'c County,
    pub case: CaseId,
    pub clerk: &'static str,
    pub village: i64,
}

impl<'c> Walk<'c> {
    pub fn apply(county: &'c County, family: &Family, programme: &str) -> Self {
        Self::apply_with(county, family, &application(family, programme))
    }

    pub fn apply_with(county: &'c County, family: &Family, form: &NewApplication) -> Self {
        let case = assistance::apply(&county.desk(), &county.ctx(family.clerk), form).unwrap();
        let village = county
            .store
            .read(|q| assistance::case(q, case))
            .unwrap()
            .division;
        Walk {
            county,
            case,
            clerk: family.clerk,
            village,
        }
    }

    pub fn on(&self, day: &str) -> &Self {
        self.county.on(day);
        self
    }

    pub fn accept(&self) -> &Self {
        assistance::accept(&self.county.desk(), &self.county.ctx(self.clerk), self.case).unwrap();
        self
    }

    pub fn investigate(&self) -> &Self {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(self.clerk));
        assistance::investigate(&desk, &ctx, self.case, &visit(self.county)).unwrap();
        self
    }

    /// Registers a member as the sibling of a user.
    pub fn relative(&self, member: PersonId, user: &str) -> &Self {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(self.clerk));
        let relative = NearRelative {
            member,
            staff: Staff::User(user.to_owned()),
            kinship: Kinship::Sibling,
        };
        assistance::register_relatives(&desk, &ctx, &[(self.case, relative)]).unwrap();
        self
    }

    pub fn ask(&self) -> &Self {
        self.ask_by(OFFICER_2)
    }

    pub fn ask_by(&self, user: &str) -> &Self {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(user));
        assistance::cross_check_start(&desk, &ctx, self.case, &sources()).unwrap();
        self
    }

    pub fn answer(&self) -> &Self {
        self.answer_by(OFFICER_2)
    }

    pub fn answer_by(&self, user: &str) -> &Self {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(user));
        assistance::cross_check_answer_many(&desk, &ctx, &[(self.case, answers())]).unwrap();
        self
    }

    pub fn appraise(&self) -> &Self {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(self.clerk));
        assistance::appraise(&desk, &ctx, self.case, &meeting(self.county)).unwrap();
        self
    }

    pub fn opinion(&self) -> Opinion {
        assistance::first_opinion(&self.county.desk(), &self.county.ctx(self.clerk), self.case)
            .unwrap()
    }

    pub fn post(&self) -> NoticeId {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(self.clerk));
        assistance::post_notices(&desk, &ctx, self.village, &[self.case]).unwrap()
    }

    pub fn forward(&self) -> &Self {
        assistance::forward(&self.county.desk(), &self.county.ctx(self.clerk), self.case).unwrap();
        self
    }

    pub fn county_opinion(&self) -> Opinion {
        assistance::county_opinion(
            &self.county.desk(),
            &self.county.ctx(OFFICER),
            self.case,
            None,
        )
        .unwrap()
    }

    pub fn county_notice(&self) -> NoticeId {
        let (desk, ctx) = (self.county.desk(), self.county.ctx(OFFICER));
        assistance::post_county_notice(&desk, &ctx, self.village, &[self.case]).unwrap()
    }

    pub fn decide(&self) -> Decided {
        assistance::decide(&self.county.desk(), &self.county.ctx(REVIEWER), self.case).unwrap()
    }

    pub fn state(&self) -> String {
        self.county
            .store
            .read(|q| assistance::case(q, self.case))
            .unwrap()
            .state
    }

    /// From acceptance up to the first opinion under D21, in a day.
    pub fn to_first_opinion(&self) -> Opinion {
        self.accept().investigate().ask().answer().opinion()
    }
}

/// A case granted under D21: the days of application, posting, forwarding and decision.
pub fn granted<'c>(
    county: &'c County,
    family: &Family,
    programme: &str,
    days: [&str; 4],
) -> (Walk<'c>, Decided) {
    county.on(days[0]);
    let walk = Walk::apply(county, family, programme);
    walk.to_first_opinion();
    walk.on(days[1]).post();
    walk.on(days[2]).forward().county_opinion();
    let decided = walk.on(days[3]).decide();
    (walk, decided)
}

/// A case granted under D12: the days of application, posting, forwarding, county notice and decision.
pub fn granted_d12<'c>(
    county: &'c County,
    family: &Family,
    programme: &str,
    days: [&str; 5],
) -> (Walk<'c>, Decided) {
    county.on(days[0]);
    let walk = Walk::apply(county, family, programme);
    walk.accept()
        .investigate()
        .ask()
        .answer()
        .appraise()
        .opinion();
    walk.on(days[1]).post();
    walk.on(days[2]).forward().county_opinion();
    walk.on(days[3]).county_notice();
    let decided = walk.on(days[4]).decide();
    (walk, decided)
}

/// Days of a case decided on 2021-08-31.
pub const AUGUST: [&str; 4] = ["2021-08-16", "2021-08-17", "2021-08-25", "2021-08-31"];
/// Days of a case decided on 2021-09-01.
pub const SEPTEMBER: [&str; 4] = ["2021-08-16", "2021-08-17", "2021-08-25", "2021-09-01"];
/// Days of a case accepted before July 2021 and decided in April.
pub const APRIL: [&str; 5] = [
    "2021-03-15",
    "2021-03-16",
    "2021-03-24",
    "2021-03-29",
    "2021-04-07",
];

pub const VILLAGE: i64 = LUCHENG_1;

/// Grants families urban dibao side by side: applied, posted, forwarded and decided on the four days.
pub fn granted_together(county: &County, families: &[Family], days: [&str; 4]) -> Vec<CaseId> {
    county.on(days[0]);
    let walks: Vec<Walk<'_>> = families
        .iter()
        .map(|family| Walk::apply(county, family, "urban-dibao"))
        .collect();
    for walk in &walks {
        walk.to_first_opinion();
    }
    county.on(days[1]);
    for walk in &walks {
        walk.post();
    }
    county.on(days[2]);
    for walk in &walks {
        walk.forward().county_opinion();
    }
    county.on(days[3]);
    for walk in &walks {
        walk.decide();
    }
    walks.iter().map(|walk| walk.case).collect()
}
