"""Effects by segment: planted ones found, none invented, Simpson's paradox called out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.read import Metric, ReadParams, read_experiment
from analysis.experiments.segments import read_segments

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


def test_small_segments_are_left_out_and_named():
    found = read([("x", "A", 100, 20), ("x", "B", 100, 30), ("y", "A", 10, 2), ("y", "B", 10, 3)])
    assert [note.facts["segment"] for note in found.notes] == ["y"]
    assert found.interaction is None


def test_without_an_effect_ten_segments_seldom_claim_one():
    rng = np.random.default_rng(8)
    false = interactions = 0
    for _ in range(50):
        rows = pd.DataFrame(
            {
                "city": np.repeat([f"s{i}" for i in range(10)], 400),
                "arm": np.tile(["A", "B"], 2000),
                "bought": rng.binomial(1, 0.3, 4000),
            }
        )
        found = read_segments(read_experiment(rows, CHOICE), metric="bought", treatment="B")
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
