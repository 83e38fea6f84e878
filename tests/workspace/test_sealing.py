"""Personal data at rest is encrypted: no file of a workspace holds a value, and who has the key reads it as before."""

from __future__ import annotations

import io
import os
import shutil
import signal
import stat
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import cli
from analysis.engine import Row, connect, fetch_rows
from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.sealed import ring
from analysis.study import begin
from analysis.workspace import Workspace, desk
from analysis.workspace.home import KEYS
from analysis.workspace.preview import first_rows
from analysis.workspace.runs import load_prepared, save_prepared
from analysis.workspace.sealing import keys
from benchmarks.apart import run_apart
from tests.workspace.killed import encrypt, rekey, until

NAMES = ("Zebulon Quimby", "王小明", "Ottilie Brandt")
PHONES = tuple(f"1381234{n}" for n in range(5000, 5040))
# The customer of every order is known by name, and phones stand beside it.
ORDERS = "手机号,下单时间,实付金额,收货人,备注,城市\n" + "".join(
    f"{PHONES[i % 40]},2024-0{1 + i % 6}-{10 + i % 18},{20 + i},{NAMES[i % 3]},电话{PHONES[i % 40]},北京\n"
    for i in range(120)
)
PLANTED = [text.encode() for text in (*NAMES, *PHONES)]
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9, which Windows does not have")


def filled(home: Path) -> tuple[Workspace, str]:
    """Return a workspace with rows, an upload, prepared tables and a snapshot, and its study."""
    workspace = Workspace.open(home)
    content = ORDERS.encode()
    study = desk.begin(workspace, read_file(content, name="orders.csv"), name="Shop", originals=[content])
    run = begin(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
    save_prepared(run.prepared(), workspace.run_folder(study, "v1"))
    profiles = run.prepared().profiles.customers
    workspace.add_snapshot(study, date(2024, 6, 30), Recipe(), {}, profiles, pd.DataFrame({"segment": ["a"]}))
    return workspace, study


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    workspace, study = filled(tmp_path_factory.mktemp("sealed") / "home")
    workspace.close()
    return workspace.home, study


@pytest.fixture
def home(base: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(base[0], tmp_path / "home"))


@pytest.fixture
def study(base: tuple[Path, str]) -> str:
    return base[1]


@pytest.fixture
def key_file(home: Path, portrait_keys: Path) -> Path:
    """Return the file of the key, set aside from the other tests."""
    return keys.file_of(keys.Wrapped.model_validate_json((home / KEYS).read_bytes()))


@pytest.fixture
def hidden(key_file: Path, tmp_path: Path):
    """Hide the key while the test runs."""
    shutil.move(key_file, tmp_path / "key")
    yield tmp_path / "key"
    shutil.move(tmp_path / "key", key_file)


def values_in(home: Path) -> dict[str, bytes]:
    """Return a planted value of each file that holds one, read as it stands and as a table."""
    found = {}
    for path in (path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += pd.read_parquet(path).to_csv().encode()
        if there := [value for value in PLANTED if value in content]:
            found[path.relative_to(home).as_posix()] = there[0]
    return found


def cells(table: RawTable) -> list[Row]:
    with connect() as connection:
        return fetch_rows(connection, f"SELECT * FROM ({table.scan_sql()}) ORDER BY line")


def test_no_file_holds_a_personal_value_and_everything_is_read_as_it_was(home: Path, study: str) -> None:
    workspace = Workspace.open(home)
    assert workspace.key_state == "open" and values_in(home) == {}
    [table] = workspace.raw_tables(study, thorough=True)
    assert cells(table)[1][1:] == (PHONES[1], "2024-02-11", "21", NAMES[1], f"电话{PHONES[1]}", "北京")
    assert workspace.original(table.fingerprint) == ORDERS.encode()
    assert workspace.has_original(table.fingerprint)
    assert not workspace.has_original("0" * 64) and not workspace.has_original("../" + table.fingerprint)
    assert first_rows(table, most=2)["收货人"].tolist() == list(NAMES[:2])
    result = begin([table], workspace.load_recipe(study).recipe).prepared()
    assert sorted(result.profiles.customers["customer_id"]) == sorted(NAMES)
    kept = load_prepared(workspace.run_folder(study, "v1"), [table])
    assert kept is not None
    pd.testing.assert_frame_equal(kept.profiles.customers, result.profiles.customers)
    orders = "SELECT customer_id, order_date, amount FROM orders ORDER BY ALL"
    assert fetch_rows(kept.standard.connection, orders) == fetch_rows(result.standard.connection, orders)
    snapshot = workspace.load_snapshot(workspace.snapshots(study)[0].id)
    pd.testing.assert_frame_equal(snapshot.profiles, result.profiles.customers)


def test_one_customer_of_a_snapshot_is_found_by_an_id_that_is_sealed(home: Path, study: str) -> None:
    workspace = Workspace.open(home)
    found = workspace.customer_before(study, NAMES[1], date(2025, 1, 1))
    assert found is not None and found[0].values is not None
    assert found[0].values["customer_id"] == NAMES[1] and found[0].values["phone"] in PHONES
    nobody = workspace.customer_before(study, "Nobody", date(2025, 1, 1))
    assert nobody is not None and nobody[0].values is None


def test_columns_that_are_not_personal_stand_open_and_ids_as_their_hmac(home: Path, study: str) -> None:
    [table] = Workspace.open(home).raw_tables(study)
    assert isinstance(table.rows, Path)
    open_part = pd.read_parquet(table.rows)
    assert open_part["c2"].tolist()[:2] == ["20", "21"] and set(open_part["c5"]) == {"北京"}
    assert open_part["c4"].isna().all()  # free text
    assert open_part["c0"].nunique() == len(PHONES) and open_part["c0"].str.fullmatch("[0-9a-f]{32}").all()


def test_another_workspace_has_other_keys_and_each_file_a_key_of_its_own(home: Path, tmp_path: Path) -> None:
    workspace, study = filled(tmp_path / "other")
    ids = [pd.read_parquet(place)["c0"][0] for place in (home / "files").rglob("*.parquet")]
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path) and pd.read_parquet(table.rows)["c0"][0] not in ids
    ours = ring.ring_of(workspace.home)
    assert ours is not None and len({ours.wrap(ring.new_key(), "x") for _ in range(3)}) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_the_key_lies_outside_of_the_workspace_for_its_owner_alone(home: Path, key_file: Path) -> None:
    assert home not in key_file.parents
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_text("utf-8").encode() not in (home / KEYS).read_bytes()


def test_a_lost_key_loses_the_personal_columns_and_nothing_else(home: Path, study: str, hidden: Path) -> None:
    workspace = Workspace.open(home)
    assert workspace.key_state == "lost"
    [table] = workspace.raw_tables(study, thorough=True)
    read = cells(table)
    assert [row[2:4] for row in read[:2]] == [("2024-01-10", "20"), ("2024-02-11", "21")]
    assert not any(value.decode() in str(read) for value in PLANTED)
    customers = begin([table], workspace.load_recipe(study).recipe).prepared().profiles.customers
    assert len(customers) == len(NAMES) and customers["spend"].sum() == sum(20 + i for i in range(120))
    snapshot = workspace.load_snapshot(workspace.snapshots(study)[0].id)
    assert snapshot.profiles["spend"].tolist() and not set(NAMES) & set(snapshot.profiles["customer_id"])
    assert workspace.original(table.fingerprint) is None
    for act in (workspace.rekey, workspace.encrypt, lambda: workspace.export_study(study, io.BytesIO())):
        with pytest.raises(AnalysisError, match="workspace_key_lost"):
            act()
    with pytest.raises(AnalysisError, match="workspace_key_lost"):
        desk.begin(workspace, read_file(ORDERS.encode(), name="again.csv"))


def test_without_the_key_nothing_is_handed_over_in_full(
    home: Path, study: str, hidden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "list.csv"
    asked = ["list", "make", study, "--home", str(home), "-o", str(out), "--unmask", "news", "--lang", "en"]
    assert cli.main(asked) == 2 and not out.exists()  # hashes would stand where names do
    assert capsys.readouterr().err.startswith("The key of this workspace is not on this computer")
    workspace = Workspace.open(home)
    with pytest.raises(AnalysisError, match="workspace_key_lost"):
        workspace.hand_over(study, "May", reason="news")
    assert not workspace.campaigns(study) and all(entry.action != "exported" for entry in workspace.audit())


def test_a_wrong_key_is_refused(home: Path, study: str, hidden: Path, key_file: Path) -> None:
    for wrong in ("no key", "A" * 43 + "="):
        key_file.write_text(wrong, "utf-8")
        workspace = Workspace.open(home)
        assert workspace.key_state == "wrong" and not values_in(home)
        with pytest.raises(AnalysisError, match="workspace_key_wrong"):
            workspace.rekey()
        assert not any(value.decode() in str(cells(workspace.raw_tables(study)[0])) for value in PLANTED)
    key_file.unlink()


def test_rows_of_a_workspace_that_nobody_opened_here_are_refused(home: Path, study: str) -> None:
    [table] = Workspace.open(home).raw_tables(study)
    ring.hold(home, None)
    for read in (cells, first_rows):
        with pytest.raises(AnalysisError, match="workspace_not_opened"):
            read(table)
    assert len(cells(Workspace.open(home).raw_tables(study)[0])) == 120


def test_without_the_file_of_its_content_keys_a_workspace_says_that_the_key_is_lost(home: Path, study: str) -> None:
    (home / KEYS).unlink()
    workspace = Workspace.open(home)
    assert workspace.key_state == "lost" and cells(workspace.raw_tables(study)[0])[0][3] == "20"
    with pytest.raises(AnalysisError, match="workspace_key_lost"):
        workspace.rekey()
    workspace.rekey("begin_anew")
    assert workspace.key_state == "open"


def test_after_a_lost_key_a_new_one_seals_what_comes(home: Path, study: str, hidden: Path) -> None:
    workspace = Workspace.open(home)
    workspace.rekey("begin_anew")
    again = desk.begin(workspace, read_file(ORDERS.encode(), name="again.csv"))
    workspace.close()
    workspace = Workspace.open(home)
    assert workspace.key_state == "open" and values_in(home) == {}
    assert cells(workspace.raw_tables(again)[0])[0][1] == PHONES[0]
    assert cells(workspace.raw_tables(study)[0])[0][1] != PHONES[0]
    with pytest.raises(AnalysisError, match="workspace_key_there"):
        workspace.rekey("begin_anew")


def test_another_key_opens_everything_and_the_old_one_nothing(
    base: tuple[Path, str], tmp_path: Path, portrait_keys: Path
) -> None:
    workspace, study = filled(tmp_path / "home")
    old = keys.file_of(keys.Wrapped.model_validate_json((workspace.home / KEYS).read_bytes()))
    old_key = old.read_text("utf-8")
    workspace.rekey()
    assert not old.exists() and workspace.audit()[0].action == "rekeyed"
    workspace.close()
    workspace = Workspace.open(workspace.home)
    assert cells(workspace.raw_tables(study)[0])[0][1] == PHONES[0]
    assert workspace.original(workspace.raw_tables(study)[0].fingerprint) == ORDERS.encode()
    now = keys.file_of(keys.Wrapped.model_validate_json((workspace.home / KEYS).read_bytes()))
    now.write_text(old_key, "utf-8")
    assert Workspace.open(workspace.home).key_state == "wrong"


def killed_at(due: int, act: Callable[[Path], object], home: Path) -> bool:
    """Do something in a process that is killed before its ``due``-th step on the disk; say whether it was."""
    code = run_apart(until, act, home, due)
    assert code in (0, -signal.SIGKILL), code
    return code != 0


@needs_fork
def test_a_kill_while_the_key_is_changed_leaves_one_key_that_opens_everything(tmp_path: Path) -> None:
    workspace, study = filled(tmp_path / "home")
    workspace.close()
    due = 1
    while killed_at(due, rekey, tmp_path / "home"):
        after = Workspace.open(tmp_path / "home")
        assert after.key_state == "open"
        assert cells(after.raw_tables(study)[0])[0][1] == PHONES[0]
        assert after.original(after.raw_tables(study)[0].fingerprint) == ORDERS.encode()
        after.close()
        due += 1
    assert due > 5


@needs_fork
def test_a_kill_while_a_workspace_is_encrypted_leaves_each_file_as_it_was_or_as_it_is_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(keys, "begin", lambda home: None)  # as an earlier version left it
        workspace, study = filled(tmp_path / "plain")
    assert workspace.key_state == "none" and len(values_in(workspace.home)) >= 4
    expected = cells(workspace.raw_tables(study)[0])
    workspace.close()
    due, step = 1, 3
    while True:
        home = Path(shutil.copytree(tmp_path / "plain", tmp_path / f"home{due}"))
        was_killed = killed_at(due, encrypt, home)
        after = Workspace.open(home)
        assert cells(after.raw_tables(study, thorough=True)[0]) == expected
        assert after.original(after.raw_tables(study)[0].fingerprint) == ORDERS.encode()
        assert not after.damaged_snapshots(study)
        after.encrypt()  # goes on where it stopped
        assert values_in(home) == {} and cells(after.raw_tables(study)[0]) == expected
        after.close()
        shutil.rmtree(home)
        if not was_killed:
            break
        due += step
    assert due > 10


def test_a_study_goes_as_an_archive_in_full_and_is_sealed_where_it_comes(
    home: Path, study: str, tmp_path: Path
) -> None:
    content = io.BytesIO()
    Workspace.open(home).export_study(study, content)
    with zipfile.ZipFile(content) as archive:
        assert PHONES[0] in pd.read_parquet(io.BytesIO(archive.read("tables/0.parquet")))["c0"].tolist()
    there = Workspace.open(tmp_path / "elsewhere")
    copy = there.import_study(io.BytesIO(content.getvalue()))
    assert values_in(there.home) == {}
    assert cells(there.raw_tables(copy)[0])[0][1] == PHONES[0]
    assert there.load_snapshot(there.snapshots(copy)[0].id).profiles["customer_id"][0] in NAMES


def test_sealed_columns_that_are_damaged_are_read_again_from_the_upload(home: Path, study: str) -> None:
    workspace = Workspace.open(home)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    [part] = table.rows.parent.glob("*.sealed")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(bytes(content))
    with pytest.raises(AnalysisError, match="stored_rows_damaged"):
        workspace.raw_tables(study, thorough=True)
    desk.read_again(workspace, study)
    assert cells(workspace.raw_tables(study, thorough=True)[0])[0][1] == PHONES[0]
    assert not part.exists()


def test_what_is_removed_goes_with_its_sealed_columns(home: Path, study: str) -> None:
    workspace = Workspace.open(home)
    workspace.delete_study(study)
    assert not list((home / "files").rglob("*")) and not list(home.rglob("*.sealed"))
