"""Groups that nobody asked for: planted ones are found, noise gives none, and each has a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from analysis.act.playbook.scan import ScanParams, scan
from analysis.act.playbook.scan_words import group_words
from analysis.errors import AnalysisError
from tests.act.makers import profiles
from texts import LANGUAGES, translator


def made(seed: int, n: int = 1500, *, planted: bool = False) -> Any:
    rng = np.random.default_rng(seed)
    city, source = rng.choice(list("ABCDE"), n), rng.choice(["ad", "friend", "shop"], n)
    level, age = rng.choice(["x", "y"], n), rng.integers(18, 80, n)
    spend = rng.gamma(2, 50, n)
    if planted:
        spend[(city == "C") & (source == "friend")] *= 3
    return profiles(city=city, source=source, level=level, age=age, spend=spend)


def test_a_planted_pair_is_found_with_its_size_and_worth() -> None:
    base = made(1, planted=True)
    found = scan(base)
    first = found.groups[0]
    assert {(one.feature, one.value) for one in first.traits} == {("city", "C"), ("source", "friend")}
    customers = base.customers
    inside = ((customers["city"] == "C") & (customers["source"] == "friend")).to_numpy()
    assert first.n == inside.sum() and set(first.rows) == set(inside.nonzero()[0])
    assert first.mean == pytest.approx(customers["spend"][inside].mean())
    assert first.others == pytest.approx(customers["spend"][~inside].mean())
    whole = mannwhitneyu(
        customers["spend"][inside], customers["spend"][~inside], alternative="greater", method="asymptotic",
        use_continuity=False,
    ).pvalue  # fmt: skip
    assert np.log(first.p) == pytest.approx(np.log(whole * found.looked_at), rel=0.02)
    assert found.looked_at == len(by_hand(customers))


def by_hand(customers: pd.DataFrame) -> list[int]:
    """Count the groups that are looked at, in plain loops."""
    from itertools import combinations, product

    cuts = np.unique(np.quantile(customers["age"], [1 / 3, 2 / 3]))
    coded = customers.assign(age=np.searchsorted(cuts, customers["age"], side="left"))
    sizes = []
    for depth in (1, 2, 3):
        for keys in combinations(["city", "source", "level", "age"], depth):
            for values in product(*(coded[key].unique() for key in keys)):
                n = int(np.logical_and.reduce([coded[key] == one for key, one in zip(keys, values, strict=True)]).sum())
                if 20 <= n <= 150:
                    sizes.append(n)
    return sizes


def test_noise_names_no_group_in_nineteen_looks_of_twenty() -> None:
    named = sum(bool(scan(made(seed)).groups) for seed in range(100, 160))
    assert named <= 7  # 5 % of 60 and two standard errors


def test_what_cannot_be_looked_at_is_refused() -> None:
    for base, params, code in (
        (made(1), ScanParams(by="city"), "act_scan_no_number"),
        (profiles(spend=np.ones(100)), ScanParams(), "act_scan_no_features"),
        (made(1, 30), ScanParams(), "act_scan_too_few"),
    ):
        with pytest.raises(AnalysisError, match=code):
            scan(base, params)
    assert not scan(profiles(city=["A", "B"] * 50, spend=np.ones(100)), ScanParams(most_share=0.5)).groups


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_is_said_with_its_numbers(language: Any) -> None:
    base = made(1, planted=True)
    said = group_words(scan(base).groups[0], base, translator(language))
    assert "C" in said and "friend" in said and str(scan(base).groups[0].n) in said
