"""A study travels as a zip and comes back the same; anything else is refused and changes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from analysis.errors import AnalysisError
from analysis.intake.tables import LeftOut, RawTable
from analysis.recipe import Recipe
from analysis.temporary import own_folder
from analysis.workspace import Workspace, archive

CUSTOMERS = pd.DataFrame({"customer_id": ["001", "002"], "spend": [10.5, 3.0]})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


@pytest.fixture
def exported(tmp_path: Path) -> bytes:
    source = Workspace.open(tmp_path / "source")
    study = source.create_study("春季 <b>", "launch")
    source.save_recipe(study, Recipe(name="春季", currency="CNY", goal="launch"), 0)
    source.set_setting("dismissed", ["a"], study_id=study)
    for sheet in ("订单", "会员"):
        rows = pa.table({"line": pa.array([2, 3], pa.int64()), "c0": ["001", None]})
        left_out = (LeftOut(7, "x"),)
        source.store_raw(study, RawTable("店铺.xlsx", sheet, "a" * 64, ("会员号",), 2, rows, surplus=left_out))
    source.add_snapshot(study, date(2024, 3, 1), Recipe(), {"customers": 2}, CUSTOMERS, CUSTOMERS)
    buffer = io.BytesIO()
    source.export_study(study, buffer)
    source.close()
    return buffer.getvalue()


def changed(content: bytes, **entries: bytes | None) -> io.BytesIO:
    """Return the zip with entries replaced, added, or (None) removed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, value in {**kept, **entries}.items():
            if value is not None:
                new.writestr(name, value)
    buffer.seek(0)
    return buffer


def manifest(content: bytes, **fields: Any) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        return json.dumps({**json.loads(old.read("manifest.json")), **fields}).encode()


def refusal(workspace: Workspace, source: io.BytesIO) -> AnalysisError:
    with pytest.raises(AnalysisError) as caught:
        workspace.import_study(source)
    assert workspace.studies() == []
    left = own_folder(workspace.home / ".portrait-temporary")
    assert not list(workspace.home.rglob("*.parquet")) and [path.name for path in left.iterdir()] == [".lock"]
    return caught.value


def test_a_study_comes_back_whole(workspace: Workspace, exported: bytes) -> None:
    study = workspace.import_study(io.BytesIO(exported))
    found = workspace.study(study)
    assert (found.name, found.goal, found.n_files, found.n_rows, found.n_snapshots) == ("春季 <b>", "launch", 1, 4, 1)
    assert workspace.load_recipe(study).recipe == Recipe(name="春季", currency="CNY", goal="launch")
    assert workspace.setting("dismissed", study_id=study) == ["a"]
    tables = workspace.raw_tables(study)
    assert [(table.sheet, table.columns, table.surplus) for table in tables] == [
        ("订单", ("会员号",), (LeftOut(7, "x"),)),
        ("会员", ("会员号",), (LeftOut(7, "x"),)),
    ]
    assert parquet.read_table(tables[0].rows).to_pydict() == {"line": [2, 3], "c0": ["001", None]}
    [info] = workspace.snapshots(study)
    assert info.as_of == date(2024, 3, 1) and info.summary == {"customers": 2}
    pd.testing.assert_frame_equal(workspace.load_snapshot(info.id).profiles, CUSTOMERS)


def test_it_may_be_imported_twice_and_shares_its_rows(workspace: Workspace, exported: bytes) -> None:
    first, second = (workspace.import_study(io.BytesIO(exported)) for _ in range(2))
    assert first != second
    assert workspace.raw_tables(first)[0].rows == workspace.raw_tables(second)[0].rows
    workspace.delete_study(first)
    assert len(pd.read_parquet(workspace.raw_tables(second)[0].rows)) == 2


def test_an_export_to_a_path_leaves_only_the_zip(workspace: Workspace, tmp_path: Path) -> None:
    study = workspace.create_study("empty")
    target = tmp_path / "out" / "study.zip"
    workspace.export_study(study, target)
    assert [path.name for path in target.parent.iterdir()] == ["study.zip"]
    assert workspace.study(workspace.import_study(target)).name == "empty"


def test_an_archive_cannot_change_the_rows_of_another_study(workspace: Workspace, exported: bytes) -> None:
    mine = workspace.create_study("mine")
    rows = pa.table({"line": pa.array([2, 3], pa.int64()), "c0": ["mine", "too"]})
    workspace.store_raw(mine, RawTable("店铺.xlsx", "订单", "a" * 64, ("会员号",), 2, rows))
    theirs = workspace.import_study(io.BytesIO(exported))
    assert parquet.read_table(workspace.raw_tables(mine)[0].rows)["c0"].to_pylist() == ["mine", "too"]
    assert parquet.read_table(workspace.raw_tables(theirs)[0].rows)["c0"].to_pylist() == ["001", None]


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 broken"])
def test_what_is_no_zip_is_refused(workspace: Workspace, content: bytes) -> None:
    assert refusal(workspace, io.BytesIO(content)).code == "archive_unreadable"


def test_a_truncated_or_altered_zip_is_refused(workspace: Workspace, exported: bytes) -> None:
    assert refusal(workspace, io.BytesIO(exported[:-100])).code == "archive_unreadable"
    place = exported.index(b"PAR1") + 20
    altered = exported[:place] + bytes([exported[place] ^ 0xFF]) + exported[place + 1 :]
    assert refusal(workspace, io.BytesIO(altered)).code == "archive_unreadable"


@pytest.mark.parametrize(
    "name",
    ["../evil.parquet", "/etc/passwd", "tables/../../x.parquet", "tables\\0.parquet", "model.pkl", "tables/", "C:x"],
)
def test_an_entry_with_another_name_is_refused(workspace: Workspace, exported: bytes, name: str) -> None:
    assert refusal(workspace, changed(exported, **{name: b"x"})).code == "archive_foreign"
    assert not (workspace.home.parent / "evil.parquet").exists()


def test_another_zip_is_refused(workspace: Workspace, exported: bytes) -> None:
    assert refusal(workspace, changed(exported, **{"manifest.json": None})).code == "archive_foreign"
    other = changed(exported, **{"manifest.json": manifest(exported, format="other")})
    assert refusal(workspace, other).code == "archive_foreign"


def test_a_newer_archive_is_refused(workspace: Workspace, exported: bytes) -> None:
    error = refusal(workspace, changed(exported, **{"manifest.json": manifest(exported, version=5)}))
    assert (error.code, error.facts) == ("archive_newer", {"found": 5, "supported": 4})


def test_a_bomb_is_refused_before_it_is_unpacked(
    workspace: Workspace, exported: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = changed(exported, **{"tables/0.parquet": bytes(30 * 2**20)})
    assert refusal(workspace, bomb).code == "archive_too_large"
    monkeypatch.setattr(archive, "_MAX_BYTES", 1_000)
    assert refusal(workspace, io.BytesIO(exported)).code == "archive_too_large"


def test_few_bytes_that_hold_far_more_text_are_refused_before_they_are_kept(
    workspace: Workspace, exported: bytes
) -> None:
    n = 200_000
    one = pa.DictionaryArray.from_arrays(np.zeros(n, np.int32), ["A" * 3000])
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"line": pa.array(range(n), pa.int64()), "c0": one}), buffer, store_schema=False)
    tables = json.loads(zipfile.ZipFile(io.BytesIO(exported)).read("manifest.json"))["tables"]
    told = manifest(exported, tables=[tables[0] | {"n_rows": n}, tables[1]])
    bomb = changed(exported, **{"manifest.json": told, "tables/0.parquet": buffer.getvalue()})
    assert len(bomb.getvalue()) < 2_000_000
    assert refusal(workspace, bomb).code == "archive_too_large"


def test_cells_that_are_no_text_are_refused(workspace: Workspace, exported: bytes) -> None:
    no_text = pa.array([b"\xff", None], pa.binary()).view(pa.string())
    damaged = parquet_bytes(line=pa.array([2, 3], pa.int64()), c0=no_text)
    assert refusal(workspace, changed(exported, **{"tables/0.parquet": damaged})).code == "archive_damaged"
    odd = parquet_bytes(customer_id=no_text, spend=[1.0, 2.0])
    assert refusal(workspace, changed(exported, **{"snapshots/0/profiles.parquet": odd})).code == "archive_damaged"
    assert workspace.studies() == []


def test_names_in_an_archive_are_those_that_a_file_could_have(workspace: Workspace, exported: bytes) -> None:
    tables = json.loads(zipfile.ZipFile(io.BytesIO(exported)).read("manifest.json"))["tables"]
    odd = {"file": "../../etc/a\u202eb.csv", "sheet": "x\x00\n\u200by", "columns": ["c\x07 d\u2066"]}
    told = manifest(exported, name="n\x00\u202e" + "x" * 900, tables=[tables[0] | odd, tables[1]])
    study = workspace.import_study(changed(exported, **{"manifest.json": told}))
    [info] = workspace.studies()
    assert info.name == "n " + "x" * 198
    table = next(one for one in workspace.raw_tables(study) if one.file != "店铺.xlsx")
    assert (table.file, table.sheet, table.columns) == ("a b.csv", "x y", ("c d",))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_said_and_the_study_stays(workspace: Workspace, exported: bytes) -> None:
    study = workspace.import_study(io.BytesIO(exported))
    with pytest.raises(AnalysisError) as refused, Path("/dev/full").open("wb", buffering=0) as full:
        workspace.export_study(study, full)
    assert refused.value.code == "study_not_exported"
    assert "No space left" in refused.value.facts["problem"]
    with pytest.raises(AnalysisError, match="study_not_exported"):
        workspace.export_study(study, Path("/proc/nowhere/study.zip"))
    again = io.BytesIO()
    workspace.export_study(study, again)
    assert zipfile.ZipFile(again).testzip() is None


def parquet_bytes(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "entries",
    [
        {"tables/1.parquet": None},
        {"tables/2.parquet": b"x"},
        {"snapshots/0/profiles.parquet": None},
        {"tables/0.parquet": b"no parquet"},
        {"tables/0.parquet": parquet_bytes(line=[2], c0=["one row only"])},
        {"tables/0.parquet": parquet_bytes(line=[2, 3], c0=[1, 2])},
        {"tables/0.parquet": parquet_bytes(line=[2, 3], other=["a", "b"])},
        {"tables/0.parquet": parquet_bytes(line=[2, 2], c0=["a", "b"])},
        {"tables/0.parquet": parquet_bytes(line=[2, None], c0=["a", "b"])},
        {"snapshots/0/profiles.parquet": parquet_bytes(spend=[1.0])},
        {"manifest.json": b"{"},
        {"manifest.json": b"[" * 100_000},
    ],
)
def test_parts_that_do_not_fit_are_refused(
    workspace: Workspace, exported: bytes, entries: dict[str, bytes | None]
) -> None:
    assert refusal(workspace, changed(exported, **entries)).code == "archive_damaged"


@pytest.mark.parametrize("fields", [{"evil": 1}, {"recipe": {"sql": "DROP"}}, {"name": None}, {"version": "1"}])
def test_a_manifest_that_does_not_fit_is_refused(workspace: Workspace, exported: bytes, fields: dict[str, Any]) -> None:
    assert (
        refusal(workspace, changed(exported, **{"manifest.json": manifest(exported, **fields)})).code
        == "archive_damaged"
    )
