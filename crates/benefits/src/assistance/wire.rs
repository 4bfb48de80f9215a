//! How transaction numbers and deadlines stand in the JSON of lists and explanations.

use minsheng_core::Deadline;
use minsheng_store::TxNo;
use serde::Serializer;

pub(crate) fn tx<S: Serializer>(tx: &TxNo, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(tx.0)
}

pub(crate) fn deadline<S: Serializer>(
    deadline: &Deadline,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&deadline.date)
}
