//! Sums of a month, in the form in which results are compared: sum, order-sensitive checksum, digest.

use std::fmt::Write;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Weights repeat after so many households.
const WEIGHTS: i64 = 1_000_003;

/// What a month comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthSummary {
    /// Fen of all households.
    pub sum_total_fen: i64,
    /// Households that are eligible for the programme that the pack counts.
    pub dibao_households: u64,
    /// Sum of total × (id of the household mod 1,000,003 + 1), in 64 bits.
    pub checksum: i64,
    /// SHA-256 of the totals in order of the households, each as 8 bytes with the lowest first.
    pub sha256_int64le: String,
}

/// Adds up a month part by part.
#[derive(Debug, Default)]
pub(crate) struct Summing {
    sum: i64,
    pub counted: u64,
    checksum: i64,
    digest: Sha256,
}

impl Summing {
    /// Takes the totals of some households. Both sums are those of 64-bit integers and wrap as these do.
    pub fn add(&mut self, household_ids: &[i64], totals: &[i64]) {
        let mut bytes = Vec::with_capacity(8 * 1024);
        for chunk in totals.chunks(1024) {
            bytes.clear();
            bytes.extend(chunk.iter().flat_map(|total| total.to_le_bytes()));
            self.digest.update(&bytes);
        }
        for (id, total) in household_ids.iter().zip(totals) {
            self.sum = self.sum.wrapping_add(*total);
            let weight = id.rem_euclid(WEIGHTS) + 1;
            self.checksum = self.checksum.wrapping_add(total.wrapping_mul(weight));
        }
    }

    pub fn finish(self) -> MonthSummary {
        let hex = self
            .digest
            .finalize()
            .iter()
            .fold(String::new(), |mut hex, byte| {
                // Writing into a String cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            });
        MonthSummary {
            sum_total_fen: self.sum,
            dibao_households: self.counted,
            checksum: self.checksum,
            sha256_int64le: hex,
        }
    }
}
