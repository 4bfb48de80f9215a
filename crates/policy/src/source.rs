//! Sources of packs: the text of each file, and where an offset stands in it.
//!
//! Must not know: what the text means. Reading files is the business of the binary; the packs of this repository
//! are compiled in.

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path shown in errors; its last two components are the authority's folder and the file name.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// `folder/file.md`: what the path means to a pack set, wherever the folder stands.
    pub(crate) fn place(&self) -> Option<(&str, &str)> {
        let (rest, file) = self.path.rsplit_once(['/', '\\'])?;
        let folder = rest.rsplit(['/', '\\']).next().unwrap_or(rest);
        Some((folder, file))
    }

    /// Line and column, both from 1, of a byte offset; columns count characters.
    pub fn position(&self, offset: usize) -> (u32, u32) {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count() as u32
            + 1;
        (line, column)
    }
}

/// The packs of this repository, sorted by path (`policies/cn/dibao.md`, …).
pub fn embedded_sources() -> Vec<Source> {
    let mut sources = Vec::new();
    collect(&EMBEDDED, &mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(dir: &Dir<'static>, sources: &mut Vec<Source>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (true, Some(text)) = (path.ends_with(".md"), file.contents_utf8()) {
            sources.push(Source {
                path: format!("policies/{path}"),
                text: text.to_owned(),
            });
        }
    }
    for child in dir.dirs() {
        collect(child, sources);
    }
}
