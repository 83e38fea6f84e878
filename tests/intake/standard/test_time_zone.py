"""Times written with an offset are read as the local time of the study's zone; all others stay as written."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest

TEXT = (
    "customer id,order date,amount\n"
    "1,2024-03-05T23:30:00Z,3\n2,2024-03-05T23:30:00+09:00,4\n1,2024-03-05 23:30:00,5\n3,2024-03-06,6\n"
)


def days(zone: str | None) -> list[str]:
    tables = read_file(TEXT.encode(), name="a.csv")
    recipe = suggest(tables).model_copy(update={"time_zone": zone})
    with standardise(tables, recipe).cursor() as cursor:
        return [str(when) for (when,) in cursor.execute("SELECT order_time FROM orders ORDER BY line").fetchall()]


def test_offsets_are_turned_into_local_time_by_hand():
    assert days("Asia/Shanghai") == [
        "2024-03-06 07:30:00",
        "2024-03-05 22:30:00",
        "2024-03-05 23:30:00",
        "2024-03-06 00:00:00",
    ]


def test_without_a_zone_times_stay_as_written():
    assert days(None)[2:] == ["2024-03-05 23:30:00", "2024-03-06 00:00:00"]
    assert days(None)[:2] == ["2024-03-05 23:30:00"] * 2


def test_zone_that_does_not_exist_is_refused():
    with pytest.raises(AnalysisError, match="time_zone_unknown"):
        days("Mars/Olympus")
