"""Orders without customers: what they say all the same, and no figure for tables that are no orders."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.study import suggest


def refused(text: str) -> AnalysisError:
    with pytest.raises(AnalysisError) as problem:
        suggest(read_file(text.encode(), name="a.csv"))
    return problem.value


def test_orders_of_nobody_say_how_many_they_are_when_and_of_what() -> None:
    rows = "".join(
        f"{i},2024-{i % 3 + 1:02d}-{i + 1:02d},{('Tea', 'Cup')[i % 4 == 0]},{10 + i}.00,"
        f"{'cancelled' if i == 3 else 'paid'}\n"
        for i in range(20)
    )
    said = refused("Receipt,Date,Product,Total,Status\n" + rows)
    worth = {i: 10 + i for i in range(20) if i != 3}
    months = {m: sum(v for i, v in worth.items() if i % 3 == m) for m in range(3)}
    assert said.code == "orders_of_nobody_products"
    assert (said.facts["n"], said.facts["revenue"]) == (19, sum(worth.values()))
    assert (said.facts["first"], said.facts["last"]) == (date(2024, 1, 1), date(2024, 3, 18))
    assert said.facts["month"] == f"2024-{max(months, key=lambda m: months[m]) + 1:02d}"
    assert said.facts["product"] == "Tea"
    assert said.facts["product_revenue"] == sum(v for i, v in worth.items() if i % 4)


def test_orders_of_nobody_without_products_say_the_rest() -> None:
    rows = "".join(f"{i},2024-01-{i + 1:02d},{10 + i}.50\n" for i in range(15))
    said = refused("单号,日期,金额\n" + rows)
    assert (said.code, said.facts["n"], said.facts["revenue"]) == (
        "orders_of_nobody",
        15,
        sum(10.5 + i for i in range(15)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "colour,height\n" + "".join(f"red,{i}\n" for i in range(20)),
        "单号,日期,金额\n1,2024-01-02,3.50\n",  # too few to say anything of
        # Figures of articles by day are no orders.
        "日期,商品名称,SKU,浏览量,成交金额\n"
        + "".join(f"2024-01-{i + 1:02d},茶,S{i},{i + 90},{i}.50\n" for i in range(20)),
        "colour,day,weight\n" + "".join(f"c{i % 3},2024-01-{i + 1:02d},{i}.25\n" for i in range(20)),  # no money
    ],
)
def test_what_is_not_surely_orders_has_no_revenue(text: str) -> None:
    assert not refused(text).code.startswith("orders_of_nobody")
