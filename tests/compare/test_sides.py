"""Two segments side by side: intervals that hold for skewed amounts, and differences that have no d."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.charts.compare import difference_bars, mean_dots
from analysis.compare.compare import compare
from analysis.compare.explain import against
from analysis.compare.two import compare_two
from analysis.compare.words import answer
from analysis.figures import _rounded
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import Segmentation, segmentation_of
from analysis.stats.intervals import difference_of_means
from analysis.stats.skewed import Moments, difference_of_skewed
from texts import LANGUAGES, translator


def moments(values: np.ndarray) -> Moments:
    away = values - values.mean()
    return Moments(len(values), float(values.mean()), float((away**2).sum()), float((away**3).sum()))


def welch(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    sides = [np.array([x]) for part in (a, b) for x in (part.mean(), part.std(ddof=1), len(part))]
    low, high = difference_of_means(*sides)
    return float(low[0]), float(high[0])


@pytest.mark.parametrize(
    ("n", "n_other", "scale", "zeros", "at_most"),
    [(30, 1970, 1, 0, 0.05), (30, 1970, 2, 0, 0.05), (60, 1900, 0.5, 0, 0.05), (30, 970, 1, 0.7, 0.05)],
)
def test_the_interval_of_skewed_amounts_covers_where_welchs_does_not(n, n_other, scale, zeros, at_most):
    rng, sigma, runs = np.random.default_rng(7), 1.5, 150
    mean = np.exp(sigma**2 / 2) * (1 - zeros)
    out = plain = 0
    for _ in range(runs):
        a, b = (rng.lognormal(0, sigma, size) * (rng.random(size) >= zeros) for size in (n, n_other))
        a, true = a * scale, mean * (scale - 1)
        low, high = difference_of_skewed(moments(a), moments(b)) or welch(a, b)
        out += not low <= true <= high
        low, high = welch(a, b)
        plain += not low <= true <= high
    assert out / runs <= at_most < plain / runs


def test_normal_amounts_and_many_customers_keep_welchs_interval():
    rng = np.random.default_rng(3)
    few, many = rng.normal(5, 1, 40), rng.normal(5, 2, 400)
    assert difference_of_skewed(moments(few), moments(many)) is None
    assert difference_of_skewed(*(moments(rng.lognormal(0, 0.5, size)) for size in (4000, 9000))) is None
    assert difference_of_skewed(moments(np.ones(30)), moments(np.ones(60))) is None


def profiles_of(codes: np.ndarray, **columns: np.ndarray) -> Profiles:
    frame = pd.DataFrame({"customer_id": [f"c{i:05}" for i in range(len(codes))], **columns})
    return Profiles(frame, tuple(Feature(key, "value", "number") for key in columns), date(2024, 1, 1))


def test_the_convention_of_each_interval_is_named_and_a_less_b_mirrors_b_less_a():
    rng = np.random.default_rng(11)
    codes = np.repeat([0, 1], [40, 960])
    base = profiles_of(codes, spend=rng.lognormal(0, 1.5, 1000), age=rng.normal(40, 9, 1000))
    groups = segmentation_of(codes, ["a", "b"], method="rules")
    one, other = (compare_two(base, groups, *pair).rows.set_index("feature") for pair in ("ab", "ba"))
    assert one["convention"].to_dict() == {"spend": "skewed", "age": "welch"}
    ends = difference_of_skewed(*(moments(base.customers["spend"].to_numpy()[codes == code]) for code in (0, 1)))
    assert ends is not None
    for rows, low, high in ((one, *ends), (other, -ends[1], -ends[0])):
        assert rows.loc["spend", ["low", "high"]].tolist() == pytest.approx([low, high])


def constant() -> tuple[Profiles, Segmentation]:
    codes = np.repeat([0, 1], 100)
    rng = np.random.default_rng(0)
    columns = {"visits": np.where(codes, 1.0, 4.0), "age": rng.normal(40, 9, 200) + codes, "same": np.ones(200)}
    return profiles_of(codes, **columns), segmentation_of(codes, ["a", "b"], method="rules")


def test_two_sides_that_do_not_vary_differ_by_more_than_any_d_and_have_none():
    base, groups = constant()
    for rows in (compare_two(base, groups, "a", "b").rows, against(base, groups, "a").rows):
        first = rows.iloc[0]
        assert (first["feature"], first["difference"], first["low"], first["high"]) == ("visits", 3, 3, 3)
        assert np.isnan(first["effect"]) and first["significant"] and first["p"] < 1e-20
        assert "same" not in set(rows["feature"])
    first = compare(base, groups, ["a"]).differences.iloc[0]
    assert (first["feature"], first["value"], first["rest_value"], first["significant"]) == ("visits", 4, 1, True)
    turned = compare_two(base, groups, "b", "a").rows.iloc[0]
    assert (turned["difference"], turned["significant"]) == (-3, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_without_a_d_is_said_drawn_and_written(language):
    base, groups = constant()
    found, t = compare(base, groups, ["a", "b"]), translator(language)
    names = {"a": "Ones", "b": "Others"}
    said = answer(found, names, t)
    assert "nan" not in " ".join(said).casefold() and "4" in said[0]
    drawn = difference_bars(found, t, names=names).to_dict(validate=False)
    ends = [row["drawn"] for rows in drawn["datasets"].values() for row in rows if row.get("label")]
    assert len(ends) == len(found.differences) and all(np.isfinite(ends)) and ends[0] == max(map(abs, ends))
    mean_dots(found, "visits", t, names=names)
    json.dumps(_rounded(found.differences.to_dict("records")), allow_nan=False)
