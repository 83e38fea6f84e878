"""Who moved from which segment to which between two runs: counts, money and shares, everybody accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.segments.crosstab import OUTSIDE
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.history.moment import Moment

ENTERED, GONE = (
    "entered",
    "gone",
)  # where somebody was who is in the later run alone; where somebody is who is not in it
MILLIONTH, EXACT = 1_000_000, 2.0**53  # up to which a double holds every whole number


@dataclass(frozen=True)
class Migration(Tabular, rows="table"):
    """The way of every customer between two runs.

    Attributes
    ----------
    method : str
    before, now : date
        The days both runs look back from.
    table : DataFrame, one row per pair of segments that somebody went between
        ``before``, ``now`` (keys; ``"outside"`` in no segment, ``"entered"`` not in the earlier run, ``"gone"`` not in
        the later one), ``customers`` (count), ``share`` (of the segment before, 0..1), ``money_before``,
        ``money_now`` (what they had spent by each day, currency; NaN where a run knows no money).
    customers : DataFrame, one row per customer of either run, index ``customer_id``
        ``before`` and ``now``, as above.
    came_back : int or None
        Customers who had not ordered for as many days before the earlier run as lie between the two, and have ordered
        since; None where the runs do not know when somebody ordered, or lie on one day.
    rows, columns : tuple of str
        Keys in display order, the special ones last.
    """

    method: str
    before: date
    now: date
    table: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    came_back: int | None
    rows: tuple[str, ...] = field(repr=False)
    columns: tuple[str, ...] = field(repr=False)

    def count(self, before: str | None = None, now: str | None = None) -> int:
        """Return how many customers went from one segment to another; None stands for any."""
        return len(self.who(before, now))

    def who(self, before: str | None = None, now: str | None = None) -> pd.Index:
        """Return the ids of the customers of a cell; None stands for any.

        Examples
        --------
        >>> from datetime import date
        >>> import pandas as pd
        >>> from analysis.history.moment import Moment
        >>> def run(day, **where):
        ...     labels = pd.Series(where, dtype="str")
        ...     return Moment(day, pd.DataFrame(index=labels.index), {"rfm": labels})
        >>> moved = migration(run(date(2024, 1, 1), a="new", b="new"), run(date(2024, 2, 1), b="loyal", c="new"), "rfm")
        >>> moved.who("new", "loyal").tolist(), moved.entered, moved.gone
        (['b'], 1, 1)
        """
        here = self.customers
        if before is not None:
            here = here[here["before"] == before]
        if now is not None:
            here = here[here["now"] == now]
        return here.index

    @property
    def entered(self) -> int:
        """Customers who are in the later run alone."""
        return self.count(before=ENTERED)

    @property
    def gone(self) -> int:
        """Customers who are in the earlier run alone."""
        return self.count(now=GONE)

    @property
    def moved(self) -> int:
        """Customers of both runs who stand in another segment."""
        both = self.customers[(self.customers["before"] != ENTERED) & (self.customers["now"] != GONE)]
        return int((both["before"] != both["now"]).sum())

    def largest(self, most: int) -> pd.DataFrame:
        """Return the rows of the largest moves between two different segments of customers who are in both runs."""
        moves = self.table[
            (self.table["before"] != self.table["now"])
            & (self.table["before"] != ENTERED)
            & (self.table["now"] != GONE)
        ]
        order = ["money_now", "customers"] if moves["money_now"].notna().any() else ["customers"]
        return moves.sort_values([*order, "before", "now"], ascending=[False] * len(order) + [True, True]).head(most)


def migration(before: Moment, now: Moment, method: str) -> Migration:
    """Follow every customer from one run to another.

    Parameters
    ----------
    before, now : Moment
    method : str
        A segmentation of both runs.

    Raises
    ------
    AnalysisError
        ``history_method_not_there`` (method, day).
    """
    import pandas as pd

    was, new = before.labels_of(method), now.labels_of(method)
    ids = was.index.union(new.index)
    customers = pd.DataFrame({"before": _where(was, ids, ENTERED), "now": _where(new, ids, GONE)}, index=ids)
    customers.index.name = "customer_id"
    money = {"money_before": _millionths(before, ids), "money_now": _millionths(now, ids)}
    known = {name: values for name, values in money.items() if values is not None}
    grouped = customers.assign(customers=1, **known).groupby(["before", "now"], sort=True)
    table = grouped[["customers", *known]].sum().reset_index()
    for name in money:
        table[name] = table[name] / MILLIONTH if name in known else float("nan")
    table["share"] = table["customers"] / table.groupby("before")["customers"].transform("sum")
    rows, columns = _order(before, method, set(table["before"])), _order(now, method, set(table["now"]))
    place = {key: at for at, key in enumerate(dict.fromkeys((*rows, *columns)))}
    table = table.assign(i=table["before"].map(place), j=table["now"].map(place)).sort_values(["i", "j"])
    return Migration(
        method=method,
        before=before.as_of,
        now=now.as_of,
        table=table[["before", "now", "customers", "share", "money_before", "money_now"]].reset_index(drop=True),
        customers=customers,
        came_back=_came_back(before, now),
        rows=rows,
        columns=columns,
    )


def _where(labels: pd.Series, ids: pd.Index, absent: str) -> np.ndarray:
    """Return where each customer stands, with a word of its own for who is in no segment and who is not there."""
    there = labels.astype(object).where(labels.notna(), OUTSIDE)
    return there.reindex(ids, fill_value=absent).to_numpy(dtype=object)


def _millionths(moment: Moment, ids: pd.Index) -> np.ndarray | None:
    """Return what each customer had spent in millionths, as whole numbers that add up exactly; 0 who was not there."""
    import numpy as np

    if "spend" not in moment.customers:
        return None
    spend = moment.customers["spend"].reindex(ids).fillna(0.0).to_numpy(dtype=float)
    whole = np.rint(spend * MILLIONTH)
    if np.abs(whole).sum() < EXACT:
        return whole.astype("int64")
    return np.array([round(value) for value in whole.tolist()], dtype=object)


def _came_back(before: Moment, now: Moment) -> int | None:
    days = (now.as_of - before.as_of).days
    if days <= 0 or any("recency_days" not in one.customers for one in (before, now)):
        return None
    then = before.customers["recency_days"]
    since = now.customers["recency_days"].reindex(then.index)
    return int(((then > days) & (since <= days)).sum())


def _order(moment: Moment, method: str, present: set[str]) -> tuple[str, ...]:
    known = [key for key in moment.segments_of(method) if key in present]
    return (*known, *(key for key in (OUTSIDE, ENTERED, GONE) if key in present))
