"""人货场: which segment buys which category where, with an index against everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

WHAT = ("category", "product")
WHERE = ("channel", "store", "city")
MOST = 8  # values of each side; the others are together
LEAST = 30  # buyers of a cell, from where on its index is told
OTHER = ""  # the key of all values beyond the most


@dataclass(frozen=True)
class Cube(Tabular, rows="cells"):
    """Segment × category × place.

    Attributes
    ----------
    what, where : str
        Which columns they are; ``where`` is empty when the files hold no place.
    cells : DataFrame, one row per segment, category and place that was bought
        ``segment``, ``what``, ``where``, ``buyers`` (customers), ``money`` (net; missing without money), ``share`` (of
        the segment's customers who bought it there) and ``index`` (that share over the share of all customers, × 100;
        missing where fewer than 30 bought it there). An empty ``what`` or ``where`` holds all smaller ones.
    """

    what: str
    where: str
    cells: pd.DataFrame


def cube(profiles: Profiles, labels: Sequence[str | None], standard: StandardTables) -> Cube:
    """Count who bought what where.

    Raises
    ------
    AnalysisError
        ``act_cube_nothing``: the order lines name no category and no product.
    """
    import numpy as np
    import pandas as pd

    roles = standard.order_roles
    what = next((one for one in WHAT if one in roles), None)
    if what is None:
        raise AnalysisError("act_cube_nothing")
    where = next((one for one in WHERE if one in roles), "")
    columns = {"what": what} | ({"where": where} if where else {})
    rows: Any = standard.sales().select("customer_id", "amount", **columns).collect("pandas").to_native()
    keys = pd.Series(list(labels), dtype=object, index=profiles.customers["customer_id"].astype(object))
    rows = rows.assign(segment=rows["customer_id"].map(keys))
    if not where:
        rows["where"] = OTHER
    for side in ("what", "where"):
        kept = rows[side].value_counts().head(MOST).index
        rows[side] = rows[side].where(rows[side].isin(kept), OTHER).fillna(OTHER)
    rows["amount"] = rows["amount"].astype(float)
    sizes = keys.value_counts()
    total = int(sizes.sum())
    everybody = rows.dropna(subset=["segment"]).groupby(["what", "where"])["customer_id"].nunique()
    cells = (
        rows.dropna(subset=["segment"])
        .groupby(["segment", "what", "where"], as_index=False)
        .agg(buyers=("customer_id", "nunique"), money=("amount", lambda amounts: amounts.sum(min_count=1)))
    )
    cells["share"] = cells["buyers"] / cells["segment"].map(sizes).astype(float)
    at = [everybody[one, other] for one, other in zip(cells["what"], cells["where"], strict=True)]
    all_buyers = np.array(at, dtype=float)
    index = cells["share"] / (all_buyers / total) * 100
    cells["index"] = index.where(all_buyers >= LEAST)
    return Cube(what, where, cells.sort_values(["segment", "what", "where"], ignore_index=True))
