"""The day that recency is counted from is not moved by a typing error."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analysis.intake.questions import last_day_of
from analysis.intake.reading.read import read_file
from analysis.intake.tables import StandardTables
from analysis.study import Run, suggest

LAST = date(2023, 10, 20)


def run(*odd: str, n: int = 80, head: str = "receipt,buyer,day,sum") -> Run:
    days = [LAST - timedelta(days=2 * place) for place in range(n)]
    lines = [f"R{place},K{place % 9},{day},{5 + place}" for place, day in enumerate(days)]
    lines += [f"X{place},K1,{day},7" for place, day in enumerate(odd)]
    tables = read_file((head.replace("buyer", "customer_id").replace("day", "order_date").replace("sum", "amount")
                        + "\n" + "\n".join(lines) + "\n").encode(), name="x.csv")  # fmt: skip
    return Run(tuple(tables), suggest(tables))


def standard(*odd: str, n: int = 80) -> StandardTables:
    return run(*odd, n=n).prepared().standard


@pytest.mark.parametrize("odd", [("2041-10-20",), ("2025-03-01",), ("2032-01-01", "2091-05-05"), ("9999-12-31",)])
def test_few_days_far_ahead_of_all_others_do_not_move_the_last_day(odd: tuple[str, ...]) -> None:
    assert last_day_of(standard(*odd), "orders", "order_date") == LAST
    assert run(*odd).prepared().profiles.as_of == LAST + timedelta(days=1)


def test_a_pause_a_small_table_or_many_days_ahead_are_as_they_are() -> None:
    assert last_day_of(standard("2024-03-01"), "orders", "order_date") == date(2024, 3, 1)
    assert last_day_of(standard("2025-03-01", n=10), "orders", "order_date") == date(2025, 3, 1)
    many = [f"2025-03-{day:02d}" for day in range(1, 20)]
    assert last_day_of(standard(*many), "orders", "order_date") == date(2025, 3, 19)
