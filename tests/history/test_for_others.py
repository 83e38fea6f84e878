"""A brief that is handed out tells of no group of fewer than five people, nor lets one be worked out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analysis.act.campaign import Came, Campaign, Counted
from analysis.act.params import ListChoices
from analysis.history.bridge import Bridge, Bridges, BridgeStep
from analysis.history.brief import Brief, BriefPart, Said
from analysis.history.for_others import tells_of_few

DAY = date(2024, 5, 1)


def listed(responded: int) -> Campaign:
    counts = (
        Counted(segment="lost", arm="sent", n=90, responded=30),
        Counted(segment="lost", arm="held", n=40, responded=responded),
    )
    came = Came(read_on=DAY, source="orders", counts=counts)
    return Campaign(
        name="May", made_on=DAY, as_of=DAY, method="rfm", choices=ListChoices(), seed="s", arms=(), came=came
    )


def told(code: str, facts: dict[str, Any]) -> bool:
    steps = tuple(BridgeStep(step, n, Decimal(10)) for step, n in (("new", facts.get("new", 9)), ("up", 20)))
    bridge = Bridges(Bridge("all", steps, Decimal(5), Decimal(25)), (), 20, 29, (DAY, DAY), (DAY, DAY))
    said = Said(code, facts)
    brief = Brief(DAY, DAY, (BriefPart("happened", (said,)),), bridge=bridge)
    return not tells_of_few(said, brief, {"rfm": {"loyal", "lost"}}, 100)


BUYERS = {"n": 60, "before": 55, "new": 12, "returned": 8, "lost": 15}
MOVE = {"method": "rfm", "was": "loyal", "now": "lost", "n": 9}


@pytest.mark.parametrize(
    ("code", "facts", "few"),
    [
        ("buyers", BUYERS, {"new": 3}),
        ("buyers", BUYERS, {"returned": 46}),  # two stayed
        ("customers", {"n": 100, "before": 90}, {"before": 98}),
        ("moves", {"method": "rfm", "n": 40, "all": 90}, {"n": 87}),
        ("move", MOVE, {"n": 4}),
        ("move", MOVE, {"now": "asleep"}),  # stands with a few in what is shown
        ("move", {**MOVE, "was": "entered"}, {"was": "asleep"}),
        ("need", {"method": "rfm", "segment": "lost", "n": 30}, {"segment": "asleep"}),
        ("alarm_segment_size_down", {"method": "rfm", "segment": "lost", "value": 9.0, "usual": 20.0}, {"value": 3.0}),
        ("alarm_segment_money_down", {"method": "rfm", "segment": "lost"}, {"segment": "asleep"}),
        ("missing", {"feature": "age", "before": 0.1, "now": 0.3}, {"before": 0.02}),
        ("value_up", {"column": "channel", "value": "x", "n_before": 20, "n_now": 30}, {"n_before": 2}),
        ("bridge", {"new": 9}, {"new": 3}),
        ("came", {"name": "May", "campaign": listed(8)}, {"campaign": listed(2)}),
        ("came", {"name": "May", "campaign": listed(8)}, {"campaign": listed(38)}),
    ],
)
def test_a_sentence_that_tells_of_a_few_is_left_out(code: str, facts: dict[str, Any], few: dict[str, Any]) -> None:
    assert told(code, facts)
    assert not told(code, facts | few)
