"""A funnel by segment: planted drops are found, chance is none, shares by hand, and nothing to compare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, fisher_exact

from analysis.predict.paths.by_segment import funnel_by_segment
from tests.predict.paths.test_paths import STEPS, events_of, of, raw

WAYS = ("see cart pay", "see cart", "see")


def ways(seed: int, chances: dict[str, float], n: int = 120) -> tuple[Any, pd.Series]:
    """A shop in which each segment pays with a chance of its own."""
    rng = np.random.default_rng(seed)
    pays = [rng.random() < chance for chance in chances.values() for _ in range(n)]
    found = of(raw(events_of(*(WAYS[0] if yes else WAYS[1 + int(rng.random() < 0.2)] for yes in pays))), steps=STEPS)
    label = {f"c{place}": segment for place, segment in enumerate(segment for segment in chances for _ in range(n))}
    return found, found.customers["customer_id"].map(label)


def test_shares_are_those_of_the_list_and_a_planted_drop_is_found() -> None:
    found, labels = ways(1, {"app": 0.2, "shop": 0.6, "web": 0.6})
    table = funnel_by_segment(found, labels).set_index("segment")
    reached = found.customers["steps"] >= 3
    assert table["reached"].to_dict() == reached.groupby(labels).sum().to_dict()
    assert table["customers"].sum() == 360 and table.index[-1] == "app"
    app = table.loc["app"].to_dict()
    assert app["p"] < 1e-6 and app["worst"] == "pay"
    rest = table.loc[["shop", "web"]]
    assert table.loc["app", "others"] == pytest.approx(rest["reached"].sum() / rest["customers"].sum())
    exact = []
    for segment in table.index:
        own, others = table.loc[segment], table.drop(index=segment)
        exact.append(fisher_exact([
            [own["reached"], own["customers"] - own["reached"]],
            [others["reached"].sum(), others["customers"].sum() - others["reached"].sum()],
        ])[1])  # fmt: skip
    assert table["p"].tolist() == pytest.approx(false_discovery_control(exact).tolist(), rel=1e-6)
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_segments_of_one_chance_seldom_differ() -> None:
    found, _ = ways(2, {"all": 0.5}, n=300)
    called = 0
    for seed in range(60):
        labels = pd.Series(np.random.default_rng(seed).choice(list("abcd"), 300))
        called += bool((funnel_by_segment(found, labels)["p"] < 0.05).any())
    assert called <= 8  # 3 are expected


def test_few_customers_and_no_events_have_no_rows() -> None:
    found, labels = ways(3, {"one": 0.5}, n=8)
    [alone] = funnel_by_segment(found, labels).to_dict("records")
    assert np.isnan(alone["p"]) and np.isnan(alone["others"])
    assert funnel_by_segment(found, pd.Series(["a"] * 4 + ["b"] * 4)).empty
    assert funnel_by_segment(replace(found, funnel=None), labels).empty
