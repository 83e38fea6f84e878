"""The chart of rows read: every row of every table is in one bar, and shares add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from analysis.charts.intake import KEPT, fate_name, rows_chart, rows_table
from analysis.intake.tables import REASONS, TableCount
from texts import translator

COUNTS = (
    TableCount("shop.xlsx/Orders", "orders", 10, 7, {"excluded_state": 2, "no_customer": 1}),
    TableCount("shop.xlsx/Notes", "ignore", 4, 0, {"table_not_used": 4}),
)
PARTS = some.dictionaries(some.sampled_from(REASONS), some.integers(1, 10**6), max_size=len(REASONS))


def test_rows_of_a_worked_case_stand_in_words():
    table = rows_table(COUNTS, translator("en"))
    assert table[["table", "fate", "rows"]].values.tolist() == [
        ["shop.xlsx/Orders", KEPT, 7],
        ["shop.xlsx/Orders", "no_customer", 1],
        ["shop.xlsx/Orders", "excluded_state", 2],
        ["shop.xlsx/Notes", "table_not_used", 4],
    ]
    assert table["share"].tolist() == [0.7, 0.1, 0.2, 1.0]
    assert table["fate_text"].tolist()[1] == "No customer"


@given(some.integers(0, 10**6), PARTS)
def test_rows_add_up_whatever_the_reasons(kept, parts):
    read = kept + sum(parts.values())
    table = rows_table([TableCount("t", "orders", read, kept, parts)], translator("zh"))
    assert table["rows"].sum() == read
    assert read == 0 or abs(table["share"].sum() - 1) < 1e-9


def test_every_fate_has_a_colour_of_its_own_in_the_chart():
    chart = rows_chart(COUNTS, translator("en")).to_dict()
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["Counts", "Table not used", "No customer", translator("en")("reason.excluded_state")]
    assert len(set(scale["range"])) == 4


def test_two_reasons_in_a_chart_are_never_drawn_alike():
    for one, other in zip(REASONS, REASONS[7:], strict=False):  # colours come round after seven
        counts = [TableCount("t", "orders", 3, 1, {one: 1, other: 1})]
        scale = rows_chart(counts, translator("en")).to_dict()["layer"][0]["encoding"]["color"]["scale"]
        assert len(set(scale["range"])) == 3, (one, other)


def test_every_reason_can_be_drawn_and_the_usual_ones_are_told_apart():
    counts = [TableCount("t", "orders", len(REASONS) + 1, 1, dict.fromkeys(REASONS, 1))]
    scale = rows_chart(counts, translator("en")).to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert len(scale["domain"]) == len(scale["range"]) == len(REASONS) + 1
    usual = dict(zip(scale["domain"], scale["range"], strict=True))
    names = [fate_name(reason, translator("en")) for reason in REASONS[2:9]]
    assert len({usual[name] for name in names}) == len(names)
