"""The models: calibrated on customers they have not seen, the same for the same seed, and stopped when asked."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from scipy.special import expit
from threadpoolctl import threadpool_info

from analysis.engine import StoppedError, Stopper
from analysis.predict.churn import model as module
from analysis.predict.churn.model import calibration_line, few_threads, fit_model, log_loss, out_of_fold


def customers(n: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, 3))
    return matrix, rng.random(n) < expit(1.5 * matrix[:, 0] - 1)


def test_a_line_takes_back_odds_that_were_too_sure() -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(size=20_000)
    left = rng.random(20_000) < expit(odds - 0.5)
    slope, offset = calibration_line(3 * odds, left)
    assert (slope, offset) == pytest.approx((1 / 3, -0.5), abs=0.05)


def test_a_score_that_points_the_wrong_way_becomes_the_share_of_all() -> None:
    left = np.arange(100) % 4 == 0
    slope, offset = calibration_line(-left.astype(float), left)
    assert slope == 0 and expit(offset) == pytest.approx(0.25)


def test_chances_of_those_it_learned_from_come_from_models_that_had_not_seen_them() -> None:
    rng = np.random.default_rng(2)
    matrix, left = rng.normal(size=(200, 60)), rng.random(200) < 0.4
    fitted = fit_model(matrix, left, "logistic", seed=0)
    assert log_loss(left, fitted.seen) > log_loss(left, np.full(200, left.mean())) - 0.02  # noise says nothing
    assert fitted.model.score(matrix, left) > 0.65  # though the model itself has learned it by heart


def test_trees_are_taken_where_a_line_cannot_tell_and_left_where_it_can() -> None:
    matrix, left = customers(800)
    assert fit_model(matrix, left, "auto", seed=0).kind == "logistic"
    crossed = np.random.default_rng(3).random(800) < np.where(matrix[:, 0] * matrix[:, 1] > 0, 0.9, 0.1)
    assert fit_model(matrix, crossed, "auto", seed=0).kind == "trees"


def test_of_more_customers_than_are_needed_a_sample_is_learned_from_and_everybody_foretold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", {"logistic": 300, "trees": 300})
    matrix, left = customers()
    fitted = fit_model(matrix, left, "logistic", seed=0)
    everybody = fitted.unseen_chances(matrix)
    assert everybody.shape == (600,) and everybody.mean() == pytest.approx(left.mean(), abs=0.05)
    assert np.array_equal(everybody[fitted.rows], fitted.seen)


def test_the_same_seed_gives_the_same_chances() -> None:
    matrix, left = customers()
    first, second = (fit_model(matrix, left, "logistic", seed=5).seen for _ in range(2))
    assert np.array_equal(first, second)


def test_work_that_is_to_stop_stops_between_two_folds() -> None:
    matrix, left = customers()
    stopper = Stopper()
    with stopper.within():
        stopper.stop()
        with pytest.raises(StoppedError):
            out_of_fold(matrix, left, "logistic", folds=5, seed=0)


def test_models_of_few_rows_run_in_one_thread_and_those_of_many_in_all() -> None:
    """On a busy machine trees wait for their threads at every split: a page took ten times as long."""

    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info()]

    import_module("sklearn.ensemble")
    before = threads()
    with few_threads(1_000):
        assert set(threads()) == {1}
    assert threads() == before
    with few_threads(1_000_000):
        assert threads() == before
