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
}
