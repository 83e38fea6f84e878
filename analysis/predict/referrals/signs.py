"""Signs that referrals were made up: of oneself, in a circle, many in a day, many at one address, none who buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.referrals.trees import Forest

SignKind = Literal["self", "circle", "burst", "one_address", "no_orders"]
LEAST_BURST = 5  # referrals of a referrer in one day
LEAST_TOGETHER = 3  # referred customers of one referrer at one address
LEAST_REFERRED = 5


@dataclass(frozen=True)
class Sign:
    """One sign of one referrer.

    Attributes
    ----------
    customer_id : str
    kind : "self", "circle", "burst", "one_address" or "no_orders"
    n : int
        Referrals that show it.
    of : int
        Referrals of this referrer.
    p : float or None
        Chance of as many or more without a cause, before correction; None where no chance is asked.
    """

    customer_id: str
    kind: SignKind
    n: int
    of: int
    p: float | None = None


def signs_of(
    forest: Forest, bought: Mapping[str, bool] | None, places: Sequence[Mapping[str, str]], alpha: float
) -> tuple[Sign, ...]:
    """Return the signs, those with the most referrals first.

    Parameters
    ----------
    forest : Forest
    bought : mapping of str to bool, optional
        Whether a referred customer has an order; None without orders.
    places : sequence of mappings
        For each column of addresses, phones or devices: the value of each customer who has one.
    alpha : float
        Of "burst" and "no_orders" together, each over all referrers (Holm 1979).
    """
    below: dict[str, list[str]] = {}
    for referred, referrer in forest.parents.items():
        below.setdefault(referrer, []).append(referred)
    found = [Sign(one, "self", 1, len(below.get(one, ())) + 1) for one in forest.selves]
    circles: dict[str, int] = {}
    for referrer, _ in forest.loops:
        circles[referrer] = circles.get(referrer, 0) + 1
    found += [Sign(one, "circle", n, len(below.get(one, ())) + n) for one, n in circles.items()]
    found += _bursts(below, forest.days, alpha / 2)
    if bought is not None:
        found += _no_orders(below, bought, alpha / 2)
    found += _together(below, places)
    return tuple(sorted(found, key=lambda sign: (-sign.of, sign.customer_id, sign.kind)))


def _bursts(below: Mapping[str, list[str]], days: Mapping[str, pd.Timestamp], alpha: float) -> list[Sign]:
    """Many referrals in a day, beside those of all referrers spread over the days: a scan over days (Bonferroni)."""
    import pandas as pd
    from scipy import stats

    dated = pd.Series({one: day for one, day in days.items() if pd.notna(day)}, dtype="datetime64[ns]").dt.normalize()
    if len(dated) < LEAST_BURST or dated.nunique() < 2:
        return []
    busy = dated.value_counts(normalize=True)
    tried = []
    for referrer, referred in below.items():
        own = dated.reindex(referred).dropna()
        if len(own) < LEAST_BURST:
            continue
        counts = own.value_counts()
        n, day = int(counts.iloc[0]), counts.index[0]
        usual = max(float(busy[day]), 1 / len(busy))
        p = min(float(stats.binom.sf(n - 1, len(own), usual)) * len(busy), 1.0)
        tried.append((Sign(referrer, "burst", n, len(own), p), n >= LEAST_BURST))
    return _kept(tried, alpha)


def _no_orders(below: Mapping[str, list[str]], bought: Mapping[str, bool], alpha: float) -> list[Sign]:
    """Nobody of those a referrer brought ever ordered, where others of the referred do."""
    from scipy import stats

    every = [bool(bought.get(one, False)) for referred in below.values() for one in referred]
    rate = sum(every) / len(every) if every else 0.0
    tried = []
    for referrer, referred in below.items():
        n = sum(bool(bought.get(one, False)) for one in referred)
        if len(referred) >= LEAST_REFERRED:
            p = float(stats.binom.cdf(n, len(referred), rate))
            tried.append((Sign(referrer, "no_orders", len(referred) - n, len(referred), p), n == 0))
    return _kept(tried, alpha)


def _kept(tried: list[tuple[Sign, bool]], alpha: float) -> list[Sign]:
    """Return those beyond chance after Holm's correction over all that were tried, of those that may be one."""
    ordered = sorted(tried, key=lambda one: one[0].p if one[0].p is not None else 1.0)
    found = []
    for place, (sign, may_be) in enumerate(ordered):
        if sign.p is None or sign.p * (len(ordered) - place) > alpha:
            break
        if may_be:
            found.append(sign)
    return found


def _together(below: Mapping[str, list[str]], places: Sequence[Mapping[str, str]]) -> list[Sign]:
    """Three or more of those a referrer brought, or two and the referrer, share an address, a phone or a device."""
    most: dict[str, int] = {}
    for place in places:
        for referrer, referred in below.items():
            counts: dict[str, int] = {}
            for one in referred:
                if one in place:
                    counts[place[one]] = counts.get(place[one], 0) + 1
            own = counts.get(place.get(referrer, ""), 0)
            n = max((*counts.values(), own + 1 if own >= LEAST_TOGETHER - 1 else 0), default=0)
            if n >= LEAST_TOGETHER:
                most[referrer] = max(most.get(referrer, 0), n)
    return [Sign(one, "one_address", n, len(below[one])) for one, n in most.items()]
