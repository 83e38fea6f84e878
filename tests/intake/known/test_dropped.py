"""Known exports that lost a column that matters: the same figures, marked or refused, never others without a word."""

from __future__ import annotations

import pytest

from benchmarks.matrix.drop import dropped

MATTER = frozenset(
    (
        "customer_id",
        "order_date",
        "amount",
        "unit_price",
        "status",
        "payment_state",
        "refunded",
        "direction",
        "sale_type",
    )
)


@pytest.mark.parametrize("name", ["shopify_orders", "ebay_orders", "taobao_orders", "paypal_activity"])
def test_an_export_without_a_column_that_matters_never_comes_to_other_figures_in_silence(name: str) -> None:
    found = list(dropped(name, renamed=False, only=MATTER))
    assert len(found) >= 3
    assert [one for one in found if one.verdict == "wrong"] == []


def test_an_export_whose_amount_has_lost_its_name_is_marked() -> None:
    [_, nameless] = dropped("pinduoduo_orders", only=frozenset(["amount"]))
    assert nameless.verdict == "marked"


def test_an_export_that_lost_a_column_of_no_weight_still_has_its_money() -> None:
    assert {one.verdict for one in dropped("ebay_orders", only=frozenset(["ignore"]))} == {"right"}
