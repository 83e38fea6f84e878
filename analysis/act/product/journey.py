"""Where customers are lost on their way: from sign-up to a second order, and from a ticket to its solution; by segment.

A step counts only for those who had the whole window for it, so that whoever came last is not taken for lost; and the
first order only for those who signed up since the orders of the files begin.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from analysis.act.product.ticket_scores import TicketScore, ticket_scores
from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.stats.intervals import wilson
from analysis.stats.multiplicity import benjamini_hochberg
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

Step = Literal["first_order", "second_order", "answered", "solved", "kept_solved", "scored"]
LEAST = 20  # customers or tickets of a segment at the step before


class JourneyParams(Params):
    """How long a step may take.

    Attributes
    ----------
    days : int
        From sign-up to the first order, and from there to the second.
    ticket_days : int
        From when a ticket was opened to its answer, solution and score, and after the solution without being reopened.
    """

    days: int = Field(default=90, ge=1, le=1_095)
    ticket_days: int = Field(default=14, ge=1, le=365)


@dataclass(frozen=True)
class Stage:
    """One step of one segment.

    Attributes
    ----------
    step : str
        ``first_order`` (of those who signed up), ``second_order`` (of those with a first); of tickets ``answered``,
        ``solved``, ``scored`` (of those opened) and ``kept_solved`` (of those solved: not reopened).
    segment : str
    n, reached, lost : int
        Customers (tickets) who had the time for it, those who took it, and the others.
    share, low, high : float
        Reached of ``n``, with Wilson's 95 % interval.
    others : float or None
        The share among all other customers (their tickets); None where there are none.
    p : float
        That as few would take it if the segment were like the others: hypergeometric, one-sided, after Benjamini and
        Hochberg over all steps and segments.
    is_largest : bool
        Whether the segment loses more here than at its other steps of the same journey; a ticket that nobody scored is
        no loss.
    """

    step: Step
    segment: str
    n: int
    reached: int
    lost: int
    share: float
    low: float
    high: float
    others: float | None
    p: float
    is_largest: bool = False

    @property
    def of_tickets(self) -> bool:
        """Whether it counts tickets, not customers."""
        return self.step not in ("first_order", "second_order")


@dataclass(frozen=True)
class Journey(
    Tabular,
    rows="stages",
    columns=("step", "segment", "n", "reached", "lost", "share", "low", "high", "others", "p", "is_largest"),
):
    """The steps of every segment, those with the largest loss first, the days that each may take, and mean scores."""

    stages: tuple[Stage, ...]
    params: JourneyParams
    scores: tuple[TicketScore, ...] = ()

    def of(self, *, tickets: bool) -> tuple[Stage, ...]:
        """Return the steps of tickets, or those of customers."""
        return tuple(one for one in self.stages if one.of_tickets == tickets)


def journey(
    profiles: Profiles,
    labels: Sequence[str | None],
    standard: StandardTables,
    params: JourneyParams | None = None,
) -> Journey:
    """Count at which step each segment loses its customers, and its tickets.

    Parameters
    ----------
    labels : one segment key per customer, missing for none

    Raises
    ------
    AnalysisError
        ``act_journey_nothing``: the files hold no orders of days and no tickets.
    """
    import numpy as np
    import pandas as pd

    params = params or JourneyParams()
    keys = pd.Series(list(labels), dtype=object).fillna("").to_numpy(dtype=object)
    steps = _orders(profiles, standard, keys, params) + _tickets(profiles, standard, keys, params)
    if not steps:
        raise AnalysisError("act_journey_nothing")
    found: list[Stage] = []
    for step, of, reached in steps:
        for segment in sorted(set(of.tolist()) - {""}):
            stage = _stage(step, segment, of == segment, reached)
            found += [] if stage is None else [stage]
    corrected = benjamini_hochberg(np.array([one.p for one in found])) if found else np.array([])
    told = [replace(one, p=float(p)) for one, p in zip(found, corrected, strict=True)]
    most: dict[tuple[str, bool], int] = {}
    for one in told:
        if one.step == "scored":
            continue
        most[one.segment, one.of_tickets] = max(most.get((one.segment, one.of_tickets), 0), one.lost)
    told = [
        replace(one, is_largest=one.step != "scored" and 0 < one.lost == most[one.segment, one.of_tickets])
        for one in told
    ]
    told.sort(key=lambda one: (one.of_tickets, not one.is_largest, -one.lost, one.segment, one.step))
    return Journey(tuple(told), params, ticket_scores(profiles, keys, ticket_rows(standard)))


def _stage(step: Step, segment: str, inside: np.ndarray, reached: np.ndarray) -> Stage | None:
    import numpy as np
    from scipy.stats import hypergeom

    n, k, total, yes = int(inside.sum()), int((inside & reached).sum()), len(inside), int(reached.sum())
    if n < LEAST:
        return None
    low, high = wilson(np.array([k]), np.array([n]))
    others = (yes - k) / (total - n) if total > n else None
    p = float(hypergeom.cdf(k, total, yes, n))
    return Stage(step, segment, n, k, n - k, k / n, float(low[0]), float(high[0]), others, p)


_Steps = list[tuple[Step, "np.ndarray", "np.ndarray"]]


def _orders(profiles: Profiles, standard: StandardTables, keys: np.ndarray, params: JourneyParams) -> _Steps:
    """Return, of each step, the segments of those who had the time for it, and who took it."""
    import narwhals as nw
    import pandas as pd

    if "order_date" not in standard.order_roles:
        return []
    lazy = standard.sales().group_by("customer_id", "order_id").agg(nw.col("order_date").min())
    rows: Any = lazy.collect("pandas").to_native()
    days = pd.to_datetime(rows["order_date"])
    rows = rows.assign(order_date=days).sort_values(["customer_id", "order_date"], kind="stable")
    place = rows.groupby("customer_id").cumcount()
    ids = profiles.customers["customer_id"]
    first, second = (rows[place == one].set_index("customer_id")["order_date"].reindex(ids) for one in (0, 1))
    end, window = pd.Timestamp(profiles.as_of), pd.Timedelta(days=params.days)
    found: _Steps = []
    if "signup_date" in profiles.customers:
        signed = pd.to_datetime(profiles.customers["signup_date"]).set_axis(ids)
        # Whoever signed up earlier may have ordered before the files begin.
        signed = signed.where(signed >= rows["order_date"].min())
        found.append(("first_order", *_in_time(keys, signed, first, end, window)))
    found.append(("second_order", *_in_time(keys, first, second, end, window)))
    return [one for one in found if len(one[1])]


def _in_time(
    keys: np.ndarray, begun: pd.Series, reached: pd.Series, end: pd.Timestamp, window: pd.Timedelta
) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of those who began early enough to have had the time, and whether they made it in time."""
    had = (begun + window <= end).to_numpy(dtype=bool)
    made = (reached <= begun + window).to_numpy(dtype=bool)
    return keys[had], made[had]


def _tickets(profiles: Profiles, standard: StandardTables, keys: np.ndarray, params: JourneyParams) -> _Steps:
    """Return the steps of tickets: of a table with a row for each, else of a log of events."""
    import numpy as np
    import pandas as pd

    wide = ticket_rows(standard)
    if wide is None:
        wide = _tickets_of_events(standard)
    if wide is None:
        return []
    begun, end, window = wide["opened"], pd.Timestamp(profiles.as_of), pd.Timedelta(days=params.ticket_days)
    segment_of = pd.Series(keys, index=profiles.customers["customer_id"].astype(object))
    of = segment_of.reindex(wide["customer_id"]).fillna("").to_numpy(dtype=object)
    steps: tuple[Step, ...] = ("answered", "solved", "scored")
    found: _Steps = [(step, *_in_time(of, begun, wide[step], end, window)) for step in steps if step in wide]
    if {"solved", "reopened"} <= set(wide.columns):
        solved = wide["solved"]
        had = (solved + window <= end).to_numpy(dtype=bool)
        again = (wide["reopened"] <= solved + window).to_numpy(dtype=bool)
        found.append(("kept_solved", of[had], np.logical_not(again)[had]))
    return [one for one in found if len(one[1])]


def ticket_rows(standard: StandardTables) -> pd.DataFrame | None:
    """Return a table that has a row for each ticket; None where the files hold none.

    Returns
    -------
    DataFrame
        ``customer_id``, ``opened``, and as far as columns say so ``answered``, ``solved``, ``reopened`` and ``scored``
        (moments, missing where it did not happen) and ``score``. Such a table has no moment of a score and of being
        reopened: they count as of the moments before them.
    """
    roles = standard.record_roles.get("feedback", frozenset())
    if not roles & {"ticket_answered", "ticket_solved"}:
        return None
    names = {"answered": "ticket_answered", "solved": "ticket_solved", "again": "ticket_reopened", "score": "rating"}
    known = {name: role for name, role in names.items() if role in roles}
    found: Any = (
        standard.records("feedback").select("customer_id", opened="time", **known).collect("pandas").to_native()
    )
    if "again" in found and "solved" in found:
        found["reopened"] = found["solved"].where(found["again"].eq(True).fillna(False).astype(bool))
    if "score" in found:
        found["score"] = found["score"].astype("float64")
        found["scored"] = found["opened"].where(found["score"].notna())
    return found


def _tickets_of_events(standard: StandardTables) -> pd.DataFrame | None:
    """Return the tickets of a log of events; each begins where one is opened, and lasts until the next one."""
    import pandas as pd

    if not {"event", "event_time"} <= standard.record_roles.get("events", frozenset()):
        return None
    kept: Any = standard.records("events").select("customer_id", "event", "time").collect("pandas").to_native()
    names = {str(one): ticket_step(str(one)) for one in kept["event"].dropna().unique()}
    rows = kept.assign(step=kept["event"].map(names), time=pd.to_datetime(kept["time"])).dropna(subset=["step", "time"])
    if "opened" not in set(rows["step"]) or not {"answered", "solved"} & set(rows["step"]):
        return None
    rows = rows.sort_values(["customer_id", "time"], kind="stable")
    rows["ticket"] = (rows["step"] == "opened").groupby(rows["customer_id"]).cumsum()
    rows = rows[rows["ticket"] > 0]
    return rows.groupby(["customer_id", "ticket", "step"])["time"].min().unstack("step").reset_index()


def ticket_step(event: str) -> str | None:
    """Return which step of a ticket an event is (opened, answered, solved, reopened, scored), or None.

    Examples
    --------
    >>> [ticket_step(one) for one in ("Ticket opened", "ticket_resolved", "工单已解决", "re-opened", "add_to_cart")]
    ['opened', 'solved', 'solved', 'reopened', None]
    """
    plain = "".join(" " if one in "_-.:/" else one for one in event.casefold())
    for word in ("tickets", "ticket", "case", "issue", "工单"):
        plain = plain.replace(word, " ") if not word.isascii() else f" {plain} ".replace(f" {word} ", " ")
    plain = " ".join(plain.split())
    return next((step for step, words in _words().items() if plain in words), None)


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "tickets.toml").read_text("utf-8"))
