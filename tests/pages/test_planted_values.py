"""Marked values are planted in every personal column; no page that shows customers or rows sends one to the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.test_planted import IN_TEXT, PLANTED, N

CELLS = "会员编号,累计消费,订单数,最近下单时间,买家留言," + ",".join(PLANTED) + "\n"
MEMBERS = CELLS + "".join(
    f'M{i:03},{100 + 7 * i},{1 + i % 5},2024-0{1 + i % 6}-1{i % 10},"{IN_TEXT[i]}",'
    + ",".join(f'"{values[i]}"' for values in PLANTED.values())
    + "\n"
    for i in range(N)
)
MARKS = {value: header for header, values in PLANTED.items() for value in values} | {
    text[1:12]: "买家留言" for text in IN_TEXT
}


def sent(block: Any) -> Iterator[bytes]:
    """Return what each element of a page sends to the browser: texts, options, tables and charts with their data."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from sent(child)
        elif hasattr(child, "proto"):
            yield child.proto.SerializeToString()


@pytest.mark.parametrize(
    "page",
    # Check reads the rows again where they lie, which is the home of the test that opened the study first.
    [
        "data/check",
        "data/files",
        "data/columns",
        "customers/card",
        "customers/overview",
        "segments/rfm",
        "share/export",
    ],
)
def test_no_page_sends_a_planted_value_to_the_browser(page, open_page, make_study):
    app = open_page(page, "zh", study=make_study(MEMBERS))
    assert not app.exception, app.exception
    told = b"\0".join(sent(app._tree))
    assert "会员".encode() in told or "客户".encode() in told
    assert sorted({header for value, header in MARKS.items() if value.encode() in told}) == []


def test_the_same_search_finds_values_that_are_shown_in_full(open_page, make_study):
    app = open_page("data/files", "zh", study=make_study(MEMBERS))
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("核对").run()
    told = b"\0".join(sent(app._tree))
    assert {header for value, header in MARKS.items() if value.encode() in told} >= {*PLANTED, "买家留言"}
