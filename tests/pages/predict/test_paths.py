"""The page of paths: the answer in both languages, every view, steps chosen by hand, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words

PAGE = "predict/paths"


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ways = ["浏览 加购 付款"] * 20 + ["浏览 加购 咨询"] * 15 + ["浏览"] * 10
    rows = [
        (f"C{who:02}", f"2024-05-{1 + who % 28:02} {10 + place}:00", event)
        for who, way in enumerate(ways)
        for place, event in enumerate(way.split())
    ]
    path = tmp_path_factory.mktemp("paths") / "events.csv"
    pd.DataFrame(rows, columns=["客户编号", "事件时间", "事件"]).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("language", "said"), [("en", "Of 45 customers"), ("zh", "的 45 位客户中")])
def test_the_answer_stands_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, make_study: Any, visits: Path
) -> None:
    app = open_page(PAGE, language, study=make_study(visits))
    answers(app, said)
    every_view(app, "paths", "flow", "stopped", "segments", "credit", "funnel")
    app.get_by_key("prediction_paths_steps").set_value(["浏览", "咨询"]).run()
    assert not app.exception
    assert "33" in words(app)


def test_without_events_the_page_says_what_to_add(open_page: Any, sample_study: Any) -> None:
    without(open_page(PAGE, study=sample_study), "paths", "No table says what customers did")
