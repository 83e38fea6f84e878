"""The page of feedback: the answer in both languages, every view, a text judged by a click, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words

PAGE = "predict/feedback"
TEXTS = ("味道很好", "配送太慢了", "服务态度很好", "包装破了", "太贵了", "收到了")


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [(f"C{n % 30:02}", f"2024-0{1 + n % 6}-10", f"{TEXTS[n % 6]}，第{n}次") for n in range(90)]
    path = tmp_path_factory.mktemp("feedback") / "reviews.csv"
    pd.DataFrame(rows, columns=["客户编号", "评价时间", "评论内容"]).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("language", "said"), [("en", "Of 90 texts"), ("zh", "90 条评价中")])
def test_the_answer_stands_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, make_study: Any, reviews: Path
) -> None:
    app = open_page(PAGE, language, study=make_study(reviews))
    answers(app, said)
    every_view(app, "feedback", "segments", "topics", "months", "judge")
    assert app.get_by_key("use_feedback").disabled, "nobody knows yet how often it is right"
    first = words(app)
    app.get_by_key("judge_negative").click().run()
    assert not app.exception
    assert words(app) != first and ("1 of 50" in words(app) or "1 / 50" in words(app))


def test_a_group_of_words_is_called_by_the_name_that_was_given_and_shows_three_texts(
    open_page: Any, make_study: Any, reviews: Path
) -> None:
    app = open_page(PAGE, study=make_study(reviews))
    app.get_by_key("feedback_view_shown").set_value("topics").run()
    assert words(app).count("，第") == 3
    app.get_by_key("feedback_name").set_value("  Late   parcels ").run()
    assert not app.exception and app.get_by_key("feedback_name").value == "Late parcels"
    assert "Late parcels" in app.dataframe[0].value.iloc[:, 0].tolist()
    app.get_by_key("feedback_name").set_value("").run()
    assert "Late parcels" not in app.dataframe[0].value.iloc[:, 0].tolist()


def test_without_feedback_the_page_says_what_to_add(open_page: Any, sample_study: Any) -> None:
    without(open_page(PAGE, study=sample_study), "feedback", "No table holds what people say")


@pytest.mark.parametrize(("language", "said"), [("en", "none to judge"), ("zh", "无可判断")])
def test_of_pictures_alone_every_view_says_why_it_is_empty(
    language: Any, said: str, open_page: Any, make_study: Any
) -> None:
    rows = "\n".join(f"C{n % 30:02},2024-0{1 + n % 6}-10,{'😀👍😡'[n % 3]}" for n in range(60))
    app = open_page(PAGE, language, study=make_study(f"客户编号,评价时间,评论内容\n{rows}\n"))
    every_view(app, "feedback", "segments", "topics", "months", "judge")
    assert said in words(app)
