"""The run before, as a brief compares with it, and what a run leaves of itself for the brief after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from analysis.history.arrival import Known, known_of
from analysis.history.moment import Moment, moment_then
from analysis.intake.moved import Outline, months_until
from analysis.plain import plain
from analysis.study.version import engine_version

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.recipe import Recipe
    from analysis.segments.fitted_study import FittedStudy
    from analysis.study.result import StudyResult

LEFT = "history"  # where the summary of a snapshot holds what is below
Month = tuple[int, Decimal | None]


@dataclass(frozen=True)
class State:
    """What makes two runs of a study two periods of it: the day looked back from, and the kinds of its tables."""

    as_of: date
    kinds: frozenset[str]

    def follows(self, as_of: date, summary: Mapping[str, Any]) -> bool:
        """Say whether this is a later state of what a run with this day and summary told of.

        A table of another kind says other things of the same customers: it is no new period.

        Examples
        --------
        >>> now = State(date(2024, 3, 1), frozenset({"customers", "feedback"}))
        >>> now.follows(date(2024, 2, 1), {"tables": {"a.csv": {"kind": "customers"}}})
        False
        """
        then = frozenset(one["kind"] for one in summary.get("tables", {}).values()) - {"ignore"}
        return as_of <= self.as_of and (not then or then == self.kinds)


def state_of(standard: StandardTables, as_of: date) -> State:
    """Return the state that a run of these tables is of."""
    return State(as_of, frozenset(count.kind for count in standard.counts) - {"ignore"})


class _Info(Protocol):
    @property
    def as_of(self) -> date: ...
    @property
    def summary(self) -> dict[str, Any]: ...


class KeptSnapshot(Protocol):
    """What the workspace keeps of a run: its day and figures, recipe, profiles with segments, and what it learned."""

    @property
    def info(self) -> _Info: ...  # noqa: D102
    @property
    def recipe(self) -> Recipe: ...  # noqa: D102
    @property
    def profiles(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def segments(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def fitted(self) -> FittedStudy | None: ...  # noqa: D102


@dataclass(frozen=True)
class Restated:
    """A month of the past that this run tells otherwise: orders and revenue (currency, exact) then and now."""

    month: date
    orders_then: int
    orders_now: int
    then: Decimal | None
    now: Decimal | None

    @property
    def late(self) -> int:
        """Orders that came in after the month was told; negative for those that are gone."""
        return self.orders_now - self.orders_then


@dataclass(frozen=True)
class Earlier:
    """The run before.

    Attributes
    ----------
    moment : Moment
    recipe : Recipe
    fitted : FittedStudy or None
    months : mapping of date to (orders, revenue)
        What each month of orders was then, by its first day; empty for runs that did not keep it.
    summary : mapping
        What the run reported.
    """

    moment: Moment
    recipe: Recipe
    fitted: FittedStudy | None
    months: Mapping[date, Month] = field(default_factory=dict, repr=False)
    summary: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> date:
        """The day the run looked back from."""
        return self.moment.as_of


def earlier_of(snapshot: KeptSnapshot) -> Earlier:
    """Return a snapshot of the workspace as the run before.

    Raises
    ------
    AnalysisError
        ``history_ids_twice`` (day).
    """
    summary = snapshot.info.summary
    kept = summary.get(LEFT, {}).get("months", {})
    months = {
        date.fromisoformat(day): (int(orders), None if money is None else Decimal(money))
        for day, (orders, money) in kept.items()
    }
    moment = moment_then(snapshot, snapshot.info.as_of)
    return Earlier(moment, snapshot.recipe, snapshot.fitted, months, summary)


def left_behind(
    result: StudyResult, arrived: tuple[Mapping[str, Any], ...] = (), promises: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a run leaves for the one after it, as JSON values: its code, its files, and its months.

    Parameters
    ----------
    result : StudyResult
    arrived : tuple of mapping
        What differed in the files that came with this run (``arrival.as_json``).
    promises : mapping, optional
        What an earlier run foretold, as it was judged (``promised.as_json``).
    """
    files = {table.file: table.fingerprint for table in result.standard.raws}
    months = _months(result.standard, result.profiles.as_of)
    return {
        "engine": engine_version(),
        "files": [{"file": file, "sha256": digest} for file, digest in files.items()],
        "months": {
            day.isoformat(): [orders, None if money is None else str(money)] for day, orders, money, _ in months
        },
        "buyers": {day.isoformat(): buyers for day, _, _, buyers in months},
        "arrived": list(arrived),
        "orders": _orders(result.standard),
        "promises": dict(promises or {}),
    }


def files_then(summary: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the files that a run was made of, names by fingerprint; None for runs that did not keep them.

    Examples
    --------
    >>> files_then({LEFT: {"files": [{"file": "a.csv", "sha256": "ab12"}]}}), files_then({})
    ({'ab12': 'a.csv'}, None)
    """
    kept = summary.get(LEFT, {}).get("files")
    return None if kept is None else {str(one["sha256"]): str(one["file"]) for one in kept}


def known_then(summary: Mapping[str, Any]) -> Known | None:
    """Return the orders of a study as a run left them, for what comes in next; None for runs that did not keep it."""
    kept = summary.get(LEFT, {}).get("orders")
    if not kept:
        return None
    whole, usual = (
        Outline(n, m, first and date.fromisoformat(first), last and date.fromisoformat(last), median)
        for n, m, first, last, median in kept
    )
    return Known(whole, usual)


def _months(standard: StandardTables, as_of: date) -> list[tuple[date, int, Decimal | None, int]]:
    if "order_date" not in standard.order_roles:
        return []
    return months_until(standard, as_of - timedelta(days=1))


def _orders(standard: StandardTables) -> list[list[Any]]:
    if "order_date" not in standard.order_roles:
        return []
    known = known_of(standard)
    return [plain(list(one)) for one in (known.whole, known.usual)]


def months_of(standard: StandardTables, as_of: date) -> dict[date, Month]:
    """Return orders and revenue of each month before a day of reckoning, whose own orders the next run tells of."""
    return {month: (orders, money) for month, orders, money, _ in _months(standard, as_of)}


def restated(earlier: Earlier, standard: StandardTables) -> tuple[Restated, ...]:
    """Return the months that the run before told otherwise, the latest first; late and corrected rows do that."""
    if not earlier.months:
        return ()
    now = months_of(standard, earlier.as_of)
    nothing: Month = (0, Decimal(0))
    found = []
    for month in sorted({*now, *earlier.months}, reverse=True):
        then, told = earlier.months.get(month, nothing), now.get(month, nothing)
        if then != told:
            found.append(Restated(month, then[0], told[0], then[1], told[1]))
    return tuple(found)
