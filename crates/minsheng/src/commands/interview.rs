//! `policy interview`: what a household would get, by asking only what can still change the answer. Answers come
//! from `--answer`, then line by line from standard input; nothing is recorded.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;
use minsheng_core::{Clock, Date, Fen, Month, civil_date};
use minsheng_policy::{
    BoundaryError, Conclusion, Interview, KeyDates, Lang, MemberAmount, Next, Outcome, Programme,
    Question, Reason, Shape,
};

use super::policy::{Packs, load, unknown_programme};
use crate::app::App;
use crate::failure::Failure;
use crate::output::{note, table};

/// The name under which the number of persons is answered.
const PERSONS: &str = "persons";

#[derive(Debug, Args)]
pub struct Ask {
    #[arg(long, value_name = "CODE")]
    programme: String,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "NAME=VALUE")]
    answer: Vec<String>,
    #[arg(long, value_name = "DAY")]
    acceptance: Option<Date>,
    #[arg(long)]
    month: Option<Month>,
    #[arg(long)]
    json: bool,
}

/// The whole interview, for another program.
#[derive(serde::Serialize)]
struct Record<'a> {
    programme: &'a str,
    pack: &'a str,
    acceptance: Date,
    month: Month,
    answers: &'a BTreeMap<String, String>,
    asked: Vec<&'a str>,
    /// The question that nobody has answered yet.
    next: Option<&'a Question>,
    outcome: &'static str,
    members: &'a [MemberAmount],
    total_fen: i64,
    reasons: &'a [Reason],
    /// Open and of no consequence.
    left_open: &'a [String],
    /// Given and never asked for.
    not_needed: Vec<&'a str>,
}

/// Where answers come from.
struct Answers {
    given: BTreeMap<String, String>,
    taken: BTreeMap<String, String>,
    terminal: bool,
}

/// Holds the interview.
pub fn run(app: &mut App, ask: &Ask) -> anyhow::Result<ExitCode> {
    let set = load(app, &ask.packs)?;
    let Some(programme) = set.programme(&ask.programme) else {
        return Err(unknown_programme(app, &set, &ask.programme));
    };
    let acceptance = ask
        .acceptance
        .unwrap_or_else(|| civil_date(app.clock.now()));
    let month = ask.month.unwrap_or(Month::from_date(acceptance));
    let mut answers = Answers::read(app, &ask.answer)?;
    let key = KeyDates { acceptance, month };
    let mut asked = Vec::new();
    let (open, conclusion) = match begin(app, ask, &mut answers, programme, key)? {
        Err(question) => (Some(question), None),
        Ok(mut interview) => {
            answers.check(app, &interview)?;
            hold(app, ask, &mut answers, &mut interview, &mut asked)?
        }
    };
    if ask.json {
        let record = Record {
            programme: &programme.code,
            pack: set.hash(),
            acceptance,
            month,
            answers: &answers.taken,
            asked: asked.iter().map(String::as_str).collect(),
            next: open.as_ref(),
            outcome: conclusion.as_ref().map_or("open", |end| outcome(end)),
            members: conclusion
                .as_ref()
                .map_or(&[], |end| &end.determination.members),
            total_fen: conclusion
                .as_ref()
                .map_or(0, |end| end.determination.total.get()),
            reasons: conclusion
                .as_ref()
                .map_or(&[], |end| &end.determination.reasons),
            left_open: conclusion.as_ref().map_or(&[], |end| &end.left_open),
            not_needed: answers.given.keys().map(String::as_str).collect(),
        };
        app.out.json(&record)?;
        return Ok(ExitCode::SUCCESS);
    }
    match &conclusion {
        Some(conclusion) => show(app, conclusion)?,
        None => {
            let line = app.words.say("interview-open");
            app.out.line(&line)?;
        }
    }
    if !answers.given.is_empty() {
        let names: Vec<&str> = answers.given.keys().map(String::as_str).collect();
        let line = app
            .words
            .tell("interview-not-needed", &[("names", &names.join(", "))]);
        app.out.line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks how many persons there are; `Err` inside is that question, when nobody answers it.
fn begin<'p>(
    app: &mut App,
    ask: &Ask,
    answers: &mut Answers,
    programme: &'p Programme,
    key: KeyDates,
) -> anyhow::Result<Result<Interview<'p>, Question>> {
    let question = Question {
        name: PERSONS.to_owned(),
        label: minsheng_policy::Bilingual::new(
            "家庭有几口人（第一个是户主）",
            "how many persons there are in the household, the head first",
        ),
        source: None,
        cite: None,
        answer: Shape::Number {
            unit: "person".to_owned(),
            min: 1,
            max: i64::try_from(minsheng_policy::MAX_PERSONS).ok(),
        },
        none: false,
    };
    let mut begun = None;
    let took = answers.take(app, ask, &question, |_, text| {
        let persons: usize = text.parse().map_err(|_| BoundaryError {
            path: PERSONS.to_owned(),
            problem: format!("\"{text}\" is not a whole number"),
            hint: format!("write a number from 1 to {}", minsheng_policy::MAX_PERSONS),
        })?;
        begun = Some(Interview::new(programme, key, key.acceptance, persons)?);
        Ok(())
    })?;
    Ok(match begun {
        Some(interview) if took => Ok(interview),
        _ => Err(question),
    })
}

/// Asks until the end or until nobody answers.
fn hold(
    app: &mut App,
    ask: &Ask,
    answers: &mut Answers,
    interview: &mut Interview<'_>,
    asked: &mut Vec<String>,
) -> anyhow::Result<(Option<Question>, Option<Conclusion>)> {
    loop {
        let question = match interview
            .next()
            .map_err(|error| failure(app, &error.to_string()))?
        {
            Next::Done(conclusion) => return Ok((None, Some(*conclusion))),
            Next::Ask(question) => *question,
        };
        asked.push(question.name.clone());
        let took = answers.take(app, ask, &question, |name, text| {
            interview.answer(name, text)
        })?;
        if !took {
            return Ok((Some(question), None));
        }
    }
}

impl Answers {
    fn read(app: &App, given: &[String]) -> anyhow::Result<Answers> {
        let mut known = BTreeMap::new();
        for answer in given {
            let Some((name, value)) = answer.split_once('=') else {
                return Err(anyhow!(Failure::usage(
                    app.words.tell("interview-no-name", &[("answer", answer)]),
                    app.words.say("interview-no-name-hint"),
                )));
            };
            let name = name.trim().to_owned();
            if known.contains_key(&name) {
                return Err(anyhow!(Failure::usage(
                    app.words.tell("interview-twice", &[("name", &name)]),
                    app.words.say("interview-no-name-hint"),
                )));
            }
            known.insert(name, value.trim().to_owned());
        }
        Ok(Answers {
            given: known,
            taken: BTreeMap::new(),
            terminal: std::io::stdin().is_terminal(),
        })
    }

    /// Refuses what can be no answer before anything is asked, so that a slip of the pen is not lost among the
    /// answers that nobody needs.
    fn check(&self, app: &App, interview: &Interview<'_>) -> anyhow::Result<()> {
        for (name, text) in &self.given {
            let refused = interview.clone().answer(name, text);
            refused.map_err(|error| refusal(app, &error))?;
        }
        Ok(())
    }

    /// Takes the answer to a question; false when nobody gives one.
    fn take(
        &mut self,
        app: &mut App,
        ask: &Ask,
        question: &Question,
        mut answer: impl FnMut(&str, &str) -> Result<(), BoundaryError>,
    ) -> anyhow::Result<bool> {
        if let Some(text) = self.given.remove(&question.name) {
            answer(&question.name, &text).map_err(|error| refusal(app, &error))?;
            self.taken.insert(question.name.clone(), text);
            return Ok(true);
        }
        loop {
            if !ask.json {
                pose(app, question)?;
                app.out.flush()?;
            }
            let mut line = String::new();
            let read = std::io::stdin()
                .lock()
                .read_line(&mut line)
                .with_context(|| app.words.say("interview-unreadable"))?;
            if read == 0 {
                return Ok(false);
            }
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            // `name = value` is taken by its name, so that a file of answers needs no order.
            let (name, text) = match line.split_once('=') {
                Some((name, text)) if is_name(name.trim()) => (name.trim(), text.trim()),
                _ => (question.name.as_str(), line),
            };
            if name != question.name {
                self.given.insert(name.to_owned(), text.to_owned());
                continue;
            }
            match answer(name, text) {
                Ok(()) => {
                    self.taken.insert(name.to_owned(), text.to_owned());
                    return Ok(true);
                }
                Err(error) if self.terminal => note(&error.to_string()),
                Err(error) => return Err(refusal(app, &error)),
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text == PERSONS || text.starts_with("household.") || text.starts_with("members.")
}

fn refusal(app: &App, error: &BoundaryError) -> anyhow::Error {
    anyhow!(Failure::new(
        app.words.tell(
            "interview-refused",
            &[("name", &error.path), ("problem", &error.problem)]
        ),
        error.hint.clone(),
    ))
}

fn failure(app: &App, error: &str) -> anyhow::Error {
    let (message, hint) = error.split_once("\n  hint: ").unwrap_or((error, ""));
    let hint = if hint.is_empty() {
        app.words.say("interview-failed-hint")
    } else {
        hint.to_owned()
    };
    anyhow!(Failure::new(message, hint))
}

fn pose(app: &mut App, question: &Question) -> anyhow::Result<()> {
    let lang = app.lang;
    let mut line = format!("{} ({})", question.label.get(lang), question.name);
    line.push_str(": ");
    line.push_str(&choices(app, question, lang));
    app.out.line(&line)
}

/// What can be answered, in words.
fn choices(app: &App, question: &Question, lang: Lang) -> String {
    let mut words = match &question.answer {
        Shape::Flag => app.words.say("interview-flag"),
        Shape::Date => app.words.say("interview-date"),
        Shape::Code { codes } => codes
            .iter()
            .map(|code| format!("{} {}", code.code, code.label.get(lang)))
            .collect::<Vec<_>>()
            .join(" | "),
        Shape::Digits { parts } => parts
            .iter()
            .map(|(name, min, max)| format!("{name} {min}–{max}"))
            .collect::<Vec<_>>()
            .join(", "),
        Shape::Number { unit, min, max } => {
            let unit = if unit.starts_with("fen") {
                app.words.tell("interview-fen", &[("unit", unit)])
            } else {
                unit.clone()
            };
            match max {
                Some(max) => format!("{min}–{max} {unit}"),
                None => format!("≥ {min} {unit}"),
            }
        }
        Shape::Records { fields } => app
            .words
            .tell("interview-records", &[("fields", &fields.join(", "))]),
    };
    if question.none {
        words.push_str(" | none ");
        words.push_str(&app.words.say("interview-none"));
    }
    words
}

fn outcome(conclusion: &Conclusion) -> &'static str {
    match conclusion.determination.outcome {
        Outcome::Eligible => "eligible",
        Outcome::Refused => "refused",
        Outcome::Undetermined { .. } => "undetermined",
    }
}

fn show(app: &mut App, conclusion: &Conclusion) -> anyhow::Result<()> {
    let determination = &conclusion.determination;
    let line = app.words.say(match determination.outcome {
        Outcome::Eligible => "interview-eligible",
        Outcome::Refused => "interview-refused-outcome",
        Outcome::Undetermined { .. } => "interview-undetermined",
    });
    app.out.line(&line)?;
    for reason in &determination.reasons {
        app.out.line(&format!(
            "  {} [{}]",
            reason.text.get(app.lang),
            reason.cite
        ))?;
    }
    if !determination.members.is_empty() {
        let rows: Vec<Vec<String>> = determination
            .members
            .iter()
            .map(|member| {
                vec![
                    member.person.to_string(),
                    member.class.clone(),
                    member.amount.to_string(),
                ]
            })
            .collect();
        let header = app.columns(&["person", "class", "yuan"]);
        app.out.text(&table(&header, &[0, 2], &rows))?;
        let total: Fen = determination.total;
        let line = app.words.tell("interview-total", &[("total", &total)]);
        app.out.line(&line)?;
    }
    if !conclusion.left_open.is_empty() {
        let names = conclusion.left_open.join(", ");
        let line = app.words.tell("interview-left-open", &[("names", &names)]);
        app.out.line(&line)?;
    }
    Ok(())
}
