"""The log says who did what with personal data, and shows when somebody has been at it."""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.intake.reading.read import read_file
from analysis.workspace import Workspace, audit, desk
from analysis.workspace.audit import HEAD, AuditFilter
from analysis.workspace.audit_words import sentence
from texts import Translator

ORDERS = b"customer id,order date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i % 4, i % 9 + 1) for i in range(20))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path)


def said(workspace: Workspace) -> list[tuple[str, int]]:
    return [(one.code, one.position) for one in workspace.verify_audit().breaks]


def change(workspace: Workspace, statement: str) -> None:
    with sqlite3.connect(workspace.home / "portrait.sqlite") as connection:
        connection.execute(statement)


def test_what_is_done_with_files_and_studies_is_logged_in_its_order(workspace: Workspace) -> None:
    study = desk.begin(workspace, read_file(ORDERS, name="13812345678 orders.csv"), name="Spring")
    copy = io.BytesIO()
    workspace.export_study(study, copy)
    other = workspace.import_study(io.BytesIO(copy.getvalue()))
    revision = workspace.load_recipe(study).revision
    desk.remove(workspace, study, workspace.raw_tables(study)[0].fingerprint, revision=revision)
    workspace.record("unmasked", other, reason="a call", kinds="phone")
    workspace.delete_study(other)
    entries = workspace.audit()[::-1]
    assert [(one.action, one.study_id) for one in entries] == [
        ("uploaded", study), ("exported", study), ("imported", other), ("removed", study), ("unmasked", other),
        ("deleted", other),
    ]  # fmt: skip
    assert [one.position for one in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[0].facts["rows"] == 20 and entries[0].facts["file"] == "138****5678 orders.csv"
    assert entries[4].facts == {"kinds": "phone", "reason": "a call"} and entries[4].who == audit.who_is_it()
    assert abs(entries[0].at - datetime.now(UTC)) < timedelta(hours=1)
    assert workspace.verify_audit() == audit.AuditReport(6)


def test_entries_are_filtered_by_what_who_which_study_and_day(workspace: Workspace) -> None:
    for action, study in (("exported", "a"), ("unmasked", "a"), ("exported", "b")):
        workspace.record(action, study)  # type: ignore[arg-type]
    today = datetime.now(UTC).date()
    for wanted, positions in (
        (AuditFilter(), [3, 2, 1]),
        (AuditFilter(actions=("exported",)), [3, 1]),
        (AuditFilter(study_id="a"), [2, 1]),
        (AuditFilter(who="nobody of this name"), []),
        (AuditFilter(since=today, until=today), [3, 2, 1]),
        (AuditFilter(since=today + timedelta(days=1)), []),
        (AuditFilter(until=today - timedelta(days=1)), []),
    ):
        assert [one.position for one in workspace.audit(wanted)] == positions


@pytest.mark.parametrize(
    ("statements", "breaks"),
    [
        (["UPDATE audit SET facts = '{}' WHERE position = 2"], [("changed", 2)]),
        (["UPDATE audit SET who = 'me' WHERE position = 4"], [("changed", 4)]),
        (["UPDATE audit SET at = '2020' WHERE position = 1"], [("changed", 1)]),
        (["DELETE FROM audit WHERE position = 2"], [("dropped", 2)]),
        (["DELETE FROM audit WHERE position = 1"], [("dropped", 1)]),
        (["DELETE FROM audit WHERE position = 4"], [("cut", 4)]),
        (["DELETE FROM audit"], [("cut", 1)]),
        (
            [
                "UPDATE audit SET position = 9 WHERE position = 2",
                "UPDATE audit SET position = 2 WHERE position = 3",
                "UPDATE audit SET position = 3 WHERE position = 9",
            ],
            [("changed", 2), ("changed", 3), ("changed", 4)],
        ),
        (
            ["DELETE FROM audit WHERE position = 3", "UPDATE audit SET position = 3 WHERE position = 4"],
            [("changed", 3), ("cut", 4)],
        ),
    ],
)
def test_a_changed_dropped_moved_or_cut_entry_is_found(
    workspace: Workspace, statements: list[str], breaks: list[tuple[str, int]]
) -> None:
    for number in range(4):
        workspace.record("exported", "a", rows=number)
    assert workspace.verify_audit().is_whole
    for statement in statements:
        change(workspace, statement)
    assert said(workspace) == breaks


def test_a_chain_that_was_written_anew_does_not_end_where_the_old_one_did(workspace: Workspace, tmp_path: Path) -> None:
    workspace.record("exported", "a")
    head = (workspace.home / HEAD).read_bytes()
    change(workspace, "DELETE FROM audit")
    (workspace.home / HEAD).unlink()
    workspace.record("exported", "b")
    (workspace.home / HEAD).write_bytes(head)
    assert said(workspace) == [("changed", 1)]


def test_a_lost_end_of_the_chain_is_told_and_one_that_lags_behind_a_stop_is_not(workspace: Workspace) -> None:
    assert workspace.verify_audit().is_whole  # nothing yet
    workspace.record("exported")
    behind = (workspace.home / HEAD).read_bytes()
    workspace.record("exported")
    (workspace.home / HEAD).write_bytes(behind)
    assert workspace.verify_audit().is_whole
    (workspace.home / HEAD).write_text("{}")
    assert said(workspace) == [("head_lost", 2)]


def test_the_log_as_csv_runs_nothing_in_a_spreadsheet(workspace: Workspace) -> None:
    workspace.record("unmasked", "=1+1", reason="=cmd")
    [row] = csv.DictReader(io.StringIO(audit.written(workspace.audit()).decode("utf-8-sig")))
    assert (row["position"], row["action"], row["study_id"]) == ("1", "unmasked", "'=1+1")
    assert row["facts"] == '{"reason":"=cmd"}'


def test_an_upload_is_entered_with_every_row_read_those_that_fit_no_column_too(workspace: Workspace) -> None:
    tables = read_file(ORDERS + b"a,b,c,d,e,f,g,h\n", name="odd.csv")
    desk.begin(workspace, tables, name="Odd")
    assert tables[0].surplus
    assert workspace.audit()[-1].facts["rows"] == tables[0].n_read == tables[0].n_rows + 1


@pytest.mark.parametrize(
    ("facts", "en", "zh"),
    [
        ({"masked": True}, "personal data masked: list of customers", "已打码）：客户名单"),
        ({"masked": True, "of": "At risk"}, ", At risk", "，At risk"),
        (
            {"masked": False, "of": "13812345678", "filters": "Often"},
            "138****5678, only those with Often",
            "筛选条件：Often",
        ),
    ],
)
def test_an_export_says_whose_list_it_was_and_by_what_it_was_filtered(
    facts: dict[str, object], en: str, zh: str, workspace: Workspace
) -> None:
    workspace.record("exported", None, what="list", **facts)
    [entry] = workspace.audit()
    assert sentence(entry, Translator("en")).endswith(en) and zh in sentence(entry, Translator("zh"))
