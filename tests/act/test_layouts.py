"""Lists as other systems read them: numbers as E.164, hashes as platforms match them, no cell that runs."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.act.audience import hashed
from analysis.act.params import ListChoices
from analysis.act.phones import e164, suggest_region
from analysis.act.reach import reach, refusals
from analysis.act.sms import message
from analysis.errors import AnalysisError
from analysis.exports.act.layouts import LAYOUTS, Handed, list_frame, offered
from analysis.exports.act.write import write_list
from tests.act.makers import profiles
from texts import LANGUAGES, translator

T = translator("en")


def handed(**more: Any) -> Handed:
    base = profiles(
        name=["=1+1", "王芳", "Zoë"], phone=["13800138000", "+44 20 7946 0018", None],
        email=[" Ann@X.org", None, "zoe@x.org"], spend=[10.5, np.nan, 3.0], wechat=[None, "wx_1", None],
    )  # fmt: skip
    given: dict[str, Any] = {"profiles": base, "rows": np.arange(3), "segments": ["lost"] * 3, "campaign": "May"}
    return Handed(**(given | {"region": "CN"} | more))


def test_text_messages_count_as_the_networks_count_them() -> None:
    for text, length, parts in (
        ("", 0, 0), ("a" * 160, 160, 1), ("a" * 161, 161, 2), ("a" * 306, 306, 2), ("a" * 307, 307, 3),
        ("{" * 80, 160, 1), ("{" * 81, 162, 2),
        ("春" * 70, 70, 1), ("春" * 71, 71, 2), ("春" * 134, 134, 2), ("春" * 135, 135, 3),
        ("😀" * 35, 70, 1), ("😀" * 36, 72, 2),
    ):  # fmt: skip
        assert (message(text).length, message(text).parts) == (length, parts), text[:3]


def test_numbers_become_e164_and_what_cannot_exist_is_missing() -> None:
    cells = ["138 0013 8000", "+86-139-0013-8001", "0044 20 7946 0018", "8613800138002", "123", None, "13800138003.0"]
    assert e164(pd.Series(cells), "CN").fillna("").tolist() == [
        "+8613800138000", "+8613900138001", "+442079460018", "+8613800138002", "", "", "+8613800138003",
    ]  # fmt: skip
    assert e164(pd.Series(["(212) 555-0123", "2125550123"]), "US").nunique() == 1


def test_the_quick_way_for_chinese_numbers_agrees_with_the_library() -> None:
    import phonenumbers

    rng = np.random.default_rng(7)
    cells = [f"1{rng.integers(3, 10)}{rng.integers(0, 10**9):09d}" for _ in range(300)]
    for cell, found in zip(cells, e164(pd.Series(cells), "CN"), strict=True):
        number = phonenumbers.parse(cell, "CN")
        assert found == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_a_number_without_a_country_is_refused_with_how_many_there_are() -> None:
    with pytest.raises(AnalysisError, match="act_phone_no_country") as refused:
        e164(pd.Series(["020 7946 0018", "020 7946 0019", "+8613800138000"]))
    assert refused.value.facts["n"] == 2
    assert suggest_region(pd.Series(["020 7946 0018"]), "GBP") == "GB"


def test_audiences_are_hashed_as_published() -> None:
    # SHA-256 of test@example.com and of +18005551234, as a reader can check with sha256sum.
    import hashlib

    assert hashed(pd.Series([" Test@Example.com "])).iloc[0] == hashlib.sha256(b"test@example.com").hexdigest()
    assert hashed(pd.Series(["test@example.com"]), "md5").iloc[0] == "55502f40dc8b7c769880b10874abc9d0"
    frame = list_frame("audience", handed(is_agreed=True), T)
    assert frame["Phone"].iloc[0] == hashlib.sha256(b"+8613800138000").hexdigest()
    assert frame["Email"].iloc[0] == hashlib.sha256(b"ann@x.org").hexdigest()
    chosen = list_frame("audience", handed(is_agreed=True), T, digest="md5")
    assert chosen["Email"].iloc[0] == hashlib.md5(b"ann@x.org", usedforsecurity=False).hexdigest()
    assert frame["Email"].isna().tolist() == [False, True, False]
    assert "ann" not in frame.to_csv().lower() and "138" not in set(frame.columns)
    with pytest.raises(AnalysisError, match="act_audience_not_agreed"):
        list_frame("audience", handed(), T)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layout_writes_what_a_spreadsheet_opens_and_nothing_that_runs(language: Any) -> None:
    t = translator(language)
    assert offered(handed().profiles) == LAYOUTS
    for layout in LAYOUTS:
        frame = list_frame(layout, handed(is_agreed=True, contact="ok", message="{name} 您好", action="call"), t)
        assert len(frame) == 3 and frame.columns.is_unique
        assert (frame.columns[-1] == t("feature.may_contact")) == (layout != "audience")
        for kind in ("csv", "xlsx"):
            buffer = io.BytesIO()
            write_list(frame, buffer, kind, title="May", day=date(2024, 5, 1))  # pyright: ignore
            if kind == "csv":
                assert "\n=1+1" not in buffer.getvalue().decode() and ",=1+1" not in buffer.getvalue().decode()
                continue
            cells = list(openpyxl.load_workbook(buffer).active.iter_rows(min_row=2))  # pyright: ignore
            assert all(cell.data_type != "f" for row in cells for cell in row)
    assert list_frame("sms", handed(message="Hi {name}"), t).iloc[1, 1] == "Hi 王芳"


def test_a_number_keeps_its_plus_and_what_only_begins_like_one_is_made_safe() -> None:
    frame = pd.DataFrame({"phone": ["+8613800138000", None], "other": ["+8613800138000", "+1+cmd"]})
    buffer = io.BytesIO()
    write_list(frame, buffer, "csv", title="x", day=date(2024, 5, 1))
    assert buffer.getvalue().decode("utf-8-sig").split("\r\n")[1:3] == ["+8613800138000,'+8613800138000", ",'+1+cmd"]


def test_an_id_keeps_its_zeros_and_a_stopped_writing_leaves_no_workbook() -> None:
    frame = pd.DataFrame({"id": ["007"] * 5000, "spend": [1.5] * 5000})
    buffer = io.BytesIO()
    write_list(frame, buffer, "xlsx", title="x", day=date(2024, 5, 1))
    sheet: Any = openpyxl.load_workbook(buffer).active
    assert sheet["A2"].value == "007" and sheet["B2"].value == 1.5

    def stop(done: int, n: int) -> None:
        raise RuntimeError

    buffer = io.BytesIO()
    with pytest.raises(RuntimeError):
        write_list(frame, buffer, "xlsx", title="x", day=date(2024, 5, 1), progress=stop)
    assert not buffer.getvalue()


def test_a_message_is_needed_and_an_empty_list_is_refused() -> None:
    with pytest.raises(AnalysisError, match="act_no_message"):
        list_frame("sms", handed(), T)
    with pytest.raises(AnalysisError, match="act_group_empty"):
        list_frame("plain", handed(rows=np.array([], dtype=int)), T)
    with pytest.raises(AnalysisError, match="act_no_address"):
        list_frame("sms", handed(profiles=profiles(spend=[1.0, 2.0, 3.0]), message="x"), T)


def test_consent_is_asked_channel_by_channel() -> None:
    base = profiles(
        may_contact=["allowed", "allowed", "allowed", "refused"], sms_opt_in=[True, False, None, True],
        consent_channels=["sms, email", None, "短信", "sms"],
    )  # fmt: skip
    assert refusals(base, "sms").tolist() == ["", "not_this_way", "not_this_way", "refused"]
    assert refusals(base, "email").tolist() == ["", "", "not_this_way", "refused"]
    assert refusals(base, "other").tolist() == ["", "", "", "refused"]


def test_an_address_is_taken_from_the_first_column_that_has_one() -> None:
    base = profiles(wechat=["wx_1", None, None], phone=["13800138000", "13800138001", None])
    found = reach(base, ListChoices(channel="wecom"))
    assert found.address.fillna("").tolist() == ["wx_1", "+8613800138001", ""]
    assert found.region == "CN" and found.is_guess
