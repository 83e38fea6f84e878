"""The recipes of ``docs/notebook.md`` run as they stand, each from the lines at the top of the page."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "notebook.md").read_text("utf-8")
FIRST, *RECIPES = re.split(r"(?m)^## ", PAGE)


def code(text: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sample data, where recipes may write."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copytree(root / "sample_data", folder / "sample_data", ignore=shutil.ignore_patterns("*.py", "truth"))
    return folder


@pytest.fixture(scope="module")
def begun(folder: Path) -> dict[str, Any]:
    """Return what the names of the first lines stand for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        names: dict[str, Any] = {}
        exec(code(FIRST), names)
    return names


def test_the_first_lines_go_from_a_file_to_segments(begun: dict[str, Any]) -> None:
    assert len(begun["customers"]) == len(begun["rfm"].labels) == 1350
    assert list(begun["four"].segmentation.segments["segment"]) == [f"cluster_{i}" for i in range(1, 5)]
    assert set(begun["result"].segmentations) == {"rfm", "clusters"}
    assert len([line for line in code(FIRST).splitlines() if line.strip()]) <= 11


def a_changed_choice(names: dict[str, Any]) -> None:
    earlier = names["earlier"].profiles
    assert (earlier.as_of, earlier.n_after_as_of > 0) == (date(2024, 6, 30), True)
    assert earlier.customers["n_orders"].sum() < names["customers"]["n_orders"].sum()


def steps(names: dict[str, Any]) -> None:
    assert names["tiers"].segmentation.segments["segment"].tolist()[0] == "tier_heavy"
    assert names["crossed"].segmentation.method == "hybrid"


def frames(names: dict[str, Any]) -> None:
    assert names["everyone"]["segment_rfm"].value_counts()["champions"] == names["rfm"].labels.eq("champions").sum()
    assert names["segments"]["customers"].sum() == names["rfm"].labels.notna().sum()


def lines(names: dict[str, Any]) -> None:
    [kept] = [count.kept for count in names["result"].standard.counts if count.kind == "orders"]
    assert len(names["lines"]) == kept
    assert len(names["fast"]) == names["sales"].num_rows <= kept
    assert float(names["lines"]["amount"].sum()) == pytest.approx(names["customers"]["spend"].sum())


def left_out(names: dict[str, Any]) -> None:
    assert len(names["left_out"]) == sum(count.n_set_aside for count in names["result"].standard.counts)


def own_feature(names: dict[str, Any]) -> None:
    assert [each.key for each in names["mine"].features] == ["per_order", "recency_days"]


def own_rules(names: dict[str, Any]) -> None:
    assert names["ruled"].segmentation.labels.eq("rule_loyal").sum() == (names["customers"]["n_orders"] >= 5).sum()


def less(names: dict[str, Any]) -> None:
    rows = names["less"].to_frame().set_index(["feature", "level"])
    row, spend = rows.loc[("spend", "")], names["customers"]["spend"]
    means = [spend[names["rfm"].labels == key].mean() for key in ("champions", "at_risk")]
    assert row["difference"] == pytest.approx(means[0] - means[1])
    assert row["low"] < row["difference"] < row["high"]


def apart(names: dict[str, Any]) -> None:
    assert names["picture"].to_dict()["layer"]
    assert len(names["people"]) == len(names["rfm"].segments)
    assert names["names"]["champions"] == "Champions"


def newcomers(names: dict[str, Any]) -> None:
    assert names["assigned"]["segment_rfm"].equals(names["rfm"].labels.rename("segment_rfm"))


def refreshed(names: dict[str, Any]) -> None:
    assert names["next_month"].segmentations["clusters"].matched_by == "customers"


def experiment(names: dict[str, Any]) -> None:
    assert names["planned"].n_control > 3000
    assert len(names["arms"]) == 1350
    assert names["reading"].sizes["coupon"] == names["arms"].count("coupon")
    assert names["decision"].verdict


def exported(names: dict[str, Any]) -> None:
    assert Path("segments.xlsx").stat().st_size > 10_000
    assert {"profiles.parquet", "customers.csv", "summary.json"} <= {path.name for path in Path("OUT").iterdir()}
    compile(names["script"], "script", "exec")


def many(names: dict[str, Any]) -> None:
    assert [type(one).__name__ for one in names["results"]] == ["StudyResult"] * 2
    assert [len(one.profiles.customers) for one in names["results"]] == [1350, 215]


def in_words(names: dict[str, Any]) -> None:
    assert "spend" in names["told"]


def outcome(names: dict[str, Any]) -> None:
    assert (names["likelier"].n_known, names["likelier"].n_came) == (1330, 940)
    assert {"feature", "level", "n", "ratio", "low", "high"} <= set(names["table"])


SHOWN = {
    "Change a choice": a_changed_choice,
    "One step at a time": steps,
    "Results as frames": frames,
    "Clean order lines": lines,
    "Rows set aside, whole": left_out,
    "A feature of your own": own_feature,
    "Segments by rules of your own": own_rules,
    "One segment less another": less,
    "What goes with an outcome": outcome,
    "What sets segments apart, in figures and pictures": apart,
    "New customers into the segments there are": newcomers,
    "Next month's files": refreshed,
    "Plan, split and read an experiment": experiment,
    "Workbook, lists and code": exported,
    "Many studies at once": many,
    "What cannot be done, in words": in_words,
}


@pytest.mark.parametrize("recipe", [pytest.param(text, id=text.partition("\n")[0]) for text in RECIPES])
def test_each_recipe_does_its_job(
    recipe: str, begun: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    # A notebook's own main module; whatever a test of the app left there would run again in a new process.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    names = dict(begun)
    exec(code(recipe), names)
    SHOWN[recipe.partition("\n")[0]](names)
