//! A plan: what is run for every block of a register, made once for all batches of which the same is assumed.

use minsheng_core::{Date, Month};
use minsheng_policy::{KeyDates, Programme};

use crate::error::ColumnarError;
use crate::exec::{Emit, Inputs, Step};
use crate::graph::{Graph, N, Shape};
use crate::lower::{Answers, Assumptions, Lowering, graph};
use crate::schema::Schema;

/// The dates for which a register is determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Day of acceptance and month.
    pub key: KeyDates,
    /// Day of the application.
    pub application: Date,
}

impl Question {
    /// A month determined anew: as if every household had applied, and been accepted, on its first day.
    pub fn of_month(month: Month) -> Question {
        let acceptance = month.first_day();
        Question {
            key: KeyDates { acceptance, month },
            application: acceptance,
        }
    }
}

/// How much is given beside the sum of each household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Sums of all programmes, and counts.
    Totals,
    /// Amount and outcome of each programme.
    Programmes,
    /// What each member receives.
    Members,
}

/// How a register is evaluated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether what is the same in several questions is computed once.
    pub reuse: bool,
    /// What is given.
    pub detail: Detail,
    /// Threads.
    pub threads: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Plan {
    pub inputs: Inputs,
    /// One after the other for each block.
    pub programs: Vec<Vec<Step>>,
    /// Programmes that the reference evaluator answers for every household, and why.
    pub refused: Vec<(usize, ColumnarError)>,
    pub assumed: Assumptions,
}

impl Plan {
    /// Lowers all programmes for all questions.
    pub fn new(
        programmes: &[&Programme],
        schema: &Schema,
        questions: &[Question],
        options: &Options,
        assumed: Assumptions,
    ) -> Result<Plan, ColumnarError> {
        let mut plan = Plan {
            inputs: Inputs::default(),
            programs: Vec::new(),
            refused: Vec::new(),
            assumed,
        };
        // Where a programme is refused, the others are lowered without it.
        while let Err(error) = plan.lower(programmes, schema, questions, options) {
            let refused = match &error {
                ColumnarError::Refused { programme, .. } => {
                    programmes.iter().position(|known| known.code == *programme)
                }
                _ => None,
            };
            match refused {
                Some(index) => plan.refused.push((index, error)),
                None => return Err(error),
            }
        }
        Ok(plan)
    }

    fn lower(
        &mut self,
        programmes: &[&Programme],
        schema: &Schema,
        questions: &[Question],
        options: &Options,
    ) -> Result<(), ColumnarError> {
        let each: Vec<usize> = (0..questions.len()).collect();
        let together: Vec<&[usize]> = if options.reuse {
            vec![&each]
        } else {
            each.chunks(1).collect()
        };
        let mut graphs = Vec::new();
        for these in together {
            let mut graph = graph(schema, &self.assumed);
            let roots = self.roots(programmes, schema, questions, options, these, &mut graph)?;
            graphs.push((graph, roots));
        }
        for (graph, roots) in &graphs {
            self.inputs.note(graph, roots);
        }
        for (graph, roots) in &graphs {
            let steps = self.inputs.compile(graph, roots);
            self.programs.push(steps);
        }
        Ok(())
    }

    fn roots(
        &self,
        programmes: &[&Programme],
        schema: &Schema,
        questions: &[Question],
        options: &Options,
        these: &[usize],
        graph: &mut Graph,
    ) -> Result<Vec<(Emit, N)>, ColumnarError> {
        let mut found: Vec<(usize, usize, Answers)> = Vec::new();
        for question in these {
            for (index, programme) in programmes.iter().enumerate() {
                if !self.is_refused(index) {
                    let answers = answers(
                        programme,
                        graph,
                        schema,
                        &self.assumed,
                        &questions[*question],
                    )?;
                    found.push((*question, index, answers));
                }
            }
        }
        let mut roots = Vec::new();
        for (q, p, answers) in &found {
            roots.push((Emit::Eligible(*q, *p), answers.eligible));
            roots.push((Emit::Undetermined(*q, *p), answers.undetermined));
            roots.push((Emit::Ask(*q, *p), answers.ask));
            if options.detail >= Detail::Programmes {
                roots.push((Emit::Programme(*q, *p), answers.total));
            }
            if options.detail == Detail::Members {
                let columns = [answers.receives, answers.amount, answers.class];
                let [receives, amount, class] = columns.map(|n| graph.spread(n, Shape::Person));
                roots.push((Emit::Receives(*q, *p), receives));
                roots.push((Emit::Amount(*q, *p), amount));
                roots.push((Emit::Class(*q, *p), class));
            }
        }
        // What changes least often is added up first, so that its sum is shared as well.
        let mut order: Vec<usize> = (0..programmes.len()).collect();
        order.sort_by_key(|p| {
            let mut totals: Vec<N> = found
                .iter()
                .filter(|(_, index, _)| index == p)
                .map(|(.., answers)| answers.total)
                .collect();
            totals.sort_unstable();
            totals.dedup();
            totals.len()
        });
        for q in these {
            let (mut sum, mut over) = (graph.number(0), graph.truth(false));
            for p in &order {
                let here = found
                    .iter()
                    .find(|(question, index, _)| question == q && index == p);
                if let Some((.., answers)) = here {
                    let (next, fails) = graph.add(sum, answers.total);
                    sum = next;
                    over = graph.or(over, fails);
                }
            }
            roots.push((Emit::Total(*q), sum));
            roots.push((Emit::TotalOverflows(*q), over));
        }
        Ok(roots)
    }

    pub fn is_refused(&self, programme: usize) -> bool {
        self.refused.iter().any(|(index, _)| *index == programme)
    }
}

fn answers(
    programme: &Programme,
    graph: &mut Graph,
    schema: &Schema,
    assumed: &Assumptions,
    question: &Question,
) -> Result<Answers, ColumnarError> {
    Lowering::new(
        programme,
        graph,
        schema,
        assumed,
        &question.key,
        question.application,
    )?
    .answers()
}
