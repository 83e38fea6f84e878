"""A failure is logged with its kind and place, and without what stood in a cell."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from ui import logs


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Return what all loggers write meanwhile."""
    before, text = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(text)
    names = ("", "streamlit", "streamlit.error_util")
    for name in names:
        logging.getLogger(name).addHandler(handler)
    logs.keep_values_out()
    yield text
    logging.setLogRecordFactory(before)
    for name in names:
        logging.getLogger(name).removeHandler(handler)


def fails() -> None:
    try:
        int("zqperson")
    except ValueError as problem:
        raise LookupError("zqphone") from problem


def test_a_failure_is_told_with_those_behind_it_and_without_their_texts(logged: io.StringIO) -> None:
    try:
        fails()
    except LookupError:
        logging.getLogger("any").exception("it failed")
    said = logged.getvalue()
    assert "it failed" in said and "ValueError" in said and "LookupError" in said and "test_logs.py" in said
    assert "'zqperson'" not in said and "invalid literal" not in said


def test_what_a_page_raises_is_logged_without_its_text(logged: io.StringIO) -> None:
    def page() -> None:
        import streamlit as st

        st.text_input("who", "zqper" + "son")
        float("zqper" + "son")

    app = AppTest.from_function(page).run()
    assert app.exception
    said = logged.getvalue()
    assert "ValueError" in said and "zqperson" not in said


def test_what_did_not_fail_is_logged_as_it_is(logged: io.StringIO) -> None:
    logging.getLogger("any").warning("%s of %s", 1, 2)
    assert logged.getvalue() == "1 of 2\n"
