"""The shape of each customer's last twelve months, told only where chance does not make as many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.questions import order_days
from analysis.notes import Note
from analysis.predict.beginning import refuse_without_sales
from analysis.predict.shapes.forms import (
    AGAINST_CHANCE,
    MONTHS,
    SHAPES,
    TURNED,
    Years,
    by_chance,
    found_again,
    lean,
    more_in_the_second_half,
    shape_of,
)
from analysis.predict.shapes.result import Shapes
from analysis.stats.stability import DOUBTFUL

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.shapes.params import ShapesParams
    from analysis.profiles.result import Profiles

YEAR = 365
LEAST_CUSTOMERS = 30
LEAST_OF_SHAPE = 5
ALPHA = 0.01  # of telling any shape where there is none
BUSY, MOVED = 1.5, 1.25  # of all together, from which on the shop's own year is in every shape
PEAK = MONTHS // 2 - 1


def shapes(standard: StandardTables, profiles: Profiles, params: ShapesParams) -> Shapes:
    """Say which shape the last twelve months of each customer have.

    Raises
    ------
    AnalysisError
        ``shapes_no_orders``. ``predict_no_sales`` (n). ``shapes_short`` (n_days, least): the orders go back less than
        twelve months. ``shapes_few`` (n, least, orders, n_new): customers known for twelve months, with so many orders
        in them.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.shapes.params import ShapesParams
    >>> from analysis.study import begin, read
    >>> days = pd.date_range("2022-12-01", "2024-01-01", freq="14D").strftime("%Y-%m-%d")
    >>> rows = [(f"c{one}", day, 10 + one) for one in range(40) for day in days]
    >>> orders = pd.DataFrame(rows, columns=["customer id", "order date", "amount"])
    >>> found = begin(read(orders)).prediction(ShapesParams())
    >>> found.customers["shape"].unique().tolist()
    ['steady']
    """
    import numpy as np
    import pandas as pd

    until = profiles.as_of.toordinal()
    days = order_days(standard, profiles.as_of)
    refuse_without_sales(standard)
    if days.empty:
        raise AnalysisError("shapes_no_orders")
    reach = until - int(days["day"].min()) + 1
    if reach <= YEAR:
        raise AnalysisError("shapes_short", n_days=reach, least=YEAR + 1)
    ids = pd.Index(profiles.customers["customer_id"])
    table, first = _by_month(days, ids, until)
    now, before = table[:, MONTHS:], table[:, :MONTHS]
    is_new = first > until - YEAR
    asked = ~is_new & (now.sum(axis=1) >= params.least_orders)
    n, n_new = int(asked.sum()), int((is_new & (first <= until)).sum())
    if n < LEAST_CUSTOMERS:
        raise AnalysisError("shapes_few", n=n, least=LEAST_CUSTOMERS, orders=params.least_orders, n_new=n_new)
    known = (first <= until - 2 * YEAR) & (before.sum(axis=1) >= params.least_orders)
    years = Years(now[asked], before[asked], known[asked])
    found = shape_of(years)
    chance, rule_chance = by_chance(years, seed=params.seed)
    told = _told(found, chance, found_again(years, found, seed=params.seed))
    names = [name if is_told else None for name, is_told in zip(told["shape"], told["is_told"], strict=True)]
    customers = pd.DataFrame({"customer_id": ids, "shape": None, "orders": now.sum(axis=1), "lean": np.nan})
    customers["shape"] = customers["shape"].astype("object")
    customers.loc[asked, "shape"] = np.array([*names, None], dtype=object)[found]
    customers.loc[asked, "lean"] = lean(years.now)
    return Shapes(
        shapes=told,
        customers=customers,
        months=_months(years, found, told),
        n=n,
        n_new=n_new,
        n_few=int((~is_new & ~asked).sum()),
        rule=float(more_in_the_second_half(years.now).sum()),
        rule_by_chance=rule_chance * n,
        least_orders=params.least_orders,
        as_of=profiles.as_of,
        notes=_notes(years),
    )


def _by_month(days: pd.DataFrame, ids: pd.Index, until: int) -> tuple[np.ndarray, np.ndarray]:
    """Return days with an order in each of the last 24 months (a twelfth of 365 days each), and the first day ever.

    A customer without an order has their first after ``until``.
    """
    import numpy as np
    import pandas as pd

    place = ids.get_indexer(pd.Index(days["customer_id"]))
    day = days["day"].to_numpy(dtype=int)
    first = np.full(len(ids), until + 1)
    np.minimum.at(first, place, day)
    ago = (until - day) * MONTHS // YEAR
    late = ago < 2 * MONTHS
    table = np.zeros((len(ids), 2 * MONTHS), dtype=int)
    np.add.at(table, (place[late], 2 * MONTHS - 1 - ago[late]), 1)
    return table, first


def _told(found: np.ndarray, chance: np.ndarray, stable: np.ndarray) -> pd.DataFrame:
    """Return the shapes with their numbers; one is told where chance makes fewer and it is found again."""
    import numpy as np
    import pandas as pd
    from scipy.stats import binom

    from analysis.stats.intervals import wilson

    n, counts = len(found), np.bincount(found[found >= 0], minlength=len(SHAPES))
    low, high = wilson(counts, np.full(len(SHAPES), n))
    rows = pd.DataFrame({
        "shape": SHAPES, "customers": counts, "share": counts / n, "low": low, "high": high,
        "by_chance": chance * n, "p": np.minimum(1, len(AGAINST_CHANCE) * binom.sf(counts - 1, n, chance)),
        "stable": stable,
    })  # fmt: skip
    rows.loc[~rows["shape"].isin(AGAINST_CHANCE), ["by_chance", "p"]] = np.nan
    enough = (rows["customers"] >= LEAST_OF_SHAPE) & (rows["stable"] >= DOUBTFUL)
    return rows.assign(is_told=enough & ~(rows["p"] > ALPHA))


def _months(years: Years, found: np.ndarray, told: pd.DataFrame) -> pd.DataFrame:
    """Return how the orders of each shape told lie over the months."""
    import numpy as np
    import pandas as pd

    parts = [pd.DataFrame({"shape": [], "month": [], "share": []})]
    for place in np.flatnonzero(told["is_told"]):
        rows = years.now[found == place]
        if SHAPES[place] in TURNED:
            turn = (np.arange(MONTHS) + rows.argmax(axis=1)[:, None] - PEAK) % MONTHS
            rows = np.take_along_axis(rows, turn, axis=1)
        share = (rows / rows.sum(axis=1, keepdims=True)).mean(axis=0)
        parts.append(pd.DataFrame({"shape": SHAPES[place], "month": range(1, MONTHS + 1), "share": share}))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _notes(years: Years) -> tuple[Note, ...]:
    """Say what all of them together do, which is part of every shape, and whether a season can be seen at all."""
    total = years.now.sum(axis=0)
    half = MONTHS // 2
    first, second = float(total[:half].sum()), float(total[half:].sum())
    found = []
    if first > 0 and not 1 / MOVED <= second / first <= MOVED:
        found.append(
            Note("shapes_all_more" if second > first else "shapes_all_less", {"change": abs(second / first - 1)})
        )
    elif float(total.max()) >= BUSY * float(total.mean()):
        found.append(Note("shapes_all_busy", {"times": float(total.max() / total.mean())}))
    if not years.known.any():
        found.append(Note("shapes_no_season", {}))
    return tuple(found)
