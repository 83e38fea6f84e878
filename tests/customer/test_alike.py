"""The customers most like one: against a plain loop, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.customer.alike import most_alike
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles

FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("city", "basic", "category"),
    Feature("member", "basic", "flag"),
    Feature("phone", "channel", "text", personal="phone"),
)
KEYS = ("spend", "city", "member")


@pytest.fixture
def shop() -> Profiles:
    rng = np.random.default_rng(0)
    n = 60
    frame = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(n)], "spend": rng.integers(0, 9, n).astype(float)})
    frame.loc[3, "spend"] = np.nan
    frame["city"] = rng.choice(["x", "y", "z"], n)
    frame.loc[4, "city"] = None
    frame["member"] = pd.array(rng.random(n) < 0.5, dtype="boolean")
    frame.loc[5, "member"] = pd.NA
    frame["phone"] = "1"
    return Profiles(frame, FEATURES, date(2024, 1, 1))


def place(values: pd.Series, value: float) -> float:
    """Return where a value stands among the known ones, ties in their middle."""
    known = values.dropna()
    return ((known < value).sum() + ((known == value).sum() + 1) / 2) / len(known)


def slowly(frame: pd.DataFrame, row: int) -> list[tuple[float, int]]:
    """Return how far each other customer is, worked out one by one."""
    found = []
    for other in range(len(frame)):
        apart = 0.0
        for key in KEYS:
            a, b = frame[key].iloc[row], frame[key].iloc[other]
            if pd.isna(a) or pd.isna(b):
                apart += float(pd.isna(a) != pd.isna(b))
            elif key == "spend":
                apart += abs(place(frame[key], a) - place(frame[key], b))
            else:
                apart += float(a != b)
        if other != row:
            found.append((round(apart, 9), other))
    return sorted(found)


@pytest.mark.parametrize("row", [0, 3, 4, 5])
def test_the_most_alike_are_those_that_a_plain_loop_finds(shop: Profiles, row: int) -> None:
    found, wanted = most_alike(shop, row, KEYS), slowly(shop.customers, row)[:5]
    assert list(found.rows) == [other for _, other in wanted]
    assert found.likeness == pytest.approx([1 - apart / 3 for apart, _ in wanted])
    assert row not in found.rows


def test_personal_and_missing_features_are_passed_over_and_nothing_left_is_refused(shop: Profiles) -> None:
    assert most_alike(shop, 0, ("phone", "spend", "gone")).features == ("spend",)
    with pytest.raises(AnalysisError) as raised:
        most_alike(shop, 0, ("phone", "gone"))
    assert raised.value.code == "card_nothing_to_compare"


def test_of_two_customers_the_other_one_is_the_most_alike_and_one_alone_has_none(shop: Profiles) -> None:
    two = Profiles(shop.customers.head(2), FEATURES, shop.as_of)
    assert most_alike(two, 0, ("spend",)).rows == (1,)
    one = Profiles(shop.customers.head(1), FEATURES, shop.as_of)
    assert most_alike(one, 0, ("spend",)).rows == ()
