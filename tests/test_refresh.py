"""Names stay on their people from one month to the next, by every door."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.recipe import SegmentationPlan, SegmentEdit
from analysis.refresh import refresh, settled
from analysis.segments.params import ClusterParams
from analysis.study import read, run, suggest, summary

GROUPS = ("regular", "big", "rare")
NAMES = {"regular": "Regulars", "big": "Big baskets", "rare": "Rare"}


def orders(regular: float = 20.0, big: float = 300.0, *, start: int = 0, seed: int = 0) -> pd.DataFrame:
    """Return orders of three kinds of customers: many small ones, two big ones, one small one long ago."""
    random = np.random.default_rng(seed)
    shape = {"regular": (12, regular, 0), "big": (2, big, 10), "rare": (1, 15.0, 200)}
    rows = []
    for kind in GROUPS:
        n, amount, since = shape[kind]
        for customer in range(start, start + 200):
            days = random.integers(0, 90, n)
            rows += [
                (
                    f"{kind}{customer:04}",
                    pd.Timestamp("2024-06-30") - pd.Timedelta(days=int(since + day)),
                    amount + noise,
                )
                for day, noise in zip(days, random.normal(0, amount / 20, n), strict=True)
            ]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    frame.insert(0, "order_id", [f"o{i}" for i in range(len(frame))])
    return frame.assign(amount=frame["amount"].round(2))


def tables_of(folder, frame: pd.DataFrame, name: str = "orders.csv"):
    path = folder / name
    frame.to_csv(path, index=False)
    return read(path)


def kind_of(result) -> dict[str, str]:
    """Return the group of each kind of customer, found by most of them."""
    kinds = result.profiles.customers["customer_id"].str.rstrip("0123456789")
    labels = result.edited["clusters"].segmentation.labels
    return {kind: labels[kinds == kind].mode().iloc[0] for kind in GROUPS}


def named(result) -> dict[str, str | None]:
    names = result.edited["clusters"].names
    return {kind: names.get(key) for kind, key in kind_of(result).items()}


def recipe_for(tables, **params):
    recipe = suggest(tables)
    return recipe.with_plan(SegmentationPlan(params=ClusterParams(k=3, **params)))


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return tables_of(tmp_path_factory.mktemp("first"), orders())


@pytest.fixture(scope="module")
def first(month):
    """A month whose groups a person has named."""
    plain = run(month, recipe_for(month))
    edits = tuple(SegmentEdit(segment=key, name=NAMES[kind]) for kind, key in kind_of(plain).items())
    plan = plain.recipe.plan("clusters").model_copy(update={"edits": edits})
    recipe = plain.recipe.with_plan(plan)
    found = run(month, recipe)
    assert named(found) == NAMES
    return found


@pytest.fixture(scope="module")
def richer(tmp_path_factory):
    """The month after: the regular customers now bring more than the big baskets do."""
    return tables_of(tmp_path_factory.mktemp("richer"), orders(regular=70.0, seed=1))


def test_names_follow_the_people_when_a_group_spends_more(first, richer):
    assert named(run(richer, first.recipe)) != NAMES  # by number alone they land on others …
    codes = [note.code for note in run(richer, first.recipe).edited["clusters"].notes]
    assert codes == ["edit_by_number"]  # … and that is said
    found = refresh(richer, first.recipe, first)
    assert named(found) == NAMES
    assert not found.edited["clusters"].notes


def test_names_that_stand_on_a_place_follow_the_people_without_the_run_before(first, richer):
    found = run(richer, settled(first).recipe)
    assert named(found) == NAMES
    assert not found.edited["clusters"].notes


def test_names_follow_where_the_groups_lay_when_no_customer_is_shared(first, tmp_path):
    others = tables_of(tmp_path, orders(regular=70.0, start=5000, seed=2))
    found = refresh(others, first.recipe, first)
    assert found.segmentations["clusters"].matched_by == "place"
    assert named(found) == NAMES


def test_a_name_whose_group_is_gone_is_given_to_nobody_and_said(first, tmp_path):
    frame = orders()
    left = frame[~frame["customer_id"].str.startswith("rare")]
    new = orders(start=7000, seed=3)
    new = new[new["customer_id"].str.startswith("rare")].assign(amount=lambda f: f["amount"] * 400)
    found = refresh(tables_of(tmp_path, pd.concat([left, new])), first.recipe, first)
    names = set(found.edited["clusters"].names.values())
    assert names == {"Regulars", "Big baskets"}
    [note] = found.edited["clusters"].notes
    assert (note.code, note.facts["name"]) == ("edit_name_gone", "Rare")
    assert note.facts["segment"] not in set(found.segmentations["clusters"].segmentation.segments["segment"])
    assert {edit.name for edit in found.recipe.plan("clusters").edits} == names
    assert {"code": "edit_name_gone", "level": "check", **note.facts} in summary(found)["segmentations"]["clusters"][
        "notes"
    ]


def test_a_refresh_of_the_same_data_changes_nothing(month, first):
    found = refresh(month, first.recipe, first)
    pd.testing.assert_series_equal(
        found.edited["clusters"].segmentation.labels, first.edited["clusters"].segmentation.labels
    )
    assert named(found) == NAMES
