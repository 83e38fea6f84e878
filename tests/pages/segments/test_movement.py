"""The page of movement: the periods are kept, periods of one's own, refusals."""

from __future__ import annotations

from datetime import date

import pytest

from .conftest import MEMBERS

PAGE = "segments/movement"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_answers_with_the_numbers_of_the_study(language, open_page, sample_study, plan, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert "370" in read_words(app)
    assert "262,262" in read_words(app)
    assert plan(sample_study, "movement").params.days == 90


def test_periods_are_changed_and_kept(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("movement_days").set_value(30).run()
    assert plan(sample_study, "movement").params.days == 30
    app.get_by_key("movement_days").set_value(0).run()
    assert not app.exception
    assert plan(sample_study, "movement").params.end == date(2025, 6, 30)
    app.get_by_key("movement_before").set_value((date(2024, 6, 1), date(2024, 6, 30))).run()
    assert not app.exception
    assert plan(sample_study, "movement").params.before_end == date(2024, 6, 30)


def test_periods_that_cross_are_refused(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("movement_days").set_value(0).run()
    kept = plan(sample_study, "movement").params
    app.get_by_key("movement_before").set_value((date(2025, 1, 1), date(2025, 6, 1))).run()
    assert "before the later one begins" in read_words(app)
    assert plan(sample_study, "movement").params == kept


def test_members_without_orders_get_a_reason(open_page, make_study, saved, read_words):
    study = make_study(MEMBERS)
    app = open_page(PAGE, study=study)
    assert not app.exception
    assert "no orders" in read_words(app)
    assert saved(study).plan("movement") is None
