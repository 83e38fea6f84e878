"""Profiles of a whole file against those an analyst computes from it with plain pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.intake.reading import large
from analysis.study import prepare, read, suggest
from benchmarks.by_hand import profiles
from benchmarks.measure import process, script
from benchmarks.size import MAKE


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("in_place", [False, True], ids=["read whole", "read where it lies"])
def test_a_file_gives_the_profiles_an_analyst_computes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, in_place: bool
) -> None:
    file = tmp_path / f"orders.{suffix}"
    process(script(MAKE, "6000", str(file)))
    if in_place:
        monkeypatch.setattr(large, "LARGE", 0)
    tables = read(file)
    found = prepare(tables, suggest(tables))
    by_hand, set_aside, repeats = profiles(str(file))
    [count] = found.standard.counts
    assert count.set_aside == set_aside
    assert count.kept == 6000 - sum(set_aside.values())
    assert [note.facts["n"] for note in found.standard.notes if note.code == "duplicate_lines"] == [repeats]
    ours = found.profiles.customers.set_index("customer_id")
    assert set(ours.columns) == set(by_hand.columns)
    pd.testing.assert_frame_equal(by_hand.sort_index()[ours.columns], ours, check_dtype=False, check_names=False)
