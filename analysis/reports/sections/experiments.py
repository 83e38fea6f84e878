"""The experiments of the study: how each was set up, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.experiments.record_words import about_text, outcome_text
from analysis.reports.content import Page

if TYPE_CHECKING:
    from datetime import datetime

    from analysis.reports.material import KeptExperiment, Material
    from analysis.translate import Translate


def _as_it_is(moment: datetime) -> datetime:
    return moment


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each experiment; but for analysts one with a result fills the page, others take a line."""
    found = [_page(kept, t) for kept in material.experiments]
    if material.is_full or len(found) < 2:
        return tuple(found)
    read = [kept.experiment.last_reading is not None for kept in material.experiments]
    first = found.pop(read.index(True) if True in read else 0)
    return (replace(first, points=(*first.points, *(page.title for page in found))),)


def _page(kept: KeptExperiment, t: Translate) -> Page:
    one = kept.experiment
    became = outcome_text(one, t, local=_as_it_is)
    about = about_text(one, t, created_at=kept.created_at, local=_as_it_is)
    said = became[0].rstrip(".。") if became else t("report.experiment.open")
    title = t("report.experiment", name=one.name, said=said)
    return Page(title, tuple(became[1:]), points=tuple(about))
