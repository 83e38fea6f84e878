"""Who may be contacted: a refusal wins, a consent ends, and who has said nothing is in no list."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.contents import workbook_contents
from analysis.exports.workbook import write_workbook
from analysis.intake.reading.read import read_file
from analysis.privacy.consent import STATES, contact_states, may_be_contacted
from analysis.study import run
from texts import Translator

DAY = date(2024, 3, 1)
ANSWERS = st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"opt_in": True}, "allowed"),
        ({"opt_in": False}, "refused"),
        ({"opt_in": None}, "unknown"),
        ({"opt_in": True, "do_not_contact": True}, "refused"),
        ({"opt_in": None, "do_not_contact": False}, "unknown"),
        ({"do_not_contact": False}, "allowed"),
        ({"do_not_contact": None}, "unknown"),
        ({"sms_opt_in": False, "email_opt_in": True}, "allowed"),
        ({"sms_opt_in": False, "email_opt_in": None}, "refused"),
        ({"opt_in": True, "consent_until": pd.Timestamp("2024-02-29")}, "expired"),
        ({"opt_in": True, "consent_until": pd.Timestamp("2024-03-01")}, "allowed"),
        ({"opt_in": True, "consent_until": None}, "allowed"),
        ({"opt_in": False, "consent_until": pd.Timestamp("2020-01-01")}, "refused"),
    ],
)
def test_what_was_said_comes_to_one_state(said: dict[str, object], state: str) -> None:
    # A second customer who said yes and no makes the columns those of yes and no.
    other = {key: True if key != "consent_until" else pd.Timestamp("2030-01-01") for key in said}
    states = contact_states(pd.DataFrame([said, other]), as_of=DAY)
    assert states is not None and states[0] == state


@given(ANSWERS, ANSWERS, ANSWERS)
def test_nobody_who_refused_or_said_nothing_is_allowed(first: list, second: list, third: list) -> None:
    frame = pd.DataFrame({"opt_in": first, "sms_opt_in": second, "do_not_contact": third}, dtype="object")
    states = contact_states(frame, as_of=DAY)
    if states is None:
        return
    assert set(states) <= set(STATES)
    for (a, b, c), state in zip(frame.itertuples(index=False), states, strict=True):
        if state == "allowed":
            assert c is not True
            assert a is True or b is True or frame[["opt_in", "sms_opt_in"]].isna().all(axis=None)


def test_where_no_column_says_anything_there_is_no_state_and_all_may_be_listed() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "b"], "opt_in": ["by phone", "never"]})
    assert contact_states(frame, as_of=DAY) is None
    assert may_be_contacted(frame).tolist() == [True, True]


def test_lists_of_segments_leave_out_who_may_not_be_contacted_and_say_how_many() -> None:
    members = "会员编号,同意营销,累计消费,订单数,最近下单时间\n" + "".join(
        f"M{i:03},{('是', '否', '')[i % 3]},{100 + i},{1 + i % 5},2024-02-{1 + i % 28:02}\n" for i in range(60)
    )
    result = run(read_file(members.encode(), name="members.csv"))
    states = result.profiles.customers["may_contact"]
    assert states.value_counts().to_dict() == {"allowed": 20, "refused": 20, "unknown": 20}
    t, file = Translator("en"), io.BytesIO()
    contents = workbook_contents(result, t)
    write_workbook(file, contents, t)
    book = openpyxl.load_workbook(file, read_only=True)
    cells = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    allowed = set(result.profiles.customers["customer_id"][states == "allowed"])
    segments = {
        part.name(key, t) for part in contents.segmentations[:1] for key in part.segmentation.segments["segment"]
    }
    listed = [row[0] for name, rows in cells.items() if name in segments for row in rows[1:]]
    assert listed and set(listed) == allowed
    assert any("40 customers who refused" in str(cell) for row in cells[t("workbook.sheet.readme")] for cell in row)
    assert len(cells[t("workbook.sheet.profiles")]) == 61
