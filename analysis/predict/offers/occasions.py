"""Occasions: what sells in the same month of every year, and what is bought as a gift."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from analysis.predict.offers.names import is_gift

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import Baskets

LEAST_ORDERS = 30  # of a product or category in the years that are compared
MOST_ITEMS = 2_000
INDEX, ALPHA = 1.5, 0.05
MONTHS = 12
FIRST_DAYS = 3  # of a month, that may be missing before the first order
COLUMNS = ("item", "name", "month", "years", "index", "low", "high", "n", "is_gift", "n_customers")


def occasions(baskets: Baskets, items: pd.DataFrame, until: date) -> pd.DataFrame:
    """Find months in which a product or category sells more than all others do, in every year that was seen.

    Full months of the last two years (of three where they are there). A month counts where its share of all orders is
    1.5 times that of other months in each year, as are the orders themselves, and over all years by more than noise.

    Parameters
    ----------
    baskets : Baskets
    items : DataFrame, one row per product
        ``item`` and ``name``; as ``baskets.items``.
    until : date
        As-of day.

    Returns
    -------
    DataFrame, one row per product and month, the largest index that is certain first
        ``item``, ``name``, ``month`` (1..12), ``years`` (in which it was so: two or more, else nothing is a season),
        ``index`` (100: as in other months), ``low``, ``high`` (Koopman's 95 % interval), ``n`` (orders in those
        months), ``is_gift`` (its name says so), ``n_customers`` (who bought it in that month of a year).
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.exact import fisher_p
    from analysis.stats.intervals import index_interval
    from analysis.stats.multiplicity import benjamini_hochberg

    months, full = _months(baskets, until)
    per_month = np.bincount(months[full], minlength=int(months.max(initial=0)) + 1).astype(float)
    inside = full[baskets.basket]
    orders = np.bincount(baskets.item[inside], minlength=len(baskets.items))
    often = np.flatnonzero(orders >= LEAST_ORDERS)
    often = np.sort(often[np.argsort(-orders[often], kind="stable")][:MOST_ITEMS])
    seen = np.flatnonzero(per_month > 0)
    by_month = {month: seen[seen % MONTHS == month] for month in range(MONTHS)}
    several = {month: places for month, places in by_month.items() if len(places) >= 2}
    if not len(often) or not several:
        return pd.DataFrame(columns=list(COLUMNS))
    number = np.full(len(baskets.items), -1)
    number[often] = np.arange(len(often))
    kept = inside & (number[baskets.item] >= 0)
    counts = np.zeros((len(often), len(per_month)))
    np.add.at(counts, (number[baskets.item[kept]], months[baskets.basket[kept]]), 1)
    total, rows = counts.sum(axis=1), []
    for month, places in several.items():
        n, n_month = counts[:, places].sum(axis=1), per_month[places].sum()
        shares = counts[:, places] / per_month[places]
        others = (total - n) / max(per_month.sum() - n_month, 1.0)
        # More than of others, and more than it sells itself: fewer orders of others alone make no season.
        usual = (total - n) / max(len(seen) - len(places), 1)
        high = (shares > INDEX * others[:, None]) & (counts[:, places] > INDEX * usual[:, None])
        always = high.all(axis=1)
        rows.append(
            pd.DataFrame({"place": often, "month": month + 1, "years": len(places), "n": n, "of": n_month,
                          "rest": total - n, "rest_of": per_month.sum() - n_month, "always": always})
        )  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    figures = [table[key].to_numpy() for key in ("n", "of", "rest", "rest_of")]
    table["p"] = benjamini_hochberg(fisher_p(*figures))
    table = table[table["always"] & (table["p"] <= ALPHA) & (table["n"] >= 10)].reset_index(drop=True)
    n, of, rest, rest_of = (table[key].to_numpy() for key in ("n", "of", "rest", "rest_of"))
    table["low"], table["high"] = index_interval(n, of, rest, rest_of)
    table["index"] = 100 * (n / np.maximum(of, 1)) / np.maximum((n + rest) / np.maximum(of + rest_of, 1), 1e-12)
    place = table["place"].to_numpy(dtype=int)
    table["item"], table["name"] = items["item"].to_numpy()[place], items["name"].to_numpy()[place]
    table["is_gift"] = [is_gift(str(name)) for name in table["name"]]
    table["n_customers"] = [
        len(in_season(baskets, int(one), int(month))) for one, month in zip(place, table["month"], strict=True)
    ]
    table["n"] = table["n"].astype("int64")
    return table.sort_values(["low", "item", "month"], ascending=[False, True, True])[list(COLUMNS)].reset_index(
        drop=True
    )


def in_season(baskets: Baskets, item: int, month: int) -> np.ndarray:
    """Return the customers who bought a product in a month (1..12) of any year, sorted."""
    import numpy as np

    of_basket = _calendar(baskets)[1]
    holds = baskets.basket[baskets.item == item]
    return np.unique(baskets.who[holds[of_basket[holds] == month]])


def _days(baskets: Baskets) -> np.ndarray:
    return (baskets.day.astype("int64") - 719_163).astype("datetime64[D]")  # the ordinal of 1970-01-01


def _calendar(baskets: Baskets) -> tuple[np.ndarray, np.ndarray]:
    months = _days(baskets).astype("datetime64[M]").astype("int64")
    return months, months % MONTHS + 1


def _months(baskets: Baskets, until: date) -> tuple[np.ndarray, np.ndarray]:
    """Return the month of each basket, counted from a January, and whether it lies in the full months that are used."""
    months, _ = _calendar(baskets)
    if not len(months):
        return months, months > 0
    end = (until.year - 1970) * MONTHS + until.month - 1  # the month of the as-of day is not over
    begun = _days(baskets).min()
    late = int((begun - begun.astype("datetime64[M]").astype("datetime64[D]")).astype(int)) > FIRST_DAYS
    first = int(months.min()) + late
    start = max(end - 3 * MONTHS, first)
    base = (start // MONTHS) * MONTHS
    return (months - base).clip(0), (months >= start) & (months < end)
