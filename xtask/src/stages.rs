//! Stages of a run, the time each took, and the table at the end. The only place that measures time.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a stage ended that did not fail.
pub enum Outcome {
    /// It did what it is for.
    Passed,
    /// It had nothing to do, or not the means; the words say which.
    Skipped(String),
}

struct Done {
    name: String,
    took: Duration,
    outcome: String,
}

/// The stages run so far.
pub struct Stages {
    started: Instant,
    done: Vec<Done>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test command measures how long its stages take"
)]
fn now() -> Instant {
    Instant::now()
}

impl Stages {
    /// No stage yet; the clock of the whole run starts.
    pub fn new() -> Stages {
        Stages {
            started: now(),
            done: Vec::new(),
        }
    }

    /// Runs one stage and keeps its time, also when it fails.
    pub fn run<T>(
        &mut self,
        name: &str,
        stage: impl FnOnce() -> Result<(T, Outcome)>,
    ) -> Result<T> {
        println!("\n== {name}");
        let started = now();
        let result = stage();
        let outcome = match &result {
            Ok((_, Outcome::Passed)) => "passed".to_owned(),
            Ok((_, Outcome::Skipped(why))) => format!("skipped: {why}"),
            Err(_) => "FAILED".to_owned(),
        };
        self.done.push(Done {
            name: name.to_owned(),
            took: started.elapsed(),
            outcome,
        });
        result
            .map(|(value, _)| value)
            .with_context(|| format!("stage {name}"))
    }

    /// Runs a stage that gives nothing back and is never skipped.
    pub fn step(&mut self, name: &str, stage: impl FnOnce() -> Result<()>) -> Result<()> {
        self.run(name, || stage().map(|()| ((), Outcome::Passed)))
    }

    /// Time since the start of the run.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The table of stages with their times.
    pub fn summary(&self) -> String {
        let width = self
            .done
            .iter()
            .map(|done| done.name.len())
            .max()
            .unwrap_or(0)
            .max("total".len());
        let mut table = String::from("\n");
        for done in &self.done {
            let _ = writeln!(
                table,
                "{:width$}  {:>9}  {}",
                done.name,
                seconds(done.took),
                done.outcome
            );
        }
        let _ = writeln!(table, "{:width$}  {:>9}", "total", seconds(self.elapsed()));
        table
    }
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn a_failed_stage_stands_in_the_table_with_its_time() {
        let mut stages = Stages::new();
        stages.step("fmt", || Ok(())).unwrap();
        stages
            .run("deny", || {
                Ok(((), Outcome::Skipped("not installed".to_owned())))
            })
            .unwrap();
        let error = stages.step("clippy", || bail!("3 warnings")).unwrap_err();
        assert_eq!(format!("{error:#}"), "stage clippy: 3 warnings");
        let summary = stages.summary();
        let ends: Vec<&str> = summary
            .lines()
            .filter_map(|line| line.split_once(" s").map(|(_, end)| end.trim()))
            .collect();
        assert_eq!(ends, ["passed", "skipped: not installed", "FAILED", ""]);
    }

    #[test]
    fn times_are_printed_in_tenths_of_a_second() {
        assert_eq!(seconds(Duration::from_millis(61_270)), "61.2 s");
    }
}
