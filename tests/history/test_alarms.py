"""Alarms: a planted fall is found at the next refresh, stable figures stay quiet, one cause has one alarm."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.history.alarms import (
    AlarmRule,
    ListRule,
    Point,
    alarms_of,
    all_alarms,
    automatic_rules,
    ewma,
    ewma_limits,
    listed,
    points_of,
    told,
)
from analysis.history.matrix import migration
from tests.history.shops import moment

BUYERS = AlarmRule(measure="buyers")
# NIST/SEMATECH e-Handbook 6.3.2.4.
NIST = (
    52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5,
    49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
)  # fmt: skip


def month(n: int) -> date:
    return date(2022 + n // 12, n % 12 + 1, 1)


def points(values: list[float], n: int = 200) -> list[Point]:
    return [Point(month(at), value, n) for at, value in enumerate(values)]


def test_the_published_example_stays_within_its_limits() -> None:
    found = ewma(NIST, 50)
    assert [found[0], found[1], found[-1]] == pytest.approx([50.60, 49.52, 51.99], abs=0.01)
    low, high = ewma_limits(50, 2.0539)
    assert (low, high) == pytest.approx((47.4116, 52.5884), abs=1e-3)
    assert all(low < one < high for one in found)


def test_stable_figures_alarm_seldom_and_a_fall_of_a_fifth_is_found_at_once() -> None:
    random = np.random.default_rng(7)
    false = found = 0
    runs = 60
    for _ in range(runs):
        stable = (1000 * random.normal(1, 0.03, 24)).tolist()
        false += len(alarms_of(BUYERS, points(stable)))
        alarms = alarms_of(BUYERS, points([*stable[:23], 0.8 * stable[23]]))
        found += any(one.opened == month(23) and one.value < one.usual for one in alarms)
    assert false <= runs * 2 / 8  # eight segments for two years may alarm twice
    assert found >= 0.9 * runs


def test_a_new_level_alarms_once_and_closes_by_itself() -> None:
    usual = [100.0, 101, 99, 100, 102, 98, 100, 101]
    [alarm] = alarms_of(BUYERS, points([*usual, 70, 71, 69, 70, 71, 70, 69, 70, 71]))
    assert (alarm.opened, alarm.closed, alarm.why) == (month(8), month(10), "level")
    [short] = alarms_of(BUYERS, points([*usual, 70, 100]))
    assert (short.why, short.closed) == ("back", month(9))
    [still] = alarms_of(BUYERS, points([*usual, 70]))
    assert still.is_open and still.change == pytest.approx(-0.3, abs=0.01)


def test_direction_least_effect_points_and_customers_are_kept_to() -> None:
    usual = [100.0, 101, 99, 100, 102, 98, 100, 101]
    fall = points([*usual, 70])
    assert not alarms_of(BUYERS.model_copy(update={"direction": "up"}), fall)
    assert not alarms_of(BUYERS.model_copy(update={"least": 0.5}), fall)
    assert not alarms_of(BUYERS, points([*usual[:6], 70]))
    assert not alarms_of(BUYERS, points([*usual, 70], n=12))


def test_a_month_is_compared_with_the_same_month_of_other_years() -> None:
    season = [100.0, 90, 100, 110, 100, 90, 80, 90, 100, 110, 200, 150]
    year = [value * (1 + 0.01 * (-1) ** at) for at, value in enumerate(season * 3)]
    assert not [one for one in alarms_of(BUYERS, points(year)) if one.opened >= month(24)]
    changed = AlarmRule(measure="buyers", kind="change", direction="down", least=0.1)
    assert not [one for one in alarms_of(changed, points(year)) if one.opened >= month(12)]
    [alarm] = [one for one in alarms_of(changed, points([*year[:24], 50])) if one.opened == month(24)]
    assert alarm.usual == pytest.approx(season[0] * 1.01)


def test_figures_come_from_what_runs_kept_and_are_told_with_their_segment() -> None:
    def run(n: int, size: int) -> tuple[date, dict[str, Any]]:
        segments = [{"key": "loyal", "customers": size, "revenue": 10.0 * size}]
        months = {month(at).isoformat(): [50, "1000.00"] for at in range(n)}
        left = {"months": months, "buyers": dict.fromkeys(months, 40)}
        return month(n), {"segmentations": {"rfm": {"segments": segments}}, "history": left, "customers": 90}

    runs = [run(n, 100 + n % 2) for n in range(9)] + [run(9, 60)]
    rules = automatic_rules("rfm", ["loyal"])
    assert len(points_of(rules[0], runs)) == 9 and points_of(rules[2], runs)[-1].value == 60
    alarms = all_alarms(rules, runs)
    assert [one.rule.measure for one in alarms] == ["segment_size"]
    [said] = told(alarms)
    assert said.code == "alarm_segment_size_down" and said.whom is not None and said.whom.segments == ("loyal",)


def test_a_rule_lists_who_went_from_one_segment_to_another() -> None:
    moved = migration(moment(month(0), a="x", b="x", c="y"), moment(month(1), a="y", b="x", c="y"), "rfm")
    assert listed(ListRule(name="fell", method="rfm", before="x", now="y"), moved) == ["a"]
    assert listed(ListRule(name="any", method="rfm"), moved) == ["a"]
    with pytest.raises(AnalysisError, match="history_method_not_there"):
        listed(ListRule(name="fell", method="tiers"), moved)
