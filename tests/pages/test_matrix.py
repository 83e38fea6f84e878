"""Ten kinds of exports in the app: the first page shows, marks and asks what the command line does."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.matrix.doors import by_app
from benchmarks.matrix.kinds import kinds

KINDS = {kind.name: kind for kind in kinds()}
AT_THE_APP = (
    "states_de", "states_unknown", "refunds_apart", "currencies", "cents", "days_buddhist", "days_without_year",
    "months_as_columns", "who_left", "of_nobody",
)  # fmt: skip


@pytest.mark.parametrize("name", AT_THE_APP)
def test_the_app_shows_what_the_command_line_says(name: str, portrait_home: Path) -> None:
    language = ("en", "zh")[AT_THE_APP.index(name) % 2]
    found = by_app(KINDS[name], language)
    kind = KINDS[name]
    expected = ("asked", "marked") if kind.said else ("refused",) if kind.refused else ("right",)
    assert found.verdict in expected, found.why
