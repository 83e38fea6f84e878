"""A bounded run of the calibration benchmark: every method keeps its promise within the binomial limits."""

from __future__ import annotations

import pytest

from benchmarks import calibration


@pytest.mark.parametrize("name", list(calibration.METHODS))
def test_a_method_keeps_its_promise(name):
    kept = [one for one in calibration.calibrate(draws=300, bootstrap_draws=40, only=name) if one.name.startswith(name)]
    assert kept
    for one in kept:
        assert one.holds, (one.name, one.rate, one.limits)


def test_twenty_looks_at_a_fixed_test_are_wrong_far_too_often():
    found = calibration.calibrate(draws=300, only="always valid, 20 looks")
    always, naive = (one.rate for one in found)
    # Armitage, McPherson, Rowe (1969): 24.8 % at twenty looks; 300 draws stay above 16 % in 99.9 %.
    assert naive > 0.16
    assert always <= 0.05


def test_a_broken_promise_would_be_seen():
    assert not calibration.Kept("a test wrong in 10 %", 1000, 10_000, 0.05, "about").holds
    assert not calibration.Kept("a test wrong in 10 %", 1000, 10_000, 0.05, "at_most").holds
    assert calibration.Kept("a careful test", 100, 10_000, 0.05, "at_most").holds
