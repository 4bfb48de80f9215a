//! Checked sums of fen, shared by the modules of this crate. `None` means that 64 bits do not hold the result.

use minsheng_core::Fen;

/// a + b.
pub(crate) fn plus(a: Fen, b: Fen) -> Option<Fen> {
    a.get().checked_add(b.get()).map(Fen::new)
}

/// a − b.
pub(crate) fn minus(a: Fen, b: Fen) -> Option<Fen> {
    a.get().checked_sub(b.get()).map(Fen::new)
}

/// The sum of all.
pub(crate) fn total(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
    amounts.into_iter().try_fold(Fen::ZERO, plus)
}
