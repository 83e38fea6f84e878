"""The customer card: search, the place among all, the reason for the segment, masked data."""

from __future__ import annotations

import pytest

from texts import catalogue

from .conftest import MEMBERS

PAGE = "customers/card"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_is_found_by_the_beginning_of_the_id(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    first = app.get_by_key("card_row_").options[5]
    app.get_by_key("card_search").set_value(first).run()
    assert not app.exception
    said = read_words(app)
    assert first in said
    assert catalogue()["card.segments"][language] in said
    table = app.dataframe[0].value
    places = table[catalogue()["card.percentile"][language]].dropna()
    assert ((places >= 0) & (places <= 1)).all()
    assert table.iloc[:, 0].nunique() >= 5


def test_personal_data_is_masked_until_asked_for(open_page, sample_study):
    app = open_page(PAGE, "zh", study=sample_study)
    told = app.dataframe[0].value
    assert any("*" in value for value in told.iloc[:, 2])
    app.get_by_key("unmasked").set_value(True).run()
    assert not any("**" in value for value in app.dataframe[0].value.iloc[:, 2])


def test_an_unknown_id_is_refused_with_what_to_do(open_page, make_study):
    app = open_page(PAGE, study=make_study(MEMBERS))
    app.get_by_key("card_search").set_value("nobody").run()
    assert not app.exception
    assert "No customer id begins" in app.error[0].value
