"""The season: shown where it cannot be corrected, corrected where there is a year, left alone where that is no help."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.predict.churn import season as module
from analysis.predict.churn.definition import ChurnDefinition
from analysis.predict.churn.season import season_of

DAYS, FIRST = 60, date(2022, 1, 1)


def shop(years: float, summer: float, seed: int = 0) -> pd.DataFrame:
    """300 customers order by chance, ``summer`` times as often in July and August."""
    rng = np.random.default_rng(seed)
    span = round(365 * years)
    days = np.arange(span)
    month = np.array([(FIRST + timedelta(days=int(day))).month for day in days])
    rate = np.where(np.isin(month, (7, 8)), summer, 1.0) / 80
    hits = rng.random((300, span)) < rate
    who, day = np.nonzero(hits)
    return pd.DataFrame({"customer_id": [f"c{n:03}" for n in who], "day": day + FIRST.toordinal()})


def found(ordered: pd.DataFrame, last: date, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Foretell the last window by the share of the one before it, and correct it."""
    until = lambda _, day: ordered[ordered["day"] <= day.toordinal()]  # noqa: E731
    monkeypatch.setattr(module, "order_days", until)
    definition = ChurnDefinition("silence", days=DAYS, first=FIRST, last=last)
    train = last - timedelta(days=2 * DAYS)

    def left(cut: date) -> np.ndarray:
        start = cut.toordinal()
        known = ordered.loc[ordered["day"] <= start, "customer_id"].unique()
        later = ordered.loc[ordered["day"].between(start + 1, start + DAYS), "customer_id"]
        return ~pd.Series(known).isin(later).to_numpy()

    test = left(train + timedelta(days=DAYS))
    chance = np.full(len(test), left(train).mean())
    standard: Any = SimpleNamespace()
    return season_of(standard, definition, chance, test, train=train)


def test_a_summer_that_came_a_year_before_corrects_the_risk(monkeypatch: pytest.MonkeyPatch) -> None:
    season = found(shop(3, 4.0), date(2024, 8, 29), monkeypatch)
    assert season.observed < season.foretold - 0.15
    assert season.corrected == pytest.approx(season.observed, abs=0.06)
    assert season.used and season.shift > 0.5  # after the summer more fall silent


def test_without_a_year_the_shift_is_shown_and_nothing_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    season = found(shop(1, 4.0), date(2022, 8, 29), monkeypatch)
    assert season.observed < season.foretold - 0.15
    assert (season.corrected, season.shift, season.used) == (None, 0.0, False)


def test_a_season_that_does_not_come_again_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    once = shop(3, 4.0)
    calm = shop(3, 1.0, seed=1)
    border = date(2024, 1, 1).toordinal()
    mixed = pd.concat([once[once["day"] < border], calm[calm["day"] >= border]])
    season = found(mixed.sort_values(["customer_id", "day"]), date(2024, 8, 29), monkeypatch)
    assert season.corrected is not None and not season.used and season.shift == 0.0
