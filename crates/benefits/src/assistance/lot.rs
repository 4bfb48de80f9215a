//! Drawing cases by lot, so that anybody can draw again: the same seed and the same list give the same cases.
//!
//! Pure. The list is bound into the draw by its digest, so a seed chosen before the list is known favours nobody.

use std::collections::BTreeSet;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sm3::{Digest, Sm3};

/// Name of what is done here, as records store it: SM3 of seed and digest of the list seeds ChaCha20, which shuffles
/// (Fisher–Yates from the front, numbers beyond the last whole multiple thrown away) the cases without a flag in
/// the order of their keys; the first ones are drawn.
pub(crate) const ALGORITHM: &str = "sm3-chacha20-fisher-yates-1";

/// A case on the list, with the flag that makes its visit mandatory anyway.
pub(crate) type Listed = (i64, Option<String>);

/// Hexadecimal SM3 digest of a list.
pub(crate) fn digest(list: &[Listed]) -> String {
    let mut hash = Sm3::new();
    for (case, flag) in list {
        hash.update(format!("{case}:{}\n", flag.as_deref().unwrap_or("-")));
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many are drawn: the share of the whole list, rounded up, and never more than there are without a flag.
pub(crate) fn quota(list: &[Listed], percent: u8) -> usize {
    let wanted = (list.len() * usize::from(percent)).div_ceil(100);
    wanted.min(list.iter().filter(|(_, flag)| flag.is_none()).count())
}

/// Draws `count` of the cases without a flag.
pub(crate) fn draw(seed: &str, list: &[Listed], count: usize) -> BTreeSet<i64> {
    let mut hash = Sm3::new();
    hash.update(format!("{ALGORITHM}|{seed}|{}", digest(list)));
    let mut key = [0_u8; 32];
    key.copy_from_slice(&hash.finalize());
    let mut rng = ChaCha20Rng::from_seed(key);
    let plain = list.iter().filter(|(_, flag)| flag.is_none());
    let mut cases: Vec<i64> = plain.map(|(case, _)| *case).collect();
    let count = count.min(cases.len());
    for place in 0..count {
        let other = place + below(&mut rng, cases.len() - place);
        cases.swap(place, other);
    }
    cases.into_iter().take(count).collect()
}

/// A number below `bound`, each as likely as any other; 0 for an empty range.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    let Ok(bound) = u64::try_from(bound) else {
        return 0;
    };
    if bound == 0 {
        return 0;
    }
    let whole = u64::MAX - u64::MAX % bound;
    loop {
        let number = rng.next_u64();
        if number < whole {
            return usize::try_from(number % bound).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(count: i64) -> Vec<Listed> {
        let flag = |case: i64| (case % 10 == 0).then(|| "near_relative".to_owned());
        (1..=count).map(|case| (case, flag(case))).collect()
    }

    #[test]
    fn thirty_percent_are_rounded_up_and_come_from_those_without_a_flag() {
        let of = |count| quota(&list(count), 30);
        assert_eq!(
            (of(0), of(1), of(3), of(4), of(10), of(11)),
            (0, 1, 1, 2, 3, 4)
        );
        let flagged = vec![(1, Some("reported".to_owned()))];
        assert_eq!(quota(&flagged, 30), 0);
    }

    #[test]
    fn a_draw_is_what_it_was_yesterday() {
        // Stored draws are drawn again for ever: whoever changes this line gives the algorithm a new name.
        let drawn: Vec<i64> = draw("20210901", &list(20), 6).into_iter().collect();
        assert_eq!(drawn.len(), 6);
        assert_eq!(drawn, DRAWN_BY_20210901);
    }

    const DRAWN_BY_20210901: [i64; 6] = [3, 4, 5, 8, 14, 17];

    proptest! {
        #[test]
        fn the_same_seed_and_list_draw_the_same_and_never_a_flagged_case(seed in 0_u64..1_000, count in 0_i64..60) {
            let list = list(count);
            let wanted = quota(&list, 30);
            let drawn = draw(&seed.to_string(), &list, wanted);
            prop_assert_eq!(drawn.len(), wanted);
            prop_assert_eq!(&drawn, &draw(&seed.to_string(), &list, wanted));
            prop_assert!(drawn.iter().all(|case| case % 10 != 0 && *case <= count));
        }
    }

    #[test]
    fn another_list_gives_another_draw() {
        let same = (0..50)
            .filter(|seed: &u64| {
                let seed = seed.to_string();
                draw(&seed, &list(40), 12) == draw(&seed, &list(41), 12)
            })
            .count();
        assert!(same < 5, "{same}");
    }
}
