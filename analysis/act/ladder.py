"""From a segment to a list, step by step: who falls out where, for one reason each, until the steps add up.

Method, sources and limits: ``docs/methods/act.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from analysis.act.household import households
from analysis.act.own import own_accounts
from analysis.act.params import HoldOut, ListChoices
from analysis.act.reach import Reach, reach, refusals
from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.act.contacts import Contacts
    from analysis.act.people import People
    from analysis.profiles.result import Profiles

# Why somebody of the segment is not written to, in the order in which it is asked.
Reason = Literal[
    "no_tag", "own", "gone", "no_address", "twice", "refused", "no_consent", "not_this_way", "lately", "often",
    "always_held", "measured", "beyond_most", "held",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
SENT = "sent"
# The steps, and the reasons for which somebody falls out at each.
STEPS: dict[str, tuple[Reason, ...]] = {
    "tagged": ("no_tag",),
    "customers": ("own",),
    "here": ("gone",),
    "reachable": ("no_address", "twice"),
    "consented": ("refused", "no_consent", "not_this_way"),
    "rested": ("lately", "often"),
    "free": ("always_held", "measured"),
    "chosen": ("beyond_most",),
    "sent": ("held",),
}


@dataclass(frozen=True)
class Rung:
    """One step: how many are left after it, what they are worth, and who fell out.

    Attributes
    ----------
    step : str
        ``segment``, or a key of ``STEPS``.
    n, value : int and float or None
        Who is left, and their spend so far; None where nobody knows money.
    gone : mapping of Reason to int
    """

    step: str
    n: int
    value: float | None
    gone: dict[Reason, int] = field(default_factory=dict)

    @property
    def n_gone(self) -> int:
        """How many fell out at this step."""
        return sum(self.gone.values())


@dataclass(frozen=True)
class Ladder(Tabular, rows="rungs", columns=("step", "n", "value", "n_gone")):
    """A list before it is made.

    Attributes
    ----------
    rungs : tuple of Rung
        The segment, then each step at which something was asked, the last one ``sent``.
    reason : array of str, aligned with the profiles
        ``sent``, one of ``REASONS``, or empty for customers who are not in the segment.
    reach : Reach
    choices : ListChoices
    knows_consent : bool
        Whether any column says who may be contacted.
    """

    rungs: tuple[Rung, ...]
    reason: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    reach: Reach = field(repr=False)
    choices: ListChoices
    knows_consent: bool

    @property
    def sent(self) -> np.ndarray:
        """The rows of those to be written to."""
        return (self.reason == SENT).nonzero()[0]

    @property
    def held(self) -> np.ndarray:
        """The rows of those who are held out of this list."""
        return (self.reason == "held").nonzero()[0]


def eligibility(
    profiles: Profiles,
    labels: pd.Series | Sequence[str | None],
    choices: ListChoices,
    people: People,
    *,
    seed: str,
    contacts: Contacts | None = None,
    hold_out: HoldOut | None = None,
    currency: str | None = None,
) -> Ladder:
    """Say of each customer of some segments whether a list takes them, and if not, why.

    Parameters
    ----------
    profiles : Profiles
    labels : one segment key per customer, missing for none
        The hold-out keeps its share inside each segment, whole households at a time (``act.household``).
    people : People
        ``people_of`` the same profiles.
    seed : str
        Of this list: who is held out depends on it and on the customer alone.
    contacts : Contacts, optional
        When they were contacted, and who is held out of a list that is still measured; without it nobody was or is.
    hold_out : HoldOut, optional
        Those whom no list takes.
    currency : str, optional
        From which the country of phone numbers is guessed where none is chosen.

    Returns
    -------
    Ladder

    Raises
    ------
    AnalysisError
        ``act_segment_gone`` (segment); ``act_tag_gone`` (tag); ``act_no_order`` (by): the limit has nothing to order
        by; what ``reach`` refuses.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.act.people import people_of
    >>> from analysis.profiles.result import Profiles
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "may_contact": ["allowed", "refused", "allowed", "allowed"]})
    >>> found = eligibility(
    ...     Profiles(base, (), date(2024, 1, 1)), ["lost", "lost", "lost", "new"],
    ...     ListChoices(segments=("lost",), hold_out=0), people_of(base["customer_id"]), seed="May",
    ... )
    >>> [(rung.step, rung.n) for rung in found.rungs]
    [('segment', 3), ('consented', 2), ('sent', 2)]
    """
    import numpy as np
    import pandas as pd

    from analysis.predict.churn.definition import known_left, left_among

    customers = profiles.customers
    n = len(customers)
    keys = pd.Series(list(labels), dtype=object).fillna("").to_numpy(dtype=object)
    known = set(keys.tolist())
    for segment in choices.segments:
        if segment not in known:
            raise AnalysisError("act_segment_gone", segment=segment)
    inside = np.isin(keys, choices.segments) if choices.segments else np.ones(n, dtype=bool)
    reason = np.where(inside, SENT, "").astype(object)
    asked: set[str] = {"segment", "sent"}

    def fall(step: str, why: Reason, who: np.ndarray) -> None:
        asked.add(step)
        reason[(reason == SENT) & who] = why

    for tag in choices.tags:
        fall("tagged", "no_tag", ~_has(profiles, tag.column, tag.value))
    if choices.leave_out_own and (own := own_accounts(profiles) & inside).any():
        fall("customers", "own", own)
    if choices.leave_out_left and (gone := left_among(known_left(profiles), reason == SENT)) is not None:
        fall("here", "gone", gone)
    together = _together(profiles, people)
    found = reach(profiles, choices, currency=currency)
    if choices.channel != "other":
        fall("reachable", "no_address", found.address.isna().to_numpy(dtype=bool))
        fall("reachable", "twice", _twice(found.address, reason == SENT, people))
    said = _with_their_address(refusals(profiles, choices.channel), found.address)
    knows_consent = "may_contact" in customers
    if knows_consent or (said != "").any():
        for why in STEPS["consented"]:
            fall("consented", why, said == why)
    if contacts is not None and choices.quiet_days:
        fall("rested", "lately", contacts.within(n, choices.quiet_days) > 0)
    if contacts is not None and choices.most_contacts:
        fall("rested", "often", contacts.within(n, choices.within_days) >= choices.most_contacts)
    if hold_out is not None and hold_out.share:
        fall("free", "always_held", _whole(people.always_held(hold_out), together))
    if contacts is not None and contacts.held:
        fall("free", "measured", _whole(np.isin(np.arange(n), list(contacts.held)), together))
    if choices.most:
        fall("chosen", "beyond_most", _beyond(profiles, choices, reason == SENT, people))
    if choices.hold_out:
        fall("sent", "held", _held(reason == SENT, keys, choices.hold_out, people, seed, together))
    return Ladder(_rungs(reason, asked, _spend(profiles)), reason, keys, found, choices, knows_consent)


def _rungs(reason: np.ndarray, asked: set[str], spend: np.ndarray | None) -> tuple[Rung, ...]:
    inside = reason != ""
    rungs = [Rung("segment", int(inside.sum()), _worth(spend, inside))]
    left = inside.copy()
    for step, reasons in STEPS.items():
        if step not in asked:
            continue
        gone: dict[Reason, int] = {}
        for why in reasons:
            who = reason == why
            if who.any():
                gone[why] = int(who.sum())
                left &= ~who
        rungs.append(Rung(step, int(left.sum()), _worth(spend, left), gone))
    return tuple(rungs)


def _spend(profiles: Profiles) -> np.ndarray | None:
    if "spend" not in profiles.customers:
        return None
    return profiles.customers["spend"].to_numpy(dtype=float, na_value=0.0)


def _worth(spend: np.ndarray | None, who: np.ndarray) -> float | None:
    return None if spend is None else float(spend[who].sum())


def _has(profiles: Profiles, column: str, value: str) -> np.ndarray:
    """Say of each customer whether they have a tag."""
    if column not in profiles.customers:
        raise AnalysisError("act_tag_gone", tag=column)
    values = profiles.customers[column]
    told = (values == value) if value else values.astype("boolean")
    return told.fillna(False).to_numpy(dtype=bool)


def _with_their_address(said: np.ndarray, address: pd.Series) -> np.ndarray:
    """Return why customers may not be contacted, a number or address that somebody refused for whoever else has it."""
    theirs = set(address[said == "refused"].dropna())
    told = said.copy()
    told[address.isin(theirs).to_numpy(dtype=bool)] = "refused"
    return told


def _twice(address: pd.Series, left: np.ndarray, people: People) -> np.ndarray:
    """Say who shares a number or address with another who is still there: one of them is enough."""
    import numpy as np
    import pandas as pd

    here = pd.DataFrame({"address": address.to_numpy(dtype=object), "key": people.keys, "left": left})
    here = here[left & address.notna().to_numpy(dtype=bool)].sort_values("key")
    found = np.zeros(len(left), dtype=bool)
    found[here.index[here.duplicated("address").to_numpy(dtype=bool)]] = True
    return found


def _beyond(profiles: Profiles, choices: ListChoices, left: np.ndarray, people: People) -> np.ndarray:
    """Say who is beyond the limit: the least valuable, of equal ones those whose hash is larger."""
    import numpy as np
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    found = np.zeros(len(left), dtype=bool)
    if int(left.sum()) <= choices.most:
        return found
    by = profiles.customers.get(choices.by)
    if by is None or not is_numeric_dtype(by.dtype) or is_bool_dtype(by.dtype):
        raise AnalysisError("act_no_order", by=choices.by)
    worth = by.to_numpy(dtype=float, na_value=np.nan)
    worth = np.where(np.isnan(worth), -np.inf, worth)
    order = sorted(left.nonzero()[0].tolist(), key=lambda row: (-worth[row], people.keys[row]))
    found[order[choices.most :]] = True
    return found


def _together(profiles: Profiles, people: People) -> np.ndarray:
    """Return for each customer the row of the one of their household whose hash decides: the smallest of them."""
    import pandas as pd

    keys = pd.Series(list(people.keys))
    deciding = keys.groupby(households(profiles)).transform("min")
    return pd.Index(keys).get_indexer(pd.Index(deciding))


def _whole(held: np.ndarray, together: np.ndarray) -> np.ndarray:
    """Say who is held out or lives with somebody who is."""
    import numpy as np

    return np.isin(together, together[held])


def _held(
    left: np.ndarray, labels: np.ndarray, share: float, people: People, seed: str, together: np.ndarray
) -> np.ndarray:
    """Say who is held out, the share kept inside each segment; of a household all or nobody, in the first one's."""
    import numpy as np

    from analysis.experiments.splitting.split import assign_stratified

    found = np.zeros(len(left), dtype=bool)
    rows = left.nonzero()[0]
    if not len(rows):
        return found
    # Those of a household who are on the list: one of them is drawn for all.
    _, first, of_rows = np.unique(together[rows], return_index=True, return_inverse=True)
    drawn = rows[first]
    arms = assign_stratified(
        [people.keys[row] for row in drawn], labels[drawn].tolist(), {SENT: 1 - share, "held": share}, seed=seed
    )
    found[rows] = (np.array(arms, dtype=object) == "held")[of_rows]
    return found
