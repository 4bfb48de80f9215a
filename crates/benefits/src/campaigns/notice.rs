//! The public lists of a campaign: one for each village, posted with the step that begins the notice. A line says what
//! the ordinary list says (name, village, number of members, proposed amount a month) and nothing else; a target that
//! would leave stands on it with nobody and nothing.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 19, 24.

use std::collections::BTreeMap;

use minsheng_core::{Date, Deadline, Fen};
use minsheng_policy::CampaignStep;
use minsheng_registry::{Desk, HouseholdId, divisions};
use minsheng_store::{Query, Scope, Value, statement};

use super::records::{Campaign, CampaignId};
use crate::assistance::AssistanceError;
use crate::assistance::queries::{NoticeLine, public_name};
use crate::assistance::service::Sitting;

/// Key of a public list of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct CampaignNoticeId(pub i64);

statement! {
    LISTS, scoped,
    "SELECT n.id, n.division, n.posted_on, n.days, n.posted_by,
            (SELECT COUNT(*) FROM campaign_notice_line l WHERE l.notice_id = n.id),
            (SELECT COUNT(*) FROM campaign_objection o JOIN campaign_notice_line l ON l.id = o.line_id WHERE l.notice_id = n.id),
            (SELECT COUNT(*) FROM campaign_objection o JOIN campaign_notice_line l ON l.id = o.line_id
             WHERE l.notice_id = n.id AND o.answered_on IS NULL)
     FROM campaign_notice n WHERE n.campaign_id = ?1 AND {scope:n.division} ORDER BY n.id"
}
statement! {
    LIST, scoped,
    "SELECT n.campaign_id, n.division, n.posted_on, n.days, n.tx FROM campaign_notice n WHERE n.id = ?1 AND {scope:n.division}"
}
statement! {
    LIST_LINES, scoped,
    "SELECT g.household_id, c.applicant_id, l.members, l.amount_fen
     FROM campaign_notice n JOIN campaign_notice_line l ON l.notice_id = n.id JOIN campaign_target g ON g.id = l.target_id
     JOIN case_file c ON c.id = g.subject_id
     WHERE n.id = ?1 AND {scope:n.division} ORDER BY l.id"
}

/// What is posted of a target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posted {
    /// The recorded step.
    pub(super) act: i64,
    pub(super) target: i64,
    pub(super) division: i64,
    pub(super) members: i64,
    pub(super) amount: Fen,
}

/// Posts the lists of a step, one for each village.
pub(super) fn post(
    sitting: &mut Sitting<'_, '_>,
    campaign: &Campaign,
    step: &CampaignStep,
    days: u32,
    posted: &[Posted],
) -> Result<(), AssistanceError> {
    let mut villages: BTreeMap<i64, Vec<&Posted>> = BTreeMap::new();
    for line in posted {
        villages.entry(line.division).or_default().push(line);
    }
    let mut rows = Vec::with_capacity(posted.len());
    for (division, lines) in villages {
        let notice = sitting.tx.insert(
            "campaign_notice",
            &[
                ("campaign_id", Value::from(campaign.id.0)),
                ("step", Value::from(step.code.as_str())),
                ("division", Value::from(division)),
                ("posted_on", Value::from(sitting.today)),
                ("days", Value::from(i64::from(days))),
                (
                    "posted_by",
                    Value::from(sitting.ctx.actor.username.as_str()),
                ),
            ],
        )?;
        rows.extend(lines.into_iter().map(|line| {
            vec![
                Value::from(notice),
                Value::from(line.act),
                Value::from(line.target),
                Value::from(line.members),
                Value::from(line.amount),
            ]
        }));
    }
    let columns = ["notice_id", "act_id", "target_id", "members", "amount_fen"];
    sitting
        .tx
        .insert_many("campaign_notice_line", &columns, rows)?;
    Ok(())
}

/// A public list of a campaign, in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CampaignNotice {
    /// Key.
    pub notice: CampaignNoticeId,
    /// 12-digit code of the village.
    pub division: i64,
    /// Day of posting.
    pub posted_on: Date,
    /// Last day of the notice.
    pub last_day: Date,
    /// First day on which its targets may be decided.
    #[serde(serialize_with = "crate::assistance::wire::deadline")]
    pub decided_from: Deadline,
    /// Who posted it.
    pub posted_by: String,
    /// Targets on it.
    pub targets: i64,
    /// Objections against them.
    pub objections: i64,
    /// Those that nobody answered yet.
    pub open_objections: i64,
}

/// The lists of a campaign in the area, in the order in which they were posted.
///
/// # Errors
/// The store's.
pub fn notices(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
) -> Result<Vec<CampaignNotice>, AssistanceError> {
    q.scoped(&LISTS, scope, &[Value::from(campaign.0)])?
        .iter()
        .map(|row| {
            let posted_on = row.date(2)?;
            let term = desk.calendar.notice(posted_on, days(row.int(3)?)?);
            Ok(CampaignNotice {
                notice: CampaignNoticeId(row.int(0)?),
                division: row.int(1)?,
                posted_on,
                last_day: term.last_day,
                decided_from: term.forward_from,
                posted_by: row.text(4)?.to_owned(),
                targets: row.int(5)?,
                objections: row.int(6)?,
                open_objections: row.int(7)?,
            })
        })
        .collect()
}

fn days(stored: i64) -> Result<u32, AssistanceError> {
    u32::try_from(stored).map_err(|error| AssistanceError::inconsistent("campaign notice", error))
}

/// A public list as it hangs out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CampaignNoticeList {
    /// Key.
    pub notice: CampaignNoticeId,
    /// The campaign.
    pub campaign: CampaignId,
    /// 12-digit code of the village.
    pub division: i64,
    /// Day of posting.
    pub posted_on: Date,
    /// First day of the notice.
    pub first_day: Date,
    /// Last day of the notice.
    pub last_day: Date,
    /// Its lines.
    pub lines: Vec<NoticeLine>,
}

/// A posted list of the area, if it is there.
///
/// # Errors
/// The store's.
pub fn notice_list(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    notice: CampaignNoticeId,
) -> Result<Option<CampaignNoticeList>, AssistanceError> {
    let rows = q.scoped(&LIST, scope, &[Value::from(notice.0)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (division, posted_on, known) = (row.int(1)?, row.date(2)?, row.tx(4)?);
    let term = desk.calendar.notice(posted_on, days(row.int(3)?)?);
    let village = divisions::name(q, division)?.unwrap_or_else(|| division.to_string());
    let mut lines = Vec::new();
    for line in q.scoped(&LIST_LINES, scope, &[Value::from(notice.0)])? {
        let members = usize::try_from(line.int(2)?)
            .map_err(|error| AssistanceError::inconsistent("campaign notice", error))?;
        lines.push(NoticeLine {
            name: public_name(q, HouseholdId(line.int(0)?), line.int(1)?, posted_on, known)?,
            village: village.clone(),
            members,
            amount_fen: line.fen(3)?,
        });
    }
    Ok(Some(CampaignNoticeList {
        notice,
        campaign: CampaignId(row.int(0)?),
        division,
        posted_on,
        first_day: term.first_day,
        last_day: term.last_day,
        lines,
    }))
}
