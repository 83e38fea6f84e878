"""A rule is offered for figures that the study holds, and for no others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analysis.history.alarms import MEASURES
from ui.history.alarm_rules import _is_known


@pytest.mark.parametrize(
    ("roles", "money", "edited", "known"),
    [
        ({"order_date", "amount"}, True, True, MEASURES),
        ({"order_date"}, False, True, ("buyers", "segment_size", "quality")),
        (set(), False, True, ("segment_size", "quality")),
        (set(), True, False, ("quality",)),
    ],
)
def test_only_what_the_study_holds_is_offered(
    roles: set[str], money: bool, edited: bool, known: tuple[str, ...]
) -> None:
    result: Any = SimpleNamespace(
        cards=SimpleNamespace(method="rfm", knows_money=money), edited={"rfm": None} if edited else {},
        prepared=SimpleNamespace(standard=SimpleNamespace(order_roles=frozenset(roles))),
    )  # fmt: skip
    assert tuple(one for one in MEASURES if _is_known(one, result)) == known
