"""The page of referrals: who brings whom in both languages, every view, and what is missing without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403

PAGE = "predict/referrals"


@pytest.fixture(scope="module")
def two_sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    people = [f"C{n:03}" for n in range(60)]
    orders = pd.DataFrame({"customer id": people, "order date": "2024-05-01", "amount": range(10, 70)})
    rows = [(people[n % 7], people[n], f"2024-04-{1 + n % 28:02}") for n in range(7, 40)]
    brought = pd.DataFrame([*rows, ("C050", "C050", "2024-04-01")], columns=["referrer id", "referred id", "date"])
    path = tmp_path_factory.mktemp("referrals") / "shop.xlsx"
    with pd.ExcelWriter(path) as book:
        orders.to_excel(book, sheet_name="orders", index=False)
        brought.to_excel(book, sheet_name="referrals", index=False)
    return path


@pytest.mark.parametrize(
    ("language", "said"), [("en", "33 of 60 customers were referred"), ("zh", "60 位客户中有 33 位由他人推荐")]
)
def test_the_answer_stands_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, make_study: Any, two_sheets: Path
) -> None:
    app = open_page(PAGE, language, study=make_study(two_sheets))
    answers(app, said)
    every_view(app, "referrals", "signs", "table", "best")
    app.get_by_key("use_referrals").click().run()
    assert not app.exception


def test_without_referrals_the_page_says_what_to_add(open_page: Any, sample_study: Any) -> None:
    without(open_page(PAGE, study=sample_study), "referrals", "No table says who referred whom")
