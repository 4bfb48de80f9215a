//! Files in and out: what offices write as tables and what people send as tables.
//!
//! Nothing here opens a file: bytes come in and bytes go out, the binary reads and writes the disk.
//!
//! Sources: ECMA-376 (.xlsx), RFC 4180 (.csv), GB 18030-2022 (the encoding of older office programs).

mod error;
pub mod form;
pub mod list;
pub mod mapping;
pub mod roll;
pub mod sheet;
pub mod table;
pub mod text;

pub use error::ExchangeError;

/// SM3 of a file, for the record of what came in and what went out.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    use sm3::Digest;
    sm3::Sm3::digest(bytes).into()
}
