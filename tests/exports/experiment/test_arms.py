"""The lists for the tool that sends: everyone once, ids as text, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from analysis.experiments.splitting.split import assign
from analysis.exports.csv import csv_bytes
from analysis.exports.experiment.arms import arm_table, sent_features, write_arms
from analysis.profiles.result import Feature, Profiles
from texts import translator

EVIL = ('=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "\t=1", "00012", "1E5", "12345678901234567890")
NAMES = {"control": "Control", "new": "=2+3"}


def profiles() -> Profiles:
    customers = pd.DataFrame(
        {"customer_id": pd.Series(sorted(EVIL), dtype="str"), "city": pd.Series(EVIL, dtype="str"), "spend": 3.5}
    )
    features = (Feature("city", "people", "category"), Feature("spend", "value", "number", "money"))
    return Profiles(customers, features, date(2024, 3, 5))


@pytest.fixture(scope="module")
def made():
    found = profiles()
    return found, assign(found.customers["customer_id"].tolist(), {"control": 1, "new": 1}, seed="spring")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_as_csv_holds_ids_as_they_are_and_nothing_that_runs(language, made):
    found, arms = made
    t = translator(language)
    table = arm_table(found, arms, NAMES, t)
    assert table.iloc[:, 0].tolist() == found.customers["customer_id"].tolist()
    assert table.shape == (len(EVIL), 3 + len(sent_features(found)))  # id, arm, what is known of consent
    content = csv_bytes(table, ids=(t("workbook.customer_id"),)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 1 + len(EVIL)
    for row in rows[1:]:
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "@")), cell
    assert any("00012" in row[0] for row in rows)
    assert any("12345678901234567890" in row[0] for row in rows)


def test_the_workbook_has_a_sheet_per_arm_with_everyone_once_and_no_formula(made):
    found, arms = made
    buffer = io.BytesIO()
    write_arms(buffer, found, arms, NAMES, translator("en"), title="=1+1")
    book = openpyxl.load_workbook(buffer)
    assert len(book.sheetnames) == 2
    seen = {}
    for place, name in enumerate(book.sheetnames):
        cells = list(book[name].iter_rows())
        assert all(cell.data_type != "f" for row in cells for cell in row)
        ids = [row[0] for row in cells if row[0].value in EVIL]
        assert all(cell.data_type == "s" for cell in ids)
        seen[tuple(NAMES)[place]] = {cell.value for cell in ids}
    for arm, ids in seen.items():
        assert ids == {one for one, got in zip(found.customers["customer_id"], arms, strict=True) if got == arm}


def test_who_has_no_arm_is_on_no_list(made):
    found, arms = made
    some = [arm if i else None for i, arm in enumerate(arms)]
    assert len(arm_table(found, some, NAMES, translator("en"))) == len(EVIL) - 1
