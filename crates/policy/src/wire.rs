//! How dates, months and money are written into JSON: ISO text and whole fen.

use minsheng_core::{Date, Fen, Month};
use serde::Serializer;

pub(crate) fn date<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

pub(crate) fn opt_date<S: Serializer>(
    date: &Option<Date>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn month<S: Serializer>(month: &Month, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(month)
}

pub(crate) fn fen<S: Serializer>(fen: &Fen, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(fen.get())
}
