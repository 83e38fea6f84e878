"""The calculators: the figures printed elsewhere, each refusal, and sentences in both languages."""

from __future__ import annotations

import ast

import pytest
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from analysis.errors import AnalysisError
from analysis.experiments.calculator_words import calculator_answer
from analysis.experiments.planning.calculators import (
    CALCULATORS,
    FUNCTIONS,
    CalculatorChoices,
    looked_at,
    one_share,
    power_there,
    rates,
    significance,
    size_needed,
    unplanned_look,
)
from analysis.exports.experiment.code import calculator_code
from texts import translator


def test_the_sizes_are_those_printed_by_other_calculators():
    found = size_needed(CalculatorChoices(baseline=20, points=5))
    assert (found.planned.n_control, dict(found.others)["evan_miller"], round(found.rule_of_thumb)) == (
        1094,
        1030,
        1024,
    )
    back = power_there(CalculatorChoices(baseline=20, points=5, n=1094))
    assert (back.power, back.smallest) == (pytest.approx(0.8, abs=1e-3), pytest.approx(0.05, abs=1e-4))


def test_significance_and_interval_are_those_of_statsmodels():
    p = proportions_ztest([250, 200], [1000, 1000])[1]
    assert significance(CalculatorChoices()).test.p == pytest.approx(p)
    found = one_share(CalculatorChoices(n_control=40, conversions_control=3, value=20))
    assert (found.share.low, found.share.high) == pytest.approx(proportion_confint(3, 40, method="beta"))


def test_looking_early_gives_the_printed_lead_and_what_the_test_lacks():
    found = looked_at(CalculatorChoices(lift=10, points=5))
    assert (found.lead.conversions, found.lead.lead) == (2922, 106)
    n = (2000 + found.midway.n_more) // 2
    arms = {"n_control": n, "conversions_control": n // 5, "n_treatment": n, "conversions_treatment": n // 4}
    assert looked_at(CalculatorChoices(**arms, points=5)).midway.power_now == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("calculator", CALCULATORS)
def test_each_calculator_says_something_and_shows_code_that_gives_the_same(calculator, language):
    said = calculator_answer(calculator, CalculatorChoices(conversions_treatment=205), translator(language))
    assert len(said) >= 2
    assert all(sentence.strip() and "{" not in sentence for sentence in said)
    names: dict[str, object] = {}
    code = calculator_code(calculator, CalculatorChoices())
    call = ast.parse(code.splitlines()[-1], mode="eval").body.args[0]  # type: ignore[attr-defined]
    exec("\n".join(code.splitlines()[:-1]) + f"\nfound = {ast.unparse(call)}", names)
    assert names["found"] == FUNCTIONS[calculator](CalculatorChoices())


def test_a_clear_difference_and_an_open_one_are_told_apart():
    t = translator("en")
    clear, unclear = CalculatorChoices(), CalculatorChoices(conversions_treatment=205)
    for calculator, words in (("significance", ("more than chance", "may be chance")),):
        for choices, word in zip((clear, unclear), words, strict=True):
            assert word in calculator_answer(calculator, choices, t)[0]
    assert calculator_answer("sequential", clear, t)[0].startswith("Not yet")
    assert calculator_answer("sequential", CalculatorChoices(conversions_treatment=300), t)[0].startswith(
        "You may stop"
    )


@pytest.mark.parametrize(
    ("calculator", "choice", "code"),
    [
        ("size", {"baseline": None}, "experiment_figure_missing"),
        ("size", {"baseline": 0}, "experiment_bad_baseline"),
        ("size", {"points": 0}, "experiment_zero_effect"),
        ("size", {"alpha": 0}, "experiment_bad_alpha"),
        ("power", {"n": 1}, "experiment_too_few"),
        ("significance", {"conversions_control": 1001}, "experiment_more_conversions_than_visitors"),
        ("significance", {"n_control": 10.5}, "experiment_not_whole"),
        ("interval", {"value": 100}, "experiment_bad_baseline"),
        ("sequential", {"lift": -5}, "experiment_zero_effect"),
        ("bayesian", {"n_treatment": 0}, "experiment_empty_arm"),
    ],
)
def test_what_cannot_be_calculated_is_refused(calculator, choice, code):
    with pytest.raises(AnalysisError) as caught:
        calculator_answer(calculator, CalculatorChoices(**choice), translator("en"))
    assert caught.value.code == code


def test_an_unplanned_look_asks_for_more_than_the_end_and_counts_the_looks_before():
    half = {"n_control": 1000, "n_treatment": 1000, "conversions_control": 200, "conversions_treatment": 237}
    first, second = (unplanned_look(CalculatorChoices(**half, earlier=text)) for text in ("", "500; 900 1900"))
    assert first.look.bound == pytest.approx(2.9626, abs=1e-3)  # R's ldbounds at a half: 2.963
    assert (first.n_before, second.n_before) == (0, 3)
    assert second.look.bound >= first.look.bound


def test_looks_that_are_no_numbers_or_out_of_order_are_refused():
    for text, code in (("soon", "experiment_not_a_number"), ("3000", "experiment_bad_information")):
        with pytest.raises(AnalysisError, match=code):
            unplanned_look(CalculatorChoices(earlier=text))
    with pytest.raises(AnalysisError, match="experiment_bad_information"):
        unplanned_look(CalculatorChoices(planned=0))


def test_with_all_customers_in_the_look_is_the_fixed_test_and_no_chance_is_told():
    found = unplanned_look(CalculatorChoices(planned=2000))
    assert (found.look.bound, found.clear) == (pytest.approx(1.959964, abs=1e-6), True)
    assert found.power_trend is None
    assert not found.futile


def test_a_test_without_hope_is_said_to_be_futile():
    none = {"n_control": 1800, "n_treatment": 1800, "conversions_control": 360, "conversions_treatment": 350}
    found = unplanned_look(CalculatorChoices(**none, points=3))
    assert found.futile
    said = calculator_answer("looks", CalculatorChoices(**none, points=3), translator("en"))
    assert "hardly worth it" in said[-1]


def test_rates_are_compared_as_by_the_engine():
    found = rates(
        CalculatorChoices(events_control=15, exposure_control=19017, events_treatment=41, exposure_treatment=28010)
    )
    assert found.reading.test.p < 0.05 < 1 - found.chance + 0.05
    with pytest.raises(AnalysisError, match="experiment_not_whole"):
        rates(CalculatorChoices(events_control=1.5))
