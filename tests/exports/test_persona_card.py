from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.persona_card import card_pdf, card_png, card_svg, wrapped
from analysis.exports.pictures import chinese_font
from analysis.personas.result import Persona
from analysis.personas.words import Card, FactLine
from tests.samples import sample
from texts import Translator

PERSONA = Persona("loyal", "b2c", 40, 0.2, 0.5, 10.0, None, date(2024, 1, 1), traits=(("spend", "high"),))


def made(name: str) -> Card:
    return Card(
        name, name, "Size 40.", "Age 25-34 (40%)", "A sentence. " * 20, (FactLine("Spend", "£3", "£2"),),
        goals="Goal", pains="Pain", quote="Quote",
    )  # fmt: skip


def test_card_is_a_picture_and_the_same_each_time():
    language = "zh" if chinese_font() else "en"
    first = card_png(PERSONA, made("忠诚"), "#2d69b4", Translator(language))
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert first == card_png(PERSONA, made("忠诚"), "#2d69b4", Translator(language))


@pytest.mark.parametrize("name", ["<script>&\"'", "a\x00b\x1b", "]]>", "\ud800x"])
def test_whatever_is_written_stays_text(name):
    root = ElementTree.fromstring(card_svg(PERSONA, made(name), "#2d69b4", Translator("en")))
    assert {element.tag.split("}")[1] for element in root.iter()} == {
        "svg",
        "rect",
        "g",
        "circle",
        "ellipse",
        "path",
        "text",
    }


def test_no_line_begins_with_a_mark_that_closes():
    assert wrapped("平均下单（十二）。", 7) == ["平均下单（十", "二）。"]
    svg = card_svg(PERSONA, replace(made("X"), size="占 14%（604 位），人均很多。" * 9), "#2d69b4", Translator("zh"))
    texts = [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]
    assert not any(text.startswith(("。", "，", "）")) for text in texts)


def test_a_card_prints_on_one_page_of_a4_however_much_it_says():
    pdf = card_pdf(PERSONA, made("X"), "#2d69b4", Translator("en"))
    assert pdf[:5] == b"%PDF-"
    assert b"/MediaBox [0 0 842 595]" in pdf
    assert b"/Count 1" in pdf
    much = card_svg(PERSONA, replace(made("X"), company=("A line of text. " * 9,) * 30), "#2d69b4", Translator("en"))
    found = re.search(r"scale\((0\.\d+)\)\"><g", much)
    assert found is not None
    lowest = max(float(y) for y in re.findall(r'y="(\d+)"', much.rsplit("</g>", 1)[0]))
    assert lowest * float(found.group(1)) <= 794


@given(st.text("ab 中文", max_size=80), st.integers(5, 30))
def test_lines_lose_no_letter_and_stay_within_their_width(text, ems):
    lines = wrapped(text, ems)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(1.0 if c > "z" else 0.56 for c in line) <= max(ems, 40 * 0.56) + 1 for line in lines)


def test_the_workbook_has_a_sheet_of_personas_with_a_persons_own_words(tmp_path):
    from openpyxl import load_workbook

    from analysis.exports.contents import workbook_contents
    from analysis.exports.workbook import write_workbook

    result = sample().result()
    t = Translator("en")
    edits = {"rfm": {"champions": {"name": "=Auntie"}}}
    write_workbook(tmp_path / "shop.xlsx", workbook_contents(result, t, persona_edits=edits), t)
    sheet = load_workbook(tmp_path / "shop.xlsx")["Personas"]
    header, *lines = sheet.iter_rows(values_only=True)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    first = next(row for row in rows if row["Segment"] == "Champions")
    place = header.index("Evidence")
    assert all(line[place].alignment.wrap_text for line in sheet.iter_rows(min_row=2))
    assert first["Name"].lstrip("'") == "=Auntie"
    assert first["Evidence"].count("n = ") >= 5
    assert first["Story"].startswith("They order about every")
    assert any("too few to describe" in str(row["Evidence"]) for row in rows)
    assert any("invented" in header or "Supposed" in header for header in first)
