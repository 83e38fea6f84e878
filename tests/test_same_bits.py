"""The same input gives the same bits, however many threads the database has and whichever of them comes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.engine
import analysis.intake.tables
from analysis.compare.compare import compare
from analysis.engine import connect
from analysis.experiments.reading.changes import ChangeParams, read_change
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment, read_values
from analysis.experiments.rows.table import type_rows
from analysis.intake.reading.read import read_file
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.recipe import SegmentationPlan
from analysis.segments.params import MovementParams, RfmParams, TierParams
from analysis.study import run, suggest
from analysis.sums import Extent, exact_sum, extent_of
from tests.thorough import THOROUGH

RUNS = {1: 1, 2: 7, 8: 12} if THOROUGH else {1: 1, 2: 2, 8: 4}  # by the number of threads
N = 3_000
_WATCHED = analysis.engine.watched


@contextmanager
def threads(monkeypatch: pytest.MonkeyPatch, n: int) -> Iterator[None]:
    """Let every connection have ``n`` threads and share even few rows among them."""

    def many(connection: Any) -> Any:
        connection.execute(f"SET threads = {n}")
        connection.execute("PRAGMA verify_parallelism")
        return _WATCHED(connection)

    with monkeypatch.context() as patch:
        patch.setattr(analysis.engine, "lock", lambda connection: None)
        patch.setattr(analysis.engine, "_SHARED", [])  # looks share a database of these threads, and not the usual one
        patch.setattr(analysis.engine, "watched", many)
        patch.setattr(analysis.intake.tables, "watched", many)
        yield


def bits(value: Any) -> str:
    """Write a result with every digit of its numbers."""
    if isinstance(value, pd.DataFrame):
        return repr([(str(name), str(value[name].dtype), bits(value[name])) for name in value.columns])
    if isinstance(value, pd.Series):
        return repr([bits(cell) for cell in (*value.index, *value)])
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.tobytes()!r}" if value.dtype != object else repr(value.tolist())
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value.hex()
    if isinstance(value, dict):
        return repr({bits(key): bits(part) for key, part in value.items()})
    if isinstance(value, tuple | list):
        return repr([bits(part) for part in value])
    if hasattr(value, "__dataclass_fields__"):
        return repr({name: bits(getattr(value, name)) for name in value.__dataclass_fields__})
    return repr(value)


def is_always_the_same(
    monkeypatch: pytest.MonkeyPatch, compute: Callable[[], Any], runs: Mapping[int, int] = RUNS
) -> None:
    found = set()
    for n, times in runs.items():
        with threads(monkeypatch, n):
            found |= {bits(compute()) for _ in range(times)}
    assert len(found) == 1


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    """Events of an experiment whose amounts differ by many powers of ten: their sum shows in which order they came."""
    rng = np.random.default_rng(7)
    amounts = rng.lognormal(0, 6, N) * rng.choice([1, 1, -1], N)
    unit = rng.integers(0, N // 3, N)
    return pa.table(
        {
            "who": unit,
            "arm": np.where(unit % 2 == 0, "A", "B"),
            "city": rng.choice(["x", "y", "z"], N),
            "day": [f"2024-{1 + place % 6:02d}-{1 + place % 28:02d}" for place in range(N)],
            "bought": rng.integers(0, 2, N),
            "spend": amounts,
            "visits": rng.random(N) + 0.1,
            "before": rng.lognormal(0, 5, N),
        }
    )  # fmt: skip


METRICS = (
    Metric(column="bought"),
    Metric(column="spend", kind="mean"),
    Metric(column="spend", kind="mean", cap=0.99),
    Metric(column="spend", kind="ratio", denominator="visits"),
)


@pytest.mark.parametrize("unit", ["who", None])
def test_an_experiment(monkeypatch: pytest.MonkeyPatch, rows: pa.Table, unit: str | None) -> None:
    params = ReadParams(
        arm="arm", unit=unit, segment="city", day="day", covariates=("before",), metrics=METRICS[:2] + METRICS[3:]
    )
    is_always_the_same(monkeypatch, lambda: read_experiment(rows, params))


def test_an_experiment_with_capped_values(monkeypatch: pytest.MonkeyPatch, rows: pa.Table) -> None:
    params = ReadParams(arm="arm", unit="who", metrics=METRICS[2:3])
    is_always_the_same(monkeypatch, lambda: read_experiment(rows, params))
    is_always_the_same(monkeypatch, lambda: read_values(rows, params, METRICS[2].name))


@pytest.mark.parametrize("group", ["arm", None])
def test_a_change(monkeypatch: pytest.MonkeyPatch, rows: pa.Table, group: str | None) -> None:
    params = ChangeParams(
        outcome="spend", when="day", since="2024-04-01", unit="who", group=group, treated="B" if group else None
    )
    is_always_the_same(monkeypatch, lambda: read_change(rows, params))


def test_a_change_between_two_labels_spelled_in_several_ways(monkeypatch: pytest.MonkeyPatch, rows: pa.Table) -> None:
    labels = ["After", "after", "AFTER", "before", "Before "]
    told = rows.append_column("time", pa.array([labels[place % 5] for place in range(rows.num_rows)]))
    params = ChangeParams(outcome="spend", when="time", since="after", unit="who", group="arm", treated="B")
    is_always_the_same(monkeypatch, lambda: read_change(told, params))


def test_a_table_of_results_typed_from_text(monkeypatch: pytest.MonkeyPatch) -> None:
    few = range(300)
    cells = pa.table(
        {
            "day": [f"{1 + place % 28:02d}/{1 + place % 12:02d}/{2000 + place % 24}" for place in few],
            "paid": [f"{place * 37.5:,.2f}" for place in few],
        }
    )
    is_always_the_same(monkeypatch, lambda: type_rows(cells).to_pandas())


def test_profiles_segmentations_overview_and_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ratings and costs of contacts are read beside the orders: numbers with a point that are summed by customer."""
    rng = np.random.default_rng(5)

    def many(header: str, *columns: Any) -> bytes:
        return "\n".join([header, *(",".join(map(str, row)) for row in zip(*columns, strict=True))]).encode()

    def who(n: int) -> list[str]:
        return [f"c{place}" for place in rng.integers(0, 60, n)]

    days = [f"2024-{1 + place % 6:02d}-{1 + place % 28:02d}" for place in range(600)]
    paid = [f"{paid:.2f}" for paid in rng.lognormal(0, 4, 600)]
    costs = [f"{cost:.3f}" for cost in rng.lognormal(-2, 5, 600)]
    orders = many("customer_id,order_id,order_date,amount", who(600), range(600), days, paid)
    contacts = many("customer_id,contact_date,contact_channel,contact_cost", who(600), days, ["mail"] * 600, costs)

    def compute() -> list[Any]:
        tables = [*read_file(orders, name="orders.csv"), *read_file(contacts, name="contacts.csv")]
        recipe = suggest(tables)
        assert {source.kind for source in recipe.sources} == {"orders", "contacts"}
        plans = (RfmParams(), TierParams(), MovementParams(days=60))
        recipe = recipe.model_copy(update={"segmentations": tuple(SegmentationPlan(params=plan) for plan in plans)})
        result = run(tables, recipe)
        assert not result.problems and "contact_spend" in result.profiles.customers
        segmentation = result.edited["rfm"].segmentation
        return [
            result.profiles.customers,
            [(one.segmentation.labels, one.segmentation.segments) for one in result.edited.values()],
            overview(result.standard, result.profiles, OverviewParams()),
            compare(result.profiles, segmentation, list(segmentation.segments["segment"])[:3]),
        ]

    is_always_the_same(monkeypatch, compute, {1: 1, 2: 2, 8: 2})  # a whole study takes its time


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=30), st.randoms())
def test_a_sum_is_that_of_exact_arithmetic_in_any_order(numbers: list[float], chance: Any) -> None:
    shuffled = list(numbers)
    chance.shuffle(shuffled)
    found = []
    for order in (numbers, shuffled):
        with connect() as connection:
            connection.register("rows", pa.table({"x": pa.array(order, pa.float64())}))
            extent = Extent(*connection.execute(f"SELECT {extent_of('x')} FROM rows").fetchall()[0])
            found.append(connection.execute(f"SELECT {exact_sum('x', extent)} FROM rows").fetchall()[0][0])
    assert found[0].hex() == found[1].hex()
    try:
        exact = math.fsum(numbers)
    except OverflowError:
        return
    assert found[0] == pytest.approx(exact, rel=1e-15, abs=max(map(abs, numbers)) * 2.0**-100 + 1e-300)
