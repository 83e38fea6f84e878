"""Attacks through files, names and recipes: what is data stays data, and nothing is read, written or run by it."""

from __future__ import annotations

import logging
import pickle
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.exports.files import recipe_from_yaml
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.customer import CODE
from analysis.privacy.forms import found_in
from analysis.study import prepare, read, suggest
from analysis.temporary import own_folder
from analysis.workspace import Workspace, desk

SQL = (
    "c0\"; COPY (SELECT 1) TO 'pwn1.csv' --", "'; COPY (SELECT 1) TO 'pwn2.csv'; --", '"); DROP TABLE orders; --',
    "c0", "line", "{fn}", "$1", "?", "%(x)s", ":x", "read_csv('/etc/passwd')", "a\"b'c",
)  # fmt: skip


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, where a file that an attack writes would show."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_sql() -> bytes:
    rows = [
        {
            "customer id": f"{SQL[i % len(SQL)]}{i % 40}",
            "order date": f"2024-0{i % 9 + 1}-05",
            "amount": i + 1,
            **{header: SQL[(i + place) % len(SQL)] for place, header in enumerate(SQL)},
        }
        for i in range(120)
    ]
    return pd.DataFrame(rows).to_csv(index=False).encode()


def test_sql_in_headers_values_and_names_of_files_is_text(elsewhere: Path) -> None:
    tables = read_file(with_sql(), name="x'; COPY (SELECT 1) TO 'pwn3.csv'; --.csv")
    found = prepare(tables, suggest(tables))
    [count] = found.standard.counts
    assert (count.read, count.kept) == (120, 120)
    assert {header for _, header in found.standard.extras} <= {*SQL}
    assert set(found.profiles.customers["customer_id"]) == {f"{SQL[i % len(SQL)]}{i % 40}" for i in range(120)}
    assert not list(elsewhere.iterdir())


def test_sql_in_the_names_of_sheets_is_text(elsewhere: Path) -> None:
    names = ["x'; DROP TABLE x; --", 'a"; DROP TABLE x; --', "c0", "line"]
    with pd.ExcelWriter(elsewhere / "a.xlsx", engine="xlsxwriter") as book:
        for place, name in enumerate(names):
            days = pd.DataFrame(
                {"order date": [f"2024-0{i % 9 + 1}-05" for i in range(40)], "amount": range(place, place + 40)}
            )
            days.assign(**{"customer id": [f"{name}{i % 7}" for i in range(40)]}).to_excel(
                book, sheet_name=name, index=False
            )
    tables = read(elsewhere / "a.xlsx")
    found = prepare(tables, suggest(tables))
    assert [table.sheet for table in tables] == names
    assert sum(count.kept for count in found.standard.counts) == 160
    assert [path.name for path in elsewhere.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/x.csv", "https://evil.example/x.parquet", "s3://shop/x.csv", "*.csv", "**/*", "x?.csv"]
)
def test_an_address_or_a_pattern_is_a_file_that_is_not_there(name: str, elsewhere: Path) -> None:
    (elsewhere / "x1.csv").write_text("customer_id,order_date,amount\na,2024-01-01,1\n")
    with pytest.raises(AnalysisError) as refusal:
        read(Path(name))
    assert refusal.value.code.startswith("file_")


@pytest.mark.parametrize(
    "text",
    [
        "name: !!python/object/apply:os.system ['touch pwned']",
        "!!python/object/new:os.system ['touch pwned']",
        "name: !!python/name:os.system",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c",
        "name: &n x\ngoal: *n",
        "<<: {name: x}\nversion: 1\nevil: 1",
        "name: !!binary aGVsbG8=",
        "name: !!str 5",
        "name: !own x",
        "sources: !!seq []",
        "!!map {name: x}",
        "x" * 500_000,
        "name: " + "[" * 5_000,
    ],
)
def test_tags_and_anchors_of_yaml_run_and_multiply_nothing(text: str, elsewhere: Path) -> None:
    with pytest.raises(AnalysisError) as refusal:
        recipe_from_yaml(text)
    assert refusal.value.code.startswith(("recipe_", "choice_"))
    assert not list(elsewhere.iterdir())


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("pwned"),)


@pytest.mark.parametrize("name", ["x.pkl", "x.csv", "x.xlsx", "x.parquet"])
def test_a_pickle_is_never_opened(name: str, elsewhere: Path) -> None:
    content = pickle.dumps({"customer_id": [Evil()]})
    with pytest.raises(AnalysisError):
        read_file(content, name=name)
    assert not list(elsewhere.iterdir())


def test_no_room_opens_a_pickle(root: Path) -> None:
    for room in ("analysis", "ui", "pages", "commands", "texts"):
        for path in (root / room).rglob("*.py"):
            text = path.read_text("utf-8")
            assert not any(
                word in text for word in ("import pickle", "read_pickle", "joblib.load", "allow_pickle=True")
            )


@pytest.mark.parametrize(
    "cell",
    [
        *("1" + "0" * 200_000, "a" * 200_000, "1," * 100_000, " " * 200_000 + "1", "-" * 200_000, "2024-" * 50_000),
        *(
            "1" + " " * 100_000 + "x",
            "1;5" + "a" * 100_000 + "9",
            "1%" + "\u3000" * 100_000 + "x",
            "(1" + " ¥" * 50_000,
        ),
    ],
)
def test_a_long_cell_takes_no_longer_than_it_is(cell: str) -> None:
    rows = "".join(f"c{i},2024-01-0{i % 9 + 1},{i}\n" for i in range(1, 30))
    content = f'customer_id,order_date,amount\n{rows}"{cell}","{cell}","{cell}"\n'.encode()
    start = time.process_time()
    tables = read_file(content, name="long.csv")
    prepare(tables, suggest(tables))
    # Work that grows with the square of the cell would take hours.
    assert time.process_time() - start < 30


def test_codes_are_told_from_names_in_one_pass() -> None:
    start = time.process_time()
    assert not CODE.fullmatch("a1" * 13 + " (b)")
    assert CODE.fullmatch("K-2024/0017") and CODE.fullmatch("a1b2c3") and not CODE.fullmatch("Anna")
    # Work that doubles with each letter would take seconds for these, and for ever for a few more.
    assert time.process_time() - start < 1


@pytest.mark.parametrize("text", ["1" * 200_000, "a" * 200_000, "微信" + "a" * 200_000, "1:" * 90_000, "Ab " * 60_000])
def test_a_long_text_is_searched_for_personal_values_in_one_pass(text: str) -> None:
    start = time.process_time()
    found_in(text)
    assert [span.kind for span in found_in("a" * 100 + " anna@example.org")] == ["email"]
    assert time.process_time() - start < 3


def test_names_of_files_and_customers_reach_no_log_and_nobody_elses_folder(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    content = "customer_id,order_date,amount,phone\n" + "".join(
        f"zqperson{i},2024-01-0{i % 9 + 1},{i},1380013800{i % 10}\n" for i in range(1, 60)
    )
    workspace = Workspace.open(tmp_path / "home")
    tables = read_file(content.encode(), name="zqfile.csv")
    study = desk.begin(workspace, tables, name="zqstudy", originals=[content.encode()])
    with pytest.raises(AnalysisError):
        desk.add(workspace, study, tables, revision=1)
    workspace.close()
    assert "zq" not in caplog.text
    for path in [own_folder(), *(tmp_path / "home").rglob("*")]:
        assert not path.stat().st_mode & 0o077, path


def test_another_studys_things_are_not_reached_by_its_ids(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    tables = [
        read_file(f"customer_id,order_date,amount\na{n},2024-01-02,{n}\n".encode(), name=f"{n}.csv") for n in (1, 2)
    ]
    mine, theirs = (desk.begin(workspace, one, name=str(n)) for n, one in enumerate(tables))
    kept = workspace.raw_tables(theirs)[0]
    with pytest.raises(AnalysisError):
        desk.remove(workspace, mine, kept.fingerprint, revision=workspace.load_recipe(mine).revision + 1)
    for bad in ("../" + theirs, theirs + "/..", "%", "*", theirs[:-1], "' OR 1=1 --"):
        with pytest.raises(AnalysisError) as refusal:
            workspace.load_recipe(bad)
        assert refusal.value.code == "study_gone"
    assert len(workspace.raw_tables(theirs)) == len(workspace.raw_tables(mine)) == 1
    workspace.close()
