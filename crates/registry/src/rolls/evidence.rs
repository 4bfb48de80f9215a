//! What a cell means as evidence: by the declarations of the packs, with their codes or the names of the codes. An
//! empty cell never comes here; unknown stays missing.

use std::collections::HashMap;

use minsheng_core::{Date, Fen};
use minsheng_exchange::roll::RawEvidence;
use minsheng_policy::{EvidenceDecl, Form};

use crate::checks::{check, declaration};
use crate::evidence::{About, NewEvidence};
use crate::facts::EvidenceRow;
use crate::{Desk, RegistryError};

/// Evidence with its row, whether it is sealed, and who holds it.
pub(super) type Read = Result<(EvidenceRow, bool), &'static str>;

/// Reads cells; a roll has few different ones, so what was read once is kept.
pub(super) struct Reader<'a> {
    desk: &'a Desk<'a>,
    since: Date,
    today: Date,
    known: HashMap<(bool, String, String, String), Read>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(desk: &'a Desk<'a>, since: Date, today: Date) -> Self {
        Reader {
            desk,
            since,
            today,
            known: HashMap::new(),
        }
    }

    /// The row that a cell means; an error is the name of a problem.
    pub(super) fn row(&mut self, about: About, raw: &RawEvidence) -> Read {
        let household = matches!(about, About::Household(_));
        let key = (
            household,
            raw.kind.clone(),
            raw.slot.clone(),
            raw.text.clone(),
        );
        if let Some(read) = self.known.get(&key) {
            return read.clone();
        }
        let read = self.read(about, raw);
        self.known.insert(key, read.clone());
        read
    }

    fn read(&self, about: About, raw: &RawEvidence) -> Read {
        let declared =
            declaration(self.desk.packs.current(), about, &raw.kind).ok_or("evidence-kind")?;
        let mut row = EvidenceRow {
            kind: raw.kind.clone(),
            slot: raw.slot.clone(),
            code: None,
            quantity: None,
            amount_fen: None,
            valid_from: self.since,
            valid_to: None,
        };
        fill(&declared, &raw.text, &mut row)?;
        let new = NewEvidence {
            about,
            row,
            health: declared.health,
            source: String::new(),
        };
        match check(self.desk.packs.current(), &new, self.today) {
            Ok(()) => Ok((new.row, declared.health)),
            Err(RegistryError::Field { .. }) => Err("evidence-value"),
            Err(_) => Err("evidence-kind"),
        }
    }
}

fn fill(declared: &EvidenceDecl, text: &str, row: &mut EvidenceRow) -> Result<(), &'static str> {
    let text = text.trim();
    match &declared.form {
        Form::Flag => row.code = Some(yes_or_no(text).ok_or("evidence-value")?.to_owned()),
        Form::Code { codes, .. } if !codes.is_empty() => {
            let found = codes.iter().find(|code| {
                code.code == text
                    || code.label.zh == text
                    || code.label.en == text
                    || area_word(&code.code, text)
            });
            let by_word =
                || yes_or_no(text).and_then(|word| codes.iter().find(|code| code.code == word));
            row.code = Some(found.or_else(by_word).ok_or("evidence-value")?.code.clone());
        }
        Form::Code { .. } => row.code = Some(text.to_owned()),
        Form::Quantity { .. } => row.quantity = Some(text.parse().map_err(|_| "evidence-value")?),
        Form::Amount { .. } => {
            let plain = without_groups(text).ok_or("evidence-value")?;
            row.amount_fen = Some(Fen::parse_yuan(&plain).map_err(|_| "evidence-value")?.get());
        }
        Form::Since => {
            row.valid_from = minsheng_exchange::roll::day(text).ok_or("evidence-value")?
        }
        // a record needs more than one cell says, such as the months an income was earned in
        Form::Records { .. } => return Err("evidence-record"),
    }
    Ok(())
}

/// `1,250.50` without its comma. A comma that does not part groups of three digits may stand for a point: what it means
/// is not guessed.
fn without_groups(text: &str) -> Option<String> {
    let mut parts = text.split([',', '，']);
    let mut plain = parts.next()?.to_owned();
    let mut grouped = false;
    for part in parts {
        let whole = part.split('.').next().unwrap_or_default();
        if whole.len() != 3 || plain.contains('.') || (!grouped && plain.len() > 3) {
            return None;
        }
        grouped = true;
        plain.push_str(part);
    }
    Some(plain)
}

fn yes_or_no(text: &str) -> Option<&'static str> {
    match text {
        "是" | "有" | "√" | "yes" | "TRUE" | "1" => Some("yes"),
        "否" | "无" | "×" | "no" | "FALSE" | "0" => Some("no"),
        _ => None,
    }
}

/// Urban and rural as rolls write them.
fn area_word(code: &str, text: &str) -> bool {
    let words: &[&str] = match code {
        "urban" => &["城镇", "城市低保", "非农业", "非农", "居民"],
        "rural" => &["乡村", "农村低保", "农业", "农民"],
        _ => return false,
    };
    words.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::without_groups;

    #[test]
    fn a_comma_parts_thousands_and_is_never_taken_for_nothing() {
        for (text, plain) in [
            ("850", "850"),
            ("1,250.50", "1250.50"),
            ("1，250", "1250"),
            ("12,345,678", "12345678"),
        ] {
            assert_eq!(without_groups(text).as_deref(), Some(plain), "{text}");
        }
        for text in ["300,5", "12,50", "1250,500", "1.5,000", "1,2345", "1,,250"] {
            assert_eq!(without_groups(text), None, "{text}");
        }
    }
}
