"""A bounded run of the calibration benchmark: every method keeps its promise within the binomial limits."""

from __future__ import annotations

import pytest

from benchmarks import __main__ as commands
from benchmarks.calibration import main
from benchmarks.calibration.kept import Kept, Ratio
from benchmarks.calibration.rows import METHODS, NAMES, calibrate
from tests.thorough import THOROUGH

# Counted in tests/compare with runs of their own.
BOUNDED = [name for name in METHODS if not name.startswith("compare, ")]


@pytest.mark.parametrize("name", BOUNDED)
def test_a_method_keeps_its_promise(name):
    kept = calibrate(name, 200 if THOROUGH else 120, 12)
    assert kept
    for one in kept:
        assert one.holds, (one.name, one.rate, one.limits)


def test_twenty_looks_at_a_fixed_test_are_wrong_far_too_often():
    always, naive = (one.rate for one in calibrate("always valid, 20 looks", 300, 40))
    # Armitage, McPherson, Rowe (1969): 24.8 % at twenty looks; 300 draws stay above 16 % in 99.9 %.
    assert naive > 0.16
    assert always <= 0.05


def test_a_broken_promise_would_be_seen():
    assert not Kept("a test wrong in 10 %", 1000, 10_000, 0.05, "about").holds
    assert not Kept("a test wrong in 10 %", 1000, 10_000, 0.05, "at_most").holds
    assert Kept("a careful test", 100, 10_000, 0.05, "at_most").holds
    assert not Ratio("money counted twice", 200.0, 100.0, 1000).holds
    assert Ratio("money as it is", 104.0, 100.0, 1000).holds


def test_money_is_summed_over_what_was_picked():
    (kept,) = calibrate("money of what was shipped, power 0.5", 400, 40)
    assert kept.draws == 400
    assert kept.holds


def test_among_all_benchmarks_every_row_is_run(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr("benchmarks.calibration.calibrate", lambda name, *_: asked.append(name) or [])
    monkeypatch.setattr("sys.argv", ["benchmarks"])
    assert main() == 0
    assert asked == list(NAMES)


def test_a_row_is_run_by_its_name_and_an_unknown_one_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "calibration", "four", "samples", "20"])
    assert commands.main() == 0
    told = capsys.readouterr().out
    assert "four samples, n = 5: covers" in told
    assert "n = 20" in told
    assert "Welch" not in told
    monkeypatch.setattr("sys.argv", ["benchmarks", "calibration", "no", "such", "row"])
    assert main() == 2
    assert "no row holds" in capsys.readouterr().out
