"""The save rate that a list has measured: by hand, with the interval of a ratio, and none without a measure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analysis.act.campaign import Arms, Came, Campaign, Counted
from analysis.act.params import ListChoices
from analysis.act.saved import save_rate_seen, save_rate_tested
from analysis.experiments.arms.result import Estimate
from analysis.experiments.record import Audience, Experiment, KeptComparison, KeptReading, TableSource, TypedSource
from analysis.experiments.rows.read import Metric, ReadParams

DAY = date(2024, 5, 1)


def campaign(sent: tuple[int, int], held: tuple[int, int], **more: Any) -> Campaign:
    counts = tuple(
        Counted(segment="lost", arm=arm, n=n, responded=responded)
        for arm, (n, responded) in (("sent", sent), ("held", held))
    )
    facts: dict[str, Any] = {
        "name": "May", "made_on": DAY, "as_of": DAY, "method": "rfm", "choices": ListChoices(), "seed": "May",
        "arms": (Arms(segment="lost"),), "action": "win_back",
        "came": Came(read_on=DAY, source="orders", counts=counts),
    }  # fmt: skip
    return Campaign(**(facts | more))


def test_of_ten_who_stay_away_by_themselves_two_are_kept() -> None:
    """Half of the held-out stayed away, two fifths of those written to: one less four fifths is a fifth."""
    seen = save_rate_seen([campaign((1000, 600), (500, 250))])
    assert seen is not None
    assert seen.rate == pytest.approx(0.2) and 0 < seen.low < 0.2 < seen.high < 1
    # The plain interval of the logarithm of a ratio (Katz) is close by at such sizes.
    spread = 1.96 * np.sqrt(1 / 400 - 1 / 1000 + 1 / 250 - 1 / 500)
    assert (seen.low, seen.high) == pytest.approx((1 - 0.8 * np.exp(spread), 1 - 0.8 * np.exp(-spread)), abs=0.005)
    assert (seen.campaign, seen.n_sent, seen.n_held) == ("May", 1000, 500)


def test_the_last_list_that_was_to_keep_customers_counts() -> None:
    old = campaign((1000, 600), (500, 250))
    new = campaign((1000, 550), (500, 250), name="June", made_on=DAY + timedelta(days=31))
    thanks = campaign((1000, 990), (500, 0), name="Thanks", made_on=DAY + timedelta(days=60), action="thank")
    unread = campaign((1, 1), (1, 1), name="July", made_on=DAY + timedelta(days=61), came=None)
    seen = save_rate_seen([unread, old, thanks, new])
    assert seen is not None and seen.campaign == "June" and seen.rate == pytest.approx(0.1)


def test_harm_keeps_nobody_and_few_or_nobody_held_out_measure_nothing() -> None:
    harm = save_rate_seen([campaign((1000, 300), (500, 250))])
    assert harm is not None and (harm.rate, harm.low) == (0.0, 0.0)
    assert save_rate_seen([campaign((1000, 600), (9, 4))]) is None
    assert save_rate_seen([campaign((1000, 600), (0, 0))]) is None
    assert save_rate_seen([campaign((50, 50), (20, 20))]) is None
    assert save_rate_seen([campaign((1000, 600), (500, 250), state="dropped")]) is None
    assert save_rate_seen([]) is None


def test_a_planted_rate_lies_in_nineteen_of_twenty_intervals() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        held, sent = rng.binomial(400, 0.4), rng.binomial(1600, 1 - 0.6 * 0.85)
        seen = save_rate_seen([campaign((1600, int(sent)), (400, int(held)))])
        assert seen is not None
        inside += seen.low <= 0.15 <= seen.high
    assert inside >= 182  # 190 are expected


def read_test(segment: str = "at_risk", day: int = 1, *, left: bool = False, **more: Any) -> Experiment:
    """A test of a segment: of 500 half stayed, of 1,000 treated three fifths; or the same told as who left."""
    source: Any = TypedSource(arms=())
    if left:
        goal = Metric(column="came", kind="proportion", higher_is_better=False)
        source = TableSource(file="r.csv", digest="0" * 64, n_rows=1500, columns=ReadParams(arm="arm", metrics=(goal,)))
    shares = {"value_arm": 0.4 if left else 0.6, "value_control": 0.5}
    facts: dict[str, Any] = {"metric": "came", "n_arm": 1000, "n_control": 500} | shares | more
    result = KeptComparison(absolute=Estimate(0.1, 0.05, 0.15, 0.95, "newcombe"), **facts)
    reading = KeptReading(read_at=datetime(2024, 5, day, tzinfo=UTC), source=source, results=(result,))
    whom = Audience(method="rules", segment=segment, name="At risk", n=1500)
    return Experiment(name=f"{segment} {day}", audience=whom, readings=(reading,))


@pytest.mark.parametrize("left", [False, True])
def test_a_test_of_those_at_risk_measures_as_a_list_does(left: bool) -> None:
    seen = save_rate_tested([read_test(left=left), read_test("champions", 9)])
    list_ = save_rate_seen([campaign((1000, 600), (500, 250))])
    assert seen is not None and list_ is not None
    assert (seen.rate, seen.low, seen.high) == pytest.approx((list_.rate, list_.low, list_.high))
    assert (seen.campaign, seen.n_sent, seen.n_held) == ("at_risk 1", 1000, 500)


def test_the_test_read_last_counts_and_small_or_other_ones_do_not() -> None:
    seen = save_rate_tested([read_test(day=5, value_arm=0.55), read_test(day=2), read_test(day=9, n_arm=5)])
    assert seen is not None and seen.campaign == "at_risk 5" and seen.rate == pytest.approx(0.1)
    assert save_rate_tested([read_test("champions"), Experiment(name="unread")]) is None
