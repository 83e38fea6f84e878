"""What changed since an earlier run, as the brief of the month tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.history.words import brief_parts
from analysis.privacy.small_groups import is_small
from analysis.reports.content import Page
from analysis.reports.hush import MARK
from analysis.reports.parts import finding

if TYPE_CHECKING:
    from analysis.history.brief import Brief, Said
    from analysis.history.words import PartText
    from analysis.reports.material import Material
    from analysis.translate import Translate

# Facts that count customers, whether or not the sentence says them.
_PEOPLE = ("n", "buyers", "before", "new", "returned", "lost", "away", "overdue")
_OF_BUYERS = ("revenue_", "year_", "alarm_revenue")
_COUNTED = ("alarm_buyers", "alarm_segment_size")


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return what changed; nothing without an earlier run.

    For analysts a page for each part of the brief that has something to say, for others one with the first of each.
    """
    brief = material.brief
    if brief is None or brief.since is None:
        return ()
    n = len(material.result.profiles.customers)
    note = (t("report.note.since", since=brief.since, day=brief.as_of, n=n),)
    parts = [(part.title, _marked(part, brief)) for part in brief_parts(brief, t, every=material.is_full)]
    told = [(t("report.part", part=title, said=said[0].rstrip(".。")), said[1:]) for title, said in parts if said]
    if not told:
        return ()
    if material.is_full:
        return tuple(Page(finding(title, n, t), points=tuple(rest), notes=note) for title, rest in told)
    (title, rest), *others = told
    points = (*rest, *(said for first, more in others for said in (first, *more)))
    return (Page(finding(title, n, t), points=points, notes=note),)


def _marked(part: PartText, brief: Brief) -> list[str]:
    """Return the sentences of a part, those on a few customers marked and last."""
    told = [(MARK if tells_of_few(one, brief) and MARK not in said else "") + said for one, said in part.sentences]
    return sorted(told, key=lambda said: MARK in said)


def tells_of_few(said: Said, brief: Brief) -> bool:
    """Say whether a sentence of the brief counts one to four customers, or tells what so few have spent."""
    facts, found = said.facts, brief.bridge
    counts = [facts.get(name) for name in _PEOPLE]
    if said.code.startswith(_COUNTED):
        counts += [round(facts["value"]), round(facts["usual"])]
    if found is not None and said.code == "bridge":
        counts += [found.whole.step(step).customers for step in ("new", "returned", "up", "down", "lost")]
    if found is not None and said.code.startswith(_OF_BUYERS):
        counts += [found.customers_now, found.customers_before]
    return any(isinstance(count, int) and is_small(count) for count in counts)
