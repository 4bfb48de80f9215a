"""Dated parameters of 'county-core-2021', for reference.py.

All amounts in fen. Each entry is a list of (first month it holds, value).
"""

PARAMS = {
    "urban_line_month": [("2021-01", 59000), ("2021-07", 62000)],
    "rural_line_year": [("2021-01", 468000)],
    "rural_rate_filed": [("2021-01", 29500)],
    "rural_rate_special": [("2021-01", 28000)],
    "rural_rate_other": [("2021-01", 26500)],
    "destitute_rural": [("2021-01", 50700)],
    "destitute_urban": [("2021-01", 76700), ("2021-07", 80600)],
    "child_rate": [("2021-01", 90000)],
    "disability_living": [("2021-01", 10000)],
    "nursing_level1": [("2021-01", 8000)],
    "nursing_level2": [("2021-01", 5000)],
    "old_age_80": [("2021-01", 5000)],
    "old_age_90": [("2021-01", 10000)],
    "old_age_100": [("2021-01", 20000)],
}


def at(month: str) -> dict:
    """Parameter values in force in month 'YYYY-MM'."""
    return {k: [v for start, v in h if start <= month][-1] for k, h in PARAMS.items()}


def month_index(month: str) -> int:
    y, m = month.split("-")
    return int(y) * 12 + int(m) - 1


MONTHS = [f"2021-{m:02d}" for m in range(1, 13)]
