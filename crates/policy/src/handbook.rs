//! The handbook page of a programme: its prose with the program laid out for reading, in one language.

use std::fmt::Write;
use std::ops::Range;

use crate::ir::Rule;
use crate::model::{ClockKind, ClockUnit, Constant, Procedure};
use crate::pack::chain::Folder;
use crate::pack::file::PackFile;
use crate::pack::markdown::{Piece, heading_in, unquote};
use crate::programme::Programme;
use crate::source::Source;
use crate::text::Lang;
use crate::units::Unit;

/// Renders the page as Markdown.
pub(crate) fn page(
    programme: &Programme,
    chain: &[Folder],
    sources: &[Source],
    lang: Lang,
) -> String {
    let mut out = String::new();
    for folder in chain {
        let of_folder = |index: &&usize| folder.files.iter().any(|file| file.source == **index);
        let mut files = programme.files.iter().filter(of_folder).peekable();
        if files.peek().is_some() {
            let _ = writeln!(out, "---\n\n**{}**\n", folder.name.get(lang));
        }
        for index in files {
            if let Some(file) = folder.files.iter().find(|file| file.source == *index) {
                prose(&mut out, file, &sources[*index], lang);
            }
        }
    }
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    heading(&mut out, say("适用的规定", "Laws"));
    table(
        &mut out,
        &[
            say("简称", "Id"),
            say("名称", "Title"),
            say("施行日期", "From"),
            say("止", "To"),
        ],
        |rows| {
            for law in &programme.laws {
                let to = law.to.map(|to| to.to_string()).unwrap_or_default();
                rows.push(vec![
                    law.id.clone(),
                    law.title.get(lang).to_owned(),
                    law.from.to_string(),
                    to,
                ]);
            }
        },
    );
    heading(&mut out, say("参数", "Parameters"));
    let head = [
        say("名称", "Name"),
        say("含义", "Meaning"),
        say("数值", "Value"),
        say("起", "From"),
        say("依据", "Source"),
        say("性质", "Mark"),
    ];
    table(&mut out, &head, |rows| {
        for parameter in &programme.parameters {
            for value in &parameter.values {
                rows.push(vec![
                    format!("`{}`", parameter.name),
                    parameter.label.get(lang).to_owned(),
                    constant(&value.value, &parameter.unit, lang),
                    value.from.to_string(),
                    value.cite.clone(),
                    value.mark.as_str().to_owned(),
                ]);
            }
        }
    });
    heading(&mut out, say("证据", "Evidence"));
    let head = [
        say("名称", "Name"),
        say("含义", "Meaning"),
        say("来源", "Source"),
        say("没有记录时", "When nothing is recorded"),
    ];
    table(&mut out, &head, |rows| {
        for evidence in &programme.evidence {
            let silence = match (&evidence.absent, &evidence.closed_by) {
                (Some(absent), _) => format!("{:?} [{}]", absent.value, absent.mark.as_str()),
                (None, Some(closer)) => format!("`{closer}`"),
                (None, None) => say("须补充", "must be asked for").to_owned(),
            };
            rows.push(vec![
                format!("`{}`", evidence.name),
                evidence.label.get(lang).to_owned(),
                evidence.source.get(lang).to_owned(),
                silence,
            ]);
        }
    });
    heading(
        &mut out,
        say("规则（按使用顺序）", "Rules (in order of use)"),
    );
    for rule in &programme.program.rules {
        self::rule(&mut out, rule, lang);
    }
    for procedure in &programme.procedures {
        self::procedure(&mut out, procedure, lang);
    }
    payment(&mut out, programme, lang);
    heading(&mut out, say("算例", "Examples"));
    for example in &programme.examples {
        let _ = writeln!(out, "- **{}** {}", example.id, example.title.get(lang));
    }
    out
}

fn prose(out: &mut String, file: &PackFile, source: &Source, lang: Lang) {
    let text = |range: &Range<usize>| &source.text[range.clone()];
    for piece in &file.pieces {
        match piece {
            Piece::Heading { level, text } => {
                let marks = "#".repeat(usize::from(*level));
                let _ = writeln!(out, "{marks} {}\n", heading_in(text, lang == Lang::Zh));
            }
            Piece::Chinese(range) if lang == Lang::Zh => {
                let _ = writeln!(out, "{}\n", text(range).trim_end());
            }
            Piece::English(range) if lang == Lang::En => {
                let _ = writeln!(out, "{}", unquote(text(range)));
            }
            _ => {}
        }
    }
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "## {text}\n");
}

fn table(out: &mut String, head: &[&str], fill: impl FnOnce(&mut Vec<Vec<String>>)) {
    let mut rows = Vec::new();
    fill(&mut rows);
    let _ = writeln!(out, "| {} |", head.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
            .collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}

fn rule(out: &mut String, rule: &Rule, lang: Lang) {
    let subject = if rule.subject { "(m)" } else { "" };
    for version in &rule.versions {
        let text = words(&version.text, lang);
        let cite = &version.cite.general;
        let _ = writeln!(
            out,
            "- **`{}{subject}`** {text} ({cite})\n\n  `{}`\n",
            rule.name, version.source
        );
    }
    for exception in &rule.exceptions {
        let text = words(&exception.text, lang);
        let _ = writeln!(
            out,
            "- **`{}`** {text} ({})\n\n  `{}`\n",
            exception.name, exception.cite.general, exception.source
        );
    }
}

fn words(text: &crate::ir::Text, lang: Lang) -> String {
    let pieces = if lang == Lang::Zh { &text.zh } else { &text.en };
    let mut out = String::new();
    for piece in pieces {
        match piece {
            crate::ir::Piece::Words(words) => out.push_str(words),
            crate::ir::Piece::Rule(_) | crate::ir::Piece::Parameter(_) => out.push('…'),
        }
    }
    out
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
        say("由", "By"),
        say("自", "From"),
        say("至", "To"),
        say("条件", "When"),
        say("需要", "Needs"),
        say("依据", "Article"),
    ];
    table(out, &head, |rows| {
        for step in &procedure.steps {
            let from: Vec<String> = step.from.iter().map(state).collect();
            let actors: Vec<&str> = std::iter::once(&step.actor)
                .chain(&step.also)
                .map(String::as_str)
                .collect();
            rows.push(vec![
                format!("{} `{}`", step.name.get(lang), step.code),
                actors.join(", "),
                from.join(", "),
                step.to.as_ref().map(state).unwrap_or_default(),
                step.when.clone().unwrap_or_default(),
                step.needs.join(", "),
                step.cite.clone(),
            ]);
        }
    });
    table(
        out,
        &[
            say("期限", "Clock"),
            say("长度", "Term"),
            say("依据", "Article"),
        ],
        |rows| {
            for clock in &procedure.clocks {
                let unit = match clock.unit {
                    ClockUnit::WorkingDays => say("个工作日", " working days"),
                    ClockUnit::CalendarDays => say("日", " days"),
                    ClockUnit::Months => say("个月", " months"),
                };
                let bound = if clock.kind == ClockKind::AtMost {
                    say("不超过 ", "at most ")
                } else {
                    say("不少于 ", "at least ")
                };
                let mark = clock.mark.as_str();
                rows.push(vec![
                    format!("{} `{}`", clock.name.get(lang), clock.code),
                    format!("{bound}{}{unit}", clock.term),
                    format!("{} [{mark}]", clock.cite),
                ]);
            }
        },
    );
}

fn payment(out: &mut String, programme: &Programme, lang: Lang) {
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    heading(out, say("发放", "Payment"));
    let payment = &programme.payment;
    table(
        out,
        &[say("事项", "Item"), say("规定", "Provision")],
        |rows| {
            rows.push(vec![
                say("领款人", "Payee").to_owned(),
                payment.payee.clone(),
            ]);
            rows.push(vec![say("资金", "Fund").to_owned(), payment.fund.clone()]);
            rows.push(vec![
                say("支取顺序", "Draw order").to_owned(),
                payment.draw_order.join(", "),
            ]);
            rows.push(vec![
                say("每月几日前到账", "In the account by day").to_owned(),
                payment.pay_day.to_string(),
            ]);
            let correct = payment.correct_within_working_days.to_string();
            rows.push(vec![
                say(
                    "退汇更正（工作日）",
                    "Returned payments corrected within working days",
                )
                .to_owned(),
                correct,
            ]);
            rows.push(vec![
                say("依据", "Articles").to_owned(),
                payment.cite.clone(),
            ]);
        },
    );
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
