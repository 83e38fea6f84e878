"""Levels of membership: who has which by thresholds, who would move with other ones, and what the benefits cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles

MOST = 8


class Level(Params):
    """A level: whoever reaches all of its thresholds has it, and loses it once one is missed: levels go down too.

    Attributes
    ----------
    spend, orders : float and int
        At least so much of each, of all time.
    recency_days : int, optional
        The last order is at most so many days ago.
    benefit : float
        What its benefits cost, as a share of what its customers spend in a year, 0..1.
    """

    name: str = Field(min_length=1, max_length=60)
    spend: float = Field(default=0.0, ge=0)
    orders: int = Field(default=0, ge=0)
    recency_days: int | None = Field(default=None, ge=0)
    benefit: float = Field(default=0.0, ge=0, le=1)


class Levels(Params):
    """Levels from the lowest to the highest; who reaches none has none."""

    levels: tuple[Level, ...] = Field(min_length=1, max_length=MOST)

    def model_post_init(self, context: object) -> None:
        """Refuse names that stand twice."""
        names = [one.name for one in self.levels]
        if len(set(names)) < len(names):
            raise ChoiceError("act_level_twice", name=next(one for one in names if names.count(one) > 1))


@dataclass(frozen=True)
class LevelRow:
    """One level as it would be: its customers, who comes up into it and down into it, revenue and cost of a year.

    ``revenue`` is what its customers spent in all, per year of knowing them; ``cost`` that times ``benefit``.
    """

    name: str
    customers: int
    share: float
    moved_up: int
    moved_down: int
    revenue: float
    cost: float


@dataclass(frozen=True)
class Simulated(
    Tabular, rows="rows", columns=("name", "customers", "share", "moved_up", "moved_down", "revenue", "cost")
):
    """Levels as they would be.

    Attributes
    ----------
    rows : tuple of LevelRow
        The highest first; the last one, with an empty name, has those without a level.
    place : array of int, aligned with the profiles
        0 for none, 1 for the lowest level, …
    up, down : int
        Customers who would have a higher or lower level than now.
    cost, cost_before : float
        Of the benefits in a year, as it would be and as it is.
    moved_revenue : float
        A year's revenue of those who move.
    """

    rows: tuple[LevelRow, ...]
    place: np.ndarray = field(repr=False)
    up: int
    down: int
    cost: float
    cost_before: float
    moved_revenue: float


def simulate_levels(profiles: Profiles, after: Levels, before: Levels | None = None) -> Simulated:
    """Say who would have which level, and who would move.

    Parameters
    ----------
    after : Levels
        As they would be.
    before : Levels, optional
        As they are; a level is the same one by its place from the lowest, whatever it is called. Without them nobody
        has a level now.

    Raises
    ------
    AnalysisError
        ``act_levels_need`` (feature): a threshold asks for what no column says.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = pd.DataFrame({"customer_id": list("abc"), "spend": [10.0, 200.0, 900.0], "n_orders": [1, 3, 9]})
    >>> plan = Levels(levels=(Level(name="silver", spend=100), Level(name="gold", spend=500, orders=5)))
    >>> found = simulate_levels(Profiles(base, (), date(2024, 1, 1)), plan)
    >>> [(row.name, row.customers) for row in found.rows], found.up
    ([('gold', 1), ('silver', 1), ('', 1)], 2)
    """
    import numpy as np

    now = _places(profiles, before.levels) if before is not None else np.zeros(len(profiles.customers), dtype=int)
    then = _places(profiles, after.levels)
    yearly = _yearly(profiles)
    n = len(then)
    rows = []
    for place in range(len(after.levels), -1, -1):
        inside = then == place
        benefit = after.levels[place - 1].benefit if place else 0.0
        revenue = float(yearly[inside].sum())
        rows.append(
            LevelRow(
                after.levels[place - 1].name if place else "", int(inside.sum()), float(inside.mean()) if n else 0.0,
                int((inside & (now < place)).sum()), int((inside & (now > place)).sum()), revenue, revenue * benefit,
            )
        )  # fmt: skip
    moved = then != now
    return Simulated(
        tuple(rows), then, int((then > now).sum()), int((then < now).sum()), sum(row.cost for row in rows),
        _cost(now, yearly, () if before is None else before.levels), float(yearly[moved].sum()),
    )  # fmt: skip


def _places(profiles: Profiles, levels: Sequence[Level]) -> np.ndarray:
    """Return the highest level that each customer reaches, whether they reach those below or not."""
    import numpy as np

    found = np.zeros(len(profiles.customers), dtype=int)
    for place, level in enumerate(levels, start=1):
        reaches = np.ones(len(found), dtype=bool)
        if level.spend:
            reaches &= _column(profiles, "spend") >= level.spend
        if level.orders:
            reaches &= _column(profiles, "n_orders") >= level.orders
        if level.recency_days is not None:
            reaches &= _column(profiles, "recency_days") <= level.recency_days
        found[reaches] = place
    return found


def _column(profiles: Profiles, key: str) -> np.ndarray:
    import numpy as np

    if key not in profiles.customers:
        raise AnalysisError("act_levels_need", feature=key)
    return profiles.customers[key].to_numpy(dtype=float, na_value=np.nan)  # a comparison with nothing is never reached


def _yearly(profiles: Profiles) -> np.ndarray:
    """Return what each customer spends in a year: their spend over the years of knowing them, one at least."""
    import numpy as np

    customers = profiles.customers
    if "spend" not in customers:
        return np.zeros(len(customers))
    spend = np.nan_to_num(customers["spend"].to_numpy(dtype=float, na_value=0.0))
    if "tenure_days" not in customers:
        return spend
    years = np.nan_to_num(customers["tenure_days"].to_numpy(dtype=float, na_value=0.0)) / 365.25
    return spend / np.maximum(years, 1.0)


def _cost(places: np.ndarray, yearly: np.ndarray, levels: Sequence[Level]) -> float:
    return float(sum(yearly[places == place].sum() * one.benefit for place, one in enumerate(levels, start=1)))
