//! placeholder, replaced by the core helper
pub use jiff::civil::Date;
