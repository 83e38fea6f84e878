"""A list from the command line: the steps, the file with its reason in the log, and what came of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd

import cli
from analysis.study import read, suggest
from analysis.workspace import Workspace, desk
from texts import translator


def shop(folder: Path) -> str:
    rows = [
        f"C{n:03},2024-0{month}-{1 + n % 27:02},{10 + n},1380013{n:04}"
        for n in range(60) for month in range(1, 2 + n % 5)
    ]  # fmt: skip
    path = folder / "orders.csv"
    path.write_text("\n".join(["customer_id,order_date,amount,phone", *rows]), "utf-8")
    workspace = Workspace.open()
    study = workspace.create_study("Shop")
    stored = [workspace.store_raw(study, table) for table in read(path)]
    workspace.save_recipe(study, suggest(stored), 0)
    workspace.close()
    return study


def test_a_list_is_shown_made_logged_and_read(tmp_path: Path, capsys) -> None:
    study = shop(tmp_path)
    assert cli.main(["list", "steps", "Shop", "--channel", "sms", "--name", "May", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0]["customers"] == 60 and told[-1] == {**told[-1], "step": "sent", "customers": 54, "gone": {"held": 6}}
    out = tmp_path / "list.csv"
    made = ["list", "make", "Shop", "--channel", "sms", "--name", "May", "-o", str(out)]
    assert cli.main([*made, "--unmask", " "]) == 2 and not out.exists()
    assert cli.main([*made, "--unmask", "a test", "--layout", "faxes"]) == 2 and not out.exists()
    assert cli.main([*made, "--unmask", "spring news"]) == 0
    rows = pd.read_csv(out, dtype=str)
    assert len(rows) == 54 and rows.iloc[:, 1].str.fullmatch(r"\+\d+").all()
    assert set(rows["May be contacted"]) == {"nobody has confirmed it"}
    workspace = Workspace.open()
    entry = workspace.audit()[0]
    assert (entry.action, entry.facts["reason"], entry.facts["rows"]) == ("exported", "spring news", 54)
    [kept] = workspace.campaigns(study)
    assert kept.state == "sent" and kept.n_held == 6
    assert cli.main([*made, "--unmask", "again"]) == 2  # the name is taken
    # The next list leaves alone whoever was written to, and those held out until the measuring days are over.
    capsys.readouterr()
    assert cli.main(["list", "steps", "Shop", "--name", "June", "--hold-out", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["customers"] == 0
    results = tmp_path / "results.csv"
    held = {f"C{n:03}" for n in range(60)} - set(rows.iloc[:, 0])
    given = [f"{one},yes" for one in rows.iloc[:30, 0]] + [f"{one},no" for one in held]
    results.write_text("\n".join(["customer,responded", *given]), "utf-8")
    assert cli.main(["list", "results", "Shop", "May", str(results)]) == 0
    assert "56%" in capsys.readouterr().out
    assert cli.main(["list", "results", "Shop", "July"]) == 2
    # Advertisers get nobody before a person has confirmed it, once for the study; each row then says when.
    more = ["list", "make", "Shop", "--quiet-days", "0", "--name", "July", "-o", str(out), "--unmask", "more"]
    assert cli.main([*more, "--layout", "audience"]) == 2 and len(workspace.campaigns(study)) == 1
    assert cli.main([*more, "--contact-confirmed"]) == 0
    assert workspace.care(study).contact_confirmed == date.today()
    assert pd.read_csv(out)["May be contacted"].str.startswith("confirmed on ").all()
    done = workspace.campaigns(study)[0]
    assert done.came is not None and done.state == "done"


def test_commands_say_what_a_trade_calls_its_people_and_what_segments_are_called(tmp_path: Path, capsys) -> None:
    rows = [f"S{n:02},2024-0{month}-{1 + n % 27:02},{50 + n}" for n in range(40) for month in range(1, 2 + n % 4)]
    path = tmp_path / "classes.csv"
    path.write_text("\n".join(["student_id,lesson date,course fee", *rows]), "utf-8")
    workspace = Workspace.open()
    study = desk.begin(workspace, read(path), name="School")
    out = tmp_path / "list.csv"
    made = ["list", "make", "School", "--method", "rfm", "--unmask", "a test", "-o", str(out), "--quiet-days", "0"]
    for language, name in (("en", "Hibernating"), ("zh", "沉睡学员")):
        assert cli.main([*made, "--name", language, "--language", language]) == 0
        told = set(pd.read_csv(out)[translator(language)("act.column_segment")])
        assert name in told and "hibernating" not in told
    capsys.readouterr()
    assert cli.main(["list", "steps", "School", "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "learners" in told and "customer" not in told
    # The trade that a person chose goes before the one that the columns say.
    workspace.set_setting("playbook", {"trade": "hospitality"}, study)
    workspace.close()
    path.write_text("\n".join([path.read_text("utf-8"), *(f"N{n},2024-05-1{n},80" for n in range(9))]), "utf-8")
    assert cli.main(["refresh", "School", str(path), "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "guests" in told and "customer" not in told
    assert cli.main(["inspect", str(path), "--language", "zh"]) == 0
    assert "学员" in (told := capsys.readouterr().out) and "客户" not in told
