"""What an earlier run foretold beside what came: who leaves, and how many purchase days are ahead.

A promise can be judged once the days it is about are over; the newest such run is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.alarms import SIGMAS, Alarm, AlarmRule
from analysis.history.earlier import LEFT
from analysis.intake.questions import order_span, within
from analysis.predict.churn.result import SCORE
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

    from analysis.history.moment import Moment
    from analysis.intake.tables import StandardTables
    from analysis.predict.churn.definition import ChurnDefinition
    from analysis.profiles.result import Profiles
    from analysis.stats.discrimination import Auc

LEAST = 100  # customers: of fewer a tenth says nothing
LEAST_LEFT = 30  # on either side, to say who stood first
KEPT = "promises"  # where ``history`` of a summary holds what was judged
RULE = AlarmRule(measure="promise")
ORDERS, ORDERS_RULE = "lifetime_orders", AlarmRule(measure="promise_orders")
CONTRACTS = ("sbg", "bdw", "constant")  # what these foretell are periods of a contract, which orders do not show
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Promised(Tabular, rows="bands"):
    """Chances of leaving, beside who left.

    Attributes
    ----------
    made_on, until : date
        The day they were told on, and the last day that they are about.
    n : int
        Customers who had a chance then, had not been silent for as many days, and are still known.
    promised, came : float, int
        Customers who were to leave (the sum of the chances), and those who did.
    sd : float
        Standard deviation of ``came`` were every chance true and each customer alone, in customers.
    shape : float
        Spiegelhalter's z: far above 0 the chances are too sure, far below too careful; in 5 % of the cases beyond 1.96.
    bands : DataFrame, one row per tenth by chance
        As ``predict.churn.measure.Measured.calibration``.
    """

    made_on: date
    until: date
    n: int
    promised: float
    came: int
    sd: float
    shape: float
    bands: pd.DataFrame = field(repr=False)

    @property
    def off(self) -> bool:
        """Whether more or fewer left than chance explains, by a tenth of those who were to leave or to stay."""
        low, high = _limits(self.promised, self.sd, self.n)
        return not low <= self.came <= high

    @property
    def too_sure(self) -> bool:
        """Whether the chances lie too near to 0 and 1, or too near to each other, whatever their sum."""
        return abs(self.shape) > SIGMAS


def promised(then: Moment, days: int, standard: StandardTables) -> Promised:
    """Judge the chances of leaving that a run told, by the orders that came since.

    Parameters
    ----------
    then : Moment
        The run, whose customers have ``churn_risk``.
    days : int
        Days without an order that are leaving, as that run defined it.
    standard : StandardTables
        Of today.

    Raises
    ------
    AnalysisError
        ``promise_none`` (day): that run told no chances; ``promise_open`` (day, until): the days are not over yet;
        ``promise_few`` (n, least).

    References
    ----------
    Spiegelhalter (1986), Probabilistic prediction in patient management and clinical trials, Statistics in Medicine 5.
    """
    import numpy as np

    from analysis.predict.churn.measure import calibration

    if SCORE not in then.customers:
        raise AnalysisError("promise_none", day=then.as_of)
    start = _first_unknown(then)
    until, span = start + timedelta(days=days - 1), order_span(standard)
    if span.first is None or span.last is None or span.last < until:
        raise AnalysisError("promise_open", day=then.as_of, until=until)
    # Who was merged into another or forgotten has no order any more, and cannot be judged.
    there = within(standard, (span.first, span.last)).index
    known = then.customers[then.customers[SCORE].notna() & then.customers.index.isin(there)]
    if "recency_days" in known:
        known = known[known["recency_days"] <= days]
    if len(known) < LEAST:
        raise AnalysisError("promise_few", n=len(known), least=LEAST)
    came = within(standard, (start, until))
    left = ~known.index.isin(came.index[came["n"] > 0])
    chance = known[SCORE].to_numpy(dtype=float)
    return Promised(
        made_on=then.as_of, until=until, n=len(known), promised=float(chance.sum()), came=int(left.sum()),
        sd=float(np.sqrt((chance * (1 - chance)).sum())), shape=spiegelhalter(left, chance),
        bands=calibration(left, chance),
    )  # fmt: skip


@dataclass(frozen=True)
class PromisedOrders:
    """Purchase days that were foretold, beside those that came.

    Attributes
    ----------
    made_on, until : date
        The day they were told on, and the last day that they are about.
    n : int
        Customers who had a figure then and are still known.
    promised, came : float, int
        Purchase days of all of them together.
    sd : float
        Standard deviation of the difference, from those of single customers: each one's is a draw of its own.
    """

    made_on: date
    until: date
    n: int
    promised: float
    came: int
    sd: float

    @property
    def off(self) -> bool:
        """Whether more or fewer came than chance explains, by a tenth of what was foretold."""
        low, high = _limits(self.promised, self.sd, math.inf)
        return not low <= self.came <= high


def promised_orders(then: Moment, months: int, standard: StandardTables) -> PromisedOrders:
    """Judge the purchase days that a run foretold, by the orders that came since.

    Parameters
    ----------
    then : Moment
        The run, whose customers have ``lifetime_orders``.
    months : int
        That these are about.
    standard : StandardTables
        Of today.

    Raises
    ------
    AnalysisError
        ``promise_orders_none`` (day), ``promise_orders_open`` (day, until), ``promise_orders_few`` (n, least).
    """
    import narwhals as nw
    import numpy as np

    if ORDERS not in then.customers:
        raise AnalysisError("promise_orders_none", day=then.as_of)
    start = _first_unknown(then)
    until, span = start + timedelta(days=round(months * DAYS_A_MONTH) - 1), order_span(standard)
    if span.first is None or span.last is None or span.last < until:
        raise AnalysisError("promise_orders_open", day=then.as_of, until=until)
    there = within(standard, (span.first, span.last)).index
    foretold = then.customers.loc[then.customers[ORDERS].notna() & then.customers.index.isin(there), ORDERS]
    if len(foretold) < LEAST:
        raise AnalysisError("promise_orders_few", n=len(foretold), least=LEAST)
    days = standard.sales().filter(nw.col("order_date").is_between(start, until))
    if "amount" in standard.order_roles:  # a visit that was paid before was none of those foretold
        days = days.filter(~nw.col("amount").is_null())
    each = days.select("customer_id", "order_date").unique().collect().to_pandas()["customer_id"].value_counts()
    came = each.reindex(foretold.index, fill_value=0).to_numpy(dtype=float)
    expected = foretold.to_numpy(dtype=float)
    return PromisedOrders(
        then.as_of, until, len(foretold), float(expected.sum()), int(came.sum()),
        float(np.sqrt(((came - expected) ** 2).sum())),
    )  # fmt: skip


@dataclass(frozen=True)
class PromisedRanks:
    """Chances that a column of who left gave, beside who has left since.

    They say how alike somebody is to those who have left, whenever that was: they have no days, so nobody can say how
    many were to leave by now, and what can be judged is whether those who left stood first.

    Attributes
    ----------
    made_on, until : date
        The days that both runs look back from.
    n : int
        Customers who had a chance then, had not left, and of whom today's files say whether they have.
    came : int
        Of those, who have left since.
    auc : Auc
        How often one who left had the higher chance than one who stayed, 0..1, with its interval.
    """

    made_on: date
    until: date
    n: int
    came: int
    auc: Auc

    @property
    def off(self) -> bool:
        """Whether drawing lots may have put those who left as far ahead."""
        return self.auc.low <= 0.5


def promised_ranks(then: Moment, now: Profiles, definition: ChurnDefinition) -> PromisedRanks:
    """Judge whether those who left since a run had the higher chances then.

    Parameters
    ----------
    then : Moment
        The run, whose customers have ``churn_risk`` and the column.
    now : Profiles
        Of today.
    definition : ChurnDefinition
        Of today, by a column.

    Raises
    ------
    AnalysisError
        ``promise_none`` (day): that run told no chances, or had no such column; ``promise_few`` (n, least);
        ``promise_few_left`` (day, n, least): too few have left since, or have stayed.

    References
    ----------
    DeLong et al. (1988), as ``stats.discrimination.auc``.
    """
    from analysis.predict.churn.definition import who_left
    from analysis.stats.discrimination import auc

    assert definition.feature is not None
    if not {SCORE, definition.feature.key} <= set(then.customers):
        raise AnalysisError("promise_none", day=then.as_of)
    former = replace(now, customers=then.customers.reset_index(), as_of=then.as_of)
    had_left = who_left(former, definition).fillna(False).to_numpy(dtype=bool)
    left = who_left(now, definition).set_axis(now.customers["customer_id"]).reindex(then.customers.index)
    known = then.customers[SCORE].notna().to_numpy() & ~had_left & left.notna().to_numpy()
    came, n = left[known].to_numpy(dtype=bool), int(known.sum())
    if n < LEAST:
        raise AnalysisError("promise_few", n=n, least=LEAST)
    if min(came.sum(), n - came.sum()) < LEAST_LEFT:
        raise AnalysisError("promise_few_left", day=then.as_of, n=int(came.sum()), least=LEAST_LEFT)
    chance = then.customers.loc[known, SCORE].to_numpy(dtype=float)
    return PromisedRanks(then.as_of, now.as_of, n, int(came.sum()), auc(came, chance))


def months_promised(summary: Mapping[str, Any]) -> int | None:
    """Return the months that the purchase days of a kept run are about; None where it foretold none of orders."""
    told = summary.get("predictions", {}).get("lifetime", {})
    return int(told["months"]) if told.get("months") and told.get("used") not in CONTRACTS else None


def spiegelhalter(came: np.ndarray, chance: np.ndarray) -> float:
    """Return Spiegelhalter's z of chances, standard normal where every chance is true; 0 where all are 0, 1 or a half.

    Parameters
    ----------
    came : bool array, shape (customers,)
    chance : float array, shape (customers,)
        0..1.

    Examples
    --------
    >>> import numpy as np
    >>> came = np.array([True, False, True, False])
    >>> round(spiegelhalter(came, np.array([0.9, 0.1, 0.8, 0.4])), 4)
    -0.8429
    """
    import numpy as np

    weight = 1 - 2 * chance
    spread = float(np.sqrt((weight**2 * chance * (1 - chance)).sum()))
    return float(((came - chance) * weight).sum() / spread) if spread else 0.0


def days_promised(summary: Mapping[str, Any]) -> int | None:
    """Return the days that the chances of leaving of a kept run are about; None where it told none of silence."""
    told = summary.get("predictions", {}).get("churn", {})
    return int(told["days"]) if told.get("definition") == "silence" and told.get("days") else None


def as_json(found: Promised | PromisedOrders) -> dict[str, Any]:
    """Return what was judged as JSON, for the run that keeps it."""
    told = {
        "made_on": found.made_on.isoformat(), "until": found.until.isoformat(), "n": found.n,
        "promised": round(found.promised, 6), "came": found.came, "sd": round(found.sd, 6),
    }  # fmt: skip
    return told | {"shape": round(found.shape, 6)} if isinstance(found, Promised) else told


def promise_alarms(runs: Sequence[tuple[date, Mapping[str, Any]]]) -> tuple[Alarm, ...]:
    """Return the alarms of what was judged at each kept run, the oldest first; one lasts until the chances hold again.

    Parameters
    ----------
    runs : sequence of (day, summary)
        In order of their days, one of each day.

    Examples
    --------
    >>> told = {"made_on": "2024-01-01", "until": "2024-03-01", "n": 400, "promised": 100.0, "came": 180, "sd": 8.0}
    >>> [alarm] = promise_alarms([(date(2024, 3, 2), {"history": {"promises": {"churn_risk": told}}})])
    >>> alarm.is_open, round(alarm.change, 2)
    (True, 0.8)
    """
    return (*_alarms(SCORE, RULE, runs), *_alarms(ORDERS, ORDERS_RULE, runs))


def _alarms(key: str, rule: AlarmRule, runs: Sequence[tuple[date, Mapping[str, Any]]]) -> list[Alarm]:
    found: list[Alarm] = []
    for day, summary in runs:
        one = summary.get(LEFT, {}).get(KEPT, {}).get(key)
        if one is None:
            continue
        low, high = _limits(one["promised"], one["sd"], one["n"] if key == SCORE else math.inf)
        is_off = not low <= one["came"] <= high
        if found and found[-1].is_open:
            if not is_off:
                found[-1] = replace(found[-1], closed=day, why="back")
        elif is_off:
            found.append(Alarm(rule, day, float(one["came"]), one["promised"], low, high, one["n"]))
    return found


def _limits(expected: float, sd: float, n: float) -> tuple[float, float]:
    """Return between which numbers chance leaves it, or it matters to nobody."""
    border = max(SIGMAS * sd, RULE.least * min(expected, n - expected))
    return max(expected - border, 0.0), min(expected + border, math.inf)


def _first_unknown(then: Moment) -> date:
    """Return the first day whose orders a run did not know: its own, unless some customer had ordered on it."""
    recency = then.customers.get("recency_days")
    knew = recency is not None and bool((recency == 0).any())
    return then.as_of + timedelta(days=int(knew))
