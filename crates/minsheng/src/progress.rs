//! Progress on standard error: a bar for a person at a terminal, one line per stage for everything else.

use std::cell::RefCell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::note;
use crate::words::Words;

/// Shows how far a long command is.
pub struct Stages<'a> {
    words: &'a Words,
    bar: Option<ProgressBar>,
    stage: RefCell<String>,
}

impl<'a> Stages<'a> {
    /// Progress that speaks the language of the output.
    pub fn new(words: &'a Words) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{elapsed_precise} [{wide_bar}] {msg}");
            // A template that does not parse leaves the plain bar; this one parses.
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self {
            words,
            bar,
            stage: RefCell::new(String::new()),
        }
    }

    /// Takes note of a stage and of how many of its steps are done.
    pub fn tell(&self, stage: &str, done: usize, total: usize) {
        if stage == "done" {
            return;
        }
        let changed = *self.stage.borrow() != stage;
        if changed {
            stage.clone_into(&mut self.stage.borrow_mut());
        }
        match &self.bar {
            Some(bar) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
                if changed {
                    bar.set_message(self.name(stage));
                }
            }
            // sixty tables are no stages
            None if changed && !is_table(stage) => note(&self.name(stage)),
            None => {}
        }
    }

    /// The same for rows, of which there may be more.
    pub fn tell_rows(&self, stage: &str, done: u64, total: u64) {
        let count = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
        self.tell(stage, count(done), count(total));
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn name(&self, stage: &str) -> String {
        match stage {
            "plan" => self.words.say("stage-plan"),
            "yearbook" => self.words.say("stage-yearbook"),
            "drift" => self.words.say("stage-drift"),
            "proof" => self.words.say("stage-proof"),
            "check" => self.words.say("stage-check"),
            "simulate" => self.words.say("stage-simulate"),
            "determine" => self.words.say("stage-determine"),
            table if is_table(table) => self.words.tell("stage-table", &[("table", &table)]),
            month => self.words.tell("stage-month", &[("month", &month)]),
        }
    }
}

/// The stages that are neither named nor months are tables.
fn is_table(stage: &str) -> bool {
    let named = ["plan", "yearbook", "proof", "check", "drift", "determine"].contains(&stage);
    !named && stage.contains(|sign: char| sign.is_ascii_lowercase())
}

/// Steps of an import: a bar at a terminal and nothing else anywhere, because its summary says it all.
pub struct Steps {
    bar: Option<ProgressBar>,
    names: Vec<(&'static str, String)>,
}

impl Steps {
    /// Steps that speak the language of the output.
    pub fn new(words: &Words) -> Self {
        let names = vec![
            ("read", words.say("step-read")),
            ("compare", words.say("step-compare")),
            ("persons", words.say("step-persons")),
            ("households", words.say("step-households")),
            ("evidence", words.say("step-evidence")),
            ("snapshot", words.say("step-snapshot")),
            ("commit", words.say("step-commit")),
        ];
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(u64::try_from(names.len()).unwrap_or(1));
            if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} [{wide_bar}] {msg}")
            {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar, names }
    }

    /// Takes note of a step.
    pub fn tell(&self, step: &str, _done: usize, _total: usize) {
        let place = self.names.iter().position(|(name, _)| *name == step);
        if let (Some(bar), Some((place, (_, said)))) = (
            &self.bar,
            place.and_then(|place| Some((place, self.names.get(place)?))),
        ) {
            bar.set_position(u64::try_from(place).unwrap_or(0));
            bar.set_message(said.clone());
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
