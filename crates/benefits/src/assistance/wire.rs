//! How transaction numbers stand in the JSON of lists and explanations.

use minsheng_store::TxNo;
use serde::Serializer;

pub(crate) fn tx<S: Serializer>(tx: &TxNo, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(tx.0)
}
