from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.segments.crosstab import cross


def labels(codes, prefix=""):
    return pd.Series([None if code < 0 else f"{prefix}{code}" for code in codes], dtype="str")


def test_adjusted_rand_is_the_published_one(shared_data):
    entries = json.loads((shared_data / "reference" / "vectors.json").read_text("utf-8"))
    entry = {entry["id"]: entry for entry in entries}["CL-17"]
    for i, (one, two) in enumerate(entry["inputs"]["cases"], start=1):
        found = cross(labels(one), labels(two))
        assert found.adjusted_rand == pytest.approx(entry["expected"][f"c{i}"], abs=entry["tolerance"]["abs"])


def test_a_renaming_moves_nobody():
    codes = np.random.default_rng(0).integers(0, 4, 100)
    found = cross(labels(codes), labels((codes + 1) % 4, "new"))
    assert not found.moved.any()
    assert found.adjusted_rand == 1.0
    assert found.table["continues"].all()


def test_the_table_counts_every_customer_and_those_outside():
    random = np.random.default_rng(1)
    before, after = random.integers(-1, 3, 80), random.integers(-1, 3, 80)
    found = cross(labels(before), labels(after))
    assert found.table["customers"].sum() == 80
    assert found.n_both == int(((before >= 0) & (after >= 0)).sum())
    assert found.table.groupby("before")["share"].sum().tolist() == pytest.approx([1.0] * 4)
    assert found.moved.sum() == found.table.loc[~found.table["continues"], "customers"].sum()


def test_segmentations_without_a_common_customer_are_refused():
    with pytest.raises(AnalysisError, match="crosstab_nobody_in_both"):
        cross(labels([0, -1]), labels([-1, 0]))
