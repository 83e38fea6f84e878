"""The Split page: groups that anyone can repeat, newcomers that move nobody, and what cannot be done."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.record import Audience, Experiment, KeptPlan
from analysis.experiments.splitting.assignment import arms_of
from analysis.experiments.splitting.split import HOLD_OUT, assign
from analysis.workspace import Workspace
from tests.samples import sample
from texts import catalogue

PAGE = "experiments/split"
AT_RISK = Audience(method="rfm", segment="at_risk", name="At risk", n=1)
CONTACTED = 940  # of the 1,350 customers of the sample shop, by its column of consent


@pytest.fixture
def planned(sample_study, portrait_home: Path) -> str:
    """Return the id of an experiment of the shop for a segment."""
    workspace = Workspace.open(portrait_home)
    plan = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.15))
    found = workspace.add_experiment(Experiment(name="Win back", plan=plan, audience=AT_RISK), sample_study)
    workspace.close()
    return found


@pytest.fixture
def open_split(open_page, sample_study, picker):
    def open_it(experiment: str, language: str = "en"):
        app = open_page(PAGE, language, study=sample_study)
        picker(app).set_value(experiment).run()
        assert not app.exception
        return app

    return open_it


def key(name: str, experiment: str) -> str:
    return f"split_{name}_{experiment}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_experiment_the_page_says_where_it_comes_from(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert catalogue()["split.no_experiment"][language] in read_words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_groups_are_those_of_the_hash_and_are_kept_as_hashes(
    language, open_split, planned, kept, sample_study, portrait_home, read_words
):
    app = open_split(planned, language)
    # Within the segment the shares hold to a customer; by the hash alone they are those of chance.
    assert app.get_by_key(key("strata", planned)).value == ["segment"]
    app.get_by_key(key("strata", planned)).set_value([]).run()
    app.get_by_key(key("seed", planned)).set_value("春").run()
    app.get_by_key(key("hold_out", planned)).set_value(10.0).run()
    app.get_by_key("split_assign").click().run()
    assert not app.exception
    (stored,) = kept(sample_study)
    assignment = stored.experiment.assignment
    assert assignment is not None and stored.experiment.state == "assigned"
    control, treatment = catalogue()["split.control"][language], catalogue()["split.treatment"][language]
    assert [arm.name for arm in assignment.arms] == [control, treatment, HOLD_OUT]
    workspace = Workspace.open(portrait_home)
    table = workspace.experiment_table(planned, assignment.digest)
    workspace.close()
    assert table.num_rows == assignment.n == stored.experiment.audience.n
    ids = [f"C{i:05}" for i in range(30)]
    assert all(one is None for one in arms_of(ids, table, seed="another"))
    weights = {arm.name: arm.share for arm in assignment.arms}
    assert weights[HOLD_OUT] == pytest.approx(sum(weights.values()) * 0.1)
    customers = sample().prepared().profiles.customers["customer_id"].tolist()
    got = {c: arm for c, arm in zip(customers, arms_of(customers, table, seed="春"), strict=True) if arm is not None}
    assert len(got) == assignment.n
    assert list(got.values()) == assign(list(got), weights, seed="春")
    assert catalogue()["split.lists"][language] in read_words(app)


def test_stratified_groups_hold_their_shares_in_every_segment(open_split, planned, kept, sample_study):
    app = open_split(planned)
    app.get_by_key(key("audience", planned)).set_value("|__everybody__").run()
    app.get_by_key(key("strata", planned)).set_value(["segment", "n_orders"]).run()
    app.get_by_key("split_assign").click().run()
    assert not app.exception
    assignment = kept(sample_study)[0].experiment.assignment
    assert assignment.strata == ("segment", "n_orders")
    first, second = (arm.n for arm in assignment.arms)
    assert kept(sample_study)[0].experiment.audience is None
    # Within one customer per stratum: ten segments and five levels of orders at most.
    assert abs(first - second) <= 50 and first + second == CONTACTED


def test_newcomers_are_added_and_nobody_moves(open_split, planned, kept, sample_study, portrait_home, read_words):
    app = open_split(planned)
    app.get_by_key("split_assign").click().run()
    before = kept(sample_study)[0].experiment.assignment
    workspace = Workspace.open(portrait_home)
    old = workspace.experiment_table(planned, before.digest).to_pydict()
    # The audience grows: from the segment to everybody.
    workspace.change_experiment(planned, lambda now: now.model_copy(update={"audience": None}))
    app = open_split(planned)
    assert "joined the audience since" in read_words(app)
    app.get_by_key("split_add").click().run()
    assert not app.exception
    after = kept(sample_study)[0].experiment.assignment
    new = workspace.experiment_table(planned, after.digest).to_pydict()
    workspace.close()
    kept_arms = dict(zip(new["customer"], new["arm"], strict=True))
    assert len(new["customer"]) == CONTACTED > len(old["customer"])
    assert all(kept_arms[customer] == arm for customer, arm in zip(old["customer"], old["arm"], strict=True))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name1", "Control", "experiment_arm_names"),
        ("name0", "  ", "experiment_arm_names"),
        ("share1", 0.0, "experiment_bad_weights"),
        ("share0", None, "experiment_bad_weights"),
        ("hold_out", 100.0, "experiment_bad_hold_out"),
        ("seed", "", "experiment_no_seed"),
    ],
)
def test_what_cannot_be_split_is_a_sentence(name, value, code, open_split, planned):
    app = open_split(planned)
    app.get_by_key(key(name, planned)).set_value(value).run()
    assert not app.exception
    (error,) = [found.value.replace("\\", "") for found in app.error]
    assert error.startswith(catalogue()[f"error.{code}"]["en"].split("{")[0])


def test_a_segment_that_is_gone_is_named(open_split, planned, portrait_home, read_words):
    workspace = Workspace.open(portrait_home)
    gone = Audience(method="rules", segment="rule_1", name="Mine", n=3)
    workspace.change_experiment(planned, lambda now: now.model_copy(update={"audience": gone}))
    workspace.close()
    app = open_split(planned)
    # What is no longer there is not offered: the choice falls back to everybody, in sight of the reader.
    assert app.get_by_key(key("audience", planned)).value == "|__everybody__"
    assert f"{CONTACTED} customers" in read_words(app) and "410 customers who may not be contacted" in read_words(app)


def test_the_first_day_is_kept_and_groups_can_be_dropped(open_split, planned, kept, sample_study):
    from datetime import date

    app = open_split(planned)
    app.get_by_key("split_assign").click().run()
    app.get_by_key(key("started", planned)).set_value(date(2025, 7, 2)).run()
    assert kept(sample_study)[0].experiment.started_on == date(2025, 7, 2)
    app.get_by_key("split_again").click().run()
    assert not app.exception
    assert kept(sample_study)[0].experiment.assignment is None


def test_shares_typed_are_kept_when_the_page_is_left_and_after_a_restart(open_split, planned, restart):
    app = open_split(planned)
    typed = {"hold_out": 12.5, "share0": 40.0, "share1": 47.5, "seed": "spring"}
    for name, value in typed.items():
        app.get_by_key(key(name, planned)).set_value(value).run()
    app.switch_page("../pages/data/start.py").run()
    app.switch_page(f"../pages/{PAGE}.py").run()
    assert {name: app.get_by_key(key(name, planned)).value for name in typed} == typed
    restart()
    again = open_split(planned)
    assert {name: again.get_by_key(key(name, planned)).value for name in typed} == typed


def test_whole_cities_go_to_one_group_and_are_kept_as_such(
    open_split, planned, kept, sample_study, portrait_home, read_words
):
    app = open_split(planned)
    app.get_by_key(key("audience", planned)).set_value("|__everybody__").run()
    app.get_by_key(key("cluster", planned)).set_value("city").run()
    assert app.get_by_key(key("strata", planned)).disabled
    assert catalogue()["split.plan_by_customer"]["en"] in read_words(app)
    app.get_by_key("split_assign").click().run()
    assert not app.exception and not app.error
    found = kept(sample_study)[0]
    assignment = found.experiment.assignment
    assert (assignment.cluster, assignment.strata) == ("city", ())
    assert sorted(assignment.clusters.values()) == [7, 8]
    customers = sample().prepared().profiles.customers
    workspace = Workspace.open(portrait_home)
    table = workspace.experiment_table(found.id, assignment.digest)
    workspace.close()
    arms = pd.Series(arms_of(customers["customer_id"].tolist(), table, seed=assignment.seed), index=customers.index)
    assert arms.groupby(customers["city"]).nunique().max() == 1
