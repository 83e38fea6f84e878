"""Profiles against a plain loop, on DuckDB and on pandas, in any order of the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from math import log2
from statistics import mean, stdev

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.profiles.behaviour import HOURS, WEEKDAYS
from analysis.profiles.build import build_profiles, profile_orders
from analysis.profiles.lines import order_lines
from analysis.recipe import Cleaning, Column, Recipe, Source
from tests.thorough import examples

ROLES = {
    "who": "customer_id", "order": "order_id", "when": "order_date", "paid": "amount", "kind": "category",
    "place": "city",
    "shop": "channel",
}  # fmt: skip
RECIPE = Recipe(
    sources=(Source(kind="orders", columns=tuple(Column(name=n, role=r) for n, r in ROLES.items())),),
    cleaning=Cleaning(),
)
LINE = st.tuples(
    st.sampled_from("abcd"),
    st.integers(1, 9),
    st.datetimes(datetime(2023, 1, 1), datetime(2024, 6, 30)).map(lambda t: t.replace(microsecond=0)),
    st.decimals(-50, 200, places=2),
    st.sampled_from(["tea", "cups", ""]),
    st.sampled_from(["Paris", "Lyon", ""]),
    st.sampled_from(["web", "shop"]),
)


def standard(lines):
    text = ",".join(ROLES) + "\n" + "".join(",".join(map(str, line)) + "\n" for line in lines)
    return standardise(read_file(text.encode(), name="a.csv"), RECIPE)


def first_of_most(counts: Counter):
    """The most frequent value, the first in order among equal ones."""
    return min((value for value in counts if counts[value] == max(counts.values())), default=None)


def entropy(counts: Counter) -> float | None:
    """Shannon's entropy in bits."""
    total = sum(counts.values())
    return sum(n / total * log2(total / n) for n in counts.values()) if counts else None


def by_loop(lines, as_of: date) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    grouped = defaultdict(list)
    for line in lines:
        if line[2].date() <= as_of:
            grouped[line[0]].append(line)
    for who, own in grouped.items():
        sales = [line for line in own if line[3] > 0]
        orders = {line[1] for line in sales}
        days = sorted({line[2].date() for line in sales})
        first_line = {order: min(line[2] for line in sales if line[1] == order) for order in orders}
        order_days = sorted({moment.date() for moment in first_line.values()})
        gaps = [(later - earlier).days for earlier, later in pairwise(order_days)]
        n_recent = sum(moment.date() > as_of - timedelta(days=90) for moment in first_line.values())
        n_before = sum(
            as_of - timedelta(days=180) < moment.date() <= as_of - timedelta(days=90) for moment in first_line.values()
        )
        weekdays = Counter(moment.isoweekday() for moment in first_line.values())
        quarters = Counter(HOURS[moment.hour // 6] for moment in first_line.values())
        shops = Counter(line[6] for line in sales)
        in_order = sorted(sales, key=lambda line: (line[2], line[6]))
        gross = sum((line[3] for line in sales), Decimal(0))
        kinds = Counter(line[4] for line in sales if line[4])
        best = min((kind for kind in kinds if kinds[kind] == max(kinds.values())), default=None)
        places = [line for line in own if line[5]]
        newest = max((line[2] for line in places), default=None)
        found[who] = {
            "n_orders": len(orders),
            "spend": float(sum((line[3] for line in own), Decimal(0))),
            "average_order_value": float(gross) / len(orders) if orders else None,
            "recency_days": (as_of - days[-1]).days if days else None,
            "tenure_days": (as_of - days[0]).days if days else None,
            "active_months": len({(day.year, day.month) for day in order_days}),
            "mean_gap_days": mean(gaps) if gaps else None,
            "gap_spread_days": stdev(gaps) if len(gaps) > 1 else None,
            "orders_last_90_days": n_recent,
            "orders_90_days_before": n_before,
            "order_trend": n_recent / n_before - 1 if n_before else None,
            "favourite_weekday": WEEKDAYS[first_of_most(weekdays) - 1] if orders else None,
            "favourite_hours": first_of_most(quarters) if any(line[2].time() != time.min for line in lines) else None,
            "category_entropy": entropy(kinds),
            "favourite_channel": first_of_most(shops),
            "favourite_channel_share": max(shops.values()) / len(sales) if sales else None,
            "first_channel": in_order[0][6] if sales else None,
            "favourite_category": best,
            "favourite_category_share": kinds[best] / sum(kinds.values()) if best else None,
            "n_categories": len(kinds) or None,
            "city": min((line[5] for line in places if line[2] == newest), default=None),
            "n_channels": len({line[6] for line in sales}) or None,
        }
    return found


def check(customers: pd.DataFrame, expected: dict[str, dict[str, object]]) -> None:
    assert list(customers["customer_id"]) == sorted(expected)
    for row in customers.to_dict("records"):
        for key, value in expected[row["customer_id"]].items():
            if key not in row:
                assert value in (None, 0), key
            elif value is None:
                assert pd.isna(row[key]), key
            elif isinstance(value, str):
                assert row[key] == value, key
            else:
                assert row[key] == pytest.approx(value, abs=1e-9), key


@examples(8)
@given(st.lists(LINE, min_size=1, max_size=25), st.sampled_from(["latest", date(2023, 12, 31)]), st.randoms())
def test_profiles_are_those_of_a_plain_loop_in_any_order_of_the_rows(lines, as_of, chance) -> None:
    lines = [("a", 1, datetime(2023, 1, 1), Decimal(5), "tea", "Paris", "web"), *lines]
    moved = [line[2].date() for line in lines if line[3] != 0]  # sales and what came back of them
    day = max(moved) + timedelta(days=1) if as_of == "latest" else as_of
    profiles = build_profiles(standard(lines), as_of=as_of)
    assert profiles.as_of == day
    assert profiles.n_after_as_of == sum(line[2].date() > day for line in lines)
    check(profiles.customers, by_loop(lines, day))
    shuffled = list(lines)
    chance.shuffle(shuffled)
    pd.testing.assert_frame_equal(build_profiles(standard(shuffled), as_of=as_of).customers, profiles.customers)


@examples(5)
@given(st.lists(LINE, min_size=3, max_size=20))
def test_the_step_gives_the_same_on_pandas_as_on_duckdb(lines) -> None:
    lines = [("a", 1, datetime(2023, 1, 1, 9), Decimal(5), "tea", "Paris", "web"), *lines]
    found = standard(lines)
    cursor = found.cursor()
    facts = {"as_of": date(2024, 7, 1), "roles": found.order_roles, "has_time": True}
    frame = cursor.table("orders").to_df().assign(amount=lambda f: f["amount"].astype(float))
    frame["order_date"] = pd.to_datetime(frame["order_date"])
    there, features = profile_orders([order_lines(cursor.table("orders"), **facts)])
    here, same = profile_orders([order_lines(frame, **{**facts, "as_of": datetime(2024, 7, 1)})])
    assert features == same
    pd.testing.assert_frame_equal(here.sort_index(), there.sort_index(), check_dtype=False, check_index_type=False)


def test_a_day_before_all_lines_is_refused() -> None:
    with pytest.raises(AnalysisError) as refusal:
        build_profiles(standard([("a", 1, datetime(2024, 1, 1), Decimal(5), "tea", "", "web")]), as_of=date(2023, 1, 1))
    assert (refusal.value.code, refusal.value.facts["first"]) == ("as_of_before_data", date(2024, 1, 1))
