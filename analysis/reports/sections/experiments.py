"""The experiments of the study: how each was set up, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.record_words import about_text, outcome_text
from analysis.reports.content import Page

if TYPE_CHECKING:
    from datetime import datetime

    from analysis.reports.material import Material
    from analysis.translate import Translate


def _as_it_is(moment: datetime) -> datetime:
    return moment


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each experiment."""
    told = []
    for kept in material.experiments:
        one = kept.experiment
        became = outcome_text(one, t, local=_as_it_is)
        about = about_text(one, t, created_at=kept.created_at, local=_as_it_is)
        title = t("report.experiment", name=one.name, said=(became or about)[0].rstrip(".。"))
        told.append(Page(title, tuple(became[1:]) if became else (), points=tuple(about)))
    return tuple(told)
