"""Tags that order lines answer: what was bought first, last or most, and on how many days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.tags.params import MOST_VALUES, Activity, Edge, Favourite, Tag

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles


def from_lines(tag: Tag, profiles: Profiles, standard: StandardTables | None) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the values of a tag and each customer's place in them, -1 without.

    Raises
    ------
    AnalysisError
        ``tag_needs_orders`` (tag), ``tag_order_column_gone`` (tag, column), ``tag_too_many_values`` (tag, n, most).
    """
    import narwhals as nw
    import numpy as np
    import pandas as pd

    if standard is None or "order_date" not in standard.order_roles:
        raise AnalysisError("tag_needs_orders", tag=tag.key)
    sales = standard.sales().filter(nw.col("order_date") <= profiles.as_of)
    ids = profiles.customers["customer_id"]
    source: Any = tag.source
    if isinstance(source, Activity):
        day = nw.col("order_date")
        recent = sales.filter(day >= profiles.as_of - timedelta(days=source.days))
        days = recent.select("customer_id", "order_date").unique().group_by("customer_id").agg(n=nw.len())
        busy = _collected(days.filter(nw.col("n") >= source.least_days).select("customer_id"))
        return ("yes",), np.where(ids.isin(busy["customer_id"]).to_numpy(dtype=bool), 0, -1)
    if source.of not in standard.order_roles:
        raise AnalysisError("tag_order_column_gone", tag=tag.key, column=source.of)
    value = nw.col(source.of)
    rows = sales.filter(~value.is_null())
    found = _at_edge(rows, source) if isinstance(source, Edge) else _most(rows, source)
    codes, known = pd.factorize(found["value"].astype("str"), sort=True)
    if len(known) > MOST_VALUES:
        raise AnalysisError("tag_too_many_values", tag=tag.key, n=len(known), most=MOST_VALUES)
    places = pd.Index(found["customer_id"]).get_indexer(pd.Index(ids))
    return tuple(str(one) for one in known), np.where(places >= 0, codes[places] if len(codes) else -1, -1)


def _at_edge(rows: nw.LazyFrame[Any], source: Edge) -> pd.DataFrame:
    """Return the value of the first or last moment with one; the first in order of several."""
    import narwhals as nw

    value, time = nw.col(source.of), nw.col("order_time")
    edge = rows.group_by("customer_id").agg(edge=time.min() if source.edge == "first" else time.max())
    there = rows.select("customer_id", "order_time", value=value).join(edge, on="customer_id")
    return _collected(there.filter(time == nw.col("edge")).group_by("customer_id").agg(nw.col("value").min()))


def _most(rows: nw.LazyFrame[Any], source: Favourite) -> pd.DataFrame:
    """Return the most frequent value where it reaches share and count; the first in order of two as frequent."""
    import narwhals as nw

    n = nw.col("n")
    counted = rows.select("customer_id", value=nw.col(source.of)).group_by("customer_id", "value").agg(n=nw.len())
    totals = counted.group_by("customer_id").agg(best=n.max(), total=n.sum())
    joined = counted.join(totals, on="customer_id").filter(n == nw.col("best"), n >= source.least_count)
    # Compared as a product: a share of exactly a half is reached.
    clear = joined.filter(n.cast(nw.Float64()) >= nw.col("total").cast(nw.Float64()) * source.least_share)
    return _collected(clear.group_by("customer_id").agg(nw.col("value").min()))


def _collected(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    table: Any = frame.collect("pyarrow").to_native()
    return table.to_pandas()
