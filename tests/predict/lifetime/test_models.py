"""Models of buying and leaving: published fits, other implementations, and draws that agree with the formulas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from analysis.predict.lifetime import pareto
from analysis.predict.lifetime.beta_geometric import BetaGeometric, fit_beta_geometric
from analysis.predict.lifetime.contracts import Contract, contract_log_likelihood, fit_contract
from analysis.predict.lifetime.histories import Histories, histories
from analysis.predict.lifetime.likely import Fit
from analysis.predict.lifetime.pareto import Pareto, fit_pareto
from analysis.predict.lifetime.spend import fit_spend


def given(*params: float) -> Fit:
    return Fit(params, 0.0, None, True)


BG = BetaGeometric("bg_nbd", given(0.243, 4.414, 0.793, 2.426))
MBG = BetaGeometric("mbg_nbd", given(0.525, 6.183, 0.891, 1.614))
PARETO = Pareto(given(0.553, 10.578, 0.606, 11.669))
ONE = histories([2], [30.43], [38.86])


def a_shop(n: int = 4000, seed: int = 3) -> Histories:
    """Customers who buy and leave as BG/NBD supposes, with parameters of our own."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = 0.8, 6.0, 0.9, 3.0
    pace, leave = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    age = rng.integers(20, 60, n).astype(float)
    frequency, recency = np.zeros(n), np.zeros(n)
    for one in range(n):
        now = 0.0
        while True:
            now += rng.exponential(1 / pace[one])
            if now > age[one]:
                break
            frequency[one] += 1
            recency[one] = now
            if rng.random() < leave[one]:
                break
    return histories(frequency, recency, age)


def test_bg_nbd_gives_the_values_of_other_implementations() -> None:
    assert BG.alive(ONE)[0] == pytest.approx(0.726578570080673, abs=1e-9)
    point = histories([10], [35], [39])
    assert BG.expected(point, 2)[0] == pytest.approx(0.3915692070911141, abs=1e-9)
    paradox = BetaGeometric("bg_nbd", given(0.2425967, 4.413659, 0.7929869, 2.426164))
    four = histories([10, 15, 20, 25], [20] * 4, [39] * 4)
    assert paradox.expected(four, 52) == pytest.approx([0.3474606, 0.04283391, 0.004158973, 0.0003583685], rel=1e-5)
    assert BG.alive(histories([0], [0], [500]))[0] == 1  # which is why it is no score of who has left


def test_pareto_nbd_gives_the_values_of_other_implementations() -> None:
    assert PARETO.alive(ONE)[0] == pytest.approx(0.8691675591530115, abs=1e-8)
    assert PARETO.expected(ONE, 39)[0] == pytest.approx(1.455123193257603, abs=1e-7)
    other = Pareto(given(0.55, 10.56, 0.61, 11.64))
    seen = histories([10, 5, 20], [35, 25, 25], [39] * 3)
    assert other.expected(seen, 2)[seen.row] == pytest.approx([0.388411723, 0.134421430, 0.0253590062], abs=1e-7)
    silent = histories([0], [0], [39])
    assert np.exp(pareto.log_likelihood(silent, (0.55, 10.56, 0.61, 11.64))) == pytest.approx(0.5959380696, abs=1e-9)
    worth = Pareto(given(0.5629966, 12.559037, 0.4081095, 10.5148048))
    found = worth.discounted_for_ever(histories(list(range(1, 11)), [30] * 10, [77.86] * 10), 0.0027)
    assert found[[0, 2, 9]] == pytest.approx([2.19915545, 2.86712839, 0.16792755], abs=1e-6)


def test_a_customer_who_may_leave_at_once_is_counted_so_by_mbg_alone() -> None:
    """By hand: after one purchase MBG sets leaving, a / b, against staying silent for the whole age."""
    silent = histories([0], [0], [20.0])
    odds = 0.891 / 1.614 * ((6.183 + 20) / 6.183) ** 0.525
    assert MBG.alive(silent)[0] == pytest.approx(1 / (1 + odds), rel=1e-12)
    assert BG.alive(silent)[0] == 1


@pytest.mark.parametrize("a", [0.05, 0.3, 1.0, 1.7, 40.0, 500.0])
@pytest.mark.parametrize(("x", "weeks"), [(0, 10.0), (3, 52.0), (400, 4.0)])
def test_expected_orders_are_the_integral_that_they_stand_for(a: float, x: int, weeks: float) -> None:
    r, alpha, b, age = 0.7, 8.0, 2.5 if a < 100 else 6500.0, 50.0
    model = BetaGeometric("mbg_nbd", given(r, alpha, a, b))
    seen = histories([x], [45.0 if x else 0.0], [age])
    from scipy.stats import beta

    shape, rate = r + x, alpha + age
    leaving = beta(a, b + x + 1)

    def inner(p: float) -> float:
        return -np.expm1(-shape * np.log1p(weeks * p / rate)) / p * leaving.pdf(p)

    mean, spread = leaving.mean(), leaving.std()
    inside = [point for point in (mean, mean + 3 * spread) if 0 < point < 1]
    expected = quad(inner, 0, 1, points=inside, limit=400)[0] * model.alive(seen)[0]
    assert model.expected(seen, weeks)[0] == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_draws_have_the_expected_mean(model: BetaGeometric | Pareto) -> None:
    n = 40_000
    seen = histories([2.0] * n, [30.43] * n, [38.86] * n)
    drawn = model.drawn(seen, 39.0, model.fit.params, np.random.default_rng(5))
    error = drawn.std() / np.sqrt(n)
    assert drawn.mean() == pytest.approx(model.expected(ONE, 39.0)[0], abs=4 * error)


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_what_was_seen_and_what_is_expected_add_up(model: BetaGeometric | Pareto) -> None:
    """Orders of a new customer in 30 weeks are those of the first 20, and those expected after them on average."""
    rng = np.random.default_rng(2)
    new = histories([0.0] * 60_000, [0.0] * 60_000, [1e-9] * 60_000)
    first = model.drawn(new, 20.0, model.fit.params, rng)
    assert first.mean() == pytest.approx(model.from_the_start(np.array([20.0]))[0], abs=5 * first.std() / 245)
    steps = model.from_the_start(np.array([0.0, 10.0, 20.0, 30.0]))
    assert steps[0] == 0
    assert (np.diff(steps) > 0).all()


def test_the_gradient_of_bg_and_mbg_is_that_of_the_likelihood() -> None:
    from scipy.optimize import check_grad

    from analysis.predict.lifetime.beta_geometric import _Asked

    seen = a_shop(400)
    for kind in ("bg_nbd", "mbg_nbd"):
        asked = _Asked(seen, kind)
        at = np.array([0.9, 5.0, 0.8, 2.0])
        far = check_grad(lambda p, asked=asked: asked.loss(p)[0], lambda p, asked=asked: asked.loss(p)[1], at)
        assert far < 1e-3


def test_planted_parameters_are_found_and_their_uncertainty_holds_them() -> None:
    model = fit_beta_geometric(a_shop(), "bg_nbd")
    assert model.fit.found
    planted = np.log([0.8, 6.0, 0.9, 3.0])
    assert model.fit.covariance is not None
    apart = (np.log(model.fit.params) - planted) / np.sqrt(np.diag(model.fit.covariance))
    assert np.abs(apart).max() < 3
    drawn = np.log(model.fit.drawn(2000, np.random.default_rng(0)))
    assert np.cov(drawn.T) == pytest.approx(model.fit.covariance, rel=0.25, abs=2e-3)


@pytest.mark.parametrize("leave", [0.0, 0.2])
def test_where_little_is_known_draws_stay_where_the_likelihood_is(leave: float) -> None:
    """Nobody leaves, or all with one chance: one end of a parameter is open, and the curvature knows of no end."""
    rng = np.random.default_rng(2)
    age, pace = rng.uniform(20, 80, 200), rng.gamma(3, 0.07, 200)
    until = rng.geometric(leave, 200) if leave else 10**6
    bought = np.minimum(rng.poisson(pace * age), until).astype(float)
    recency = np.where(bought > 0, age * rng.beta(np.maximum(bought, 1), 1), 0)
    seen = histories(bought, np.where(bought == until, recency / 3, recency), age)
    model = fit_beta_geometric(seen, "mbg_nbd")
    loss = model.loss(seen)
    drawn = model.fit.drawn(100, np.random.default_rng(0), loss)
    assert max(loss(each)[0] for each in drawn) + model.fit.loglik < 20
    sums = [seen.at(model.expected(seen, 52, each)).sum() for each in drawn]
    low, high = np.quantile(sums, [0.1, 0.9]) / seen.at(model.expected(seen, 52)).sum()
    assert 0.7 < low < high < 1.4


def test_distinct_histories_give_the_fit_of_all_rows() -> None:
    seen = histories([0, 0, 1, 1, 1, 4] * 30, [0, 0, 5, 5, 5, 20] * 30, [30, 30, 30, 30, 30, 40] * 30)
    assert len(seen.frequency) == 3
    assert seen.at(seen.frequency).tolist() == [0, 0, 1, 1, 1, 4] * 30
    each = (seen.at(part) for part in (seen.frequency, seen.recency, seen.age))
    plain = Histories(*each, np.ones(180), np.arange(180))
    params = (0.5, 8.0, 0.6, 11.0)
    assert pareto.log_likelihood(seen, params) == pytest.approx(pareto.log_likelihood(plain, params), rel=1e-12)


def test_renewals_give_the_published_fit_and_wider_never_fits_worse() -> None:
    regular = np.array([1000, 631, 468, 382, 326, 289, 262, 241.0])  # Fader and Hardie 2007, "Regular"
    model = fit_contract(np.arange(1, 8.0), -np.diff(regular), np.array([7.0]), regular[-1:], "sbg")
    assert model.fit.params == pytest.approx((0.7041, 1.1820), abs=1e-3)
    assert model.fit.loglik == pytest.approx(-1680.265, abs=2e-3)
    there = np.array([1000, 869, 743, 653, 593, 551, 517, 491.0])  # "High End"
    rows = (np.arange(1, 8.0), -np.diff(there), np.array([7.0]), there[-1:])
    model = fit_contract(*rows, "sbg")
    assert model.fit.params == pytest.approx((0.6681, 3.8061), abs=1e-3)
    assert model.fit.loglik == pytest.approx(-1611.158, abs=2e-3)
    wider = fit_contract(*rows, "bdw")
    assert wider.fit.loglik >= model.fit.loglik
    assert model.survival([0, 7]) == pytest.approx([1, 0.491], abs=0.01)


def test_a_power_of_time_that_was_planted_is_found() -> None:
    planted = Contract("bdw", given(0.8, 4.0, 1.6))
    at = np.arange(0, 25.0)
    there = planted.survival(at)
    n = 200_000
    model = fit_contract(at[1:], -np.diff(there) * n, at[-1:], there[-1:] * n)
    assert model.kind == "bdw"
    assert model.fit.params == pytest.approx((0.8, 4.0, 1.6), rel=0.02)
    assert fit_contract(at[1:8], -np.diff(Contract("sbg", given(0.8, 4.0)).survival(at[:8])) * 500, at[7:8],
                        Contract("sbg", given(0.8, 4.0)).survival(at[7:8]) * 500).kind == "sbg"  # fmt: skip


def test_staying_is_a_product_of_renewals() -> None:
    model = Contract("bdw", given(0.8, 4.0, 1.3))
    ahead = model.stays([0, 5], 3)
    assert ahead[0].tolist() == pytest.approx(model.survival([1, 2, 3]).tolist())
    assert ahead[1, 2] == pytest.approx(model.survival(8) / model.survival(5))
    one = (np.array([value]) for value in (1.0, 3.0, 1.0, 9.0))
    assert np.isfinite(contract_log_likelihood((1.0, 2.0), *one))


def test_an_order_of_few_is_drawn_towards_the_mean() -> None:
    rng = np.random.default_rng(1)
    often = rng.poisson(3, 3000) + 1.0
    rate = rng.gamma(4, 1 / 15, 3000)
    found = fit_spend(often, rng.gamma(6 * often) / rate / often)
    assert found.fit is not None
    one, many, nobody = found.expected([1, 200, 0], [100.0, 100.0, np.nan])
    p, q, gamma = found.fit.params
    assert nobody == pytest.approx(p * gamma / (q - 1))
    assert nobody < one < many
    assert many == pytest.approx(100, rel=0.02)
    drawn = found.drawn(np.full(40_000, 3.0), np.ones(40_000), np.full(40_000, 100.0), found.fit.params, rng)
    assert drawn.mean() == pytest.approx(3 * one, rel=0.03)


def test_the_unit_of_money_is_no_part_of_how_sure_an_order_is() -> None:
    """In yen gamma is larger than any number that the search allows; its draws were cut there once."""
    rng = np.random.default_rng(1)
    often = rng.poisson(3, 400) + 1.0
    mean = rng.gamma(6 * often) / rng.gamma(4, 1 / 15, 400) / often
    euros, yen = fit_spend(often, mean), fit_spend(often, mean * 10_000)
    few, many = (
        np.array(found.params_drawn(50, often, money, np.random.default_rng(0)))
        for found, money in ((euros, mean), (yen, mean * 10_000))
    )
    assert many == pytest.approx(few * (1, 1, 10_000), rel=1e-3)


def test_where_gamma_gamma_does_not_hold_means_are_drawn_in_by_what_they_vary() -> None:
    """Two prices, each customer always the same one: the mean of all is 110, and one order tells almost all."""
    rng = np.random.default_rng(0)
    often = rng.integers(1, 20, 4000).astype(float)
    price = np.where(rng.random(4000) < 0.9, 50.0, 650.0)
    found = fit_spend(often, price)
    assert found.fit is None
    assert found.mean == pytest.approx(110, rel=0.1)
    low, high, nobody = found.expected([1, 1, 0], [50.0, 650.0, np.nan])
    assert nobody == found.mean
    assert (low, high) == pytest.approx((50, 650), rel=0.05)
    drawn = found.drawn(np.full(20_000, 2.0), np.zeros(20_000), np.zeros(20_000), None, rng)
    assert drawn.mean() == pytest.approx(2 * found.mean, rel=0.1)


def test_orders_that_vary_more_than_customers_are_drawn_to_the_mean() -> None:
    rng = np.random.default_rng(3)
    often = rng.integers(1, 6, 6000).astype(float)
    noisy = np.array([rng.choice([10.0, 10.0, 10.0, 370.0], int(n)).mean() for n in often])
    found = fit_spend(often, noisy)
    assert np.ptp(found.expected([1, 1], [10.0, 370.0])) < 60
    assert found.mean == pytest.approx(100, rel=0.06)


@pytest.mark.parametrize("money", [[10.0] * 40, [0.0] * 40])
def test_where_all_spend_the_same_the_mean_stands_for_everybody(money: list[float]) -> None:
    found = fit_spend([2.0] * 40, money)
    assert found.fit is None
    assert found.expected([2.0, 0.0], [money[0], 0.0]).tolist() == [money[0]] * 2


@pytest.fixture(scope="module")
def cdnow(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "reference" / "btyd_cdnow_cbs.csv")


def test_the_published_fits_of_cdnow(shared_data: Path, cdnow: pd.DataFrame) -> None:
    rounded = pd.read_csv(shared_data / "reference" / "cdnow_customers_summary.csv")
    model = fit_beta_geometric(histories(rounded["frequency"], rounded["recency"], rounded["T"]))
    assert model.fit.params == pytest.approx((0.24259, 4.41353, 0.79289, 2.42575), rel=2e-4)
    assert model.fit.loglik == pytest.approx(-9582.42556, abs=1e-3)
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    told = [0.00782, 0.05318, 0.15063, 1.04049, 1.04374, 1.85797]
    assert model.from_the_start(weeks) == pytest.approx(told, abs=5e-5)
    seen = histories(cdnow["x"], cdnow["t.x"], cdnow["T.cal"])
    params = (0.553, 10.578, 0.606, 11.669)
    assert pareto.log_likelihood(seen, params) == pytest.approx(-9594.976259, abs=1e-5)
    found = fit_pareto(seen)
    assert found.fit.params == pytest.approx(params, rel=2e-3)
    assert found.fit.loglik == pytest.approx(-9594.9762, abs=1e-3)


def test_expected_orders_of_cdnow_against_what_came(cdnow: pd.DataFrame) -> None:
    seen = histories(cdnow["x"], cdnow["t.x"], cdnow["T.cal"])
    came = cdnow["x.star"]
    model = fit_beta_geometric(seen)
    expected = seen.at(model.expected(seen, 39))
    assert (len(came), int(came.sum())) == (2357, 1882)
    assert expected.sum() == pytest.approx(1653.4, abs=1)
    assert np.abs(expected - came).mean() == pytest.approx(0.7855, abs=0.001)
    assert np.sqrt(((expected - came) ** 2).mean()) == pytest.approx(1.6080, abs=0.002)
    assert np.corrcoef(expected, came)[0, 1] == pytest.approx(0.6256, abs=0.001)
    assert model.fit.loglik == pytest.approx(-9582.4292, abs=1e-3)
    from sklearn.metrics import roc_auc_score

    active = came > 0
    assert active.mean() == pytest.approx(0.2902, abs=1e-4)
    scores = {
        "bg_nbd": (seen.at(model.alive(seen)), 0.3158),
        "mbg_nbd": (seen.at((again := fit_beta_geometric(seen, "mbg_nbd")).alive(seen)), 0.6866),
        "pareto_nbd": (seen.at(fit_pareto(seen).alive(seen)), 0.7262),
        "expected": (expected, 0.7725),
        "silence": (cdnow["t.x"] - cdnow["T.cal"], 0.7714),
    }
    for score, told in scores.values():
        assert roc_auc_score(active, score) == pytest.approx(told, abs=0.002)
    assert again.fit.found


def test_spend_of_cdnow(shared_data: Path) -> None:
    rows = pd.read_csv(shared_data / "reference" / "cdnow_customers_summary_with_transactions.csv")
    found = fit_spend(rows["x"], rows["zbar"])
    assert found.fit is not None
    assert found.n == 946
    assert found.fit.params == pytest.approx((6.2488, 3.7446, 15.4477), rel=1e-3)
    assert found.fit.loglik == pytest.approx(-4055.9232, abs=0.01)
    assert found.correlation == pytest.approx(0.113884, abs=1e-6)
    order = found.expected(rows["x"], rows["zbar"])
    assert order[[0, 1, 2, 5]] == pytest.approx([24.6586, 18.9115, 35.1710, 71.4629], abs=0.002)
    assert order.mean() == pytest.approx(35.25296, abs=0.002)


def test_days_of_silence_tell_who_comes_back_as_well_as_the_model(cdnow: pd.DataFrame) -> None:
    """Wübben and von Wangenheim 2008: a rule of thumb is as good at saying who is still there."""
    active, silent = cdnow["x.star"] > 0, cdnow["T.cal"] - cdnow["t.x"]
    rule = {13: 0.7790, 17: 0.7756, 21: 0.7781, 26: 0.7709, 30: 0.6445}
    right = {weeks: float(((silent <= weeks + 1e-9) == active).mean()) for weeks in rule}
    assert right == pytest.approx(rule, abs=0.0005 + 1e-9)
    seen = histories(cdnow["x"], cdnow["t.x"], cdnow["T.cal"])
    model = fit_beta_geometric(seen)
    by_model = float(((seen.at(model.expected(seen, 39)) >= 0.5) == active).mean())
    assert by_model == pytest.approx(0.7768, abs=0.0005)
    assert float((~active).mean()) == pytest.approx(0.7098, abs=0.0005)
    assert max(right.values()) >= by_model
