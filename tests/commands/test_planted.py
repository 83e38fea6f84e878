"""Marked values are planted in every personal column; nothing that ``portrait run`` leaves or says holds one."""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import cli
from analysis.temporary import own_folder

N = 40
# One value per customer, none of which stands inside another text of the files.
PLANTED = {
    "姓名": [f"王{chr(0x4E8C + i)}{chr(0x5F00 + i)}" for i in range(N)],
    "手机号": [f"139{i:02}64{1735 + i:04}" for i in range(N)],
    "邮箱": [f"mark{i}.kept@example.com" for i in range(N)],
    "收货地址": [f"北京市朝阳区望京{i + 100}路{i + 11}号{i + 201}室" for i in range(N)],
    "身份证号": [f"11010519{50 + i % 40}123100{i:02}X" for i in range(N)],
    "微信号": [f"wxid_{i:03}quartz" for i in range(N)],
    "QQ": [f"8{i:02}7351946" for i in range(N)],
    "支付宝账号": [f"pay{i}.quartz@example.org" for i in range(N)],
    "银行卡号": [f"62220212345678{i:02}77" for i in range(N)],
    "车牌号": [f"京A{52100 + i}" for i in range(N)],
    "护照号": [f"E{73519400 + i}" for i in range(N)],
    "登录IP": [f"203.0.113.{i + 1}" for i in range(N)],
    "设备号": [f"86{i:02}quartz000{i:04}" for i in range(N)],
    "经纬度": [f"39.{917350 + i},116.{397128 + i}" for i in range(N)],
}
IN_TEXT = [f"打1370000{4321 + i:04}，卡号4111111111111111" for i in range(N)]


def planted_files(folder: Path) -> list[Path]:
    orders = pd.DataFrame(
        {
            "订单号": [f"D{i:05}" for i in range(3 * N)],
            "会员编号": [f"M{i % N:03}" for i in range(3 * N)],
            "收货人手机": [PLANTED["手机号"][i % N] for i in range(3 * N)],
            "买家留言": [IN_TEXT[i % N] for i in range(3 * N)],
            # Some rows are set aside: without a day, and with a personal value where a day should be.
            "下单时间": [
                "" if i % 20 == 7 else PLANTED["手机号"][i % N] if i % 20 == 9 else f"2024-0{1 + i % 9}-1{i % 10}"
                for i in range(3 * N)
            ],
            "实付金额": [10 + i for i in range(3 * N)],
        }
    )
    members = pd.DataFrame(
        {"会员编号": [f"M{i:03}" for i in range(N)], **PLANTED, "会员备注": IN_TEXT, "性别": ["男", "女"] * (N // 2)}
    )
    orders.to_csv(folder / "orders.csv", index=False)
    members.to_csv(folder / "members.csv", index=False)
    return [folder / "orders.csv", folder / "members.csv"]


def planted_texts(out: Path) -> dict[str, bytes]:
    """Return the bytes of every file, those inside archives unpacked, and of tables as text."""
    found: dict[str, bytes] = {}
    for path in (path for path in out.rglob("*") if path.is_file()):
        found[path.name] = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{path.name}:{name}": book.read(name) for name in book.namelist()}
        if path.suffix == ".parquet":
            found[path.name] = pd.read_parquet(path).to_csv().encode()
    return found


def planted_leaks(texts: dict[str, bytes]) -> list[tuple[str, str]]:
    marks = [(header, value) for header, values in PLANTED.items() for value in values]
    marks += [("买家留言", text[1:12]) for text in IN_TEXT] + [("买家留言", "4111111111111111")]
    return sorted({(name, header) for name, text in texts.items() for header, value in marks if value.encode() in text})


def test_nothing_that_a_run_leaves_or_says_holds_a_planted_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, out = planted_files(tmp_path), tmp_path / "out"
    before = set(Path(tempfile.gettempdir()).glob("*"))
    code = cli.main(["run", *map(str, files), "-o", str(out), "--only", "parquet,csv,xlsx"])
    said = capsys.readouterr()
    assert code == 0
    assert planted_leaks({**planted_texts(out), "stdout": said.out.encode(), "stderr": said.err.encode()}) == []
    own = own_folder()
    left = {path for path in set(Path(tempfile.gettempdir()).glob("*")) - before if path != own.parent}
    assert not planted_leaks({path.name: path.read_bytes() for path in (*left, *own.rglob("*")) if path.is_file()})
    # What is masked is there all the same, and keeps its kind.
    customers = pd.read_csv(out / "customers.csv", dtype="str", encoding="utf-8-sig")
    assert customers["手机号"].str.fullmatch(r"139\*{4}\d{4}").all() if "手机号" in customers else True
    aside = (out / "set_aside.csv").read_text("utf-8-sig")
    assert "卡号411111******1111" in aside and "137****" in aside


def test_unmasked_values_are_found_by_the_same_search_and_the_act_stands_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    files, out = planted_files(tmp_path), tmp_path / "out"
    asked = ["run", *map(str, files), "-o", str(out), "--only", "csv", "-q"]
    assert cli.main([*asked, "--unmask", " "]) == 2 and not out.exists()
    assert cli.main([*asked, "--unmask", "a test of 13912345678"]) == 0
    assert {header for _, header in planted_leaks(planted_texts(out))} >= {*PLANTED, "买家留言"}
    capsys.readouterr()
    assert cli.main(["audit", "show", "--action", "exported"]) == 0
    assert "folder of results" in capsys.readouterr().out
    assert cli.main(["audit", "export", "-o", str(tmp_path / "log.csv")]) == 0
    assert '"reason":"a test of 139****5678"' in (tmp_path / "log.csv").read_text("utf-8-sig").replace('""', '"')
    assert cli.main(["audit", "verify"]) == 0
    with sqlite3.connect(tmp_path / "home" / "portrait.sqlite") as connection:
        connection.execute("DELETE FROM audit")
    assert cli.main(["audit", "verify", "--lang", "zh"]) == 1
    assert "记录已丢失" in capsys.readouterr().out
    assert cli.main(["audit", "show", "--action", "stolen"]) == 2
