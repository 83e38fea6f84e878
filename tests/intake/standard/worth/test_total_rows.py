"""Totals at the end of a table are no customers and no orders, whatever they are called; names like them stay."""

from __future__ import annotations

import pytest

from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.mapping import suggest_recipe
from texts import Translator

N = 12
HEADINGS = [
    ("Account,Name,Last Invoice,Invoices YTD,Sales YTD", "Report Totals"),
    ("Konto,Name,Letzte Rechnung,Anzahl Rechnungen,Umsatz lfd. Jahr", "Summe aller Kunden"),
    ("客户编号,客户名称,最近开票日期,本年开票数,本年销售额", "合计"),
    ("Code client,Nom,Dernière facture,Nb factures,CA année en cours", "Total général"),
    ("Codice cliente,Nome,Ultima fattura,Numero fatture,Fatturato anno corrente", "Totale complessivo"),
    ("Código cliente,Nombre,Última factura,Nº facturas,Ventas año actual", "TOTAL CLIENTES"),
    ("Code,Name,Last Invoice,Invoices YTD,Sales YTD", "Everything together"),
    ("Code,Name,Last Invoice,Invoices YTD,Sales YTD", ""),
]
ROWS = [f"K{i:03d},Shop {chr(65 + i)},2025-0{1 + i % 9}-11,{1 + i % 5},{100 + 7 * i}.50" for i in range(N)]
COUNT = sum(1 + i % 5 for i in range(N))
MONEY = sum(100.5 + 7 * i for i in range(N))


def made(text: str) -> StandardTables:
    tables = read_file(text.encode(), name="x.csv")
    return standardise(tables, suggest_recipe(inspect(tables)))


def customers(headings: str, *rows: str) -> tuple[int, int, float, dict[str, int]]:
    standard = made("\n".join([headings, *rows]))
    with standard.cursor() as cursor:
        [(n, count, money)] = cursor.sql("SELECT count(*), sum(n_orders), sum(spend) FROM customers").fetchall()
        aside = dict(cursor.sql("SELECT reason, count(*) FROM set_aside GROUP BY reason").fetchall())
    return int(n), int(count), float(money), aside


@pytest.mark.parametrize(("headings", "label"), HEADINGS)
def test_the_totals_of_a_list_of_customers_are_no_customer(headings: str, label: str) -> None:
    assert customers(headings, *ROWS, f"{label},,,{COUNT},{MONEY:.2f}") == (N, COUNT, MONEY, {"total_row": 1})


@pytest.mark.parametrize(
    "row", ["Total Energies,,,3,90.50", "Somme Bakery,Somme Bakery,2025-03-01,3,90.50", "K9,,,3,90"]
)
def test_a_customer_whose_name_begins_like_a_total_or_whose_cells_are_empty_stays(row: str) -> None:
    n, count, _, aside = customers(HEADINGS[0][0], *ROWS, row)
    assert (n, count, aside) == (N + 1, COUNT + 3, {})


def test_a_label_that_is_also_a_name_is_a_total_where_a_figure_is_the_sum() -> None:
    *_, aside = customers(HEADINGS[0][0], *ROWS, f"Total Energies and others,,,{COUNT},{MONEY:.2f}")
    assert aside == {"total_row": 1}


def test_sums_in_the_other_way_to_write_numbers_are_known() -> None:
    rows = [f"K{i:03d};Laden {chr(65 + i)};1.{200 + i},50;{1 + i % 5}" for i in range(N)]
    total = f"Alles;;{sum(1200.5 + i for i in range(N)):.2f}".replace(".", ",")
    standard = made("\n".join(["Kundennummer;Name;Umsatz;Anzahl Rechnungen", *rows, f"{total};{COUNT}"]))
    with standard.cursor() as cursor:
        assert cursor.sql("SELECT count(*) FROM customers").fetchall() == [(N,)]


def test_the_last_row_of_orders_that_is_the_sum_of_the_others_has_that_reason() -> None:
    rows = [f"R{i},K{i % 4},2024-01-{1 + i:02d},{1 + i % 3},{10 + i}.25" for i in range(N)]
    last = f",,,{sum(1 + i % 3 for i in range(N))},{sum(10.25 + i for i in range(N)):.2f}"
    standard = made("\n".join(["Order ID,Customer ID,Order date,Quantity,Total", *rows, last]))
    with standard.cursor() as cursor:
        assert cursor.sql("SELECT reason FROM set_aside").fetchall() == [("total_row",)]
        assert cursor.sql("SELECT count(*) FROM orders").fetchall() == [(N,)]


@pytest.mark.parametrize(
    ("label", "reason"), [("TOTAL", "total_row"), ("合计", "total_row"), ("Total care", "no_customer")]
)
def test_a_label_of_totals_far_to_the_right_in_a_row_of_nobody_is_one(label: str, reason: str) -> None:
    head = "Receipt,Date,Customer no,Name,Course,Level,Teacher,Month,Total,Paid by"
    rows = [f"R{i},2024-01-{1 + i:02d},K{i % 4},N{i % 4},French,B{i % 2},Ann,May,{10 + i}.25,Card" for i in range(N)]
    standard = made("\n".join([head, *rows, f",,,,,,,{label},{10.25 * N + 66:.2f},"]))
    with standard.cursor() as cursor:
        assert cursor.sql("SELECT reason FROM set_aside").fetchall() == [(reason,)]


def test_spend_of_the_current_year_is_marked_with_that_of_the_year_before_as_the_other_reading() -> None:
    of_year = [headings for headings, _ in HEADINGS[:3]]
    for headings, before in zip(of_year, ("Sales Last Year", "Umsatz Vorjahr", "上年销售额"), strict=True):
        rows = [f"{row},{30 + i}.25" for i, row in enumerate(ROWS)]
        tables = read_file("\n".join([f"{headings},{before}", *rows]).encode(), name="x.csv")
        guesses = inspect(tables)
        recipe = suggest_recipe(guesses)
        [one] = [
            one for one in decisions(tables, guesses, recipe, standardise(tables, recipe)) if one.subject == "worth"
        ]
        assert (one.choice, one.is_guess, one.is_question) == (headings.rsplit(",")[-1], True, False)
        assert [other.choice for other in one.alternatives] == [before]
        for language in ("en", "zh"):
            assert one.choice in guess_line(one, Translator(language))  # type: ignore[arg-type]
