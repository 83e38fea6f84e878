"""Damaged files are read with their rows adding up, or refused by a code that has a sentence; never a traceback."""

from __future__ import annotations

import pytest

from benchmarks.mutations import mutations, outcome
from tests.thorough import THOROUGH
from texts import catalogue


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_file_is_read_or_refused(part: int) -> None:
    found = [outcome(content) for content in mutations(50 if THOROUGH else 20, seed=part)]
    assert {code for code in found if code != "read"} <= {key.removeprefix("error.") for key in catalogue()}
    assert "read" in found and len(set(found)) > 1
