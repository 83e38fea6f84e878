"""A tag has one number at every door: notebook, code shown, command line, snapshot of the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.exports.code import JoinedStudy, tags_code
from analysis.exports.files import recipe_to_yaml
from analysis.intake.standard.merges import Merges
from analysis.study import begin, read, run, suggest
from analysis.tags.imported import import_values
from analysis.tags.params import Imported, OfSegment, Tag, Top
from analysis.workspace import Workspace, desk
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


@pytest.fixture
def kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, str]:
    """Return a workspace with a study of the file, two of whose customers are one, and its id."""
    monkeypatch.setenv("PORTRAIT_HOME", str(file.parent / "home"))
    workspace = Workspace.open()
    tables = read(file)
    study = desk.begin(workspace, tables, name="Shop")
    vip = Tag(key="vip", type="static", source=Imported(), several=True)
    saved = workspace.load_recipe(study)
    recipe = (saved.recipe or suggest(tables)).model_copy(update={"tags": (*TAGS, vip)})
    workspace.save_recipe(study, recipe, saved.revision)
    workspace.save_merges(study, Merges().decide([("C00", "C01")], "same"))
    return workspace, study


def told(capsys: pytest.CaptureFixture[str], *asked: str) -> Any:
    assert main([*asked, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command_line_counts_as_the_pages_do(
    kept: tuple[Workspace, str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, study = kept
    (file.parent / "vip.csv").write_text("customer,tier\nC01,gold\nC02,gold\nC02,new\nXX,gold\n", "utf-8")
    assert main(["tags", "import", "Shop", "vip", "vip.csv", "--id", "customer", "--value", "tier"]) == 0
    assert "1 unknown id left out" in capsys.readouterr().err
    rested = workspace.carried(study)
    recipe = workspace.load_recipe(study).recipe
    page = begin(
        workspace.raw_tables(study), recipe,
        merges=rested.merges, imported=rested.imported, forgotten=rested.forgotten,
    )  # fmt: skip
    counts = {key: found.n for key, found in page.tagged().values.items()}
    assert set(counts) == {"big", "often", "fresh", "both", "vip"} and counts["often"] == 39  # of forty two are one
    listed = {row["key"]: row for row in told(capsys, "tags", "list", study)}
    assert {key: listed[key]["customers"] for key in counts} == counts
    assert listed["old"]["retired"] and "colour" in listed["gone"]["problem"]
    for key, n in counts.items():
        found = told(capsys, "tags", "count", "Shop", key)
        assert found["customers"] == n and found["values"] == listed[key]["values"]
    out = file.parent / "tags.csv"
    assert main(["tags", "export", "Shop", *counts, "-o", str(out), "-q"]) == 0
    written = pd.read_csv(out, dtype="str", encoding="utf-8-sig")
    assert len(written) == 39
    assert dict(zip(counts, written.iloc[:, 1:].notna().sum().tolist(), strict=True)) == counts
    assert main(["tags", "list", "Shop", "--lang", "zh"]) == 0
    assert "已停用" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("count", "Shop", "bigg"), "Did you mean “big”"),
        (("count", "Shop", "gone"), "colour"),
        (("export", "Shop", "gone", "-o", "x.csv"), "colour"),
        (("list", "Nobody"), "study"),
        (("import", "Shop", "vip", "orders.csv", "--id", "custmer id"), "Did you mean “customer id”"),
        (("import", "Shop", "vip", "none.csv"), "none.csv"),
    ],
)
def test_what_the_tags_of_a_study_cannot_give_is_said_and_nothing_written(
    asked: tuple[str, ...], said: str, kept: tuple[Workspace, str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tags", *asked]) == 2
    assert said in capsys.readouterr().err
    assert not (file.parent / "x.csv").exists()
    assert kept[0].carried(kept[1]).imported == {}


def test_a_file_without_values_and_tags_that_take_none_are_refused(
    portrait_home: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace.open(portrait_home)
    study = desk.begin(workspace, read(file), name="Shop")
    own = Tag(key="own", type="static", source=Imported())
    saved = workspace.load_recipe(study)
    recipe = (saved.recipe or suggest(read(file))).model_copy(update={"tags": (*TAGS[:2], TAGS[4], own)})
    workspace.save_recipe(study, recipe, saved.revision)
    workspace.close()
    one = tmp_path / "one.csv"
    one.write_text("customer id\nC01\nC02\n", "utf-8")
    two = tmp_path / "two.csv"
    two.write_text("customer id,value\nC01,x\n", "utf-8")
    for asked, said in (
        (["import", "Shop", "own", str(one)], "no values"),
        (["import", "Shop", "big", str(two)], "takes no values"),
        (["import", "Shop", "old", str(two)], "takes no values"),
        (["export", "Shop", "old", "-o", str(tmp_path / "t.csv")], "retired"),
    ):
        assert main(["tags", *asked, "--lang", "en"]) != 0
        assert said in capsys.readouterr().err
    assert not (tmp_path / "t.csv").exists()
