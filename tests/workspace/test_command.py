"""``portrait workspace`` says what is there, mends it and empties the trash, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from analysis.intake.reading.read import read_file
from analysis.workspace import Workspace, desk
from analysis.workspace.sealing import keys
from analysis.workspace.upkeep import trash

ORDERS = b"customer_id,order_date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i, i) for i in range(1, 8))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    workspace = Workspace.open(tmp_path / "home")
    desk.begin(workspace, read_file(ORDERS, name="orders.csv"), name="春季", originals=[ORDERS])
    workspace.close()
    return tmp_path / "home"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["workspace", *arguments])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_a_workspace_that_is_well_is_said_to_be(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "check", "--home", str(home))
    assert code == 0 and f"Workspace in {home}: 1 study." in text and "All that the studies name is there." in text


@pytest.mark.parametrize(("language", "word"), [("en_GB.UTF-8", "can be read again"), ("zh_CN.UTF-8", "可以重新读取")])
def test_what_is_missing_is_said_and_mended(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    [rows] = home.glob("files/*/*.parquet")
    rows.unlink()
    code, text = said(capsys, "check", "--home", str(home))
    assert code == 1 and word in text and "春季" in text and not rows.exists()
    code, text = said(capsys, "repair", "--home", str(home))
    assert code == 0 and rows.exists() and "orders.csv" in text


def test_a_lost_database_is_said_and_mended(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in home.glob("portrait.sqlite*"):
        path.unlink()
    code, text = said(capsys, "check", "--home", str(home))
    assert code == 1 and "portrait workspace repair" in text and "春季: its files are there" in text
    assert said(capsys, "repair", "--home", str(home))[0] == 0


def test_the_trash_is_listed_put_back_and_emptied(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "The trash is empty." in said(capsys, "trash", "--home", str(home))[1]
    for name in ("a", "b"):
        (home / "files" / (name * 64)).mkdir()
        (home / "files" / (name * 64) / ("c" * 64 + ".parquet")).write_text("x")
    Workspace.open(home).close()
    code, text = said(capsys, "trash", "--home", str(home))
    items = trash.items(home)
    assert code == 0 and all(item.id in text and item.path in text for item in items) and len(items) == 2
    code, text = said(capsys, "trash", "--home", str(home), "--restore", items[0].id)
    assert code == 0 and (home / items[0].path).is_dir()
    assert "1 thing was deleted" in said(capsys, "trash", "--home", str(home), "--empty")[1]
    assert trash.items(home) == []
    assert said(capsys, "trash", "--home", str(home), "--restore", "x" * 32)[0] == 2


def test_where_there_is_no_workspace_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "check", "--home", str(tmp_path))
    assert code == 2 and "There is no workspace" in text and not list(tmp_path.iterdir())


@pytest.mark.parametrize(("language", "word"), [("en_GB.UTF-8", "1 row taken out"), ("zh_CN.UTF-8", "删除 1 行")])
def test_a_customer_is_forgotten_by_the_name_of_the_study_and_what_was_touched_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    code, text = said(capsys, "forget", "春季", "c3", "--home", str(home))
    assert code == 0 and "orders.csv" in text and word in text and "c3" not in text.split()
    code, text = said(capsys, "forget", "春季", "c3", "--home", str(home))
    assert code != 0 and "c3" not in text.split()


def test_two_studies_of_one_name_are_not_guessed_between(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.open(home)
    other = workspace.create_study("春季")
    workspace.close()
    code, text = said(capsys, "forget", "春季", "c3", "--home", str(home))
    assert code != 0 and other in text


def test_a_workspace_from_before_is_encrypted_and_gets_another_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    content = b"customer_id,order_date,amount,phone\n" + b"".join(
        b"c%d,2024-01-%02d,5,1381234%04d\n" % (i, i, 5000 + i) for i in range(1, 28)
    )
    with monkeypatch.context() as patch:
        patch.setattr(keys, "begin", lambda home: None)
        workspace = Workspace.open(home)
        desk.begin(workspace, read_file(content, name="orders.csv"), name="Shop", originals=[content])
        workspace.close()
    assert "not encrypted" in said(capsys, "check", "--home", str(home))[1]
    code, text = said(capsys, "rekey", "--home", str(home))
    assert code == 2 and "Encrypt it first" in text
    code, text = said(capsys, "encrypt", "--home", str(home))
    assert code == 0 and "1 table" in text and "1 upload" in text
    code, text = said(capsys, "rekey", "--home", str(home))
    assert code == 0 and "new key" in text
    key = Path(text.strip().rpartition("kept in ")[2].rstrip("."))
    assert key.is_file()
    assert str(key) in said(capsys, "check", "--home", str(home))[1]
    key.unlink()
    code, text = said(capsys, "check", "--home", str(home))
    assert code == 1 and "not on this computer" in text
    assert said(capsys, "rekey", "--home", str(home))[0] == 2
    assert said(capsys, "rekey", "--begin-anew", "--home", str(home))[0] == 0
    assert said(capsys, "check", "--home", str(home))[0] == 0
