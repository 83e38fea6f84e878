"""The Calculators page: every calculator answers what is typed, and an empty field is said."""

from __future__ import annotations

from analysis.experiments.planning.calculators import CALCULATORS


def test_every_calculator_answers_and_says_what_is_missing(open_page):
    app = open_page("experiments/calculators")
    assert any("1,094" in one.value for one in app.markdown)
    for calculator in CALCULATORS:
        app.get_by_key("calculators_which").set_value(calculator).run()
        assert not app.exception
        assert not app.error
    app.get_by_key("calculators_n_control").set_value(None).run()
    assert len(app.error) == 1
