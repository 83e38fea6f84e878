from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.place import places
from analysis.profiles.result import Feature, Profiles


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=30), st.data())
def test_place_is_the_share_below_with_ties_counted_half(values, data):
    row = data.draw(st.integers(0, len(values) - 1))
    frame = pd.DataFrame({"customer_id": [str(i) for i in range(len(values))]})
    frame["x"] = [np.nan if v is None else float(v) for v in values]
    found = places(Profiles(frame, (Feature("x", "value", "number"),), date(2024, 1, 1)), row)
    if values[row] is None:
        assert found == ()
        return
    known = [v for v in values if v is not None]
    expected = sum(1.0 if v < values[row] else 0.5 if v == values[row] else 0.0 for v in known) / len(known)
    assert found[0].percentile == pytest.approx(expected)
    assert found[0].n == len(known)


def test_category_has_the_share_of_its_value_and_personal_data_has_none():
    frame = pd.DataFrame({"customer_id": ["a", "b"], "city": ["x", "y"], "phone": ["1", "2"]})
    features = (Feature("city", "basic", "category"), Feature("phone", "basic", "category", personal="phone"))
    assert [one.percentile for one in places(Profiles(frame, features, date(2024, 1, 1)), 0)] == [0.5, None]
