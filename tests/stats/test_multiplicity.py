from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.stats.multiplicity import holm


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_equals_statsmodels_in_the_order_given(p):
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1])


def test_missing_p_values_stay_missing_and_are_not_counted():
    adjusted = holm(np.array([0.02, np.nan, 0.04]))
    assert adjusted[[0, 2]].tolist() == [0.04, 0.04]
    assert np.isnan(adjusted[1])
