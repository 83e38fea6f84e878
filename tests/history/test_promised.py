"""What an earlier run foretold of leaving, beside who left: true chances stay quiet, others raise one alarm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.history.alarms import told
from analysis.history.moment import Moment
from analysis.history.promised import (
    Promised,
    as_json,
    days_promised,
    months_promised,
    promise_alarms,
    promised,
    promised_orders,
    promised_ranks,
    spiegelhalter,
)
from analysis.predict.churn.definition import ChurnDefinition
from analysis.profiles.result import Feature, Profiles
from tests.history.shops import PROMISED_DAYS as DAYS
from tests.history.shops import PROMISED_ON as DAY
from tests.history.shops import foretold as shop

N = 400


def judged(*, more: float = 0.0, sharper: float = 1.0, seed: int = 1) -> Promised:
    """Return chances of .1 to .9, each true but for ``more``; told ``sharper`` they lie farther from a half."""
    random = np.random.default_rng(seed)
    true = np.linspace(0.1, 0.9, N)
    stays = random.random(N) >= np.clip(true + more, 0, 1)
    told_as = np.clip(0.5 + (true - 0.5) * sharper, 0.01, 0.99)
    then, standard = shop(told_as, stays)
    return promised(then, DAYS, standard)


def test_a_promise_by_hand() -> None:
    came = np.array([True] * 80 + [False] * 20)
    then, standard = shop(np.full(100, 0.25), came)
    found = promised(then, DAYS, standard)
    assert (found.made_on, found.until, found.n) == (DAY, DAY + timedelta(days=DAYS - 1), 100)
    assert (found.promised, found.came) == (25.0, 20)
    assert found.sd == pytest.approx((100 * 0.25 * 0.75) ** 0.5)
    assert found.shape == pytest.approx((20 - 25) * 0.5 / (0.5 * found.sd))
    assert not found.off and found.bands["n_left"].sum() == 20


def test_true_chances_hold_and_those_that_are_too_low_or_too_sure_are_told() -> None:
    kept = judged()
    assert not kept.off and not kept.too_sure
    low = judged(more=0.2)
    assert low.off and low.came > low.promised
    sure = judged(sharper=1.9)
    assert not sure.off and sure.too_sure and sure.shape > 0


def test_chances_that_are_true_pass_the_level_seldom() -> None:
    random = np.random.default_rng(3)
    chance = random.beta(2, 3, size=(400, 500))
    z = np.array([spiegelhalter(random.random(500) < one, one) for one in chance])
    assert abs(z.mean()) < 0.15 and 0.9 < z.std() < 1.1
    assert (np.abs(z) > 1.96).mean() < 0.09


def test_who_was_silent_has_no_chance_or_is_gone_is_left_out() -> None:
    then, standard = shop(np.full(150, 0.5), np.ones(150, dtype=bool))
    changed = then.customers.copy()
    changed.iloc[:10, 1] = DAYS + 1
    changed.iloc[10:15, 0] = np.nan
    changed = changed.rename(index={"c149": "forgotten"})
    assert promised(Moment(DAY, changed, {}), DAYS, standard).n == 150 - 10 - 5 - 1


def test_a_day_that_the_run_knew_already_is_no_answer() -> None:
    then, standard = shop(np.full(120, 0.5), np.ones(120, dtype=bool))
    knew = then.customers.assign(recency_days=[0.0, *[10.0] * 119])
    found = promised(Moment(DAY, knew, {}), DAYS, standard)
    assert found.until == DAY + timedelta(days=DAYS)
    assert found.came == 4  # those whose only order since is of the day itself


@pytest.mark.parametrize(
    ("code", "change", "days"),
    [("promise_none", "column", DAYS), ("promise_open", "", DAYS + 5), ("promise_few", "customers", DAYS)],
)
def test_refusals(code: str, change: str, days: int) -> None:
    then, standard = shop(np.full(120, 0.5), np.ones(120, dtype=bool))
    frame = {"column": then.customers[["recency_days"]], "customers": then.customers.head(99)}.get(
        change, then.customers
    )
    with pytest.raises(AnalysisError, match=code):
        promised(Moment(DAY, frame, {}), days, standard)


def test_one_alarm_lasts_until_the_chances_hold_again() -> None:
    def run(month: int, one: Promised | None) -> tuple[date, dict[str, Any]]:
        left = {} if one is None else {"promises": {"churn_risk": as_json(one)}}
        return date(2024, month, 1), {"history": left}

    off, kept = judged(more=0.2), judged()
    alarms = promise_alarms([run(4, None), run(5, off), run(6, off), run(7, kept), run(8, off)])
    assert [(one.opened.month, one.closed and one.closed.month) for one in alarms] == [(5, 7), (8, None)]
    [said] = told(alarms)
    assert said.code == "alarm_promise_up" and said.facts["value"] == off.came


def test_purchase_days_by_hand_and_an_alarm_of_their_own() -> None:
    came = np.array([True] * 40 + [False] * 60)
    then, standard = shop(np.full(100, 0.5), came)

    def told_each(orders: float) -> Moment:
        return Moment(DAY, then.customers.assign(lifetime_orders=orders), {})

    found = promised_orders(told_each(0.5), 1, standard)
    inside = sum(n % DAYS < 30 for n in range(40))
    assert (found.made_on, found.until, found.n) == (DAY, DAY + timedelta(days=29), 100)
    assert (found.promised, found.came) == (50.0, inside)
    assert found.sd == pytest.approx((100 * 0.25) ** 0.5) and found.off == (abs(inside - 50) > 15)
    off = promised_orders(told_each(2.0), 1, standard)
    assert off.off and off.promised == 200
    [alarm] = promise_alarms([(DAY, {"history": {"promises": {"lifetime_orders": as_json(off)}}})])
    assert [one.code for one in told([alarm])] == ["alarm_promise_orders_down"]
    for code, moment, months in (
        ("promise_orders_none", then, 1),
        ("promise_orders_open", told_each(1.0), 12),
        ("promise_orders_few", Moment(DAY, told_each(1.0).customers.head(99), {}), 1),
    ):
        with pytest.raises(AnalysisError, match=code):
            promised_orders(moment, months, standard)
    assert months_promised({"predictions": {"lifetime": {"months": 12, "used": "bg_nbd"}}}) == 12
    assert months_promised({"predictions": {"lifetime": {"months": 12, "used": "sbg"}}}) is None
    assert months_promised({}) is None


def test_a_column_of_who_left_is_judged_by_who_stood_first() -> None:
    left = Feature("gone", "risk", "flag", header="Churned")
    definition = ChurnDefinition("status", left)
    n, ids = 200, pd.Index([f"c{one}" for one in range(200)], name="customer_id")
    chance = np.linspace(0.05, 0.9, n)
    then = pd.DataFrame({"churn_risk": chance, "gone": [*[True] * 20, *[False] * (n - 20)]}, index=ids)

    def judged_by(gone: Any, day: date = date(2024, 5, 1)) -> Any:
        told = pd.array([*[True] * 20, *gone], dtype="boolean")
        now = Profiles(pd.DataFrame({"customer_id": ids, "gone": told}), (left,), day)
        return promised_ranks(Moment(DAY, then, {}), now, definition)

    first = judged_by(np.arange(n - 20) >= n - 20 - 40)
    assert (first.made_on, first.n, first.came, first.auc.value, first.off) == (DAY, 180, 40, 1.0, False)
    every_fourth = np.arange(n - 20) % 4 == 0
    lots = judged_by(every_fourth)
    pairs = chance[20:][every_fourth][:, None] > chance[20:][~every_fourth]
    assert lots.auc.value == pytest.approx(pairs.mean()) and lots.off
    unknown = judged_by([None, *every_fourth[1:]])
    assert (unknown.n, unknown.came) == (179, 44)
    with pytest.raises(AnalysisError, match="promise_few_left"):
        judged_by(np.arange(n - 20) < 29)
    with pytest.raises(AnalysisError, match="promise_none"):
        promised_ranks(
            Moment(DAY, then.drop(columns="gone"), {}), Profiles(then.reset_index(), (left,), DAY), definition
        )


def test_days_are_those_of_silence_and_of_nothing_else() -> None:
    assert days_promised({"predictions": {"churn": {"definition": "silence", "days": 60}}}) == 60
    assert days_promised({"predictions": {"churn": {"definition": "status", "days": None}}}) is None
    assert days_promised({"predictions": {"churn": {"problem": {"code": "churn_short"}}}}) is None
    assert days_promised({}) is None
