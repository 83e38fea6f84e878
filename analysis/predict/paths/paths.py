"""The ways that customers take: a funnel of events, what follows what, and which contact an order is credited to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.left_out import later_rows
from analysis.predict.paths.credit import Path, credits_of
from analysis.predict.paths.funnel import NOTHING, Funnel, funnel
from analysis.predict.paths.result import Paths

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.paths.params import PathsParams
    from analysis.profiles.result import Profiles

USUAL_STEPS, USUAL_SHARE = 4, 0.02
PLACES, NODES = 4, 8
OTHER = "\x00other"  # no event is called so
LEAST_STEPS = 2  # one alone is no way
NAMED = 0.9  # of how well a heading names a role, from which on it is one of its words


def paths(standard: StandardTables, profiles: Profiles, params: PathsParams) -> Paths:
    """Say which ways customers take.

    Raises
    ------
    AnalysisError
        ``paths_none``: there are neither events, nor contacts with orders. ``paths_no_customers`` (n): the events name
        no customer. ``paths_no_names``: the events have no
        names. ``paths_unknown_step`` (step, known): no event is called so. ``paths_few_steps`` (known): fewer than two
        kinds of events.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.paths.params import PathsParams
    >>> from analysis.study import begin, read
    >>> times = ["2024-01-01 10:00", "2024-01-01 10:05", "2024-01-02 09:00"]
    >>> frame = pd.DataFrame({"customer id": list("aab"), "event time": times, "event": ["view", "cart", "view"]})
    >>> begin(read(frame)).prediction(PathsParams(steps=("view", "cart"))).funnel.steps["customers"].tolist()
    [2, 1]
    """
    import pandas as pd

    credited, n_orders = _credits(standard, profiles, params)
    rows = _events(standard, profiles)
    notes: list[Note] = []
    found: Funnel | None = None
    known: tuple[str, ...] = ()
    flows = pd.DataFrame({"place": [], "before": [], "after": [], "customers": []})
    ids = profiles.customers["customer_id"]
    steps = pd.Series(index=ids, dtype=float)
    if rows is None and credited is None:
        if n := _of_nobody(standard):
            raise AnalysisError("paths_no_customers", n=n)
        raise AnalysisError("paths_none")
    notes += later_rows(standard, ("events", "contacts"), profiles.as_of)
    if rows is not None:
        known = tuple(str(name) for name in rows["event"].value_counts().index)
        found = funnel(
            rows, _steps(rows, known, params), ordered=params.ordered, window_days=params.window_days,
            exclude=params.exclude,
        )  # fmt: skip
        flows = flows_of(rows)
        seen = ids.isin(rows["customer_id"]).to_numpy()
        steps = found.reached.reindex(ids).fillna(0.0).where(seen)
        if len(params.steps) < LEAST_STEPS:
            notes.append(Note("paths_steps_found", {"steps": " → ".join(found.steps["step"])}))
    customers = pd.DataFrame({"customer_id": ids.to_numpy(), "steps": steps.to_numpy(dtype=float)})
    if credited is not None:
        notes.append(Note("paths_no_cause", {}))
    return Paths(found, flows, credited, n_orders, customers, known, profiles.as_of, tuple(notes))


def _of_nobody(standard: StandardTables) -> int:
    """Return the rows of tables that are not used and whose headings are those of events: they name no customer."""
    from analysis.intake.roles import header_score, roles

    found = 0
    for count, raw in zip(standard.counts, standard.raws, strict=True):
        told = [
            any(header_score(one, roles()[role]) >= NAMED for one in raw.columns) for role in ("event", "event_time")
        ]
        found += count.read if not count.kept and all(told) else 0
    return found


def flows_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what follows what at the first places of everybody's way.

    Parameters
    ----------
    rows : DataFrame
        ``customer_id``, ``event``, ``time``.
    """
    import pandas as pd

    ordered = rows.sort_values(["customer_id", "time"], kind="stable")
    place = ordered.groupby("customer_id").cumcount()
    wide = ordered.assign(place=place)[place <= PLACES].pivot(index="customer_id", columns="place", values="event")
    parts = []
    for number in range(min(PLACES, wide.shape[1] - 1)):
        here = wide[wide[number].notna()]
        pair = pd.DataFrame({"before": _named(here[number]), "after": _named(here[number + 1])})
        counted = pair.value_counts(["before", "after"]).rename("customers").reset_index()
        parts.append(counted.assign(place=number + 1))
    if not parts:
        return pd.DataFrame({"place": [], "before": [], "after": [], "customers": []})
    return pd.concat(parts, ignore_index=True)[["place", "before", "after", "customers"]]


def _named(events: pd.Series) -> pd.Series:
    usual = set(events.value_counts().index[:NODES])
    return events.where(events.isna() | events.isin(usual), OTHER).fillna(NOTHING).astype(str)


def _events(standard: StandardTables, profiles: Profiles) -> pd.DataFrame | None:
    import narwhals as nw

    if "events" not in standard.record_roles:
        return None
    if "event" not in standard.record_roles["events"]:
        raise AnalysisError("paths_no_names")
    rows = standard.records("events").filter((nw.col("date") <= profiles.as_of) & ~nw.col("event").is_null())
    found: pd.DataFrame = rows.select("customer_id", "event", "line", "time").collect("pandas").to_native()
    found = found.sort_values(["customer_id", "time", "line"], kind="stable").drop(columns="line")
    return found.astype({"customer_id": str, "event": str}) if len(found) else None


def _steps(rows: pd.DataFrame, known: Sequence[str], params: PathsParams) -> tuple[str, ...]:
    """Return the steps that were chosen, or the most usual events in the order in which they are usually met first."""
    for step in (*params.steps, *params.exclude):
        if step not in known:
            raise AnalysisError("paths_unknown_step", step=step, known=tuple(known))
    if len(params.steps) >= LEAST_STEPS:
        return params.steps
    met = rows.drop_duplicates(["customer_id", "event"])
    met = met.assign(place=met.groupby("customer_id").cumcount())
    counts = met["event"].value_counts()
    usual = [
        name for name in counts.index if counts[name] >= USUAL_SHARE * counts.iloc[0] and name not in params.exclude
    ]
    if len(usual) < LEAST_STEPS:
        raise AnalysisError("paths_few_steps", known=tuple(known))
    taken = usual[:USUAL_STEPS]
    order = met[met["event"].isin(taken)].groupby("event")["place"].mean()
    return tuple(sorted(taken, key=lambda name: (order[name], -counts[name], name)))


def _credits(standard: StandardTables, profiles: Profiles, params: PathsParams) -> tuple[pd.DataFrame | None, int]:
    """Return what each channel of contacts is credited with, and how many orders had a contact on their way."""
    import narwhals as nw
    import pandas as pd

    roles = standard.record_roles.get("contacts", frozenset())
    if not roles & {"contact_channel", "campaign"} or "order_date" not in standard.order_roles:
        return None, 0
    named = "contact_channel" if "contact_channel" in roles else "campaign"
    until = profiles.as_of
    rows = standard.records("contacts").filter((nw.col("date") <= until) & ~nw.col(named).is_null())
    touches: pd.DataFrame = (
        rows.select("customer_id", day=nw.col("date"), contact=nw.col(named)).collect("pandas").to_native()
    )
    sales = standard.sales().filter(nw.col("order_date") <= until)
    orders: pd.DataFrame = sales.select("customer_id", day=nw.col("order_date")).unique().collect("pandas").to_native()
    if touches.empty or orders.empty:
        return None, 0
    both = pd.concat([touches.assign(what=0), orders.assign(what=1, contact="")], ignore_index=True)
    both["day"] = pd.to_datetime(both["day"])
    both = both.sort_values(["customer_id", "day", "what", "contact"], kind="stable")
    counted: dict[Path, list[int]] = {}
    reach = timedelta(days=params.touch_days)
    # A frame per customer would take a hundred times as long as the rows one after the other.
    each = zip(*(both[name].tolist() for name in ("customer_id", "day", "what", "contact")), strict=True)
    for _, own in groupby(each, key=itemgetter(0)):
        go_on()
        _ways([row[1:] for row in own], reach, pd.Timestamp(until), counted)
    found = {path: (won, lost) for path, (won, lost) in counted.items()}
    if not any(won for won, _ in found.values()):
        return None, 0
    return credits_of(found), sum(won for won, _ in found.values())


def _ways(rows: Sequence[Any], reach: timedelta, until: pd.Timestamp, counted: dict[Path, list[int]]) -> None:
    """Count the ways of one customer: contacts up to an order, and those that no order followed in time."""
    way: list[tuple[pd.Timestamp, str]] = []
    for day, what, contact in rows:
        gone = [one for one in way if day - one[0] > reach]
        if gone:
            counted.setdefault(tuple(name for _, name in gone), [0, 0])[1] += 1
            way = way[len(gone) :]
        if what == 0:
            way.append((day, str(contact)))
        elif way:
            counted.setdefault(tuple(name for _, name in way), [0, 0])[0] += 1
            way = []
    if way and until - way[-1][0] > reach:  # of later ones nobody knows yet
        counted.setdefault(tuple(name for _, name in way), [0, 0])[1] += 1
