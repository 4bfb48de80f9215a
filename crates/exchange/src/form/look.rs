//! Looks of cells. A filled cell keeps its look, with another ground: its look is copied once for each mark.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::parts::local;
use super::{Mark, unreadable};
use crate::ExchangeError;

const GROUNDS: [(Mark, &str); 2] = [(Mark::Filled, "FFFFF2CC"), (Mark::NotFound, "FFF8CBAD")];

/// The looks of a workbook and the marked copies that are needed.
pub(super) struct Looks {
    /// Looks as written, one tag with what is in it.
    known: Vec<String>,
    grounds: usize,
    marked: BTreeMap<(usize, Mark), usize>,
}

impl Looks {
    pub(super) fn read(styles: &str) -> Result<Self, ExchangeError> {
        let mut looks = Looks {
            known: Vec::new(),
            grounds: 0,
            marked: BTreeMap::new(),
        };
        let mut reader = Reader::from_str(styles);
        let mut inside: Vec<String> = Vec::new();
        let mut begun = 0;
        loop {
            let from = place(&reader);
            let event = reader.read_event().map_err(|error| unreadable(&error))?;
            let to = place(&reader);
            let parent = |inside: &[String]| inside.last().cloned().unwrap_or_default();
            match event {
                Event::Eof => break,
                Event::Start(tag) => {
                    let name = local(&tag);
                    if name == "xf" && parent(&inside) == "cellXfs" {
                        begun = from;
                    }
                    if name == "fill" && parent(&inside) == "fills" {
                        looks.grounds += 1;
                    }
                    inside.push(name);
                }
                Event::Empty(tag) => match (local(&tag).as_str(), parent(&inside).as_str()) {
                    ("xf", "cellXfs") => looks
                        .known
                        .push(styles.get(from..to).unwrap_or_default().to_owned()),
                    ("fill", "fills") => looks.grounds += 1,
                    _ => {}
                },
                Event::End(_) => {
                    let name = inside.pop().unwrap_or_default();
                    if name == "xf" && parent(&inside) == "cellXfs" {
                        looks
                            .known
                            .push(styles.get(begun..to).unwrap_or_default().to_owned());
                    }
                }
                _ => {}
            }
        }
        let whole = ["</fills>", "</cellXfs>"]
            .iter()
            .all(|end| styles.contains(end));
        if looks.known.is_empty() || looks.grounds == 0 || !whole {
            return Err(unreadable(&"its looks are built in a way we do not know"));
        }
        Ok(looks)
    }

    /// The number of the look `of` with a mark.
    pub(super) fn marked(&mut self, of: usize, mark: Mark) -> usize {
        let of = if of < self.known.len() { of } else { 0 };
        let next = self.known.len() + self.marked.len();
        *self.marked.entry((of, mark)).or_insert(next)
    }

    /// The looks with the marked copies.
    pub(super) fn write(&self, styles: &str) -> Result<String, ExchangeError> {
        let grounds: String = GROUNDS
            .iter()
            .map(|(_, colour)| {
                format!("<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{colour}\"/><bgColor indexed=\"64\"/></patternFill></fill>")
            })
            .collect();
        let mut copies: Vec<(usize, String)> = Vec::new();
        for ((of, mark), number) in &self.marked {
            let ground = GROUNDS
                .iter()
                .position(|(known, _)| known == mark)
                .unwrap_or(0);
            let look = self.known.get(*of).map_or("<xf/>", String::as_str);
            copies.push((*number, on_ground(look, self.grounds + ground)?));
        }
        copies.sort_by_key(|(number, _)| *number);
        let copies: String = copies.into_iter().map(|(_, look)| look).collect();
        let text = styles.replacen("</fills>", &format!("{grounds}</fills>"), 1);
        let text = text.replacen("</cellXfs>", &format!("{copies}</cellXfs>"), 1);
        let text = counted(&text, "fills", self.grounds + GROUNDS.len())?;
        counted(&text, "cellXfs", self.known.len() + self.marked.len())
    }
}

/// The place of the reader in its text.
pub(super) fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// A look as written, on another ground.
fn on_ground(look: &str, ground: usize) -> Result<String, ExchangeError> {
    let end = look
        .find('>')
        .ok_or_else(|| unreadable(&"a look has no end"))?;
    let (tag, rest) = look.split_at(end);
    let (tag, slash) = match tag.strip_suffix('/') {
        Some(tag) => (tag, "/"),
        None => (tag, ""),
    };
    let number = ground.to_string();
    let tag = with_attributes(
        tag.trim_start_matches('<'),
        &[("fillId", &number), ("applyFill", "1")],
    )?;
    Ok(format!("<{tag}{slash}{rest}"))
}

/// The first tag of a name with another count.
fn counted(text: &str, name: &str, count: usize) -> Result<String, ExchangeError> {
    let open = format!("<{name}");
    let unknown = || unreadable(&format!("it has no {open}"));
    let from = text.find(&open).ok_or_else(unknown)?;
    let to = text
        .get(from..)
        .and_then(|rest| rest.find('>'))
        .ok_or_else(unknown)?
        + from;
    let tag = text.get(from + 1..to).unwrap_or_default();
    let tag = with_attributes(tag, &[("count", &count.to_string())])?;
    Ok(format!("{}<{tag}{}", &text[..from], &text[to..]))
}

/// The inside of a tag with attributes set.
pub(super) fn with_attributes(tag: &str, set: &[(&str, &str)]) -> Result<String, ExchangeError> {
    let name: String = tag
        .chars()
        .take_while(|sign| !sign.is_whitespace() && *sign != '/')
        .collect();
    let old = BytesStart::from_content(tag, name.len());
    let mut text = name;
    for attribute in old.attributes() {
        let attribute = attribute.map_err(|error| unreadable(&error))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref().as_ref()).into_owned();
        if !set.iter().any(|(name, _)| *name == key) {
            let value = String::from_utf8_lossy(attribute.value.as_ref().as_ref()).into_owned();
            text.push_str(&format!(" {key}=\"{value}\""));
        }
    }
    for (key, value) in set.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!(" {key}=\"{value}\""));
    }
    Ok(text)
}
