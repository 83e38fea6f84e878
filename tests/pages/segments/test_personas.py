"""The Personas page: cards, own words that are kept, statements set beside the data."""

from __future__ import annotations

import pytest

from texts import catalogue

from .conftest import forget

PAGE = "segments/personas"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_segment_has_a_card_with_numbers_and_what_is_invented_is_marked(
    language, open_page, sample_study, read_words
):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    said = read_words(app)
    assert catalogue()["persona.archetype.regular"][language] in said
    assert catalogue()["personas.supposed"][language] in said
    app.get_by_key("personas_segment_rfm").set_value("needs_attention").run()
    few = catalogue()["persona.too_few"][language].replace("{n}", "20")
    assert few in read_words(app)


def test_own_name_is_kept_and_a_statement_is_judged(open_page, sample_study, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("name_rfm_champions_en").set_value("Auntie [Li](x)")
    next(button for button in app.button if "edit_rfm_champions" in button.key).click().run()
    app.get_by_key("hypothesis_name").set_value("Office manager")
    app.get_by_key("hypothesis_feature").set_value("n_orders")
    app.get_by_key("hypothesis_value").set_value("3")
    next(button for button in app.button if button.label == catalogue()["personas.add"]["en"]).click().run()
    assert not app.exception
    forget()
    again = open_page(PAGE, study=sample_study)
    assert "Auntie [Li](x)" in read_words(again)
    table = next(table.value for table in again.dataframe if "Data says" in table.value)
    assert table["Data says"].tolist() == ["confirmed"]


def test_the_page_opens_on_a_segment_that_can_be_described(open_page, make_study, read_words):
    # Four who order every month and 240 who came once, long ago: the best segment is too few to describe.
    rows = [f"best{i},b{i}.{m},2024-{m:02}-1{i},50" for i in range(4) for m in range(1, 7)]
    rows += [f"once{i:03},o{i},2023-0{i % 9 + 1}-05,{i + 5}" for i in range(240)]
    app = open_page(PAGE, study=make_study("customer id,order id,order date,amount\n" + "\n".join(rows) + "\n"))
    assert not app.exception
    few = catalogue()["persona.too_few"]["en"].split("{n}")[1]
    assert few not in read_words(app)
    app.get_by_key("personas_segment_rfm").set_value("champions").run()
    assert few in read_words(app)
