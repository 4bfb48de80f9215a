//! Chance, drawn from the seed of the demo and from nowhere else: the same seed gives the same county.
//!
//! Must not know households or rules. Everything is integer arithmetic.

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// A stream of draws. Two streams made from one seed with different labels are independent, so that a
/// change in one part of the plan does not move the draws of the others.
#[derive(Debug, Clone)]
pub struct Draw {
    rng: ChaCha12Rng,
}

impl Draw {
    /// The stream `label` of the seed.
    pub fn new(seed: u64, label: u64) -> Draw {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        rng.set_stream(label);
        Draw { rng }
    }

    /// A number in `0..bound`; 0 if the bound is not positive.
    pub fn below(&mut self, bound: i64) -> i64 {
        let Ok(bound) = u64::try_from(bound) else {
            return 0;
        };
        if bound == 0 {
            return 0;
        }
        // Multiply and shift: the bias is below 2^-32 for every bound used here.
        let product = u128::from(self.rng.next_u64()) * u128::from(bound);
        i64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// An index in `0..length` of a list that is not empty (0 for an empty one).
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(i64::try_from(length).unwrap_or(i64::MAX))).unwrap_or(0)
    }

    /// True in `hits` of `of` cases.
    pub fn chance(&mut self, hits: i64, of: i64) -> bool {
        self.below(of) < hits
    }

    /// One element of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.index(list.len())]
    }

    /// One element, each as likely as its weight.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, i64)]) -> T {
        let total: i64 = list.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (value, weight) in list {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        list[list.len() - 1].0
    }

    /// Puts the list into a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.index(last + 1);
            list.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_give_the_same_draws_and_others_do_not() {
        let draws = |seed, label| {
            let mut draw = Draw::new(seed, label);
            (0..20).map(|_| draw.between(1, 1000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7, 1), draws(7, 1));
        assert_ne!(draws(7, 1), draws(7, 2));
        assert_ne!(draws(7, 1), draws(8, 1));
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_both_ends() {
        let mut draw = Draw::new(1, 1);
        let seen: std::collections::BTreeSet<i64> = (0..500).map(|_| draw.between(3, 7)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), vec![3, 4, 5, 6, 7]);
        let mut list: Vec<i64> = (0..50).collect();
        draw.shuffle(&mut list);
        assert_ne!(list, (0..50).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
        assert_eq!(
            (0..100)
                .map(|_| draw.weighted(&[('a', 0), ('b', 1)]))
                .filter(|c| *c == 'a')
                .count(),
            0
        );
    }
}
