"""What an amount is made of: deposits that go back, parts that others pay, sums that end under other headings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding_words import choice_line, evidence_sentences
from analysis.intake.suggesting.suggest import inspect
from tests.intake.judging.test_money_beside import TOTALS, N, judged, sheet
from texts import Translator, translator


def taken(header: str, cells: Callable[[int], str]) -> str | None:
    [guess] = inspect(sheet(header, cells))
    column = guess.column("amount")
    return column.name if column else None


@pytest.mark.parametrize(
    "headers", ["Hire charge,Refundable deposit,Total charged", "Miete,Kaution,Gesamt", "租金,押金,合计",
                "Alquiler,Fianza,Importe total", "Loyer,Dépôt de garantie,Total"],
)  # fmt: skip
def test_a_deposit_that_a_total_holds_is_marked_with_the_total_without_it(headers: str) -> None:
    tables = sheet(headers, lambda i: f"{TOTALS[i]:.2f},{100 + i % 3 * 50}.00,{TOTALS[i] + 100 + i % 3 * 50:.2f}")
    [one], revenue, recipe = judged(tables)
    assert one.is_guess and "deposit_in" in [note.code for note in one.evidence]
    [without] = [other for other in one.alternatives if "−" in other.choice]
    assert without.fix is not None and without.effect["revenue"] == pytest.approx(sum(TOTALS))
    assert judged(tables, apply_fix(recipe, without.fix))[1] == pytest.approx(sum(TOTALS))
    assert revenue > sum(TOTALS)
    for language in ("en", "zh"):
        assert headers.split(",")[1] in " ".join(evidence_sentences(one, Translator(language)))


def test_a_deposit_and_the_rest_that_make_the_price_are_not_doubted() -> None:
    tables = sheet(
        "Deposit,Balance,Total",
        lambda i: f"{TOTALS[i] / 4:.2f},{TOTALS[i] - round(TOTALS[i] / 4, 2):.2f},{TOTALS[i]:.2f}",
    )
    made, revenue, _ = judged(tables)
    assert not [one for one in made if one.is_guess] and revenue == pytest.approx(sum(TOTALS))


def offers(made: list[Decision]) -> list[str]:
    return [other.choice for one in made for other in one.alternatives if one.is_guess]


def test_readings_that_the_parts_of_an_amount_rule_out_are_not_offered() -> None:
    """Quantity times price is the total: a deposit is no part of it, and a levy can only come on top."""

    def cells(i: int) -> str:
        return f"{1 + i % 3},{TOTALS[i]:.2f},{5 + i % 4}.50,{(1 + i % 3) * TOTALS[i]:.2f}"

    assert offers(judged(sheet("Quantity,Unit price,Deposit,Total", cells))[0]) == []
    assert offers(judged(sheet("Quantity,Unit price,Levy,Total", cells))[0]) == ["Total + Levy"]


def test_what_the_customer_pays_of_a_bill_is_marked_beside_the_bill() -> None:
    tables = sheet(
        "Amount,Insurance,Whole bill",
        lambda i: f"{TOTALS[i]:.2f},{2 * TOTALS[i] + i % 2:.2f},{3 * TOTALS[i] + i % 2:.2f}",
    )
    [one], _, recipe = judged(tables)
    assert one.is_guess and "Whole bill" in offers([one])
    bill = next(other for other in one.alternatives if other.choice == "Whole bill")
    assert bill.fix is not None
    assert judged(tables, apply_fix(recipe, bill.fix))[1] == pytest.approx(sum(3 * TOTALS[i] + i % 2 for i in range(N)))


@pytest.mark.parametrize("headers", ["Valor bruto,Desconto,Valor líquido", "Gross value,Discount,Net price"])
def test_a_sum_after_the_discount_is_the_amount_also_under_a_heading_of_prices(headers: str) -> None:
    found = taken(headers, lambda i: f"{TOTALS[i]:.2f},{i % 4}.00,{TOTALS[i] - i % 4:.2f}")
    assert found == headers.split(",")[2]


@pytest.mark.parametrize(
    "headers",
    [
        "Bedrag excl. btw,Btw,Bedrag incl. btw",
        "Betrag exkl. MwSt,MwSt,Betrag inkl. MwSt",
        "不含税金额,税额,含税金额",
        "Belopp exkl moms,Moms,Att betala",
    ],
)
def test_what_was_paid_with_taxes_is_the_amount_in_more_words(headers: str) -> None:
    found = taken(
        headers, lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] * 0.21:.2f},{TOTALS[i] + round(TOTALS[i] * 0.21, 2):.2f}"
    )
    assert found == headers.split(",")[2]


@pytest.mark.parametrize(
    "headers", ["Warenwert netto,Versandkosten,Gesamt netto,MwSt.,Gesamt brutto", "Goods,Shipping,Net,VAT,Gross",
                "商品金额,运费,不含税合计,税额,价税合计"],
)  # fmt: skip
def test_the_total_in_which_goods_shipping_and_tax_add_up_over_a_net_total_is_the_amount(headers: str) -> None:
    def cells(i: int) -> str:
        net = TOTALS[i] + (4.9 if i % 3 else 0)
        tax = round(net * 0.19, 2)
        return f"{TOTALS[i]:.2f},{net - TOTALS[i]:.2f},{net:.2f},{tax:.2f},{net + tax:.2f}"

    assert taken(headers, cells) == headers.split(",")[4]


def test_a_price_less_a_fee_gives_way_to_the_price() -> None:
    cells = lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] * 0.1:.2f},{TOTALS[i] - round(TOTALS[i] * 0.1, 2):.2f}"  # noqa: E731
    assert judged(sheet("Price ($),Fees ($),Net Total ($)", cells))[1] == pytest.approx(sum(TOTALS))


@pytest.mark.parametrize("headers", ["订单金额,积分抵扣,实付", "Order total,Points used,Amount paid"])
def test_what_was_paid_after_points_is_the_amount(headers: str) -> None:
    found = taken(headers, lambda i: f"{TOTALS[i]:.2f},{i % 3}.00,{TOTALS[i] - i % 3:.2f}")
    assert found == headers.split(",")[2]


def test_food_and_drinks_without_a_total_are_offered_together() -> None:
    made, _, _ = judged(sheet("Food,Drinks,Tip", lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] / 2:.2f},{3 + i % 4}.50"))
    assert "Food + Drinks" in offers(made)


def test_the_currency_that_counts_is_that_of_the_figures_and_converted_amounts_name_their_revenue() -> None:
    from analysis.intake.judging.deciding import decisions
    from analysis.intake.standard.standardise import standardise
    from analysis.mapping import suggest_recipe

    tables = sheet(
        "Amount,Currency,Amount (GBP)", lambda i: f"{TOTALS[i]:.2f},{('EUR', 'USD')[i % 2]},{TOTALS[i] * 0.8:.2f}"
    )
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    made = decisions(tables, guesses, recipe, standardise(tables, recipe))
    [one] = [one for one in made if one.subject == "currency"]
    converted = next(other for other in one.alternatives if other.choice == "Amount (GBP)")
    revenue = sum(round(0.8 * total, 2) for total in TOTALS)
    assert converted.effect == {"rows": N, "revenue": pytest.approx(revenue)}
    assert f"{revenue:,.0f}" in choice_line(one, converted, translator("en"))
    eur = next(other for other in one.alternatives if other.choice == "EUR")
    assert recipe.money_in is None and eur.fix is not None and apply_fix(recipe, eur.fix).money_in == "EUR"


@pytest.mark.parametrize(
    "headers", ["Lessons,Price per lesson", "Nächte,Preis pro Nächte", "Noches,Precio por noche", "课时数,每课时价格"]
)
def test_a_price_per_lesson_counts_once_for_each_lesson(headers: str) -> None:
    revenue = judged(sheet(headers, lambda i: f"{1 + i % 3},{TOTALS[i]:.2f}"))[1]
    assert revenue == pytest.approx(sum((1 + i % 3) * total for i, total in enumerate(TOTALS)))


@pytest.mark.parametrize(
    "headers",
    ["Buchungstag,Auftraggeber/Empfänger,Verwendungszweck,Betrag", "Value date,Counterparty,Payment reference,Amount"],
)
def test_money_of_a_statement_that_went_to_people_who_never_paid_in_is_marked(headers: str) -> None:
    from analysis.intake.judging.deciding import decisions
    from analysis.intake.reading.read import read_file
    from analysis.intake.standard.standardise import standardise
    from analysis.mapping import suggest_recipe

    def told(out: str) -> list[Decision]:
        rows = [
            f"2024-0{1 + i % 9}-{1 + i % 28:02d},{out if i % 6 == 5 else f'Pat Nr{i % 5}x'},Bill {i},"
            f"{'-' if i % 6 == 5 else ''}{TOTALS[i]:.2f}"
            for i in range(N)
        ]
        tables = read_file("\n".join([headers, *rows]).encode(), name="x.csv")
        guesses = inspect(tables)
        recipe = suggest_recipe(guesses)
        made = decisions(tables, guesses, recipe, standardise(tables, recipe))
        return [one for one in made if one.subject == "direction"]

    [one] = told("City Water Ltd")
    paid_in = sum(total for i, total in enumerate(TOTALS) if i % 6 != 5)
    assert one.is_guess and one.alternatives[0].effect["revenue"] == pytest.approx(paid_in)
    for language in ("en", "zh"):
        assert "4" in evidence_sentences(one, Translator(language))[0]
    assert told("Pat Nr1x") == []  # who paid in as well may have sent back


def test_parts_that_make_up_a_total_leave_nothing_to_add() -> None:
    """Meals are the same for each, and care is most of the total: none of them is asked about."""
    cells = lambda i: f"50.00,{TOTALS[i]:.2f},{TOTALS[i] + 50:.2f}"  # noqa: E731
    assert offers(judged(sheet("Meals,Care,Total", cells))[0]) == []
    hire = lambda i: f"{1 + i % 4},{TOTALS[i]:.2f},{9 + i % 2}.00,{(1 + i % 4) * TOTALS[i] + 9 + i % 2:.2f}"  # noqa: E731
    assert offers(judged(sheet("Days,Daily rate,Insurance,Total", hire))[0]) == []


@pytest.mark.parametrize(
    "headers", ["Receita por produtos,Tarifa de venda,Total", "Goods,Commission,Total", "商品款,平台佣金,合计"]
)
def test_a_total_that_is_what_fees_left_is_marked_with_what_was_paid(headers: str) -> None:
    tables = sheet(
        headers, lambda i: f"{TOTALS[i]:.2f},-{TOTALS[i] / 10:.2f},{TOTALS[i] - round(TOTALS[i] / 10, 2):.2f}"
    )
    made, _, recipe = judged(tables)
    amount = next(column.name for column in recipe.sources[0].columns if column.role == "amount")
    paid = headers.split(",")[0]
    assert amount == paid or [
        one for one in made if one.is_guess and paid in [other.choice for other in one.alternatives]
    ]


def test_money_that_stands_in_rows_alone_that_are_no_sales_is_nothing_to_ask_about() -> None:
    tables = sheet(
        "Total,Bonus,State", lambda i: f"{TOTALS[i]:.2f}," + ("5.00,cancelled" if i % 9 == 8 else "0.00,paid")
    )
    assert not [one for one in judged(tables)[0] if one.is_guess]


@pytest.mark.parametrize(
    "headers",
    [
        "Valor,Desconto,Multa/Juros,Valor Pago", "Betrag,Rabatt,Mahngebühr,Bezahlt", "金额,优惠,滞纳金,实付金额",
        "Importe,Descuento,Recargo,Importe pagado", "Total,Discount,Interest,Paid",
    ],
)  # fmt: skip
def test_what_was_paid_with_fines_is_the_amount_and_the_price_is_offered_beside_it(headers: str) -> None:
    price, _, _, paid = headers.split(",")
    fine = [3.5 if i % 4 == 1 else 0.0 for i in range(N)]
    ends = [TOTALS[i] - i % 3 + fine[i] for i in range(N)]
    made, revenue, recipe = judged(sheet(headers, lambda i: f"{TOTALS[i]:.2f},{i % 3}.00,{fine[i]:.2f},{ends[i]:.2f}"))
    amount = recipe.sources[0].column("amount")
    assert amount is not None and amount.name == paid and revenue == pytest.approx(sum(ends))
    offered = {other.choice: other.effect for one in made if one.is_guess for other in one.alternatives}
    assert offered[price]["revenue"] == pytest.approx(sum(TOTALS)) and f"{paid} + {price}" not in offered


@pytest.mark.parametrize(
    "headers",
    ["Net Total,Gross Total,Refunded", "Fee,Other fee,Refunded", "Gebühr,Weitere Gebühr,Erstattet", "学费,杂费,已退款"],
)
def test_the_revenue_beside_an_option_is_the_one_after_choosing_it_also_where_money_went_back(headers: str) -> None:
    tables = sheet(headers, lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] * 1.1:.2f},{3 if i % 5 == 2 else ''}")
    made, _, recipe = judged(tables)
    offered = [other for one in made for other in one.alternatives if other.fix and "revenue" in other.effect]
    assert offered and recipe.sources[0].column("refunded") is not None
    for other in offered:
        assert other.fix is not None
        assert judged(tables, apply_fix(recipe, other.fix))[1] == pytest.approx(other.effect["revenue"])


def test_what_is_part_of_what_was_paid_is_not_offered_in_its_place() -> None:
    """A discount, a tax and what it was sent for stood before the one column that may be the amount instead."""
    cells = lambda i: f"{TOTALS[i]:.2f},{i % 3}.50,{i % 4 + 0.2:.2f},{4 + i % 2}.90,{TOTALS[i] * 0.7:.2f}"  # noqa: E731
    [one] = judged(sheet("Unit price,Discount amount,Tax,Shipping fee,Menu sum", cells))[0]
    assert [other.choice for other in one.alternatives] == ["Unit price − Discount amount", "Menu sum", "counted"]
