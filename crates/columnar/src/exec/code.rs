//! From a graph to instructions: what is needed, in order, in as few registers as are alive at once.

use std::collections::HashMap;

use crate::graph::{Calendar, Graph, Input, Lane, N, Op, Shape, Source, children};

/// The file of registers for a lane: truths and small numbers are both bytes.
pub(crate) fn file_of(lane: Lane) -> usize {
    match lane {
        Lane::Mask | Lane::Byte => 0,
        Lane::Small => 1,
        Lane::Wide => 2,
    }
}

/// A register of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reg {
    pub lane: Lane,
    pub at: u16,
}

/// What an instruction reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arg {
    One(i64),
    Rows(Reg),
}

/// What an instruction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Fill,
    Position,
    Not,
    And,
    Or,
    Less,
    Equal,
    Select,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    AddOverflows,
    SubtractOverflows,
    MultiplyOverflows,
    Calendar(Calendar),
    CalendarFails(Calendar),
    Sum,
    SumOverflows,
    Spread,
    Widen,
}

/// An instruction.
#[derive(Debug, Clone)]
pub(crate) struct Instruction {
    pub code: Code,
    /// Rows of the result.
    pub shape: Shape,
    /// Rows of the first argument of a sum.
    pub low: Shape,
    /// Lane of the arguments; of a choice, of what is chosen.
    pub lane: Lane,
    pub out: Reg,
    pub args: [Arg; 3],
}

/// What leaves a block, for a question and a programme by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emit {
    /// Fen of all programmes.
    Total(usize),
    /// The sum of all programmes does not fit.
    TotalOverflows(usize),
    Eligible(usize, usize),
    Undetermined(usize, usize),
    Ask(usize, usize),
    Programme(usize, usize),
    Receives(usize, usize),
    Amount(usize, usize),
    Class(usize, usize),
}

/// A step of a block.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Run(Instruction),
    Emit(Emit, Arg),
}

/// A column that is loaded into a register once per block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub source: Source,
    pub input: Input,
    pub reg: Reg,
}

/// Columns that are loaded, the same for all graphs of a plan; and how many registers there are.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    known: HashMap<(Source, Input), Reg>,
    pub loads: Vec<Load>,
    pub single: Option<Reg>,
    /// Registers of each file.
    pub registers: [u16; 3],
}

impl Inputs {
    fn fresh(&mut self, lane: Lane) -> Reg {
        let count = &mut self.registers[file_of(lane)];
        let at = *count;
        *count += 1;
        Reg { lane, at }
    }

    fn load(&mut self, source: Source, input: Input, lane: Lane) -> Reg {
        if let Some(reg) = self.known.get(&(source, input)) {
            return *reg;
        }
        let reg = self.fresh(lane);
        self.known.insert((source, input), reg);
        self.loads.push(Load { source, input, reg });
        reg
    }

    /// Takes note of the columns that a graph needs: before any instruction is made, so that their registers are
    /// never given away.
    pub fn note(&mut self, graph: &Graph, roots: &[(Emit, N)]) {
        let roots: Vec<N> = roots.iter().map(|(_, n)| *n).collect();
        let needed = graph.reachable(&roots);
        for (index, node) in graph.nodes.iter().enumerate() {
            match node.op {
                Op::Input(source, input) if needed[index] => {
                    self.load(source, input, node.lane);
                }
                Op::Single if needed[index] && self.single.is_none() => {
                    self.single = Some(self.fresh(Lane::Small));
                }
                _ => {}
            }
        }
    }

    /// Steps of a graph. What leaves the block leaves it as soon as it is known.
    pub fn compile(&mut self, graph: &Graph, roots: &[(Emit, N)]) -> Vec<Step> {
        let nodes: Vec<N> = roots.iter().map(|(_, n)| *n).collect();
        let needed = graph.reachable(&nodes);
        let mut last: Vec<usize> = vec![0; graph.nodes.len()];
        for (index, node) in graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(index, _)| needed[*index])
        {
            for child in children(node.op).into_iter().flatten() {
                last[child.0 as usize] = index;
            }
        }
        let mut leaving: HashMap<N, Vec<Emit>> = HashMap::new();
        for (emit, n) in roots {
            leaving.entry(*n).or_default().push(*emit);
        }
        let mut places: Vec<Option<Reg>> = vec![None; graph.nodes.len()];
        // What graphs before this one used is free again; only columns stay.
        let fixed: Vec<Reg> = self
            .loads
            .iter()
            .map(|load| load.reg)
            .chain(self.single)
            .collect();
        let is_free = |file: usize, at: u16| {
            !fixed
                .iter()
                .any(|reg| file_of(reg.lane) == file && reg.at == at)
        };
        let mut free: [Vec<u16>; 3] = Default::default();
        for (file, free) in free.iter_mut().enumerate() {
            free.extend(
                (0..self.registers[file])
                    .rev()
                    .filter(|at| is_free(file, *at)),
            );
        }
        let mut steps = Vec::new();
        for (index, node) in graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(index, _)| needed[*index])
        {
            let n = N(index as u32);
            places[index] = match node.op {
                Op::Input(source, input) => self.known.get(&(source, input)).copied(),
                Op::Single => self.single,
                Op::Number(_) | Op::Truth(_) if node.shape == Shape::Const => None,
                _ => {
                    let out = match free[file_of(node.lane)].pop() {
                        Some(at) => Reg {
                            lane: node.lane,
                            at,
                        },
                        None => self.fresh(node.lane),
                    };
                    steps.push(Step::Run(instruction(graph, n, out, &places)));
                    Some(out)
                }
            };
            for emit in leaving.get(&n).into_iter().flatten() {
                steps.push(Step::Emit(*emit, argument(graph, n, &places)));
            }
            let mut done: Vec<usize> = children(node.op)
                .into_iter()
                .flatten()
                .map(|child| child.0 as usize)
                .filter(|child| last[*child] == index)
                .collect();
            if last[index] == 0 {
                done.push(index);
            }
            done.sort_unstable();
            done.dedup();
            for at in done {
                let fixed = matches!(graph.nodes[at].op, Op::Input(..) | Op::Single);
                if let (Some(reg), false) = (places[at], fixed) {
                    free[file_of(reg.lane)].push(reg.at);
                }
            }
        }
        steps
    }
}

fn argument(graph: &Graph, n: N, places: &[Option<Reg>]) -> Arg {
    match (graph.op(n), places[n.0 as usize]) {
        (Op::Truth(value), None) => Arg::One(i64::from(value)),
        (Op::Number(value), None) => Arg::One(value),
        (_, Some(reg)) => Arg::Rows(reg),
        // A node stands after what it reads.
        (_, None) => Arg::One(0),
    }
}

fn instruction(graph: &Graph, n: N, out: Reg, places: &[Option<Reg>]) -> Instruction {
    let node = graph.node(n);
    let none = Arg::One(0);
    let arg = |n: N| argument(graph, n, places);
    let lane = |n: N| graph.node(n).lane;
    let wider = |a: N, b: N| lane(a).max(lane(b));
    let mut low = Shape::Const;
    let (code, lane, args) = match node.op {
        Op::Truth(value) => (
            Code::Fill,
            Lane::Mask,
            [Arg::One(i64::from(value)), none, none],
        ),
        Op::Number(value) => (Code::Fill, node.lane, [Arg::One(value), none, none]),
        Op::Input(..) | Op::Single | Op::Position => (Code::Position, node.lane, [none; 3]),
        Op::Not(a) => (Code::Not, Lane::Mask, [arg(a), none, none]),
        Op::And(a, b) => (Code::And, Lane::Mask, [arg(a), arg(b), none]),
        Op::Or(a, b) => (Code::Or, Lane::Mask, [arg(a), arg(b), none]),
        Op::Less(a, b) => (Code::Less, wider(a, b), [arg(a), arg(b), none]),
        Op::Equal(a, b) => (Code::Equal, wider(a, b), [arg(a), arg(b), none]),
        Op::Select(c, a, b) => (Code::Select, node.lane, [arg(c), arg(a), arg(b)]),
        Op::Add(a, b) => (Code::Add, node.lane, [arg(a), arg(b), none]),
        Op::Subtract(a, b) => (Code::Subtract, node.lane, [arg(a), arg(b), none]),
        Op::Multiply(a, b) => (Code::Multiply, node.lane, [arg(a), arg(b), none]),
        Op::Divide(a, b) => (Code::Divide, node.lane, [arg(a), arg(b), none]),
        Op::Remainder(a, b) => (Code::Remainder, node.lane, [arg(a), arg(b), none]),
        Op::AddOverflows(a, b) => (Code::AddOverflows, Lane::Wide, [arg(a), arg(b), none]),
        Op::SubtractOverflows(a, b) => {
            (Code::SubtractOverflows, Lane::Wide, [arg(a), arg(b), none])
        }
        Op::MultiplyOverflows(a, b) => {
            (Code::MultiplyOverflows, Lane::Wide, [arg(a), arg(b), none])
        }
        Op::Calendar(function, a, b) => {
            (Code::Calendar(function), Lane::Wide, [arg(a), arg(b), none])
        }
        Op::CalendarFails(function, a, b) => (
            Code::CalendarFails(function),
            Lane::Wide,
            [arg(a), arg(b), none],
        ),
        Op::Sum(a) => {
            low = graph.shape(a);
            (Code::Sum, lane(a), [arg(a), none, none])
        }
        Op::SumOverflows(a) => {
            low = graph.shape(a);
            (Code::SumOverflows, lane(a), [arg(a), none, none])
        }
        Op::Spread(a) => (Code::Spread, node.lane, [arg(a), none, none]),
        Op::Widen(a) => (Code::Widen, lane(a), [arg(a), none, none]),
    };
    Instruction {
        code,
        shape: node.shape,
        low,
        lane,
        out,
        args,
    }
}
