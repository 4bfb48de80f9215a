//! A loaded programme and the questions it answers.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month, Period};

use crate::determination::{Determination, KeyDates, MemberAmount};
use crate::error::{BoundaryError, EvalError};
use crate::facts::Facts;
use crate::model::{Combination, EvidenceDecl, Law, Parameter, ParameterValue, Payment, Procedure};
use crate::text::Bilingual;

/// A programme of a pack set.
#[derive(Debug)]
pub struct Programme {
    /// Code, for example `urban-dibao`.
    pub code: String,
    /// Name.
    pub name: Bilingual,
    /// Unit of assistance: `household`.
    pub unit: String,
    /// Laws cited and applied.
    pub laws: Vec<Law>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Evidence read.
    pub evidence: Vec<EvidenceDecl>,
    /// Procedure versions.
    pub procedures: Vec<Procedure>,
    /// Payment.
    pub payment: Payment,
    /// Combination with other benefits.
    pub combinations: Vec<Combination>,
    /// Ids of the figures that it feeds.
    pub figures: Vec<String>,
}

fn stub<T>() -> Result<T, EvalError> {
    Err(EvalError::UnknownParameter("stub".to_owned()))
}

impl Programme {
    /// The law chosen by the day of acceptance.
    pub fn law_at(&self, _acceptance: Date) -> Result<&Law, EvalError> {
        stub()
    }

    /// The procedure ordered by the law of the day of acceptance.
    pub fn procedure_at(&self, _acceptance: Date) -> Result<&Procedure, EvalError> {
        stub()
    }

    /// Reads facts field by field; refuses unknown fields and wrong types with the path of the field.
    pub fn facts(&self, _json: &serde_json::Value) -> Result<Facts, BoundaryError> {
        Err(BoundaryError { path: String::new(), problem: String::new(), hint: String::new() })
    }

    /// Eligibility by the acceptance date, amounts by the month, with reasons and trace.
    pub fn determine(&self, _facts: &Facts, _key: &KeyDates) -> Result<Determination, EvalError> {
        stub()
    }

    /// What an entitlement of that month is: no eligibility test, no trace.
    pub fn amounts(&self, _facts: &Facts, _key: &KeyDates) -> Result<Vec<MemberAmount>, EvalError> {
        stub()
    }

    /// Months of equal epochs give equal `amounts` for equal facts and acceptance.
    pub fn amount_epoch(&self, _month: Month) -> i64 {
        0
    }

    /// The value of a parameter on a day, with its source.
    pub fn parameter(&self, _name: &str, _on: Date) -> Result<&ParameterValue, EvalError> {
        stub()
    }

    /// Amounts that a decision gives for one month: those of the frozen facts, in the months that the decision
    /// pays, without the shares that ended by a death (`deaths`: person to day of death).
    pub fn entitled(
        &self,
        _facts: &Facts,
        _acceptance: Date,
        _months: Period<Month>,
        _deaths: &BTreeMap<i64, Date>,
        _month: Month,
    ) -> Result<Vec<MemberAmount>, EvalError> {
        stub()
    }
}
