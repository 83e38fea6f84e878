"""What a study keeps of what was asked of its files never changes a figure, whatever became of it or of the files."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.answers.asked import key_of, question, remembered, rows_named, within
from analysis.engine import connect, fetch_rows
from analysis.intake.judging.quality import quality_dict
from analysis.intake.reading.read import read_file
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import begin, suggest
from analysis.workspace import Workspace, desk
from analysis.workspace.stores.answers import INDEX, PREFIX, KeptAnswers

NAMES = ("王小明", "Ottilie Brandt")
HEADERS = "订单号,手机号,下单时间,商品,实付金额,订单状态,收货人"


def month(number: int, *, price: float = 1.0, also: tuple[str, ...] = ()) -> bytes:
    """Return a month of orders: returns, calls off, tests, equal lines, odd cells, phones and names."""
    draw = random.Random(number)
    rows = []
    for at in range(48):
        day = date(2024, number, 1) + timedelta(days=at % 28)
        paid = round(draw.randint(3, 90) * price, 2)
        shown = f"¥{paid:,.2f}" if at % 9 == 0 else f"-{paid}" if at % 17 == 0 else "?" if at == 31 else str(paid)
        state = "已取消" if at % 13 == 0 else "已完成"
        thing = "测试" if at == 40 else draw.choice(("Tea", "tea", "壶"))
        phone = f"1381234{5000 + draw.randrange(12)}"
        rows.append(f"{number}{at:03d},{phone},{day:%Y/%m/%d},{thing},{shown},{state},{NAMES[at % 2]}")
    rows += [rows[5], rows[5], *also]
    return "\n".join([HEADERS, *rows, ""]).encode()


def tables_of(*contents: bytes) -> list[RawTable]:
    return [table for at, one in enumerate(contents) for table in read_file(one, name=f"m{at}.csv")]


def recipe_of(tables: list[RawTable], **cleaning: Any) -> Recipe:
    found = suggest(tables)
    return found.model_copy(update={"segmentations": (), "cleaning": found.cleaning.model_copy(update=cleaning)})


def told(tables: list[RawTable], recipe: Recipe) -> dict[str, Any]:
    """Return everything that a study says of its files, up to its profiles."""
    study = begin(tables, recipe)
    standard, quality = study.prepared().standard, study.quality()
    with standard.cursor() as cursor:
        rows = {name: sorted(map(repr, fetch_rows(cursor, f"FROM {name}"))) for name in ("orders", "set_aside")}
    return rows | {
        "customers": study.prepared().profiles.customers.to_csv(),
        "guesses": [(one.kind, one.columns) for one in study.guesses()],
        "notes": standard.notes,
        "roles": standard.order_roles,
        "quality": quality_dict(quality),
        "findings": quality.findings,
        "decisions": study.decisions(),
    }


FIRST = month(1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that two months left."""
    runs = tmp_path_factory.mktemp("answers") / "runs"
    tables, answers = tables_of(FIRST), KeptAnswers(runs)
    with within(answers):
        told(tables, recipe_of(tables))
    answers.save()
    return runs


@pytest.fixture
def runs(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "runs"))


def exchange_answers(answers: KeptAnswers) -> None:
    """Put the answer to one question in the place of that to another."""
    path = answers.place / INDEX
    table = pd.read_parquet(path)
    table["answer"] = table["answer"].sample(frac=1, random_state=1).to_numpy()
    table.to_parquet(path)


NEXT: dict[str, tuple[tuple[bytes, ...], dict[str, Any], int]] = {
    "a new month that tells an old order again": ((FIRST, month(2, also=(FIRST.decode().split("\n")[7],))), {}, 1),
    "a corrected month and another recipe": ((month(1, price=1.5),), {"test_orders": "set_aside"}, 0),
    "another recipe": ((FIRST,), {"test_orders": "set_aside", "returns": "set_aside", "categories": "keep"}, 0),
}


@pytest.mark.parametrize("case", NEXT)
def test_what_was_asked_before_changes_no_figure(runs: Path, case: str) -> None:
    contents, cleaning, n_rows = NEXT[case]
    tables = tables_of(*contents)
    recipe, answers = recipe_of(tables, **cleaning), KeptAnswers(runs)
    before = set(answers.there)
    with within(answers):
        found = told(tables, recipe)
    taken = before & set(answers.used)
    assert sum(name.startswith("rows ") for name in taken) == n_rows
    assert bool(taken) == (FIRST in contents)
    for part, value in told(tables, recipe).items():
        assert found[part] == value, part


def test_what_is_damaged_or_exchanged_is_not_there_and_what_another_version_kept_goes(runs: Path) -> None:
    answers = KeptAnswers(runs)
    n, rows = len(answers.there), [name.removeprefix("rows ") for name in answers.there if name.startswith("rows ")]
    assert rows and all(map(answers.rows, rows))
    [one] = rows
    answers.file(one).write_bytes(b"PAR1")
    assert answers.rows(one) is None
    exchange_answers(answers)
    assert len(KeptAnswers(runs).there) < 0.2 * n  # equal answers may change places
    index = answers.place / INDEX
    index.write_bytes(index.read_bytes()[:300])
    assert KeptAnswers(runs).there == {}
    answers.place.rename(runs / f"{PREFIX}0123")
    other = KeptAnswers(runs)
    assert other.there == {}
    other.save()
    assert [path.name for path in runs.iterdir()] == [other.place.name]


def test_a_damaged_text_is_computed_anew(tmp_path: Path) -> None:
    answers = KeptAnswers(tmp_path)
    answers.there[key_of("sum")] = '{"d": "2024-02-30"}'
    with within(answers):
        assert remembered("sum", lambda: 3) == 3
        assert remembered("sum", lambda: 4) == 3


def test_what_reads_anything_else_is_not_kept() -> None:
    rows = rows_named("raw", 1, "a")
    for sql in (
        f"SELECT count(*) FROM {rows}, orders",
        f"SELECT count(*) FROM {rows} r, orders",
        f"SELECT count(*) FROM {rows} LEFT JOIN lines_1 USING (line)",
        f"SELECT count(*) FROM {rows} WHERE c0 IN (FROM forgotten_customer)",
        f"SELECT (SELECT count(*) FROM set_aside) FROM {rows}",
        f"SELECT count(*) FROM {rows}_with_blank_ids",
        f"SELECT count(*) FROM {rows} WHERE c1 < current_date",
        "SELECT count(*) FROM orders",
        "SELECT 1",
    ):
        assert question(sql) is None, sql
    assert question(f"SELECT count(*) FROM (SELECT * FROM {rows}) a JOIN {rows} b USING (line)") is not None
    same = f"SELECT count(*) FROM {rows} a JOIN {rows} b ON a.c0 IS NOT DISTINCT FROM b.c0"
    assert question(same) is not None and question(f"{same} JOIN orders USING (line)") is None
    assert question(f"SELECT count(*) FROM {rows} a JOIN {rows} b ON a.c0 IS DISTINCT FROM (FROM orders)") is None
    assert question(f"SELECT count(*) FROM {rows} WHERE c0 = ?", [1]) != question(
        f"SELECT count(*) FROM {rows} WHERE c0 = ?", ["1"]
    )


def test_equal_answers_come_back_with_their_types(tmp_path: Path) -> None:
    name = rows_named("raw", 1, "x")
    values = (
        "1::DECIMAL(24,6), 0.1::DOUBLE, DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.4', [1, 2], 'nan'::DOUBLE"
    )
    with connect() as connection:
        connection.execute(f"CREATE TABLE {name} AS SELECT 1 AS a")
        sql = f"SELECT {values}, 'é\"x' FROM {name}"
        expected = fetch_rows(connection, sql)
        answers = KeptAnswers(tmp_path)
        with within(answers):
            fetch_rows(connection, sql)
        answers.save()
        connection.execute(f"DROP TABLE {name}")
        with within(KeptAnswers(tmp_path)):
            found = fetch_rows(connection, sql)
    assert repr(found) == repr(expected)


def test_an_encrypted_workspace_keeps_no_name_and_no_phone_in_the_open(portrait_home: Path) -> None:
    workspace = Workspace.open(portrait_home)
    study = desk.begin(workspace, tables_of(FIRST), name="Shop")
    workspace.encrypt()
    tables = workspace.raw_tables(study)
    recipe = recipe_of(tables)
    answers = workspace.answers(study)
    with within(answers):
        expected = told(tables, recipe)
    answers.save()
    files = [path for path in answers.place.rglob("*") if path.is_file()]
    assert len([path for path in files if path.suffix == ".parquet"]) == 2
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += pd.read_parquet(path).to_csv().encode()
        assert not [one for one in (*NAMES, "13812345003") if one.encode() in content], path.name
    again = workspace.answers(study)
    assert again.there.keys() == answers.used.keys()
    with within(again):
        assert told(tables, recipe) == expected
    assert sum(name.startswith("rows ") for name in again.used) == 1
    workspace.close()
