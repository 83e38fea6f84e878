"""The lines of ``docs/notebook.md`` run as they stand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest


def test_the_lines_of_the_notebook_page_run_in_the_project_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (root / "docs" / "notebook.md").read_text("utf-8"), re.S)
    monkeypatch.chdir(root)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    result, four, rfm = names["result"], names["four"], names["rfm"]
    assert len(names["customers"]) == len(rfm.labels) == 1350
    assert list(four.segmentation.segments["segment"]) == [f"cluster_{i}" for i in range(1, 5)]
    assert set(result.segmentations) == {"rfm", "clusters"}
    assert len([line for line in blocks[0].splitlines() if line.strip()]) <= 11
    earlier = names["earlier"].profiles
    assert (earlier.as_of, earlier.n_after_as_of > 0) == (date(2024, 6, 30), True)
    assert earlier.customers["n_orders"].sum() < result.profiles.customers["n_orders"].sum()
    assert names["tiers"].segmentation.segments["segment"].tolist()[0] == "tier_heavy"
    assert names["crossed"].segmentation.method == "hybrid"
