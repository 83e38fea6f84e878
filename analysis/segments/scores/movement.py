"""Movement: who is new, who came again and who stayed away between two periods, and what that did to the revenue.

Method, sources and limits: ``docs/methods/movement.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.intake.moved import two_periods
from analysis.segments.fitted import FittedMovement
from analysis.segments.method import Basis, Freezing, Method
from analysis.segments.params import MovementParams
from analysis.segments.result import Note, Segmentation, segmentation_of
from analysis.segments.scores import words
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

SEGMENTS = ("movement_new", "movement_returned", "movement_repeating", "movement_lapsed", "movement_quiet")
MADE_OF = ("recency_days", "n_orders", "tenure_days")
NEW, RETURNED, REPEATING, LAPSED, QUIET = range(5)
STEPS = ("lapsed", "less", "quiet", "more", "returned", "new")


@dataclass(frozen=True)
class MovementResult(Tabular, rows="segmentation.segments"):
    """Movement between two periods.

    Attributes
    ----------
    segmentation : Segmentation
        ``movement_new`` (first order in the later period), ``movement_returned`` (ordered before the earlier period,
        not in it, and again in the later one), ``movement_repeating`` (both periods), ``movement_lapsed`` (the earlier
        only), ``movement_quiet`` (ordered at some time, in neither). Customers who never ordered are outside.
    money : DataFrame, one row per segment with customers
        ``segment``, ``customers`` (count), ``before`` and ``now`` (currency, net of returns), ``change``.
    waterfall : DataFrame
        ``step``: ``before``, then what was lost and gained (``lapsed``, ``less`` and ``more`` of repeating customers,
        ``quiet`` (returns of customers who did not order), ``returned``, ``new``), ``now``; ``customers`` (count),
        ``amount`` (currency; the steps between add up to ``now`` less ``before``), ``start`` and ``end`` (currency,
        where the bar begins and ends).
    before, now : tuple of date
        First and last day of each period.
    params : MovementParams
    """

    segmentation: Segmentation
    money: pd.DataFrame
    waterfall: pd.DataFrame = field(repr=False)
    before: tuple[date, date]
    now: tuple[date, date]
    params: MovementParams
    names: dict[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def revenue_before(self) -> float:
        """Revenue of the earlier period, net of returns."""
        return float(self.waterfall["amount"].iloc[0])

    @property
    def revenue_now(self) -> float:
        """Revenue of the later period, net of returns."""
        return float(self.waterfall["amount"].iloc[-1])


def movement(
    profiles: Profiles, standard: StandardTables | None, params: MovementParams | None = None
) -> MovementResult:
    """Compare who ordered in two periods.

    Parameters
    ----------
    profiles : Profiles
    standard : StandardTables
        With orders. An order counts when it sold something (no return, amount above zero); revenue is net of returns.
    params : MovementParams, optional
        The last 90 days up to the study's date and the 90 before, when left out.

    Raises
    ------
    AnalysisError
        ``movement_needs_orders``, ``movement_needs_money``, ``movement_nobody_before`` (start, end),
        ``movement_nobody_now`` (start, end).

    References
    ----------
    Blattberg, Kim & Neslin (2008), Database Marketing, ch. 20: acquisition, retention and winback.
    """
    import numpy as np
    import pandas as pd

    params = params or MovementParams()
    if standard is None or not {"amount", "order_date"} & standard.order_roles:
        raise AnalysisError("movement_needs_orders")
    if "amount" not in standard.order_roles:
        raise AnalysisError("movement_needs_money")
    before, now = periods(params, profiles.as_of)
    found = two_periods(standard, before, now, profiles.as_of).reindex(profiles.customers["customer_id"])
    orders = {name: found[name].fillna(0).to_numpy(dtype=int) for name in ("ever", "earlier", "n_before", "n_now")}
    if not orders["ever"].any():
        raise AnalysisError("movement_needs_orders")
    for name, period in (("n_before", before), ("n_now", now)):
        if not orders[name].any():
            code = "movement_nobody_before" if name == "n_before" else "movement_nobody_now"
            raise AnalysisError(code, start=period[0], end=period[1])
    codes = _codes(orders)
    money = {name: found[name].fillna(0.0).to_numpy(dtype=float) for name in ("before", "now")}
    spend = profiles.customers["spend"].to_numpy(dtype=float, na_value=np.nan)
    segmentation = segmentation_of(codes, SEGMENTS, method="movement", spend=spend, made_of=MADE_OF)
    rows = [
        (key, int(inside.sum()), money["before"][inside].sum(), money["now"][inside].sum())
        for place, key in enumerate(SEGMENTS)
        if (inside := codes == place).any()
    ]
    table = pd.DataFrame(rows, columns=pd.Index(["segment", "customers", "before", "now"]))
    return MovementResult(
        segmentation=segmentation,
        money=table.assign(change=table["now"] - table["before"]),
        waterfall=_waterfall(codes, money["before"], money["now"]),
        before=before,
        now=now,
        params=params,
    )


def periods(params: MovementParams, as_of: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the first and last day of the earlier and of the later period.

    Examples
    --------
    >>> [day.isoformat() for period in periods(MovementParams(days=30), date(2024, 3, 31)) for day in period]
    ['2024-01-31', '2024-02-29', '2024-03-01', '2024-03-30']
    """
    if params.before_start and params.before_end and params.start and params.end:
        return (params.before_start, params.before_end), (params.start, params.end)
    # The study's date is the day after the last order: a period that held it would be a day short.
    start = as_of - timedelta(days=params.days)
    earlier = start - timedelta(days=params.days)
    return (earlier, start - timedelta(days=1)), (start, as_of - timedelta(days=1))


def _codes(orders: dict[str, np.ndarray]) -> np.ndarray:
    import numpy as np

    was, is_now, earlier = orders["n_before"] > 0, orders["n_now"] > 0, orders["earlier"] > 0
    choices = [was & is_now, was, is_now & earlier, is_now, orders["ever"] > 0]
    return np.select(choices, [REPEATING, LAPSED, RETURNED, NEW, QUIET], default=-1)


def _waterfall(codes: np.ndarray, before: np.ndarray, now: np.ndarray) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    change = now - before
    masks = {
        "lapsed": codes == LAPSED,
        "less": (codes == REPEATING) & (change < 0),
        "more": (codes == REPEATING) & (change >= 0),
        "returned": codes == RETURNED,
        "new": codes == NEW,
        # Who ordered in neither period can still have sent something back.
        "quiet": np.isin(codes, [QUIET, -1]) & (change != 0),
    }
    level = float(before.sum())
    rows = [("before", int((before != 0).sum()), level, 0.0, level)]
    for step in STEPS:
        mask = masks[step]
        if mask.any():
            amount = float(change[mask].sum())
            rows.append((step, int(mask.sum()), amount, level, level + amount))
            level += amount
    total = float(now.sum())
    rows.append(("now", int((now != 0).sum()), total, 0.0, total))
    return pd.DataFrame(rows, columns=pd.Index(["step", "customers", "amount", "start", "end"]))


def _run(basis: Basis, params: MovementParams) -> MovementResult:
    return movement(basis.profiles, basis.standard, params)


def _keep(
    result: MovementResult, params: MovementParams, profiles: Profiles, kept: Mapping[str, Any]
) -> FittedMovement:
    return FittedMovement(params=params, **kept)


def _apply(basis: Basis, fitted: FittedMovement | None, params: MovementParams) -> MovementResult:
    return _run(basis, params)


METHOD = Method(
    params=MovementParams,
    run=_run,
    icon="swap_horiz",
    answer=words.movement_answer,
    # The periods are those of all orders together: nobody can be put between them alone.
    freezing=Freezing(FittedMovement, keep=_keep, apply=_apply, labels=None, learns=False),
    colours=dict(zip(SEGMENTS, ("teal", "violet", "blue", "rust", "grey"), strict=True)),
    told_by_meaning=True,
)
