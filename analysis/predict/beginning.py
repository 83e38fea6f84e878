"""Where the orders of a shop begin: after the last year without one. What stands before is another shop, or a slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.questions import chosen_lines, n_lines_and_sales
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables

DAYS_APART = 366  # without an order, after which the orders are counted anew
SLIPS = 0.05  # of the days with orders, up to which what stands apart before all others is no past of the shop


@dataclass(frozen=True)
class Beginning:
    """The days with orders that count.

    Attributes
    ----------
    days : tuple of date
        In order.
    n_before : int
        Days with orders that stand before a year without one, and are left out.
    """

    days: tuple[date, ...] = field(repr=False)
    n_before: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """That some are left out, where they are."""
        return (Note("orders_begun", {"day": self.days[0], "n": self.n_before}, "check"),) if self.n_before else ()


def beginning(standard: StandardTables, until: date, *, least_days: int = DAYS_APART) -> Beginning:
    """Return the days with orders that count, up to a day; none where there are no orders by then.

    Parameters
    ----------
    standard : StandardTables
    until : date
    least_days : int
        That have to be left where more than a few days with orders are left out.
    """
    days = sorted(chosen_lines(standard, until, {}).over_time("day"))
    begun = place_of_beginning(days, least_days)
    return Beginning(tuple(days[begun:]), begun)


def refuse_without_sales(standard: StandardTables) -> None:
    """Refuse order lines none of which is a sale: of refunds, or amounts of 0, nothing can be foretold.

    Raises
    ------
    AnalysisError
        ``predict_no_sales`` (n): lines there are.
    """
    n, n_sales = n_lines_and_sales(standard)
    if n and not n_sales:
        raise AnalysisError("predict_no_sales", n=n)


def place_of_beginning(days: Sequence[date], least_days: int = DAYS_APART) -> int:
    """Return the place of the day after the last year without an order; 0 without one.

    Examples
    --------
    >>> from datetime import timedelta
    >>> days = [date(2024, 1, 1) + timedelta(days=day) for day in range(90)]
    >>> place_of_beginning([date(1970, 1, 1), *days]), place_of_beginning([date(2020, 1, 1)] * 50 + days)
    (1, 0)
    """
    apart = (place for place in range(1, len(days)) if (days[place] - days[place - 1]).days > DAYS_APART)
    left = (place for place in apart if place <= SLIPS * len(days) or (days[-1] - days[place]).days > least_days)
    return max(left, default=0)
