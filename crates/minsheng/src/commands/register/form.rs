//! The form of a household: read, and compared with the packs, before anything is written.

use anyhow::{Context, anyhow};
use minsheng_core::{
    BankAccount, CitizenId, Date, DivisionCode, Relation, bank_account, citizen_id,
};
use minsheng_registry::evidence::About;
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::persons::NewPerson;
use minsheng_registry::{Ctx, Desk, HouseholdId, PersonId, RegistryError};
use serde::Deserialize;

use crate::app::App;
use crate::commands::evidence_entry::{Days, Entry, complete};
use crate::failure::Failure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseholdForm {
    household: HouseholdPart,
    member: Vec<MemberPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseholdPart {
    division: toml::Value,
    since: toml::Value,
    evidence_from: Option<toml::Value>,
    source: Option<String>,
    #[serde(default)]
    evidence: Vec<EvidencePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberPart {
    person: Option<String>,
    name: Option<String>,
    relation: String,
    id_number: Option<String>,
    birth: Option<toml::Value>,
    sex: Option<String>,
    account: Option<String>,
    #[serde(default)]
    evidence: Vec<EvidencePart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidencePart {
    kind: String,
    #[serde(default)]
    slot: String,
    code: Option<String>,
    quantity: Option<i64>,
    amount: Option<toml::Value>,
    from: Option<toml::Value>,
    to: Option<toml::Value>,
    source: Option<String>,
}

/// A member: registered already, or to be registered.
pub(super) enum Member {
    Known(PersonId),
    New(Box<NewPerson>),
}

pub(super) struct Form {
    pub(super) division: i64,
    pub(super) since: Date,
    pub(super) evidence_from: Date,
    /// Each piece of evidence with its place in the form.
    pub(super) household: Vec<(Entry, String)>,
    pub(super) members: Vec<MemberForm>,
}

impl Form {
    /// The days its evidence is read with.
    pub(super) fn days(&self, ctx: &Ctx) -> Days {
        Days {
            from: self.evidence_from,
            today: ctx.today(),
        }
    }
}

/// A member of the form.
pub(super) struct MemberForm {
    pub(super) who: Member,
    pub(super) relation: Relation,
    pub(super) account: Option<String>,
    pub(super) evidence: Vec<(Entry, String)>,
}

/// Reads the text of a form.
pub(super) fn read(app: &App, desk: &Desk<'_>, ctx: &Ctx, text: &str) -> anyhow::Result<Form> {
    let hint = || app.words.say("register-form-hint");
    let form: HouseholdForm = toml::from_str(text)
        .map_err(|error| anyhow!(Failure::new(error.to_string().trim_end(), hint())))?;
    let head = form.household;
    let division: DivisionCode = plain(&head.division)
        .parse()
        .context("household.division")?;
    let since = day(app, &head.since, "household.since")?;
    let evidence_from = head
        .evidence_from
        .as_ref()
        .map(|from| day(app, from, "household.evidence_from"))
        .transpose()?;
    let mut members = Vec::new();
    for (number, part) in (1..).zip(form.member) {
        let place = format!("member {number}");
        let relation: Relation = part
            .relation
            .parse()
            .with_context(|| format!("{place}, relation"))?;
        let evidence = entries(app, &part.evidence, head.source.as_deref(), &place)?;
        let account = part.account.clone();
        let who = member(app, desk, ctx, part, division.get(), &place)?;
        members.push(MemberForm {
            who,
            relation,
            account,
            evidence,
        });
    }
    Ok(Form {
        division: division.get(),
        since,
        evidence_from: evidence_from.unwrap_or(since),
        household: entries(app, &head.evidence, head.source.as_deref(), "household")?,
        members,
    })
}

fn member(
    app: &App,
    desk: &Desk<'_>,
    ctx: &Ctx,
    part: MemberPart,
    division: i64,
    place: &str,
) -> anyhow::Result<Member> {
    if let Some(person) = &part.person {
        return Ok(Member::Known(
            person.parse().with_context(|| format!("{place}, person"))?,
        ));
    }
    let needs = |field: &str| {
        anyhow!(Failure::new(
            app.words.tell(
                "register-member-needs",
                &[("place", &place), ("field", &field)]
            ),
            app.words.say("register-form-hint"),
        ))
    };
    let name = part.name.ok_or_else(|| needs("name"))?;
    let number = part.id_number.as_deref().map(|number| {
        CitizenId::parse(&citizen_id::normalise(number), ctx.today(), desk.regions)
            .with_context(|| format!("{place}, id_number"))
    });
    let number = number.transpose()?;
    let birth = match (&part.birth, &number) {
        (Some(birth), _) => day(app, birth, &format!("{place}, birth"))?,
        (None, Some(number)) => number.birth(),
        (None, None) => return Err(needs("birth")),
    };
    let sex = match (part.sex, &number) {
        (Some(sex), _) => sex,
        (None, Some(number)) => number.sex().as_str().to_owned(),
        (None, None) => return Err(needs("sex")),
    };
    let id_number = number.map(|number| number.as_str().to_owned());
    Ok(Member::New(Box::new(NewPerson {
        name,
        sex,
        birth,
        id_number,
        division,
    })))
}

fn entries(
    app: &App,
    parts: &[EvidencePart],
    source: Option<&str>,
    place: &str,
) -> anyhow::Result<Vec<(Entry, String)>> {
    let mut found = Vec::new();
    for (number, part) in (1..).zip(parts) {
        let place = format!("{place}, evidence {number}");
        let at = |name: &str| format!("{place}, {name}");
        let amount = match &part.amount {
            None => None,
            Some(toml::Value::String(text)) => Some(text.clone()),
            Some(toml::Value::Integer(yuan)) => Some(yuan.to_string()),
            Some(other) => {
                return Err(anyhow!(Failure::new(
                    app.words.tell(
                        "register-amount",
                        &[("place", &place), ("found", &plain(other))]
                    ),
                    app.words.say("register-amount-hint"),
                )));
            }
        };
        let entry = Entry {
            kind: part.kind.clone(),
            slot: part.slot.clone(),
            code: part.code.clone(),
            quantity: part.quantity,
            amount,
            from: part
                .from
                .as_ref()
                .map(|from| day(app, from, &at("from")))
                .transpose()?,
            to: part
                .to
                .as_ref()
                .map(|to| day(app, to, &at("to")))
                .transpose()?,
            source: part.source.clone().or_else(|| source.map(str::to_owned)),
        };
        found.push((entry, place));
    }
    Ok(found)
}

/// Finds before anything is written what would be refused in the middle: evidence that no pack reads or that
/// stands twice, an account number that is none, a household without one head. The keys do not matter for that.
pub(super) fn check(app: &App, desk: &Desk<'_>, ctx: &Ctx, form: &Form) -> anyhow::Result<()> {
    let packs = desk.packs.current();
    let heads = form
        .members
        .iter()
        .filter(|member| member.relation == Relation::Head)
        .count();
    if heads != 1 {
        return Err(RegistryError::Heads(heads).into());
    }
    let household = std::iter::once((About::Household(HouseholdId(0)), &form.household));
    let members = form
        .members
        .iter()
        .map(|member| (About::Person(PersonId(0)), &member.evidence));
    for (about, entries) in household.chain(members) {
        let mut rows: Vec<EvidenceRow> = Vec::new();
        for (entry, place) in entries {
            let row = complete(app, packs, about, entry, form.days(ctx), place)?.row;
            let twice = rows.iter().any(|other| {
                (&other.kind, &other.slot) == (&row.kind, &row.slot)
                    && other.valid_to.is_none_or(|to| row.valid_from < to)
                    && row.valid_to.is_none_or(|to| other.valid_from < to)
            });
            if twice {
                return Err(anyhow!(Failure::new(
                    app.words
                        .tell("register-twice", &[("place", place), ("kind", &row.kind)]),
                    app.words.say("register-twice-hint"),
                )));
            }
            rows.push(row);
        }
    }
    for (number, member) in (1..).zip(&form.members) {
        if let Some(account) = &member.account {
            BankAccount::parse(&bank_account::normalise(account))
                .with_context(|| format!("member {number}, account"))?;
        }
    }
    Ok(())
}

/// The text of a value without quotes.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

fn day(app: &App, value: &toml::Value, place: &str) -> anyhow::Result<Date> {
    let text = plain(value);
    text.parse().map_err(|_| {
        anyhow!(Failure::new(
            app.words
                .tell("register-day", &[("place", &place), ("found", &text)]),
            app.words.say("register-day-hint"),
        ))
    })
}
