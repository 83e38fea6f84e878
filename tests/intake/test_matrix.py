"""Every kind of export at the doors: right, marked, asked or refused with a reason, and never silently wrong."""

from __future__ import annotations

import pytest

from benchmarks.matrix.doors import Judged, by_command, judge
from benchmarks.matrix.kinds import Kind, kinds

KINDS = {kind.name: kind for kind in kinds()}


def expected(kind: Kind) -> tuple[str, ...]:
    return ("asked", "marked") if kind.said else ("refused",) if kind.refused else ("right",)


@pytest.mark.parametrize("name", KINDS)
def test_the_command_line_gets_every_kind_right_or_says_what_it_rests_on(name: str) -> None:
    found = by_command(KINDS[name], only_figures=True)
    assert found.verdict in expected(KINDS[name]), found.why


def test_a_figure_that_is_wrong_and_a_mark_that_is_missing_are_wrong() -> None:
    figures = {"customers": 3, "orders": 9, "revenue": 10.5, "questions": [], "guesses": [{"what": "join"}]}
    assert judge(Kind("k", {}, 3, 9, 10.5), figures) == Judged("marked")
    assert judge(Kind("k", {}, 3, 9, 10.52), figures).verdict == "wrong"
    assert judge(Kind("k", {}, said="currency"), figures).verdict == "wrong"
    assert judge(Kind("k", {}, refused="of_nobody"), figures).verdict == "wrong"


def test_half_of_the_kinds_need_no_word() -> None:
    told = [kind for kind in KINDS.values() if kind.said]
    assert len(told) <= 0.25 * len(KINDS)
