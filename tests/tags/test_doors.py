"""A tag has one number at every door: notebook, code shown, command line, snapshot of the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.exports.code import JoinedStudy, tags_code
from analysis.exports.files import recipe_to_yaml
from analysis.study import begin, read, run, suggest
from analysis.tags.imported import import_values
from analysis.tags.params import Imported, OfSegment, Tag, Top
from cli import main
from tests.tags.makers import rule

ROWS = "customer id,order date,amount\n" + "".join(
    f"C{i % 40:02},2024-{1 + i % 6:02}-{1 + i % 28:02},{10 + 7 * (i % 13)}\n" for i in range(200)
)
TAGS = (
    Tag(key="big", type="value", source=Top(feature="spend", share=0.2)),
    rule("often", "n_orders", "ge", 1),
    Tag(key="fresh", type="value", source=OfSegment(method="rfm", segments=("new",))),
    rule("both", "tag_fresh", "yes"),
    rule("old", "n_orders", "ge", 1, retired=True),
    rule("gone", "colour", "is_known"),
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of orders in the folder that the test runs in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "orders.csv"
    path.write_text(ROWS, "utf-8")
    return path


def test_every_door_counts_the_same(file: Path, tmp_path: Path) -> None:
    tables = read(file)
    recipe = suggest(tables).model_copy(update={"tags": TAGS})
    result = run(tables, recipe)
    assert result.tagged is not None
    counts = {key: found.n for key, found in result.tagged.values.items()}
    assert set(counts) == {"big", "often", "fresh", "both"} and counts["fresh"] == counts["both"] > 0
    study = begin(tables, recipe)
    assert {tag.key: study.tag_values(tag).n for tag in TAGS[:4]} == counts
    shown: dict[str, Any] = {}
    exec(tags_code(JoinedStudy(recipe, ["orders.csv"], suggest(tables))), shown)
    assert {key: found.n for key, found in shown["result"].tagged.values.items()} == counts
    (tmp_path / "recipe.yaml").write_text(recipe_to_yaml(recipe), "utf-8")
    out = tmp_path / "out"
    assert main(["run", str(file), "--recipe", str(tmp_path / "recipe.yaml"), "-o", str(out), "--quiet"]) == 0
    told = json.loads((out / "summary.json").read_text("utf-8"))["tags"]
    assert {key: told[key]["customers"] for key in counts} == counts
    assert told["old"]["retired"] and told["gone"]["problem"]["code"] == "tag_feature_gone"
    assert told["fresh"]["used_by"] == ["tag both"]
    profiles = pd.read_parquet(out / "profiles.parquet")
    assert {key: int(profiles[f"tag_{key}"].sum()) for key in counts} == counts


def test_values_from_a_file_are_handed_in(file: Path) -> None:
    tables = read(file)
    vip = Tag(key="vip", type="static", source=Imported())
    recipe = suggest(tables).model_copy(update={"tags": (vip,)})
    base = begin(tables, recipe).prepared().profiles
    done = import_values(base, ["C00", "C01", "XX"], ["gold", "gold", "gold"], on=base.as_of)
    result = run(tables, recipe, imported={"vip": done.values})
    assert result.tagged is not None and result.tagged.values["vip"].n == 2
    without = run(tables, recipe)
    assert without.tagged is not None and without.tagged.problems["vip"].code == "tag_nothing_imported"
