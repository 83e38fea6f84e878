"""Known exports: each is recognised, and plausible rows of it come to the right numbers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from analysis.intake.known.known_export import KnownExport, known_exports, recognised
from analysis.intake.meaning.words import words_of
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest
from benchmarks.matrix.samples import N, rows

NOT_SOLD = ("cancelled", "refunded", "lost", "open", "unpaid")


def sample(known: KnownExport) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows(known))
    return written.getvalue()


@pytest.mark.parametrize("name", sorted(known_exports()))
def test_a_sample_of_the_export_comes_to_its_numbers(name: str) -> None:
    known = known_exports()[name]
    tables = read_file(sample(known).encode(), name="export.csv")
    assert recognised(tables[0].columns) is known
    recipe = suggest(tables)
    assert recipe.sources[0].kind == known.kind
    standard = standardise(tables, recipe)
    assert standard.counts[0].kept == N
    if known.kind != "orders":
        return
    query = "SELECT count(DISTINCT customer_id), count(DISTINCT order_id), sum(amount) FROM orders"
    [found] = standard.cursor().execute(query).fetchall()
    assert found == (4, N, Decimal(sum(20 + i for i in range(N))) + Decimal("0.5") * N)


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for name, known in known_exports().items() for word in known.not_sold]
)
def test_what_an_export_says_is_no_sale_is_none_in_the_general_way(name: str, word: str) -> None:
    said = {
        words_of("states").meaning(word) in NOT_SOLD,
        words_of("row_types").meaning(word) in ("transfer", "fee"),
        words_of("directions").meaning(word) in ("paid_out", "neither"),
    }
    assert True in said


def test_a_table_with_a_header_less_is_not_taken_for_the_export() -> None:
    known = known_exports()["shopify_orders"]
    assert recognised(known.headers[0]) is known
    assert recognised(known.headers[0][1:]) is None


def test_ebay_orders_of_several_pieces_and_lines_come_to_price_times_pieces() -> None:
    head = known_exports()["ebay_orders"].headers[0]
    lines, worth = [",".join(head)], Decimal(0)
    for i in range(12):
        for line in range(1 + (i % 5 == 0)):
            pieces, price = 1 + i % 3, 20 + i + line
            total = f"${pieces * price + 4}.00" if line == 0 else ""
            lines.append(
                f"{i},7-{i:04d},buyer{i % 4},Pat {i % 4},25{i:04d},Lamp,{pieces},${price}.00,{total},Jun-{11 + i}-24"
            )
            worth += pieces * price
    tables = read_file("\n".join(lines).encode(), name="export.csv")
    standard = standardise(tables, suggest(tables))
    query = "SELECT count(DISTINCT customer_id), count(DISTINCT order_id), sum(amount) FROM orders"
    assert standard.cursor().execute(query).fetchall() == [(4, 12, worth)]
