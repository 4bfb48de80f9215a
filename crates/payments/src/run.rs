//! The payment run: entitlement minus settled, for every key up to the month, in one transaction.
//!
//! A run writes what changed in the entitlements, opens or withdraws recoveries, holds back what has no good
//! account, and freezes the rest as a batch. It looks at nothing but the records, so a second run finds no
//! difference, and a run that was killed before its commit never happened.
//!
//! Source: handbook of assistance §1.7 (payroll frozen on the last day of the month before).

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::{Fen, Month};
use minsheng_ledger::Difference;
use minsheng_policy::PackSet;
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Row, Tx, TxNo, Value, statement};

use crate::entitlement::{Roll, roll_through};
use crate::freeze::{NewItem, NewLine, freeze};
use crate::holds::{Hold, replace_holds};
use crate::intern::Names;
use crate::overpaid::{Overpaid, open, withdraw};
use crate::payees::{Destination, Payees};
use crate::positions::Positions;
use crate::records::{
    BatchId, Entitled, HoldCause, Key, RecoveryEventKind, RecoveryId, Run, RunId,
};
use crate::stored::write_entitlements;
use crate::{PaymentError, PaymentOffice};

statement! {
    LAST_MONTH, internal "months hold no persons",
    "SELECT MAX(month) FROM payment_run"
}
statement! {
    RUNS, internal "runs hold no persons",
    "SELECT id, month, known_tx, pack_hash, tx FROM payment_run ORDER BY id"
}
statement! {
    RUN_BY_ID, internal "runs hold no persons",
    "SELECT id, month, known_tx, pack_hash, tx FROM payment_run WHERE id = ?1"
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The run.
    pub run: RunId,
    /// The batch it froze, if there was anything to pay.
    pub batch: Option<BatchId>,
    /// Number of lines.
    pub lines: usize,
    /// Sum of the lines, fen.
    pub total: Fen,
    /// Keys whose entitlement is new, other or gone.
    pub changed: usize,
    /// Recoveries it opened.
    pub recoveries: Vec<RecoveryId>,
    /// Holds in force after it.
    pub held: usize,
}

/// An entitlement and what is due for it.
type Due<'r> = (Current<'r>, Fen);

/// An entitlement with its row.
struct Current<'r> {
    row: i64,
    entitled: &'r Entitled,
}

impl PaymentOffice {
    /// Runs the payment month: all keys up to `month`, as known now.
    ///
    /// # Errors
    /// [`PaymentError::MonthAhead`], [`PaymentError::MonthBehind`], [`PaymentError::Registry`] for the role
    /// cashier or the area, whatever makes an amount uncertain, or the store's. Nothing was written then.
    pub fn run(&self, desk: &Desk<'_>, ctx: &Ctx, month: Month) -> Result<RunReport, PaymentError> {
        ctx.require(Role::Cashier)?;
        ctx.require_whole_county()?;
        if month > Month::from_date(ctx.today()).next() {
            return Err(PaymentError::MonthAhead {
                month,
                today: ctx.today(),
            });
        }
        desk.store
            .write(&ctx.act(&format!("pay.run {month}")), |tx| {
                if let Some(last) = last_month(tx)?.filter(|last| month < *last) {
                    return Err(PaymentError::MonthBehind { month, last });
                }
                self.run_in(tx, ctx, desk.packs.current(), month)
            })
    }

    fn run_in(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        packs: &PackSet,
        month: Month,
    ) -> Result<RunReport, PaymentError> {
        let known = tx.last_tx()?;
        let roll = roll_through(self, tx, packs, month, known)?;
        let run = RunId(tx.insert(
            "payment_run",
            &[
                ("month", Value::from(month)),
                ("known_tx", Value::from(known)),
                ("ran_on", Value::from(ctx.today())),
                ("pack_hash", Value::from(packs.hash())),
                ("made_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?);
        let mut names = Names::default();
        let (rows, changed) = write_entitlements(tx, run, &roll.entitled, &mut names)?;
        let positions = Positions::load(tx, &mut names)?;
        let differences = Differences::of(&rows, &roll.entitled, &positions)?;
        let Differences {
            groundless,
            groundless_write_offs,
            ..
        } = &differences;
        let kind = RecoveryEventKind::Withdrawn;
        withdraw(tx, ctx, run.0, kind, groundless, &positions)?;
        let kind = RecoveryEventKind::WriteOffWithdrawn;
        withdraw(tx, ctx, run.0, kind, groundless_write_offs, &positions)?;
        let recoveries = open(tx, ctx, &differences.overpaid, &roll.deaths)?;

        let (mut lines, holds) =
            self.destinations(tx, ctx, packs, &roll, &differences.due, known)?;
        lines.sort_by(|a, b| {
            (a.division, &a.programme, a.household).cmp(&(b.division, &b.programme, b.household))
        });
        let held = replace_holds(tx, ctx, run, holds)?;
        let total = Fen::sum(lines.iter().map(|line| line.amount))?;
        let count = lines.len();
        let batch = freeze(tx, ctx, packs.authority(), run, month, lines)?;
        Ok(RunReport {
            run,
            batch,
            lines: count,
            total,
            changed,
            recoveries,
            held,
        })
    }

    /// Groups what is due by programme and household, and finds where it goes.
    fn destinations(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        packs: &PackSet,
        roll: &Roll,
        due: &[Due<'_>],
        known: TxNo,
    ) -> Result<(Vec<NewLine>, Vec<Hold>), PaymentError> {
        let mut groups: BTreeMap<(Arc<str>, i64), Vec<&Due<'_>>> = BTreeMap::new();
        for item in due {
            let entitled = item.0.entitled;
            groups
                .entry((Arc::clone(&entitled.key.programme), entitled.household))
                .or_default()
                .push(item);
        }
        let payees = Payees::load(tx, &roll.deaths, ctx.today(), known)?;
        let (mut lines, mut holds) = (Vec::with_capacity(groups.len()), doubles(roll)?);
        for ((code, household), mut items) in groups {
            items.sort_by(|a, b| {
                let key = |item: &Due<'_>| (item.0.entitled.key.month, item.0.entitled.key.person);
                key(a).cmp(&key(b))
            });
            let Some(division) = items.last().map(|item| item.0.entitled.division) else {
                continue;
            };
            ctx.require_area(division)?;
            let amount = Fen::sum(items.iter().map(|item| item.1))?;
            let programme = packs
                .programme(&code)
                .ok_or_else(|| PaymentError::Programme {
                    programme: code.to_string(),
                    case: items.first().map_or(0, |item| item.0.entitled.case),
                })?;
            match payees.destination(tx, programme, household)? {
                Destination::Account {
                    payee,
                    account,
                    holder,
                } => lines.push(NewLine {
                    programme: code,
                    household,
                    payee,
                    account,
                    holder,
                    division,
                    amount,
                    items: items.iter().map(|item| new_item(&item.0, item.1)).collect(),
                }),
                Destination::Held {
                    payee,
                    cause,
                    reason,
                } => {
                    let months = || items.iter().map(|item| item.0.entitled.key.month);
                    let (Some(first), Some(last)) = (months().min(), months().max()) else {
                        continue;
                    };
                    let months = (first, last);
                    holds.push(Hold {
                        programme: code.to_string(),
                        household,
                        payee,
                        division,
                        months,
                        amount,
                        cause,
                        reason,
                    });
                }
            }
        }
        Ok((lines, holds))
    }
}

fn new_item(current: &Current<'_>, amount: Fen) -> NewItem {
    NewItem {
        key: current.entitled.key.clone(),
        case: current.entitled.case,
        entitlement: current.row,
        class: Arc::clone(&current.entitled.class),
        amount,
    }
}

/// Claims that do not pay because another case pays the person, one hold per household and programme.
fn doubles(roll: &Roll) -> Result<Vec<Hold>, PaymentError> {
    let mut holds: BTreeMap<(Arc<str>, i64), Hold> = BTreeMap::new();
    for double in &roll.doubles {
        let (claim, key) = (&double.claim, &double.claim.key);
        let hold = holds
            .entry((Arc::clone(&key.programme), claim.household))
            .or_insert_with(|| Hold {
                programme: key.programme.to_string(),
                household: claim.household,
                payee: None,
                division: claim.division,
                months: (key.month, key.month),
                amount: Fen::ZERO,
                cause: HoldCause::DoubleBenefit,
                reason: format!(
                    "P{:06} is paid under case C{:06} already: decide which of the two ends",
                    key.person, double.paid_by
                ),
            });
        hold.months = (hold.months.0.min(key.month), hold.months.1.max(key.month));
        hold.amount = hold.amount.checked_add(claim.amount)?;
    }
    Ok(holds.into_values().collect())
}

/// What is to be done for each key.
struct Differences<'r> {
    due: Vec<Due<'r>>,
    overpaid: Vec<Overpaid>,
    groundless: Vec<Overpaid>,
    groundless_write_offs: Vec<Overpaid>,
}

impl<'r> Differences<'r> {
    fn of(
        rows: &[i64],
        entitled: &'r [Entitled],
        positions: &Positions,
    ) -> Result<Self, PaymentError> {
        let mut found = Differences {
            due: Vec::new(),
            overpaid: Vec::new(),
            groundless: Vec::new(),
            groundless_write_offs: Vec::new(),
        };
        for (row, entitled) in rows.iter().zip(entitled) {
            if let Some(due) = found.look(&entitled.key, entitled.amount, positions)? {
                found.due.push((
                    Current {
                        row: *row,
                        entitled,
                    },
                    due,
                ));
            }
        }
        for key in positions.keys() {
            let gone = entitled
                .binary_search_by(|other| other.key.cmp(key))
                .is_err();
            if gone && found.look(key, Fen::ZERO, positions)?.is_some() {
                return Err(PaymentError::inconsistent(
                    key.to_string(),
                    "something is due without an entitlement",
                ));
            }
        }
        Ok(found)
    }

    fn look(
        &mut self,
        key: &Key,
        entitled: Fen,
        positions: &Positions,
    ) -> Result<Option<Fen>, PaymentError> {
        let position = positions.against(key, entitled);
        for (amount, list) in [
            (position.groundless()?, &mut self.groundless),
            (
                position.groundless_write_off()?,
                &mut self.groundless_write_offs,
            ),
        ] {
            if !amount.is_zero() {
                list.push(Overpaid {
                    key: key.clone(),
                    amount,
                });
            }
        }
        match position.difference()? {
            Difference::Pay(amount) => return Ok(Some(amount)),
            Difference::Recover(amount) => self.overpaid.push(Overpaid {
                key: key.clone(),
                amount,
            }),
            Difference::Nothing => {}
        }
        Ok(None)
    }
}

/// The latest month that was run.
pub(crate) fn last_month(q: &mut dyn Query) -> Result<Option<Month>, PaymentError> {
    Ok(q.rows(&LAST_MONTH, &[])?
        .first()
        .map_or(Ok(None), |row| row.opt_month(0))?)
}

/// All runs, in their order.
pub(crate) fn runs(q: &mut dyn Query) -> Result<Vec<Run>, PaymentError> {
    q.rows(&RUNS, &[])?.iter().map(run_of).collect()
}

/// One run.
pub(crate) fn run_by_id(q: &mut dyn Query, id: RunId) -> Result<Run, PaymentError> {
    run_of(
        q.rows(&RUN_BY_ID, &[Value::from(id)])?
            .first()
            .ok_or_else(|| PaymentError::not_found("payment run", id))?,
    )
}

fn run_of(row: &Row) -> Result<Run, PaymentError> {
    Ok(Run {
        id: RunId(row.int(0)?),
        month: row.month(1)?,
        known: row.tx(2)?,
        pack_hash: row.text(3)?.to_owned(),
        tx: row.tx(4)?,
    })
}
