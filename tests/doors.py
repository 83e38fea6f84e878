"""What tests of the doors share: order lines, the figures of the command line, code run as a page shows it."""

from __future__ import annotations

import json
import random
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import cli
from analysis.exports.files import recipe_to_yaml
from analysis.exports.folder import write_folder
from analysis.intake.standard.merges import Merges
from analysis.recipe import Recipe
from analysis.study import StudyResult
from texts import translator


def lines() -> str:
    """Return the order lines of 60 customers: returns, a line twice, a cancelled order, two channels."""
    draw = random.Random(7)
    found = ["客户编号,下单日期,实付金额,商品,渠道,订单状态"]
    for _ in range(260):
        customer = min(draw.randint(1, 60), draw.randint(1, 60))
        day = f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        amount = draw.choice([-20, 9.9, 25, 48.5, 120, 800]) + draw.randint(0, 9)
        state = draw.choice(["交易成功"] * 9 + ["已取消"])
        found.append(
            f"C{customer:02},{day},{amount},{draw.choice(['茶', '杯', '壶'])},{draw.choice(['网店', '门店'])},{state}"
        )
    return "\n".join([*found, found[-1]]) + "\n"


LINES = lines()


Figures = dict[str, Any]


def plain(figures: Figures) -> Figures:
    """Return figures as a file holds them."""
    return json.loads(json.dumps(figures, ensure_ascii=False))


def of_command_line(
    files: list[Path], recipe: Recipe, merges: Merges | None = None, previous: StudyResult | None = None
) -> Figures:
    """Return ``summary.json``; a workbook that is tested elsewhere is not written."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.exports.folder.workbook_contents", lambda *_, **__: None, raising=False)
        patch.setattr("analysis.exports.folder.write_workbook", lambda path, *_, **__: path.touch(), raising=False)
        place = Path(folder)
        (place / "recipe.yaml").write_text(recipe_to_yaml(recipe), "utf-8")
        asked = ["run", *map(str, files), "--recipe", str(place / "recipe.yaml"), "-o", str(place / "out")]
        if merges is not None:
            (place / "merges.json").write_text(merges.model_dump_json(), "utf-8")
            asked += ["--merges", str(place / "merges.json")]
        if previous is not None:
            write_folder(previous, place / "before", translator("en"), only=("parquet",))
            asked += ["--previous", str(place / "before")]
        said = StringIO()
        with redirect_stderr(said), redirect_stdout(said):
            code = cli.main(asked)
        # 1 says that a part could not be had, such as frozen groups that are nowhere: the figures stand all the same.
        if code > 1 or not (place / "out" / "summary.json").exists():
            return {"refused": said.getvalue().splitlines()[-1]}
        found = json.loads((place / "out" / "summary.json").read_text("utf-8"))
        # The sentences are in the reader's language; figures have none.
        return {key: value for key, value in found.items() if key != "sentences"}


def executed(code: str, folder: Path) -> dict[str, Any]:
    """Run the lines that a page shows, beside the files, and return the names they define."""
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.chdir(folder)
        exec(compile(code, "shown", "exec"), found)
    return found
