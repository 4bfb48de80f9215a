//! The yearbook as JSON, CSV and Markdown. Numbers go out digit by digit as printed, never through a float.

use std::str::FromStr;

use minsheng_policy::Lang;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Number;

use crate::{Cell, Figure, Records, StatisticsError, paragraphs};

/// One entry of the yearbook's JSON: `{id, value, unit, kind, published, agrees, records}`. A figure without a
/// value has `null` and a `reason`.
#[derive(Debug, serde::Serialize)]
pub struct FigureEntry<'a> {
    id: &'a str,
    value: Option<Number>,
    unit: &'a str,
    kind: &'static str,
    published: Option<Number>,
    agrees: Option<bool>,
    records: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_unit: Option<&'a str>,
}

/// The yearbook as a list to be serialised, in the order of the chapter.
#[must_use]
pub fn json(figures: &[Figure]) -> Vec<FigureEntry<'_>> {
    let entry = |figure| {
        let Figure {
            id,
            value,
            unit,
            kind,
            published,
            published_unit,
            agrees,
            records,
            missing,
            ..
        }: &Figure = figure;
        FigureEntry {
            id,
            value: number(value.as_deref()),
            unit,
            kind: kind.as_str(),
            published: number(published.as_deref()),
            agrees: *agrees,
            records: *records,
            reason: missing.as_ref().map(|missing| missing.text().en),
            published_unit: published_unit.as_deref(),
        }
    };
    figures.iter().map(entry).collect()
}

/// A JSON number with exactly the digits printed.
fn number(printed: Option<&str>) -> Option<Number> {
    printed.and_then(|text| Number::from_str(text).ok())
}

fn reason(figure: &Figure, lang: Lang) -> String {
    let mut said = figure
        .missing
        .as_ref()
        .map(|missing| missing.text().get(lang).to_owned());
    if let Some(unit) = &figure.published_unit {
        said = Some(match lang {
            Lang::Zh => format!("公布值的单位是 {unit}"),
            Lang::En => format!("the published unit is {unit}"),
        });
    }
    said.unwrap_or_default()
}

const fn agreement(agrees: Option<bool>) -> &'static str {
    match agrees {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    }
}

/// One row per figure: id, name, value, unit, kind, published, agrees, records, reason.
#[must_use]
pub fn yearbook_csv(figures: &[Figure], lang: Lang) -> String {
    let header = [
        "id",
        "name",
        "value",
        "unit",
        "kind",
        "published",
        "agrees",
        "records",
        "reason",
    ];
    let rows = figures.iter().map(|figure| {
        vec![
            figure.id.clone(),
            figure.name.get(lang).to_owned(),
            figure.value.clone().unwrap_or_default(),
            figure.unit.clone(),
            figure.kind.as_str().to_owned(),
            figure.published.clone().unwrap_or_default(),
            agreement(figure.agrees).to_owned(),
            figure.records.to_string(),
            reason(figure, lang),
        ]
    });
    csv_text(&header, rows)
}

impl Records {
    /// The records as CSV (UTF-8), with a header.
    #[must_use]
    pub fn to_csv(&self) -> String {
        csv_text(
            self.columns,
            self.rows
                .iter()
                .map(|row| row.iter().map(ToString::to_string).collect()),
        )
    }
}

/// A list of objects; money, counts and lines are numbers.
impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            list.serialize_element(&Fields {
                columns: self.columns,
                row,
            })?;
        }
        list.end()
    }
}

struct Fields<'a> {
    columns: &'static [&'static str],
    row: &'a [Cell],
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.row))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Int(number) => serializer.serialize_i64(*number),
            Cell::Fen(fen) => serializer.serialize_i64(fen.get()),
            Cell::Empty => serializer.serialize_none(),
            other => serializer.collect_str(other),
        }
    }
}

fn csv_text(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    csv_line(&mut text, header.iter().copied());
    for row in rows {
        csv_line(&mut text, row.iter().map(String::as_str));
    }
    text
}

/// One line of CSV as RFC 4180 quotes it, ended by a line feed.
fn csv_line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

/// The paragraphs, then a table of all figures.
///
/// # Errors
/// See [`paragraphs`].
pub fn yearbook_markdown(
    figures: &[Figure],
    year: i16,
    lang: Lang,
) -> Result<String, StatisticsError> {
    let (title, header) = match lang {
        Lang::Zh => (
            format!("# 民政年鉴 {year}"),
            ["编号", "指标", "单位", "数值", "公布", "一致", "说明"],
        ),
        Lang::En => (
            format!("# Yearbook {year}: civil affairs"),
            [
                "id",
                "figure",
                "unit",
                "value",
                "published",
                "agrees",
                "note",
            ],
        ),
    };
    let mut text = format!("{title}\n\n");
    for paragraph in paragraphs(figures, lang)? {
        text.push_str(&paragraph);
        text.push_str("\n\n");
    }
    text.push_str(&format!("| {} |\n", header.join(" | ")));
    text.push_str("|---|---|---|---:|---:|---|---|\n");
    for figure in figures {
        let agrees = match (figure.agrees, lang) {
            (Some(true), Lang::Zh) => "是",
            (Some(false), Lang::Zh) => "否",
            (Some(true), Lang::En) => "yes",
            (Some(false), Lang::En) => "NO",
            (None, _) => "—",
        };
        let cells = [
            figure.id.as_str(),
            figure.name.get(lang),
            figure.unit_name.get(lang),
            figure.value.as_deref().unwrap_or("—"),
            figure.published.as_deref().unwrap_or("—"),
            agrees,
            &reason(figure, lang),
        ]
        .map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Missing, Published, indicators};

    fn figure(value: Option<&str>, published: Option<&str>) -> Figure {
        let indicator = &indicators().unwrap()[1];
        Figure {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            value: value.map(str::to_owned),
            unit: indicator.unit.clone(),
            unit_name: indicator.unit_name.clone(),
            kind: Kind::Flow,
            published: published.map(str::to_owned),
            published_unit: None,
            agrees: published.map(|published| value == Some(published)),
            records: 3,
            missing: value.is_none().then_some(Missing::Payments { year: 2021 }),
        }
    }

    #[test]
    fn json_numbers_have_exactly_the_printed_digits() {
        let text =
            serde_json::to_string(&json(&[figure(Some("2655.03"), Some("2655.030"))])).unwrap();
        assert!(text.contains("\"value\":2655.03,"), "{text}");
        assert!(text.contains("\"published\":2655.030,"), "{text}");
        for printed in Published::embedded().unwrap().iter() {
            assert_eq!(
                number(Some(&printed.value)).unwrap().to_string(),
                printed.value
            );
        }
    }

    #[test]
    fn a_figure_without_records_is_null_with_its_reason_and_zero_is_zero() {
        let text =
            serde_json::to_string(&json(&[figure(None, None), figure(Some("0"), None)])).unwrap();
        assert!(
            text.contains("\"value\":null")
                && text.contains("\"reason\":\"the bank confirmed no payment in 2021\"")
        );
        assert!(
            text.starts_with(
                "[{\"id\":\"A05\",\"value\":null,\"unit\":\"household\",\"kind\":\"flow\","
            ),
            "{text}"
        );
        assert!(
            text.contains("\"value\":0,") && text.contains("\"agrees\":null"),
            "{text}"
        );
    }

    #[test]
    fn csv_quotes_what_needs_quoting() {
        let mut text = String::new();
        csv_line(&mut text, ["a", "b,c", "d\"e", ""].into_iter());
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",\n");
    }
}
