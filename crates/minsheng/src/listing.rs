//! Lists: a table on the screen, or a file with `--out`. A file holds persons, so who takes it out is put on
//! record before it is written; its text is the same in both forms of file.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use minsheng_exchange::list::{Format, List};
use minsheng_exchange::text::Encoding as Bytes;
use minsheng_registry::Ctx;
use minsheng_registry::exports::{self, NewExport};

use crate::app::{App, Listing, Office};
use crate::failure::Failure;
use crate::output::table;

/// Encoding of a .csv, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    Gb18030,
}

impl Encoding {
    /// What the writer takes.
    pub const fn bytes(self) -> Bytes {
        match self {
            Self::Utf8 => Bytes::Utf8,
            Self::Gb18030 => Bytes::Gb18030,
        }
    }
}

/// The file a list goes to.
#[derive(Debug, Args)]
pub struct ListFile {
    #[arg(long, value_name = "FILE.xlsx|FILE.csv")]
    pub out: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    pub encoding: Encoding,
}

impl App {
    /// Prints a list, or writes it to the file that was asked for. `name` is the command that makes it.
    pub fn list(
        &mut self,
        office: &Office,
        listing: &Listing,
        name: &str,
        list: &List,
    ) -> anyhow::Result<()> {
        let user = listing.reading.user.as_deref();
        self.list_of(office, user, &listing.file, name, list)
    }

    /// As [`App::list`], for a command that has no reader of its own.
    pub fn list_of(
        &mut self,
        office: &Office,
        user: Option<&str>,
        file: &ListFile,
        name: &str,
        list: &List,
    ) -> anyhow::Result<()> {
        let Some(path) = &file.out else {
            return self.table(list);
        };
        let bytes = list_bytes(path, file.encoding, list)?;
        let user = user.ok_or_else(|| {
            anyhow!(Failure::usage(
                self.words.say("out-needs-user"),
                self.words.say("out-needs-user-hint"),
            ))
        })?;
        let ctx = office.taking_out(self, user)?;
        self.record_and_write(office, &ctx, path, &bytes, (name, None), list)
    }

    /// As [`App::list_of`], for a file that may hold whole numbers; `name` comes with the reason.
    pub fn list_unmasked(
        &mut self,
        office: &Office,
        ctx: &Ctx,
        file: &ListFile,
        name: (&str, Option<&str>),
        list: &List,
    ) -> anyhow::Result<()> {
        let Some(path) = &file.out else {
            return self.table(list);
        };
        let bytes = list_bytes(path, file.encoding, list)?;
        self.record_and_write(office, ctx, path, &bytes, name, list)
    }

    fn record_and_write(
        &mut self,
        office: &Office,
        ctx: &Ctx,
        path: &Path,
        bytes: &[u8],
        (name, unmasked_for): (&str, Option<&str>),
        list: &List,
    ) -> anyhow::Result<()> {
        let export = NewExport {
            list: name,
            file_name: &file_name(path),
            digest: &minsheng_exchange::digest(bytes),
            rows: list.rows.len(),
            unmasked_for,
        };
        exports::record(&office.store, ctx, &export)?;
        self.write_whole(path, bytes)?;
        self.written(path, list)
    }

    /// Prints a list as a table.
    pub fn table(&mut self, list: &List) -> anyhow::Result<()> {
        let rows: Vec<Vec<String>> = list
            .rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
        self.out.text(&table(&list.header, &list.numbers(), &rows))
    }

    /// Writes a list without persons, such as a chapter of the yearbook: nobody has to be on record for it.
    pub fn public_list(
        &mut self,
        path: &Path,
        encoding: Encoding,
        list: &List,
    ) -> anyhow::Result<()> {
        let bytes = list_bytes(path, encoding, list)?;
        self.write(path, &bytes, false)?;
        self.written(path, list)
    }

    fn written(&mut self, path: &Path, list: &List) -> anyhow::Result<()> {
        let line = self.words.tell(
            "out-written",
            &[("rows", &list.rows.len()), ("file", &path.display())],
        );
        self.out.line(&line)
    }

    /// Writes a file whole or not at all: a name of its own first, then the right one. It may name persons, so only
    /// its owner reads it.
    pub fn write_whole(&self, path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        self.write(path, bytes, true)
    }

    fn write(&self, path: &Path, bytes: &[u8], private: bool) -> anyhow::Result<()> {
        let unwritable = || {
            self.words
                .tell("file-unwritable", &[("file", &path.display())])
        };
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        write_new(&part, bytes, private)
            .and_then(|()| std::fs::rename(&part, path))
            .inspect_err(|_| {
                // The reason is told; what is left of the file is of no use.
                let _ = std::fs::remove_file(&part);
            })
            .with_context(unwritable)
    }
}

/// Writes a file that is not there; what a killed process left in its place goes first.
fn write_new(path: &Path, bytes: &[u8], private: bool) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    options.open(path)?.write_all(bytes)
}

fn list_bytes(path: &Path, encoding: Encoding, list: &List) -> anyhow::Result<Vec<u8>> {
    let format = Format::of_name(&file_name(path))?;
    Ok(list.write(format, encoding.bytes())?)
}

/// Name of a file without its folder.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
