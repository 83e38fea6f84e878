"""The sample businesses, read once and computed once in a run of the tests: each step when it is first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analysis.study import Run, begin, read

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
SHOP = "中文店铺"


@cache
def sample(name: str = SHOP) -> Run:
    """Return the study of a sample with its suggested recipe; nobody changes what its steps give."""
    return begin(read(SAMPLES / f"{name}.xlsx"))
