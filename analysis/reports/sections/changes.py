"""What changed since an earlier run, as the brief of the month tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.history.for_others import tells_of_few
from analysis.history.words import brief_parts
from analysis.reports.content import Page
from analysis.reports.hush import MARK
from analysis.reports.parts import finding

if TYPE_CHECKING:
    from analysis.history.words import PartText
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return what changed; nothing without an earlier run.

    For analysts a page for each part of the brief that has something to say, for others one with the first of each.
    """
    brief = material.brief
    if brief is None or brief.since is None:
        return ()
    n = len(material.result.profiles.customers)
    shown = {method: set(one.shown) for method, one in material.result.edited.items()}

    def marked(part: PartText) -> list[str]:
        """Return the sentences of a part, those on a few customers marked and last."""
        told = []
        for one, said in part.sentences:
            few = MARK not in said and tells_of_few(one, brief, shown, n)
            told.append(MARK + said if few else said)
        return sorted(told, key=lambda said: MARK in said)

    note = (t("report.note.since", since=brief.since, day=brief.as_of, n=n),)
    parts = [(part.title, marked(part)) for part in brief_parts(brief, t, every=material.is_full)]
    told = [(t("report.part", part=title, said=said[0].rstrip(".。")), said[1:]) for title, said in parts if said]
    if not told:
        return ()
    if material.is_full:
        return tuple(Page(finding(title, n, t), points=tuple(rest), notes=note) for title, rest in told)
    (title, rest), *others = told
    points = (*rest, *(said for first, more in others for said in (first, *more)))
    return (Page(finding(title, n, t), points=points, notes=note),)
