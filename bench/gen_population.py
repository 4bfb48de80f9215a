#!/usr/bin/env python3
"""Deterministic synthetic county population for the 'county-core-2021' benchmark.

Usage: gen_population.py N_PERSONS FOLDER [SEED]  ->  FOLDER/person.parquet, FOLDER/household.parquet

Schema (both files are sorted by household_id; persons of one household are contiguous):
  person.parquet
    person_id         int64    0..N-1
    household_id      int32    0..H-1, non-decreasing
    birth_date        date32   true date of birth
    birth_month       int32    year*12 + (month-1) of birth_date; age in completed
                               months at month m is (m - birth_month), i.e. a birthday
                               counts from the first day of the birth month
    disability_level  int8     0 none, 1 (most severe) .. 4
    income_fen        int64    monthly income, constant through 2021, 100 fen = 1 yuan
    is_monk           bool
    child_status      int8     0 none, 1 orphan, 2 de-facto-unsupported
    is_destitute      bool     'tekun' flag; never together with child_status > 0
  household.parquet
    household_id      int32    0..H-1
    first_person      int32    offset of the first member in person.parquet
    n_persons         int32
    is_urban          bool
    assets_ok         bool
    filed_poor        bool     only ever true for rural households

The data is invented: no real person, no real register; shares are only plausible.
"""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20210101


def generate(n_persons: int, seed: int = SEED):
    rng = np.random.default_rng(seed)

    # household sizes 1..7, mean close to 3
    p_size = np.array([0.17, 0.24, 0.24, 0.19, 0.10, 0.05, 0.01])
    draw = rng.choice(np.arange(1, 8), size=n_persons, p=p_size)
    ends = np.cumsum(draw)
    h = int(np.searchsorted(ends, n_persons, side="left")) + 1
    size = draw[:h].copy()
    size[-1] -= int(ends[h - 1]) - n_persons
    first = np.concatenate(([0], np.cumsum(size)[:-1])).astype(np.int32)
    hid = np.repeat(np.arange(h, dtype=np.int32), size)

    # household attributes
    is_urban = rng.random(h) < 0.40
    level = rng.normal(0.0, 0.75, h) + np.where(is_urban, 0.45, 0.0)  # latent wealth
    assets_ok = rng.random(h) < np.where(level < 0.0, 0.85, 0.30)
    filed_poor = (~is_urban) & (level < -0.6) & (rng.random(h) < 0.55)

    # ages in days at 2021-01-01: mixture of children, working age, old
    u = rng.random(n_persons)
    age_years = np.where(
        u < 0.18,
        rng.uniform(0, 18, n_persons),
        np.where(
            u < 0.80,
            rng.uniform(18, 62, n_persons),
            np.minimum(60 + rng.gamma(2.0, 5.0, n_persons), 107.0),
        ),
    )
    ref = np.datetime64("2021-01-01")
    birth_date = ref - np.floor(age_years * 365.2425).astype("timedelta64[D]") - np.timedelta64(1, "D")
    birth_month = (birth_date.astype("datetime64[M]").astype(np.int64) + 1970 * 12).astype(np.int32)
    age = age_years

    # disability: more frequent with age
    p_dis = np.where(age < 18, 0.010, np.where(age < 60, 0.028, 0.080))
    disabled = rng.random(n_persons) < p_dis
    disability_level = np.where(
        disabled, rng.choice(np.array([1, 2, 3, 4]), size=n_persons, p=[0.16, 0.28, 0.26, 0.30]), 0
    ).astype(np.int8)

    is_monk = (rng.random(n_persons) < 0.004) & (age >= 16)
    cs = rng.random(n_persons)
    child_status = np.where(age < 17.5, np.where(cs < 0.004, 1, np.where(cs < 0.010, 2, 0)), 0).astype(np.int8)

    lvl = level[hid]
    p_dest = np.where((age >= 60) & (lvl < -0.4), 0.045, np.where((disability_level == 1) & (lvl < 0), 0.10, 0.0004))
    is_destitute = (rng.random(n_persons) < p_dest) & (child_status == 0)

    # income: adults earn, old persons have a pension, children nothing
    wage = np.exp(np.log(280000.0) + lvl + rng.normal(0, 0.55, n_persons))
    employed = (age >= 18) & (age < 66) & (rng.random(n_persons) < np.where(disability_level > 0, 0.40, 0.88))
    pension = np.where(is_urban[hid], 160000.0, 30000.0) * np.exp(rng.normal(0, 0.35, n_persons))
    income = np.where(employed, wage, 0.0) + np.where(age >= 60, pension, 0.0)
    income_fen = np.floor(income).astype(np.int64)

    person = {
        "person_id": np.arange(n_persons, dtype=np.int64),
        "household_id": hid,
        "birth_date": birth_date,
        "birth_month": birth_month,
        "disability_level": disability_level,
        "income_fen": income_fen,
        "is_monk": is_monk,
        "child_status": child_status,
        "is_destitute": is_destitute,
    }
    household = {
        "household_id": np.arange(h, dtype=np.int32),
        "first_person": first,
        "n_persons": size.astype(np.int32),
        "is_urban": is_urban,
        "assets_ok": assets_ok,
        "filed_poor": filed_poor,
    }
    return person, household


def main():
    n, out = int(sys.argv[1]), sys.argv[2]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else SEED
    person, household = generate(n, seed)
    os.makedirs(out, exist_ok=True)
    person["birth_date"] = pa.array(person["birth_date"].astype("datetime64[D]"), type=pa.date32())
    pq.write_table(pa.table(person), f"{out}/person.parquet", compression="zstd")
    pq.write_table(pa.table(household), f"{out}/household.parquet", compression="zstd")
    print(f"{n} persons, {len(household['household_id'])} households -> {out}")


if __name__ == "__main__":
    main()
