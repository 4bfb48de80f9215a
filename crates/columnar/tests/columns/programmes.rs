//! Programmes of chance: every operation of the language, over evidence of every form.

use minsheng_policy::{PackSet, Source};

use super::chance::Chance;

const PACK: &str = include_str!("pack.md");
const EVIDENCE: &str = include_str!("evidence.md");

/// Writes rules.
struct Writer {
    chance: Chance,
    /// Rules written so far: name, type, whether about a person.
    rules: Vec<(String, Kind, bool)>,
    variables: u32,
    /// How many folds stand around the expression.
    folds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Ratio,
    Date,
}

/// What an expression may read: the variable of a member, the variable of a record.
#[derive(Debug, Clone, Default)]
struct Reads {
    person: Option<String>,
    record: Option<String>,
}

impl Writer {
    fn variable(&mut self, prefix: &str) -> String {
        self.variables += 1;
        format!("{prefix}{}", self.variables)
    }

    fn rule_of(&mut self, kind: Kind, reads: &Reads) -> Option<String> {
        let fit: Vec<String> = self
            .rules
            .iter()
            .filter(|(_, known, person)| *known == kind && (!person || reads.person.is_some()))
            .map(|(name, _, person)| match (&reads.person, person) {
                (Some(member), true) => format!("{name}({member})"),
                _ => name.clone(),
            })
            .collect();
        let names: Vec<&str> = fit.iter().map(String::as_str).collect();
        (!names.is_empty()).then(|| self.chance.one(&names).to_owned())
    }

    fn bool(&mut self, depth: u32, reads: &Reads) -> String {
        if depth == 0 {
            return self.plain_bool(reads);
        }
        let d = depth - 1;
        match self.chance.below(19) {
            0 => format!("!({})", self.bool(d, reads)),
            1..=3 => format!("({}) && ({})", self.bool(d, reads), self.bool(d, reads)),
            4..=5 => format!("({}) || ({})", self.bool(d, reads), self.bool(d, reads)),
            6 => format!("({}) == ({})", self.bool(d, reads), self.bool(d, reads)),
            7 => format!(
                "({}) ? ({}) : ({})",
                self.bool(d, reads),
                self.bool(d, reads),
                self.bool(d, reads)
            ),
            8..=10 => {
                let order = self.chance.one(&["<", "<=", ">", ">=", "==", "!="]);
                format!(
                    "({}) {order} ({})",
                    self.ratio(d, reads),
                    self.ratio(d, reads)
                )
            }
            11 => {
                let order = self.chance.one(&["<", "<=", ">", ">=", "==", "!="]);
                format!(
                    "({}) {order} ({})",
                    self.date(d, reads),
                    self.date(d, reads)
                )
            }
            12 => {
                let function = self.chance.one(&["completed_age", "completed_years"]);
                let order = self.chance.one(&["<", ">=", "=="]);
                let years = self.chance.between(0, 90);
                format!(
                    "{function}({}, {}) {order} years({years})",
                    self.date(d, reads),
                    self.date(d, reads)
                )
            }
            13 => {
                let (function, unit) = [("months_between", "months"), ("days_between", "days")]
                    [self.chance.below(2) as usize];
                let number = self.chance.between(-40, 900);
                format!(
                    "{function}({}, {}) < {unit}({number})",
                    self.date(d, reads),
                    self.date(d, reads)
                )
            }
            14..=16 if self.folds < 2 => self.fold(d, reads),
            17 => {
                let name = self.variable("x");
                format!(
                    "let {name} = {}; ({}) || {name} > 3",
                    self.ratio(d, reads),
                    self.bool(d, reads)
                )
            }
            _ => self
                .rule_of(Kind::Bool, reads)
                .unwrap_or_else(|| self.plain_bool(reads)),
        }
    }

    fn fold(&mut self, depth: u32, reads: &Reads) -> String {
        self.folds += 1;
        let found = match (&reads.person, self.chance.below(3)) {
            (Some(member), 0 | 1) => {
                let (record, function) = (
                    self.variable("r"),
                    self.chance.one(&["any", "all", "exists_one"]),
                );
                let within = Reads {
                    record: Some(record.clone()),
                    ..reads.clone()
                };
                let body = self.bool(depth.min(2), &within);
                format!("{member}.incomes.{function}({record}, {body})")
            }
            _ => {
                let member = self.variable("m");
                let within = Reads {
                    person: Some(member.clone()),
                    record: None,
                };
                let list = self.members(depth);
                let body = self.bool(depth.min(3), &within);
                match self.chance.below(5) {
                    0 => {
                        let many = self.chance.between(0, 3);
                        let order = self.chance.one(&["<", ">=", "=="]);
                        format!("{list}.count({member}, {body}) {order} {many} * one_member")
                    }
                    1 => format!("{list}.count() > one_member"),
                    other => {
                        let function = ["any", "all", "exists_one"][other as usize - 2];
                        format!("{list}.{function}({member}, {body})")
                    }
                }
            }
        };
        self.folds -= 1;
        found
    }

    fn members(&mut self, depth: u32) -> String {
        if depth == 0 || self.chance.percent(70) {
            return "members".to_owned();
        }
        let member = self.variable("f");
        let within = Reads {
            person: Some(member.clone()),
            record: None,
        };
        format!(
            "members.filter({member}, {})",
            self.bool(depth - 1, &within)
        )
    }

    fn plain_bool(&mut self, reads: &Reads) -> String {
        if let (Some(record), true) = (&reads.record, self.chance.percent(60)) {
            return match self.chance.below(3) {
                0 => format!("{record}.kind == \"wage\""),
                1 => format!("{record}.kind in pensions"),
                _ => format!(
                    "{record}.amount > {} * fen_each",
                    self.chance.between(0, 200_000)
                ),
            };
        }
        match (&reads.person, self.chance.below(12)) {
            (Some(m), 0) => format!("{m}.flag_open"),
            (Some(m), 1) => format!("{m}.flag_closed"),
            (Some(m), 2) => format!("{m}.code_of == \"{}\"", self.chance.one(&["a", "b", "c"])),
            (Some(m), 3) => format!("{m}.sex in [\"1\", \"2\"]"),
            (Some(m), 4) => format!(
                "has({m}.since) && {m}.since < {}",
                self.date(0, &Reads::default())
            ),
            (Some(m), 5) => format!(
                "has({m}.pair) && {m}.pair.level <= {}",
                self.chance.between(1, 4)
            ),
            (Some(m), 6) => format!("{m}.head"),
            (Some(m), 7) => format!("application.single != null && {m} == application.single"),
            (_, 8) => "household.flag_here".to_owned(),
            (_, 9) => format!(
                "household.code_here == \"{}\"",
                self.chance.one(&["x", "y"])
            ),
            (_, 10) => self.chance.one(&["true", "false"]).to_owned(),
            _ => format!(
                "household.quantity {} {}",
                self.chance.one(&["<", ">"]),
                self.chance.between(0, 40)
            ),
        }
    }

    fn ratio(&mut self, depth: u32, reads: &Reads) -> String {
        if depth == 0 {
            return self.plain_ratio(reads);
        }
        let d = depth - 1;
        match self.chance.below(14) {
            0..=2 => {
                let sign = self.chance.one(&["+", "-", "*"]);
                format!(
                    "({}) {sign} ({})",
                    self.ratio(d, reads),
                    self.ratio(d, reads)
                )
            }
            3 => format!("({}) / ({})", self.ratio(d, reads), self.ratio(d, reads)),
            4 => format!("-({})", self.ratio(d, reads)),
            5 => {
                let function = self.chance.one(&["min", "max"]);
                format!(
                    "{function}({}, {})",
                    self.ratio(d, reads),
                    self.ratio(d, reads)
                )
            }
            6 => {
                let function = self
                    .chance
                    .one(&["floor_to", "ceil_to", "round_half_up_to"]);
                let step = self.chance.one(&["1", "3", "0.5", "10"]);
                format!("{function}({}, {step})", self.ratio(d, reads))
            }
            7 | 8 => {
                format!(
                    "({}) ? ({}) : ({})",
                    self.bool(d, reads),
                    self.ratio(d, reads),
                    self.ratio(d, reads)
                )
            }
            9 | 10 if self.folds < 2 => self.sum(d, reads),
            11 => {
                let divisor = self.chance.between(-3, 9);
                format!("household.quantity % ({divisor})")
            }
            12 => {
                let name = self.variable("y");
                format!("let {name} = {}; {name} + {name}", self.ratio(d, reads))
            }
            _ => self
                .rule_of(Kind::Ratio, reads)
                .unwrap_or_else(|| self.plain_ratio(reads)),
        }
    }

    fn sum(&mut self, depth: u32, reads: &Reads) -> String {
        self.folds += 1;
        let found = match (&reads.person, self.chance.below(3)) {
            (Some(member), 0 | 1) => {
                let record = self.variable("r");
                let of = self
                    .chance
                    .one(&["amount / fen_each", "amount / (RECORD.months * fen_each)"]);
                let of = of.replace("RECORD", &record);
                let of = if of.contains("months") {
                    of.replace("fen_each)", "fen_per_month)")
                } else {
                    of
                };
                format!("{member}.incomes.sum({record}, {record}.{of})")
            }
            _ => {
                let member = self.variable("m");
                let within = Reads {
                    person: Some(member.clone()),
                    record: None,
                };
                let list = self.members(depth);
                let body = self.ratio(depth.min(2), &within);
                format!("{list}.sum({member}, {body})")
            }
        };
        self.folds -= 1;
        found
    }

    fn plain_ratio(&mut self, reads: &Reads) -> String {
        match (&reads.person, &reads.record, self.chance.below(10)) {
            (_, Some(record), 0..=3) => format!("{record}.amount / fen_each"),
            (Some(m), _, 0 | 1) => format!("{m}.small"),
            (Some(m), _, 2) => format!("{m}.money / fen_here"),
            (Some(m), _, 3) => format!("{m}.huge"),
            (_, _, 4 | 5) => "household.quantity".to_owned(),
            (_, _, 6) => self.chance.one(&["rate", "rate", "rate", "gap"]).to_owned(),
            (_, _, 7) => self
                .chance
                .one(&["9223372036854775807", "4611686018427387904", "1.25", "0.1"])
                .to_owned(),
            _ => self.chance.between(0, 50).to_string(),
        }
    }

    fn date(&mut self, depth: u32, reads: &Reads) -> String {
        if depth == 0 {
            return match (&reads.person, self.chance.below(4)) {
                (Some(m), 0 | 1) => format!("{m}.birth_date"),
                (_, 2) => "application.date".to_owned(),
                (_, 3) => "first_day(benefit_month)".to_owned(),
                _ => {
                    let (year, month) =
                        (self.chance.between(1930, 2022), self.chance.between(1, 12));
                    format!(
                        "date(\"{year}-{month:02}-{:02}\")",
                        self.chance.between(1, 28)
                    )
                }
            };
        }
        let d = depth - 1;
        match self.chance.below(7) {
            0 => format!("first_day(month_of({}))", self.date(d, reads)),
            1 => format!("last_day(month_of({}))", self.date(d, reads)),
            2 => format!(
                "add_months({}, months({}))",
                self.date(d, reads),
                self.chance.between(-30, 1_200)
            ),
            3 => format!(
                "({}) ? ({}) : ({})",
                self.bool(d, reads),
                self.date(d, reads),
                self.date(d, reads)
            ),
            4 => "last_day(benefit_month)".to_owned(),
            5 => self
                .rule_of(Kind::Date, reads)
                .unwrap_or_else(|| self.date(0, reads)),
            _ => self.date(0, reads),
        }
    }

    fn of_kind(&mut self, kind: Kind, depth: u32, reads: &Reads) -> String {
        match kind {
            Kind::Bool => self.bool(depth, reads),
            Kind::Ratio => self.ratio(depth, reads),
            Kind::Date => self.date(depth, reads),
        }
    }
}

fn rule(text: &mut String, word: &str, head: &str, notes: &str, body: &str) {
    text.push_str(&format!(
        "\n```{word} {head}\n{notes}@cite L\n@zh 某\n@en some\n{body}\n```\n"
    ));
}

/// The text of a programme.
pub fn text(seed: u64) -> String {
    let mut writer = Writer {
        chance: Chance(seed),
        rules: Vec::new(),
        variables: 0,
        folds: 0,
    };
    let mut text = EVIDENCE.to_owned();
    for index in 0..writer.chance.between(2, 6) {
        let kind = [Kind::Bool, Kind::Ratio, Kind::Date, Kind::Ratio, Kind::Bool]
            [writer.chance.below(5) as usize];
        let person = writer.chance.percent(60);
        let reads = Reads {
            person: person.then(|| "m".to_owned()),
            record: None,
        };
        let name = format!("rule_{index}");
        let ty = match kind {
            Kind::Bool => "bool",
            Kind::Ratio => "ratio",
            Kind::Date => "date",
        };
        let head = if person {
            format!("{name}(m)")
        } else {
            name.clone()
        };
        let notes = if writer.chance.percent(30) {
            "@by month\n"
        } else {
            ""
        };
        let body = writer.of_kind(kind, 3, &reads);
        rule(&mut text, "rule", &format!("{head}: {ty}"), notes, &body);
        for exception in 0..writer.chance.below(4) {
            if writer.chance.percent(40) {
                let (when, then) = (writer.bool(2, &reads), writer.of_kind(kind, 1, &reads));
                let over = if exception > 0
                    && writer.chance.percent(60)
                    && text.contains(&format!("{head}: label_0"))
                {
                    "@over label_0\n"
                } else {
                    ""
                };
                rule(
                    &mut text,
                    "exception",
                    &format!("{head}: label_{exception}"),
                    over,
                    &format!("when {when}\nthen {then}"),
                );
            }
        }
        writer.rules.push((name, kind, person));
    }
    let member = Reads {
        person: Some("m".to_owned()),
        record: None,
    };
    let body = writer.bool(3, &member);
    rule(&mut text, "rule", "beneficiary(m): bool", "", &body);
    let (first, second) = (writer.bool(2, &member), writer.bool(1, &member));
    rule(
        &mut text,
        "rule",
        "class(m): code(class)",
        "",
        &format!("({first}) ? \"A\" : ({second}) ? \"B\" : \"C\""),
    );
    let amount = writer.ratio(3, &member);
    rule(
        &mut text,
        "rule",
        "amount(m): fen/person/month",
        "",
        &format!("floor_to(({amount}) * fen_here, fen_here)"),
    );
    let eligible = writer.bool(3, &Reads::default());
    rule(&mut text, "rule", "eligible: bool", "", &eligible);
    let refusal = if writer.chance.percent(85) {
        "!eligible".to_owned()
    } else {
        writer.bool(2, &Reads::default())
    };
    rule(&mut text, "reason", "refused", "", &refusal);
    text
}

/// The programme of a seed, if what was written passes the checks of the language.
pub fn load(seed: u64) -> Result<PackSet, String> {
    let source = |path: &str, text: String| Source {
        path: path.to_owned(),
        text,
    };
    let sources = vec![
        source("xx/pack.md", PACK.to_owned()),
        source("xx/p.md", text(seed)),
    ];
    PackSet::from_sources("xx", sources).map_err(|errors| errors.to_string())
}
