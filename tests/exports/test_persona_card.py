from __future__ import annotations

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.persona_card import card_png, card_svg, wrapped
from analysis.exports.pictures import chinese_font
from analysis.personas.result import Persona
from analysis.personas.words import Card
from texts import Translator

PERSONA = Persona("loyal", "b2c", 40, 0.2, 0.5, 10.0, None, date(2024, 1, 1), traits=(("spend", "high"),))


def made(name: str) -> Card:
    return Card(name, name, "Size 40.", ("A sentence. " * 20,), (), (), "Goal", "Pain", "Quote", None)


def test_card_is_a_picture_and_the_same_each_time():
    language = "zh" if chinese_font() else "en"
    first = card_png(PERSONA, made("忠诚"), "#2d69b4", Translator(language))
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert first == card_png(PERSONA, made("忠诚"), "#2d69b4", Translator(language))


@pytest.mark.parametrize("name", ["<script>&\"'", "a\x00b\x1b", "]]>", "\ud800x"])
def test_whatever_is_written_stays_text(name):
    root = ElementTree.fromstring(card_svg(PERSONA, made(name), "#2d69b4", Translator("en")))
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "rect", "g", "circle", "line", "text"}


def test_no_line_begins_with_a_mark_that_closes_and_a_figure_stays_with_its_n():
    assert wrapped("平均下单（十二）。", 7) == ["平均下单（十", "二）。"]
    svg = card_svg(PERSONA, replace(made("X"), size="占 14%（n = 604）。"), "#2d69b4", Translator("zh"))
    texts = [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    assert any("n\u00a0=\u00a0" in text for text in texts)
    assert not any(text.startswith(("。", "，", "）")) for text in texts)


@given(st.text("ab 中文", max_size=80), st.integers(5, 30))
def test_lines_lose_no_letter_and_stay_within_their_width(text, ems):
    lines = wrapped(text, ems)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(1.0 if c > "z" else 0.56 for c in line) <= max(ems, 40 * 0.56) + 1 for line in lines)


def test_the_workbook_has_a_sheet_of_personas_with_a_persons_own_words(tmp_path, root):
    from openpyxl import load_workbook

    from analysis.exports.contents import workbook_contents
    from analysis.exports.workbook import write_workbook
    from analysis.study import read, run

    result = run(read(root / "sample_data" / "中文店铺.xlsx"))
    t = Translator("en")
    edits = {"rfm": {"champions": {"name": "=Auntie"}}}
    write_workbook(tmp_path / "shop.xlsx", workbook_contents(result, t, persona_edits=edits), t)
    sheet = load_workbook(tmp_path / "shop.xlsx")["Personas"]
    header, *lines = sheet.iter_rows(values_only=True)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    first = next(row for row in rows if row["Segment"] == "Champions")
    place = header.index("Story")
    assert all(line[place].alignment.wrap_text for line in sheet.iter_rows(min_row=2))
    assert first["Name"].lstrip("'") == "=Auntie"
    assert first["Story"].count("n = ") == 5
    assert any("too few to describe" in str(row["Story"]) for row in rows)
    assert any("invented" in header or "Supposed" in header for header in first)
