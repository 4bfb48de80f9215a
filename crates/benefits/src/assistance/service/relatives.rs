//! The register of near relatives (近亲属备案): which member of a household is whose near relative, of those who handle
//! dibao or sit on the committee. A registration belongs to the person, so neither a withdrawal nor another
//! household makes it go away; one made by mistake is ended by another user with a reason.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 11; 民发〔2012〕220号 art. 14 (the circle); staff never decide on
//! a near relative's case (practice).

use std::fmt;
use std::str::FromStr;

use minsheng_core::Date;
use minsheng_registry::{Actor, CaseId, Ctx, Desk, HouseholdId, PersonId, households};
use minsheng_store::{Query, Scope, Subject, Value, statement};
use serde_json::{Map, json};

use super::super::error::AssistanceError;
use super::super::ground::NEAR_RELATIVE;
use super::{Entry, sit};

const REGISTER: &str = "register_relative";
const END: &str = "end_relative";
/// Label under which the name of a committee member is sealed.
const NAME: &str = "near_relative.name";

/// What the member is to the officer or committee member: the circle of D12 art. 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// 配偶.
    Spouse,
    /// 父母.
    Parent,
    /// 子女.
    Child,
    /// 兄弟姐妹.
    Sibling,
    /// 祖父母、外祖父母.
    Grandparent,
    /// 孙子女、外孙子女.
    Grandchild,
}

impl Kinship {
    /// The whole circle.
    pub const ALL: [Self; 6] = [
        Self::Spouse,
        Self::Parent,
        Self::Child,
        Self::Sibling,
        Self::Grandparent,
        Self::Grandchild,
    ];

    /// The word that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spouse => "spouse",
            Self::Parent => "parent",
            Self::Child => "child",
            Self::Sibling => "sibling",
            Self::Grandparent => "grandparent",
            Self::Grandchild => "grandchild",
        }
    }
}

impl fmt::Display for Kinship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kinship {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text.trim());
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("`{text}` is not in the circle of near relatives; one of {known}")
        })
    }
}

/// Who the relative of the household is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staff {
    /// A user who handles dibao.
    User(String),
    /// A member of the committee who is no user, by name; sealed.
    CommitteeMember(String),
}

/// A registration as the clerk enters it.
#[derive(Debug, Clone)]
pub struct NearRelative {
    /// The member of the household.
    pub member: PersonId,
    /// Whose near relative the member is.
    pub staff: Staff,
    /// What the member is to that person.
    pub kinship: Kinship,
}

statement! {
    REGISTRATION, internal "a registration by key inside an act, which checks the area of its case",
    "SELECT case_id, ended_on FROM near_relative WHERE id = ?1"
}
statement! {
    REGISTERED_HOUSEHOLD, internal "whether a household is registered must be known before it applies",
    "SELECT r.id FROM near_relative r JOIN membership m ON m.person_id = r.person_id
     WHERE m.household_id = ?1 AND m.superseded_tx IS NULL AND m.valid_to IS NULL AND r.ended_on IS NULL ORDER BY r.id LIMIT 1"
}
statement! {
    OWN_RELATIVES, internal "whether the user of an act is a near relative in the household, whose area is checked in the same act",
    "SELECT DISTINCT r.person_id FROM membership m JOIN near_relative r ON r.person_id = m.person_id
     WHERE m.household_id = ?1 AND r.username = ?2 AND m.superseded_tx IS NULL AND m.valid_to IS NULL AND r.ended_on IS NULL
     ORDER BY r.person_id"
}
statement! {
    RELATIVES_IN_AREA, scoped,
    "SELECT r.id, r.case_id, c.number, r.household_id, r.person_id, r.staff, r.username, r.name_sealed, r.relation, r.registered_on,
            r.ended_on, c.state
     FROM near_relative r JOIN case_file c ON c.id = r.case_id WHERE {scope:c.division} ORDER BY r.id"
}

/// Registers who of a household is whose near relative, in one case or in several; all or none.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for somebody who is no member, an unknown user, a
/// missing name or what is registered already; or the store's.
pub fn register_relatives(
    desk: &Desk<'_>,
    ctx: &Ctx,
    rows: &[(CaseId, NearRelative)],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, REGISTER, |sitting| {
        let mut entered = Vec::with_capacity(rows.len());
        for (mut dossier, (_, relative)) in sitting.load_for(rows)? {
            let household = dossier.case.household;
            let form =
                |field, reason: String| Err(AssistanceError::form(dossier.whom(), field, reason));
            let known = sitting.tx.number();
            let members = households::members(sitting.tx, household, sitting.today, known)?;
            if !members
                .iter()
                .any(|member| member.person == relative.member)
            {
                let reason = format!("{} is no member of {household}", relative.member);
                return form("member", reason);
            }
            let (kind, username, name) = match &relative.staff {
                Staff::User(name) => {
                    let actor = Actor::load(sitting.tx, name.trim())?;
                    ("user", Some(actor.username), None)
                }
                Staff::CommitteeMember(name) if name.trim().is_empty() => {
                    return form("committee_member", "say the name".to_owned());
                }
                Staff::CommitteeMember(name) => ("committee_member", None, Some(name.trim())),
            };
            let person = relative.member.to_string();
            let again = |row: &super::super::ground::Registered| {
                row.person == person && row.username.is_some() && row.username == username
            };
            if dossier.ground.relatives.iter().any(again) {
                let reason =
                    format!("{person} is registered already as a near relative of this user");
                return form("member", reason);
            }
            let sealed = match name {
                Some(name) => {
                    Some(sitting.seal(Subject::Household(household.0), NAME, name.as_bytes())?)
                }
                None => None,
            };
            entered.push(vec![
                Value::from(dossier.case.id),
                Value::from(household),
                Value::from(relative.member),
                Value::from(kind),
                Value::from(username.as_deref()),
                Value::from(sealed),
                Value::from(relative.kinship.as_str()),
                Value::from(sitting.today),
            ]);
            let entry = Entry {
                says: vec![(NEAR_RELATIVE, "yes")],
                rest: Map::from_iter([
                    ("member".to_owned(), json!(relative.member)),
                    ("kinship".to_owned(), json!(relative.kinship.as_str())),
                ]),
                ..Entry::default()
            };
            sitting.take(&mut dossier, REGISTER, entry)?;
        }
        sitting.tx.insert_many("near_relative", &COLUMNS, entered)?;
        Ok(())
    })
}

const COLUMNS: [&str; 8] = [
    "case_id",
    "household_id",
    "person_id",
    "staff",
    "username",
    "name_sealed",
    "relation",
    "registered_on",
];

/// Ends a registration that was made by mistake, or whose ground is gone (a divorce), with a reason. Where it was
/// the only one, the question about near relatives is open again.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Refused`]; [`AssistanceError::Form`] for one that is ended
/// already; or the store's.
pub fn end_relative(
    desk: &Desk<'_>,
    ctx: &Ctx,
    registration: i64,
    reason: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, END, |sitting| {
        let rows = sitting
            .tx
            .rows(&REGISTRATION, &[Value::from(registration)])?;
        let Some(row) = rows.first() else {
            return Err(AssistanceError::NotFound {
                what: "registration of a near relative",
                id: registration,
            });
        };
        let mut dossier = sitting.load_one(CaseId(row.int(0)?))?;
        if let Some(day) = row.opt_date(1)? {
            let problem = format!("registration {registration} was ended on {day} already");
            return Err(AssistanceError::form(
                dossier.whom(),
                "registration",
                problem,
            ));
        }
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        let others = dossier.ground.relatives.iter();
        let left = others.filter(|row| row.id != registration).count();
        let entry = Entry {
            rest: Map::from_iter([
                ("registration".to_owned(), json!(registration)),
                ("left".to_owned(), json!(left)),
            ]),
            note: Some(reason),
            ..Entry::default()
        };
        sitting.take(&mut dossier, END, entry)?;
        let ended = vec![Value::from(sitting.today)];
        sitting
            .tx
            .update_many("near_relative", &["ended_on"], vec![(registration, ended)])?;
        Ok(())
    })
}

/// Whether a member of the household stands in the register of near relatives.
///
/// # Errors
/// The store's.
pub fn is_registered(q: &mut dyn Query, household: HouseholdId) -> Result<bool, AssistanceError> {
    let rows = q.rows(&REGISTERED_HOUSEHOLD, &[Value::from(household)])?;
    Ok(!rows.is_empty())
}

/// Members of the household of whom the user is registered as a near relative: for acts that are no step of a case.
pub(crate) fn own_relatives(
    q: &mut dyn Query,
    household: HouseholdId,
    user: &str,
) -> Result<Vec<PersonId>, AssistanceError> {
    let rows = q.rows(&OWN_RELATIVES, &[Value::from(household), Value::from(user)])?;
    rows.iter().map(|row| Ok(PersonId(row.int(0)?))).collect()
}

/// A registration in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RelativeRow {
    /// Key.
    pub id: i64,
    /// The case in which it was registered.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// State of that case.
    pub state: String,
    /// The household.
    pub household: HouseholdId,
    /// The member.
    pub person: PersonId,
    /// `user` or `committee_member`.
    pub staff: String,
    /// The user, or the name of the committee member.
    pub name: String,
    /// What the member is to that person.
    pub kinship: String,
    /// Day of registration.
    pub registered_on: Date,
    /// Day on which it was ended.
    pub ended_on: Option<Date>,
}

/// The register of the area, ended registrations included, in the order of registration.
///
/// # Errors
/// The store's, also where the key of a household was destroyed.
pub fn relatives(q: &mut dyn Query, scope: &Scope) -> Result<Vec<RelativeRow>, AssistanceError> {
    let mut found = Vec::new();
    for row in q.scoped(&RELATIVES_IN_AREA, scope, &[])? {
        let household = HouseholdId(row.int(3)?);
        let name = match (row.opt_text(6)?, row.opt_blob(7)?) {
            (Some(username), _) => username.to_owned(),
            (None, Some(sealed)) => {
                let plain = q.unseal(Subject::Household(household.0), NAME, sealed)?;
                String::from_utf8_lossy(&plain).into_owned()
            }
            (None, None) => String::new(),
        };
        found.push(RelativeRow {
            id: row.int(0)?,
            case: CaseId(row.int(1)?),
            number: row.text(2)?.to_owned(),
            state: row.text(11)?.to_owned(),
            household,
            person: PersonId(row.int(4)?),
            staff: row.text(5)?.to_owned(),
            name,
            kinship: row.text(8)?.to_owned(),
            registered_on: row.date(9)?,
            ended_on: row.opt_date(10)?,
        });
    }
    Ok(found)
}
