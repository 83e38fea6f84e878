"""What orders are worth is marked where the column that usually says it is missing."""

from __future__ import annotations

import csv
import io

import pytest

from analysis.errors import AnalysisError
from analysis.intake.decision import Decision
from analysis.intake.fixes import accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line, guess_sentence
from analysis.intake.known.known_export import AMOUNT, KnownExport, alike, known_exports
from analysis.intake.reading.read import read_file
from analysis.intake.roles import normal
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect, refuse_useless
from analysis.mapping import suggest_recipe
from analysis.study import prepare, suggest
from benchmarks.matrix.samples import rows
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
    found = alike(tables[0].columns)
    assert found is not None and AMOUNT in found[1].values()
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


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("Total incl. shipping", "{a}.50", "with_shipping"),
        ("订单金额(含运费),优惠", "{a}.50,1.00", "with_shipping"),
        ("Total,Shipping fee", "{a}.50,4.90", "shipping_beside"),
        ("Gesamtbetrag,Versandkosten", "{a}.50,4.90", "shipping_beside"),
        ("用户实付金额,平台优惠金额", "{a}.50,3.00", "platform_paid"),
        ("Total before refunds", "{a}.50", "before_refunds"),
        ("折扣前金额", "{a}.50", "before_discounts"),
    ],
)
def test_an_amount_that_holds_more_than_the_goods_is_marked(header: str, cells: str, code: str) -> None:
    [one] = marked(table(f"{HEAD},{header}", lambda i: "," + cells.format(a=10 + i)))
    assert code in [note.code for note in one.evidence]
    assert all(evidence_sentences(one, Translator(language)) for language in ("en", "zh"))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Total,Shipping fee", "{a}.50,0.00"),  # nobody paid shipping
        ("Total,Subtotal,Shipping fee", "{a}.50,{a}.00,0.50"),
        ("Goods total,Shipping fee", "{a}.50,4.90"),
        ("用户实付金额,商家实收金额,平台优惠金额", "{a}.50,{a}.00,3.00"),
        ("退款前金额,退款金额", "{a}.50,0.00"),
        ("实付金额,优惠金额", "{a}.50,3.00"),
    ],
)
def test_an_amount_is_not_marked_where_a_better_column_stands_beside_it(header: str, cells: str) -> None:
    assert marked(table(f"{HEAD},{header}", lambda i: "," + cells.format(a=10 + i))) == []


def test_orders_refunded_in_part_are_marked_with_their_states_and_can_be_left_out() -> None:
    tables = table(f"{HEAD},Total,Status", lambda i: f",{10 + i}.50,{'Partially refunded' if i % 9 == 4 else 'Paid'}")
    guesses, recipe = inspect(tables), suggest(tables)
    standard = standardise(tables, recipe)
    [one] = [one for one in decisions(tables, guesses, recipe, standard) if one.is_guess]
    assert [note.code for note in one.evidence] == ["refunded_in_part"]
    left_out = one.alternatives[0].fix
    assert left_out is not None
    changed = apply_fix(recipe, left_out)
    standard = standardise(tables, changed)
    assert not [one for one in decisions(tables, guesses, changed, standard) if one.is_guess]
    assert standard.counts[0].set_aside["excluded_state"] == 4


@pytest.mark.parametrize(
    ("name", "column"), [("ebay_orders", "Sales Record Number"), ("pinduoduo_orders", ""), ("meituan_orders", "")]
)
def test_the_amount_of_a_known_export_is_taken_and_marked_where_another_one_sounds_better(name, column) -> None:
    known = known_exports()[name]
    lines = rows(known)
    kept = [place for place, header in enumerate(lines[0]) if header != column]
    written = io.StringIO()
    csv.writer(written).writerows([[line[place] for place in kept] for line in lines])
    tables = read_file(written.getvalue().encode(), name="export.csv")
    [one] = marked(tables)
    assert "known_amount" in [note.code for note in one.evidence]
    standard = standardise(tables, suggest(tables))
    assert standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall() == [(312,)]


@pytest.mark.parametrize(
    ("name", "column"),
    [("shopify_orders", "Refunded Amount"), ("taobao_orders", "订单状态"), ("alipay", "收/支")],
)
def test_a_known_export_without_what_changes_its_money_is_marked(name: str, column: str) -> None:
    lines = rows(known_exports()[name])
    kept = [place for place, header in enumerate(lines[0]) if header != column]
    written = io.StringIO()
    csv.writer(written).writerows([[line[place] for place in kept] for line in lines])
    [one] = marked(read_file(written.getvalue().encode(), name="export.csv"))
    assert [(note.code, note.facts["header"]) for note in one.evidence] == [("known_without", column)]


def test_a_currency_of_all_tables_names_no_table() -> None:
    """Two currencies over several tables: the sentence has no blank where a table would stand."""
    one = Decision("currency", "EUR", confidence="low", decided="guessed")
    assert guess_sentence(one, Translator("en")) == "The amounts are in EUR"
    assert guess_sentence(one, Translator("zh")) == "金额的币种为 EUR"
