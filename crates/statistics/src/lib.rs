//! Figures: indicators as definitions, the yearbook as a template over them, and the records behind each.
//!
//! A figure is one query over the records. The query returns the records; the value is their number or the sum
//! of their fen, rounded once when it is printed. So a figure cannot differ from its drill-down.
//! Must not know: rules of any programme (amounts are read as entitled and as paid), any amount of any county
//! (they live in the packs and in the published chapter), the clock, the file system.
//! Sources: yearbook 2021, chapter on civil affairs; handbook of assistance §1.4 (money in print, paid in the
//! year); handbook of registers §0 (stock or flow).

mod decimal;
mod error;
mod figures;
pub mod forms;
mod indicators;
mod missing;
mod paragraphs;
mod print;
mod published;
mod queries;
mod records;

pub use error::{CellFault, StatisticsError};
pub use figures::{Drill, Figure, all_agree, drill, yearbook, yearbook_against};
pub use indicators::{Indicator, Kind, indicator, indicators};
pub use missing::Missing;
pub use paragraphs::paragraphs;
pub use print::{FigureEntry, json, yearbook_csv, yearbook_markdown};
pub use published::{ACCOUNT_YEAR, Published, PublishedFigure};
pub use records::{Cell, Records};
