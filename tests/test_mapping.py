"""Corrections to a mapping: what is chosen for one table holds, and nothing else changes."""

from __future__ import annotations

from datetime import date

import pytest

from analysis import mapping
from analysis.intake.reading.read import read_file
from analysis.intake.roles import roles
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.describe import describe
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest_recipe

HEAD = "会员号,付款日期,金额,备注\n"
JAN = HEAD + "甲,2024-01-01,3,a\n乙,2024-01-02,4,b\n甲,2024-01-03,5,c\n"
FEB = HEAD + "甲,2024-02-01,3,a\n丙,2024-02-02,4,b\n丙,2024-02-03,5,d\n"
MEMBERS = "会员号,性别,手机号\n甲,男,13800138000\n乙,女,13800138001\n"


def table(text: str, name: str):
    [found] = read_file(text.encode(), name=name)
    return found


@pytest.fixture
def jan():
    return table(JAN, "jan.csv")


@pytest.fixture
def feb():
    return table(FEB, "feb.csv")


@pytest.fixture
def members():
    return table(MEMBERS, "members.csv")


def test_next_month_with_the_same_columns_is_read_by_the_source_that_is_there(jan, feb):
    recipe = suggest_recipe(inspect([jan]))
    recipe = mapping.with_roles(recipe, [jan], jan, {"备注": "product"})
    both = mapping.with_tables(recipe, [jan, feb], inspect([feb]))
    assert both == recipe
    assert mapping.sharing(both, [jan, feb], feb) == [jan]
    assert sum(count.kept for count in standardise([jan, feb], both).counts) == 6


def test_table_with_other_columns_gets_a_source_of_its_own(jan, members):
    recipe = suggest_recipe(inspect([jan]))
    both = mapping.with_tables(recipe, [jan, members], inspect([members]))
    assert both.sources[0] == recipe.sources[0]
    assert both.sources[1].kind == "customers"
    assert mapping.source_of(both, [jan, members], members) == both.sources[1]


def test_removing_one_of_two_months_leaves_a_recipe_that_runs(jan, feb):
    recipe = suggest_recipe(inspect([jan, feb]))
    left = mapping.without_tables(recipe, [feb])
    assert len(recipe.sources) == len(left.sources) == 1
    assert standardise([feb], left).counts[0].kept == 3


def test_leaving_out_one_month_of_a_shared_source_keeps_the_other(jan, feb):
    recipe = suggest_recipe(inspect([jan]))
    for out, kept in ((jan, feb), (feb, jan)):
        changed = mapping.with_kind(recipe, [jan, feb], out, "ignore")
        counts = {count.table: count for count in standardise([jan, feb], changed).counts}
        assert counts[out.key].set_aside == {"table_not_used": 3}
        assert counts[kept.key].kept == 3


def test_left_out_table_can_be_used_again(jan, feb):
    recipe = suggest_recipe(inspect([jan, feb]))
    without = mapping.with_kind(recipe, [jan, feb], feb, "ignore")
    again = mapping.with_kind(without, [jan, feb], feb, "orders")
    assert sum(count.kept for count in standardise([jan, feb], again).counts) == 6


def test_changing_a_role_keeps_what_else_is_known_of_the_column(jan):
    recipe = suggest_recipe(inspect([jan]))
    recipe = mapping.with_date_order(recipe, [jan], jan, "付款日期", "mdy")
    changed = mapping.with_roles(recipe, [jan], jan, {"备注": "product"})
    source = mapping.source_of(changed, [jan], jan)
    assert source is not None
    assert [(column.name, column.role, column.date_order) for column in source.columns] == [
        ("会员号", "customer_id", "auto"),
        ("付款日期", "order_date", "mdy"),
        ("金额", "amount", "auto"),
        ("备注", "product", "auto"),
    ]


def test_roles_of_a_kind_are_those_of_the_catalogue_and_extras_only_for_customers():
    assert "extra" in mapping.roles_for("customers")
    assert "extra" not in mapping.roles_for("orders")
    for kind in ("orders", "customers"):
        for role in set(mapping.roles_for(kind)) - {"extra", "ignore"}:
            assert kind in roles()[role].tables


def test_personal_columns_are_known_by_role_cells_or_header():
    [people] = read_file("编号,姓名,联系,备注\n1,王小明,13800138000,x\n2,李雷,13900139000,y\n".encode(), name="p.csv")
    seen = dict(zip(people.columns, describe(people), strict=True))
    assert mapping.personal_kind_of("姓名", "ignore", seen["姓名"]) == "name"
    assert mapping.personal_kind_of("姓名", "customer_id", seen["姓名"]) == "name"
    assert mapping.personal_kind_of("联系", "ignore", seen["联系"]) == "phone"
    assert mapping.personal_kind_of("备注", "ignore", seen["备注"]) is None
    assert mapping.personal_kind_of("商品名称", "product", seen["备注"]) is None


@pytest.mark.parametrize(
    ("example", "readings"),
    [
        ("03/04/2024", (date(2024, 4, 3), date(2024, 3, 4))),
        ("3-4-24 10:00", (date(2024, 4, 3), date(2024, 3, 4))),
        ("25/12/2024", None),
        ("2024-03-04", None),
        ("", None),
    ],
)
def test_date_that_can_be_read_both_ways_is_shown_both_ways(example, readings):
    assert mapping.both_readings(example) == readings
