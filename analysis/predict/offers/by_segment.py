"""What to offer to a segment: what its customers are offered first, beside all customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.offers.result import Offers

LEAST = 3  # customers of a segment


def offers_by_segment(offers: Offers, labels: pd.Series, *, which: str = "next", n: int = 5) -> pd.DataFrame:
    """Count how many customers of each segment are offered a product first.

    Parameters
    ----------
    offers : Offers
    labels : Series, one per customer of the profiles, in their order
        Segments; missing ones are left out.
    which : str
        One of ``result.LISTS``.
    n : int
        Products per segment.

    Returns
    -------
    DataFrame, one row per segment and product, the most customers first
        ``segment``, ``rank``, ``item``, ``name``, ``n`` (whose first offer it is), ``share`` (of the segment),
        ``index`` (100: as among all customers).
    """
    import pandas as pd

    rows = offers.firsts(which)
    of = pd.Series(labels.to_numpy(), index=offers.customers, dtype="object").dropna()
    size = of.value_counts()
    segment = of.reindex(rows["customer_id"]).to_numpy()
    rows = rows.assign(segment=segment).dropna(subset="segment")
    found = rows.groupby(["segment", "item", "name"], observed=True).size().rename("n").reset_index()
    found = found[found["segment"].map(size) >= LEAST]
    everywhere = rows.groupby("item").size() / max(len(of), 1)
    found["share"] = found["n"] / found["segment"].map(size)
    found["index"] = 100 * found["share"] / found["item"].map(everywhere)
    found = found.sort_values(["segment", "n", "index", "item"], ascending=[True, False, False, True])
    found["rank"] = found.groupby("segment").cumcount() + 1
    columns = ["segment", "rank", "item", "name", "n", "share", "index"]
    return found.loc[found["rank"] <= n, columns].reset_index(drop=True)
