"""A bridge leads from one period to the next to the last digit, for everything together and for every value."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.history.bridge import ALL, OTHER, bridge, since
from analysis.history.params import BridgeParams
from tests.history.shops import FIRST, Order, looped, moment, standard_of

BEFORE, NOW = since(date(2024, 3, 1), date(2024, 3, 31))
SHOP: list[Order] = [
    ("stays", date(2024, 2, 10), "10.10", "web"), ("stays", date(2024, 3, 10), "15.30", "shop"),
    ("less", date(2024, 2, 10), "20.00", "web"), ("less", date(2024, 3, 10), "5.05", "web"),
    ("new", date(2024, 3, 15), "7.77", "web"),
    ("back", date(2023, 6, 1), "1.00", "shop"), ("back", date(2024, 3, 20), "2.02", "shop"),
    ("lost", date(2024, 2, 20), "9.99", "shop"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Any:
    return standard_of(SHOP)


def test_the_steps_of_a_shop_by_hand(shop: Any) -> None:
    found = bridge(shop, BEFORE, NOW)
    assert (found.whole.before, found.whole.now) == (Decimal("40.09"), Decimal("30.14"))
    assert {one.step: (one.customers, one.change) for one in found.whole.steps} == {
        "new": (1, Decimal("7.77")), "returned": (1, Decimal("2.02")), "up": (1, Decimal("5.20")),
        "down": (1, Decimal("-14.95")), "lost": (1, Decimal("-9.99")),
    }  # fmt: skip
    assert (found.customers_before, found.customers_now) == (3, 4)


def test_a_bridge_by_channel_adds_up_to_the_whole(shop: Any) -> None:
    found = bridge(shop, BEFORE, NOW, BridgeParams(by="channel"))
    web = next(part for part in found.parts if part.value == "web")
    assert web.before == Decimal("30.10") and web.now == Decimal("12.82")
    assert {one.step: one.change for one in web.steps} == {"new": Decimal("7.77"), "down": Decimal("-25.05")}
    for side in ("before", "now", "change"):
        assert sum(getattr(part, side) for part in found.parts) == getattr(found.whole, side)


def test_who_changes_the_segment_takes_the_money_along(shop: Any) -> None:
    was = moment(BEFORE[1], stays="a", less="a", lost="b")
    now = moment(NOW[1], stays="b", less="a", lost="c", new="a", back="b")
    parts = {
        part.value: part for part in bridge(shop, BEFORE, NOW, BridgeParams(by="segment"), segments=(was, now)).parts
    }
    assert {one.step: one.change for one in parts["a"].steps} == {
        "new": Decimal("7.77"), "down": Decimal("-14.95"), "moved_out": Decimal("-10.10"),
    }  # fmt: skip
    assert parts["b"].step("moved_in").change == Decimal("15.30")
    assert parts["b"].step("lost").change == Decimal("-9.99")


days = st.dates(BEFORE[0] - timedelta(days=60), NOW[1])
amounts = st.decimals("-50", "99.99", places=2).map(str)
orders = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), days, amounts, st.sampled_from(["web", "shop", ""])), min_size=1
)
places = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["a", "b", None]))


@given(orders, places, places)
def test_random_pairs_add_up_to_the_cent_and_the_customer(
    orders: list[Order], was: dict[str, Any], now: dict[str, Any]
) -> None:
    standard = standard_of(orders)
    for params in (BridgeParams(), BridgeParams(by="channel"), BridgeParams(by="segment", most=2)):
        found = bridge(standard, BEFORE, NOW, params, segments=(moment(BEFORE[1], **was), moment(NOW[1], **now)))
        for part in (found.whole, *found.parts):
            assert part.before + sum((one.change for one in part.steps), Decimal(0)) == part.now
        if found.parts:
            for side in ("before", "now"):
                assert sum(getattr(part, side) for part in found.parts) == getattr(found.whole, side)
        steps = {one.step: one.change for one in found.whole.steps}
        expected = {step: change for step, change in looped(orders, BEFORE, NOW).items() if change or step in steps}
        assert {step: change for step, change in steps.items() if change} == {
            step: change for step, change in expected.items() if change
        }
        came = found.whole.step("new").customers + found.whole.step("returned").customers
        assert found.customers_before + came - found.whole.step("lost").customers == found.customers_now


def test_the_smallest_values_share_one_bridge(shop: Any) -> None:
    orders: list[Order] = [(f"c{n}", date(2024, 3, 10), f"{n}.00", f"way {n}") for n in range(1, 7)]
    found = bridge(standard_of(orders), BEFORE, NOW, BridgeParams(by="channel", most=3))
    assert [(part.value, part.now) for part in found.parts] == [
        ("way 6", Decimal(6)), ("way 5", Decimal(5)), (OTHER, Decimal(10)),
    ]  # fmt: skip
    assert found.table["value"].tolist()[0] == ALL


def test_refusals(shop: Any) -> None:
    with pytest.raises(AnalysisError, match="history_no_days_between"):
        since(FIRST, FIRST)
    for params, code in (
        (BridgeParams(by="weather"), "history_no_such_column"),
        (BridgeParams(by="segment"), "history_needs_segments"),
    ):
        with pytest.raises(AnalysisError, match=code):
            bridge(shop, BEFORE, NOW, params)
    with pytest.raises(AnalysisError, match="history_periods_overlap"):
        bridge(shop, NOW, BEFORE)
