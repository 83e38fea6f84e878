"""Features as numbers: finite for any customer, the same for those seen and unseen, rare levels together."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.predict.churn.design import RARE, design_matrix, learn_design
from analysis.profiles.result import Feature

NUMBER, FLAG = Feature("n", "value", "number", origin="orders"), Feature("f", "basic", "flag", header="f")
LEVEL, DAY = Feature("c", "basic", "category", header="c"), Feature("d", "basic", "date", header="d")
ROWS = st.lists(
    st.tuples(
        st.floats(allow_nan=True, allow_infinity=True, width=32) | st.none(),
        st.booleans() | st.none(),
        st.sampled_from(["a", "b", ""]) | st.none(),
        st.dates(date(1700, 1, 1), date(2200, 1, 1)) | st.none(),
    ),
    min_size=1,
    max_size=70,
)


def frame(rows: list[Any]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["n", "f", "c", "d"])
    return found.assign(
        n=found["n"].astype("float64"),
        f=found["f"].astype("boolean"),
        c=found["c"].astype("str").where(found["c"].notna()),
        d=pd.to_datetime(found["d"]),
    )


@given(ROWS, ROWS)
def test_every_customer_becomes_finite_numbers_also_one_never_seen(seen: list[Any], unseen: list[Any]) -> None:
    design = learn_design(frame(seen), (NUMBER, FLAG, LEVEL, DAY))
    for rows in (seen, unseen):
        matrix = design_matrix(design, frame(rows))
        assert matrix.shape == (len(rows), len(design.columns))
        assert np.isfinite(matrix).all()
    if design.columns:
        learned = design_matrix(design, frame(seen))
        np.testing.assert_allclose(learned.mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose(learned.std(axis=0), 1, atol=1e-6)


def test_counts_are_read_as_logarithms_and_even_columns_as_they_stand() -> None:
    base = pd.DataFrame({"n": np.arange(100.0), "own": np.arange(100.0), "skewed": np.arange(100.0) ** 4})
    own = [Feature(key, "basic", "number", header=key) for key in ("own", "skewed")]
    parts = {column.feature: column.part for column in learn_design(base, (NUMBER, *own)).columns}
    assert parts == {"n": "log", "own": "number", "skewed": "log"}


def test_rare_levels_are_one_group_and_names_are_none() -> None:
    levels = ["big"] * 60 + ["small"] * RARE + [f"rare{n}" for n in range(10)]
    design = learn_design(pd.DataFrame({"c": levels}), (LEVEL,))
    assert [column.level for column in design.columns] == ["big", "small"]
    rare, new = design_matrix(design, pd.DataFrame({"c": ["rare1", "never seen"]}))
    assert rare.tolist() == new.tolist()
    names = pd.DataFrame({"c": [f"name{n}" for n in range(200)] + ["same"] * RARE})
    assert learn_design(names, (LEVEL,)).columns == ()


def test_a_missing_number_is_the_median_and_said_to_be_missing() -> None:
    base = pd.DataFrame({"n": [1.0, 3.0, 9.0, np.nan]})
    value, missing = learn_design(base, (NUMBER,)).columns
    assert (value.instead, missing.part) == (3.0, "missing")


def test_a_feature_that_nobody_has_any_more_is_that_of_the_average_customer() -> None:
    design = learn_design(pd.DataFrame({"n": [1.0, 3.0, np.nan, 9.0]}), (NUMBER,))
    value, missing = design_matrix(design, pd.DataFrame({"other": [1]}))[0]
    assert value == 0 and missing == pytest.approx((1 - 0.25) / np.sqrt(0.25 * 0.75))
