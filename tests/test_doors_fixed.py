"""Ten fixed recipes give on the pages what they give in a notebook, on the command line and as code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analysis.conditions import Condition
from analysis.figures import summary
from analysis.history.earlier import LEFT
from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges
from analysis.recipe import Cleaning, SegmentationPlan, SegmentEdit
from analysis.segments.params import (
    ClusterParams,
    HybridParams,
    RfmParams,
    RulesParams,
    SegmentRule,
    TierParams,
)
from analysis.study import read, run, suggest
from analysis.workspace import Workspace
from tests.doors import LINES, executed, of_command_line, plain


def usual(*kinds: str) -> tuple[SegmentationPlan, ...]:
    return tuple(SegmentationPlan.model_validate({"params": {"kind": kind}}) for kind in kinds)


def one(params: Any, *edits: SegmentEdit) -> tuple[SegmentationPlan, ...]:
    return (SegmentationPlan(params=params, edits=edits),)


CORE = SegmentEdit(segment="loyal", name='it\'s "us"', merge_into=None)
FIXED: dict[str, dict[str, Any]] = {
    "nothing chosen": {},
    "a hybrid of what has no plan": {"segmentations": one(HybridParams(second="tiers", least=5))},
    "scores with names and merges": {
        "segmentations": one(RfmParams(n_scores=3), CORE, SegmentEdit(segment="new", merge_into="loyal"))
    },
    "clusters with numbers of their own": {"segmentations": one(ClusterParams(k=3, numbers=(7, 2, 1)))},
    "clusters again, from the same features": {"segmentations": one(ClusterParams(k=2), CORE)},
    "every kind": {"segmentations": (*usual("rfm", "tiers", "movement", "rules"), *one(ClusterParams(k=2)))},
    "a rule nobody can be asked": {
        "segmentations": one(
            RulesParams(rules=(SegmentRule(key="x", when=Condition(feature="not_there", op="is_known")),))
        )
    },
    "an earlier day": {"segmentations": usual("tiers"), "as_of": date(2024, 8, 1), "currency": "EUR"},
    "returns set aside": {"segmentations": usual("movement"), "cleaning": Cleaning(returns="set_aside")},
    "a merge that leads nowhere": {
        "segmentations": one(
            TierParams(),
            SegmentEdit(segment="tier_heavy", merge_into="tier_medium"),
            SegmentEdit(segment="tier_medium", merge_into="tier_light"),
        )
    },
}
WITH_CODE = {"a hybrid of what has no plan": "hybrid", "an earlier day": "tiers"}


@pytest.fixture
def kept(tmp_path: Path, portrait_home: Path) -> Iterator[tuple[Workspace, str, Path]]:
    """Return a study whose encoding and header row were chosen, and in which customers were merged."""
    from ui import compute

    path = tmp_path / "till.csv"
    path.write_bytes(f"顾客,日期,金额,品名,来源,状况\n{LINES}".encode("gb18030"))
    compute.own_workspace.clear()
    workspace = Workspace.open(portrait_home)
    study = workspace.create_study("Shop")
    stored = [workspace.store_raw(study, one) for one in read_file(path, encoding="gb18030", header_row=2)]
    suggested = suggest(stored)
    source = suggested.sources[0].model_copy(update={"encoding": "gb18030", "header_row": 2})
    workspace.save_recipe(study, suggested.model_copy(update={"sources": (source,)}), 0)
    workspace.save_merges(study, Merges().decide([("C01", "C02"), ("C05", "C40")], "same"))
    yield workspace, study, path
    workspace.close()
    compute.own_workspace.clear()


def test_ten_recipes_give_on_the_pages_what_they_give_elsewhere(
    root: Path, kept: tuple[Workspace, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui import work

    monkeypatch.setattr(work, "QUICK_SECONDS", 120)  # a test has no browser that would ask again
    workspace, study, path = kept
    begun, merges = workspace.load_recipe(study).recipe, workspace.merges(study)
    assert begun is not None
    app = AppTest.from_file(root / "ui" / "main.py", default_timeout=120)
    app.query_params["study"] = study
    app.run()
    for name, changed in FIXED.items():
        recipe = begun.model_copy(update=changed)
        revision = workspace.load_recipe(study).revision
        workspace.save_recipe(study, recipe, revision)
        app.switch_page("../pages/share/export.py").run()
        assert not app.exception, (name, app.exception)
        # Numbers of clusters are carried from one state of the data to the next: the page has kept them.
        shown = workspace.load_recipe(study).recipe
        assert shown is not None
        tables = read(path, recipe=shown)
        assert (tables[0].encoding, tables[0].header_row) == ("gb18030", 2)
        assert read(path)[0].columns != tables[0].columns  # nobody would find this header without being told
        result = run(tables, shown, merges=merges)
        figures = plain(summary(result))
        on_page = workspace.snapshots(study)[0].summary
        assert on_page.pop(LEFT)["buyers"], name  # what a snapshot leaves for the next refresh, and no summary tells
        assert {**on_page, "quality": None} == {**figures, "quality": None}, name
        if (kind := WITH_CODE.get(name)) is None:
            continue
        assert of_command_line([path], shown, merges) == figures, name
        app.switch_page(f"../pages/segments/{kind}.py").run()
        assert not app.exception, (name, app.exception)
        [code] = [block.value for block in app.code if "segmentation" in block.value]
        found = executed(code, path.parent)["result"]
        assert found.edited[kind].segmentation.labels.equals(result.edited[kind].segmentation.labels), name
        assert found.recipe.sources == shown.sources
    assert len(result.profiles.customers) < len(run(read(path, recipe=begun), begun).profiles.customers)
