"""Effects by segment: planted ones found, none invented, Simpson's paradox called out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from analysis.errors import AnalysisError
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.rows.read import NONE, OTHER, Metric, ReadParams, read_experiment
from analysis.experiments.words import segments_answer
from benchmarks.calibration.readings import as_data
from texts import translator

CHOICE = ReadParams(arm="arm", segment="city", metrics=(Metric(column="bought"),))


def table(counts):
    """Return rows from (segment, arm, n, conversions)."""
    parts = [
        pd.DataFrame({"city": city, "arm": arm, "bought": [1] * hits + [0] * (n - hits)})
        for city, arm, n, hits in counts
    ]
    return pd.concat(parts, ignore_index=True)


def read(counts, **choice):
    return read_segments(read_experiment(table(counts), CHOICE), metric="bought", treatment="B", **choice)


def test_the_one_segment_with_an_effect_is_found_and_the_interaction_too():
    counts = [(f"s{i}", arm, 2000, 400) for i in range(5) for arm in "AB"]
    counts[-1] = ("s4", "B", 2000, 520)
    found = read(counts)
    assert (found.effects[0].segment, found.effects[0].significant) == ("s4", True)
    assert sum(effect.significant for effect in found.effects) == 1
    # By hand: p 0.2 and 0.26 with 2,000 each, five segments; the last has 0.06, the others 0.
    assert found.effects[0].absolute.value == pytest.approx(0.06)
    assert found.interaction is not None
    assert found.interaction.df == 4
    assert found.interaction.p < 0.01


def test_interaction_of_two_segments_is_the_squared_z_of_their_difference():
    found = read([("x", "A", 500, 100), ("x", "B", 500, 150), ("y", "A", 400, 90), ("y", "B", 400, 95)])
    one, two = found.effects
    z = (one.absolute.value - two.absolute.value) / np.hypot(one.absolute.se, two.absolute.se)
    assert found.interaction.statistic == pytest.approx(z**2)


def test_simpsons_paradox_is_called_out():
    # Charig et al. (1986), kidney stones: open surgery wins in small and in large stones and loses overall.
    found = read([("small", "A", 270, 234), ("large", "A", 80, 55), ("small", "B", 87, 81), ("large", "B", 263, 192)])
    assert "experiment_simpson" in {note.code for note in found.notes}
    assert found.overall.value < 0 < min(effect.absolute.value for effect in found.effects)


def test_a_reversal_by_the_mix_is_called_out_even_when_one_segment_follows_the_whole():
    counts = [
        ("small", "A", 2700, 2340),
        ("large", "A", 800, 550),
        ("small", "B", 870, 810),
        ("large", "B", 2630, 1920),
    ]
    counts += [("tiny", "A", 40, 20), ("tiny", "B", 40, 18)]
    found = read(counts)
    assert [note.code for note in found.notes] == ["experiment_simpson_mix"]
    assert found.overall.value < 0 < found.notes[0].facts["alike"]


def test_the_interaction_of_many_segments_equals_that_of_a_meta_analysis():
    from statsmodels.stats.meta_analysis import combine_effects

    found = read([(f"s{i}", arm, 300 + 40 * i, 60 + 11 * i + 9 * (arm == "B")) for i in range(6) for arm in "AB"])
    values = np.array([effect.absolute.value for effect in found.effects])
    errors = np.array([effect.absolute.se for effect in found.effects])
    assert found.interaction.statistic == pytest.approx(combine_effects(values, errors**2).q)


def test_segments_of_rare_conversions_are_tested_exactly():
    found = read([("x", "A", 200, 0), ("x", "B", 200, 4), ("y", "A", 200, 40), ("y", "B", 200, 70)])
    p = {effect.segment: effect.p for effect in found.effects}
    # Fisher, two-sided, 0 of 200 against 4 of 200: 2 * C(200, 4) / C(400, 4) = 0.1231.
    assert p["x"] == pytest.approx(2 * 0.06154, abs=1e-4)
    assert p["y"] == pytest.approx(0.00075, abs=5e-5)


def test_two_crossed_dimensions_are_read_as_one_and_keep_their_parts():
    rng = np.random.default_rng(1)
    n = 8000
    rows = pd.DataFrame(
        {
            "arm": np.tile(["A", "B"], n // 2),
            "city": rng.choice(["x", "y"], n),
            "tier": rng.choice(["high", "low", ""], n),
            "bought": rng.binomial(1, 0.3, n),
        }
    )
    choice = ReadParams(arm="arm", segment="city", crossed="tier", metrics=(Metric(column="bought"),))
    data = read_experiment(rows, choice)
    found = read_segments(data, metric="bought", treatment="B")
    assert {effect.parts for effect in found.effects} == {(c, t) for c in "xy" for t in ("high", "low", NONE)}
    part = rows[(rows["city"] == "x") & (rows["tier"] == "low") & (rows["arm"] == "B")]
    effect = next(effect for effect in found.effects if effect.parts == ("x", "low"))
    assert (effect.n_treatment, effect.treatment) == (len(part), pytest.approx(part["bought"].mean()))
    assert found.interaction.df == 5


def test_crossed_dimensions_have_twenty_levels_and_the_rest_together():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"arm": rng.choice(["A", "B"], 9000), "bought": rng.integers(0, 2, 9000)})
    rows = rows.assign(one=rng.integers(0, 7, 9000), two=rng.integers(0, 5, 9000))
    choice = ReadParams(arm="arm", segment="one", crossed="two", metrics=(Metric(column="bought"),))
    data = read_experiment(rows, choice)
    assert len(data.segments) == 21
    assert data.parts[OTHER] == (OTHER,)
    sizes = rows.groupby(["one", "two"]).size().sort_values(ascending=False)
    other = data.statistic("bought", "A", OTHER).n + data.statistic("bought", "B", OTHER).n
    assert other == sizes.iloc[20:].sum()
    assert sum(data.statistic("bought", arm, segment).n for arm in "AB" for segment in data.segments) == 9000


def test_small_segments_are_left_out_and_named():
    found = read([("x", "A", 100, 20), ("x", "B", 100, 30), ("y", "A", 10, 2), ("y", "B", 10, 3)])
    assert [note.facts["segment"] for note in found.notes] == ["y"]
    assert found.interaction is None


def test_without_an_effect_ten_segments_seldom_claim_one():
    rng = np.random.default_rng(8)
    false = interactions = 0
    for _ in range(50):
        counts = rng.binomial(200, 0.3, (10, 2)).tolist()
        rows = [
            (f"s{i}", arm, 200, float(n)) for i, pair in enumerate(counts) for arm, n in zip("AB", pair, strict=True)
        ]
        found = read_segments(as_data(rows), metric="bought", treatment="B")
        false += any(effect.significant for effect in found.effects)
        interactions += found.interaction.p < 0.05
    # The upper 99.9 % binomial limit of 50 draws at 5 % is 8.
    assert false <= 8
    assert interactions <= 8


def test_nothing_to_read_is_refused():
    for choice, code in (({}, "experiment_no_segment_readable"), ({"alpha": 0}, "experiment_bad_alpha")):
        with pytest.raises(AnalysisError) as caught:
            read([("x", "A", 5, 2), ("x", "B", 5, 3)], **choice)
        assert caught.value.code == code


@pytest.mark.slow
def test_hillstrom_by_history_segment(shared_data):
    rows = pd.read_csv(shared_data / "ab" / "hillstrom.csv")
    choice = ReadParams(arm="segment", segment="history_segment", metrics=(Metric(column="visit"),))
    data = read_experiment(rows, choice)
    assert data.arms == ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
    found = read_segments(data, metric="visit", treatment="Mens E-Mail", correction="holm")
    assert len(found.effects) == 7
    assert all(effect.significant for effect in found.effects)
    assert found.interaction.p == pytest.approx(0.1457, abs=5e-5)


def test_one_relative_effect_on_different_levels_differs_in_points_only():
    rng = np.random.default_rng(3)
    rows = []
    for place, base in enumerate((0.02, 0.05, 0.1, 0.2, 0.4)):
        hits = rng.binomial(8000, [base, base * 1.2])
        rows += [(f"s{place}", arm, 8000, float(hit)) for arm, hit in zip("AB", hits, strict=True)]
    found = read_segments(as_data(rows), metric="bought", treatment="B")
    assert found.interaction is not None and found.interaction_relative is not None
    assert found.interaction.p < 0.001 and found.interaction_relative.p > 0.05
    said = segments_answer(found, translator("en"))[0]
    assert said.startswith("The effect differs between segments as a difference")


def test_gail_and_simon_see_help_here_and_harm_there():
    rows = [("x", "A", 2000, 200.0), ("x", "B", 2000, 300.0), ("y", "A", 2000, 300.0), ("y", "B", 2000, 200.0)]
    found = read_segments(as_data(rows), metric="bought", treatment="B").qualitative
    assert found is not None
    # Two segments: half of the chance that chi-square with one degree of freedom lies above the smaller z².
    assert found.p == pytest.approx(0.5 * chi2.sf(found.statistic, 1))
    same = [("x", "A", 2000, 200.0), ("x", "B", 2000, 300.0), ("y", "A", 2000, 200.0), ("y", "B", 2000, 300.0)]
    alike = read_segments(as_data(same), metric="bought", treatment="B").qualitative
    assert alike is not None and alike.p == 1.0


def test_what_to_expect_of_the_best_of_equal_segments_is_near_the_truth():
    rng = np.random.default_rng(9)
    best, expected = [], []
    for _ in range(60):
        shares = {"A": 0.1, "B": 0.115}
        rows = [(f"s{i}", arm, 1000, float(rng.binomial(1000, p))) for i in range(8) for arm, p in shares.items()]
        top = read_segments(as_data(rows), metric="bought", treatment="B").effects[0]
        best.append(top.absolute.value)
        expected.append(top.expected)
    assert np.mean(best) > 0.028  # nearly twice the truth of 0.015
    assert 0.012 < np.mean(expected) < 0.021


def test_few_buyers_in_unequal_arms_are_no_interaction_and_no_segment_stands_out():
    rng = np.random.default_rng(6)
    table = pd.DataFrame(
        {
            "arm": np.where(rng.random(8000 * 10) < 0.1, "B", "A"), "city": np.arange(80_000) % 8,
            "run": np.arange(80_000) // 8000,
            "spend": np.where(rng.random(80_000) < 0.05, rng.lognormal(3, 1.2, 80_000), 0.0),
        }
    )  # fmt: skip
    choice = ReadParams(arm="arm", segment="city", metrics=(Metric(column="spend", kind="mean"),))
    interactions = clear = 0
    for _, rows in table.groupby("run"):
        found = read_segments(read_experiment(rows, choice), metric="spend", treatment="B")
        interactions += found.interaction is not None and found.interaction.p < 0.05
        clear += any(effect.significant for effect in found.effects)
    assert interactions <= 3 and clear <= 3  # of ten at 5 %; Welch's test calls a segment in half of them


def test_a_quantile_is_read_by_segment_and_a_tied_one_left_out():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"arm": np.tile(["A", "B"], 900), "city": np.repeat(["x", "y", "z"], 600)})
    rows["spend"] = rng.lognormal(3, 1, len(rows)) * np.where((rows["arm"] == "B") & (rows["city"] == "y"), 2.0, 1.0)
    rows.loc[(rows["city"] == "z") & (rows.index % 10 < 7), "spend"] = 0.0
    choice = ReadParams(arm="arm", segment="city", metrics=(Metric(column="spend", kind="quantile", quantile=0.5),))
    found = read_segments(read_experiment(rows, choice), metric="spend (P50)", treatment="B")
    assert [(effect.segment, effect.significant) for effect in found.effects] == [("y", True), ("x", False)]
    assert [note.facts["segment"] for note in found.notes] == ["z"]
    assert found.interaction is not None and found.interaction.p < 0.01
