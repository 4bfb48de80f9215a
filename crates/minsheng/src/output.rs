//! Standard output: text, JSON and tables with the right width for Chinese. A reader who has gone away
//! (`| head`) is no error: what follows is dropped and the command goes on to its end.

use std::io::{ErrorKind, Write};

use anyhow::Context;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// Standard output.
pub struct Out {
    gone: bool,
    sink: std::io::BufWriter<std::io::Stdout>,
}

impl Out {
    /// Standard output of the process.
    pub fn new() -> Self {
        Self {
            gone: false,
            sink: std::io::BufWriter::new(std::io::stdout()),
        }
    }

    /// Writes the text as it is.
    pub fn text(&mut self, text: &str) -> anyhow::Result<()> {
        let written = if self.gone {
            Ok(())
        } else {
            self.sink.write_all(text.as_bytes())
        };
        self.settle(written)
    }

    /// Writes one line.
    pub fn line(&mut self, line: &str) -> anyhow::Result<()> {
        self.text(line)?;
        self.text("\n")
    }

    /// Writes JSON, readable, and a line feed.
    pub fn json(&mut self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
        self.line(&text)
    }

    /// Hands everything written so far to the reader.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        let flushed = if self.gone { Ok(()) } else { self.sink.flush() };
        self.settle(flushed)
    }

    fn settle(&mut self, done: std::io::Result<()>) -> anyhow::Result<()> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => other.context("cannot write to standard output"),
        }
    }
}

/// A table for people: aligned columns without frames. Columns named in `right` are numbers.
pub fn table(header: &[String], right: &[usize], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.to_vec());
    table.add_rows(rows.iter().cloned());
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes to standard error; that nobody reads it is no reason to fail.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_take_two_columns() {
        let header = ["名称".to_owned(), "n".to_owned()];
        let rows = [
            vec!["低保".to_owned(), "1".to_owned()],
            vec!["ab".to_owned(), "22".to_owned()],
        ];
        assert_eq!(
            table(&header, &[1], &rows),
            "名称   n\n低保   1\nab    22\n"
        );
    }
}
