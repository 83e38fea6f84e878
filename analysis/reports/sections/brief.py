"""The brief: who the customers are, what they bring, and what to do this week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.reports.content import Figure, Page, Table
from analysis.reports.parts import column, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.exports.summary_sheet import SummaryLine
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return the headline, the figures of the study, and each segment with what to do."""
    summary, figures, cards = material.cards(t), material.figures, material.result.cards
    told = [Figure(t("report.customers"), t.number(figures["customers"]))]
    if figures["orders"] is not None:
        told.append(Figure(t("report.orders"), t.number(figures["orders"])))
    if figures["revenue"] is not None:
        told.append(Figure(t("report.revenue"), t.money(figures["revenue"])))
    note = t("report.note.cards", day=material.result.profiles.as_of, n=cards.whole)
    title = finding(summary.headline, cards.whole, t)
    return (Page(title, figures=tuple(told), table=_lines(summary.lines, t), notes=(note,)),)


def _lines(lines: Sequence[SummaryLine], t: Translate) -> Table | None:
    if not lines:
        return None
    columns = [
        column(t("workbook.segment"), "text", [line.name for line in lines]),
        column(t("workbook.customers"), "count", [line.customers for line in lines]),
        column(t("workbook.share"), "share", [line.share for line in lines]),
    ]
    if any(line.revenue is not None for line in lines):
        columns += [
            column(t("workbook.revenue"), "money", [line.revenue for line in lines]),
            column(t("workbook.revenue_share"), "share", [line.revenue_share for line in lines]),
        ]
    if any(line.about for line in lines):
        columns.append(column(t("workbook.how"), "text", [line.about for line in lines]))
    columns.append(column(t("workbook.advice"), "text", [line.action for line in lines]))
    return Table(tuple(columns))
