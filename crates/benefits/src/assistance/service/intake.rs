//! From the application to acceptance. Missing papers are listed once; the clocks start at acceptance only.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 9 to 11; its predecessor 民发〔2012〕220号.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::{CaseNumber, DivisionCode, case_number};
use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, PersonId, Role, evidence, households};
use minsheng_store::{Query, Value, statement};
use serde_json::{Map, Value as Json, json};

use super::super::conflict;
use super::super::error::AssistanceError;
use super::super::ground::{COMMITTEE_NAMED, Ground, NEAR_RELATIVE};
use super::super::missing::Missing;
use super::super::records::CaseFile;
use super::{Dossier, Entry, Sitting, only, programme, sit};

/// Step codes of this part.
const APPLY: &str = "apply";
const REQUEST_PAPERS: &str = "request_papers";
const SUPPLEMENT: &str = "supplement";
const ACCEPT: &str = "accept";

/// First part of case numbers.
const MODULE: &str = "ASSISTANCE";

/// Who hands an application in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FiledBy {
    /// The applicant.
    Applicant,
    /// The village or residents' committee for the applicant; the user who enters it, its director, filed.
    Committee,
    /// A member of the committee, by user name or name, whose application somebody else enters.
    CommitteeMember(String),
}

impl FiledBy {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Committee | Self::CommitteeMember(_) => "committee",
        }
    }

    /// Whether it is known who of the committee filed; nothing where the applicant did.
    fn member_known(&self, director: bool) -> Option<bool> {
        match self {
            Self::Applicant => None,
            Self::Committee => Some(director),
            Self::CommitteeMember(name) => Some(!name.trim().is_empty()),
        }
    }

    /// Who of the committee filed, to be sealed with the step.
    fn member(&self) -> Option<&str> {
        match self {
            Self::CommitteeMember(name) => Some(name.trim()),
            Self::Applicant | Self::Committee => None,
        }
    }
}

/// An application as the township enters it.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Programme code.
    pub programme: String,
    /// The household whose means are counted.
    pub household: HouseholdId,
    /// Who applies; a member.
    pub applicant: PersonId,
    /// Whether the applicant alone is to be admitted (单人保).
    pub single: bool,
    /// Who hands it in.
    pub filed_by: FiledBy,
    /// What was handed in.
    pub papers: Papers,
}

/// Papers handed in with an application or after it.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    /// Their codes, such as `authorisation` and `declaration`.
    pub codes: Vec<String>,
    /// Whether a member is a near relative of a dibao officer or committee member (近亲属备案); `None` if the
    /// question was not answered.
    pub near_relative: Option<bool>,
}

impl Papers {
    fn entry(&self) -> Entry<'_> {
        let mut entry = Entry {
            rest: Map::from_iter([("papers".to_owned(), json!(self.codes))]),
            ..Entry::default()
        };
        if let Some(yes) = self.near_relative {
            entry
                .says
                .push((NEAR_RELATIVE, if yes { "yes" } else { "no" }));
        }
        entry
    }
}

statement! {
    LAST_NUMBER, internal "the next number of a case",
    "SELECT number FROM case_file WHERE number >= ?1 AND number < ?2 ORDER BY number DESC LIMIT 1"
}

/// Enters an application and gives its case.
///
/// # Errors
/// As [`apply_many`].
pub fn apply(
    desk: &Desk<'_>,
    ctx: &Ctx,
    application: &NewApplication,
) -> Result<CaseId, AssistanceError> {
    only(
        apply_many(desk, ctx, std::slice::from_ref(application))?,
        CaseId(0),
    )
}

/// Enters applications, all or none, and gives their cases in the same order. Numbers have no gaps.
///
/// # Errors
/// [`AssistanceError::Refused`] for an applicant who is no member, and for a person or household that is served
/// or has applied already, in this programme or in one that excludes it; [`AssistanceError::Programme`]; the
/// registry's for an unknown household; or the store's.
pub fn apply_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    applications: &[NewApplication],
) -> Result<Vec<CaseId>, AssistanceError> {
    sit(desk, ctx, APPLY, |sitting| {
        let first = sitting.tx.insert_many("case_file", &[], Vec::new())?;
        let mut numbers = Numbers::default();
        let mut households: BTreeMap<(HouseholdId, Option<PersonId>), usize> = BTreeMap::new();
        let mut rows = Vec::with_capacity(applications.len());
        for ((place, application), id) in applications.iter().enumerate().zip(first..) {
            let single = application.single.then_some(application.applicant);
            if let Some(earlier) = households.insert((application.household, single), place) {
                return Err(AssistanceError::form(
                    format!("application {}", place + 1),
                    "household",
                    format!(
                        "{} already applies with application {}",
                        application.household,
                        earlier + 1
                    ),
                ));
            }
            let mut dossier = sitting.draft(application)?;
            dossier.known_papers(&application.papers.codes)?;
            if !sitting.may(&dossier, APPLY)? {
                continue;
            }
            dossier.case.id = CaseId(id);
            dossier.case.number = numbers.next(sitting, dossier.case.division)?;
            let mut entry = application.papers.entry();
            let director = sitting.ctx.actor.roles.contains(&Role::VillageDirector);
            if let Some(known) = application.filed_by.member_known(director) {
                entry.rest.insert(COMMITTEE_NAMED.to_owned(), json!(known));
            }
            entry.note = application.filed_by.member();
            sitting.take(&mut dossier, APPLY, entry)?;
            rows.push(row_of(&dossier.case));
        }
        sitting.tx.insert_many("case_file", &COLUMNS, rows)?;
        Ok((first..).take(applications.len()).map(CaseId).collect())
    })
}

const COLUMNS: [&str; 10] = [
    "number",
    "programme",
    "household_id",
    "applicant_id",
    "single",
    "division",
    "state",
    "applied_on",
    "filed_by",
    "pack_hash",
];

fn row_of(case: &CaseFile) -> Vec<Value> {
    vec![
        Value::from(case.number.as_str()),
        Value::from(case.programme.as_str()),
        Value::from(case.household),
        Value::from(case.applicant),
        Value::from(case.single),
        Value::from(case.division),
        Value::from(case.state.as_str()),
        Value::from(case.applied_on),
        Value::from(case.filed_by.as_str()),
        Value::from(case.pack_hash.as_str()),
    ]
}

impl Sitting<'_, '_> {
    /// A case that is not written yet, with all that stands in its way.
    fn draft(&mut self, application: &NewApplication) -> Result<Dossier, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let wanted = programme(&packs, &application.programme)?;
        let (household, applicant) = (application.household, application.applicant);
        let division = households::division_of(self.tx, household)?;
        let mut ground = Ground::default();
        let known = self.tx.number();
        let members = households::members(self.tx, household, self.today, known)?;
        if !members.iter().any(|member| member.person == applicant) {
            let (person, household) = (applicant.to_string(), household.to_string());
            ground.found.push(Missing::NotMember { person, household });
        }
        if let Some(day) = evidence::death_of(self.tx, applicant, known)? {
            let reason =
                format!("{applicant} died on {day}; another member of the household applies");
            return Err(AssistanceError::form(
                "application".to_owned(),
                "applicant",
                reason,
            ));
        }
        let single = application.single;
        let in_the_way =
            conflict::of_application(self.tx, self.desk, wanted, household, applicant, single)?;
        ground.found.extend(in_the_way);
        for member in members
            .iter()
            .filter(|member| !single || member.person == applicant)
        {
            for served in conflict::of_person(self.tx, wanted, member.person, CaseId(0))? {
                // Of a family case the household is already told; a member admitted alone may be one who is not
                // counted in the family, which only the determination can say.
                let told = ground
                    .found
                    .iter()
                    .any(|missing| same_case(missing, &served));
                if !told && (single || !self.lives_here(&served, household)?) {
                    ground.found.push(served);
                }
            }
        }
        ground.relatives = self.relatives_in(household)?;
        if application.papers.near_relative == Some(false) && !ground.relatives.is_empty() {
            ground.found.push(Missing::NearRelativeStays);
        }
        let procedure =
            wanted
                .procedure_at(self.today)
                .map_err(|source| AssistanceError::Evaluation {
                    whom: format!("the application of {applicant}"),
                    source,
                })?;
        let case = CaseFile {
            id: CaseId(0),
            number: String::new(),
            programme: application.programme.clone(),
            household,
            applicant,
            single,
            division,
            state: procedure.initial.clone(),
            law: None,
            applied_on: self.today,
            accepted_on: None,
            filed_by: application.filed_by.as_str().to_owned(),
            pack_hash: packs.hash().to_owned(),
        };
        let (steps, clocks, key_date) = (Vec::new(), Vec::new(), self.today);
        let mut dossier = Dossier {
            case,
            steps,
            clocks,
            ground,
            packs,
            key_date,
            stored: false,
        };
        self.look_for_own_evidence(&mut dossier)?;
        Ok(dossier)
    }

    fn lives_here(
        &mut self,
        served: &Missing,
        household: HouseholdId,
    ) -> Result<bool, AssistanceError> {
        let Missing::Served { case, .. } = served else {
            return Ok(false);
        };
        Ok(super::super::records::case(self.tx, *case)?.household == household)
    }
}

fn same_case(one: &Missing, other: &Missing) -> bool {
    matches!((one, other), (Missing::Served { case: a, .. }, Missing::Served { case: b, .. }) if a == b)
}

/// Case numbers of one act, by county.
#[derive(Default)]
struct Numbers(BTreeMap<String, u32>);

impl Numbers {
    fn next(
        &mut self,
        sitting: &mut Sitting<'_, '_>,
        division: i64,
    ) -> Result<String, AssistanceError> {
        let broken = |reason: String| AssistanceError::inconsistent("case number", reason);
        let county = DivisionCode::new(division)
            .map_err(|error| broken(error.to_string()))?
            .county_digits();
        let year = sitting.today.year();
        let last = match self.0.get(&county) {
            Some(last) => *last,
            None => {
                let bounds = [
                    format!("{MODULE}-{county}-{year:04}-"),
                    format!("{MODULE}-{county}-{year:04}."),
                ];
                let rows = sitting.tx.rows(&LAST_NUMBER, &bounds.map(Value::from))?;
                match rows.first() {
                    None => 0,
                    Some(row) => {
                        let number: CaseNumber = row
                            .text(0)?
                            .parse()
                            .map_err(|error| broken(format!("{error}")))?;
                        number.sequence()
                    }
                }
            }
        };
        let number = case_number(MODULE, &county, year, last + 1)
            .map_err(|error| broken(error.to_string()))?;
        self.0.insert(county, last + 1);
        Ok(number.to_string())
    }
}

/// Lists the papers that are missing; once in a case.
///
/// # Errors
/// [`AssistanceError::Refused`] when papers were listed before or none is named; or the store's.
pub fn request_papers(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    missing: &[String],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, REQUEST_PAPERS, |sitting| {
        for mut dossier in sitting.load(&[case])? {
            dossier.known_papers(missing)?;
            dossier.ground.form.papers_listed = Some(!missing.is_empty());
            let rest = Map::from_iter([("asked".to_owned(), json!(missing))]);
            sitting.take(
                &mut dossier,
                REQUEST_PAPERS,
                Entry {
                    rest,
                    ..Entry::default()
                },
            )?;
        }
        Ok(())
    })
}

/// Enters papers that were handed in after the application.
///
/// # Errors
/// [`AssistanceError::Refused`], also for a case filed as a near relative's that is to be filed as none; or the
/// store's.
pub fn supplement(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    papers: &Papers,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, SUPPLEMENT, |sitting| {
        for mut dossier in sitting.load(&[case])? {
            dossier.known_papers(&papers.codes)?;
            if papers.near_relative == Some(false) && dossier.ground.filed_as_near_relative() {
                dossier.ground.found.push(Missing::NearRelativeStays);
            }
            sitting.take(&mut dossier, SUPPLEMENT, papers.entry())?;
        }
        Ok(())
    })
}

/// Accepts a case: papers are complete, the clocks start, and law and procedure are chosen by this day.
///
/// # Errors
/// As [`accept_many`].
pub fn accept(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<(), AssistanceError> {
    accept_many(desk, ctx, &[case])
}

/// Accepts cases, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`] or the store's.
pub fn accept_many(desk: &Desk<'_>, ctx: &Ctx, cases: &[CaseId]) -> Result<(), AssistanceError> {
    sit(desk, ctx, ACCEPT, |sitting| {
        for mut dossier in sitting.load(cases)? {
            if dossier.case.accepted_on.is_none() {
                // The act of acceptance follows the law of its own day, in the pack that is current.
                dossier.packs = Arc::clone(sitting.desk.packs.current());
                dossier.key_date = sitting.today;
                dossier.case.pack_hash = dossier.packs.hash().to_owned();
                dossier.case.accepted_on = Some(sitting.today);
                dossier.case.law = Some(dossier.procedure()?.law.clone());
            }
            let rest: Map<String, Json> =
                Map::from_iter([("law".to_owned(), json!(dossier.case.law))]);
            sitting.take(
                &mut dossier,
                ACCEPT,
                Entry {
                    rest,
                    ..Entry::default()
                },
            )?;
        }
        Ok(())
    })
}
