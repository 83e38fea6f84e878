"""The list of experiments: what became of each, the decision, what was learned, and what a persona card says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.experiments.arms.result import Estimate
from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.reading.decide import Rule
from analysis.experiments.record import (
    Audience,
    Experiment,
    KeptComparison,
    KeptDecision,
    KeptPlan,
    KeptReading,
    KeptRule,
    TypedArm,
    TypedSource,
    with_reading,
)
from analysis.workspace import Workspace
from texts import catalogue

PAGE = "experiments/experiments"
NOW = datetime(2025, 7, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def read_experiment(sample_study, portrait_home: Path) -> str:
    """Return the id of an experiment of the shop that was read and decided by the rule."""
    found = Experiment(
        name="Win <b>back</b>",
        plan=KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05), outcome="Orders"),
        rule=KeptRule(rule=Rule(target=0.02), fixed_at=NOW),
        audience=Audience(method="rfm", segment="at_risk", name="At risk", n=400),
    )
    result = KeptComparison(
        metric="Orders", arm="Mail", control="Nothing", n_arm=1000, n_control=1000, value_arm=0.25, value_control=0.2,
        absolute=Estimate(0.05, 0.0134, 0.0865, 0.95, "newcombe"), p=0.0074,
    )  # fmt: skip
    source = TypedSource(arms=(TypedArm(name="Nothing", n=1000), TypedArm(name="Mail", n=1000)))
    found = with_reading(found, KeptReading(read_at=NOW, source=source, results=(result,), days=14))
    decision = KeptDecision(
        verdict="ship", by_rule="ship", reason="target_met", arm="Mail", decided_at=NOW, read_at=NOW,
        yearly=Estimate(5000.0, 1340.0, 8650.0, 0.95, "newcombe_yearly"),
    )  # fmt: skip
    workspace = Workspace.open(portrait_home)
    experiment_id = workspace.add_experiment(found.model_copy(update={"decision": decision}), sample_study)
    workspace.close()
    return experiment_id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_experiment_is_said_with_the_way_to_the_first(language, open_page, read_words):
    app = open_page(PAGE, language)
    assert catalogue()["experiments.nothing"][language] in read_words(app)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["+5 points", "95% interval +1.34 points to +8.65 points, 2,000 customers", "Ship", "5,000"]),
        ("zh", ["+5 个百分点", "95% 区间 +1.34 个百分点 至 +8.65 个百分点，2,000 位客户", "推广", "5,000"]),
    ],
)
def test_what_became_of_an_experiment_is_told(language, said, open_page, sample_study, read_experiment, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    words = read_words(app)
    assert "Win <b>back</b>" in words
    for part in said:
        assert part in words


def test_a_decision_against_the_rule_is_kept_and_says_so(open_page, sample_study, read_experiment, kept, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key(f"verdict_{read_experiment}").set_value("stop")
    app.get_by_key(f"why_{read_experiment}").set_value("Too dear")
    app.get_by_key(f"decide_{read_experiment}").click().run()
    assert not app.exception
    decision = kept(sample_study)[0].experiment.decision
    assert (decision.verdict, decision.by_rule, decision.why) == ("stop", "ship", "Too dear")
    assert "The rule fixed before said otherwise: Ship." in read_words(app)


def test_the_same_decision_again_changes_nothing(open_page, sample_study, read_experiment, kept):
    before = kept(sample_study)[0].experiment
    app = open_page(PAGE, study=sample_study)
    app.get_by_key(f"decide_{read_experiment}").click().run()
    assert kept(sample_study)[0].experiment == before


def test_what_is_typed_stays_when_the_page_is_left_without_a_button(
    open_page, sample_study, read_experiment, kept, read_words, restart
):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key(f"why_{read_experiment}").set_value("Half typed").run()
    app.get_by_key(f"verdict_{read_experiment}").set_value("stop").run()
    app.get_by_key(f"learned_{read_experiment}").set_value("Thursday works [x](y)").run()
    app.get_by_key(f"name_{read_experiment}").set_value("Second name").run()
    assert "Learned: Thursday works [x](y)" in read_words(app)
    restart()
    app = open_page(PAGE, study=sample_study)
    assert app.get_by_key(f"why_{read_experiment}").value == "Half typed"
    assert app.get_by_key(f"verdict_{read_experiment}").value == "stop"
    found = kept(sample_study)[0].experiment
    assert (found.name, found.learned) == ("Second name", "Thursday works [x](y)")
    # What is chosen but not kept decides nothing yet.
    assert found.decision is not None and found.decision.verdict == "ship"


def test_what_was_learned_can_be_noted_before_anything_was_read(open_page, portrait_home, kept):
    workspace = Workspace.open(portrait_home)
    experiment_id = workspace.add_experiment(Experiment(name="a"))
    workspace.close()
    app = open_page(PAGE)
    app.get_by_key(f"learned_{experiment_id}").set_value("ask first").run()
    (stored,) = kept(None)
    assert (stored.experiment.learned, stored.experiment.decision) == ("ask first", None)


def test_an_experiment_that_is_gone_is_a_sentence(open_page, sample_study, read_experiment, portrait_home, read_words):
    app = open_page(PAGE, study=sample_study)
    workspace = Workspace.open(portrait_home)
    workspace.delete_experiment(read_experiment)
    workspace.close()
    app.get_by_key(f"learned_{read_experiment}").set_value("too late").run()
    assert not app.exception
    assert catalogue()["error.experiment_gone"]["en"] in read_words(app)


def test_an_experiment_is_deleted(open_page, sample_study, read_experiment, kept):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key(f"delete_{read_experiment}").click().run()
    assert not app.exception
    assert kept(sample_study) == []


def test_a_new_experiment_begins_on_the_plan_page(open_page, sample_study, read_experiment):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("experiments_new").click().run()
    assert app.title[0].value == catalogue()["plan.title"]["en"]
    assert "experiment" not in app.query_params


def test_an_experiment_of_another_study_is_let_go(open_page, sample_study, read_experiment, portrait_home):
    workspace = Workspace.open(portrait_home)
    other = workspace.create_study("Other")
    workspace.close()
    app = open_page(PAGE, study=other)
    app.session_state["_experiment"] = read_experiment
    app.switch_page("../pages/experiments/plan.py").run()
    assert not app.exception
    assert app.session_state["_experiment"] is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_of_the_segment_tells_what_was_learned(
    language, open_page, sample_study, read_experiment, portrait_home, read_words
):
    workspace = Workspace.open(portrait_home)
    workspace.change_experiment(read_experiment, lambda now: now.model_copy(update={"learned": "周四的短信有效"}))
    workspace.close()
    app = open_page("segments/personas", language, study=sample_study)
    [which] = [one for one in app.button_group if one.label == catalogue()["personas.which"][language]]
    which.set_value("at_risk").run()
    assert not app.exception
    words = read_words(app)
    assert catalogue()["personas.experiments"][language] in words
    assert "Win <b>back</b>" in words and "周四的短信有效" in words


def test_an_experiment_with_results_and_no_plan_opens_where_they_are_read(open_page, kept):
    app = open_page("experiments/read")
    app.get_by_key("read_source").set_value("table").run()
    app.file_uploader[0].upload("results.csv", b"id,group,bought\n1,A,0\n2,B,1\n3,A,1\n4,B,0\n").run()
    (stored,) = kept(None)
    assert stored.experiment.state == "draft"
    app = open_page(PAGE)
    app.get_by_key(f"open_{stored.id}").click().run()
    assert not app.exception
    assert app.title[0].value == catalogue()["read.title"]["en"]
