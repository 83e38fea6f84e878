"""Pictures draw the letters they should."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import altair as alt
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.charts.palette import look
from analysis.errors import AnalysisError
from analysis.exports import pictures

needs_chinese = pytest.mark.skipif(
    pictures.chinese_font() is None, reason="no Chinese font on this machine; install fonts-noto-cjk"
)


def chart(first: str, second: str) -> alt.Chart:
    rows = pd.DataFrame({"segment": [first, second], "customers": [3, 5]})
    return alt.Chart(rows).mark_bar().encode(x="customers:Q", y="segment:N")


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Return width, height and the unpacked picture data."""
    assert png.startswith(b"\x89PNG")
    stream, data, size = io.BytesIO(png[8:]), b"", (0, 0)
    while header := stream.read(8):
        length, kind = struct.unpack(">I4s", header)
        body = stream.read(length)
        stream.read(4)
        size = struct.unpack(">II", body[:8]) if kind == b"IHDR" else size
        data += body if kind == b"IDAT" else b""
    return *size, zlib.decompress(data)


@needs_chinese
def test_chinese_letters_are_drawn_and_are_no_boxes() -> None:
    """Boxes look alike: charts that differ only in one letter, equally wide, are then one and the same picture."""
    one, other = (pixels(pictures.chart_png(chart(name, "客户"), language="zh")) for name in ("重要", "一般"))
    assert one[:2] == other[:2]
    assert one[2] != other[2]
    # U+0378 and U+0379 are no letters, so every font draws its box: this is what the check above would catch.
    box, same_box = (
        pixels(pictures.chart_png(chart(name, "客户"), language="zh")) for name in ("\u0378\u0378", "\u0379\u0379")
    )
    assert box == same_box and box[2] != one[2]


@needs_chinese
def test_the_font_is_named_everywhere_even_where_the_chart_names_another() -> None:
    font = pictures.chinese_font()
    styled = chart("重要", "一般").configure_axis(labelFont="Comic", titleFont="Comic").configure_title(font="Comic")
    svg = pictures.chart_svg(styled, language="zh")
    assert "重要" in svg and f'font-family="{font}"' in svg and "Comic" not in svg


def test_data_named_font_is_left_alone() -> None:
    spec: dict[str, Any] = {"datasets": {"a": [{"font": "Comic"}]}, "title": {"text": "x", "font": "Comic"}}
    assert pictures._replace_fonts(spec, "F") == {
        "datasets": {"a": [{"font": "Comic"}]},
        "title": {"text": "x", "font": "F"},
    }


def test_a_font_that_is_not_there_draws_no_chinese() -> None:
    assert not pictures.draws_chinese("There Is No Such Font")


def test_without_a_chinese_font_chinese_is_refused_and_english_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "chinese_font", lambda: None)
    with pytest.raises(AnalysisError, match="no_chinese_font"):
        pictures.chart_png(chart("重要", "一般"), language="zh")
    with pytest.raises(AnalysisError, match="no_chinese_font"):
        pictures.chart_svg(chart("重要", "一般"), language="zh")
    assert pictures.chart_png(chart("new", "lost")).startswith(b"\x89PNG")


def test_a_picture_fills_a_page_of_paper_and_has_300_dots_to_the_inch() -> None:
    drawn = look(chart("new", "lost").properties(width="container", height=300, title="Few are lost"))
    png = pictures.chart_png(drawn)
    width, height, _ = pixels(png)
    assert width / 300 == pytest.approx(7.2, abs=0.1)  # inches: A4 between its margins
    assert 3 < height / 300 < 5
    place = png.index(b"pHYs") + 4
    across, down, unit = struct.unpack(">IIB", png[place : place + 9])
    assert (unit, round(across * 0.0254), round(down * 0.0254)) == (1, 300, 300)  # to the metre
    half = pixels(pictures.chart_png(drawn, dots=150))
    assert half[0] == pytest.approx(width / 2, abs=2)


def test_what_the_figures_come_from_stands_below_as_text_alone() -> None:
    one = chart("new", "lost").properties(width="container")
    plain, told = pictures.chart_svg(one), pictures.chart_svg(one, source='<b>Shop & "Co"</b>, 12 customers')
    assert "&lt;b&gt;Shop &amp; " in told and "<b>" not in told
    tall, taller = (float(pictures._SIZE.search(svg)[3]) for svg in (plain, told))  # pyright: ignore
    assert 15 < taller - tall < 40
    assert pixels(pictures.chart_png(one, source="Shop"))[1] > pixels(pictures.chart_png(one))[1]


@example("1“ ”", 40)
@given(
    st.text(alphabet="ab 客户，。（）“”%1", min_size=1, max_size=60).filter(str.strip),
    st.integers(40, 400),
)
def test_a_title_keeps_every_letter_and_breaks_before_no_mark(text: str, width: int) -> None:
    lines = pictures._lines(text, width, 14)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line.startswith(("，", "。", "）", "”")) for line in lines[1:])


def test_a_title_takes_as_many_lines_as_it_needs() -> None:
    title = "Champions are 14% of customers and bring half of the revenue of this shop " * 2
    spec = pictures._wrapped({"title": title, "width": "container"})
    assert len(spec["title"]["text"]) == 2
    own = pictures._wrapped({"title": {"text": ["a", "b"], "subtitle": title}, "width": 300})
    assert own["title"]["text"] == ["a", "b"] and len(own["title"]["subtitle"]) > 2


def test_a_chart_fetches_nothing() -> None:
    spec = {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
    with pytest.raises(ValueError, match="(?i)not allowed|base url|External data"):
        pictures.chart_svg(spec)
