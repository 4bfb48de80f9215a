//! The tables at the end of a handbook page: procedure, clocks, payment, figures.

use std::fmt::Write;

use crate::model::Constant;
use crate::procedure::{ClockKind, ClockUnit, Procedure};
use crate::programme::Programme;
use crate::text::Lang;
use crate::units::Unit;

/// Writes the closing tables.
pub(crate) fn closing(out: &mut String, programme: &Programme, lang: Lang) {
    for procedure in &programme.procedures {
        self::procedure(out, procedure, lang);
    }
    payment(out, programme, lang);
    heading(
        out,
        if lang == Lang::Zh {
            "年鉴指标"
        } else {
            "Figures"
        },
    );
    let _ = writeln!(out, "{}", programme.figures.join(", "));
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "## {text}\n");
}

fn table(out: &mut String, head: &[&str], rows: Vec<Vec<String>>) {
    let _ = writeln!(out, "| {} |", head.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}

fn procedure(out: &mut String, procedure: &Procedure, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    heading(
        out,
        &format!("{} {}", say("程序", "Procedure"), procedure.law),
    );
    let state = |code: &String| {
        let found = procedure.states.iter().find(|state| state.code == *code);
        found.map_or_else(|| code.clone(), |state| state.name.get(lang).to_owned())
    };
    let head = [
        say("步骤", "Step"),
        say("由谁", "By"),
        say("自", "From"),
        say("至", "To"),
        say("条件", "When"),
        say("需要", "Needs"),
        say("依据", "Article"),
    ];
    let rows = procedure.steps.iter().map(|step| {
        let from: Vec<String> = step.from.iter().map(state).collect();
        let actors: Vec<&str> = std::iter::once(&step.actor)
            .chain(&step.also)
            .map(String::as_str)
            .collect();
        vec![
            format!("{} `{}`", step.name.get(lang), step.code),
            actors.join(", "),
            from.join(", "),
            step.to.as_ref().map(state).unwrap_or_default(),
            step.when.clone().unwrap_or_default(),
            step.needs.join(", "),
            step.cite.clone(),
        ]
    });
    table(out, &head, rows.collect());
    let rows = procedure.clocks.iter().map(|clock| {
        let unit = match clock.unit {
            ClockUnit::WorkingDays => say("个工作日", " working days"),
            ClockUnit::CalendarDays => say("日", " days"),
            ClockUnit::Months => say("个月", " months"),
        };
        let at_most = clock.kind == ClockKind::AtMost;
        let bound = if at_most {
            say("不超过 ", "at most ")
        } else {
            say("不少于 ", "at least ")
        };
        let extended = clock
            .extended
            .map(|term| format!(" ({term})"))
            .unwrap_or_default();
        vec![
            format!("{} `{}`", clock.name.get(lang), clock.code),
            format!("{bound}{}{unit}{extended}", clock.term),
            format!("{} [{}]", clock.cite, clock.mark.as_str()),
        ]
    });
    table(
        out,
        &[
            say("期限", "Clock"),
            say("长度", "Term"),
            say("依据", "Article"),
        ],
        rows.collect(),
    );
}

fn payment(out: &mut String, programme: &Programme, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let payment = &programme.payment;
    heading(out, say("发放", "Payment"));
    let row =
        |zh: &'static str, en: &'static str, value: String| vec![say(zh, en).to_owned(), value];
    let rows = vec![
        row("领款人", "Payee", payment.payee.clone()),
        row("资金", "Fund", payment.fund.clone()),
        row("支取顺序", "Draw order", payment.draw_order.join(", ")),
        row(
            "每月几日前到账",
            "In the account by day",
            payment.pay_day.to_string(),
        ),
        row(
            "退汇更正（工作日）",
            "Returned payments corrected within working days",
            payment.correct_within_working_days.to_string(),
        ),
        row("依据", "Articles", payment.cite.clone()),
    ];
    table(out, &[say("事项", "Item"), say("规定", "Provision")], rows);
}

/// A constant with its unit.
pub(crate) fn constant(value: &Constant, unit: &str, lang: Lang) -> String {
    let unit: Unit = unit.parse().unwrap_or_default();
    let number = |num: i64, den: i64| {
        let mut out = String::new();
        if let Some(exact) = crate::exact::Exact::ratio(i128::from(num), i128::from(den)) {
            crate::eval::display::write_number(&mut out, exact, unit, lang);
        }
        out
    };
    match value {
        Constant::Bool(value) => value.to_string(),
        Constant::Int(value) => number(*value, 1),
        Constant::Ratio { num, den } => number(*num, *den),
        Constant::Codes(codes) => codes.join(", "),
    }
}
