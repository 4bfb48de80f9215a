//! The names of steps, states and terms as the pack gives them; the code itself where it gives none.
//!
//! Must not know what they mean.

use minsheng_benefits::assistance::{CaseFile, StepRow};
use minsheng_policy::{Bilingual, Procedure};
use minsheng_registry::Desk;

use crate::app::App;

/// The procedure of a case.
pub(super) fn procedure_of<'d>(desk: &Desk<'d>, case: &CaseFile) -> Option<&'d Procedure> {
    let programme = desk.packs.current().programme(&case.programme)?;
    programme.procedure_at(case.key_date()).ok()
}

/// The name of a case's state as its procedure gives it.
pub(super) fn state_name(app: &App, desk: &Desk<'_>, case: &CaseFile) -> String {
    let name = procedure_of(desk, case).and_then(|procedure| procedure.state_name(&case.state));
    or_code(app, name, &case.state)
}

/// The name of a state of a programme, in whichever version of its procedure it stands.
pub(super) fn state_in(app: &App, desk: &Desk<'_>, programme: &str, state: &str) -> String {
    let found = procedures(desk, programme).find_map(|procedure| procedure.state_name(state));
    or_code(app, found, state)
}

/// The name of a term of a programme.
pub(super) fn clock_in(app: &App, desk: &Desk<'_>, programme: &str, clock: &str) -> String {
    let found = procedures(desk, programme).find_map(|procedure| procedure.clock(clock));
    or_code(app, found.map(|clock| &clock.name), clock)
}

/// The names of a step and of the state it led to.
pub(super) fn step_names(app: &App, procedure: Option<&Procedure>, step: &StepRow) -> [String; 2] {
    let (code, from, to) = (&step.step, &step.from_state, &step.to_state);
    let name = procedure.and_then(|procedure| procedure.step_name(code, from, to));
    let state = procedure.and_then(|procedure| procedure.state_name(to));
    [or_code(app, name, code), or_code(app, state, to)]
}

/// The name of a programme.
pub(super) fn programme_name(app: &App, desk: &Desk<'_>, code: &str) -> String {
    let programme = desk.packs.current().programme(code);
    or_code(app, programme.map(|programme| &programme.name), code)
}

fn procedures<'d>(desk: &Desk<'d>, programme: &str) -> impl Iterator<Item = &'d Procedure> {
    let programme = desk.packs.current().programme(programme);
    programme
        .into_iter()
        .flat_map(|programme| &programme.procedures)
}

fn or_code(app: &App, name: Option<&Bilingual>, code: &str) -> String {
    name.map_or_else(|| code.to_owned(), |name| name.get(app.lang).to_owned())
}
