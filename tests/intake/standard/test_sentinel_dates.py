"""A date that programs write for "never" is set aside with its reason, and moves no day of the figures."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.intake.reading.read import read_file
from tests.unsegmented import run_unsegmented

ORDERS = "customer id,order date,amount\n" + "".join(
    f"c{number % 9},2024-{number % 12 + 1:02d}-05,{number + 1}\n" for number in range(60)
)


@pytest.mark.parametrize(
    "day", ["9999-12-31", "9999-12-01", "9999/12/31 23:59:59", "2262-04-12", "2300-01-01", "0001-01-01", "1600-01-01"]
)
def test_a_date_for_never_is_set_aside(day: str) -> None:
    found = run_unsegmented(read_file(f"{ORDERS}c1,{day},5\n".encode(), name="a.csv"))
    [count] = found.standard.counts
    assert (count.read, count.kept, count.set_aside) == (61, 60, {"date_unreadable": 1})
    assert found.profiles.as_of == date(2024, 12, 6)
