from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.stats.multiplicity import benjamini_hochberg, bonferroni, hochberg, holm
from tests.thorough import examples

pytestmark = pytest.mark.usefixtures("no_collecting")


def by_definition(name: str, p: list[float]) -> list[float]:
    """Write out what each paper says, value by value: the smallest level at which this test is rejected."""
    m, ordered = len(p), sorted(p)
    if name == "bonferroni":
        return [min(1.0, m * one) for one in p]
    if name == "holm":
        return [min(1.0, max((m - j) * ordered[j] for j in range(ordered.index(one) + 1))) for one in p]
    last = {one: m - 1 - ordered[::-1].index(one) for one in p}
    factor = {"hochberg": lambda j: m - j, "benjamini_hochberg": lambda j: m / (j + 1)}[name]
    # Of equal values the one with the smallest factor decides, which is the last of them.
    return [min(1.0, min(factor(j) * ordered[j] for j in range(last[one], m))) for one in p]


@pytest.mark.parametrize("adjust", [holm, hochberg, benjamini_hochberg, bonferroni])
@examples(50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_values_are_those_of_the_papers_definitions_in_the_order_given(adjust, p):
    assert adjust(np.array(p)) == pytest.approx(by_definition(adjust.__name__, p))


@pytest.mark.parametrize("adjust", [holm, hochberg, benjamini_hochberg, bonferroni])
def test_where_nothing_was_tested_nothing_is_adjusted(adjust):
    assert adjust(np.array([])).tolist() == []
    assert np.isnan(adjust(np.array([np.nan, np.nan]))).all()


def test_missing_p_values_stay_missing_and_are_not_counted():
    adjusted = holm(np.array([0.02, np.nan, 0.04]))
    assert adjusted[[0, 2]].tolist() == [0.04, 0.04]
    assert np.isnan(adjusted[1])


# Benjamini and Hochberg (1995), the fifteen p values of their section 4.
FIFTEEN = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528]
FIFTEEN += [0.759, 1.0]


def test_benjamini_and_hochbergs_own_example_rejects_four_and_bonferroni_three():
    assert (benjamini_hochberg(np.array(FIFTEEN)) <= 0.05).sum() == 4
    assert (bonferroni(np.array(FIFTEEN)) <= 0.05).sum() == 3


@pytest.mark.parametrize(
    ("adjust", "name"),
    [(benjamini_hochberg, "fdr_bh"), (hochberg, "simes-hochberg"), (bonferroni, "bonferroni"), (holm, "holm")],
)
def test_adjusted_values_stand_in_the_order_given_as_in_statsmodels(adjust, name):
    p = np.random.default_rng(0).permutation(FIFTEEN)
    assert adjust(p) == pytest.approx(multipletests(p, method=name)[1])


@pytest.mark.parametrize("adjust", [benjamini_hochberg, hochberg, bonferroni])
def test_missing_values_are_not_counted(adjust):
    with_gap = adjust(np.array([0.01, np.nan, 0.04]))
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]] == pytest.approx(adjust(np.array([0.01, 0.04])))
