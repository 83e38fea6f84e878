from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.overview.params import OverviewParams
from analysis.overview.periods import (
    Period,
    bucket_of,
    bucket_starts,
    months_between,
    next_bucket,
    period_before,
    period_of,
    presets,
    year_before,
)

DATA = Period(date(2023, 1, 5), date(2024, 6, 30))
days = st.dates(date(2001, 1, 1), date(2040, 12, 31))
periods = st.tuples(days, st.integers(0, 900)).map(lambda one: Period(one[0], one[0] + timedelta(days=one[1])))


def test_presets_end_on_the_last_day_and_count_it():
    assert period_of(OverviewParams(period="last_30_days"), DATA) == Period(date(2024, 6, 1), date(2024, 6, 30))
    assert period_of(OverviewParams(period="last_90_days"), DATA).days == 90
    assert period_of(OverviewParams(period="all"), DATA) == DATA


def test_only_presets_shorter_than_the_data_are_offered():
    assert presets(DATA) == ("all", "last_12_months", "last_90_days", "last_30_days", "own")
    assert presets(Period(date(2024, 6, 1), date(2024, 6, 30))) == ("all", "own")


def test_a_leap_year_ends_february_with_february():
    assert year_before(Period(date(2024, 2, 29), date(2024, 2, 29))) == Period(date(2023, 2, 28), date(2023, 2, 28))
    assert year_before(Period(date(2025, 2, 1), date(2025, 2, 28))) == Period(date(2024, 2, 1), date(2024, 2, 29))


@given(periods)
def test_the_period_before_is_as_long_and_ends_the_day_before(period):
    before = period_before(period)
    assert before.days == period.days
    assert before.end + timedelta(days=1) == period.start


@given(periods)
def test_buckets_cover_every_day_once(period):
    bucket = bucket_of(period)
    starts = bucket_starts(period, bucket)
    assert len(starts) < 400
    assert starts[0] <= period.start
    assert next_bucket(starts[-1], bucket) > period.end
    assert all(next_bucket(one, bucket) == two for one, two in itertools.pairwise(starts))
    assert bucket != "week" or starts[0].weekday() == 0


@given(days, st.integers(0, 60))
def test_months_between_counts_the_steps_of_a_calendar(first, n):
    month = first.replace(day=1)
    for _ in range(n):
        month = next_bucket(month, "month")
    assert months_between(first, month) == n


def test_an_own_period_needs_both_ends_in_order():
    with pytest.raises(AnalysisError) as raised:
        OverviewParams(period="own", start=date(2024, 2, 1), end=date(2024, 1, 1))
    assert raised.value.code == "overview_period_reversed"
    with pytest.raises(ValueError, match="overview_period_open"):
        OverviewParams(period="own", start=date(2024, 2, 1))
