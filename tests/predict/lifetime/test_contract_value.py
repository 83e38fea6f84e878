"""Lifetime value of subscribers: what their renewals say, what is read of their columns, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.predict.lifetime.contract_tried import ContractTried
from analysis.predict.lifetime.contract_value import contract_value
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.words import answer
from analysis.profiles.result import Feature, Profiles
from texts import Translator


def subscribers(n: int = 900, seed: int = 4) -> Profiles:
    """Subscribers who leave with a chance of their own each month; seen for one to forty months."""
    rng = np.random.default_rng(seed)
    leave, seen = rng.beta(1, 12, n), rng.integers(1, 41, n)
    stays = rng.geometric(leave)
    frame = pd.DataFrame({
        "customer_id": [f"s{one:04}" for one in range(n)],
        "c1": np.minimum(stays, seen).astype(float),
        "c2": pd.array(stays <= seen, dtype="boolean"),
        "c3": np.full(n, 20.0),
    })  # fmt: skip
    features = (
        Feature("c1", "basic", "number", header="tenure"),
        Feature("c2", "risk", "flag", header="Churn"),
        Feature("c3", "value", "number", header="MonthlyCharges"),
    )
    return Profiles(frame, features, date(2024, 1, 1))


def test_subscribers_are_worth_what_their_renewals_say() -> None:
    found = contract_value(subscribers(), LifetimeParams(discount=0))
    assert found.used in ("sbg", "bdw")
    assert found.fitted["gamma"] / (found.fitted["gamma"] + found.fitted["delta"]) == pytest.approx(1 / 13, rel=0.25)
    rows = found.customers
    left = subscribers().customers["c2"].to_numpy(dtype=bool)
    assert (rows["value"][left] == 0).all()
    stays = rows[~left]
    assert stays["value"].to_numpy() == pytest.approx(20 * stays["orders"].to_numpy())
    assert ((stays["orders_low"] <= stays["orders"]) & (stays["orders"] <= stays["orders_high"])).all()
    old, new = (stays["orders"][subscribers().customers["c1"][~left] == age].mean() for age in (30, 2))
    assert old > new, "who has stayed long stays longer"
    assert found.total_low < found.total < found.total_high  # pyright: ignore[reportOperatorIssue]


def test_who_responded_or_renewed_has_not_left() -> None:
    people = subscribers()
    frame = people.customers.assign(c4=pd.array(np.arange(len(people.customers)) % 3 == 0, dtype="boolean"))
    responded = Feature("c4", "risk", "flag", header="Responded")
    found = contract_value(Profiles(frame, (*people.features, responded), people.as_of), LifetimeParams())
    assert found.total == contract_value(people, LifetimeParams()).total
    [note] = [note for note in found.notes if note.code == "lifetime_left_by"]
    assert note.facts == {"column": "Churn"}
    renewed = tuple(replace(one, header="Renewed") if one.key == "c2" else one for one in people.features)
    with pytest.raises(AnalysisError, match="lifetime_no_orders"):
        contract_value(Profiles(people.customers, renewed, people.as_of), LifetimeParams())


def test_columns_of_subscribers_are_read_in_months_and_missing_fees_are_counted() -> None:
    people = subscribers()
    usual = contract_value(people, LifetimeParams())
    frame = people.customers.assign(c1=people.customers["c1"] * 365.25 / 12 + 1)
    days = tuple(replace(one, header="tenure days") if one.key == "c1" else one for one in people.features)
    assert contract_value(Profiles(frame, days, people.as_of), LifetimeParams()).total == usual.total
    some = people.customers.assign(c3=people.customers["c3"].where(people.customers.index % 3 > 0))
    found = contract_value(Profiles(some, people.features, people.as_of), LifetimeParams())
    [note] = [note for note in found.notes if note.code == "lifetime_no_fee"]
    here = ~people.customers["c2"].to_numpy(dtype=bool)
    assert note.facts == {"n": int(here[::3].sum()), "of": int(here.sum())}
    for chosen in ({"fee": "c2"}, {"renewals": "c2"}, {"left": "c3"}):
        with pytest.raises(AnalysisError, match="lifetime_feature_unknown"):
            contract_value(people, LifetimeParams(**chosen))


def test_the_sum_of_subscribers_is_as_unsure_as_the_trial_of_their_renewals_was() -> None:
    track = pd.DataFrame({"came": [0.9, 0.8, 0.5], "model": [0.95, 0.92, 0.9], "rule": [0.9, 0.8, 0.7]})
    trial = ContractTried(3, 6, 100, track, 0.1, 0.1, 0.1)
    assert trial.missed("model", 2) == pytest.approx(1.87 / 1.7 - 1)
    assert trial.missed("rule", 3) == pytest.approx(2.4 / 2.2 - 1)
    found = contract_value(subscribers(), LifetimeParams())
    assert found.total and found.total_high and found.total_low and found.stayed
    missed = abs(np.log1p(found.stayed.missed("model", 12)))
    assert np.log(found.total_high / found.total) > missed < np.log(found.total / found.total_low)


def test_staying_is_tried_on_later_renewals_and_gives_way_to_a_constant_rate() -> None:
    """A third who leave early: the rule expects too many to go on leaving. All alike: nothing is better than it."""
    rng = np.random.default_rng(0)

    def seen(leave: np.ndarray) -> Profiles:
        stays, upto = rng.geometric(leave), rng.integers(8, 25, len(leave))
        people = subscribers(len(leave))
        frame = people.customers.assign(c1=np.minimum(stays, upto).astype(float))
        return Profiles(frame.assign(c2=pd.array(stays <= upto, dtype="boolean")), people.features, people.as_of)

    mixed = contract_value(seen(np.where(rng.random(3000) < 0.5, 0.3, 0.01)), LifetimeParams())
    assert mixed.used in ("sbg", "bdw") and mixed.stayed is not None and mixed.stayed.model_is_better
    assert mixed.stayed.off_model < mixed.stayed.off_rule / 2
    track = mixed.stayed.track
    assert (track["renewals"].iloc[0], track["renewals"].iloc[-1]) == (mixed.stayed.until + 1, mixed.stayed.upto)
    assert (track["rule"] < track["low"]).any()
    alike = contract_value(seen(np.full(3000, 0.05)), LifetimeParams())
    assert alike.used == "constant" and alike.fitted["rate"] == pytest.approx(0.05, abs=0.005)
    assert alike.total_low < alike.total < alike.total_high  # pyright: ignore[reportOperatorIssue]
    for found in (mixed, alike):
        assert all("{" not in said for language in ("en", "zh") for said in answer(found, Translator(language)))


def test_names_of_columns_can_be_said_and_a_wrong_one_is_refused() -> None:
    profiles = subscribers()
    unnamed = Profiles(
        profiles.customers, tuple(Feature(f.key, f.dimension, f.kind, header=f"x{f.key}") for f in profiles.features),
        profiles.as_of,
    )  # fmt: skip
    with pytest.raises(AnalysisError, match="lifetime_no_orders"):
        contract_value(unnamed, LifetimeParams())
    with pytest.raises(AnalysisError, match="lifetime_feature_unknown"):
        contract_value(profiles, LifetimeParams(renewals="nothing"))
    told = contract_value(profiles, LifetimeParams(renewals="c1", left="c2", fee="c3", model="sbg"))
    assert told.used == "sbg"


@pytest.mark.parametrize(("left", "code"), [("all", "lifetime_nobody_stays"), ("few", "lifetime_few_left")])
def test_who_never_leaves_and_who_all_left_say_nothing_of_staying(left: str, code: str) -> None:
    profiles = subscribers(400)
    frame = profiles.customers.copy()
    frame["c2"] = pd.array([left == "all" or place < 12 for place in range(400)], dtype="boolean")
    with pytest.raises(AnalysisError) as refused:
        contract_value(Profiles(frame, profiles.features, profiles.as_of), LifetimeParams(left="c2"))
    assert refused.value.code in (code, "lifetime_feature_unknown" if left == "all" else code)
