"""The bridge from the revenue and the customers of one period to those of the next, exact for every value of a column.

before + new + returned + up + moved in − down − moved out − lost = now, to the last digit of the money.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.history.params import BridgeParams
from analysis.intake.moved import buyers_of, revenue_steps
from analysis.intake.questions import table_of
from analysis.segments.crosstab import OUTSIDE
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.history.moment import Moment
    from analysis.intake.questions import Days
    from analysis.intake.tables import StandardTables

STEPS = ("new", "returned", "moved_in", "up", "same", "down", "moved_out", "lost")
COUNTED = ("new", "returned", "moved_in", "moved_out", "lost")  # steps that change how many customers there are
# Steps of a whole, and what the chart of movement calls them.
DRAWN = {"new": "new", "returned": "returned", "up": "more", "down": "less", "lost": "lapsed"}
ALL = "all"  # the value of a bridge of everything together
OTHER = "other"


@dataclass(frozen=True)
class BridgeStep:
    """One step of a bridge.

    Attributes
    ----------
    step : str
        One of ``STEPS``.
    customers : int
        Whose money it is.
    change : Decimal
        Currency, exact; what it adds to the revenue of the earlier period, negative for what it takes away.
    """

    step: str
    customers: int
    change: Decimal


@dataclass(frozen=True)
class Bridge:
    """One value's way from the earlier period to the later one.

    Attributes
    ----------
    value : str
        ``"all"``, a segment key, or a value of a column; ``"outside"`` where there was none, ``"other"`` for the values
        that have no bridge of their own.
    steps : tuple of BridgeStep
        Those that there are, in the order of ``STEPS``.
    before, now : Decimal
        Revenue of the periods, currency, net of returns.
    """

    value: str
    steps: tuple[BridgeStep, ...]
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        """Revenue of the later period less that of the earlier one; exactly the sum of the steps."""
        return self.now - self.before

    @property
    def revenue_before(self) -> float:
        """Revenue of the earlier period, for drawing."""
        return float(self.before)

    @property
    def revenue_now(self) -> float:
        """Revenue of the later period, for drawing."""
        return float(self.now)

    @property
    def waterfall(self) -> pd.DataFrame:
        """The way as bars, as ``MovementResult.waterfall``: ``step``, ``customers``, ``amount``, ``start``, ``end``."""
        import pandas as pd

        level = float(self.before)
        rows = [("before", 0, level, 0.0, level)]
        for one in reversed(self.steps):
            if one.step in DRAWN:
                rows.append((DRAWN[one.step], one.customers, float(one.change), level, level + float(one.change)))
                level += float(one.change)
        rows.append(("now", 0, float(self.now), 0.0, float(self.now)))
        return pd.DataFrame(rows, columns=pd.Index(["step", "customers", "amount", "start", "end"]))

    def step(self, name: str) -> BridgeStep:
        """Return a step, of nobody and no money where there is none."""
        return next((one for one in self.steps if one.step == name), BridgeStep(name, 0, Decimal(0)))


@dataclass(frozen=True)
class Bridges(Tabular, rows="table"):
    """How revenue and customers of two periods differ, together and for each value.

    Attributes
    ----------
    whole : Bridge
    parts : tuple of Bridge
        One per value, the largest change first; their ``before``, ``now``, ``new``, ``returned`` and ``lost`` add up to
        those of ``whole``, and so do all their steps together. Empty without ``by``.
    customers_before, customers_now : int
        Customers with a sale in each period: before + new + returned − lost = now.
    before, now : pairs of dates
        First and last day of each period.
    by : str or None
    """

    whole: Bridge
    parts: tuple[Bridge, ...] = field(repr=False)
    customers_before: int
    customers_now: int
    before: Days
    now: Days
    by: str | None = None

    @property
    def table(self) -> pd.DataFrame:
        """One row per value and step: ``value``, ``step``, ``customers``, ``change`` (currency); the whole first."""
        import pandas as pd

        rows = [
            (bridge.value, one.step, one.customers, float(one.change))
            for bridge in (self.whole, *self.parts)
            for one in bridge.steps
        ]
        return pd.DataFrame(rows, columns=pd.Index(["value", "step", "customers", "change"]))


def since(before: date, now: date) -> tuple[Days, Days]:
    """Return the days between two days of reckoning, and as many days before them.

    Raises
    ------
    AnalysisError
        ``history_no_days_between`` (day): the second is not later than the first.

    Examples
    --------
    >>> [day.isoformat() for days in since(date(2024, 3, 1), date(2024, 3, 31)) for day in days]
    ['2024-01-31', '2024-02-29', '2024-03-01', '2024-03-30']
    """
    if now <= before:
        raise AnalysisError("history_no_days_between", day=before)
    one = timedelta(days=1)
    earlier = before - (now - before)
    return (earlier, before - one), (before, now - one)


def bridge(
    standard: StandardTables,
    before: Days,
    now: Days,
    params: BridgeParams | None = None,
    *,
    segments: tuple[Moment, Moment] | None = None,
    whole: Bridges | None = None,
) -> Bridges:
    """Lead from the revenue of one period to that of another.

    Parameters
    ----------
    standard : StandardTables
        With orders and money.
    before, now : pairs of dates
        First and last day of each period, the later one after the earlier one.
    params : BridgeParams, optional
        By which column; nothing, by none.
    segments : pair of Moment, optional
        For ``by="segment"``: who was where at the end of the earlier and of the later period. Money stands where its
        customer stood then, so those who changed the segment are a step of their own.
    whole : Bridges, optional
        A bridge of the same periods, for who has one already: then only its parts are asked for.

    Raises
    ------
    AnalysisError
        ``history_needs_orders``, ``history_needs_money``, ``history_periods_overlap`` (end, start),
        ``history_no_such_column`` (column), ``history_needs_segments`` (method).

    Examples
    --------
    >>> from analysis.study import prepare, read, suggest
    >>> tables = read("sample_data/中文店铺.xlsx")
    >>> shop = prepare(tables, suggest(tables)).standard
    >>> found = bridge(shop, *since(date(2025, 6, 1), date(2025, 7, 1)), BridgeParams(by="channel"))
    >>> found.whole.before + sum(one.change for one in found.whole.steps) == found.whole.now
    True
    >>> sum(part.now for part in found.parts) == found.whole.now
    True
    """
    params = params or BridgeParams()
    if not {"amount", "order_date"} & standard.order_roles:
        raise AnalysisError("history_needs_orders")
    if "amount" not in standard.order_roles:
        raise AnalysisError("history_needs_money")
    if now[0] <= before[1]:
        raise AnalysisError("history_periods_overlap", end=before[1], start=now[0])
    together = _bridges(standard, before, now, None)[ALL] if whole is None else whole.whole
    parts: dict[str, Bridge] = {}
    if params.by == "segment":
        if segments is None:
            raise AnalysisError("history_needs_segments", method=params.method)
        parts = _bridges(standard, before, now, _who_is_where(*segments, params.method))
    elif params.by is not None:
        if table_of(standard, params.by) is None:
            raise AnalysisError("history_no_such_column", column=params.by)
        parts = _bridges(standard, before, now, params.by)
    buyers = buyers_of(standard, before, now) if whole is None else (whole.customers_before, whole.customers_now)
    return Bridges(
        whole=together,
        parts=_largest(tuple(parts.values()), params.most),
        customers_before=buyers[0],
        customers_now=buyers[1],
        before=before,
        now=now,
        by=params.by,
    )


def _bridges(standard: StandardTables, before: Days, now: Days, by: str | pd.DataFrame | None) -> dict[str, Bridge]:
    found: dict[str, list[BridgeStep]] = {}
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    if by is None:
        sums[ALL], found[ALL] = (Decimal(0), Decimal(0)), []
    for value, step, n, first, second in revenue_steps(
        standard, before, now, by=by, outside=ALL if by is None else OUTSIDE
    ):
        found.setdefault(value, []).append(BridgeStep(step, n, second - first))
        so_far = sums.get(value, (Decimal(0), Decimal(0)))
        sums[value] = (so_far[0] + first, so_far[1] + second)
    return {
        value: Bridge(value, tuple(sorted(steps, key=lambda one: STEPS.index(one.step))), *sums[value])
        for value, steps in found.items()
    }


def _who_is_where(before: Moment, now: Moment, method: str) -> pd.DataFrame:
    import pandas as pd

    was, value = before.labels_of(method), now.labels_of(method)
    ids = was.index.union(value.index)
    return pd.DataFrame(
        {
            "customer_id": ids.to_numpy(dtype=object),
            "was": _filled(was, ids),
            "value": _filled(value, ids),
        }
    )


def _filled(labels: pd.Series, ids: pd.Index) -> list[str]:
    return labels.reindex(ids).astype(object).where(lambda each: each.notna(), OUTSIDE).astype(str).tolist()


def _largest(parts: Sequence[Bridge], most: int) -> tuple[Bridge, ...]:
    """Return the parts with the largest change, and the others as one."""
    parts = sorted(parts, key=lambda one: (-abs(one.change), one.value))
    if len(parts) <= most:
        return tuple(parts)
    return (*parts[: most - 1], _together(OTHER, parts[most - 1 :]))


def _together(value: str, parts: Sequence[Bridge]) -> Bridge:
    steps: Mapping[str, list[BridgeStep]] = {name: [part.step(name) for part in parts] for name in STEPS}
    return Bridge(
        value,
        tuple(
            BridgeStep(name, sum(one.customers for one in found), sum((one.change for one in found), Decimal(0)))
            for name, found in steps.items()
            if any(one.customers for one in found)
        ),
        sum((part.before for part in parts), Decimal(0)),
        sum((part.now for part in parts), Decimal(0)),
    )
