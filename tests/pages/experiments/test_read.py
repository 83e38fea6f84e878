"""The page that reads an experiment from typed figures: both languages, wrong input refused, nothing typed lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analysis.workspace import Workspace
from tests.pages.experiments.read_page import PAGE, no_nonsense, type_figures, view


@pytest.mark.parametrize("language", ["en", "zh"])
def test_typed_figures_are_read_results_first_with_the_convention_named(language, open_page, read_words):
    app = type_figures(open_page(PAGE, language))
    text = read_words(app)
    assert "20.00%" in text
    assert "25.00%" in text
    assert "p = 0.00742" in text
    assert {"en": "z test, pooled", "zh": "z 检验（合并方差）"}[language] in text
    assert "+1.34" in text and "+8.66" in text  # Miettinen and Nurminen, in points
    no_nonsense(text)
    for name, expected in (("belief", "99.6%"), ("days", "p = 0.13"), ("decide", ""), ("segments", "")):
        text = read_words(view(app, name))
        assert expected in text
        no_nonsense(text)


def test_typed_figures_stay_when_the_page_is_left_refreshed_and_the_server_restarted(open_page, read_words, restart):
    app = type_figures(open_page(PAGE))
    app.switch_page("../pages/segments/rfm.py").run()
    app.switch_page(f"../pages/{PAGE}.py").run()
    assert app.get_by_key("read_conversions_1").value == 250
    restart()
    again = open_page(PAGE)
    assert again.get_by_key("read_n_0").value == 1000
    assert "p = 0.00742" in read_words(again)


def test_means_with_deviations_are_read_by_welchs_test(open_page, read_words):
    app = open_page(PAGE)
    app.get_by_key("read_metric").set_value("mean").run()
    # Welch's test of R's documentation shape: 100 of 5 ± 2 against 120 of 5.8 ± 2.2.
    for place, (n, mean, sd) in enumerate(((100, 5.0, 2.0), (120, 5.8, 2.2))):
        for field, value in (("n", n), ("mean", mean), ("sd", sd)):
            app.get_by_key(f"read_{field}_{place}").set_value(value).run()
    from scipy import stats

    p = stats.ttest_ind_from_stats(5.8, 2.2, 120, 5.0, 2.0, 100, equal_var=False).pvalue
    assert f"p = {p:.5f}".rstrip("0")[:9] in read_words(app)
    assert "Welch" in read_words(app)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((("A", 100, 120), ("B", 100, 10)), "120 conversions among 100 customers"),
        ((("A", -5, 1), ("B", 100, 10)), "Customers of A is -5"),
        ((("A", 100, -1), ("B", 100, 10)), "Conversions of A is -1"),
        ((("A", 0, 0), ("B", 100, 10)), "no customers"),
        ((("A", 100, 10), (" a ", 100, 12)), "only one arm"),
        ((("A", 100, 10), (" ", 100, 12)), "no name"),
        (
            (("A", 100.5, 1), ("B", 100, 10)),
            "Customers of A is 100.5; customers and conversions",
        ),
    ],
)
def test_figures_that_cannot_be_are_refused_with_a_sentence(figures, sentence, open_page, read_words):
    text = read_words(type_figures(open_page(PAGE), figures))
    assert sentence in text
    assert "p =" not in text
    no_nonsense(text)


def test_one_row_alone_is_refused(open_page, read_words):
    app = open_page(PAGE)
    app.get_by_key("read_remove").click().run()
    app.get_by_key("read_n_0").set_value(100).run()
    app.get_by_key("read_conversions_0").set_value(10).run()
    assert "only one arm" in read_words(app)


def test_three_customers_get_a_warning_and_no_nonsense(open_page, read_words):
    text = read_words(type_figures(open_page(PAGE), (("A", 2, 1), ("B", 1, 1))))
    assert "No difference" in text
    assert "Fisher" in text
    assert "only" in text
    no_nonsense(text)


@pytest.mark.parametrize("counts", [(0, 0), (100, 100)])
def test_nobody_or_everybody_converting_is_a_sentence(counts, open_page, read_words):
    figures = (("A", 100, counts[0]), ("B", 100, counts[1]))
    text = read_words(type_figures(open_page(PAGE), figures))
    assert "same for everybody" in text
    no_nonsense(text)


def test_before_and_after_is_marked_as_weaker(open_page, read_words):
    app = open_page(PAGE)
    app.get_by_key("read_design").set_value("before_after").run()
    for place, (n, conversions) in enumerate(((1000, 200), (1000, 250))):
        app.get_by_key(f"read_n_{place}").set_value(n).run()
        app.get_by_key(f"read_conversions_{place}").set_value(conversions).run()
    text = read_words(app)
    assert "weaker evidence" in text
    assert "+5.00" in text


def test_difference_in_differences_needs_four_rows(open_page, read_words):
    app = open_page(PAGE)
    app.get_by_key("read_design").set_value("differences").run()
    for place, (n, conversions) in enumerate(((1000, 200), (1000, 210), (1000, 200), (1000, 260))):
        app.get_by_key(f"read_n_{place}").set_value(n).run()
        app.get_by_key(f"read_conversions_{place}").set_value(conversions).run()
    text = read_words(app)
    assert "weaker evidence" in text
    assert "+5.00" in text


def test_a_reading_is_kept_with_the_decision_by_the_rule(open_page, read_words):
    app = view(type_figures(open_page(PAGE)), "decide")
    app.get_by_key("read_rule_target").set_value(1.0).run()
    app.get_by_key("read_rule_days").set_value(28).run()
    app.get_by_key("read_rule_customers_per_year").set_value(10000).run()
    app.get_by_key("read_rule_value_per_unit").set_value(20).run()
    assert "Ship: B" in read_words(app)
    assert "Rule: better by at least 1.00" in read_words(app)
    assert "less is expected than it showed" in read_words(
        app
    )  # under the 10,000 of 5 points of 10,000 customers at 20
    app.get_by_key("read_save").click().run()
    assert not app.exception
    workspace = Workspace.open()
    [kept] = workspace.experiments()
    workspace.close()
    experiment = kept.experiment
    assert (experiment.state, experiment.decision.verdict, experiment.rule.rule.target) == ("decided", "ship", 0.01)
    assert experiment.readings[0].results[0].p == pytest.approx(0.00742, abs=1e-5)
    assert experiment.readings[0].source.arms[1].conversions == 250
    # Once read, the rule stands.
    assert "fixed on" in read_words(view(app, "decide"))


def test_a_reading_begins_with_the_arms_that_were_split_and_says_when_fewer_came(portrait_home, open_page, read_words):
    from analysis.experiments.planning.plan import ProportionPlan
    from analysis.experiments.record import ArmShare, Experiment, KeptAssignment, KeptPlan

    arms = (ArmShare(name="Post", share=0.5, n=2000), ArmShare(name="Call", share=0.5, n=2000))
    split = KeptAssignment(seed="s", arms=arms, digest="0" * 64, assigned_at=datetime.now(UTC))
    plan = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05), outcome="Came in May")
    workspace = Workspace.open(portrait_home)
    kept = workspace.add_experiment(Experiment(name="Calls", plan=plan, assignment=split), None)
    workspace.close()
    app = open_page(PAGE, experiment=kept)
    assert not app.exception and not app.error
    assert app.get_by_key("read_outcome").value == "Came in May"
    assert [app.get_by_key(f"read_name_{place}").value for place in (0, 1)] == ["Post", "Call"]
    for place, (n, conversions) in enumerate(((2000, 400), (2000, 460))):
        assert app.get_by_key(f"read_n_{place}").value == n
        app.get_by_key(f"read_conversions_{place}").set_value(conversions).run()
    assert not app.error and "Came in May" in read_words(app)
    assert "Fewer came than planned" not in read_words(app)
    app.get_by_key("read_n_1").set_value(900).run()
    assert "Fewer came than planned: 2,000 in control and 900 with the treatment" in read_words(app)
