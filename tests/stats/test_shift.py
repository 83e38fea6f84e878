"""How far a distribution moved, and what a category says: the printed figures, and what chance alone gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.stats.shift import information_value, psi, psi_alarm


def test_the_index_of_printed_shares() -> None:
    assert psi(np.full(10, 0.1), np.array([0.12, 0.11, *[0.10] * 5, *[0.09] * 3])) == pytest.approx(0.0077603, abs=1e-7)


@pytest.mark.parametrize(
    ("n", "bands", "level"), [(100, 10, 0.3384), (500, 10, 0.0677), (4338, 10, 0.0078), (500, 5, 0.0380)]
)
def test_the_alarm_level_follows_the_number_of_customers(n: Any, bands: Any, level: Any) -> None:
    assert psi_alarm(n, n, bands) == pytest.approx(level, abs=1e-4)


def test_chance_alone_passes_the_alarm_in_one_of_twenty() -> None:
    rng = np.random.default_rng(1)
    alarm = psi_alarm(500, 500, 5)
    draws = rng.multinomial(500, [0.2] * 5, size=(2_000, 2))
    share = np.mean([psi(first, second) > alarm for first, second in draws])
    assert 0.03 <= share <= 0.07


def test_an_empty_band_is_no_infinite_shift() -> None:
    assert np.isfinite(psi(np.array([10, 0]), np.array([5, 5])))
    assert psi(np.array([0, 0]), np.array([0, 0])) == 0.0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status_of_existing_checking_account", 0.6660),
        ("credit_history", 0.2932),
        ("savings_account_and_bonds", 0.1960),
        ("purpose", 0.1692),
        ("property", 0.1126),
        ("telephone", 0.0064),
    ],
)
def test_information_values_of_german_credit(shared_data: Any, column: Any, value: Any) -> None:
    file = shared_data / "finance" / "germancredit.csv"
    if not file.is_file():
        pytest.skip("the real file is not here")
    frame = pd.read_csv(file)
    table = pd.crosstab(frame[column], frame["creditability"])
    assert information_value(table["bad"].to_numpy(), table["good"].to_numpy()) == pytest.approx(value, abs=1e-4)
