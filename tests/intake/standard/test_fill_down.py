"""Lines of one order of which only the first is full: filled from it, told, and taken back by a choice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.recipe import Cleaning
from analysis.study import suggest

BY_NUMBER = "order,customer id,order date,item,amount\n" + "".join(
    f"{n},c{n % 4},2024-02-{n % 27 + 1:02d},tea,{n}.00\n{n},,,cup,{n}.50\n" for n in range(101, 113)
)
# Merged cells: the customer, the order and the day on the first line, the lines below blank.
BY_PLACE = "customer id,order,order date,item,amount\n" + "".join(
    f"c{n % 4},{n},2024-02-{n % 27 + 1:02d},tea,{n}.00\n,,,cup,{n}.50\n" for n in range(101, 113)
)
# The total stands on the first line alone, as shops export it.
TOTAL_ONCE = "order,customer id,order date,item,total\n" + "".join(
    f"{n},c{n % 4},2024-02-{n % 27 + 1:02d},tea,{n}.00\n{n},,,cup,\n{n},,,pot,\n" for n in range(101, 113)
)


def read(text: str, **cleaning) -> StandardTables:
    tables = read_file(text.encode(), name="a.csv")
    recipe = suggest(tables).model_copy(update={"cleaning": Cleaning(**cleaning)})
    return standardise(tables, recipe)


def lines(found: StandardTables) -> list[tuple]:
    return (
        found.cursor().execute("SELECT customer_id, order_id, order_date, amount FROM orders ORDER BY line").fetchall()
    )


def by_hand() -> list[tuple]:
    return [
        (f"c{n % 4}", str(n), date(2024, 2, n % 27 + 1), Decimal(n) + cents)
        for n in range(101, 113)
        for cents in (Decimal(0), Decimal("0.5"))
    ]


def test_lines_that_share_the_number_of_their_order_are_filled_from_its_first() -> None:
    found = read(BY_NUMBER)
    assert lines(found) == by_hand()
    assert [(note.code, note.facts["n"]) for note in found.notes] == [("cells_filled_down", 12)]


def test_lines_below_merged_cells_are_filled_from_the_line_above() -> None:
    found = read(BY_PLACE)
    assert lines(found) == by_hand()
    assert [(note.code, note.facts["n"]) for note in found.notes] == [("cells_filled_down", 12)]


def test_a_total_on_the_first_line_alone_is_shared_out_and_revenue_stays() -> None:
    found = read(TOTAL_ONCE)
    amounts = [amount for *_, amount in lines(found)]
    assert sum(amounts) == sum(range(101, 113))
    assert [sum(amounts[i : i + 3]) for i in range(0, 36, 3)] == list(range(101, 113))
    assert found.counts[0].kept == 36
    kept_as_written = read(TOTAL_ONCE, order_totals="each_line")
    assert sum(amount for *_, amount in lines(kept_as_written)) == sum(range(101, 113))
    assert kept_as_written.counts[0].set_aside == {"no_amount": 24}


def test_a_choice_leaves_the_blank_cells_as_they_are() -> None:
    found = read(BY_NUMBER, blank_cells="leave")
    assert (found.counts[0].kept, found.counts[0].set_aside) == (12, {"no_customer": 12})
    assert not found.notes


def test_a_line_between_orders_that_names_no_article_and_totals_are_not_filled() -> None:
    text = BY_PLACE + ",,,合计,99999\n"
    found = read(text)
    assert lines(found) == by_hand()
    assert found.counts[0].set_aside == {"total_row": 1}


def test_a_few_gaps_are_gaps_and_no_way_of_writing() -> None:
    text = "order,customer id,order date,item,amount\n" + "".join(
        f"{n},{'' if n in (150, 160) else f'c{n % 9}'},2024-02-{n % 27 + 1:02d},tea,{n}.00\n" for n in range(101, 221)
    )
    found = read(text)
    assert found.counts[0].set_aside == {"no_customer": 2}
    assert not found.notes


def test_an_order_number_that_comes_back_without_a_customer_anywhere_stays_without() -> None:
    """Guests have no number on any line of their orders, and must never be given somebody else's."""
    text = "order,customer id,order date,item,amount\n" + "".join(
        f"{n},{'' if n % 3 == 0 else f'c{n % 4}'},2024-02-{n % 27 + 1:02d},{item},{n}.00\n"
        for n in range(101, 113)
        for item in ("tea", "cup")
    )
    found = read(text)
    assert found.counts[0].set_aside == {"no_customer": 8}
    assert {order for _, order, *_ in lines(found)} == {str(n) for n in range(101, 113) if n % 3}


def test_the_report_says_what_was_filled_and_one_click_takes_it_back() -> None:
    from analysis.intake.fixes import apply_fix

    tables = read_file(BY_NUMBER.encode(), name="a.csv")
    recipe = suggest(tables)
    report = quality(tables, inspect(tables), recipe, standardise(tables, recipe))
    [one] = [finding for finding in report.findings if finding.code == "cells_filled_down"]
    assert (one.status, one.rows) == ("fixed", 12)
    assert one.undo is not None
    assert standardise(tables, apply_fix(recipe, one.undo)).counts[0].kept == 12


def test_a_customer_named_once_above_all_of_their_orders_is_filled_down_and_said() -> None:
    rows = [(f"c{n}", 10 * n + i) for n in range(4) for i in range(3)]
    text = "customer,order date,order,amount\n" + "".join(
        f"{name if i % 10 == 0 else ''},2024-02-{i % 27 + 1:02d},{i},{i}.00\n" for name, i in rows
    )
    found = read(text)
    assert [(one[0], one[1]) for one in lines(found)] == [(name, str(i)) for name, i in rows]
    assert [(note.code, note.facts["n"]) for note in found.notes] == [("cells_filled_down", 8)]


def test_blanks_of_buyers_who_are_not_known_stay_blank_where_others_come_back() -> None:
    text = "customer,order date,order,amount\n" + "".join(
        f"{f'c{i % 5}' if i % 3 == 0 else ''},2024-02-{i % 27 + 1:02d},{i},{i}.00\n" for i in range(40)
    )
    assert len(lines(read(text))) == 14


@pytest.mark.parametrize("label", ["Month total", "TOTAL", "Somme", "小计"])
def test_sums_of_blocks_whose_label_stands_in_a_late_column_of_money_are_not_filled(label: str) -> None:
    """A label far to the right, in a column of figures, is a sum: not a line of the customer above it."""
    head = "day,client,kind,guests,food,drinks,hire,amount\n"
    blocks = [
        "".join(f"2024-{month:02d}-{n + 2:02d},c{n},tea,{n + 9},90,,10,100\n" for n in range(6))
        + f",,,,,,{label},600\n,,,,,,,\n"
        for month in range(1, 7)
    ]
    found = read(head + "".join(blocks) + f",,,,,,{label},3600\n")
    assert sum(amount for *_, amount in lines(found)) == 3600
    assert found.counts[0].kept == 36
    assert found.counts[0].set_aside["total_row"] == 7
    assert "cells_filled_down" not in {note.code for note in found.notes}
