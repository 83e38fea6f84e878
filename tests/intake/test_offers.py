"""What is asked or marked offers the right reading, and what is not among the offers is told from what is not said."""

from __future__ import annotations

import pytest

from benchmarks.matrix.doors import laid_out
from benchmarks.matrix.kinds import kinds
from benchmarks.matrix.offers import offers

KINDS = {kind.name: kind for kind in kinds()}


@pytest.mark.parametrize(("name", "how"), [("days_both_ways", "asked"), ("days_buddhist", "marked")])
def test_the_right_reading_is_the_one_taken_or_one_of_the_offers(name: str, how: str) -> None:
    kind = KINDS[name]
    with laid_out(kind) as paths:
        found = offers(paths, {"orders": float(kind.orders or 0), "revenue": float(kind.revenue or 0)})
        assert found[0] in ("right", "offered") and found[1] == how
        assert offers(paths, {"orders": 1.0}) == ("missing", how)


def test_another_truth_of_what_nobody_doubts_is_wrong_and_what_names_no_customer_refused() -> None:
    with laid_out(KINDS["days_digits"]) as paths:
        assert offers(paths, {"orders": 1.0}) == ("wrong", "")
    with laid_out(KINDS["of_nobody"]) as paths:
        assert offers(paths, {"orders": 1.0}) == ("refused", "")
