//! A parameter of a pack, set in the text of the pack itself: the block that gives its values is read, changed and
//! written back; everything else stays as it was.

use std::ops::Range;

use minsheng_policy::Source;
use toml::{Table, Value};

use super::{Change, Parameter};
use crate::error::ChangeError;

impl Change {
    pub(super) fn set_parameter(
        &self,
        parameter: &Parameter,
        sources: &mut [Source],
    ) -> Result<(), ChangeError> {
        let (programme, name) = (parameter.programme.get_ref(), parameter.name.get_ref());
        let mut owned = false;
        // The last file in the order of authorities is the one that counts: county after prefecture, province, nation.
        let mut found: Option<(usize, usize, Fenced)> = None;
        for (at, source) in sources.iter().enumerate() {
            let blocks = blocks(&source.text);
            if !blocks.iter().any(|block| owns(block, programme)) {
                continue;
            }
            owned = true;
            for block in blocks {
                if block.kind == "toml parameter"
                    && valued(&block).is_some_and(|table| named(&table, name))
                {
                    let depth = source.path.matches('-').count() + source.path.len();
                    if found.as_ref().is_none_or(|(deepest, ..)| *deepest <= depth) {
                        found = Some((depth, at, block));
                    }
                }
            }
        }
        let Some((_, at, block)) = found else {
            return Err(if owned {
                let problem = format!("`{programme}` gives no value for a parameter `{name}`");
                self.wrong(
                    parameter.name.span(),
                    problem,
                    "`minsheng policy show` lists the parameters of a programme",
                )
            } else {
                let problem = format!("there is no programme `{programme}` in the packs");
                self.wrong(
                    parameter.programme.span(),
                    problem,
                    "such as urban-dibao or rural-dibao",
                )
            });
        };
        let mut table = valued(&block).unwrap_or_default();
        let Some(rows) = table.get_mut("value").and_then(Value::as_array_mut) else {
            return Ok(());
        };
        let value = parameter.value.get_ref();
        match parameter.from {
            None => {
                for row in rows.iter_mut().filter_map(Value::as_table_mut) {
                    row.insert("value".to_owned(), value.clone());
                }
            }
            Some(from) => {
                rows.retain(|row| row.get("from").and_then(Value::as_datetime) != Some(&from));
                rows.push(Value::Table(Table::from_iter([
                    ("from".to_owned(), Value::Datetime(from)),
                    ("value".to_owned(), value.clone()),
                    (
                        "cite".to_owned(),
                        Value::String(format!("{}（演示变更）", self.path)),
                    ),
                    ("mark".to_owned(), Value::String("assume".to_owned())),
                ])));
                rows.sort_by_key(|row| {
                    row.get("from").map(ToString::to_string).unwrap_or_default()
                });
            }
        }
        let body = toml::to_string(&table).map_err(|error| {
            self.wrong(
                parameter.value.span(),
                error.to_string(),
                "give a number, as the pack does",
            )
        })?;
        sources[at].text.replace_range(block.body, &body);
        Ok(())
    }
}

/// A fenced block of a pack.
struct Fenced {
    /// What stands after the fence.
    kind: String,
    /// The text between the fences.
    text: String,
    /// Where it stands.
    body: Range<usize>,
}

fn blocks(text: &str) -> Vec<Fenced> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(rest) = line.trim_end().strip_prefix("```") {
            match open.take() {
                Some((kind, from)) => found.push(Fenced {
                    kind,
                    text: text[from..at].to_owned(),
                    body: from..at,
                }),
                None => open = Some((rest.trim().to_owned(), end)),
            }
        }
        at = end;
    }
    found
}

/// Whether the block says that its file belongs to a programme or module.
fn owns(block: &Fenced, code: &str) -> bool {
    matches!(block.kind.as_str(), "toml programme" | "toml module")
        && toml::from_str::<Table>(&block.text)
            .is_ok_and(|table| table.get("code").and_then(Value::as_str) == Some(code))
}

/// The block as a table, if it gives values.
fn valued(block: &Fenced) -> Option<Table> {
    let table: Table = toml::from_str(&block.text).ok()?;
    table
        .get("value")
        .and_then(Value::as_array)
        .is_some_and(|rows| !rows.is_empty())
        .then_some(table)
}

fn named(table: &Table, name: &str) -> bool {
    table.get("name").and_then(Value::as_str) == Some(name)
}
