//! Applications and papers.

use clap::{Args, ValueEnum};
use minsheng_benefits::assistance::{self, FiledBy, NewApplication, Papers, Withdrawal};
use minsheng_registry::{HouseholdId, PersonId};

use super::{OneCase, Sitting};
use crate::app::{App, Writing};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Filer {
    Applicant,
    Committee,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
}

#[derive(Debug, Args)]
pub struct PaperList {
    #[arg(long = "paper", value_name = "CODE", value_delimiter = ',')]
    papers: Vec<String>,
    #[arg(long, value_enum)]
    near_relative: Option<YesNo>,
}

impl PaperList {
    fn papers(&self) -> Papers {
        Papers {
            codes: self.papers.clone(),
            near_relative: self
                .near_relative
                .map(|answer| matches!(answer, YesNo::Yes)),
        }
    }
}

#[derive(Debug, Args)]
pub struct Apply {
    #[arg(long)]
    programme: String,
    #[arg(long)]
    household: HouseholdId,
    #[arg(long, value_name = "PERSON")]
    applicant: PersonId,
    #[arg(long)]
    single: bool,
    #[arg(long, value_enum, default_value_t = Filer::Applicant)]
    filed_by: Filer,
    #[arg(long, value_name = "NAME")]
    committee_member: Option<String>,
    #[command(flatten)]
    papers: PaperList,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn apply(app: &mut App, apply: &Apply) -> anyhow::Result<()> {
    let mut sitting = Sitting::open(app, &apply.writing, &[])?;
    let application = NewApplication {
        programme: apply.programme.clone(),
        household: apply.household,
        applicant: apply.applicant,
        single: apply.single,
        filed_by: match (&apply.committee_member, apply.filed_by) {
            (Some(name), _) => FiledBy::CommitteeMember(name.clone()),
            (None, Filer::Applicant) => FiledBy::Applicant,
            (None, Filer::Committee) => FiledBy::Committee,
        },
        papers: apply.papers.papers(),
    };
    let case = assistance::apply(&sitting.desk(), &sitting.ctx, &application)?;
    sitting.cases.push(case);
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct RequestPapers {
    #[command(flatten)]
    case: OneCase,
    #[arg(
        long = "missing",
        value_name = "PAPER",
        required = true,
        value_delimiter = ','
    )]
    missing: Vec<String>,
}

pub(super) fn request_papers(app: &mut App, request: &RequestPapers) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &request.case)?;
    assistance::request_papers(&sitting.desk(), &sitting.ctx, case, &request.missing)?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct Supplement {
    #[command(flatten)]
    case: OneCase,
    #[command(flatten)]
    papers: PaperList,
}

pub(super) fn supplement(app: &mut App, supplement: &Supplement) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &supplement.case)?;
    assistance::supplement(
        &sitting.desk(),
        &sitting.ctx,
        case,
        &supplement.papers.papers(),
    )?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct Withdraw {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "PERSON")]
    by: Option<PersonId>,
    #[arg(long)]
    reason: String,
}

pub(super) fn withdraw(app: &mut App, withdraw: &Withdraw) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &withdraw.case)?;
    let withdrawal = Withdrawal {
        by: withdraw.by,
        reason: withdraw.reason.clone(),
    };
    assistance::withdraw_by(&sitting.desk(), &sitting.ctx, case, &withdrawal)?;
    sitting.done(app)
}

#[derive(Debug, Args)]
pub struct Extend {
    #[command(flatten)]
    case: OneCase,
    #[arg(long)]
    reason: String,
    #[arg(long, value_name = "USER")]
    approved_by: String,
}

pub(super) fn extend(app: &mut App, extend: &Extend) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &extend.case)?;
    let (desk, ctx) = (sitting.desk(), &sitting.ctx);
    assistance::extend(&desk, ctx, case, &extend.reason, &extend.approved_by)?;
    sitting.done(app)
}
