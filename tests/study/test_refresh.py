"""Names stay on their people from one month to the next, by every door."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.exports.contents import segment_table, with_segments
from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
from analysis.exports.folder import write_folder
from analysis.figures import summary
from analysis.recipe import SegmentationPlan, SegmentEdit
from analysis.segments.assign import assign
from analysis.segments.methods import SEGMENT_COLUMNS
from analysis.segments.params import ClusterParams
from analysis.study import StudyResult, edit, read, run, suggest
from analysis.study.refresh import before_of, freeze, read_before, refresh
from analysis.study.settling import settled
from analysis.workspace import Workspace
from cli import main
from texts import translator

LAST = pd.Timestamp("2024-06-30")
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
def by_number(month):
    """A recipe in which a person has named the groups of a month by their numbers."""
    plain = run(month, recipe_for(month))
    edits = tuple(SegmentEdit(segment=key, name=NAMES[kind]) for kind, key in kind_of(plain).items())
    plan = plain.recipe.plan("clusters").model_copy(update={"edits": edits})
    return plain.recipe.with_plan(plan)


@pytest.fixture(scope="module")
def first(month, by_number):
    """A month whose groups a person has named."""
    found = run(month, by_number)
    assert named(found) == NAMES
    return found


@pytest.fixture(scope="module")
def richer(tmp_path_factory):
    """The month after: the regular customers now bring more than the big baskets do."""
    return tables_of(tmp_path_factory.mktemp("richer"), orders(regular=70.0, seed=1))


def test_names_follow_the_people_when_a_group_spends_more(by_number, first, richer):
    other = run(richer, by_number)
    assert named(other) != NAMES  # by number alone they land on others …
    assert [note.code for note in other.edited["clusters"].notes] == ["edit_by_number"]  # … and that is said
    assert named(run(richer, first.recipe)) == NAMES  # what a run leaves says where its groups lie
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


@pytest.fixture(scope="module")
def out(first, tmp_path_factory):
    """The folder that the command line leaves of the first month."""
    folder = tmp_path_factory.mktemp("out")
    write_folder(first, folder, translator("en"))
    return folder


def test_the_command_line_takes_up_the_folder_of_the_run_before(first, out, tmp_path):
    recipe, orders_file = tmp_path / "recipe.yaml", tmp_path / "orders.csv"
    recipe.write_text(recipe_to_yaml(first.recipe), "utf-8")
    orders(regular=70.0, seed=1).to_csv(orders_file, index=False)
    wanted = [str(orders_file), "--recipe", str(recipe), "-o", str(tmp_path / "next"), "--previous", str(out)]
    assert main(["run", *wanted]) == 0
    found = json.loads((tmp_path / "next" / "summary.json").read_text("utf-8"))["segmentations"]["clusters"]
    by_engine = refresh(read(orders_file), first.recipe, first)
    assert found == json.loads(json.dumps(summary(by_engine)))["segmentations"]["clusters"]
    assert {each["name"] for each in found["segments"]} == set(NAMES.values())
    # The recipe it leaves gives the names to the same people without the folder.
    settled_recipe = recipe_from_yaml((tmp_path / "next" / "recipe.yaml").read_text("utf-8"))
    assert named(run(read(orders_file), settled_recipe)) == NAMES


def test_a_folder_without_a_run_is_refused_in_words(out, tmp_path, capsys):
    (tmp_path / "orders.csv").write_text("customer,date,amount\n", "utf-8")
    wanted = ["run", str(tmp_path / "orders.csv"), "-o", str(tmp_path / "o"), "--previous", str(tmp_path)]
    assert main(wanted) == 2
    assert "fit.json" in capsys.readouterr().err
    (tmp_path / "fit.json").write_text('{"version": 99}', "utf-8")
    with pytest.raises(AnalysisError) as refusal:
        read_before(tmp_path)
    assert refusal.value.code == "previous_unreadable"


def test_a_frozen_plan_applies_what_the_run_before_left(month, first, richer, out):
    plans = [plan.model_copy(update={"fit": "frozen"}) for plan in first.recipe.segmentations]
    recipe = first.recipe.model_copy(update={"segmentations": tuple(plans)})
    alone = run(month, recipe)
    assert {kind: problem.code for kind, problem in alone.problems.items()} == {
        "rfm": "frozen_without_fit",
        "clusters": "frozen_without_fit",
    }
    for previous in (first, read_before(out)):
        again = refresh(month, recipe, previous)
        for kind in ("rfm", "clusters"):
            labels = again.segmentations[kind].segmentation.labels
            pd.testing.assert_series_equal(labels, first.segmentations[kind].segmentation.labels)
        assert named(again) == NAMES
    later = refresh(richer, recipe, first)
    assert later.segmentations["rfm"].cuts == first.segmentations["rfm"].cuts
    alike = assign(later.profiles, freeze(first))
    for kind in ("rfm", "clusters"):
        labels = later.edited[kind].segmentation.labels
        assert alike[SEGMENT_COLUMNS[kind]].fillna("").tolist() == labels.fillna("").tolist()
    assert freeze(later).of("clusters").centres == freeze(first).of("clusters").centres


def test_merges_of_the_run_before_do_not_hide_who_was_where(first, richer, tmp_path):
    key = kind_of(first)
    edits = (SegmentEdit(segment=key["rare"], merge_into=key["regular"]), SegmentEdit(segment=key["big"], name="Big"))
    recipe = first.recipe.with_plan(first.recipe.plan("clusters").model_copy(update={"edits": edits}))
    merged = StudyResult(recipe, first.prepared, first.segmentations, {
        kind: edit(found, recipe.plan(kind), first.profiles) for kind, found in first.segmentations.items()
    }, {})  # fmt: skip
    write_folder(merged, tmp_path / "out", translator("en"))
    before = read_before(tmp_path / "out")
    assert before.clusters.tolist() == first.segmentations["clusters"].segmentation.labels.tolist()
    found = refresh(richer, recipe, before)
    where = kind_of(found)
    assert where["rare"] == where["regular"] != where["big"]
    assert found.edited["clusters"].names == {where["big"]: "Big"}


def test_a_snapshot_keeps_the_fit_and_takes_it_along(first, tmp_path):
    workspace = Workspace.open(tmp_path / "home")
    study = workspace.create_study("Shop")
    assert workspace.latest_fit(study, "rfm") is None
    frame = with_segments(first, first.profiles.customers)
    table = segment_table(first, translator("en"))
    kept = workspace.add_snapshot(
        study, first.profiles.as_of, first.recipe, summary(first), frame, table, freeze(first)
    )
    snapshot = workspace.load_snapshot(kept)
    assert snapshot.fitted == freeze(first) == workspace.latest_fit(study, "rfm")
    before = before_of(snapshot)
    assert before.clusters.tolist() == first.segmentations["clusters"].segmentation.labels.tolist()
    workspace.export_study(study, tmp_path / "study.zip")
    copy = workspace.import_study(tmp_path / "study.zip")
    assert workspace.latest_fit(copy, "clusters") == freeze(first)


def test_a_refresh_of_the_same_data_changes_nothing(month, first):
    found = refresh(month, first.recipe, first)
    pd.testing.assert_series_equal(
        found.edited["clusters"].segmentation.labels, first.edited["clusters"].segmentation.labels
    )
    assert named(found) == NAMES
