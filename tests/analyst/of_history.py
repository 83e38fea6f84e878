"""One result of each kind that next month comes to, of a small shop by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from analysis.history.alarms import AlarmRule, Point, alarms_of
from analysis.history.arrival import arrivals
from analysis.history.bridge import bridge, since
from analysis.history.chance import chance_moves
from analysis.history.drift import drift
from analysis.history.matrix import migration
from analysis.history.moment import moment_of
from analysis.history.promised import promised
from analysis.history.split import by_old_definition, split_change
from analysis.history.telling import brief
from tests.history.months import file_of, first_run, next_run, rows_of
from tests.history.shops import PROMISED_DAYS, foretold


def of_history() -> list[Any]:
    """Return what a second month comes to."""
    before = first_run(file_of(rows_of(date(2024, 1, 1), 31, seed=1), "january.csv"))
    february = file_of(rows_of(date(2024, 2, 1), 29, seed=2), "february.csv")
    now, earlier = next_run(before, february)
    then, today = moment_of(before), moment_of(now)
    middle = by_old_definition(before.fitted, "rfm", now.profiles, standard=now.standard)
    then_told, since_then = foretold(np.linspace(0.1, 0.9, 120), np.arange(120) < 60)
    days = [Point(date(2022 + n // 12, n % 12 + 1, 1), 1000.0 if n < 23 else 500.0, 200) for n in range(24)]
    return [
        today,
        migration(then, today, "rfm"),
        bridge(now.standard, *since(date(2024, 2, 1), date(2024, 3, 1))),
        split_change(then, today, "rfm", middle),
        chance_moves(now.profiles, now.recipe.plan_or_usual("rfm")),
        drift(then, today, now.profiles.features),
        promised(then_told, PROMISED_DAYS, since_then),
        brief(now, earlier),
        arrivals(february, before.standard.raws, before.recipe)[0],
        alarms_of(AlarmRule(measure="buyers"), days)[0],
    ]
