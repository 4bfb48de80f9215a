//! A register, part after part: read, computed, written. What is kept does not grow with the register.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minsheng_columnar::{Detail, Evaluator, Options, Question};
use minsheng_core::Month;
use minsheng_policy::PackSet;
use serde::Serialize;

use crate::amounts::Amounts;
use crate::error::PopulationError;
use crate::register::Register;
use crate::summary::{MonthSummary, Summing};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Folder with the two files.
    pub population: PathBuf,
    /// Months, ascending.
    pub months: Vec<Month>,
    /// Folder for the amounts, if they are wanted.
    pub out: Option<PathBuf>,
    /// Threads.
    pub threads: usize,
    /// Whether what is the same in several months is computed once.
    pub reuse: bool,
}

/// Wall time of the three stages, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seconds {
    /// From the files to typed columns.
    pub read: u64,
    /// From typed columns to totals.
    pub compute: u64,
    /// Sums, digests and the file of amounts.
    pub write: u64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determined {
    /// By month.
    pub months: BTreeMap<Month, MonthSummary>,
    /// Time.
    pub seconds: Seconds,
    /// Households and persons.
    pub households: u64,
    /// Persons.
    pub persons: u64,
    /// Answers, by household, programme and month, for which evidence is missing.
    pub undetermined: u64,
    /// Programmes that the reference evaluator answered household by household, and the rule that is the reason.
    pub by_reference: Vec<(String, String)>,
}

/// Told after each part: households done, and all of them.
pub type Progress<'p> = &'p mut dyn FnMut(u64, u64);

/// Determines every household of a register for every month, as if it had applied on the first day of that month.
/// `clock` gives nanoseconds from any beginning; nothing is decided by it.
///
/// # Errors
/// A population that is refused, or the first household without an answer; then no file of amounts appears.
pub fn determine(
    set: &PackSet,
    request: &Request,
    clock: &dyn Fn() -> u64,
    progress: Progress<'_>,
) -> Result<Determined, PopulationError> {
    let mapping = set.population().ok_or(PopulationError::NoMapping)?;
    let programmes: Vec<_> = set.programmes().iter().collect();
    let codes: Vec<&str> = programmes
        .iter()
        .map(|programme| programme.code.as_str())
        .collect();
    let counted = codes
        .iter()
        .position(|code| Some(*code) == mapping.counted.as_deref());
    let options = Options {
        reuse: request.reuse,
        detail: if request.out.is_some() {
            Detail::Programmes
        } else {
            Detail::Totals
        },
        threads: request.threads,
    };
    let questions = request
        .months
        .iter()
        .map(|month| Question::of_month(*month))
        .collect();
    let mut evaluator = Evaluator::new(programmes, questions, options);
    let mut register = Register::open(&request.population, evaluator.schema(), mapping)?;
    let mut amounts = request
        .out
        .as_deref()
        .map(Path::new)
        .map(Amounts::create)
        .transpose()?;
    let mut sums: Vec<Summing> = request.months.iter().map(|_| Summing::default()).collect();
    let (mut seconds, mut households, mut persons, mut undetermined) =
        (Seconds::default(), 0, 0, 0);
    let mut at = clock();
    let mut lap = |stage: &mut u64| {
        let now = clock();
        *stage += now.saturating_sub(at);
        at = now;
    };
    loop {
        let part = register.next(request.threads)?;
        lap(&mut seconds.read);
        let Some(part) = part else {
            break;
        };
        households += part.households() as u64;
        persons += part.persons() as u64;
        let batch = part.into_batch()?;
        let results = evaluator.run(&batch)?;
        lap(&mut seconds.compute);
        if let Some(first) = results.failed.first() {
            return Err(PopulationError::Household {
                household: batch.household_ids[first.row],
                programme: first
                    .programme
                    .map_or("all", |programme| codes[programme])
                    .to_owned(),
                month: request.months[first.question],
                error: first.error.clone(),
                failed: results.failed.len(),
            });
        }
        for (sum, question) in sums.iter_mut().zip(&results.questions) {
            sum.add(&batch.household_ids, &question.total);
            sum.counted += counted.map_or(0, |counted| question.programmes[counted].eligible);
            undetermined += question
                .programmes
                .iter()
                .map(|answers| answers.undetermined)
                .sum::<u64>();
        }
        if let Some(amounts) = &mut amounts {
            amounts.write(&batch.household_ids, results, &request.months, &codes)?;
        }
        lap(&mut seconds.write);
        progress(households, register.households());
    }
    if let Some(amounts) = amounts {
        amounts.finish()?;
    }
    let finished = sums.into_iter().map(Summing::finish);
    let months = request.months.iter().copied().zip(finished).collect();
    lap(&mut seconds.write);
    let refused = evaluator.refused().into_iter();
    Ok(Determined {
        months,
        seconds,
        households,
        persons,
        undetermined,
        by_reference: refused
            .map(|(code, error)| (code.to_owned(), error.to_string()))
            .collect(),
    })
}
