"""The step from lines to customers gives the same, to the cent, whatever engine carries the lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import StandardTables
from analysis.profiles.build import build_profiles, profile_orders
from analysis.profiles.lines import order_lines
from analysis.profiles.result import Profiles
from analysis.recipe import Column, Recipe, Source

ROLES = {
    "who": "customer_id", "order": "order_id", "when": "order_date", "paid": "amount", "kind": "category",
    "maker": "brand", "place": "city", "shop": "channel", "cost": "cost", "off": "discount", "age": "age",
}  # fmt: skip
AS_OF = date(2024, 5, 1)


@pytest.fixture(scope="module")
def standard() -> StandardTables:
    """Lines of 40 customers before, on and after the day of the profiles, with a cell missing here and there."""
    rng = np.random.default_rng(11)
    lines = [",".join(ROLES)]
    for n in range(600):
        day = date(2023, 3, 1) + timedelta(days=int(rng.integers(0, 450)))
        price = f"{rng.choice([-1, 1, 1, 1]) * rng.integers(1, 90_000) / 100:.2f}"
        kind, maker, place, shop, cost, off, age = (
            rng.choice(words)
            for words in (["tea", "cups", "茶", ""], ["A", "B", ""], ["Paris", "Lyon", ""], ["web", "shop"],
                          ["1.1", "0.37", ""], ["0", "2.5", ""], ["31", "47", ""])
        )  # fmt: skip
        who, order, hour = rng.integers(0, 40), n // 2 if n % 3 else n, rng.integers(0, 24)
        lines.append(
            f"c{who},o{order},{day} {hour:02d}:{n % 60:02d},{price},{kind},{maker},{place},{shop},{cost},{off},{age}"
        )
    columns = tuple(Column(name=name, role=role) for name, role in ROLES.items())
    return standardise(
        read_file("\n".join(lines).encode(), name="a.csv"), Recipe(sources=(Source(kind="orders", columns=columns),))
    )


@pytest.fixture(scope="module")
def expected(standard: StandardTables) -> Profiles:
    """Return the profiles as the app makes them."""
    return build_profiles(standard, as_of=AS_OF)


def duckdb(standard: StandardTables) -> Any:
    return standard.orders().to_native()


def arrow(standard: StandardTables) -> pa.Table:
    return standard.orders().collect("pyarrow").to_native()


def pandas(standard: StandardTables) -> pd.DataFrame:
    return standard.orders().collect("pandas").to_native()


def pandas_of_objects(standard: StandardTables) -> pd.DataFrame:
    """Return decimals and dates as Python's own, as ``to_pandas`` of Arrow leaves them."""
    return arrow(standard).to_pandas()


def pandas_of_arrow(standard: StandardTables) -> pd.DataFrame:
    return arrow(standard).to_pandas(types_mapper=pd.ArrowDtype)


def pandas_with_times_as_days(standard: StandardTables) -> pd.DataFrame:
    return pandas(standard).assign(order_date=lambda frame: frame["order_time"])


def polars(standard: StandardTables) -> Any:
    import polars

    return polars.from_arrow(arrow(standard))


def polars_lazy(standard: StandardTables) -> Any:
    return polars(standard).lazy()


def sqlframe(standard: StandardTables) -> Any:
    from sqlframe.duckdb import DuckDBSession

    return DuckDBSession(conn=standard.cursor()).table("orders")


@pytest.mark.parametrize(
    "engine",
    [
        duckdb,
        arrow,
        pandas,
        pandas_of_objects,
        pandas_of_arrow,
        pandas_with_times_as_days,
        polars,
        polars_lazy,
        sqlframe,
    ],
)
def test_the_step_gives_the_profiles_of_the_app(
    standard: StandardTables, expected: Profiles, engine: Callable[[StandardTables], Any]
) -> None:
    lines = order_lines(engine(standard), as_of=AS_OF, roles=standard.order_roles, has_time=True)
    found, features = profile_orders([lines])
    assert {feature.key for feature in features} <= {feature.key for feature in expected.features}
    there = expected.customers.set_index("customer_id")[list(found.columns)]
    found = found.sort_index()
    assert list(found.index) == list(there.index) and len(found) > 30
    for key in found.columns:
        if features[list(found.columns).index(key)].unit == "money":
            assert (found[key].round(2).fillna(-1) == there[key].round(2).fillna(-1)).all(), key
    pd.testing.assert_frame_equal(found, there, check_dtype=False, check_index_type=False, rtol=1e-12)


def test_lines_of_the_standard_tables_are_lazy_and_sales_are_those_that_sold(standard: StandardTables) -> None:
    orders, sales = pandas(standard), standard.sales().collect("pandas").to_native()
    sold = orders[~orders["is_return"] & (orders["amount"] > 0)]
    assert 0 < len(sold) < len(orders)
    assert sorted(sales["line"]) == sorted(sold["line"])
    assert list(sales) == list(orders)


def test_spark_is_measured_by_a_command_that_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    from benchmarks import spark

    monkeypatch.setattr(shutil, "which", lambda name: None)
    spark.main()
    assert capsys.readouterr().out.startswith("skipped: Spark needs java")
