"""A brief as others may see it: no sentence from which a group of fewer than five people follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.history.matrix import ENTERED, GONE
from analysis.privacy.small_groups import is_small
from analysis.segments.crosstab import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from analysis.act.campaign import Campaign
    from analysis.history.brief import Brief, Said

_PLACES = (OUTSIDE, ENTERED, GONE)
_BRIDGED = ("new", "returned", "up", "down", "lost")


def brief_for_others(found: Brief, shown: Mapping[str, Collection[str]], customers: int) -> Brief:
    """Return a brief without sentences that count fewer than five people, or let them be worked out.

    Parameters
    ----------
    found : Brief
    shown : mapping of collection of str
        Segments that are shown apart, by method: what is said of another one would tell of the few it stands with.
    customers : int
        Customers of the study.
    """
    parts = tuple(
        replace(part, said=tuple(one for one in part.said if _may_be_told(one, found, shown, customers)))
        for part in found.parts
    )
    return replace(found, parts=parts)


def _may_be_told(said: Said, brief: Brief, shown: Mapping[str, Collection[str]], customers: int) -> bool:
    facts = said.facts
    named = [facts[one] for one in ("segment", "was", "now") if isinstance(facts.get(one), str)]
    apart = shown.get(facts["method"], ()) if "method" in facts else None
    if apart is not None and any(key not in apart and key not in _PLACES for key in named):
        return False
    if said.code == "bridge" and brief.bridge is not None:
        counts: Iterable[float] = [brief.bridge.whole.step(step).customers for step in _BRIDGED]
    elif campaign := facts.get("campaign"):
        counts = _came(campaign)
    else:
        counts = _counts(said.code, facts, customers)
    return not any(is_small(n) for n in counts)


def _counts(code: str, facts: Mapping[str, Any], customers: int) -> list[float]:
    """Return the people that a sentence counts, and those that follow from what it says."""
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
    if code.startswith(("alarm_buyers", "alarm_segment_size")):
        return [round(facts["value"]), round(facts["usual"])]
    return [facts[one] for one in ("n", "n_before", "n_now") if isinstance(facts.get(one), int)]


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
