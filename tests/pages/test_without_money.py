"""Orders without money: pages answer with customers, orders and days, and show no money at all."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from analysis.figures import summary
from analysis.study import read, run

MONEY = re.compile(r"[¥$€£]\s?\d")
PAGES = [
    "customers/overview", "data/columns", "segments/rfm", "segments/lifecycle", "segments/tiers", "segments/movement",
    "share/export",
]  # fmt: skip


def borrowings(*, header: str = "Member,Order date,Product") -> str:
    """Return purchases of 40 customers without a price: the first come often and late, the last once and early."""
    start = date(2024, 1, 1)
    rows = [
        f"M{who:03d},{start + timedelta(days=280 - 6 * who - 9 * turn)},{('tea', 'rice', 'milk')[(who + turn) % 3]}"
        for who in range(40)
        for turn in range(1 + (40 - who) // 8)
    ]
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_answer_without_money(language, open_page, make_study):
    study = make_study(borrowings())
    for page in PAGES:
        app = open_page(page, language, study=study)
        assert not app.exception, (page, app.exception)
        elements = [*app.markdown, *app.caption, *app.metric, *app.info, *app.error]
        for element in elements:
            assert not MONEY.search(str(element.value)), (page, element.value)


def test_engine_counts_and_groups(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(borrowings(), "utf-8")
    found = summary(run(read(path)))
    n = sum(1 + (40 - who) // 8 for who in range(40))
    assert (found["customers"], found["orders"], found["revenue"]) == (40, n, None)
    segments = found["segmentations"]["rfm"]["segments"]
    assert sum(one["customers"] for one in segments) == 40
    assert {one["revenue"] for one in segments} == {None}
    assert [card["revenue"] for card in found["cards"]] == [None] * len(found["cards"])
    assert [note["code"] for note in found["notes"]] == ["orders_without_money"]
