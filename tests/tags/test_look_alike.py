"""Look-alikes: a planted likeness is found, seeds drawn at random are no group, and never a seed or more than asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature
from analysis.tags.look_alike import look_alike
from analysis.tags.params import Tag
from analysis.tags.values import Basis, tag_values
from tests.tags.makers import FEATURES, profiles_of


def shop(n: int = 2_000, seed: int = 5) -> Any:
    """Return customers of whom 15 % are alike: they spend more, order often and live in the north."""
    rng = np.random.default_rng(seed)
    alike = rng.random(n) < 0.15
    base = profiles_of(
        spend=rng.lognormal(4, 0.6, n) * np.where(alike, 3, 1),
        n_orders=rng.poisson(np.where(alike, 7, 2)).astype(float),
        region=np.where(rng.random(n) < np.where(alike, 0.8, 0.2), "north", "south"),
        recency_days=rng.integers(1, 300, n).astype(float),
    )
    return base, alike, rng


def test_customers_who_are_like_the_seeds_are_found() -> None:
    base, alike, rng = shop()
    seeds = alike & (rng.random(len(alike)) < 0.5)
    found = look_alike(base, seeds, ["spend", "n_orders", "region", "recency_days"], n=100)
    assert len(found.rows) == 100
    assert not seeds[found.rows].any()
    assert alike[found.rows].mean() > 0.8
    assert found.low > found.by_chance
    assert (
        found.made_by["feature"].iloc[-1] == "recency_days"
        or found.made_by.set_index("feature")["weight"]["recency_days"] < 0.1
    )
    assert (np.diff(found.scores) <= 0).all()


def test_seeds_drawn_at_random_are_said_to_differ_in_nearly_all_runs() -> None:
    base, alike, _ = shop()
    said = 0
    for draw in range(40):
        seeds = np.random.default_rng(draw).random(len(alike)) < 0.08
        try:
            look_alike(base, seeds, ["spend", "n_orders", "region"], n=100, seed=draw)
        except AnalysisError as problem:
            said += problem.code == "look_alike_seeds_differ"
    assert said >= 36  # of a two-sided interval of 95 %, one end: 2.5 % of runs and what counts round up


def test_nobody_comes_back_who_may_not_be_contacted() -> None:
    base, alike, rng = shop()
    allowed = np.arange(len(alike)) % 2 == 0
    found = look_alike(base, alike & (rng.random(len(alike)) < 0.5), ["spend", "n_orders"], n=50, allowed=allowed)
    assert allowed[found.rows].all()


@pytest.mark.parametrize(
    ("n_seeds", "allowed", "features", "code"),
    [
        (29, None, ["spend"], "look_alike_few_seeds"),
        (40, False, ["spend"], "look_alike_nobody_else"),
        (40, None, ["colour"], "tag_feature_gone"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(n_seeds: Any, allowed: Any, features: Any, code: Any) -> None:
    base = shop(500)[0]
    seeds = np.zeros(500, dtype=bool)
    seeds[:n_seeds] = True
    with pytest.raises(AnalysisError, match=code):
        look_alike(base, seeds, features, n=10, allowed=None if allowed is None else np.zeros(500, dtype=bool))


def test_a_tag_of_look_alikes_leaves_out_whoever_did_not_agree_to_be_contacted() -> None:
    base, alike, rng = shop()
    seeds = alike & (rng.random(len(alike)) < 0.5)
    frame = base.customers.assign(
        member=pd.array(seeds, dtype="boolean"),
        may_contact=np.where(np.arange(len(alike)) % 3 == 0, "unknown", "allowed"),
    )
    known = (*base.features, FEATURES["member"], Feature("may_contact", "channel", "category"))
    source = {"kind": "look_alike", "seeds": {"kind": "condition", "feature": "member", "op": "yes"}, "n": 90}
    tag = Tag.model_validate(
        {"key": "t", "type": "predictive", "source": {**source, "features": ["spend", "n_orders"]}}
    )
    found = tag_values(tag, Basis(replace(base, customers=frame, features=known)))
    assert found.n == 90
    assert set(frame["may_contact"][found.has]) == {"allowed"}
