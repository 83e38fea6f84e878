"""How tables join is counted on both sides, and what finds no partner is shown with what it may stand for."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.people.join import joins, unmatched
from analysis.intake.people.words import join_answer
from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges
from analysis.privacy.forget import Forgotten
from analysis.study import suggest
from tests.thorough import examples
from texts import Translator


def found(**texts: str):
    tables = [table for name, text in texts.items() for table in read_file(text.encode(), name=f"{name}.csv")]
    recipe = suggest(tables)
    return tables, recipe, joins(tables, recipe)


DEALS = (
    "account,product,close date,deal value\n"
    "A1,GTXPro,2024-01-01,5\nA1,MG Special,2024-01-02,6\nA2,GTXPro,2024-01-03,7\nA3,Other thing,2024-01-04,8\n"
)
PRODUCTS = "product,series,list price\nGTX Pro,GTX,100\nMG Special,MG,50\nMG Advanced,MG,60\n"


def test_near_misses_are_found_on_both_sides() -> None:
    tables, recipe, [join] = found(deals=DEALS, products=PRODUCTS)
    assert (join.left.column, join.right.column, join.kind) == ("product", "product", "many_to_one")
    assert (join.left.rows, join.left.matched_rows, join.left.keys, join.left.matched_keys) == (4, 1, 3, 1)
    assert (join.right.rows, join.right.matched_rows) == (3, 1)
    left = unmatched(tables, recipe, join, "left")
    assert [(one.key, one.rows, one.near) for one in left] == [("GTXPro", 2, "GTX Pro"), ("Other thing", 1, "")]
    right = unmatched(tables, recipe, join, "right")
    assert [(one.key, one.near) for one in right] == [("GTX Pro", "GTXPro"), ("MG Advanced", "")]


def test_spelling_mistake_is_near_but_another_number_is_not() -> None:
    products = "product,series,list price\nGTK Basik,GTX,1\nMG Special,MG,5\nGTX 3001,G,3\n"
    deals = DEALS.replace("GTXPro", "GTK Basic").replace("Other thing", "GTX 3002")
    tables, recipe, [join] = found(deals=deals, products=products)
    left = unmatched(tables, recipe, join, "left")
    assert {one.key: one.near for one in left} == {"GTK Basic": "GTK Basik", "GTX 3002": ""}


def test_two_months_of_one_export_are_stacked_and_not_joined() -> None:
    _, _, none = found(january=DEALS, february=DEALS.replace("2024-01", "2024-02"))
    assert none == ()


def test_one_table_joins_with_nothing() -> None:
    assert found(deals=DEALS)[2] == ()


@examples(15)
@given(
    st.lists(st.integers(1, 12), min_size=3, max_size=12),
    st.lists(st.integers(1, 12), min_size=3, max_size=12, unique=True),
)
def test_counts_agree_with_a_plain_loop(orders: list[int], members: list[int]) -> None:
    lines = "customer id,order date,amount\n" + "".join(
        f"K{key},2024-01-{day + 1:02d},5\n" for day, key in enumerate(orders)
    )
    people = "customer id,gender,birthday\n" + "".join(f"K{key},f,1990-01-01\n" for key in members)
    tables, recipe, [join] = found(orders=lines, members=people)
    counts = Counter(orders)
    shared = set(orders) & set(members)
    assert (join.left.rows, join.left.keys) == (len(orders), len(counts))
    assert join.left.matched_rows == sum(counts[key] for key in shared)
    assert join.left.matched_keys == join.right.matched_keys == len(shared)
    alone = unmatched(tables, recipe, join, "left")
    assert sum(one.rows for one in alone) + join.left.matched_rows == len(orders)
    assert join.kind == ("one_to_one" if max(counts.values()) == 1 else "many_to_one")


def test_merged_ids_find_each_other() -> None:
    lines = "customer id,order date,amount\nA1,2024-01-01,5\nA2,2024-01-02,5\nA1,2024-01-03,5\n"
    people = "customer id,gender,birthday\nB1,f,1990-01-01\nB2,f,1990-01-01\nA2,m,1990-01-01\n"
    tables, recipe, [before] = found(orders=lines, members=people)
    merges = Merges().decide([("A1", "B1")], "same")
    [after] = joins(tables, recipe, merges)
    assert (before.left.matched_rows, after.left.matched_rows) == (1, 3)
    assert [one.key for one in unmatched(tables, recipe, after, "right", merges)] == ["B2"]


@pytest.mark.parametrize(
    ("right", "en", "zh"),
    [
        ("Customer ID", "join by “Customer ID”,", "按「Customer ID」一一关联"),
        ("Member", "join by “Customer ID” and “Member”,", "按「Customer ID」与「Member」一一关联"),
    ],
)
def test_a_column_of_the_same_name_on_both_sides_is_named_once(right: str, en: str, zh: str) -> None:
    sides = [SimpleNamespace(column=column, share=0.9) for column in ("Customer ID", right)]
    join: Any = SimpleNamespace(kind="one_to_one", left=sides[0], right=sides[1])
    assert en in join_answer(join, "Orders", "Members", Translator("en"))
    assert zh in join_answer(join, "Orders", "Members", Translator("zh"))


def test_keys_of_a_customer_who_was_forgotten_are_not_shown() -> None:
    orders = "会员号,下单日期,金额\n1,2024-01-01,3\n2,2024-01-02,4\n7,2024-01-02,4\n7,2024-02-02,4\n"
    tables, recipe, [join] = found(orders=orders, members="会员号,性别\n1,男\n2,女\n3,女\n")
    assert [one.key for one in unmatched(tables, recipe, join, "left")] == ["7"]
    gone = Forgotten().adding(["7"])
    [after] = joins(tables, recipe, None, gone)
    assert (join.left.rows, after.left.rows) == (4, 2)
    assert unmatched(tables, recipe, after, "left", None, gone) == ()
