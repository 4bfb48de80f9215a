//! The entry of a household from a form that was checked.

use anyhow::Context;
use minsheng_policy::Lang;
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::persons::{self, NewPerson};
use minsheng_registry::{Ctx, Desk, HouseholdId};

use super::form::{Form, Member};
use crate::app::App;
use crate::commands::evidence_entry::complete;

/// Registers what the form says: persons, household, evidence, accounts.
pub(super) fn enter(
    app: &App,
    desk: &Desk<'_>,
    ctx: &Ctx,
    form: &Form,
) -> anyhow::Result<(HouseholdId, Vec<Vec<String>>)> {
    let new: Vec<NewPerson> = form
        .members
        .iter()
        .filter_map(|member| match &member.who {
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
    for member in &form.members {
        let (person, name) = match &member.who {
            Member::Known(person) => (*person, String::new()),
            Member::New(new) => {
                let person = registered
                    .next()
                    .context("a person was registered without a key")?;
                (person, new.name.clone())
            }
        };
        members.push((person, member.relation));
        for (entry, place) in &member.evidence {
            let about = About::Person(person);
            evidence.push(complete(
                app,
                desk.packs.current(),
                about,
                entry,
                form.days(ctx),
                place,
            )?);
        }
        if let Some(number) = &member.account {
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
            match app.lang {
                Lang::Zh => member.relation.zh(),
                Lang::En => member.relation.en(),
            }
            .to_owned(),
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
            form.days(ctx),
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
