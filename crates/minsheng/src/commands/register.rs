//! `register`: a household from one form, with members, evidence and account. The whole form is read and compared
//! with the packs before anything is written.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_core::{
    BankAccount, CitizenId, Date, DivisionCode, Relation, bank_account, citizen_id,
};
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::persons::{self, NewPerson};
use minsheng_registry::{Ctx, Desk, HouseholdId, PersonId, RegistryError};
use serde::Deserialize;

use super::evidence_entry::{Entry, complete};
use crate::app::{App, Office, Writing};
use crate::failure::Failure;
use crate::output::table;

const TEMPLATE_ZH: &str = include_str!("../../data/household.zh.toml");
const TEMPLATE_EN: &str = include_str!("../../data/household.en.toml");

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long)]
    template: bool,
    #[arg(long, value_name = "FILE.toml", required_unless_present = "template")]
    file: Option<PathBuf>,
    #[arg(long, value_name = "URL", required_unless_present = "template")]
    db: Option<String>,
    #[arg(long = "as", value_name = "USER", required_unless_present = "template")]
    user: Option<String>,
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

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
enum Member {
    Known(PersonId),
    New(Box<NewPerson>),
}

struct Form {
    division: i64,
    since: Date,
    evidence_from: Date,
    household: Vec<(Entry, String)>,
    members: Vec<(Member, Relation, Option<String>, Vec<(Entry, String)>)>,
}

/// Registers the household of a form, or prints an empty form.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let (Some(file), Some(db), Some(user)) = (&arguments.file, &arguments.db, &arguments.user)
    else {
        app.out.text(match app.lang {
            minsheng_policy::Lang::Zh => TEMPLATE_ZH,
            minsheng_policy::Lang::En => TEMPLATE_EN,
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    let writing = Writing {
        database: crate::app::Database { db: db.clone() },
        user: user.clone(),
        at: arguments.at.clone(),
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    let office = Office::open(app, &writing.database)?;
    let ctx = office.ctx(app, &writing)?;
    let form = read(app, &office.desk(), &ctx, &text).with_context(|| name.clone())?;
    check(app, &office.desk(), &form).with_context(|| name.clone())?;
    let (household, rows) = enter(app, &office.desk(), &ctx, form).with_context(|| name.clone())?;
    let line = app
        .words
        .tell("register-done", &[("household", &household)]);
    app.out.line(&line)?;
    let header = app.columns(&["person", "name", "relation", "account"]);
    app.out.text(&table(&header, &[], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn read(app: &App, desk: &Desk<'_>, ctx: &Ctx, text: &str) -> anyhow::Result<Form> {
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
        members.push((
            member(app, desk, ctx, part, division.get(), &place)?,
            relation,
            account,
            evidence,
        ));
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
fn check(app: &App, desk: &Desk<'_>, form: &Form) -> anyhow::Result<()> {
    let packs = desk.packs.current();
    let heads = form
        .members
        .iter()
        .filter(|(_, relation, ..)| *relation == Relation::Head)
        .count();
    if heads != 1 {
        return Err(RegistryError::Heads(heads).into());
    }
    let household = std::iter::once((About::Household(HouseholdId(0)), &form.household));
    let members = form
        .members
        .iter()
        .map(|(.., evidence)| (About::Person(PersonId(0)), evidence));
    for (about, entries) in household.chain(members) {
        let mut rows: Vec<EvidenceRow> = Vec::new();
        for (entry, place) in entries {
            let row = complete(app, packs, about, entry, form.evidence_from, place)?.row;
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
    for (number, (.., account, _)) in (1..).zip(&form.members) {
        if let Some(account) = account {
            BankAccount::parse(&bank_account::normalise(account))
                .with_context(|| format!("member {number}, account"))?;
        }
    }
    Ok(())
}

fn enter(
    app: &App,
    desk: &Desk<'_>,
    ctx: &Ctx,
    form: Form,
) -> anyhow::Result<(HouseholdId, Vec<Vec<String>>)> {
    let new: Vec<NewPerson> = form
        .members
        .iter()
        .filter_map(|(member, ..)| match member {
            Member::New(person) => Some((**person).clone()),
            Member::Known(_) => None,
        })
        .collect();
    let mut registered = if new.is_empty() {
        Vec::new()
    } else {
        persons::register_many(desk, ctx, &new)?
    }
    .into_iter();
    let mut members = Vec::new();
    let mut evidence: Vec<NewEvidence> = Vec::new();
    let mut accounts: Vec<NewAccount> = Vec::new();
    let mut rows = Vec::new();
    for (member, relation, account, entries) in &form.members {
        let (person, name) = match member {
            Member::Known(person) => (*person, String::new()),
            Member::New(new) => {
                let person = registered
                    .next()
                    .context("a person was registered without a key")?;
                (person, new.name.clone())
            }
        };
        members.push((person, *relation));
        for (entry, place) in entries {
            let about = About::Person(person);
            evidence.push(complete(
                app,
                desk.packs.current(),
                about,
                entry,
                form.evidence_from,
                place,
            )?);
        }
        if let Some(number) = account {
            accounts.push(NewAccount {
                person,
                holder: person,
                number: number.clone(),
                valid_from: form.since.max(ctx.today()),
            });
        }
        rows.push(vec![
            person.to_string(),
            name,
            relation.as_str().to_owned(),
            String::new(),
        ]);
    }
    let household = households::form(
        desk,
        ctx,
        &NewHousehold {
            division: form.division,
            members,
            since: form.since,
        },
    )?;
    for (entry, place) in &form.household {
        let about = About::Household(household);
        evidence.push(complete(
            app,
            desk.packs.current(),
            about,
            entry,
            form.evidence_from,
            place,
        )?);
    }
    if !evidence.is_empty() {
        evidence::record_many(desk, ctx, &evidence)?;
    }
    if !accounts.is_empty() {
        let ids = accounts::enter_many(desk, ctx, &accounts)?;
        for (account, id) in accounts.iter().zip(ids) {
            if let Some(row) = rows
                .iter_mut()
                .find(|row| row.first() == Some(&account.person.to_string()))
            {
                row[3] = id.to_string();
            }
        }
    }
    Ok((household, rows))
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
