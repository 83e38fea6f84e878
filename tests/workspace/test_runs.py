"""Kept prepared tables come back as they were."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.engine import allow
from analysis.intake.judging.deciding import decisions
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.study import Prepared, prepare, read, suggest
from analysis.workspace.runs import DONE, load_prepared, save_prepared
from benchmarks.matrix.doors import laid_out
from benchmarks.matrix.kinds import kinds
from tests.samples import sample


@pytest.fixture(scope="module")
def tables() -> list[RawTable]:
    return list(sample().tables)


@pytest.fixture(scope="module")
def prepared(tables: list[RawTable], tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    allow(tmp_path_factory.getbasetemp())
    return prepare(tables, suggest(tables))  # in a database that may write there


def test_what_was_saved_comes_back_equal_and_half_a_folder_is_nothing(
    tables: list[RawTable], prepared: Prepared, tmp_path: Path
) -> None:
    assert load_prepared(tmp_path, tables) is None
    save_prepared(prepared, tmp_path)
    found = load_prepared(tmp_path, tables)
    assert found is not None
    pd.testing.assert_frame_equal(found.profiles.customers, prepared.profiles.customers)
    for name in ("features", "as_of", "n_after_as_of"):
        assert getattr(found.profiles, name) == getattr(prepared.profiles, name)
    for name in ("counts", "order_roles", "customer_roles", "extras", "has_time"):
        assert getattr(found.standard, name) == getattr(prepared.standard, name)
    for table in ("orders", "customers", "set_aside", "paid_back"):
        sql = f"SELECT count(*), bit_xor(hash({table})) FROM {table}"
        assert found.standard.cursor().execute(sql).fetchall() == prepared.standard.cursor().execute(sql).fetchall()
    (tmp_path / DONE).unlink()
    assert load_prepared(tmp_path, tables) is None


@pytest.mark.parametrize("name", ["currencies", "states_unknown", "days_without_year", "members_unknown"])
def test_what_is_asked_and_guessed_of_kept_tables_is_what_it_was(name: str, tmp_path: Path) -> None:
    with laid_out(next(kind for kind in kinds() if kind.name == name)) as files:
        tables = read(files)
    recipe = suggest(tables)
    allow(tmp_path)
    prepared = prepare(tables, recipe)
    save_prepared(prepared, tmp_path)
    found = load_prepared(tmp_path, tables)
    assert found is not None
    before, after = (decisions(tables, inspect(tables), recipe, one.standard) for one in (prepared, found))
    assert after == before and any(one.is_guess for one in after)


@pytest.mark.parametrize("name", [DONE, "profiles.parquet", "orders.parquet", "customers.parquet"])
@pytest.mark.parametrize("content", [b"garbage", b"", None])
def test_what_was_kept_and_is_damaged_is_nothing_and_made_anew(
    name: str, content: bytes | None, tmp_path: Path, prepared: Prepared, tables: list[RawTable]
) -> None:
    save_prepared(prepared, tmp_path)
    (tmp_path / name).unlink() if content is None else (tmp_path / name).write_bytes(content)
    assert load_prepared(tmp_path, tables) is None
    save_prepared(prepared, tmp_path)
    assert load_prepared(tmp_path, tables) is not None
