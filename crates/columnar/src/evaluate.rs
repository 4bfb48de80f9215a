//! A batch, block by block, on all threads; and the households that the reference evaluator is asked about.

use std::sync::Mutex;

use minsheng_policy::{Determination, EvalError, Outcome, Programme};

use crate::batch::Batch;
use crate::error::ColumnarError;
use crate::exec::{Arg, Emit, Frame, Registers, Step};
use crate::graph::Shape;
use crate::lower::Assumptions;
use crate::plan::{Detail, Options, Plan, Question};
use crate::results::{Failed, ProgrammeResult, QuestionResult, Results};
use crate::schema::{Place, Schema};

/// Households of a block: few enough that what is computed stays in the cache.
const BLOCK: usize = 2048;

/// Evaluates programmes for the batches of a register.
#[derive(Debug)]
pub struct Evaluator<'a> {
    programmes: Vec<&'a Programme>,
    schema: Schema,
    questions: Vec<Question>,
    options: Options,
    plan: Option<Plan>,
    workers: Vec<Worker>,
    results: Results,
}

impl<'a> Evaluator<'a> {
    /// For all questions about all programmes.
    pub fn new(
        programmes: Vec<&'a Programme>,
        questions: Vec<Question>,
        options: Options,
    ) -> Evaluator<'a> {
        Evaluator {
            schema: Schema::of(&programmes),
            programmes,
            questions,
            options,
            plan: None,
            workers: Vec::new(),
            results: Results::default(),
        }
    }

    /// The columns that a batch must have.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Programmes that the reference evaluator answers for every household, by code, and the rule that is the reason;
    /// known once a batch was evaluated.
    pub fn refused(&self) -> Vec<(&str, &ColumnarError)> {
        let refused = self.plan.iter().flat_map(|plan| &plan.refused);
        refused
            .map(|(index, error)| (self.programmes[*index].code.as_str(), error))
            .collect()
    }

    /// Answers for a batch.
    ///
    /// # Errors
    /// Where the dates alone decide that there is no answer. A household without an answer is no error of the batch:
    /// it stands in [`Results::failed`].
    pub fn run(&mut self, batch: &Batch) -> Result<&Results, ColumnarError> {
        let assumed = Assumptions::of(&self.schema, batch);
        let plan = match self.plan.take() {
            Some(plan) if plan.assumed.cover(&assumed) => plan,
            old => {
                let assumed = match old {
                    Some(old) => assumed.widened(&old.assumed),
                    None => assumed,
                };
                let programmes = &self.programmes;
                Plan::new(
                    programmes,
                    &self.schema,
                    &self.questions,
                    &self.options,
                    assumed,
                )?
            }
        };
        prepare(
            &mut self.results,
            batch,
            &self.questions,
            self.programmes.len(),
            self.options.detail,
        );
        let threads = self.options.threads.max(1);
        self.workers.resize_with(threads, Worker::default);
        let blocks = Mutex::new(blocks(&mut self.results, batch).into_iter());
        let job = Job {
            programmes: &self.programmes,
            schema: &self.schema,
            questions: &self.questions,
            plan: &plan,
            batch,
            arch: pulp::Arch::new(),
        };
        let next = || {
            let mut blocks = blocks
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            blocks.next()
        };
        let (first, others) = self.workers.split_at_mut(1);
        std::thread::scope(|scope| {
            for worker in others {
                let (job, next) = (&job, &next);
                scope.spawn(move || worker.work(job, next));
            }
            first[0].work(&job, &next);
        });
        let failed = self
            .workers
            .iter_mut()
            .flat_map(|worker| worker.failed.drain(..));
        self.results.failed.extend(failed);
        self.results
            .failed
            .sort_by_key(|failed| (failed.row, failed.question, failed.programme));
        for worker in &mut self.workers {
            let programmes = self
                .results
                .questions
                .iter_mut()
                .flat_map(|q| &mut q.programmes);
            for (result, counts) in programmes.zip(worker.counts.drain(..)) {
                result.eligible += counts[0];
                result.undetermined += counts[1];
                result.asked += counts[2];
            }
        }
        self.plan = Some(plan);
        Ok(&self.results)
    }
}

/// Makes room for the answers; what was there is reused.
fn prepare(
    results: &mut Results,
    batch: &Batch,
    questions: &[Question],
    programmes: usize,
    detail: Detail,
) {
    fn room<T: Copy + Default>(column: &mut Vec<T>, rows: usize, wanted: bool) {
        column.resize(if wanted { rows } else { 0 }, T::default());
    }
    let (rows, persons) = (batch.households(), batch.person_ids.len());
    results.failed.clear();
    results
        .questions
        .resize_with(questions.len(), QuestionResult::default);
    for question in &mut results.questions {
        room(&mut question.total, rows, true);
        question
            .programmes
            .resize_with(programmes, ProgrammeResult::default);
        for result in &mut question.programmes {
            (result.eligible, result.undetermined, result.asked) = (0, 0, 0);
            room(&mut result.total, rows, detail >= Detail::Programmes);
            room(&mut result.is_eligible, rows, detail >= Detail::Programmes);
            room(
                &mut result.is_undetermined,
                rows,
                detail >= Detail::Programmes,
            );
            room(
                &mut result.members.receives,
                persons,
                detail == Detail::Members,
            );
            room(
                &mut result.members.amount,
                persons,
                detail == Detail::Members,
            );
            room(
                &mut result.members.class,
                persons,
                detail == Detail::Members,
            );
        }
    }
}

/// A part of a column, taken from the front.
fn part<'r, T>(rest: &mut &'r mut [T], rows: usize) -> &'r mut [T] {
    let all = std::mem::take(rest);
    let (front, back) = all.split_at_mut(rows.min(all.len()));
    *rest = back;
    front
}

/// Where the answers for a block go.
struct Block<'r> {
    start: usize,
    end: usize,
    questions: Vec<QuestionPart<'r>>,
}

struct QuestionPart<'r> {
    total: &'r mut [i64],
    programmes: Vec<ProgrammePart<'r>>,
}

struct ProgrammePart<'r> {
    is_eligible: &'r mut [u8],
    is_undetermined: &'r mut [u8],
    total: &'r mut [i64],
    receives: &'r mut [u8],
    amount: &'r mut [i64],
    class: &'r mut [i64],
}

fn blocks<'r>(results: &'r mut Results, batch: &Batch) -> Vec<Block<'r>> {
    let mut rest: Vec<QuestionPart<'r>> = results
        .questions
        .iter_mut()
        .map(|question| QuestionPart {
            total: &mut question.total,
            programmes: question
                .programmes
                .iter_mut()
                .map(|result| ProgrammePart {
                    is_eligible: &mut result.is_eligible,
                    is_undetermined: &mut result.is_undetermined,
                    total: &mut result.total,
                    receives: &mut result.members.receives,
                    amount: &mut result.members.amount,
                    class: &mut result.members.class,
                })
                .collect(),
        })
        .collect();
    let mut blocks = Vec::new();
    let mut start = 0;
    while start < batch.households() {
        let end = (start + BLOCK).min(batch.households());
        let rows = end - start;
        let persons = (batch.offsets[end] - batch.offsets[start]) as usize;
        let questions = rest
            .iter_mut()
            .map(|question| QuestionPart {
                total: part(&mut question.total, rows),
                programmes: question
                    .programmes
                    .iter_mut()
                    .map(|result| ProgrammePart {
                        is_eligible: part(&mut result.is_eligible, rows),
                        is_undetermined: part(&mut result.is_undetermined, rows),
                        total: part(&mut result.total, rows),
                        receives: part(&mut result.receives, persons),
                        amount: part(&mut result.amount, persons),
                        class: part(&mut result.class, persons),
                    })
                    .collect(),
            })
            .collect();
        blocks.push(Block {
            start,
            end,
            questions,
        });
        start = end;
    }
    blocks
}

/// What all workers read.
struct Job<'j> {
    programmes: &'j [&'j Programme],
    schema: &'j Schema,
    questions: &'j [Question],
    plan: &'j Plan,
    batch: &'j Batch,
    arch: pulp::Arch,
}

/// What a thread keeps from block to block and from batch to batch.
#[derive(Debug, Default)]
struct Worker {
    frame: Frame,
    registers: Registers,
    /// Question, programme, household of the block.
    asked: Vec<(usize, usize, u32)>,
    failed: Vec<Failed>,
    /// Eligible, undetermined, asked; by question and programme.
    counts: Vec<[u64; 3]>,
    /// What was counted last: what is the same in several months leaves the block several times.
    counted: Option<(Arg, u64)>,
}

#[inline(always)]
fn counted(last: &mut Option<(Arg, u64)>, registers: &Registers, frame: &Frame, arg: Arg) -> u64 {
    match *last {
        Some((known, count)) if known == arg => count,
        _ => {
            let count = registers.count(arg, frame);
            *last = Some((arg, count));
            count
        }
    }
}

/// A block, to be run by whatever instructions there are.
struct RunBlock<'w, 'j, 'r> {
    worker: &'w mut Worker,
    job: &'w Job<'j>,
    block: &'w mut Block<'r>,
}

impl pulp::NullaryFnOnce for RunBlock<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.worker.block(self.job, self.block);
    }
}

impl Worker {
    fn work<'r>(&mut self, job: &Job<'_>, next: &impl Fn() -> Option<Block<'r>>) {
        self.counts.clear();
        self.counts
            .resize(job.questions.len() * job.programmes.len(), [0; 3]);
        let of_persons: Vec<bool> = job
            .schema
            .records
            .iter()
            .map(|list| list.place == Place::Person)
            .collect();
        while let Some(mut block) = next() {
            self.frame
                .lay_out(job.batch, block.start, block.end, &of_persons);
            let lists = (0..of_persons.len()).map(|list| Shape::Records(list as u16));
            let shapes = lists.chain([Shape::Household, Shape::Person]);
            let rows = shapes
                .map(|shape| self.frame.rows(shape))
                .max()
                .unwrap_or(0);
            self.registers.prepare(&job.plan.inputs, rows);
            // With the vector instructions of the machine that it runs on.
            job.arch.dispatch(RunBlock {
                worker: self,
                job,
                block: &mut block,
            });
            self.ask(job, &mut block);
        }
    }

    #[inline(always)]
    fn block(&mut self, job: &Job<'_>, block: &mut Block<'_>) {
        self.counted = None;
        self.registers
            .load(job.batch, &job.plan.inputs, &self.frame);
        for program in &job.plan.programs {
            for step in program {
                match step {
                    Step::Run(instruction) => {
                        self.counted = None;
                        self.registers.run(instruction, &self.frame);
                    }
                    Step::Emit(emit, arg) => self.emit(job, *emit, *arg, block),
                }
            }
        }
    }

    #[inline(always)]
    fn emit(&mut self, job: &Job<'_>, emit: Emit, arg: Arg, block: &mut Block<'_>) {
        let frame = &self.frame;
        let rows = frame.households;
        let count = |q: usize, p: usize| q * job.programmes.len() + p;
        let member = |at: usize| frame.person_from[at] as usize;
        let home = |at: usize| frame.order[at] as usize;
        match emit {
            Emit::Total(q) => {
                let out = &mut block.questions[q].total;
                self.registers.put(arg, &frame.places, out, |value| value);
            }
            Emit::TotalOverflows(_) if arg == Arg::One(0) => {}
            Emit::TotalOverflows(q) => self.registers.each(arg, rows, |at, over| {
                if over == 1 {
                    self.failed.push(too_much(q, frame.start + home(at)));
                }
            }),
            Emit::Eligible(q, p) => {
                self.counts[count(q, p)][0] +=
                    counted(&mut self.counted, &self.registers, frame, arg);
                let out = &mut block.questions[q].programmes[p].is_eligible;
                if !out.is_empty() {
                    self.registers
                        .put(arg, &frame.places, out, |value| value as u8);
                }
            }
            Emit::Undetermined(q, p) => {
                self.counts[count(q, p)][1] +=
                    counted(&mut self.counted, &self.registers, frame, arg);
                let out = &mut block.questions[q].programmes[p].is_undetermined;
                if !out.is_empty() {
                    self.registers
                        .put(arg, &frame.places, out, |value| value as u8);
                }
            }
            Emit::Ask(..) if arg == Arg::One(0) => {}
            Emit::Ask(q, p) => self.registers.each(arg, rows, |at, asked| {
                if asked == 1 {
                    self.asked.push((q, p, frame.order[at]));
                }
            }),
            Emit::Programme(q, p) => {
                let out = &mut block.questions[q].programmes[p].total;
                self.registers.put(arg, &frame.places, out, |value| value);
            }
            Emit::Receives(q, p) => {
                let out = &mut block.questions[q].programmes[p].receives;
                self.registers.each(arg, frame.persons, |at, value| {
                    out[member(at)] = value as u8
                });
            }
            Emit::Amount(q, p) => {
                let out = &mut block.questions[q].programmes[p].amount;
                self.registers
                    .each(arg, frame.persons, |at, value| out[member(at)] = value);
            }
            Emit::Class(q, p) => {
                let out = &mut block.questions[q].programmes[p].class;
                self.registers
                    .each(arg, frame.persons, |at, value| out[member(at)] = value);
            }
        }
    }

    /// Asks the reference evaluator about what was not decided.
    fn ask(&mut self, job: &Job<'_>, block: &mut Block<'_>) {
        for (p, _) in &job.plan.refused {
            for q in 0..job.questions.len() {
                let all = 0..(block.end - block.start) as u32;
                self.asked.extend(all.map(|row| (q, *p, row)));
            }
        }
        for (q, p, row) in std::mem::take(&mut self.asked) {
            let counts = &mut self.counts[q * job.programmes.len() + p];
            counts[2] += 1;
            let row = row as usize;
            let found = job.determine(q, p, block.start + row).and_then(|found| {
                let question = &mut block.questions[q];
                let sum = question.total[row].checked_add(found.total.get());
                question.total[row] = sum.ok_or_else(overflow)?;
                Ok(found)
            });
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    self.failed.push(Failed {
                        question: q,
                        programme: Some(p),
                        row: block.start + row,
                        error,
                    });
                    continue;
                }
            };
            let is_eligible = u8::from(found.outcome == Outcome::Eligible);
            let is_undetermined = u8::from(matches!(found.outcome, Outcome::Undetermined { .. }));
            counts[0] += u64::from(is_eligible);
            counts[1] += u64::from(is_undetermined);
            let part = &mut block.questions[q].programmes[p];
            if !part.total.is_empty() {
                part.total[row] = found.total.get();
                part.is_eligible[row] = is_eligible;
                part.is_undetermined[row] = is_undetermined;
            }
            if !part.receives.is_empty() {
                job.members(p, block.start, block.start + row, &found, part);
            }
        }
    }
}

fn overflow() -> EvalError {
    EvalError::Overflow {
        rule: "amount".to_owned(),
    }
}

fn too_much(question: usize, row: usize) -> Failed {
    Failed {
        question,
        programme: None,
        row,
        error: overflow(),
    }
}

impl Job<'_> {
    fn determine(&self, q: usize, p: usize, row: usize) -> Result<Determination, EvalError> {
        let (programme, question) = (self.programmes[p], &self.questions[q]);
        let cells = self.batch.cells(programme, self.schema, row);
        let facts = programme.facts_of(cells, question.application);
        programme.determine(&facts, &question.key)
    }

    /// What the reference evaluator says of members, at their places in the columns of the block.
    fn members(
        &self,
        p: usize,
        start: usize,
        row: usize,
        found: &Determination,
        part: &mut ProgrammePart<'_>,
    ) {
        let first = self.batch.offsets[start] as usize;
        let persons = self.batch.offsets[row] as usize..self.batch.offsets[row + 1] as usize;
        let layout = &self.programmes[p].compiled().layout;
        let classes = layout
            .code_list("class")
            .map(|list| &layout.code_lists[list as usize]);
        for person in persons {
            let id = self.batch.person_ids[person];
            let member = found.members.iter().find(|member| member.person == id);
            let at = person - first;
            part.receives[at] = u8::from(member.is_some());
            if let Some(member) = member {
                let class = classes.and_then(|list| list.index(&member.class));
                part.amount[at] = member.amount.get();
                part.class[at] = class.map_or(-1, i64::from);
            }
        }
    }
}
