//! What a household declares: incomes of its members, expenses, property, certificates. Drawn around an income
//! per head that the planner aims at; what the law makes of it is asked of the packs afterwards.
//!
//! Must not know amounts of assistance.

use minsheng_core::{Date, completed_age};
use minsheng_registry::facts::EvidenceRow;

use super::model::{Fact, Home, Member, Way};
use crate::draw::Draw;
use crate::targets::Group;

/// Fen of a yuan.
pub(crate) const YUAN: i64 = 100;

/// A row of evidence that is true from `from` on.
pub(crate) fn row(kind: &str, slot: &str, from: Date) -> EvidenceRow {
    EvidenceRow {
        kind: kind.to_owned(),
        slot: slot.to_owned(),
        code: None,
        quantity: None,
        amount_fen: None,
        valid_from: from,
        valid_to: None,
    }
}

/// A new fact with a code.
pub(crate) fn coded(on: Date, kind: &str, code: &str, source: &'static str) -> Fact {
    let row = EvidenceRow {
        code: Some(code.to_owned()),
        ..row(kind, "", on)
    };
    Fact {
        recorded_on: on,
        way: Way::New,
        row,
        source,
    }
}

/// A new fact with a number.
pub(crate) fn counted(on: Date, kind: &str, quantity: i64, source: &'static str) -> Fact {
    let row = EvidenceRow {
        quantity: Some(quantity),
        ..row(kind, "", on)
    };
    Fact {
        recorded_on: on,
        way: Way::New,
        row,
        source,
    }
}

/// A new income: fen a month in so many of the last twelve months.
pub(crate) fn income(
    on: Date,
    slot: &str,
    amount_fen: i64,
    months: i64,
    source: &'static str,
) -> Fact {
    let row = EvidenceRow {
        amount_fen: Some(amount_fen),
        quantity: Some(months),
        ..row("income", slot, on)
    };
    Fact {
        recorded_on: on,
        way: Way::New,
        row,
        source,
    }
}

/// What a household owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    /// Within the limits.
    Little,
    /// Savings far above them.
    Savings,
    /// A car.
    Vehicle,
    /// A second home.
    SecondHome,
    /// A company at work.
    Company,
}

/// The household's own declarations on the day of the application.
pub(crate) fn household(draw: &mut Draw, home: &Home, on: Date, property: Property) -> Vec<Fact> {
    let head = i64::try_from(home.members.len()).unwrap_or(1);
    let savings = match property {
        Property::Savings => draw.between(22_000, 60_000) * head,
        _ if draw.chance(2, 3) => draw.between(0, 40) * 50,
        _ => draw.between(0, 6_500) * head,
    };
    let assets = EvidenceRow {
        amount_fen: Some(savings * YUAN),
        ..row("financial_assets", "", on)
    };
    let mut facts = vec![
        coded(
            on,
            "residence_area",
            if home.group == Group::Urban {
                "urban"
            } else {
                "rural"
            },
            "户口簿",
        ),
        Fact {
            recorded_on: on,
            way: Way::New,
            row: assets,
            source: "家庭财产申报",
        },
        counted(
            on,
            "vehicle",
            i64::from(property == Property::Vehicle),
            "家庭财产申报",
        ),
        counted(
            on,
            "second_home",
            i64::from(property == Property::SecondHome),
            "家庭财产申报",
        ),
        coded(
            on,
            "active_company",
            if property == Property::Company {
                "yes"
            } else {
                "no"
            },
            "家庭财产申报",
        ),
    ];
    if home.group == Group::Backstop {
        facts.push(coded(on, "filed_poor", "yes", "建档立卡名册"));
        facts.push(coded(on, "cannot_escape_by_work", "yes", "乡镇认定"));
    }
    facts
}

/// Declares the incomes of `members` (those who count) so that their net income per head and month comes close to
/// `per_head_fen`. Gives the place of the head's fact that may be moved yuan by yuan, if there is one.
pub(crate) fn incomes(
    draw: &mut Draw,
    members: &mut [Member],
    on: Date,
    group: Group,
    per_head_fen: i64,
) -> Option<usize> {
    for member in members.iter_mut() {
        member
            .facts
            .push(coded(on, "income_declaration", "declared", "本人申报"));
        exempt(draw, member, on);
    }
    let heads = i64::try_from(members.len()).unwrap_or(1);
    let mut wanted = per_head_fen * heads * 12;
    if draw.chance(1, 9) && wanted > 0 {
        // Self-paid medicine, made good by as much more income: it shows in the trace and not in the result.
        let paid = draw.between(6, 60) * 100 * YUAN;
        let patient = draw.index(members.len());
        let expense = EvidenceRow {
            amount_fen: Some(paid),
            ..row("self_paid_expense", "medical", on)
        };
        members[patient].facts.push(Fact {
            recorded_on: on,
            way: Way::New,
            row: expense,
            source: "医保结算单",
        });
        wanted += paid;
    }
    if wanted <= 0 {
        return None;
    }
    let workers: Vec<usize> = (0..members.len())
        .filter(|place| can_work(&members[*place], on))
        .collect();
    if workers.len() >= 2 && wanted > 12_000 * YUAN && draw.chance(1, 2) {
        let part = wanted * draw.between(30, 60) / 100;
        earn(draw, &mut members[workers[1]], on, group, part, true);
        wanted -= part;
    }
    match workers.first() {
        Some(worker) => {
            earn(draw, &mut members[*worker], on, group, wanted, true);
            let flexible = heads == 1 && per_head_fen > 0;
            flexible.then(|| movable(&members[*worker])).flatten()
        }
        None => {
            earn(draw, &mut members[0], on, group, wanted, false);
            (heads == 1).then(|| movable(&members[0])).flatten()
        }
    }
}

/// Payments that do not count as income.
fn exempt(draw: &mut Draw, member: &mut Member, on: Date) {
    let age = completed_age(member.birth, on);
    if age >= 60 && draw.chance(9, 10) {
        let amount = 105 * YUAN + draw.between(0, 30) * YUAN;
        member
            .facts
            .push(income(on, "base_pension", amount, 12, "社保经办"));
    }
    if age >= 80 {
        member
            .facts
            .push(income(on, "old_age_allowance", 50 * YUAN, 12, "民政系统"));
    }
}

fn can_work(member: &Member, on: Date) -> bool {
    let age = completed_age(member.birth, on);
    (18..60).contains(&age)
        && member
            .facts
            .iter()
            .all(|fact| fact.row.kind != "disability")
}

/// One income of `yearly_fen` a year net of the cost of work, as far as whole yuan of a month allow.
fn earn(
    draw: &mut Draw,
    member: &mut Member,
    on: Date,
    group: Group,
    yearly_fen: i64,
    works: bool,
) {
    let urban = group == Group::Urban;
    let kinds: &[(&str, i64)] = match (works, urban) {
        (true, true) => &[("wage", 46), ("business", 22), ("transfer", 32)],
        (true, false) => &[("wage", 34), ("business", 46), ("transfer", 20)],
        (false, true) => &[("transfer", 76), ("property", 24)],
        (false, false) => &[("transfer", 78), ("business", 22)],
    };
    let slot = draw.weighted(kinds);
    let whole = |fen: i64| (fen / YUAN).max(1) * YUAN;
    if slot == "wage" {
        let months = if yearly_fen > 25_000 * YUAN {
            12
        } else {
            draw.between(3, 12)
        };
        let net = yearly_fen / months;
        // A fifth of the wage, at most 590, is the cost of work.
        let wage = if net > 2_360 * YUAN {
            net + 590 * YUAN
        } else {
            net * 5 / 4
        };
        member
            .facts
            .push(income(on, slot, whole(wage), months, "工资证明"));
        return;
    }
    let months = if slot == "business" && draw.chance(1, 2) {
        draw.between(2, 8)
    } else {
        12
    };
    let source = match slot {
        "business" => "本人申报",
        "property" => "租赁合同",
        _ => "赡养、惠农资金记录",
    };
    let odd = if draw.chance(1, 3) {
        draw.between(0, 99)
    } else {
        0
    };
    member.facts.push(income(
        on,
        slot,
        whole(yearly_fen / months) + odd,
        months,
        source,
    ));
}

/// The place of an income of twelve equal months without deduction.
fn movable(member: &Member) -> Option<usize> {
    member.facts.iter().position(|fact| {
        fact.row.kind == "income"
            && fact.row.quantity == Some(12)
            && matches!(fact.row.slot.as_str(), "transfer" | "property" | "business")
    })
}

/// An income per head and month, in fen, that a recipient of the group may have.
pub(crate) fn modest(draw: &mut Draw, group: Group) -> i64 {
    let yuan = match group {
        Group::Urban => {
            let (low, high) = draw.weighted(&[
                ((0, 0), 20),
                ((30, 200), 24),
                ((200, 400), 34),
                ((400, 580), 22),
            ]);
            draw.between(low, high)
        }
        Group::Rural | Group::Backstop => draw.between(70, 365),
    };
    yuan * YUAN
}

/// An income per head and month, in fen, far above the standard of the group.
pub(crate) fn ample(draw: &mut Draw, group: Group) -> i64 {
    let yuan = match group {
        Group::Urban => draw.between(640, 1_500),
        Group::Rural | Group::Backstop => draw.between(430, 1_100),
    };
    yuan * YUAN
}

/// A certificate: class and level.
pub(crate) fn certificate(draw: &mut Draw) -> String {
    let class = draw.weighted(&[(1, 12), (2, 14), (3, 4), (4, 46), (5, 8), (6, 10), (7, 6)]);
    let level = draw.weighted(&[(1, 12), (2, 24), (3, 34), (4, 30)]);
    format!("{class}{level}")
}
