"""What happened with one customer, of all kinds of records in one list, and the lines behind it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from analysis.customer.timeline import Happening, timeline
from analysis.customer.words import happening
from analysis.intake.people.one import customer_lines
from analysis.intake.tables import StandardTables
from analysis.study import prepare, read, suggest
from texts import LANGUAGES, Language, Translator

ORDERS = """customer id,order id,order date,product,amount
A,1,2024-01-05,tea,30
A,1,2024-01-05,mug,20
A,1,2024-01-05,pot,5
A,1,2024-01-05,cup,1
B,2,2024-01-06,tea,40
A,3,2024-03-01,tea,30
A,4,2024-03-09,tea,-30
A,9,2024-05-01,later,7
"""
FEEDBACK = """customer id,feedback date,rating,comment
A,2024-02-01,4,call me on 13812345678
B,2024-02-02,5,nice
"""
UNTIL = date(2024, 4, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> StandardTables:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in (("orders", ORDERS), ("feedback", FEEDBACK)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    tables = [*read(folder / "orders.csv"), *read(folder / "feedback.csv")]
    return prepare(tables, suggest(tables)).standard


def test_all_kinds_of_records_stand_in_one_list_the_newest_first(shop: StandardTables) -> None:
    found = timeline(shop, "A", UNTIL)
    assert [(one.day, one.kind, one.amount) for one in found.happenings] == [
        (date(2024, 3, 9), "return", -30.0),
        (date(2024, 3, 1), "order", 30.0),
        (date(2024, 2, 1), "feedback", None),
        (date(2024, 1, 5), "order", 56.0),
    ]
    assert found.n == 4
    assert found.happenings[3].facts == (("product", "cup"), ("product", "mug"), ("product", "pot"))
    assert found.happenings[3].n_more == 1
    assert dict(found.happenings[2].facts)["rating"] == "4"


def test_a_list_that_is_cut_says_how_much_there_is_and_nobody_has_none(shop: StandardTables) -> None:
    found = timeline(shop, "A", UNTIL, most=2)
    assert ([one.kind for one in found.happenings], found.n) == (["return", "order"], 4)
    assert timeline(shop, "nobody", UNTIL).n == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_personal_inside_a_record_is_masked_until_asked_for(shop: StandardTables, language: Language) -> None:
    t = Translator(language)
    said = next(one for one in timeline(shop, "A", UNTIL).happenings if one.kind == "feedback")
    assert "13812345678" not in happening(said, t, masked=True)
    assert "138****5678" in happening(said, t, masked=True)
    assert "13812345678" in happening(said, t, masked=False)
    assert t("role.rating") in happening(said, t, masked=False)
    referral = Happening(None, "referrals", (("referred_id", "王小明"), ("converted", "true")))
    assert "王*" in happening(referral, t, masked=True, id_kind="name")
    assert t("charts.yes") in happening(referral, t, masked=True)


def test_an_order_names_three_products_and_counts_the_others(shop: StandardTables) -> None:
    t, found = Translator("en"), timeline(shop, "A", UNTIL).happenings
    assert happening(found[-1], t, masked=True) == "cup, mug, pot and 1 more"
    assert happening(found[0], t, masked=True) == "returned: tea"


def test_the_lines_behind_a_customer_are_those_of_the_files(shop: StandardTables) -> None:
    found = customer_lines(shop, "A")
    assert found["line"].tolist() == [2, 3, 4, 5, 7, 8, 9, 2]
    cells = [json.loads(cell) for cell in found["cells"]]
    assert sum(float(cell["amount"]) for cell in cells if "amount" in cell) == 63
    assert cells[-1]["comment"] == "call me on 13812345678"
    assert customer_lines(shop, "A", most=2)["line"].tolist() == [2, 3]
    assert list(customer_lines(shop, "nobody").columns) == ["table_key", "line", "cells"]
