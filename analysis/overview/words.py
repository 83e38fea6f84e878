"""The words of the Overview: figures as written, changes, and the answer in sentences. Words come from ``t``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analysis.overview.result import SHARES
from analysis.translate import prose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analysis.intake.tables import StandardTables, TableCount
    from analysis.overview.periods import Bucket
    from analysis.overview.result import Figure, FigureChange, FigureKey, Overview
    from analysis.translate import Translate

REASONS_TOLD, DOUBTS_TOLD = 2, 1
MANY_TIMES = 9.5  # from here on a change is a factor, not a percentage


def amount(key: FigureKey, value: float | None, t: Translate) -> str:
    """Write the value of a figure in its unit; that there is none is said, too."""
    if value is None:
        return t("overview.no_figure")
    if key in ("revenue", "average_order_value"):
        return t.money(value)
    return t.percent(value) if key in SHARES else t.number(value)


def change_text(figure: Figure, change: FigureChange, t: Translate) -> str | None:
    """Write a change with its sign: ``+8.1%``, ``-3 points``, ``×12``; None when there is none.

    Examples
    --------
    >>> from analysis.overview.result import FigureChange, Figure
    >>> from texts import Translator
    >>> change_text(Figure("orders", 110.0, 110), FigureChange(before=100.0, change=0.1), Translator("en"))
    '+10%'
    """
    moved = change.change
    if moved is None:
        return None
    if figure.key in SHARES:
        text = t("overview.points", n=t.number(round(moved * 100, 1), 1))
    elif moved >= MANY_TIMES:
        return f"×{t.number(moved + 1, 0)}"
    else:
        text = t.percent(moved)
    return f"+{text}" if round(moved, 3) > 0 else text


def why_no_change(change: FigureChange, t: Translate) -> str | None:
    """Return why a figure has no change, in one sentence, or None."""
    return t(f"overview.no_change.{change.reason}") if change.reason else None


def figure_help(figure: Figure, t: Translate) -> str:
    """Return what a figure means, on how many it rests and how sure it is, or why there is none."""
    parts = [t(f"overview.figure.{figure.key}.help")]
    if figure.reason is not None:
        parts.append(t(f"overview.no_value.{figure.reason}"))
    elif figure.low is not None and figure.high is not None:
        parts.append(t("overview.interval", low=figure.low, high=figure.high, n=figure.n))
    return prose(parts, t)


def answer(result: Overview, t: Translate) -> str:
    """Return the answer of the page: only sentences that the data carries."""
    return prose(sentences(result, t), t)


def sentences(result: Overview, t: Translate) -> list[str]:
    """Return the same, a sentence each."""
    told = []
    top, rate, revenue = result.concentration, result.figure("repurchase_rate"), result.figure("revenue")
    if top is not None and top.top_share <= 1:
        facts = {"half": top.half_share, "half_n": top.half_n, "n": top.n, "top": top.top_share}
        told.append(t("overview.answer.concentration", **facts))
    if rate.value is not None:
        told.append(t("overview.answer.repurchase", share=rate.value, n=rate.n))
    if result.overdue is not None and result.overdue.customers:
        told.append(t("overview.answer.overdue", n=result.overdue.customers, regulars=result.overdue.regulars))
    moved = revenue.against_before.change if revenue.value is not None else None
    if moved is not None and abs(moved) >= 0.0005:
        direction = "up" if moved > 0 else "down"
        told.append(t(f"overview.answer.revenue_{direction}", change=abs(moved), days=result.period.days))
    if not told:
        told.append(t("overview.answer.only_counts", orders=result.figure("orders").value or 0.0))
    if result.prepaid:
        told.append(t("overview.answer.prepaid", n=result.prepaid))
    return told


def lately_text(result: Overview, t: Translate) -> str | None:
    """Return what changed in a period against the one before, of revenue or, without money, of orders; None if nothing.

    For the overview of the last days that the data holds twice (``periods.lately``).
    """
    for key in ("revenue", "orders"):
        figure = result.figure(key)
        moved = figure.against_before.change if figure.value is not None else None
        if moved is not None:
            way = "same" if abs(moved) < 0.0005 else "up" if moved > 0 else "down"
            return t(f"overview.lately.{key}_{way}", change=abs(moved), days=result.period.days)
    return None


def read_sentence(counts: Sequence[TableCount], t: Translate) -> str:
    """Return in one sentence how many rows were read and how many of them do not count."""
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    key = "some" if read > kept else "all"
    if len(counts) == 1:
        return t(f"overview.read.one_{key}", read=read, left=read - kept)
    return t(f"overview.read.{key}", read=read, tables=len(counts), left=read - kept)


def worth_a_look(standard: StandardTables, t: Translate) -> list[str]:
    """Return the most frequent reasons why rows were set aside, and the first doubt about those that count."""
    left: Counter[str] = Counter()
    for count in standard.counts:
        left.update(count.set_aside)
    reasons = sorted(left, key=lambda reason: -left[reason])[:REASONS_TOLD]
    told = [t("overview.read.reason", reason=t(f"reason.{reason}"), n=left[reason]) for reason in reasons]
    doubts = [note for note in standard.notes if note.level != "info" and t.has(f"overview.read.{note.code}")]
    return told + [t(f"overview.read.{note.code}", **note.facts) for note in doubts[:DOUBTS_TOLD]]


def bucket_text(start: date, bucket: Bucket) -> str:
    """Name a bucket by its first day, as tables write dates; a month without its day.

    Examples
    --------
    >>> from datetime import date
    >>> bucket_text(date(2024, 3, 1), "month"), bucket_text(date(2024, 3, 4), "week")
    ('2024-03', '2024-03-04')
    """
    return f"{start:%Y-%m}" if bucket == "month" else f"{start:%Y-%m-%d}"
