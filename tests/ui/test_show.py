"""Text from files reaches the screen as text."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.show import md_escape, untitled


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://a.b/c.png)",
        "[link](http://a.b)",
        "**bold**",
        "# title",
        "$x$",
        ":red[x]",
        "<b>x</b>",
        "a | b",
        "`x`",
    ],
)
def test_no_character_of_markdown_is_left_bare(text):
    escaped = md_escape(text)
    bare = [escaped[i] for i in range(len(escaped)) if escaped[i] in "`*_{}[]()#+!|~$:<>&" and escaped[i - 1] != "\\"]
    assert not bare


@pytest.mark.parametrize("address", ["http://a.b", "HTTPS://A.B", "www.example.com", "someone@example.com"])
def test_bare_address_is_broken_so_that_it_stays_text(address):
    assert "\u2060" in md_escape(address)


@given(st.text(alphabet=st.characters(exclude_characters="\u2060\\", exclude_categories=["Cs"])))
def test_escaping_adds_marks_and_takes_nothing_away(text):
    assert md_escape(text).replace("\\", "").replace("\u2060", "") == text


def test_the_title_of_a_chart_stands_above_it_as_text_that_wraps():
    bars = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    title = alt.TitleParams("Who *buys*", subtitle="n = 3")
    plain, *said = untitled(bars.properties(title=title))
    assert said == ["Who *buys*", "n = 3"]
    assert "title" not in plain.to_dict()
    assert untitled(bars)[1:] == ("", "")
