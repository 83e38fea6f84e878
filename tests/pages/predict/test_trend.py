"""The page of the trend: next month first, a line for each channel, and its place in the recipe."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.predict.trend.params import TrendParams
from tests.pages.predict.walk import answers
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words

PAGE = "predict/trend"


@pytest.mark.parametrize(("language", "said"), [("en", "Revenue in 2025-07"), ("zh", "2025-07 销售额约")])
def test_next_month_stands_first_and_groups_have_lines_of_their_own(
    language: Any, said: str, open_page: Any, sample_study: Any
) -> None:
    app = open_page(PAGE, language, study=sample_study)
    answers(app, said)
    app.get_by_key("prediction_trend_by").set_value("segments").run()
    assert not app.exception
    assert "{" not in words(app)
    app.get_by_key("trend_view_shown").set_value("shapes").run()
    assert not app.exception and not app.error
    assert "{" not in words(app)


def test_it_is_made_with_every_run_once_it_is_kept(open_page: Any, sample_study: Any, saved: Any) -> None:
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("prediction_trend_months").set_value(2).run()
    app.get_by_key("use_trend").click().run()
    assert saved(sample_study).predictions == (TrendParams(months=2),)
    app.get_by_key("leave_trend").click().run()
    assert saved(sample_study).predictions == ()
