"""The front door for machines: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import cli
from analysis.intake.standard.merges import Merges

ORDERS = "会员号,手机号,下单日期,实付金额,订单状态\n" + "".join(
    f"{i % 30:03d},138000000{i % 30:02d},2024-{i % 12 + 1:02d}-{i % 28 + 1:02d},{(i * 7) % 90 + 1}.5,"
    f"{'退款成功' if i % 40 == 0 else '交易成功'}\n"
    for i in range(300)
)


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "订单.csv"
    path.write_bytes(ORDERS.encode("gb18030"))
    return path


@pytest.fixture(scope="module")
def out(orders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    assert cli.main(["run", str(orders), "-o", str(folder)]) == 0
    return folder


def test_inspect_says_what_stands_in_the_file(orders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(orders), "--json"]) == 0
    [table] = json.loads(capsys.readouterr().out)["tables"]
    assert (table["kind"], table["encoding"], table["header_row"], table["rows"]) == ("orders", "gb18030", 1, 300)
    roles = {column["name"]: column["role"] for column in table["columns"]}
    assert roles == {
        "会员号": "customer_id", "手机号": "phone", "下单日期": "order_date", "实付金额": "amount",
        "订单状态": "status",
    }  # fmt: skip
    assert cli.main(["inspect", str(orders)]) == 0
    text = capsys.readouterr().out
    assert "会员号" in text and "customer_id" in text and "13800000001" not in text


def test_the_outputs_are_there_and_agree(out: Path) -> None:
    names = {"summary.json", "profiles.parquet", "segments.xlsx", "set_aside.csv", "recipe.yaml"}
    assert names <= {path.name for path in out.iterdir()}
    assert not [path for path in out.iterdir() if path.name.endswith(".part")]
    found = json.loads((out / "summary.json").read_text("utf-8"))
    profiles = pd.read_parquet(out / "profiles.parquet")
    assert (found["customers"], found["buyers"]) == (len(profiles), int((profiles["n_orders"] > 0).sum())) == (30, 30)
    assert found["revenue"] == pytest.approx(profiles["spend"].sum())
    [(key, table)] = found["tables"].items()
    assert (key, table["read"], table["set_aside"]) == ("订单.csv", 300, {"excluded_state": 8})
    assert table["kept"] == 292
    sizes = profiles["segment_rfm"].value_counts().to_dict()
    assert {s["key"]: s["customers"] for s in found["segmentations"]["rfm"]["segments"] if s["customers"]} == sizes
    aside = pd.read_csv(out / "set_aside.csv", dtype="str", encoding="utf-8-sig")
    assert list(aside["line"]) == [str(2 + i) for i in range(0, 300, 40)]
    assert set(aside["手机号"]) <= {f"138****00{i:02d}" for i in range(30)}
    assert "13800000001" not in profiles.to_csv() and "13800000001" not in aside.to_csv()
    book = openpyxl.load_workbook(out / "segments.xlsx", read_only=True)
    cells = [
        [str(cell) for cell in row if cell is not None] for sheet in book for row in sheet.iter_rows(values_only=True)
    ]
    assert sum(row[:1] == ["000"] for row in cells) >= 1
    assert not any("13800000001" in cell for row in cells for cell in row)


def test_the_same_file_again_gives_the_same_bytes_with_and_without_its_recipe(
    orders: Path, out: Path, tmp_path: Path
) -> None:
    assert cli.main(["run", str(orders), "--recipe", str(out / "recipe.yaml"), "-o", str(tmp_path / "o")]) == 0
    for name in ("summary.json", "recipe.yaml", "set_aside.csv"):
        assert (tmp_path / "o" / name).read_bytes() == (out / name).read_bytes()
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "o" / "profiles.parquet"), pd.read_parquet(out / "profiles.parquet")
    )


def test_confirmed_merges_are_applied_and_kept_by_the_next_run(orders: Path, out: Path, tmp_path: Path) -> None:
    merges = Merges().decide([("000", "001"), ("001", "002")], "same").decide([("003", "004")], "different")
    kept = tmp_path / "merges.json"
    kept.write_text(merges.model_dump_json(), "utf-8")
    before = pd.read_parquet(out / "profiles.parquet").set_index("customer_id")
    assert cli.main(["run", str(orders), "--merges", str(kept), "-o", str(tmp_path / "o")]) == 0
    after = pd.read_parquet(tmp_path / "o" / "profiles.parquet").set_index("customer_id")
    united = ["000", "001", "002"]
    assert (len(before), len(after)) == (30, 28)
    [one] = set(united) & set(after.index)
    assert after.loc[one, "spend"] == pytest.approx(before.loc[united, "spend"].sum())
    assert after.loc[one, "n_orders"] == before.loc[united, "n_orders"].sum()
    assert {"003", "004"} <= set(after.index)
    assert after["spend"].sum() == pytest.approx(before["spend"].sum())


@pytest.mark.parametrize("content", [None, b"not json", b'{"links": [{"first": "x"}]}'])
def test_merges_that_cannot_be_read_are_one_plain_line(
    content: bytes | None, orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "merges.json"
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["run", str(orders), "--merges", str(path), "-o", str(tmp_path / "out")]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("portrait: ")]
    assert len(lines) == 1 and "merges.json" in lines[0] and "Traceback" not in lines[0]
    assert not (tmp_path / "out").exists()


def test_recipe_prints_or_writes_the_same_recipe(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["recipe", str(orders)]) == 0
    printed = capsys.readouterr().out
    assert cli.main(["recipe", str(orders), "-o", str(tmp_path / "r.yaml")]) == 0
    written = (tmp_path / "r.yaml").read_text("utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "there.yaml")
    assert cli.main(["recipe", str(orders), "-o", str(tmp_path / "link.yaml")]) == 0
    assert (tmp_path / "link.yaml").is_symlink() and (tmp_path / "there.yaml").read_text("utf-8") == written
    assert (tmp_path / "r.yaml").read_text("utf-8") == printed and "returns: net" in printed


BAD = {
    "empty.csv": b"",
    "header.csv": b"customer id,order date,amount\n",
    "page.csv": b"<html><table></table></html>",
    "pointer.csv": b"version https://git-lfs.github.com/spec/v1\n",
    "who.csv": b"order date,amount\n2024-01-01,5\n2024-01-02,6\n",
    "when.csv": b"customer id,amount\na,5\nb,6\na,7\n",
    "soon.csv": b"customer id,order date,amount\na,soon,5\nb,later,6\na,then,7\n",
    "wide.csv": (",".join(f"c{i}" for i in range(16384)) + "\n" + ",".join("1" * 16384)).encode(),
    "cut.xlsx": b"PK\x03\x04" + b"\x00" * 100,
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "gone.csv": None,
}

LACKS_A_COLUMN = ("who.csv", "when.csv")  # below the sentence stand the lines of a recipe that name one


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_plain_line_in_the_readers_language(
    name: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    path = tmp_path / name
    if (content := BAD[name]) is not None:
        path.write_bytes(content)
    assert cli.main(["run", str(path), "-o", str(tmp_path / "out")]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("portrait: ")]
    ways_on = lines[1:] if name in LACKS_A_COLUMN else []
    assert len(lines) == 1 + len(ways_on) and "Traceback" not in lines[0] and name in lines[0]
    assert bool(ways_on) == (name in LACKS_A_COLUMN) and all("Traceback" not in line for line in ways_on)
    assert lines[0].endswith("。" if language.startswith("zh") else ".")
    assert not (tmp_path / "out").exists()


def test_what_is_written_to_a_terminal_cannot_command_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked = ["audit", "show", "--action", "a\x1b[2Jb\u202exls"]
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert cli.main(asked) == 2 and sys.stderr is shown
    assert "a\ufffd[2Jb\ufffdxls" in shown.getvalue() and shown.getvalue().endswith("\n")
    monkeypatch.undo()
    assert cli.main(asked) == 2
    assert "a\x1b[2Jb" in capsys.readouterr().err  # to a pipe as it is


def test_a_terminal_that_cannot_write_a_letter_gets_no_traceback(root: Path, orders: Path) -> None:
    import os

    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "cli.py", "inspect", str(orders)], cwd=root, capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-300:]
