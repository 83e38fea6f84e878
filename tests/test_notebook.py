"""The ten lines of ``docs/notebook.md`` run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_lines_of_the_notebook_page_run_in_the_project_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = re.findall(r"```python\n(.*?)```", (root / "docs" / "notebook.md").read_text("utf-8"), re.S)
    lines = [line for line in code.splitlines() if line.strip()]
    monkeypatch.chdir(root)
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    result, four, rfm = names["result"], names["four"], names["rfm"]
    assert len(names["customers"]) == len(rfm.labels) == 1350  # type: ignore[attr-defined,arg-type]
    assert list(four.segmentation.segments["segment"]) == [f"cluster_{i}" for i in range(1, 5)]  # type: ignore[attr-defined]
    assert set(result.segmentations) == {"rfm", "clusters"}  # type: ignore[attr-defined]
    assert len(lines) <= 11
