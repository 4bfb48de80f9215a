//! Checked sums of fen, shared by the modules of this crate. `None` means that 64 bits do not hold the result;
//! the caller knows which sum it was and says so.

use minsheng_core::Fen;

/// a + b.
pub(crate) fn plus(a: Fen, b: Fen) -> Option<Fen> {
    a.checked_add(b).ok()
}

/// a − b.
pub(crate) fn minus(a: Fen, b: Fen) -> Option<Fen> {
    a.checked_sub(b).ok()
}

/// The sum of all.
pub(crate) fn total(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
    Fen::sum(amounts).ok()
}
