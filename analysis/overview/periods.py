"""Periods of days, the ones they are compared with, and the buckets that a line over time is drawn in."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from analysis.overview.params import OverviewParams, Preset

Bucket = Literal["day", "week", "month"]
DAYS_BY_DAY = 45
DAYS_BY_WEEK = 270


@dataclass(frozen=True)
class Period:
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1


def period_of(params: OverviewParams, data: Period) -> Period:
    """Return the days that the params ask for, when the data runs over ``data``.

    Examples
    --------
    >>> data = Period(date(2023, 1, 5), date(2024, 6, 30))
    >>> period_of(OverviewParams(period="last_12_months"), data)
    Period(start=datetime.date(2023, 7, 1), end=datetime.date(2024, 6, 30))
    """
    if params.period == "own":
        assert params.start is not None and params.end is not None
        return Period(params.start, params.end)
    if params.period == "all":
        return data
    after = data.end + timedelta(days=1)
    if params.period == "last_12_months":
        return Period(years_back(after, 1), data.end)
    return Period(after - timedelta(days=90 if params.period == "last_90_days" else 30), data.end)


def presets(data: Period) -> tuple[Preset, ...]:
    """Return the presets that say something about data of this length: everything, and what is shorter than it."""
    shorter: tuple[Preset, ...] = ("last_12_months", "last_90_days", "last_30_days")
    return (
        "all",
        *(preset for preset in shorter if period_of(OverviewParams(period=preset), data).start > data.start),
        "own",
    )


def lately(data: Period) -> Preset | None:
    """Return the longest preset whose period before lies in the data too; None where the data holds no two.

    Examples
    --------
    >>> lately(Period(date(2024, 1, 1), date(2024, 12, 31))), lately(Period(date(2024, 1, 1), date(2024, 1, 31)))
    ('last_90_days', None)
    """
    for preset in presets(data):
        period = period_of(OverviewParams(period=preset), data) if preset not in ("all", "own") else data
        if period != data and period_before(period).start >= data.start:
            return preset
    return None


def period_before(period: Period) -> Period:
    """Return the period of equal length that ends the day before.

    Examples
    --------
    >>> period_before(Period(date(2024, 3, 1), date(2024, 3, 31)))
    Period(start=datetime.date(2024, 1, 30), end=datetime.date(2024, 2, 29))
    """
    return Period(period.start - timedelta(days=period.days), period.start - timedelta(days=1))


def year_before(period: Period) -> Period:
    """Return the same days of the year before; the day after the end is moved, so that February ends with February.

    Examples
    --------
    >>> year_before(Period(date(2024, 2, 1), date(2024, 2, 29)))
    Period(start=datetime.date(2023, 2, 1), end=datetime.date(2023, 2, 28))
    """
    return Period(years_back(period.start, 1), years_back(period.end + timedelta(days=1), 1) - timedelta(days=1))


def years_back(day: date, years: int) -> date:
    """Return the same day some years earlier; 29 February becomes 28 February."""
    year = day.year - years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def bucket_of(period: Period) -> Bucket:
    """Return the step of a line over this period: at most 45 days, 40 weeks, or months."""
    if period.days <= DAYS_BY_DAY:
        return "day"
    return "week" if period.days <= DAYS_BY_WEEK else "month"


def bucket_starts(period: Period, bucket: Bucket) -> list[date]:
    """Return the first day of every bucket that touches the period; weeks begin on Monday."""
    starts = []
    day = bucket_start(period.start, bucket)
    while day <= period.end:
        starts.append(day)
        day = next_bucket(day, bucket)
    return starts


def bucket_start(day: date, bucket: Bucket) -> date:
    """Return the first day of the bucket that holds a day."""
    if bucket == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket == "month" else day


def next_bucket(start: date, bucket: Bucket) -> date:
    """Return the first day of the bucket after the one that begins on ``start``."""
    if bucket == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return start + timedelta(days=7 if bucket == "week" else 1)


def months_between(first: date, last: date) -> int:
    """Return how many calendar months ``last`` lies after ``first``.

    Examples
    --------
    >>> months_between(date(2023, 11, 30), date(2024, 2, 1))
    3
    """
    return (last.year - first.year) * 12 + last.month - first.month
