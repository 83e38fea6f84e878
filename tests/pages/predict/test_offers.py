"""The page of offers: the answer in both languages, every view, and what it becomes in the recipe."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.predict.offers.params import OffersParams
from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words


@pytest.mark.parametrize(("language", "said"), [("en", "Tested on the last order of"), ("zh", "最近一笔订单检验")])
def test_offers_answer_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page("predict/offers", language, study=sample_study)
    answers(app, said)
    if language == "zh":
        return
    every_view(app, "offers", "tried", "segments", "pairs", "sets", "season", "what")
    app.get_by_key("offers_list_which").set_value("new").run()
    app.get_by_key("use_offers").click().run()
    assert not app.exception
    assert saved(sample_study).predictions == (OffersParams(),)
    product = app.get_by_key("offers_product_name").value
    app.get_by_key("offers_out").click().run()
    assert not app.exception
    assert saved(sample_study).predictions == (OffersParams(leave_out=(product,)),)
    assert product not in app.get_by_key("offers_product_name").options
    app.get_by_key("offers_back_0").click().run()
    assert saved(sample_study).predictions == (OffersParams(),)


def test_few_customers_get_a_list_that_says_it_is_untested(open_page: Any, make_study: Any) -> None:
    rows = [f"c{n % 6},2024-0{1 + n % 6}-1{n % 9},20,o{n},tea {n % 4}" for n in range(24)]
    study = make_study("customer_id,order_date,amount,order_id,product\n" + "\n".join(rows) + "\n")
    app = open_page("predict/offers", study=study)
    assert not app.exception and not app.error
    assert "could not be tested" in words(app) and "50 are needed" in words(app)
    app.get_by_key("offers_view_shown").set_value("tried").run()
    assert not app.exception


def test_orders_without_products_say_what_is_missing(open_page: Any, make_study: Any) -> None:
    rows = [f"c{n % 6},2024-0{1 + n % 6}-1{n % 9},20,o{n}" for n in range(24)]
    study = make_study("customer_id,order_date,amount,order_id\n" + "\n".join(rows) + "\n")
    app = open_page("predict/offers", study=study)
    without(app, "offers", "product")
