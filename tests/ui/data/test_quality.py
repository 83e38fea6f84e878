"""Every finding and every fix that the quality report knows has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.found_in_lines import CHOSEN, UNREAD
from analysis.recipe import Cleaning
from texts import LANGUAGES, Translator, catalogue

INTAKE = Path(__file__).resolve().parents[3] / "analysis" / "intake" / "judging"
SOURCE = "".join(
    (INTAKE / name).read_text("utf-8") for name in ("found_in_lines.py", "found_in_columns.py", "found_in_money.py")
)
CODES = {
    *UNREAD,
    *(f"left_{reason}" for reason in CHOSEN),
    *re.findall(r'code="(\w+)"', SOURCE),
    *re.findall(r'Finding\(\s*"(\w+)"', SOURCE),
    "test_orders", "zero_amounts", "gaps_number", "gaps_category", "member_without_id", "date_not_existing",
    "column_constant", "column_almost_empty", "not_a_sale", "other_level", "unpaid_states", "state_guessed",
    *(f"discount_{kind}" for kind in ("share", "percent", "factor", "amount")),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(CODES))
def test_finding_has_a_sentence(code: str) -> None:
    assert set(catalogue()[f"finding.{code}"]) == set(LANGUAGES)


@pytest.mark.parametrize("field", get_args(CleaningFix.model_fields["field"].annotation))
def test_every_choice_of_cleaning_can_be_made_by_a_fix(field: str) -> None:
    assert field in Cleaning.model_fields
    keys = [key for key in catalogue() if re.fullmatch(rf"fix\.{field}(\.\w+)?", key)]
    assert keys


def test_every_choice_of_cleaning_is_one_a_fix_can_make() -> None:
    assert set(get_args(CleaningFix.model_fields["field"].annotation)) == set(Cleaning.model_fields)


def test_a_fact_may_have_any_name() -> None:
    facts = {"n": 60, "key": "person", "other": "members.csv", "column": "id", "table": "orders.csv"}
    assert "person" in Translator("en")("finding.customers_once_other", **facts)
