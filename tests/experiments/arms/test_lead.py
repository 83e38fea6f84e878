"""The walk of conversions: crossing against a plain count of every path, designs against the published table."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.lead import LeadDesign, crossing, judge_lead, lead_design


@pytest.mark.parametrize(("n", "lead", "up"), [(1, 1, 0.5), (6, 2, 0.5), (9, 3, 0.6), (10, 3, 0.45), (7, 8, 0.5)])
def test_crossing_is_the_sum_over_every_path(n, lead, up):
    total = 0.0
    for path in product((1, -1), repeat=n):
        if max(np.cumsum(path)) >= lead:
            total += up ** path.count(1) * (1 - up) ** path.count(-1)
    assert crossing(n, lead, up) == pytest.approx(total, abs=1e-12)


def test_designs_are_those_of_the_published_table():
    # Miller (2015): 50 %: 170 and 26, 20 %: 808 and 56, 10 %: 2,922 and 106, at 5 % and 80 %.
    found = [(design.conversions, design.lead) for design in map(lead_design, (0.5, 0.2, 0.1))]
    assert found == [(170, 26), (808, 56), (2922, 106)]


@pytest.mark.parametrize(("lift", "alpha", "power"), [(0.5, 0.05, 0.8), (0.2, 0.01, 0.9), (2.0, 0.05, 0.8)])
def test_a_design_keeps_its_promise_and_none_with_a_smaller_lead_does(lift, alpha, power):
    design, up = lead_design(lift, alpha=alpha, power=power), (1 + lift) / (2 + lift)
    assert design.false_alarm <= alpha
    assert design.power >= power
    for n in range(design.lead - 1, 3 * design.conversions):
        assert crossing(n, design.lead - 1, 0.5) > alpha or crossing(n, design.lead - 1, up) < power


def test_a_simulated_walk_stops_as_often_as_promised():
    design, rng = lead_design(0.5), np.random.default_rng(6)
    for up, share in ((0.5, design.false_alarm), (0.6, design.power)):
        steps = np.where(rng.random((4000, design.conversions)) < up, 1, -1)
        stopped = (np.cumsum(steps, axis=1).max(axis=1) >= design.lead).mean()
        assert stopped == pytest.approx(share, abs=4 * (share * (1 - share) / 4000) ** 0.5)


def test_the_conversions_are_judged():
    design = LeadDesign(170, 26, 0.05, 0.8)
    assert judge_lead(60, 86, design) == "treatment_wins"
    assert judge_lead(60, 80, design) == "keep_running"
    assert judge_lead(90, 80, design) == "no_winner"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: lead_design(0.0), "experiment_zero_effect"),
        (lambda: lead_design(0.1, power=1.0), "experiment_bad_power"),
        (lambda: lead_design(0.1, alpha=0.0), "experiment_bad_alpha"),
        (lambda: lead_design(1e-6), "experiment_too_many_needed"),
        (lambda: judge_lead(-1, 3, LeadDesign(170, 26, 0.05, 0.8)), "experiment_negative_count"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
