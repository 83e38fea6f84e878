"""Who has left, as the file says, is in no plan and no group, and is counted; a switch takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.experiments.choices import PlanChoices, SplitChoices
from analysis.experiments.plan_experiment import PlanSource, plan_experiment
from analysis.experiments.plan_words import plan_answer, split_answer
from analysis.experiments.planning.outlook import EVERYBODY, OutlookParams, SegmentOutlook, outlook
from analysis.experiments.record import Experiment
from analysis.experiments.split_experiment import kept_assignment, split_experiment, split_newcomers
from analysis.predict.churn.definition import known_left, left_among
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import SegmentationPlan
from analysis.study import Prepared, edit, prepare, read, segment, suggest
from texts import Translator

SHOP = pd.DataFrame({"customer_id": [f"c{place}" for place in range(40)]})
LEFT = pd.Series([True, False, None, False] * 10, dtype="boolean")


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return 60 members with orders: 15 whose membership ended last year, 9 in the last week, 36 who are there."""
    folder: Path = tmp_path_factory.mktemp("members")
    people, orders = ["customer id,city,membership end date"], ["order id,customer id,order date,amount"]
    for place in range(60):
        end = "2023-05-01" if place < 15 else "2024-02-27" if place < 24 else "2024-12-31"
        people.append(f"M{place:03},{('Leeds', 'York')[place % 2]},{end}")
        days = ["2023-02-01", "2023-04-01"] if place < 15 else ["2023-06-01", "2023-09-01", "2023-12-01", "2024-02-20"]
        orders += [f"O{place:03}{at},M{place:03},{day},20" for at, day in enumerate(days)]
    orders.append("O999,M059,2024-03-01,20")
    for name, rows in (("members.csv", people), ("orders.csv", orders)):
        (folder / name).write_text("\n".join(rows), "utf-8")
    tables = read(folder / "members.csv", folder / "orders.csv")
    return prepare(tables, suggest(tables))


def measured(shop: Prepared, **params) -> dict[str, SegmentOutlook]:
    plan = SegmentationPlan.model_validate({"params": {"kind": "lifecycle"}})
    edited = edit(segment(shop.profiles, plan, standard=shop.standard), plan, shop.profiles)
    return {one.segment: one for one in outlook(shop.standard, shop.profiles, edited, plan, OutlookParams(**params))}


def test_a_plan_counts_who_is_there_and_measures_who_was_there_when_the_days_began(members: Prepared) -> None:
    found = measured(members)[EVERYBODY]
    # The nine who left last week were members when the 28 days began, and ordered in them.
    assert (found.n, found.n_left, found.measured) == (36, 24, 45)
    assert found.statistic is not None and found.statistic.mean == 1.0
    every = measured(members, leave_out_left=False)[EVERYBODY]
    assert (every.n, every.n_left, every.measured) == (60, 0, 60)
    assert every.statistic is not None and every.statistic.mean == pytest.approx(45 / 60)
    for one in measured(members).values():
        assert one.n_left == 0 or one.n > 0  # a segment of which all left is taken as asked for


def test_of_leaving_itself_all_are_measured_and_of_anything_else_those_who_are_there(members: Prepared) -> None:
    base = members.profiles.customers[["customer_id"]].copy()
    base["gone"] = [place % 4 == 0 for place in range(60)]
    base["app"] = [place % 4 == 0 or place % 8 == 1 for place in range(60)]
    flags = (
        Feature("gone", "risk", "flag", header="Churned"),
        Feature("app", "behaviour", "flag", header="Uses the app"),
    )
    shop = replace(members, profiles=Profiles(base, flags, date(2024, 3, 1)))
    plan = SegmentationPlan.model_validate({"params": {"kind": "lifecycle"}})
    edited = edit(segment(members.profiles, plan, standard=members.standard), plan, members.profiles)
    found = {}
    for key in ("gone", "app"):
        params = OutlookParams(outcome="feature", feature=key)
        [found[key], *_] = outlook(shop.standard, shop.profiles, edited, plan, params)
        assert (found[key].n, found[key].n_left) == (45, 15)
    assert found["gone"].measured == 60 and found["gone"].statistic.mean == 0.25
    assert found["app"].measured == 45 and found["app"].statistic.mean == pytest.approx(8 / 45)
    source = PlanSource("lifecycle", EVERYBODY, {EVERYBODY: "all"}, (found["gone"],))
    planned = plan_experiment(PlanChoices(source=f"lifecycle|{EVERYBODY}", feature="gone", outcome="churned"), source)
    assert planned.customers == 45
    said = " ".join(plan_answer(planned, Translator("en")))
    assert "45 customers; “churned” is 25% of the 60 measured" in said
    assert "15 who have left, as the file says, are not counted" in said
    assert "已流失的 15 位未计入" in "".join(plan_answer(planned, Translator("zh")))


def test_whoever_left_is_in_no_group_and_the_others_keep_theirs() -> None:
    choices = SplitChoices(seed="spring", hold_out=20)
    found = split_experiment(SHOP, choices, left=LEFT)
    assert found.n_left == 10 and sorted(found.rows) == [place for place in range(40) if place % 4]
    every = split_experiment(SHOP, choices.model_copy(update={"leave_out_left": False}), left=LEFT)
    assert every.n_left == 0 and list(found.arms) == [every.arms[row] for row in found.rows]
    assert split_experiment(SHOP, choices, left=LEFT.fillna(True) | True).n_left == 0  # all left: it is they
    assert split_answer(found, None, Translator("en"))[-1].startswith("10 who have left")
    assert split_answer(found, None, Translator("zh"))[-1] == "文件中已流失的 10 位未进入任何组。"


@pytest.mark.parametrize("without", [True, False])
def test_who_joins_later_is_taken_as_the_split_was_made(without: bool) -> None:
    choices = SplitChoices(seed="spring", leave_out_left=without)
    found = split_experiment(SHOP.iloc[:20], choices, left=LEFT[:20])
    kept = kept_assignment(found, digest="0" * 64, now=datetime(2024, 3, 1, tzinfo=UTC))
    assert kept.leave_out_left is without
    arms = dict(zip(found.customers, found.arms, strict=True))
    old = [arms.get(one) for one in SHOP["customer_id"]]
    joined = split_newcomers(SHOP, Experiment(name="spring", assignment=kept), old, left=LEFT)
    assert joined is not None
    assert len(joined.rows) == (30 if without else 40)


def test_a_column_with_gaps_of_which_too_few_left_is_read_for_everybody() -> None:
    base = pd.DataFrame({"customer_id": list("abcd"), "x": pd.Series([True, None, False, None], dtype="boolean")})
    left = known_left(Profiles(base, (Feature("x", "risk", "flag", header="Churned"),), date(2024, 3, 1)))
    assert left is not None and len(left) == 4
    gone = left_among(left, np.ones(4, dtype=bool))
    assert gone is not None and gone.tolist() == [True, False, False, False]
