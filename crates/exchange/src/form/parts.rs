//! The lists of a workbook: its sheets and where they lie.

use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::reader::Reader;

use super::unreadable;
use crate::ExchangeError;

/// The value of an attribute by its local name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, ExchangeError> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| unreadable(&error))?;
        let key =
            String::from_utf8_lossy(attribute.key.local_name().as_ref().as_ref()).into_owned();
        if key == name {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| unreadable(&error))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The local name of a tag.
pub(super) fn local(tag: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).into_owned()
}

/// The local name of an end.
pub(super) fn local_of_end(tag: &BytesEnd<'_>) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).into_owned()
}

/// The tags of a text that have a local name.
fn tags<'t>(text: &'t str, name: &str) -> Result<Vec<BytesStart<'t>>, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event().map_err(|error| unreadable(&error))? {
            Event::Eof => return Ok(found),
            Event::Start(tag) | Event::Empty(tag) if local(&tag) == name => found.push(tag),
            _ => {}
        }
    }
}

/// Where a sheet lies.
pub(super) fn path_of(workbook: &str, rels: &str, sheet: &str) -> Result<String, ExchangeError> {
    let missing = || unreadable(&format!("it has no sheet `{sheet}`"));
    let mut id = None;
    for tag in tags(workbook, "sheet")? {
        if attribute(&tag, "name")?.as_deref() == Some(sheet) {
            id = attribute(&tag, "id")?;
        }
    }
    let id = id.ok_or_else(missing)?;
    for tag in tags(rels, "Relationship")? {
        if attribute(&tag, "Id")?.as_ref() == Some(&id)
            && let Some(target) = attribute(&tag, "Target")?
        {
            return Ok(match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("xl/{target}"),
            });
        }
    }
    Err(missing())
}

/// The lists with one more sheet.
pub(super) struct Added {
    pub(super) workbook: String,
    pub(super) rels: String,
    pub(super) types: String,
    pub(super) path: String,
}

pub(super) fn add_sheet(
    workbook: &str,
    rels: &str,
    types: &str,
    name: &str,
) -> Result<Added, ExchangeError> {
    let mut names = Vec::new();
    let mut last = 0_u32;
    for tag in tags(workbook, "sheet")? {
        names.extend(attribute(&tag, "name")?);
        let id = attribute(&tag, "sheetId")?.and_then(|id| id.parse().ok());
        last = last.max(id.unwrap_or(0));
    }
    let free = |made: &dyn Fn(u32) -> String, taken: &dyn Fn(&str) -> bool| {
        (1..)
            .map(made)
            .find(|name| !taken(name))
            .unwrap_or_default()
    };
    let title = free(
        &|count| {
            if count == 1 {
                name.to_owned()
            } else {
                format!("{name} {count}")
            }
        },
        &|title| names.iter().any(|known| known == title),
    );
    let file = free(
        &|count| format!("worksheets/minsheng{count}.xml"),
        &|file| types.contains(file),
    );
    let id = free(&|count| format!("rIdMinsheng{count}"), &|id| {
        rels.contains(&format!("\"{id}\""))
    });
    let sheet = format!(
        "<sheet name=\"{}\" sheetId=\"{}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"{id}\"/>",
        escape(&title),
        last.saturating_add(1)
    );
    let relation = format!(
        "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"{file}\"/>"
    );
    let kind = format!(
        "<Override PartName=\"/xl/{file}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
    );
    Ok(Added {
        workbook: reckoned_anew(&before(workbook, "</sheets>", &sheet)?),
        rels: before(rels, "</Relationships>", &relation)?,
        types: before(types, "</Types>", &kind)?,
        path: format!("xl/{file}"),
    })
}

/// `text` with `new` before the last `end`.
fn before(text: &str, end: &str, new: &str) -> Result<String, ExchangeError> {
    let place = text.rfind(end);
    let place = place
        .ok_or_else(|| unreadable(&format!("it is built in a way we do not know: no {end}")))?;
    let (head, tail) = text.split_at(place);
    Ok(format!("{head}{new}{tail}"))
}

/// Formulas that read a filled cell must be reckoned anew when the workbook is opened.
fn reckoned_anew(workbook: &str) -> String {
    const WISH: &str = " fullCalcOnLoad=\"1\"";
    if workbook.contains("fullCalcOnLoad") {
        return workbook.to_owned();
    }
    if let Some((head, tail)) = workbook.split_once("<calcPr") {
        return format!("{head}<calcPr{WISH}{tail}");
    }
    for end in [
        "</definedNames>",
        "</externalReferences>",
        "</functionGroups>",
        "</sheets>",
    ] {
        if let Some((head, tail)) = workbook.split_once(end) {
            return format!("{head}{end}<calcPr{WISH}/>{tail}");
        }
    }
    workbook.to_owned()
}
