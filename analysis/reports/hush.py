"""Sentences on fewer than five customers are not handed out: each is marked while it is written, and left out after."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.privacy.small_groups import is_small, leaves_few
from analysis.reports.content import UNKNOWN, Column, Page, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.translate import Translate

MARK = "\u2063"  # invisible, and no sentence of ours holds it
# Facts that count people, by their names in the texts.
_PEOPLE = (
    "customers", "buyers", "regulars", "half_n", "by", "reached", "size", "new", "returned", "repeating", "lapsed",
    "covered", "entered", "gone", "people", "sent", "held", "left", "away",
)  # fmt: skip
# Texts whose {share} is of {n} people; in others n is the part.
SHARES_OF_N = (
    "cards.largest", "charts.influence_label", "charts.next_order_came_back", "compare.influence", "compare.outcome",
    "lifecycle.answer", "overview.answer.repurchase", "playbook.because_tag", "playbook.channel_proven",
    "playbook.time", "playbook.time_day", "playbook.time_hour", "review.unknown", "report.tags.most", "tiers.answer",
)  # fmt: skip
# What numbers segments, or counts months: no people.
_NUMBERED = ("segment.", "segments.", "span.", "month.")


class Hushed:
    """A translator that marks every text which counts 1 to 4 people."""

    def __init__(self, t: Translate) -> None:
        self._t = t

    @property
    def language(self) -> str:
        """As of the translator."""
        return self._t.language

    def __call__(self, key: str, /, **facts: Any) -> str:
        """Return the text of a key, marked where it counts a few people, or leaves a few over."""
        said = self._t(key, **facts)
        if key.startswith(_NUMBERED):
            return said
        few = _leaves_few(key, facts) or any(_counts_few(name, value, said) for name, value in facts.items())
        return MARK + said if few else said

    def has(self, key: str) -> bool:
        """As of the translator."""
        return self._t.has(key)

    def calling(self, customers: tuple[str, str, str] | None) -> Translate:
        """As of the translator."""
        return Hushed(self._t.calling(customers))

    def number(self, value: float, digits: int | None = None) -> str:
        """As of the translator."""
        return self._t.number(value, digits)

    def percent(self, share: float) -> str:
        """As of the translator."""
        return self._t.percent(share)

    def money(self, value: float) -> str:
        """As of the translator."""
        return self._t.money(value)

    def currency_sign(self) -> str:
        """As of the translator."""
        return self._t.currency_sign()

    def p_value(self, p: float) -> str:
        """As of the translator."""
        return self._t.p_value(p)


def _counts_few(name: str, value: Any, said: str) -> bool:
    if not (name == "n" or name.startswith("n_") or name in _PEOPLE) or not isinstance(value, int):
        return False
    # A sentence that is handed a count and does not say it gives nothing away.
    return is_small(value) and re.search(rf"(?<![\d.,]){value:d}(?![.,]?\d)", said) is not None


def _leaves_few(key: str, facts: dict[str, Any]) -> bool:
    """Say whether a share of so many, or so many of all, tells of 1 to 4 people or leaves so few over.

    ``n_over`` are those that a sentence leaves over in all, said or not.
    """
    if is_small(facts.get("n_over", 0)):
        return True
    n, share = facts.get("n"), facts.get("share")
    if not isinstance(n, int):
        return False
    wholes = [facts[name] for name in ("all", "of") if isinstance(facts.get(name), int)]
    if key.startswith(SHARES_OF_N) and isinstance(share, float) and 0 < share < 1:
        wholes, n = [n], round(share * n)
    return any(leaves_few(n, whole) for whole in wholes)


def without_few(pages: Iterable[Page], title: str) -> tuple[tuple[Page, ...], int]:
    """Return pages without what is marked, and how many sentences, cells and charts that were.

    Parameters
    ----------
    pages : iterable of Page
    title : str
        Stands where a title is marked.

    Examples
    --------
    >>> pages, n = without_few([Page(MARK + "3 people", ("all is well", MARK + "2 left"))], "Who left")
    >>> pages[0].title, pages[0].sentences, n
    ('Who left', ('all is well',), 2)
    """
    found, n = [], 0
    for page in pages:
        kept: dict[str, Any] = {}
        for name in ("sentences", "points", "notes"):
            texts = getattr(page, name)
            kept[name] = tuple(text for text in texts if MARK not in text)
            n += len(texts) - len(kept[name])
        figures = tuple(one for one in page.figures if MARK not in one.value + one.name)
        n += len(page.figures) - len(figures)
        if MARK in page.title:
            kept["title"] = title
            n += 1
        if page.table is not None:
            kept["table"], cells = _hushed_table(page.table)
            n += cells
        if page.chart is not None and json.dumps(MARK)[1:-1] in json.dumps(
            [page.chart.spec, page.chart.alt], default=str
        ):
            kept["chart"] = None
            n += 1
        found.append(replace(page, figures=figures, **kept))
    return tuple(found), n


def _hushed_table(table: Table) -> tuple[Table, int]:
    n, columns = 0, []
    for column in table.columns:
        values = tuple(UNKNOWN if isinstance(value, str) and MARK in value else value for value in column.values)
        n += sum(a is not b for a, b in zip(values, column.values, strict=True))
        columns.append(Column(column.title.replace(MARK, ""), column.form, values))
    return Table(tuple(columns)), n
