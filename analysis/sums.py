"""Sums of numbers with a point that come to the same bits in any order of the rows.

The database adds numbers as its threads bring them, and a sum of doubles depends on the order in its last digits: one
table read twice would differ. Whole numbers do not, so a double is split at a power of two into whole numbers, and
these are added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_BITS = 61  # a whole number of 64 bits holds a sign and so much, with one bit to spare
_WHOLE = 2.0**53  # up to here doubles are exact whole numbers


@dataclass(frozen=True)
class Extent:
    """What is known of the numbers that are added.

    ``largest`` is at least the largest of them without its sign, ``n`` at least how many there are; ``whole`` says that
    every one is a whole number.
    """

    largest: float
    n: int
    whole: bool = False

    def times(self, other: Extent) -> Extent:
        """Return what is known of products."""
        return Extent(self.largest * other.largest, min(self.n, other.n), self.whole and other.whole)


def exact_sum(value: str, extent: Extent, only: str = "") -> str:
    """Write the sum of doubles as SQL; NULL without any, like ``sum``.

    Of each number, what is below 2**-121 of the largest is left out: nothing of it unless the numbers differ by more
    than a factor of 10**20.

    Parameters
    ----------
    value : str
        SQL of the number, of which the finite ones lie within ``extent``.
    only : str
        A ``FILTER`` behind the sum.

    Examples
    --------
    >>> from analysis.engine import connect
    >>> total = exact_sum("x", Extent(1e17, 4))
    >>> with connect() as connection:
    ...     connection.execute(f"SELECT {total} FROM (VALUES (1e17), (1.0), (-1e17), (0.5)) rows(x)").fetchall()
    [(1.5,)]
    """
    if extent.largest == 0 or not math.isfinite(extent.largest):
        return f"sum({value}){only}"
    if extent.whole and extent.largest * extent.n <= _WHOLE:
        return f"sum({value}){only}"  # exact as it is
    power = min(_BITS - math.frexp(extent.largest)[1], 960)
    scaled, unit = f"({value}) * pow(2.0, {power})", f"pow(2.0, {power})"
    high = f"sum(CAST(trunc({scaled}) AS BIGINT)){only}"
    low = f"sum(CAST(trunc(({scaled} - trunc({scaled})) * pow(2.0, 60)) AS BIGINT)){only}"
    return f"(CAST({high} AS DOUBLE) + CAST({low} AS DOUBLE) / pow(2.0, 60)) / {unit}"


def extent_of(value: str, only: str = "") -> str:
    """Write what ``Extent`` asks of a number as SQL, three columns: ``Extent(*row)`` with 0 for a missing one."""
    return (
        f"coalesce(max(abs({value})){only}, 0.0), count({value}){only}, "
        f"coalesce(bool_and(({value}) = trunc({value})){only}, true)"
    )
