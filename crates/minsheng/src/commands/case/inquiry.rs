//! Cross-checks and the appraisal.

use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{self, Answer, Appraisal};
use minsheng_core::Date;

use super::{Cases, OneCase, Sitting};
use crate::app::App;

#[derive(Debug, Subcommand)]
pub enum CrossCheck {
    Start(Start),
    Answer(AnswerOf),
}

#[derive(Debug, Args)]
pub struct Start {
    #[command(flatten)]
    cases: Cases,
    #[arg(
        long = "source",
        value_name = "REGISTER",
        required = true,
        value_delimiter = ','
    )]
    sources: Vec<String>,
}

#[derive(Debug, Args)]
pub struct AnswerOf {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "REGISTER")]
    source: String,
    #[arg(long)]
    finding: String,
}

pub(super) fn cross_check(app: &mut App, command: &CrossCheck) -> anyhow::Result<()> {
    match command {
        CrossCheck::Start(start) => {
            let sitting = Sitting::open(app, &start.cases.writing, &start.cases.cases)?;
            assistance::cross_check_start_many(
                &sitting.desk(),
                &sitting.ctx,
                &sitting.cases,
                &start.sources,
            )?;
            sitting.done(app)
        }
        CrossCheck::Answer(answer) => {
            let (sitting, case) = Sitting::one(app, &answer.case)?;
            let found = Answer {
                source: answer.source.clone(),
                finding: answer.finding.clone(),
            };
            assistance::cross_check_answer(&sitting.desk(), &sitting.ctx, case, &found)?;
            sitting.done(app)
        }
    }
}

/// A democratic appraisal as it was held.
#[derive(Debug, Args)]
pub struct Meeting {
    #[arg(long, value_name = "DATE")]
    held_on: Option<Date>,
    #[arg(long = "participant", value_name = "NAME", value_delimiter = ',')]
    participants: Vec<String>,
    #[arg(long, default_value_t = 0)]
    agree: u32,
    #[arg(long, default_value_t = 0)]
    disagree: u32,
    #[arg(long, default_value = "")]
    record: String,
}

impl Meeting {
    pub(super) fn appraisal(&self, today: Date) -> Appraisal {
        Appraisal {
            held_on: self.held_on.unwrap_or(today),
            participants: self.participants.clone(),
            agree: self.agree,
            disagree: self.disagree,
            record: self.record.clone(),
        }
    }

    pub(super) fn was_held(&self) -> bool {
        !self.participants.is_empty()
    }
}

#[derive(Debug, Args)]
pub struct Appraise {
    #[command(flatten)]
    cases: Cases,
    #[command(flatten)]
    meeting: Meeting,
}

pub(super) fn appraise(app: &mut App, appraise: &Appraise) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &appraise.cases.writing, &appraise.cases.cases)?;
    let meeting = appraise.meeting.appraisal(sitting.ctx.today());
    assistance::appraise_many(&sitting.desk(), &sitting.ctx, &sitting.cases, &meeting)?;
    sitting.done(app)
}
