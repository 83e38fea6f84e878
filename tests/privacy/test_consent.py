"""Who may be contacted: a refusal wins, a consent ends, and who has said nothing is in no list."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.contents import customer_table, workbook_contents, write_set_aside_rows
from analysis.exports.experiment.arms import arm_table
from analysis.exports.workbook import write_workbook
from analysis.intake.reading.read import read_file
from analysis.privacy.consent import STATES, contact_states, logged_consents, may_be_contacted
from analysis.privacy.forget import Forgotten
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


SAID = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # customer
        st.sampled_from(["sms", "mail", "all", None]),
        st.sampled_from([1, 2, 3, 4, 5, 6, None]),  # day of February; 1 to 4 are until the day of the profiles
        st.sampled_from([True, False, None]),
        st.sampled_from([None, 2, 9]),
    ),
    min_size=1, max_size=9,
)  # fmt: skip


def by_loop(rows: list[tuple], who: str, today: int) -> str | None:
    """Return the state of a customer, channel by channel, row by row."""
    rows = [(*row[:2], 99 if row[2] is None and row[3] is False else row[2], *row[3:]) for row in rows]
    heard = [row for row in rows if row[0] == who and row[2] is not None and (row[2] <= today or row[3] is False)]
    if not heard:
        return None
    named = {row[1] if row[1] != "all" else None for row in heard}
    states, every_refused = {}, 0
    for channel in sorted(named, key=lambda one: one is not None):  # what is said of every channel first
        own = [row for row in heard if (row[1] if row[1] != "all" else None) == channel]
        day = max(row[2] for row in own)
        last = [row for row in own if row[2] == day]
        ends = [row[4] for row in last if row[4] is not None]
        if any(row[3] is False for row in last) or day <= every_refused:
            states[channel] = "refused"
            every_refused = max(every_refused, day) if channel is None else every_refused
        elif any(row[3] is None for row in last):
            states[channel] = "unknown"
        else:
            states[channel] = "expired" if ends and min(ends) < today else "allowed"
    refused = {channel for channel, state in states.items() if channel is not None and state == "refused"}
    known = {row[1] for row in rows if row[2] is not None and (row[2] <= today or row[3] is False)} - {None, "all"}
    if states.get(None) == "allowed" and refused and known <= refused:
        return "refused"  # every channel but those that were refused, and the log knows no other
    return next(state for state in ("allowed", "refused", "expired", "unknown") if state in states.values())


@given(SAID)
def test_a_log_of_consents_comes_to_what_a_plain_loop_finds(rows: list[tuple]) -> None:
    today = 4

    def day(n: int | None) -> pd.Timestamp | None:
        return None if n is None or pd.isna(n) else pd.Timestamp(2024, 2, int(n))

    frame = pd.DataFrame(rows, columns=["customer_id", "channel", "day", "said", "until"])
    frame = frame.assign(day=pd.to_datetime(frame["day"].map(day)), until=[day(row[4]) for row in rows])
    found = logged_consents(frame, as_of=date(2024, 2, today))
    assert found["may_contact"].to_dict() == {
        who: state for who in "ab" if (state := by_loop(rows, who, today)) is not None
    }


def test_every_channel_but_the_only_one_that_the_log_knows_is_none() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "a"], "channel": ["sms", "all"], "said": [False, True], "until": None})
    assert logged_consents(frame.assign(day=pd.Timestamp(2024, 1, 1)), as_of=DAY)["may_contact"].tolist() == ["refused"]


def test_of_one_moment_the_stricter_counts_and_a_refusal_after_the_day_counts_too() -> None:
    rows = pd.DataFrame(
        [("a", "sms", "2024-01-01", True), ("a", "sms", "2024-01-01", False), ("b", "sms", "2024-01-01", True),
         ("b", "sms", "2025-01-01", False), ("c", "sms", "2025-01-01", True)],
        columns=["customer_id", "channel", "day", "said"],
    ).assign(until=None)  # fmt: skip
    rows["day"] = pd.to_datetime(rows["day"])
    assert logged_consents(rows, as_of=DAY)["may_contact"].to_dict() == {"a": "refused", "b": "refused"}


@pytest.mark.parametrize(("headings", "yes", "no"), [
    ("customer id,channel,consent date,consent", "granted", "withdrawn"),
    ("客户编号,渠道,授权时间,是否同意营销", "同意", "退订"),
])  # fmt: skip
def test_a_refusal_without_a_day_is_kept_and_counts_as_the_last(headings: str, yes: str, no: str) -> None:
    log = [f"C{i},sms,2024-01-{1 + i:02},{yes}" for i in range(9)]
    log += [f"C1,sms,,{no}", f"C2,sms,no idea,{no}", f"C3,sms,,{yes}", f"C4,mail,,{no}", f"C5,,,{no}"]
    orders = "order id,customer id,order date,amount\n" + "".join(
        f"{i},C{i % 9},2024-02-{1 + i % 20:02},{20 + i}\n" for i in range(40)
    )
    result = run([read_file(orders.encode(), name="orders.csv")[0],
                  read_file("\n".join([headings, *log]).encode(), name="consents.csv")[0]])  # fmt: skip
    states = result.profiles.customers.set_index("customer_id")["may_contact"]
    assert {who for who, state in states.items() if state == "refused"} == {"C1", "C2", "C5"}
    [count] = [one for one in result.standard.counts if one.kind == "consents"]
    assert (count.kept, count.set_aside) == (13, {"no_date": 1})


def test_where_no_column_says_it_a_list_carries_whether_a_person_confirmed_it() -> None:
    orders = "order id,customer id,order date,amount\n" + "".join(
        f"{i},C{i % 9},2024-0{1 + i % 8}-1{i % 9},{20 + i}\n" for i in range(60)
    )
    result, t = run(read_file(orders.encode(), name="orders.csv")), Translator("en")
    column = t("feature.may_contact")
    assert set(customer_table(result, t)[column]) == {"nobody has confirmed it"}
    assert set(customer_table(result, t, confirmed=DAY)[column]) == {"confirmed on 1 Mar 2024"}
    arms = arm_table(result.profiles, ["a", None, *["b"] * 7], {"a": "A", "b": "B"}, Translator("zh"), confirmed=DAY)
    assert set(arms[Translator("zh")("feature.may_contact")]) == {"已于 2024年3月1日 确认"}
    file = io.BytesIO()
    write_workbook(file, workbook_contents(result, t, confirmed=DAY), t)
    book = openpyxl.load_workbook(file, read_only=True)
    cells = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    header, *rows = cells[t("workbook.sheet.profiles")]
    assert {row[header.index(column)] for row in rows} == {"confirmed on 1 Mar 2024"}
    assert any(
        "each marked: confirmed on 1 Mar 2024" in str(cell) for row in cells[t("workbook.sheet.readme")] for cell in row
    )


def log_of(*rows: tuple[str, bool, str]) -> pd.DataFrame:
    said = pd.DataFrame(rows, columns=["day", "said", "channel"]).assign(customer_id="a", until=None)
    return said.assign(day=lambda frame: pd.to_datetime(frame["day"]), channel=said["channel"].replace("", None))


@pytest.mark.parametrize(("first", "second"), [("SMS", "sms"), ("ＳＭＳ", "SMS"), ("Mail ", "mail")])
def test_a_channel_is_one_however_it_is_written(first: str, second: str) -> None:
    found = logged_consents(log_of(("2024-01-01", True, first), ("2024-02-01", False, second)), as_of=date(2024, 3, 1))
    assert found.loc["a", "may_contact"] == "refused"


def test_of_all_channels_those_that_were_refused_are_left_out() -> None:
    rows = log_of(("2024-01-01", True, ""), ("2024-02-01", False, "sms"))
    assert logged_consents(rows, as_of=date(2024, 3, 1)).loc["a", "may_contact"] == "refused"
    other = rows.head(1).assign(customer_id="b", channel="mail")
    found = logged_consents(pd.concat([rows, other]), as_of=date(2024, 3, 1))
    assert (found.at["a", "may_contact"], found.at["a", "consent_channels"]) == ("allowed", "mail")


def test_what_was_set_aside_of_the_forgotten_is_counted_and_handed_out_no_more(tmp_path: Path) -> None:
    rows = "customer id,name,order date,amount\nMARK1,Ann Mark,2024-01-05,10\nC2,Bo Lee,2024-01-06,20\n"
    tables = read_file(rows.encode(), name="orders.csv")
    result = run(tables, None, forgotten=Forgotten().adding(["MARK1"]))
    path = tmp_path / "set_aside.csv"
    for unmask in (False, True):
        assert write_set_aside_rows(result, path, unmask=unmask) == 1
        written = path.read_text("utf-8-sig")
        assert "forgotten" in written and "MARK1" not in written and "Ann" not in written and "10" not in written
