"""Fixes: a closed change of the recipe that can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from analysis.errors import AnalysisError
from analysis.intake.fixes import AsOfFix, CleaningFix, ColumnFix, Fix, SourceFix, accept, apply_fix, inverse, reopen
from analysis.recipe import Column, Recipe, Source

RECIPE = Recipe(
    sources=(
        Source(kind="customers", columns=(Column(name="号", role="customer_id"),)),
        Source(kind="orders", columns=(Column(name="号", role="customer_id"), Column(name="渠道", role="channel"))),
    )
)
CLEANING = st.sampled_from(
    [
        ("returns", "set_aside"), ("duplicate_lines", "set_aside"), ("repeated_lines", "set_aside"), ("ages", "blank"),
        ("test_orders", "set_aside"), ("zero_amounts", "set_aside"), ("outliers", "cap"), ("order_totals", "split"),
        ("categories", "keep"), ("excluded_states", ("a", "b")), ("excluded_states", ()),
        ("credit_numbers", "return"), ("credit_numbers", "sale"), ("order_totals", "each_line"),
        ("blank_cells", "leave"), ("duplicate_lines", "keep"),
    ]
).map(lambda pair: CleaningFix(field=pair[0], value=pair[1]))  # fmt: skip
COLUMN = st.sampled_from(
    [
        ("role", "ignore"), ("date_order", "mdy"), ("decimal", "comma"), ("nothing", ("0", "x")),
        ("scale", "none"), ("scale", "header"), ("missing", "median"), ("merges", ()),
        ("merges", (("WeChat", "微信"),)),
    ]
).map(lambda pair: ColumnFix(source=1, column="渠道", field=pair[0], value=pair[1]))  # fmt: skip
AS_OF = st.sampled_from([AsOfFix(value="latest"), AsOfFix(value=date(2024, 1, 1))])
SOURCE = st.sampled_from(
    [
        SourceFix(source=1, value="customers"),
        SourceFix(source=1, roles=(("号", "phone"), ("渠道", "customer_id"))),
        SourceFix(source=0, value="orders", roles=(("号", "order_id"),)),
    ]
)
FIXES = st.one_of(CLEANING, COLUMN, AS_OF, SOURCE)


@given(st.lists(FIXES, max_size=4), FIXES)
def test_a_fix_and_its_undo_give_the_same_recipe(before, fix) -> None:
    recipe = RECIPE
    for earlier in before:
        recipe = apply_fix(recipe, earlier)
    changed = apply_fix(recipe, fix)
    assert apply_fix(changed, inverse(recipe, fix)) == recipe
    assert apply_fix(changed, fix) == changed


@given(FIXES)
def test_a_fix_survives_being_written_down(fix) -> None:
    adapter = TypeAdapter(Fix)
    assert apply_fix(RECIPE, adapter.validate_json(adapter.dump_json(fix))) == apply_fix(RECIPE, fix)


def test_only_the_named_column_changes() -> None:
    changed = apply_fix(RECIPE, ColumnFix(source=1, column="渠道", field="role", value="ignore"))
    assert changed.sources[0] == RECIPE.sources[0]
    assert [column.role for column in changed.sources[1].columns] == ["customer_id", "ignore"]


@pytest.mark.parametrize(
    "fix",
    [
        ColumnFix(source=7, column="渠道", field="role", value="ignore"),
        ColumnFix(source=1, column="没有", field="role", value="ignore"),
        ColumnFix(source=1, column="渠道", field="missing", value="guess"),
        ColumnFix(source=1, column="渠道", field="scale", value="1000"),
        CleaningFix(field="credit_numbers", value="maybe"),
        CleaningFix(field="outliers", value="drop"),
        SourceFix(source=1, roles=(("没有", "customer_id"),)),
    ],
)
def test_what_cannot_be_changed_is_refused(fix) -> None:
    with pytest.raises(AnalysisError) as refused:
        apply_fix(RECIPE, fix)
    assert refused.value.code == "fix_impossible"


def test_accepting_is_kept_once_and_taken_back() -> None:
    accepted = accept(accept(RECIPE, "returns:0:"), "returns:0:")
    assert accepted.accepted == ("returns:0:",)
    assert reopen(accepted, "returns:0:") == RECIPE
