//! Asks both evaluators the same and compares every answer.

use minsheng_columnar::{Batch, Detail, Evaluator, Options, Question, Schema};
use minsheng_policy::compiled::FactCells;
use minsheng_policy::{EvalError, Outcome, Programme};

/// What was compared.
#[derive(Debug, Default, Clone)]
pub struct Compared {
    pub evaluations: u64,
    pub eligible: u64,
    pub undetermined: u64,
    pub errors: u64,
    /// Answered by the reference evaluator on behalf of the columns, without an error to name.
    pub asked: u64,
    /// Of a programme that is answered by the reference evaluator as a whole.
    pub refused: u64,
    /// The first reason for that.
    pub why: Option<String>,
}

impl Compared {
    pub fn add(&mut self, other: Compared) {
        self.evaluations += other.evaluations;
        self.eligible += other.eligible;
        self.undetermined += other.undetermined;
        self.errors += other.errors;
        self.asked += other.asked;
        self.refused += other.refused;
        self.why = self.why.take().or(other.why);
    }
}

/// One answer, in a form in which both can be compared: whether eligible, total, and person, class, fen by member.
#[derive(Debug, PartialEq)]
enum Answer {
    Failed(EvalError),
    Undetermined,
    Refused,
    Eligible(i64, Vec<(i64, i64, i64)>),
}

fn by_reference(programme: &Programme, cells: &FactCells, question: &Question) -> Answer {
    let facts = programme.facts_of(cells.clone(), question.application);
    let layout = &programme.compiled().layout;
    let classes = &layout.code_lists[layout
        .code_list("class")
        .expect("every programme has classes") as usize];
    match programme.determine(&facts, &question.key) {
        Err(error) => Answer::Failed(error),
        Ok(found) => match found.outcome {
            Outcome::Undetermined { .. } => Answer::Undetermined,
            Outcome::Refused => Answer::Refused,
            Outcome::Eligible => {
                let member = |member: &minsheng_policy::MemberAmount| {
                    let class = classes
                        .index(&member.class)
                        .expect("a class of the programme");
                    (member.person, i64::from(class), member.amount.get())
                };
                Answer::Eligible(
                    found.total.get(),
                    found.members.iter().map(member).collect(),
                )
            }
        },
    }
}

/// Compares all answers about these households; `reuse` and the number of threads must not show.
pub fn compare(
    programme: &Programme,
    all: &[FactCells],
    questions: &[Question],
    options: Options,
) -> Compared {
    let options = Options {
        detail: Detail::Members,
        ..options
    };
    let mut evaluator = Evaluator::new(vec![programme], questions.to_vec(), options);
    let mut compared = Compared::default();
    // Parts of a register meet one plan, or make it wider.
    for part in all.chunks(all.len().div_ceil(3).max(1)) {
        compared.add(compare_part(programme, part, questions, &mut evaluator));
    }
    if let [(_, error), ..] = evaluator.refused()[..] {
        compared.why = Some(error.to_string());
        compared.refused = compared.evaluations;
        compared.asked = 0;
    }
    compared
}

fn compare_part(
    programme: &Programme,
    all: &[FactCells],
    questions: &[Question],
    evaluator: &mut Evaluator<'_>,
) -> Compared {
    let schema = Schema::of(&[programme]);
    let batch = Batch::from_cells(programme, &schema, all);
    let results = evaluator.run(&batch).expect("dates have a law");
    let mut compared = Compared::default();
    for (q, question) in questions.iter().enumerate() {
        let columns = &results.questions[q].programmes[0];
        let (mut eligible, mut undetermined, mut errors) = (0, 0, 0);
        for (row, cells) in all.iter().enumerate() {
            assert_eq!(
                batch.cells(programme, &schema, row).persons.len(),
                cells.persons.len(),
                "facts come back from columns"
            );
            let expected = by_reference(programme, cells, question);
            let failed = results
                .failed
                .iter()
                .find(|failed| failed.row == row && failed.question == q);
            let found = if let Some(failed) = failed {
                errors += 1;
                Answer::Failed(failed.error.clone())
            } else if columns.is_undetermined[row] == 1 {
                undetermined += 1;
                Answer::Undetermined
            } else if columns.is_eligible[row] == 1 {
                eligible += 1;
                let persons = batch.offsets[row] as usize..batch.offsets[row + 1] as usize;
                let members = persons.filter(|person| columns.members.receives[*person] == 1);
                let member = |person: usize| {
                    let members = &columns.members;
                    (
                        batch.person_ids[person],
                        members.class[person],
                        members.amount[person],
                    )
                };
                Answer::Eligible(columns.total[row], members.map(member).collect())
            } else {
                Answer::Refused
            };
            assert_eq!(
                found, expected,
                "{}: household {row} {cells:?} at {question:?}",
                programme.code
            );
            let total = if let Answer::Eligible(total, _) = expected {
                total
            } else {
                0
            };
            assert_eq!(
                results.questions[q].total[row], total,
                "the sum of household {row}"
            );
        }
        assert_eq!(
            (columns.eligible, columns.undetermined),
            (eligible, undetermined),
            "counts"
        );
        compared.add(Compared {
            evaluations: all.len() as u64,
            eligible,
            undetermined,
            errors,
            asked: columns.asked - errors,
            refused: 0,
            why: None,
        });
    }
    compared
}
