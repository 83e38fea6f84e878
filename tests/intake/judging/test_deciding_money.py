"""What orders are worth is marked where the column that usually says it is missing."""

from __future__ import annotations

import csv
import io

import pytest

from analysis.errors import AnalysisError
from analysis.intake.decision import Decision
from analysis.intake.fixes import accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.known.known_export import KnownExport, known_exports, without_amounts
from analysis.intake.reading.read import read_file
from analysis.intake.roles import normal
from analysis.intake.suggesting.suggest import inspect, refuse_useless
from analysis.mapping import suggest_recipe
from analysis.study import prepare, suggest
from tests.intake.known.test_known_export import sample
from texts import Translator

HEAD = "Customer ID,Order date,Order ID,Product"


def without(known: KnownExport) -> bytes:
    """Write a sample of an export without any of its columns of amounts."""
    rows = list(csv.reader(io.StringIO(sample(known))))
    money = {normal(header) for header in known.money}
    kept = [place for place, header in enumerate(rows[0]) if normal(header) not in money]
    written = io.StringIO()
    csv.writer(written).writerows([[row[place] for place in kept] for row in rows])
    return written.getvalue().encode()


def marked(tables, recipe=None) -> list[Decision]:
    guesses = inspect(tables)
    made = decisions(tables, guesses, recipe or suggest_recipe(guesses))
    return [one for one in made if one.is_guess and one.subject in ("amount", "worth")]


def table(header: str, cell):
    rows = [f"C{i % 9},2024-0{1 + i % 9}-{1 + i % 28:02d},R{i},tea{cell(i)}" for i in range(40)]
    return read_file("\n".join([header, *rows]).encode(), name="x.csv")


EXPORTS = sorted(name for name, known in known_exports().items() if known.kind == "orders" and known.money)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_known_export_without_its_amounts_is_marked_or_refused(name: str) -> None:
    known = known_exports()[name]
    tables = read_file(without(known), name="export.csv")
    assert without_amounts(tables[0].columns) is not None
    [guess] = inspect(tables)
    if guess.kind == "ignore":
        with pytest.raises(AnalysisError, match=r"no_(amount|customer)_column"):
            refuse_useless([guess])
        return
    assert guess.kind == "orders"
    assert len(marked(tables)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_taken_is_said_with_the_export_and_the_missing_column(language) -> None:
    tables = read_file(without(known_exports()["yinbao_sales"]), name="export.csv")
    [one] = marked(tables)
    t = Translator(language)
    said = guess_line(one, t) + " ".join(evidence_sentences(one, t))
    assert "银豹" in said and "实收金额" in said


def test_numbers_with_cents_beside_counted_orders_are_offered_and_chosen_by_one_click() -> None:
    tables = table(f"{HEAD},Freight,VAT amount", lambda i: f",{i % 4}.50,{i % 9}.19")
    [one] = marked(tables)
    assert (one.choice, [other.choice for other in one.alternatives]) == ("counted", ["Freight", "VAT amount"])
    fix = one.alternatives[1].fix
    assert fix is not None
    changed = apply_fix(suggest(tables), fix)
    assert marked(tables, changed) == []
    spend = float(prepare(tables, changed).profiles.customers["spend"].sum())
    assert round(spend, 2) == round(sum(i % 9 + 0.19 for i in range(40)), 2)
    assert marked(tables, accept(suggest(tables), one.id)) == []


@pytest.mark.parametrize("cell", [",", ",n/a"])
def test_a_column_headed_as_the_amount_that_holds_none_is_said(cell) -> None:
    [one] = marked(table(f"{HEAD},Amount", lambda _: cell))
    assert (one.choice, one.alternatives) == ("counted", ())


def test_the_price_of_one_piece_without_a_number_of_pieces_is_marked_and_can_be_left_out() -> None:
    tables = table(f"{HEAD},Unit price", lambda i: f",{i % 4}.50")
    [one] = marked(tables)
    assert one.choice == "Unit price"
    fix = one.alternatives[-1].fix
    assert fix is not None
    counted = apply_fix(suggest(tables), fix)
    assert marked(tables, counted) == []
    assert "spend" not in prepare(tables, counted).profiles.customers


@pytest.mark.parametrize(
    ("header", "cell"), [("Quantity", ",2"), ("Note", ",fine"), ("Price", ",{i}.50"), ("Amount", ",3.50")]
)
def test_where_nothing_else_could_be_money_nothing_is_marked(header, cell) -> None:
    assert marked(table(f"{HEAD},{header}", lambda i: cell.format(i=i))) == []
