"""What sections say: no group of a few in what changed, a deck that stays short, titles that tell something new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from analysis.experiments.record import Experiment
from analysis.history.brief import Brief, BriefPart, Said
from analysis.reports.content import Page
from analysis.reports.hush import MARK, without_few
from analysis.reports.material import KeptExperiment, Material
from analysis.reports.parts import says_the_same
from analysis.reports.sections import changes, experiments
from texts import translator

DAY = date(2026, 10, 31)


@dataclass
class Step:
    """A part of a bridge."""

    customers: int
    change: Decimal = Decimal(9)


@dataclass
class Bridges:
    """A bridge in which every step but the lost has many customers."""

    lost: int
    customers_now: int = 40
    customers_before: int = 40

    @property
    def whole(self) -> Any:
        return self

    def step(self, name: str) -> Step:
        return Step(self.lost if name == "lost" else 30)


def brief_of(said: dict[Any, list[Said]], lost: int = 30) -> Brief:
    bridge: Any = Bridges(lost)
    parts = tuple(BriefPart(key, tuple(told)) for key, told in said.items())
    return Brief(DAY, date(2026, 9, 30), parts, None, bridge, None, {}, ())


def material(preset: Any, brief: Brief | None = None, kept: tuple[KeptExperiment, ...] = ()) -> Material:
    result: Any = type("Result", (), {"profiles": type("Profiles", (), {"customers": range(400)}), "edited": {}})
    return Material(result, preset, kept, brief=brief)


BUYERS = {"n": 40, "before": 40, "new": 30, "returned": 10, "lost": 20}


def test_a_sentence_on_a_few_is_no_title_and_is_left_out() -> None:
    told = brief_of({"happened": [Said("buyers", BUYERS | {"lost": 1}), Said("customers_today", {"n": 400})]})
    told.parts[0].said[1].facts.update(as_of=DAY)  # type: ignore[attr-defined]
    pages = changes.pages(material("owner", told), translator("en"))
    [page], n = without_few(pages, "What changed")
    assert n == 1 and "400 customers" in page.title and page.points == ()


@pytest.mark.parametrize(("preset", "n"), [("owner", 1), ("consultant", 1), ("analyst", 2)])
def test_experiments_share_a_slide_but_for_analysts(preset: str, n: int) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    kept = tuple(KeptExperiment(Experiment(name=name), now) for name in ("Letter", "Call"))
    t = translator("en")
    pages: tuple[Page, ...] = experiments.pages(material(preset, kept=kept), t)
    assert len(pages) == n and pages[0].title == "Letter: no result yet"
    assert n == 2 or pages[0].points[-1] == "Call: no result yet"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "核心客户占客户的 29%，带来 60% 的销售额。",
            "1 月客户（核心客户）占客户的 29%，带来 60% 的销售额。",
            True,
        ),
        ("Loyal: 29% of customers bring 61%.", "Loyal: 29% of your customers bring 60%.", False),
        ("13 good customers are away.", "13 of your best customers are overdue.", False),
    ],
)
def test_the_same_numbers_are_the_same_finding(one: str, other: str, same: bool) -> None:
    assert says_the_same(one, other) is same
    assert MARK not in one
