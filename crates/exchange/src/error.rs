//! What a person is told who brought a file that cannot be used.

/// A refusal; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The name of a file does not say what it is.
    #[error("`{0}` is neither .xlsx nor .csv\nhint: end the name of the file in .xlsx or .csv")]
    Format(String),
    /// A list could not be written.
    #[error(
        "the table could not be written: {0}\nhint: a sheet holds 1 048 576 rows and 32 767 characters in a cell; ask for less"
    )]
    Write(String),
    /// A character has no place in the encoding.
    #[error(
        "`{text}` cannot be written in {encoding}\nhint: write UTF-8, which has every character"
    )]
    Encoding {
        /// The text.
        text: String,
        /// Name of the encoding.
        encoding: &'static str,
    },
    /// The file holds more than is taken.
    #[error(
        "the file holds more than {limit} {what}\nhint: split it, and bring the parts one after the other"
    )]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is taken.
        limit: usize,
    },
    /// The file is not what its name says.
    #[error(
        "the file cannot be read: {0}\nhint: open it in a spreadsheet and save it as .xlsx or as .csv; a file with a password has to be saved without"
    )]
    Unreadable(String),
    /// The text is in no encoding we know.
    #[error(
        "line {line} is neither UTF-8 nor GB 18030\nhint: save the file as .xlsx, or as .csv in UTF-8"
    )]
    Undecodable {
        /// The line with the first wrong byte.
        line: usize,
    },
    /// No row of headings.
    #[error(
        "no row with headings was found: one of the first 40 rows must name the name and the identity number, among others\nhint: name your headings in a mapping: `--mapping FILE.toml`"
    )]
    NoHeader,
    /// Two columns say the same.
    #[error(
        "columns {first} and {second} both say `{field}`\nhint: delete one, or set one of them to `ignored` in a mapping"
    )]
    DoubleColumn {
        /// The first column.
        first: String,
        /// The second.
        second: String,
        /// Name of the field.
        field: String,
    },
    /// The households cannot be told apart.
    #[error(
        "the file does not say who belongs to which household\nhint: it needs a household number, or the relation to the head, or the name of the head"
    )]
    NoHouseholds,
    /// A mapping that cannot be used.
    #[error("the mapping cannot be used: {0}\nhint: [columns] holds \"heading\" = \"field\"")]
    Mapping(String),
}
