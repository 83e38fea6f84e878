"""Marked values are planted in files that are broken and in choices that are wrong; no command says or leaves one."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import cli
from analysis.errors import AnalysisError
from analysis.exports.files import recipe_from_yaml
from analysis.intake.reading.read import read_file
from analysis.privacy.masks import masked_problem
from analysis.study import begin
from analysis.temporary import own_folder
from tests.commands.test_planted import PLANTED, planted_files, planted_leaks, planted_texts

PHONE, EMAIL = PLANTED["手机号"][0], PLANTED["邮箱"][0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files, whole and broken in many ways, and with choices that are wrong."""
    home = tmp_path_factory.mktemp("planted")
    planted_files(home)
    raw = (home / "members.csv").read_bytes()
    cells = pd.read_csv(home / "members.csv", dtype="str")
    cells.to_parquet(home / "whole.parquet")
    cells.to_excel(home / "whole.xlsx", index=False)
    broken = {
        "quote.csv": raw[: len(raw) // 2] + b'"' + raw[len(raw) // 2 :],
        "half_utf16.csv": b"\xff\xfe" + raw,
        # Without a heading, what has no form of its own (an account, a device) cannot be known.
        "headless.csv": cells[["会员编号", "性别", "手机号", "邮箱", "会员备注"]]
        .to_csv(index=False, header=False)
        .encode(),
        "values.csv": "\n".join(",".join(PLANTED[key][:10]) for key in ("手机号", "邮箱", "银行卡号")).encode(),
        "no.parquet": b"PAR1" + raw + b"PAR1",
        "cut.parquet": (home / "whole.parquet").read_bytes()[:-700],
        "cut.xlsx": (home / "whole.xlsx").read_bytes()[:-700],
        "no.json": b'{"rows": [' + raw,
        "choices.yaml": f"version: 1\nas_of: {EMAIL}\ncurrency: '{PHONE}'\n".encode(),
        "unknown.yaml": f"version: 1\n{PHONE}: 1\n".encode(),
        "no.yaml": f"version: [1\n{EMAIL}: {{".encode(),
        "merges.json": json.dumps({"groups": [[PHONE, 5]], EMAIL: 1}).encode(),
        "read.yaml": f"name: '{PHONE}'\nmetric: {EMAIL}\n".encode(),
    }
    for name, content in broken.items():
        (home / name).write_bytes(content)
    pd.DataFrame({"customer_id": PLANTED["手机号"] * 2, "group": PLANTED["姓名"] * 2, "converted": [0, 1] * 40}).to_csv(
        home / "experiment.csv", index=False
    )
    return home


RUN = ("run", "members.csv", "-o", "out", "--only", "csv")


@pytest.mark.parametrize(
    "asked",
    [
        *(
            (command, name, *more)
            for name in ("quote.csv", "half_utf16.csv", "headless.csv", "values.csv", "no.parquet", "cut.parquet")
            for command, *more in (("inspect",), ("run", "-o", "out"))
        ),
        ("inspect", "members.csv", "orders.csv", "--json"), ("inspect", "cut.xlsx"), ("inspect", "no.json"),
        ("inspect", "headless.csv", "--json"), ("recipe", "members.csv", "orders.csv"),
        ("reconcile", "orders.csv", "--total", "99999"), (*RUN, "--recipe", "choices.yaml"),
        (*RUN, "--recipe", "unknown.yaml"), (*RUN, "--recipe", "no.yaml"), (*RUN, "--recipe", "members.csv"),
        (*RUN, "--merges", "merges.json"), (*RUN, "--predict", EMAIL), (*RUN, "--previous", "headless.csv"),
        ("experiment", "read", "experiment.csv"), ("experiment", "read", "experiment.csv", "--choices", "read.yaml"),
        ("experiment", "split", "members.csv", "-o", "out"), ("workspace", "forget", "S", PHONE),
    ],
)  # fmt: skip
def test_no_command_says_or_leaves_a_planted_value(
    asked: tuple[str, ...],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    out = tmp_path / "out"
    before = set(Path(tempfile.gettempdir()).glob("*"))
    cli.main([str(out) if part == "out" else part for part in asked])
    said = capsys.readouterr()
    left = planted_texts(out) if out.exists() else {}
    own = own_folder()
    gone = {path for path in set(Path(tempfile.gettempdir()).glob("*")) - before if path != own.parent}
    left |= {path.name: path.read_bytes() for path in (*gone, *own.rglob("*")) if path.is_file()}
    assert planted_leaks({**left, "stdout": said.out.encode(), "stderr": said.err.encode()}) == []
    assert said.out or said.err


def _whole(doing: Callable[[], object]) -> bytes:
    """Return a failure as a notebook shows it, with all that stands behind it."""
    with pytest.raises(AnalysisError) as caught:
        doing()
    return "".join(traceback.format_exception(caught.value)).encode()


def test_what_is_behind_a_failure_quotes_no_value(folder: Path) -> None:
    failed = {
        "yaml": _whole(lambda: recipe_from_yaml((folder / "no.yaml").read_text("utf-8"))),
        "parquet": _whole(lambda: read_file((folder / "cut.parquet").read_bytes(), name="cut.parquet")),
        "workbook": _whole(lambda: read_file((folder / "cut.xlsx").read_bytes(), name="cut.xlsx")),
        "dates": _whole(lambda: _with_dates_of(folder, "收货人手机").prepared()),
        "money": _whole(lambda: _with_dates_of(folder, "买家留言").prepared()),
    }
    assert planted_leaks(failed) == []


def _with_dates_of(folder: Path, header: str):
    """Return a study whose dates are read from another column."""
    study = begin(read_file((folder / "orders.csv").read_bytes(), name="orders.csv"))
    source = study.recipe.sources[0]
    roles = {"下单时间": "ignore", header: "order_date"}
    columns = tuple(one.model_copy(update={"role": roles.get(one.name, one.role)}) for one in source.columns)
    recipe = study.recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    return begin(study.tables, recipe)


def test_what_is_shown_of_a_run_in_a_notebook_holds_none(folder: Path) -> None:
    study = begin(read_file((folder / "members.csv").read_bytes(), name="members.csv"))
    prepared = study.prepared()
    shown = [study.tables[0], study.recipe, prepared, prepared.profiles, prepared.standard]
    texts = {str(place): repr(one) + getattr(one, "_repr_html_", str)() for place, one in enumerate(shown)}
    assert planted_leaks({name: text.encode() for name, text in texts.items()}) == []


def test_a_refusal_masks_what_was_typed_and_keeps_names_of_files() -> None:
    problem = masked_problem(AnalysisError("file_missing", file=f"{PHONE}.csv", value=EMAIL, n=3))
    assert problem.facts == {"file": f"{PHONE}.csv", "value": "m***@example.com", "n": 3}
