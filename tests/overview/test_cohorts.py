from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from analysis.overview.cohorts import cohorts
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.overview.periods import Period


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def test_a_case_worked_by_hand(study_of):
    prepared = study_of(
        [
            ("a", 1, "2024-01-05", 10), ("b", 2, "2024-01-20", 10), ("a", 3, "2024-03-02", 10),
            ("c", 4, "2024-02-10", 10), ("c", 5, "2024-03-31", 10), ("a", 6, "2024-03-09", 10),
        ]
    )  # fmt: skip
    table = overview(prepared.standard, prepared.profiles, OverviewParams()).cohorts
    assert table is not None
    cells = [(row.cohort.month, row.month, row.buyers, row.size, row.complete) for row in table.cells.itertuples()]
    assert cells == [
        (1, 0, 2, 2, True), (1, 1, 0, 2, True), (1, 2, 1, 2, True), (2, 0, 1, 1, True), (2, 1, 1, 1, True),
    ]  # fmt: skip
    assert table.average(1) == pytest.approx(1 / 3)
    assert table.average(7) is None


def test_a_month_that_is_not_over_is_marked_and_no_part_of_the_average(study_of):
    prepared = study_of([("a", 1, "2024-01-05", 10), ("b", 2, "2024-01-06", 10), ("a", 3, "2024-02-12", 10)])
    table = overview(prepared.standard, prepared.profiles, OverviewParams()).cohorts
    assert table is not None
    assert table.cells["complete"].tolist() == [True, False]
    assert table.cells["share"].tolist() == [1.0, 0.5]
    assert table.average(1) is None


def test_it_equals_a_plain_loop(study_of):
    draw = random.Random(3)
    lines = [
        (
            f"c{draw.randrange(40)}",
            order,
            date(2023, 1, 3) + timedelta(days=draw.randrange(400)),
            draw.randrange(-5, 60),
        )
        for order in range(300)
    ]
    prepared = study_of(lines)
    result = overview(prepared.standard, prepared.profiles, OverviewParams())
    end = result.period.end
    bought: dict[str, set[date]] = {}
    for customer, _, day, amount in lines:
        if amount > 0 and day <= end:
            bought.setdefault(customer, set()).add(first_of_month(day))
    expected = {}
    for cohort in {min(months) for months in bought.values()}:
        members = [months for months in bought.values() if min(months) == cohort]
        month, k = cohort, 0
        while month <= end:
            expected[cohort, k] = (sum(month in months for months in members), len(members))
            month, k = first_of_month(month + timedelta(days=32)), k + 1
    assert result.cohorts is not None
    found = {(row.cohort, row.month): (row.buyers, row.size) for row in result.cohorts.cells.itertuples()}
    assert found == expected


def test_the_mean_of_the_latest_cohorts_counts_no_other() -> None:
    months = [date(2022 + place // 12, place % 12 + 1, 1) for place in range(24)]
    rows = [(month, month, 10) for month in months]
    # In the first year all come back in the next month, in the last 18 months nobody does.
    rows += [(one, later, 10) for one, later in pairwise(months[:6])]
    table = cohorts(pd.DataFrame(rows, columns=["cohort", "active", "buyers"]), Period(months[0], date(2023, 12, 31)))
    assert table.average(1) == pytest.approx(5 / 23)
    shown = table.latest()
    assert sorted(shown.cells["cohort"].unique()) == months[5:23]
    assert shown.average(1) == 0
    assert shown.cells["month"].max() == 12
