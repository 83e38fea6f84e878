"""The shop by month: its files hold what is planted, and the brief of a month names it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from analysis.history.arrival import arrivals, as_json, known_of
from analysis.history.earlier import earlier_of
from analysis.history.telling import LEAST_PRODUCTS, PRICE_CHANGE, brief
from analysis.history.words import brief_text
from analysis.intake.moved import price_index
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import with_tables
from analysis.study import prepare, suggest
from analysis.study.refresh import refresh
from sample_data.by_month import DEARER, FIRST, N_MONTHS, PLANTED, exports
from tests.history.months import first_run, kept
from texts import translator

if TYPE_CHECKING:
    from analysis.history.brief import Brief
    from analysis.intake.tables import RawTable
    from analysis.study.result import StudyResult

MONTHS = {export.month: export for export in exports()[1:]}


def tables_of(month: date) -> list[RawTable]:
    return [table for name, content in MONTHS[month].files.items() for table in read_file(content, name=name)]


@cache
def until(month: date) -> tuple[RawTable, ...]:
    """Return all that was sold before a month as one file: that is read sooner than a file for each month."""
    whole = exports()[0].files["订单2024上半年.csv"]
    rows = [next(iter(one.files.values())) for one in MONTHS.values() if one.month < month]
    return tuple(read_file(whole + b"".join(one.split(b"\n", 1)[1] for one in rows), name="以前.csv"))


def next_month(before: StudyResult, month: date) -> tuple[StudyResult, Brief]:
    there = list(before.standard.raws)
    found = arrivals(tables_of(month), there, before.recipe, known_of(before.standard))
    new = [one.table for one in found]
    result = refresh([*there, *new], with_tables(before.recipe, [*there, *new], inspect(new)), before)
    return result, brief(result, earlier_of(kept(before)), arrived=as_json(found), chance=None)


@pytest.fixture(scope="module")
def spring() -> dict[date, Brief]:
    """February and March 2025, each with the run before; all months are asked by ``benchmarks months``."""
    result, told = first_run(list(until(date(2025, 2, 1)))), {}
    for month in (date(2025, 2, 1), date(2025, 3, 1)):
        result, told[month] = next_month(result, month)
    return told


def said(found: Brief, code: str) -> dict[str, Any]:
    return dict(next(one for part in found.parts for one in part.said if one.code == code).facts)


def test_the_same_bytes_are_written_each_time_and_every_month_has_a_file() -> None:
    assert exports() == exports() and next(iter(MONTHS)) == FIRST and len(MONTHS) == N_MONTHS
    assert set(PLANTED) < set(MONTHS)


def test_the_briefs_of_spring_name_the_lost_channel_and_the_correction(spring: dict[date, Brief]) -> None:
    for month, found in spring.items():
        assert PLANTED[month] in found.codes, month
    lost = [one.facts["value"] for one in spring[date(2025, 2, 1)].part("moved").said if one.code == "value_gone"]
    assert "天猫" in lost
    mended = said(spring[date(2025, 3, 1)], "restated")
    assert mended["month"] == date(2025, 2, 1) and mended["now"] < mended["then"]
    for language, words in (("en", ("天猫", "orders were corrected")), ("zh", ("天猫", "订单有更正"))):
        t = translator(language, "CNY")
        text = brief_text(spring[date(2025, 2, 1)], t) + brief_text(spring[date(2025, 3, 1)], t)
        assert all(word in text for word in words)


def test_prices_rise_in_september_and_ten_days_come_twice_in_may() -> None:
    there = list(until(date(2025, 5, 1)))
    recipe = suggest(there)
    standard = prepare(there, recipe).standard
    found = price_index(standard, (date(2024, 8, 1), date(2024, 8, 31)), (date(2024, 9, 1), date(2024, 9, 30)))
    assert found is not None and found[0] == pytest.approx(DEARER, abs=0.002)
    assert found[1] >= LEAST_PRODUCTS and DEARER - 1 > PRICE_CHANGE
    [arrived] = arrivals(tables_of(date(2025, 5, 1)), there, recipe, known_of(standard))
    assert arrived.mode == "overlap"


def test_a_renamed_heading_and_late_rows_are_told_as_they_come() -> None:
    there = list(until(date(2024, 10, 1)))
    recipe = suggest(there)
    found = arrivals(tables_of(date(2024, 10, 1)), there, recipe)
    assert PLANTED[date(2024, 10, 1)] == "arrived_renamed" and found[0].renames == {"实付款": "实付金额"}
    there = [*until(date(2024, 12, 1))]
    found = arrivals(tables_of(date(2024, 12, 1)), there, recipe, known_of(prepare(there, recipe).standard))
    assert [one.mode for one in found] == ["append", "late"]
