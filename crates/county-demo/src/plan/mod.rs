//! The planner: draws a county from a seed and chooses evidence, dates and months so that its year closes on the
//! figures of the chapter. It knows the figures and asks the packs; what it writes down is evidence and acts only.

mod acts;
mod campaign;
mod check;
mod emit;
mod fill;
mod maker;
mod means;
mod model;
mod payroll;
mod people;
mod periodic;
mod schedule;
mod snapshot;
mod stories;
mod trial;
pub(crate) mod turns;

use minsheng_core::WorkCalendar;
use minsheng_policy::PackSet;

use self::fill::Filler;
use self::maker::Maker;
use self::model::Home;
use self::trial::Trial;
use crate::draw::Draw;
use crate::error::PlanError;
use crate::geography::County;
use crate::inputs::Inputs;
use crate::targets::{Group, StoryKind, Targets};

/// Draws the inputs of a year.
///
/// # Errors
/// [`PlanError`] if a story does not come out, or the year does not close on the targets.
pub fn plan(
    seed: u64,
    targets: &Targets,
    packs: &PackSet,
    calendar: &WorkCalendar,
) -> Result<Inputs, PlanError> {
    let county = County::load()?;
    let mut maker = Maker::new(seed, &county, calendar, Trial::new(packs));
    let mut filler = Filler::new(&mut maker, targets.spread.papers_asked);
    let roll = &targets.roll;
    let rural = (
        roll.rural_households.value - roll.backstop_households.value,
        roll.rural_persons.value - roll.backstop_persons.value,
    );
    filler.stories(targets)?;
    let (from_yuan, to_yuan) = (
        targets.paid.total_from_yuan.value,
        targets.paid.total_to_yuan.value,
    );
    filler.steady(
        Group::Backstop,
        roll.backstop_households.value,
        roll.backstop_persons.value,
        None,
    )?;
    filler.steady(Group::Rural, rural.0, rural.1, None)?;
    filler.leavers(targets.paid.backstop_person_months.value)?;
    filler.steady(
        Group::Urban,
        roll.urban_households.value,
        roll.urban_persons.value,
        Some(from_yuan),
    )?;
    filler.money(from_yuan, to_yuan)?;
    let mut homes = std::mem::take(&mut filler.homes);
    let (first, last) = check::months();
    let rounds = payroll::rounds(&maker.schedule, first, last);
    disturb_accounts(seed, targets, &mut maker, &rounds, &mut homes)?;
    let old_roll = snapshot::old_roll(seed, &county, &homes, targets)?;
    homes.sort_by_key(|home| (home.application.track.applied, Maker::township(home)));
    let emitter = emit::Emitter::new(seed, &county, packs, &maker.schedule);
    emitter.inputs(&homes, &rounds, old_roll)
}

/// Accounts that the bank closed and accounts confirmed late, among the steady households.
fn disturb_accounts(
    seed: u64,
    targets: &Targets,
    maker: &mut Maker<'_>,
    rounds: &[payroll::Round],
    homes: &mut [Home],
) -> Result<(), PlanError> {
    let mut draw = Draw::new(seed, 4);
    let mut steady: Vec<usize> = (0..homes.len())
        .filter(|place| homes[*place].story == StoryKind::Steady)
        .collect();
    draw.shuffle(&mut steady);
    let first_rounds: Vec<&payroll::Round> =
        rounds.iter().filter(|round| round.round == 1).collect();
    let mut next = steady.into_iter();
    for place in next
        .by_ref()
        .take(usize::try_from(targets.spread.accounts_closed).unwrap_or(0))
    {
        let round = *draw.pick(&first_rounds);
        let replacement = maker.new_account(round.answered_on, round.answered_on)?;
        payroll::close_account(
            &mut draw,
            &maker.schedule,
            rounds,
            round,
            &mut homes[place],
            replacement,
        );
    }
    for place in next.take(usize::try_from(targets.spread.accounts_confirmed_late).unwrap_or(0)) {
        // Some in time for the second round of January, some only for February.
        let late = maker
            .schedule
            .after(first_rounds[0].answered_on, draw.between(1, 9));
        if let Some(account) = homes[place].members[0].accounts.last_mut() {
            account.confirmed_on = late;
        }
    }
    Ok(())
}
