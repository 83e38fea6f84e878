"""Which shape twelve months of orders have, and how many would have it by chance alone.

Formulas, sources and limits: ``docs/methods/shapes.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.stats.stability import REFIT_ROWS, stability

if TYPE_CHECKING:
    import numpy as np

MONTHS = 12
# In this order a customer gets the first shape that fits; STEADY is what is left with orders in every quarter.
SHAPES = ("seasonal", "burst", "rising", "fading", "steady")
AGAINST_CHANCE = SHAPES[:-1]
TURNED = ("seasonal", "burst")  # each customer has months of their own
# Of a correlation of twelve months with time, and of what is left of two years beyond time: each is reached by chance
# in one of forty customers on either side (t with 10 and with 9 degrees of freedom).
LEANS, AGAIN = 0.576, 0.602
BURST_SHARE, BURST_P = 0.6, 0.025  # of the orders in two neighbouring months
HALVES = 1.5  # the rule of thumb: half as many again in the second half
CHANCE_TURNS, STABLE_TURNS = 20, 20
KEPT = 0.9  # of the orders, in each turn of the test of stability


@dataclass(frozen=True)
class Years:
    """Days with an order by month, of the last twelve and of the twelve before.

    Attributes
    ----------
    now, before : int array, shape (customers, 12)
        The oldest month first.
    known : bool array, shape (customers,)
        Whether the year before can be asked: the customer was there before it, and ordered often enough in it.
    """

    now: np.ndarray = field(repr=False)
    before: np.ndarray = field(repr=False)
    known: np.ndarray = field(repr=False)

    def of(self, rows: np.ndarray) -> Years:
        """Return those of some customers."""
        return Years(self.now[rows], self.before[rows], self.known[rows])


def shape_of(years: Years) -> np.ndarray:
    """Return the place in ``SHAPES`` of each customer's shape, -1 for none.

    Examples
    --------
    >>> import numpy as np
    >>> now = np.array([[0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4], [1] * 12, [0, 0, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0]])
    >>> [SHAPES[place] for place in shape_of(Years(now, now * 0, np.zeros(3, dtype=bool)))]
    ['rising', 'steady', 'burst']
    """
    import numpy as np
    from scipy.stats import binom

    now = years.now
    n = now.sum(axis=1)
    fullest = (now[:, 1:] + now[:, :-1]).max(axis=1)
    pairs = MONTHS - 1  # each may be the fullest
    is_burst = (fullest >= BURST_SHARE * n) & (pairs * binom.sf(fullest - 1, n, 2 / MONTHS) <= BURST_P)
    leaning = lean(now)
    in_every_quarter = (now.reshape(-1, 4, 3).sum(axis=2) > 0).all(axis=1)
    fits = [years.known & (again(years) >= AGAIN), is_burst, leaning >= LEANS, leaning <= -LEANS, in_every_quarter]
    return np.select(fits, list(range(len(SHAPES))), -1)


def lean(now: np.ndarray) -> np.ndarray:
    """Return the correlation of each customer's months with time, -1..1; 0 for months that are all alike.

    Examples
    --------
    >>> import numpy as np
    >>> lean(np.array([range(12), [2] * 12])).round(6).tolist()
    [1.0, 0.0]
    """
    import numpy as np

    time = _time()
    apart = now - now.mean(axis=1, keepdims=True)
    size = np.sqrt((apart**2).sum(axis=1) * (time @ time))
    return np.divide(apart @ time, size, out=np.zeros(len(now)), where=size > 0)


def again(years: Years) -> np.ndarray:
    """Return how the same months stand out in both years beyond a straight line through each, -1..1."""
    import numpy as np

    one, other = _beyond_time(years.now), _beyond_time(years.before)
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.divide((one * other).sum(axis=1), size, out=np.zeros(len(one)), where=size > 1e-9)


def _beyond_time(months: np.ndarray) -> np.ndarray:
    import numpy as np

    time = _time()
    apart = months - months.mean(axis=1, keepdims=True)
    return apart - np.outer(apart @ time / (time @ time), time)


def _time() -> np.ndarray:
    import numpy as np

    return np.arange(MONTHS) - (MONTHS - 1) / 2


def more_in_the_second_half(now: np.ndarray) -> np.ndarray:
    """Return who rises by the rule of thumb."""
    half = MONTHS // 2
    return now[:, half:].sum(axis=1) >= HALVES * now[:, :half].sum(axis=1)


def by_chance(years: Years, *, seed: int) -> tuple[np.ndarray, float]:
    """Return the share of customers that each shape, and the rule of thumb, would have if they ordered on any days.

    Everybody keeps as many orders in each year, on days drawn at random; at most 3,000 customers are drawn.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    n = len(years.now)
    drawn = years if n <= REFIT_ROWS else years.of(np.sort(random.choice(n, REFIT_ROWS, replace=False)))
    alike = np.full(MONTHS, 1 / MONTHS)
    counts, risen = np.zeros(len(SHAPES)), 0
    for _ in range(CHANCE_TURNS):
        go_on()
        now, before = (random.multinomial(one.sum(axis=1), alike) for one in (drawn.now, drawn.before))
        found = shape_of(Years(now, before, drawn.known))
        counts += np.bincount(found[found >= 0], minlength=len(SHAPES))
        risen += int(more_in_the_second_half(now).sum())
    total = CHANCE_TURNS * len(drawn.now)
    return counts / total, risen / total


def found_again(years: Years, found: np.ndarray, *, seed: int) -> np.ndarray:
    """Return how well each shape is found again, 0..1, in customers drawn anew and without a tenth of their orders.

    NaN for a shape that nobody has.
    """
    import numpy as np

    def refit(rows: np.ndarray, turn: int) -> np.ndarray:
        go_on()
        some = years.of(rows[:, 0].astype(int))
        random = np.random.default_rng([seed, turn])
        now, before = (random.binomial(one, KEPT) for one in (some.now, some.before))
        return shape_of(Years(now, before, some.known))

    if not (found >= 0).any():
        return np.full(len(SHAPES), np.nan)
    rows = np.arange(len(found), dtype=float)[:, None]
    stable = stability(rows, found, refit, n_refits=STABLE_TURNS, seed=seed)
    return np.append(stable, np.full(len(SHAPES) - len(stable), np.nan))
