#!/usr/bin/env python3
"""Slow, row-at-a-time oracle of 'county-core-2021' in plain Python integers.

Usage: reference.py FOLDER EXPECTED.json: the population of a folder (see gen_population.py) -> sums and digests.
"""
import hashlib
import json
import sys

import numpy as np
import pyarrow.parquet as pq

from policy import MONTHS, at, month_index

COMPONENTS = ["dibao", "destitute", "child", "disability_living", "nursing", "old_age"]


def household_month(is_urban, assets_ok, filed_poor, members, p, mi):
    """members: list of (birth_month, disability, income, monk, child_status, destitute)."""
    counted = [m for m in members if not m[5] and m[4] == 0]
    n = len(counted)
    dibao = 0
    eligible = False
    if n > 0 and assets_ok:
        pci = sum(m[2] for m in counted) // n
        if is_urban:
            if pci < p["urban_line_month"]:
                eligible = True
                dibao = (p["urban_line_month"] - pci) * n
        elif pci * 12 < p["rural_line_year"]:
            eligible = True
            for m in counted:
                if filed_poor:
                    dibao += p["rural_rate_filed"]
                elif 1 <= m[1] <= 2 or m[3]:
                    dibao += p["rural_rate_special"]
                else:
                    dibao += p["rural_rate_other"]
    destitute = child = living = nursing = old = 0
    for birth, dis, _inc, _monk, cs, dest in members:
        if dest:
            destitute += p["destitute_urban"] if is_urban else p["destitute_rural"]
        if cs in (1, 2):
            child += p["child_rate"]
        if 1 <= dis <= 4 and (dibao > 0 or dest):
            living += p["disability_living"]
        if dis == 1:
            nursing += p["nursing_level1"]
        elif dis == 2:
            nursing += p["nursing_level2"]
        age = (mi - birth) // 12
        if age >= 100:
            old += p["old_age_100"]
        elif age >= 90:
            old += p["old_age_90"]
        elif age >= 80:
            old += p["old_age_80"]
    assert eligible == (dibao > 0)
    return eligible, (dibao, destitute, child, living, nursing, old)


def checksum(totals):
    """Order-sensitive and exact in int64: sum of total * (household_id % 1000003 + 1)."""
    t = np.asarray(totals, dtype=np.int64)
    w = np.arange(len(t), dtype=np.int64) % 1000003 + 1
    return int((t * w).sum())


def main():
    src, target = sys.argv[1], sys.argv[2]
    per = pq.read_table(f"{src}/person.parquet")
    hh = pq.read_table(f"{src}/household.parquet").to_pydict()
    cols = [per[c].to_pylist() for c in
            ("birth_month", "disability_level", "income_fen", "is_monk", "child_status", "is_destitute")]
    rows = list(zip(*cols))
    n_hh = len(hh["household_id"])
    months = {}
    for month in MONTHS:
        p, mi = at(month), month_index(month)
        totals, elig, parts, positive = [], 0, [0] * 6, 0
        for i in range(n_hh):
            f = hh["first_person"][i]
            e, c = household_month(hh["is_urban"][i], hh["assets_ok"][i], hh["filed_poor"][i],
                                   rows[f:f + hh["n_persons"][i]], p, mi)
            elig += e
            t = sum(c)
            positive += t > 0
            totals.append(t)
            for k in range(6):
                parts[k] += c[k]
        arr = np.array(totals, dtype="<i8")
        months[month] = {
            "sum_total_fen": int(arr.sum()),
            "dibao_households": elig,
            "households_with_any": positive,
            "components_fen": dict(zip(COMPONENTS, parts)),
            "checksum": checksum(arr),
            "sha256_int64le": hashlib.sha256(arr.tobytes()).hexdigest(),
        }
        print(month, months[month]["sum_total_fen"], elig, positive, flush=True)
    out = {
        "policy": "county-core-2021",
        "population": {"persons": len(rows), "households": n_hh},
        "unit": "fen (100 fen = 1 yuan)",
        "checksum_definition": "sum over households of total * (household_id % 1000003 + 1), int64",
        "year_sum_total_fen": sum(m["sum_total_fen"] for m in months.values()),
        "months": months,
    }
    with open(target, "w") as fh:
        json.dump(out, fh, indent=1)
        fh.write("\n")


if __name__ == "__main__":
    main()
