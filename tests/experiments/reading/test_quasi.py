"""Without randomising: the published example, the warning that is always there."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.quasi import compare_before_after, difference_in_differences, difference_of_changes


def cell(n, mean, se):
    return MeanStatistic.from_figures(n, mean, se * n**0.5)


def test_card_and_krueger_1994_table_3():
    # Employment in Pennsylvania 23.33 (1.35) and 21.17 (0.94), in New Jersey 20.44 (0.51) and 21.03 (0.52):
    # the change differs by 2.76 with a standard error of 1.36 in the paper, which pairs the stores in part; four
    # independent samples give the root of the sum of squares.
    found = difference_in_differences(
        cell(77, 23.33, 1.35), cell(77, 21.17, 0.94), cell(321, 20.44, 0.51), cell(319, 21.03, 0.52)
    )
    assert found.absolute.value == pytest.approx(2.75, abs=0.011)
    assert found.absolute.se == pytest.approx((1.35**2 + 0.94**2 + 0.51**2 + 0.52**2) ** 0.5)
    assert found.relative is None
    assert [note.code for note in found.notes] == ["experiment_weak_parallel"]


def test_changes_of_the_same_customers_are_sharper():
    rng = np.random.default_rng(2)
    own = rng.normal(50, 10, (2, 400))
    before, after = own + rng.normal(0, 1, own.shape), own + rng.normal(0, 1, own.shape) + [[0.0], [0.5]]
    cells = [MeanStatistic.from_values(x) for x in (before[0], after[0], before[1], after[1])]
    loose = difference_in_differences(*cells)
    tight = difference_of_changes(*(MeanStatistic.from_values(after[i] - before[i]) for i in (0, 1)))
    assert tight.absolute.value == pytest.approx(loose.absolute.value)
    assert tight.absolute.se < loose.absolute.se / 3
    assert tight.notes[0].code == "experiment_weak_parallel"


def test_before_and_after_is_marked_as_weaker():
    found = compare_before_after(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250))
    assert found.notes[0].code == "experiment_weak_before_after"
    assert found.absolute.value == pytest.approx(0.05)


def test_nothing_varies_is_refused():
    flat = MeanStatistic.from_values([1.0, 1.0])
    with pytest.raises(AnalysisError) as caught:
        difference_in_differences(flat, flat, flat, flat)
    assert caught.value.code == "experiment_no_variation"
