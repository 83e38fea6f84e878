"""The Plan page: typed figures, a segment, refusals, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.experiments.planning.plan import MeanPlan, ProportionPlan, smallest_effect
from analysis.workspace import Workspace
from texts import catalogue

PAGE = "experiments/plan"


def key(name: str, experiment: str = "new") -> str:
    return f"plan_{name}_{experiment}"


@pytest.mark.parametrize(("language", "total"), [("en", "2,188 in all"), ("zh", "共 2,188 位客户")])
def test_typed_figures_need_no_study_and_give_the_published_size(language, total, open_page, read_words):
    app = open_page(PAGE, language)
    assert not app.exception
    assert total in read_words(app)
    assert "1,094" in read_words(app)


def test_the_formula_is_a_choice_and_said(open_page, read_words):
    app = open_page(PAGE, opened="plan_more")
    app.get_by_key(key("formula")).set_value("evan_miller").run()
    assert "1,030" in read_words(app) and "Evan Miller" in read_words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whole_stores_are_typed_with_how_alike_their_customers_are(language, open_page, read_words):
    app = open_page(PAGE, language, opened="plan_more")
    with pytest.raises(KeyError):  # asked for once there are stores
        app.get_by_key(key("icc"))
    app.get_by_key(key("cluster_size")).set_value(60.0).run()
    assert catalogue()["plan.icc"][language] in app.error[0].value  # the field that is empty
    app.get_by_key(key("icc")).set_value(0.02).run()
    assert not app.exception and not app.error
    said = read_words(app)
    assert catalogue()["plan.cluster_typed"][language] in said
    assert "2.4" in said  # 1 + 0.25 + 0.02 (60 - 1.25) times the customers


def test_what_is_typed_survives_leaving_the_page_and_a_restart(open_page, restart, read_words):
    app = open_page(PAGE)
    app.get_by_key(key("baseline")).set_value(10.0).run()
    app.get_by_key(key("customers")).set_value(900).run()
    said = read_words(app)
    app.switch_page("../pages/data/start.py").run()
    app.switch_page("../pages/experiments/plan.py").run()
    assert read_words(app) == said
    restart()
    again = open_page(PAGE)
    assert again.get_by_key(key("baseline")).value == 10.0
    again.get_by_key(key("customers")).set_value(None).run()
    restart()
    assert open_page(PAGE).get_by_key(key("customers")).value is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_has_no_answer_is_a_sentence(language, open_page):
    app = open_page(PAGE, language, opened="plan_more")
    for field, value, code in (
        ("baseline", 0.0, "experiment_bad_baseline"),
        ("baseline", 100.0, "experiment_bad_baseline"),
        ("points", 0.0, "experiment_zero_effect"),
        ("points", 90.0, "experiment_effect_out_of_range"),
        ("power", 100.0, "experiment_bad_power"),
        ("alpha", 0.0, "experiment_bad_alpha"),
        ("split", -1.0, "experiment_bad_split"),
        ("treatments", 0, "experiment_bad_treatments"),
        ("baseline", None, "experiment_field_empty"),
        ("customers", -4, "experiment_negative_count"),
        ("per_week", -1.0, "experiment_negative_count"),
    ):
        before = app.get_by_key(key(field)).value
        app.get_by_key(key(field)).set_value(value).run()
        assert not app.exception
        (error,) = [found.value.replace("\\", "") for found in app.error]
        assert error.startswith(catalogue()[f"error.{code}"][language].split("{")[0]), (field, value)
        app.get_by_key(key(field)).set_value(before).run()
        assert not app.error


def test_a_segment_brings_its_size_baseline_and_the_smallest_effect(open_page, sample_study, read_words):
    app = open_page(PAGE, study=sample_study)
    source = app.get_by_key(key("source"))
    chosen = next(one for one in source.options if "At risk" in one)
    source.set_value("rfm|at_risk").run()
    assert not app.exception
    assert not app.error
    n = int(chosen.split("(")[1].rstrip(")").replace(",", ""))
    said = read_words(app)
    assert f"{n} customers in “At risk”, of whom" in said and "order within" in said
    assert "the smallest effect you can detect is about" in said


def test_revenue_of_a_segment_is_planned_with_the_spread_of_the_data(open_page, sample_study, kept, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key(key("metric")).set_value("revenue").run()
    app.get_by_key(key("source")).set_value("rfm|champions").run()
    app.get_by_key(key("effect_kind")).set_value("relative").run()
    app.get_by_key(key("relative")).set_value(10.0).run()
    app.get_by_key(key("gross_margin")).set_value(40.0).run()
    app.get_by_key("plan_save").click().run()
    assert not app.exception
    (stored,) = kept(sample_study)
    plan = stored.experiment.plan
    assert plan is not None and isinstance(plan.choices, MeanPlan)
    assert plan.choices.sd > 0 and plan.choices.baseline > 0
    assert stored.experiment.audience is not None and stored.experiment.audience.n == plan.customers
    assert stored.experiment.rule is not None and stored.experiment.rule.value_per_unit == 0.4
    assert stored.experiment.rule.rule.target == pytest.approx(0.1 * plan.choices.baseline)


def test_saving_fixes_the_rule_and_changes_go_into_the_same_experiment(open_page, kept, read_words, picker):
    app = open_page(PAGE)
    app.get_by_key(key("baseline")).set_value(8.0).run()
    app.get_by_key(key("customers")).set_value(412).run()
    app.get_by_key(key("target")).set_value(2.0).run()
    app.get_by_key(key("name")).set_value("Spring [mail](x)").run()
    app.get_by_key("plan_save").click().run()
    assert not app.exception
    (stored,) = kept(None)
    first = stored.experiment
    assert (first.name, first.state) == ("Spring [mail](x)", "planned")
    assert first.plan is not None and first.plan.choices == ProportionPlan(baseline=0.08, effect=0.05)
    assert first.rule is not None and first.rule.rule.target == 0.02
    assert app.query_params["experiment"] == [stored.id] or app.query_params["experiment"] == stored.id
    assert "Spring [mail](x)" in read_words(app)
    # The same again keeps the day of the rule; another target before any reading is another rule.
    app.get_by_key(key("min_days", stored.id)).set_value(14).run()
    app.get_by_key("plan_save").click().run()
    (again,) = kept(None)
    assert again.experiment.rule.rule.min_days == 14
    assert again.experiment.rule.fixed_at > first.rule.fixed_at
    app.get_by_key("plan_save").click().run()
    assert kept(None)[0].experiment.rule == again.experiment.rule
    # A new one starts from nothing.
    picker(app).set_value("").run()
    assert app.get_by_key(key("baseline")).value == 20.0


def test_the_rule_does_not_change_once_results_were_read(open_page, kept, portrait_home: Path):
    from datetime import UTC, datetime

    from analysis.experiments.record import KeptReading, TypedArm, TypedSource, with_reading

    app = open_page(PAGE)
    app.get_by_key("plan_save").click().run()
    (stored,) = kept(None)
    workspace = Workspace.open(portrait_home)
    reading = KeptReading(read_at=datetime.now(UTC), source=TypedSource(arms=(TypedArm(name="A"), TypedArm(name="B"))))
    workspace.change_experiment(stored.id, lambda now: with_reading(now, reading))
    workspace.close()
    app.get_by_key(key("target", stored.id)).set_value(1.0).run()
    app.get_by_key("plan_save").click().run()
    (error,) = [one.value for one in app.error]
    assert "its rule can no longer change" in error
    assert kept(None)[0].experiment.rule == stored.experiment.rule


def test_the_smallest_effect_of_the_issue_is_about_nine_points(open_page, read_words):
    app = open_page(PAGE)
    app.get_by_key(key("baseline")).set_value(8.0).run()
    app.get_by_key(key("customers")).set_value(412).run()
    app.get_by_key(key("per_week")).set_value(300.0).run()
    effect = smallest_effect(ProportionPlan(baseline=0.08, effect=0.05), 206)
    assert f"{effect * 100:.2f}"[:3] in read_words(app) and effect == pytest.approx(0.09, abs=0.005)
    assert "weeks until enough new customers have come" in read_words(app)


@pytest.mark.parametrize("sequential", ["obrien_fleming", "pocock", "always_valid"])
def test_looking_early_costs_customers(sequential, open_page):
    app = open_page(PAGE, opened="plan_more")
    fixed = int(app.metric[1].value.replace(",", ""))
    app.get_by_key(key("sequential")).set_value(sequential).run()
    assert not app.exception
    assert int(app.metric[1].value.replace(",", "")) > fixed


def test_several_variants_share_the_risk_and_a_margin_needs_no_effect(open_page, read_words):
    app = open_page(PAGE, opened="plan_more")
    app.get_by_key(key("treatments")).set_value(3).run()
    assert "each of 3 variants" in read_words(app)
    assert any(found.value.replace("\\", "") == "1.67%" for found in app.metric)
    app.get_by_key(key("non_inferior")).set_value(True).run()
    app.get_by_key(key("points")).set_value(None).run()
    assert not app.error
    assert "worse by less than 2 points" in read_words(app)


@pytest.mark.parametrize(("language", "said"), [("en", "None of the 205 measured"), ("zh", "所测的 205 位客户都没有")])
def test_a_segment_in_which_nobody_did_it_is_planned_from_the_most_it_may_be(
    language, said, open_page, sample_study, read_words
):
    app = open_page(PAGE, language, study=sample_study)
    app.get_by_key(key("source")).set_value("rfm|champions").run()
    app.get_by_key(key("days")).set_value(1).run()
    assert not app.exception
    assert not app.error
    assert said in read_words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_in_a_study_asks_what_its_customers_can_show(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception and not app.error
    assert app.get_by_key(key("source")).value == "rfm|__everybody__"
    assert app.get_by_key(key("points")).value is None
    assert app.metric[3].value  # what can be detected


def test_what_is_typed_just_before_the_page_is_left_is_kept(open_page, monkeypatch):
    import streamlit as st

    app = open_page("experiments/plan")
    with monkeypatch.context() as left:
        left.setattr(
            "ui.experiments.planning.sources", lambda *_: st.stop()
        )  # the run ends early, as when the menu is clicked
        app.get_by_key("plan_points_new").set_value(7.0).run()
    assert open_page("experiments/plan").get_by_key("plan_points_new").value == 7.0


LEADS = "Lead ID,Source,Industry,Employees,Status,Expected value\n" + "".join(
    f"L-{i},{('Website', 'Referral', 'Fair')[i % 3]},{('Retail', 'Health')[i // 3 % 2]},{(5, 12, 300)[i % 3]},"
    f"{'Won' if i % 5 == 0 else ('Lost', 'Open', 'Contacted')[i % 3]},{100 + i % 7 * (i % 3 * 30 + 1)}\n"
    for i in range(240)
)


def test_a_list_of_leads_is_planned_from_who_was_won(make_study, open_page, read_words):
    app = open_page("customers/overview", study=make_study(LEADS))
    app.get_by_key("card_test_0").click().run()
    assert not app.exception and not app.error
    assert app.title[0].value == "Plan"
    assert app.get_by_key(key("outcome")).value == "Status: Won"
    assert "Places an order" not in app.get_by_key(key("feature")).options
    assert "the smallest effect you can detect is about" in read_words(app)
