"""Which sentences of a brief others may not see: those from which a group of fewer than five people follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.history.matrix import ENTERED, GONE
from analysis.privacy.small_groups import is_small
from analysis.segments.crosstab import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from analysis.act.campaign import Campaign
    from analysis.history.brief import Brief, Said

_PLACES = (OUTSIDE, ENTERED, GONE)
_BRIDGED = ("new", "returned", "up", "down", "lost")
# Facts that count customers, whether or not the sentence says them.
_PEOPLE = ("n", "n_before", "n_now", "away", "overdue")
_OF_BUYERS = ("revenue_", "year_", "alarm_revenue")


def tells_of_few(said: Said, brief: Brief, shown: Mapping[str, Collection[str]], customers: int) -> bool:
    """Say whether a sentence counts one to four customers, lets so few be worked out, or tells of their money.

    Parameters
    ----------
    said : Said
    brief : Brief
        In which it stands.
    shown : mapping of collection of str
        Segments that are shown apart, by method: what is said of another one would tell of the few it stands with.
    customers : int
        Customers of the study.
    """
    facts = said.facts
    named = [facts[one] for one in ("segment", "was", "now") if isinstance(facts.get(one), str)]
    apart = shown.get(facts["method"], ()) if "method" in facts else None
    if apart is not None and any(key not in apart and key not in _PLACES for key in named):
        return True
    return any(isinstance(n, int) and is_small(n) for n in _counts(said, brief, customers))


def _counts(said: Said, brief: Brief, customers: int) -> list[Any]:
    """Return the people that a sentence counts, and those that follow from what it says."""
    code, facts, found = said.code, said.facts, brief.bridge
    if found is not None and code == "bridge":
        return [found.whole.step(step).customers for step in _BRIDGED]
    if found is not None and code.startswith(_OF_BUYERS):
        return [found.customers_now, found.customers_before]
    if campaign := facts.get("campaign"):
        return _came(campaign)
    if code == "buyers":
        stayed = facts["n"] - facts["new"] - facts["returned"]
        return [*(facts[one] for one in ("n", "before", "new", "returned", "lost")), stayed]
    if code == "customers":
        return [facts["n"], facts["before"], abs(facts["n"] - facts["before"])]
    if "all" in facts:  # of so many so many moved
        return [facts["n"], facts["all"] - facts["n"]]
    if code == "missing":
        shares = (facts["before"], facts["now"])
        return [round(part * customers) for share in shares for part in (share, 1 - share)]
    if code.startswith(("alarm_buyers", "alarm_segment_size", "alarm_promise")):
        return [round(facts["value"]), round(facts["usual"])]
    return [facts.get(one) for one in _PEOPLE]


def _came(campaign: Campaign) -> list[int]:
    """Return who of each arm of a list came and who did not; money of a few would tell of them too."""
    sums: dict[str, list[int]] = {}
    for one in campaign.came.counts if campaign.came is not None else ():
        arm = sums.setdefault(one.arm, [0, 0])
        arm[0] += one.responded
        arm[1] += one.n - one.responded
    before = campaign.came.before if campaign.came is not None else None
    told = [n for arm in sums.values() for n in arm]
    return told if before is None else [*told, before.responded, before.n - before.responded]
