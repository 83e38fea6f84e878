"""When each customer was contacted, by the files' own records and the lists made here; who is held out meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.act.campaign import Campaign
    from analysis.act.people import People
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles


@dataclass(frozen=True)
class Contacts:
    """The days on which customers were contacted.

    Attributes
    ----------
    days : DataFrame, one row per customer and day
        ``row`` (of the profiles) and ``ago``: days before the list. A contact of the files is as long ago as it was on
        the day of the data; one of a list that was made here, on the day of the new list.
    held : set of int
        Rows of those held out of a list whose measuring days are not over: written to now, they would show no effect.
    """

    days: pd.DataFrame = field(repr=False)
    held: frozenset[int] = frozenset()

    def within(self, n: int, days: int) -> np.ndarray:
        """Return on how many of the last ``days`` days each of ``n`` customers was contacted."""
        import numpy as np

        late = self.days[self.days["ago"] < days]
        return np.bincount(late["row"].to_numpy(dtype=int), minlength=n)


def contacts_of(
    profiles: Profiles,
    people: People,
    campaigns: Iterable[Campaign] = (),
    *,
    on: date,
    standard: StandardTables | None = None,
) -> Contacts:
    """Return when each customer was contacted, from the files and from the ledger of lists.

    Parameters
    ----------
    campaigns : iterable of Campaign
        Those that were dropped reached nobody.
    on : date
        The day of the new list.
    standard : StandardTables, optional
        Whose records of contacts are counted; without it the lists made here alone.
    """
    import pandas as pd

    held: set[int] = set()
    parts = [_of_files(standard, profiles)] if standard is not None else []
    for one in campaigns:
        rows = people.rows(one.contacts)
        held.update(people.rows(one.held_on(on)).tolist())
        parts.append(pd.DataFrame({"row": rows, "ago": max((on - one.made_on).days, 0)}))
    empty = pd.DataFrame({"row": pd.Series(dtype=int), "ago": pd.Series(dtype=int)})
    return Contacts(pd.concat([empty, *parts], ignore_index=True).drop_duplicates(), frozenset(held))


def _of_files(standard: StandardTables, profiles: Profiles) -> pd.DataFrame:
    import narwhals as nw
    import pandas as pd

    roles = standard.record_roles.get("contacts", frozenset())
    if not roles:
        return pd.DataFrame({"row": [], "ago": []}, dtype=int)
    rows = standard.records("contacts")
    if "sent" in roles:
        was_sent = nw.col("sent") | nw.col("answered") if "answered" in roles else nw.col("sent")
        rows = rows.filter(was_sent)
    told: Any = rows.select("customer_id", "date").collect("pandas").to_native()
    place = pd.Index(profiles.customers["customer_id"].astype(object)).get_indexer(
        pd.Index(told["customer_id"].astype(object))
    )
    ago = (pd.Timestamp(profiles.as_of) - pd.to_datetime(told["date"])).dt.days.to_numpy()
    inside = (place >= 0) & (ago >= 0)
    return pd.DataFrame({"row": place[inside], "ago": ago[inside].astype(int)})
