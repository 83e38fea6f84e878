"""What changed since an earlier run, as the brief of the month tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.history.for_others import brief_for_others
from analysis.history.words import brief_parts
from analysis.reports.content import Page
from analysis.reports.parts import finding

if TYPE_CHECKING:
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each part of the brief that has something to say; nothing without an earlier run."""
    brief = material.brief
    if brief is None or brief.since is None:
        return ()
    n = len(material.result.profiles.customers)
    shown = {method: set(one.shown) for method, one in material.result.edited.items()}
    brief = brief_for_others(brief, shown, n)
    note = (t("report.note.since", since=brief.since, day=brief.as_of, n=n),)
    told = []
    for part in brief_parts(brief, t, every=material.is_full):
        first, *rest = (said for _, said in part.sentences)
        title = t("report.part", part=part.title, said=first.rstrip(".。"))
        told.append(Page(finding(title, n, t), points=tuple(rest), notes=note))
    return tuple(told)
