"""What earlier runs said of the tags: counts of the same definition, and refreshes without any use."""

from __future__ import annotations

from datetime import date
from typing import Any

from analysis.tags.past import earlier_counts, unused_for
from tests.tags.makers import rule

TAG = rule("big", "spend", "ge", 5)


def run(day: int, *, n: int, version: int = 1, used_by: tuple[str, ...] = ()) -> tuple[date, dict[str, Any]]:
    kept = {"version": version, "customers": n, "values": {"yes": n}, "used_by": list(used_by)}
    return date(2024, day, 1), {"customers": 100, "tags": {"big": kept}}


def test_the_counts_are_those_of_the_last_earlier_day_with_the_same_definition() -> None:
    runs = [run(6, n=50), run(5, n=40, version=2), run(4, n=30), run(3, n=20)]
    assert earlier_counts(runs, [TAG], date(2024, 6, 1)) == {"big": {"yes": 30, "": 70}}
    assert earlier_counts(runs, [rule("other", "spend", "ge", 5)], date(2024, 6, 1)) == {}


def test_refreshes_without_use_are_counted_by_day_from_the_newest_back() -> None:
    runs = [run(6, n=1), run(6, n=1), run(5, n=1), run(4, n=1, used_by=("rules",)), run(3, n=1)]
    assert unused_for(runs, [TAG], ()) == {"big": 2}
    assert unused_for(runs, [TAG], ("big",)) == {"big": 0}
    assert unused_for([(date(2024, 6, 1), {})], [TAG], ()) == {"big": 0}
