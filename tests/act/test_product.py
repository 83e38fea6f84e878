"""A backlog and a cube beside plain counts of the same rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.act.product.backlog import backlog
from analysis.act.product.cube import OTHER, cube
from analysis.errors import AnalysisError
from analysis.study import begin, read
from analysis.study.steps import Run


def shop(*, planted: bool) -> Run:
    rng = np.random.default_rng(3)
    rows, returns = [], []
    for n in range(300):
        for month in range(1, 4):
            category, channel = ["shoes", "hats"][rng.integers(2)], ["web", "store"][rng.integers(2)]
            rows.append((f"C{n:03}", f"2024-0{month}-{1 + n % 27:02}", f"{n}-{month}", 50.0 + n % 7, category, channel))
            if rng.random() < (0.5 if planted and n < 100 and category == "shoes" else 0.1):
                returns.append((f"C{n:03}", f"2024-0{month}-28", f"{n}-{month}r", -20.0, category, channel))
    columns = ["customer_id", "order_date", "order_id", "amount", "category", "channel"]
    return begin(read(pd.DataFrame([*rows, *returns], columns=columns)))


LABELS: list[Any] = ["early"] * 100 + ["late"] * 190 + [None] * 10


@pytest.fixture(scope="module")
def planted() -> Any:
    return shop(planted=True).prepared()


def test_what_troubles_one_segment_is_found_with_its_customers_and_revenue(planted: Any) -> None:
    found = backlog(planted.profiles, LABELS, planted.standard)
    first = found.items[0]
    assert (first.what, first.name, first.segment) == ("return", "shoes", "early")
    rows = planted.standard.orders().collect("pandas").to_native()
    back = set(rows.loc[rows["is_return"] & (rows["category"] == "shoes"), "customer_id"])
    customers = planted.profiles.customers
    inside = customers["customer_id"].isin(back).to_numpy() & (np.arange(300) < 100)
    assert first.customers == inside.sum() and first.revenue == pytest.approx(customers["spend"][inside].sum())
    assert first.low < first.share < first.high and first.index is not None and first.index > 150
    assert first.p < 0.001


def test_noise_has_nothing_to_mend_and_files_without_troubles_are_refused() -> None:
    run = shop(planted=False).prepared()
    assert not backlog(run.profiles, LABELS, run.standard).items
    plain = begin(
        read(pd.DataFrame({"customer_id": list("abc"), "order_date": ["2024-01-01"] * 3, "amount": [1, 2, 3]}))
    )
    found = plain.prepared()
    with pytest.raises(AnalysisError, match="act_backlog_nothing"):
        backlog(found.profiles, ["x"] * 3, found.standard)
    with pytest.raises(AnalysisError, match="act_cube_nothing"):
        cube(found.profiles, ["x"] * 3, found.standard)


def test_the_cube_counts_as_plain_loops_do(planted: Any) -> None:
    found = cube(planted.profiles, LABELS, planted.standard)
    assert (found.what, found.where) == ("category", "channel")
    rows = planted.standard.sales().collect("pandas").to_native()
    segment = dict(zip(planted.profiles.customers["customer_id"], LABELS, strict=True))
    for cell in found.cells.to_dict("records"):
        here = rows[(rows["category"] == cell["what"]) & (rows["channel"] == cell["where"])]
        buyers = {one for one in here["customer_id"] if segment[one] == cell["segment"]}
        everybody = {one for one in here["customer_id"] if segment[one] is not None}
        size = LABELS.count(cell["segment"])
        assert cell["buyers"] == len(buyers) and cell["share"] == pytest.approx(len(buyers) / size)
        assert cell["index"] == pytest.approx(len(buyers) / size / (len(everybody) / 290) * 100)
        money = here[here["customer_id"].isin(buyers)]["amount"].astype(float).sum()
        assert cell["money"] == pytest.approx(money)
    assert OTHER not in set(found.cells["what"])
