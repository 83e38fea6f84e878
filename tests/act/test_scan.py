"""Groups that nobody asked for: planted ones are found, noise gives none, and each has a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from analysis.act.playbook.scan import ScanParams, rising, scan
from analysis.act.playbook.scan_words import group_words, rising_words
from analysis.errors import AnalysisError
from analysis.intake.reading.frames import Named
from analysis.study import begin, read
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


def shop(*, planted: bool, months: int = 8, seed: int = 3) -> Any:
    """Return 600 customers with an order a month; those of one city and one source spend thrice in the last three."""
    rng = np.random.default_rng(seed)
    city, source = rng.choice(list("ABCDE"), 600), rng.choice(["ad", "friend", "shop"], 600)
    rows = []
    for month in range(1, months + 1):
        amounts = rng.gamma(4, 20, 600)
        if planted and month > months - 3:
            amounts[(city == "C") & (source == "friend")] *= 3
        days = rng.integers(1, 28, 600)
        rows += [(f"k{n}", f"2024-{month:02}-{days[n]:02}", round(amounts[n], 2)) for n in range(600)]
    orders = pd.DataFrame(rows, columns=["customer id", "order date", "amount"])
    members = pd.DataFrame({"customer id": [f"k{n}" for n in range(600)], "city": city, "source": source})
    return begin(read(Named("orders", orders), Named("customers", members))).prepared()


def test_a_group_that_rises_is_found_and_told_and_noise_is_not() -> None:
    made_ = shop(planted=True)
    found = rising(made_.profiles, made_.standard)
    first = found.groups[0]
    assert {(one.feature, one.value) for one in first.traits} == {("city", "C"), ("channel", "friend")}
    assert first.mean > 200 and abs(first.others) < 40
    for language, words in zip(LANGUAGES, ("in the last 90 days", "近 90 天"), strict=True):
        assert words in rising_words(first, made_.profiles, 90, translator(language))
    calm = shop(planted=False)
    assert not rising(calm.profiles, calm.standard).groups
    with pytest.raises(AnalysisError, match="act_scan_short"):
        rising(calm.profiles, calm.standard, ScanParams(days=200))
