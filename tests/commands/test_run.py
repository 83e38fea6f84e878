"""``portrait run``: where it writes, what it writes, and that its own files never become its input."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import cli
from analysis import study
from analysis.exports import folder
from analysis.exports.code import segmentation_code
from analysis.intake.standard.merges import Merges
from analysis.recipe import Recipe
from analysis.tags.imported import ImportedValue, ImportedValues
from analysis.tags.params import Imported, Tag
from analysis.workspace import Workspace, desk

SUGGEST = study.suggest_recipe
ALWAYS = {"summary.json", "recipe.yaml", "set_aside.csv", "fit.json"}


def orders(n: int, first: int = 0) -> str:
    return "customer id,order date,amount,status\n" + "".join(
        f"c{first + i % 66:03d},2024-{i % 12 + 1:02d}-{i % 28 + 1:02d},{(i * 7) % 90 + 1}.5,paid\n" for i in range(n)
    )


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    place = tmp_path / "exports"
    place.mkdir()
    (place / "orders.csv").write_text(orders(300), "utf-8")
    return place


@pytest.fixture(autouse=True)
def scores_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the search for clusters out: nothing here is about them."""
    plans = Recipe().segmentations[:1]
    monkeypatch.setattr(
        study, "suggest_recipe", lambda guesses: SUGGEST(guesses).model_copy(update={"segmentations": plans})
    )


def run(*arguments: object) -> int:
    return cli.main(["run", "--lang", "en", *map(str, arguments)])


def figures(out: Path) -> dict:
    return json.loads((out / "summary.json").read_text("utf-8"))


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


@pytest.mark.parametrize(("inside", "only"), [("out", "parquet,xlsx"), (".", "csv,parquet")])
def test_a_second_run_does_not_read_what_the_first_one_wrote(
    inside: str, only: str, exports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = exports / inside
    assert run(exports, "-o", out, "--only", only) == 0
    first = figures(out)
    capsys.readouterr()
    assert run(exports, "-o", out, "--only", only) == 0
    assert figures(out) == first and first["customers"] == 66
    assert "written by Portrait itself" in capsys.readouterr().err


def test_lists_taken_out_of_their_folder_are_still_known_by_their_mark(exports: Path, tmp_path: Path) -> None:
    run(exports, "-o", tmp_path / "out")
    for name in ("segments.xlsx", "profiles.parquet"):
        (tmp_path / "out" / name).rename(exports / f"mine {name}")
    assert run(exports, "-o", tmp_path / "again") == 0
    assert list(figures(tmp_path / "again")["tables"]) == ["orders.csv"]


def test_a_folder_of_results_alone_is_refused(exports: Path, tmp_path: Path, capsys) -> None:
    run(exports, "-o", tmp_path / "out")
    capsys.readouterr()
    assert run(tmp_path / "out", "-o", tmp_path / "again") == 2
    assert "only files that Portrait wrote itself" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_only_the_lists_asked_for_are_written_and_older_ones_do_not_stay(exports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("stays")
    assert run(exports, "-o", out) == 0
    assert names(out) == ALWAYS | {"profiles.parquet", "segments.xlsx", "mine.txt"}
    for only, lists in (
        ("parquet", {"profiles.parquet"}),
        ("csv", {"customers.csv", "segments.csv"}),
        ("xlsx, CSV", {"segments.xlsx", "customers.csv", "segments.csv"}),
    ):
        assert run(exports, "-o", out, "--only", only) == 0
        assert names(out) == ALWAYS | lists | {"mine.txt"}, only


def test_csv_and_parquet_hold_the_same_customers(exports: Path, tmp_path: Path) -> None:
    run(exports, "-o", tmp_path, "--only", "csv,parquet")
    listed = pd.read_csv(tmp_path / "customers.csv", dtype="str", encoding="utf-8-sig")
    profiles = pd.read_parquet(tmp_path / "profiles.parquet")
    assert list(listed.iloc[:, 0]) == list(profiles["customer_id"])
    segments = pd.read_csv(tmp_path / "segments.csv", encoding="utf-8-sig")
    assert segments.groupby("method")["customers"].sum()["rfm"] == len(profiles)


def test_above_a_size_that_is_said_lists_go_to_csv_unless_the_workbook_is_asked_for(
    exports: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(folder, "WORKBOOK_CUSTOMERS", 65)
    assert run(exports, "-o", tmp_path / "out") == 0
    assert names(tmp_path / "out") == ALWAYS | {"profiles.parquet", "customers.csv", "segments.csv"}
    assert "66 customers are over 65" in capsys.readouterr().err
    assert run(exports, "-o", tmp_path / "out", "--only", "xlsx") == 0
    assert names(tmp_path / "out") == ALWAYS | {"segments.xlsx"}
    assert "over 65" not in capsys.readouterr().err


def test_the_last_line_says_the_figures_that_were_written(exports: Path, tmp_path: Path, capsys) -> None:
    (exports / "orders.csv").write_text(orders(300) + "c001,not a day,5,paid\n", "utf-8")
    run(exports, "-o", tmp_path)
    last, found = capsys.readouterr().err.splitlines()[-1], figures(tmp_path)
    assert f"{found['customers']} customers, {found['orders']} orders" in last
    assert "300 of 301 rows used" in last and "open question" in last


def test_a_question_that_only_a_person_can_answer_is_asked(exports: Path, tmp_path: Path, capsys) -> None:
    (exports / "orders.csv").write_text(
        "customer id,order date,amount\n"
        + "".join(f"c{i % 9},0{i % 8 + 1}/0{i % 7 + 2}/2024,{i}\n" for i in range(1, 99))
    )
    run(exports, "-o", tmp_path)
    said = capsys.readouterr().err.splitlines()
    asked = [line for line in said if line.startswith("portrait: only you can decide")]
    assert len(asked) >= 1 and f"{len(asked)} open question" in said[-1]


def test_strict_stops_where_a_question_is_open_and_says_what_answers_it(tmp_path: Path, capsys) -> None:
    rows = "".join(f"K{i % 16:04d},Z{i % 23:04d},2024-03-{i % 28 + 1:02d},{i}.50\n" for i in range(80))
    file = tmp_path / "till.csv"
    file.write_text("ref,code,date,amount\n" + rows, "utf-8")
    assert run(file, "-o", tmp_path / "strict", "--strict") == 3
    assert not (tmp_path / "strict").exists()
    assert 'columns["code"].role: customer_id' in capsys.readouterr().err
    assert run(file, "-o", tmp_path / "out") == 0
    [question] = figures(tmp_path / "out")["questions"]
    assert (question["what"], question["chosen"], question["effect"]["customers"]) == ("customer", "ref", 16)
    assert [(one["choice"], one["effect"]["customers"]) for one in question["alternatives"]] == [("code", 23)]
    [book] = (tmp_path / "out").glob("*.xlsx")
    first = openpyxl.load_workbook(book, read_only=True).worksheets[0]
    assert any("“ref”" in str(cell) and "23" in str(cell) for row in first.iter_rows(values_only=True) for cell in row)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(exports: Path, tmp_path: Path, capsys) -> None:
    file = tmp_path / "file"
    file.write_text("here already")
    for out in (file, file / "below"):
        assert run(exports, "-o", out) == 2
        [line] = capsys.readouterr().err.splitlines()  # nothing was read
        assert "is a file" in line
    (exports / "profiles.parquet").write_bytes(b"mine")
    assert run(exports, "-o", exports) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "profiles.parquet" in line and (exports / "profiles.parquet").read_bytes() == b"mine"


def test_a_folder_that_may_not_be_written_is_refused(exports: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    def shut(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("commands.run.tempfile.TemporaryFile", shut)
    assert run(exports, "-o", tmp_path / "out") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Nothing can be written" in line


def test_a_run_that_cannot_finish_leaves_the_results_before_it_untouched(
    exports: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    out = tmp_path / "out"
    run(exports, "-o", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (exports / "orders.csv").write_text(orders(500), "utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("write_workbook", "write_set_aside_rows", "recipe_to_yaml"):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(folder, step, full)
            assert run(exports, "-o", out, "--quiet") == 2, step
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("The disk is full"), step
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before, step


def test_an_unknown_format_is_refused_with_those_there_are(exports: Path, tmp_path: Path, capsys) -> None:
    assert run(exports, "-o", tmp_path / "out", "--only", "csv,pdf") == 2
    assert "pdf is no format" in (line := capsys.readouterr().err) and "parquet, csv, xlsx" in line


def test_the_language_is_that_of_the_workbook_too(exports: Path, tmp_path: Path) -> None:
    assert cli.main(["run", str(exports), "-o", str(tmp_path), "--only", "xlsx", "--lang", "zh"]) == 0
    assert "客户" in "".join(openpyxl.load_workbook(tmp_path / "segments.xlsx", read_only=True).sheetnames)


def test_a_study_of_this_computer_brings_its_recipe_merges_tags_and_who_was_forgotten(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    workspace = Workspace.open()
    made = desk.begin(workspace, study.read(exports / "orders.csv"), name="Shop")
    workspace.forget(made, "c007")
    workspace.save_merges(made, Merges().decide([("c001", "c002")], "same"))
    recipe = workspace.load_recipe(made)
    vip = Tag(key="vip", type="static", source=Imported())
    assert recipe.recipe is not None
    workspace.save_recipe(made, recipe.recipe.model_copy(update={"tags": (vip,)}), recipe.revision)
    values = ImportedValues(salt="ab" * 16)
    told = (ImportedValue(customer=values.hashed("c009"), value="gold", set_on=date(2024, 1, 1)),)
    workspace.save_document("tag_values", values.model_copy(update={"rows": told}), "vip", made, revision=None)
    kept = workspace.carried(made)
    workspace.close()
    next_month = exports / "next.csv"
    next_month.write_text(orders(300), "utf-8")  # the one who was forgotten is in it again
    assert run(next_month, "--study", "Shop", "-o", tmp_path / "out", "--only", "parquet") == 0
    customers = pd.read_parquet(tmp_path / "out" / "profiles.parquet")
    assert len(customers) == 66 - 2 and not {"c007", "c002"} & set(customers["customer_id"])
    assert customers["tag_vip"].dropna().tolist() == ["gold"]
    assert figures(tmp_path / "out")["tables"]["next.csv"]["set_aside"]["forgotten"] > 0
    monkeypatch.chdir(exports)
    code = segmentation_code(Recipe(tags=(vip,)), "rfm", files=["next.csv"], kept_in=made)
    found: dict = {}
    exec(code, found)
    assert found["kept"] == kept and len(found["result"].profiles.customers) == 64
    assert run(next_month, "--study", "Shop of another", "-o", tmp_path / "no") == 2
    assert "no study called Shop of another" in capsys.readouterr().err
