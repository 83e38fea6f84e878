"""A play filled from the data of its segment: channel, time, what it likes and pays, when it is due, its value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.act.playbook.timing import (
    BestChannel,
    BestTime,
    TimeTold,
    best_channel,
    best_time,
    hours_of,
    time_told,
)
from analysis.act.playbook.trade import PLAY_OF, Play, PlayKey, Trade
from analysis.act.playbook.value import Value, expected_value, learned
from analysis.act.reach import ADDRESSES, address_kinds, called
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.act.params import Channel
    from analysis.act.playbook.value import Seen
    from analysis.intake.tables import StandardTables
    from analysis.overview.card_result import SegmentCard
    from analysis.profiles.result import Profiles

NAMED = 3  # favourites
MOST_OF = 0.5  # of a segment, from where on a tag chooses its play
LEAST = 30  # customers, from where on prices and favourites are told


@dataclass(frozen=True)
class Favourite:
    """What a segment takes: the share of its customers whose favourite it is, and the index against all others."""

    name: str
    share: float
    index: float | None


@dataclass(frozen=True)
class FilledPlay(Tabular, columns=("segment", "key", "channel", "size", "reached=value.reached", "low=value.low")):
    """What to do with a segment.

    Attributes
    ----------
    channel : Channel
        The one that is answered most where that is proven, else the first of the play that the files can reach.
    answered : BestChannel or None
        What the contacts of the files say; None where there are none with answers.
    time : BestTime or None
        None where no hour stands out, or nobody knows hours.
    n_timed : int
        Contacts with an hour that were looked at.
    favourites : tuple of Favourite
        The categories (products where there are none) of most customers, at most three; empty for few customers.
    prices : tuple of float or None
        Quarter and three quarters of what its customers spend on an order.
    interval_days : float or None
        Days that usually pass between two orders.
    value : Value
    tag : str
        The tag that chose the play, since most of the segment have it; empty where its orders did.
    tagged : float
        The share of the segment that has it.
    told : TimeTold or None
        What the contacts could have told of an hour, where none stands out.
    """

    segment: str
    key: PlayKey
    play: Play
    channel: Channel
    size: int
    answered: BestChannel | None
    time: BestTime | None
    n_timed: int
    favourites: tuple[Favourite, ...]
    prices: tuple[float, float] | None
    interval_days: float | None
    value: Value
    tag: str = ""
    tagged: float = 0.0
    told: TimeTold | None = None


def contacts_with_answers(standard: StandardTables) -> pd.DataFrame | None:
    """Return the contacts that reached somebody: ``customer_id``, ``time``, ``channel``, ``answered``; None without."""
    import narwhals as nw

    roles = standard.record_roles.get("contacts", frozenset())
    if "answered" not in roles:
        return None
    rows = standard.records("contacts")
    if "sent" in roles:
        rows = rows.filter(nw.col("sent") | nw.col("answered"))
    columns = ["customer_id", "time", "answered", *(["contact_channel"] if "contact_channel" in roles else [])]
    found: Any = rows.select(*columns).collect("pandas").to_native()
    return found.rename(columns={"contact_channel": "channel"})


def chosen_play(trade: Trade, card: SegmentCard, profiles: Profiles, inside: np.ndarray) -> tuple[PlayKey, str, float]:
    """Return the play of a segment, the tag that chose it and the share that has it; else what its orders say."""
    for tag, key in trade.by_tag.items():
        column = f"tag_{tag}"
        if column in profiles.customers and inside.any():
            has = profiles.customers[column].eq(True).fillna(False).to_numpy(dtype=bool)
            if (share := float(has[inside].mean())) >= MOST_OF:
                return key, tag, share
    return PLAY_OF[card.action], "", 0.0


def fill(
    trade: Trade,
    card: SegmentCard,
    profiles: Profiles,
    inside: np.ndarray,
    *,
    segment: str,
    reached: Mapping[str, int] | None = None,
    contacts: pd.DataFrame | None = None,
    seen: Mapping[Channel, Sequence[Seen]] | None = None,
    contact_cost: float | None = None,
) -> FilledPlay:
    """Fill the play of a segment.

    Parameters
    ----------
    inside : array of bool, aligned with the profiles
        Who is in the segment.
    reached : mapping of channel to customers, optional
        How many of them a list by this channel could hold; all without it.
    contacts : DataFrame, optional
        ``contacts_with_answers``.
    seen : mapping of channel to effects, optional
        What campaigns for this segment showed.
    """
    import numpy as np

    customers, size = profiles.customers, int(inside.sum())
    key, tag, tagged = chosen_play(trade, card, profiles, inside)
    play = trade.plays[key]
    answered, time, n_timed, told = _from_contacts(contacts, customers["customer_id"], inside)
    channel = _channel(play, profiles, answered)
    order = _order(customers, inside)
    n = min((reached or {}).get(channel, size), size)
    assumption = learned(*play.response, (seen or {}).get(channel, ()))
    prices = None
    if size >= LEAST and "average_order_value" in customers:
        paid = customers["average_order_value"].to_numpy(dtype=float, na_value=np.nan)[inside]
        paid = paid[~np.isnan(paid)]
        prices = (float(np.quantile(paid, 0.25)), float(np.quantile(paid, 0.75))) if len(paid) >= LEAST else None
    gap = card.pace.gap_days if card.pace is not None and card.pace.rhythm == "regular" else float("nan")
    return FilledPlay(
        segment, key, play, channel, size, answered, time, n_timed, _favourites(customers, inside), prices,
        None if np.isnan(gap) else float(gap),
        expected_value(size, n, assumption, order=order, contact_cost=contact_cost), tag, tagged, told,
    )  # fmt: skip


def _from_contacts(
    contacts: pd.DataFrame | None, ids: pd.Series, inside: np.ndarray
) -> tuple[BestChannel | None, BestTime | None, int, TimeTold | None]:
    if contacts is None:
        return None, None, 0, None
    here = contacts[contacts["customer_id"].isin(set(ids[inside]))]
    answered = None
    if "channel" in here:
        yes = here["answered"].fillna(False).astype(bool)
        by = here.dropna(subset=["channel"]).groupby("channel")
        counts = {str(name): (len(rows), int(yes[rows.index].sum())) for name, rows in by}
        answered = best_channel(counts)
    timed = here.dropna(subset=["time"])
    if not len(timed):
        return answered, None, 0, None
    hours = hours_of(timed)
    best = best_time(*hours)
    return answered, best, len(timed), time_told(*hours) if best is None else None


def _channel(play: Play, profiles: Profiles, answered: BestChannel | None) -> Channel:
    known = address_kinds(profiles)
    offered: list[Channel] = [one for one in play.channels if known & set(ADDRESSES[one])]
    best = called(answered.channel) if answered is not None and answered.differs else None
    if best is not None and known & set(ADDRESSES[best]):
        return best
    other: Channel = "other"
    return offered[0] if offered else other


def _order(customers: pd.DataFrame, inside: np.ndarray) -> float | None:
    """Return what an order of these customers is worth; None where nobody knows money, or none was placed."""
    if "spend" not in customers or "n_orders" not in customers:
        return None
    n = float(customers["n_orders"].fillna(0).to_numpy(dtype=float)[inside].sum())
    spend = float(customers["spend"].fillna(0).to_numpy(dtype=float)[inside].sum())
    return spend / n if n > 0 and spend > 0 else None


def _favourites(customers: pd.DataFrame, inside: np.ndarray) -> tuple[Favourite, ...]:
    column = next((key for key in ("favourite_category", "favourite_product") if key in customers), None)
    if column is None or int(inside.sum()) < LEAST:
        return ()
    here, others = customers[column][inside].dropna(), customers[column][~inside].dropna()
    if not len(here):
        return ()
    shares = here.value_counts(normalize=True)
    beside = others.value_counts(normalize=True)
    found = []
    for name in sorted(shares.index, key=lambda name: (-shares[name], str(name)))[:NAMED]:
        elsewhere = float(beside.get(name, 0.0))
        found.append(Favourite(str(name), float(shares[name]), shares[name] / elsewhere * 100 if elsewhere else None))
    return tuple(found)
