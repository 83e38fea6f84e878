"""Other money beside an amount: decided by what rows add up to, else marked with both readings and their revenue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import recipe_line
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

N = 24
TOTALS = [20 + 3.25 * i for i in range(N)]


def sheet(header: str, cells: Callable[[int], str]) -> Sequence[RawTable]:
    rows = [f"R{i},2024-0{1 + i % 9}-{1 + i % 28:02d},C{i % 5},{cells(i)}" for i in range(N)]
    return read_file("\n".join([f"Order ID,Order date,Customer ID,{header}", *rows]).encode(), name="x.csv")


def judged(tables: Sequence[RawTable], recipe: Recipe | None = None) -> tuple[list[Decision], float, Recipe]:
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    (revenue,) = standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0]
    made = [one for one in decisions(tables, guesses, recipe, standard) if one.subject in ("amount", "worth")]
    return made, float(revenue), recipe


def part(i: int) -> str:
    return f"{3.5 + i % 3:.2f}" if i % 4 == 1 else ""


@pytest.mark.parametrize(
    ("amount", "other"),
    [
        ("Total", "Kiosk"), ("Gesamtbetrag", "Pfand"), ("Montant total", "Consigne"), ("Importe total", "Extras"),
        ("合计", "押金"), ("合計", "オプション"), ("Сумма", "Залог"), ("Kwota", "Kaucja"),
    ],
)  # fmt: skip
def test_money_that_nobody_knows_is_marked_with_both_readings_and_their_revenue(amount: str, other: str) -> None:
    tables = sheet(f"{amount},{other}", lambda i: f"{TOTALS[i]:.2f},{part(i)}")
    [one], revenue, recipe = judged(tables)
    extra = sum(float(part(i) or 0) for i in range(N))
    assert one.is_guess and not one.is_question
    assert [note.code for note in one.evidence] == ["money_beside"] and one.evidence[0].facts["n"] == N // 4
    assert [other.choice for other in one.alternatives] == [f"{amount} + {other}", f"{amount} − {other}"]
    for alternative, expected in zip(one.alternatives, (revenue + extra, revenue - extra), strict=True):
        assert alternative.effect["revenue"] == pytest.approx(expected) and alternative.fix is not None
        left, then, _ = judged(tables, apply_fix(recipe, alternative.fix))
        assert then == pytest.approx(expected) and not [one for one in left if one.is_guess]
    assert not [one for one in judged(tables, accept(recipe, one.id))[0] if one.is_guess]
    for language in ("en", "zh"):
        assert other in evidence_sentences(one, Translator(language))[0]
        assert str(round(revenue + extra)) in guess_line(one, Translator(language)).replace(",", "")
    assert recipe_line(one.alternatives[0].fix) == f'sources[0].columns["{other}"].role: added'


def test_the_parts_are_also_offered_beside_quantity_times_price() -> None:
    tables = sheet("Quantity,Unit price,Kiosk", lambda i: f"{1 + i % 3},{TOTALS[i]:.2f},{part(i)}")
    [one], revenue, recipe = judged(tables)
    assert one.choice == "price_times_quantity"
    added = one.alternatives[0]
    assert added.choice == "Quantity × Unit price + Kiosk" and added.fix is not None
    assert judged(tables, apply_fix(recipe, added.fix))[1] == pytest.approx(added.effect["revenue"])
    assert added.effect["revenue"] > revenue


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Total,Weight", lambda i: f"{TOTALS[i]:.2f},{i % 3 + 0.25:.2f}"),
        ("Total,Punkte", lambda i: f"{TOTALS[i]:.2f},{i % 3 + 0.25:.2f}"),
        ("Total,Nights", lambda i: f"{TOTALS[i]:.2f},{i % 3 + 1}"),
        ("Total,Margin", lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] / 4:.2f}"),
        ("Total,毛利", lambda i: f"{TOTALS[i]:.2f},{TOTALS[i] / 4:.2f}"),
        ("Total,Kiosk", lambda i: f"{TOTALS[i]:.2f},0.00"),
        ("Total,Kiosk", lambda i: f"{TOTALS[i]:.2f},{(i % 2 * 2 - 1) * 1.25:.2f}"),  # of both signs: a difference
        ("Total,Limit", lambda i: f"{TOTALS[i]:.2f},{900 + i:.2f}"),
    ],
)
def test_numbers_that_are_no_part_of_what_was_paid_are_not_marked(header: str, cells: Callable[[int], str]) -> None:
    assert not [one for one in judged(sheet(header, cells))[0] if one.is_guess]


@pytest.mark.parametrize("sign", [1, -1])
def test_rows_that_add_up_decide_and_are_the_evidence(sign: int) -> None:
    """Quantity times price, with the other money in it or off it already, is the amount: nothing is left to ask."""

    def cells(i: int) -> str:
        count, price, other = 1 + i % 3, 10 + i, 1.5 * (i % 4)
        return f"{count},{price:.2f},{other:.2f},{count * price + sign * other:.2f}"

    [one], *_ = judged(sheet("Qty,Unit price,Kiosk,Amount", cells))
    assert (one.confidence, one.decided) == ("high", "found")
    formula = f"Qty × Unit price {'+' if sign > 0 else '−'} Kiosk = Amount"
    assert [(note.code, note.facts["formula"]) for note in one.evidence] == [("adds_up", formula)]


def test_an_amount_that_is_quantity_times_price_does_not_hold_the_other_money() -> None:
    def cells(i: int) -> str:
        return f"{1 + i % 3},{10 + i:.2f},{1.5 * (i % 4):.2f},{(1 + i % 3) * (10 + i):.2f}"

    [one], *_ = judged(sheet("Qty,Unit price,Kiosk,Amount", cells))
    assert one.is_guess and {note.code for note in one.evidence} == {"money_beside", "adds_up"}


def test_a_total_that_is_the_amount_and_more_is_one_click_away_and_a_subtotal_is_not() -> None:
    def cells(i: int) -> str:
        return f"{TOTALS[i]:.2f},{1 + i % 4:.2f},{TOTALS[i] + 1 + i % 4:.2f}"

    [one], _, recipe = judged(tables := sheet("Amount,Levy,To collect", cells))
    assert [note.facts["formula"] for note in one.evidence] == ["Amount + Levy = To collect"]
    [other] = one.alternatives
    assert other.choice == "To collect" and other.fix is not None
    assert judged(tables, apply_fix(recipe, other.fix))[1] == pytest.approx(
        sum(TOTALS) + sum(1 + i % 4 for i in range(N))
    )
    assert not [one for one in judged(sheet("Subtotal,Levy,Total", cells))[0] if one.is_guess]


@pytest.mark.parametrize(
    ("promised", "paid"),
    [
        ("Pledged", "Paid"), ("Pledge amount", "Received"), ("Budget", "Actual"), ("List", "Net"),
        ("Quoted", "Amount paid"),
        ("Zugesagt", "Bezahlt"), ("Promis", "Versé"), ("Presupuestado", "Cobrado"), ("Preventivato", "Incassato"),
        ("认捐金额", "到账金额"), ("План", "Оплачено"), ("予算", "支払額"), ("약정", "납부액"), ("متعهد", "المدفوع"),
    ],
)  # fmt: skip
def test_what_was_paid_is_taken_and_what_was_promised_is_one_click_away(promised: str, paid: str) -> None:
    tables = sheet(f"{promised},{paid}", lambda i: f"{100 + i},{80 + i if i % 4 else 10}")
    made, revenue, recipe = judged(tables)
    assert revenue == sum(80 + i if i % 4 else 10 for i in range(N))
    for one in made:  # a heading that is an amount's own needs no mark
        offered = {other.choice: other for other in one.alternatives}
        assert offered[promised].effect["revenue"] == sum(100 + i for i in range(N))
        fix = offered[promised].fix
        assert fix is not None and judged(tables, apply_fix(recipe, fix))[1] == sum(100 + i for i in range(N))


def test_invoices_count_as_written_and_what_was_paid_of_them_is_one_click_away() -> None:
    tables = sheet("Invoice amount,Paid", lambda i: f"{100 + i}.00,{100 + i if i % 4 else 60}.00")
    [one], revenue, _ = judged(tables)
    assert one.is_guess and "Paid" in [other.choice for other in one.alternatives]
    assert revenue in (sum(100 + i for i in range(N)), sum(100 + i if i % 4 else 60 for i in range(N)))


@pytest.mark.parametrize("header", ["Fee", "Beitrag", "Cotisation", "Cuota", "学费", "会費", "Взнос"])
def test_the_only_money_of_a_club_is_what_was_paid(header: str) -> None:
    [one], revenue, _ = judged(sheet(header, lambda i: f"{100 + i}"))
    assert (one.choice, one.is_guess, revenue) == (header, True, sum(100 + i for i in range(N)))


@pytest.mark.parametrize(
    "header",
    [
        "Сумма,Скидка,К оплате", "Amount,Discount,Remains", "金额,优惠,余下", "Betrag,Rabatt,Rest",
    ],
)  # fmt: skip
def test_what_is_left_after_the_discount_is_what_was_paid(header: str) -> None:
    made, revenue, _ = judged(sheet(header, lambda i: f"{90 + i}.00,{i % 3}.50,{89.5 + i - i % 3:.2f}"))
    assert revenue == pytest.approx(sum(89.5 + i - i % 3 for i in range(N)))
    assert all(one.choice == header.split(",")[2] for one in made)


def chain(i: int) -> tuple[str, float]:
    """Return price, number, goods, discount, tax and end of a line, and its end less the tax; every ninth goes back."""
    price, n, way = TOTALS[i], 1 + i % 3, -1 if i % 9 == 8 else 1
    off = round(price * n * 0.1, 2) if i % 2 else 0.0
    tax = round((price * n - off) * 0.08, 2)
    parts = (price, way * n, way * price * n, way * off, way * tax, way * (price * n - off + tax))
    return ",".join(f"{part:.2f}" if place != 1 else str(part) for place, part in enumerate(parts)), parts[5] - parts[4]


CHAINS = [
    "Unit price,Quantity,Subtotal,Discount,Tax,Item Total", "Einzelpreis,Menge,Zwischensumme,Rabatt,MwSt,Bezahlt",
    "单价,数量,小计,折扣金额,税额,行合计", "単価,数量,小計,割引,消費税,お会計",
    "Prix unitaire,Quantité,Sous-total,Remise,TVA,Net réglé",
]  # fmt: skip


@pytest.mark.parametrize("headers", CHAINS)
def test_where_a_sum_that_takes_the_discount_off_ends_is_what_was_paid(headers: str) -> None:
    tables = sheet(headers, lambda i: chain(i)[0])
    made, revenue, recipe = judged(tables)
    *_, tax, end = headers.split(",")
    assert revenue == pytest.approx(sum(float(chain(i)[0].split(",")[-1]) for i in range(N)))
    assert recipe.sources[0].column("amount") is not None and not [one for one in made if one.is_question]
    offered = {other.choice: other for one in made for other in one.alternatives}
    net = offered[f"{end} − {tax}"]
    assert net.fix is not None
    assert judged(tables, apply_fix(recipe, net.fix))[1] == pytest.approx(sum(chain(i)[1] for i in range(N)))


@pytest.mark.parametrize("headers", CHAINS)
def test_a_discount_that_no_sum_takes_off_is_marked_with_both_readings(headers: str) -> None:
    tables = sheet(headers.rsplit(",", 2)[0], lambda i: chain(i)[0].rsplit(",", 2)[0])
    [one], revenue, recipe = judged(tables)
    goods, discount = headers.split(",")[2:4]
    assert one.is_guess and "discount_not_off" in [note.code for note in one.evidence]
    less = next(other for other in one.alternatives if other.choice == f"{goods} − {discount}")
    assert less.fix is not None
    _, then, _ = judged(tables, apply_fix(recipe, less.fix))
    assert then < revenue and then == pytest.approx(less.effect["revenue"], abs=3 * N)


@pytest.mark.parametrize(
    "headers",
    ["Qty,Unit price,Sale amount,Discount", "Adet,Birim Fiyatı,Satış Tutarı,İndirim", "数量,单价,金额,优惠金额"],
)
def test_a_discount_that_a_spreadsheet_wrote_without_its_last_zero_is_not_off_either(headers: str) -> None:
    goods, discount = headers.split(",")[2:]
    off = [0.0 if i % 3 else round(TOTALS[i] * 0.11 + 1, 1 + i % 2) for i in range(N)]
    tables = sheet(headers, lambda i: f"{1 + i % 2},{TOTALS[i]},{TOTALS[i] * (1 + i % 2)},{off[i]}")
    [one], revenue, recipe = judged(tables)
    assert one.is_guess and "discount_not_off" in [note.code for note in one.evidence]
    less = next(other for other in one.alternatives if other.choice == f"{goods} − {discount}")
    assert less.fix is not None
    assert judged(tables, apply_fix(recipe, less.fix))[1] == pytest.approx(revenue - sum(off))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Gesamt,Arbeitslohn,Teile,MwSt", lambda i: f"{1.2 * (50 + i):.2f},{30 + i}.00,20.00,{0.2 * (50 + i):.2f}"),
        ("Total,Fare,Tip,Tolls", lambda i: f"{12 + i + i % 3:.2f},{10 + i}.00,{i % 3}.00,2.00"),
        ("Total,Food,Drinks,Cover", lambda i: f"{30 + 2 * i:.2f},{14 + i}.00,{13 + i}.00,3.00"),
    ],
)
def test_an_amount_that_its_parts_make_up_is_not_doubted(header: str, cells: Callable[[int], str]) -> None:
    made, *_ = judged(sheet(header, cells))
    assert [(one.choice, one.confidence) for one in made] == [(header.split(",")[0], "high")]


def test_the_largest_of_columns_of_money_is_taken_and_the_others_are_beside_it() -> None:
    tables = sheet("Foo,Bar", lambda i: f"{2 + i * 0.25:.2f},{40 + i}.00")
    [one], revenue, _ = judged(tables)
    assert (one.choice, revenue, one.is_guess) == ("Bar", sum(40 + i for i in range(N)), True)
    assert [other.choice for other in one.alternatives] == ["Bar + Foo", "Bar − Foo", "Foo"]
    assert [note.code for note in one.evidence] == ["only_money", "money_beside"]


def test_work_and_parts_of_which_neither_is_larger_are_offered_together() -> None:
    tables = sheet("Labour,Parts", lambda i: f"{40 + i}.00,{90 - 3 * i:.2f}")
    made = decisions(tables, guesses := inspect(tables), recipe := suggest_recipe(guesses))
    [one] = [one for one in made if one.is_guess]
    assert (one.choice, one.alternatives[0].choice) == ("counted", "Labour + Parts")
    fix = one.alternatives[0].fix
    assert fix is not None
    assert judged(tables, apply_fix(recipe, fix))[1] == sum(130 - 2 * i for i in range(N))


def test_money_that_equals_the_amount_in_few_rows_may_have_gone_back() -> None:
    tables = sheet("Total,Zurück an", lambda i: f"{20 + i}.00,{20 + i if i % 6 == 0 else 0}.00")
    [one], revenue, _ = judged(tables)
    assert one.alternatives[1].choice == "Total − Zurück an"
    assert one.alternatives[1].effect["revenue"] == revenue - sum(20 + i for i in range(0, N, 6))


def test_what_an_amount_of_goods_leaves_out_is_said_and_one_click_away() -> None:
    tables = sheet("Goods,Postage", lambda i: f"{20 + i}.00,{3 + i % 2}.95")
    [one], revenue, recipe = judged(tables)
    assert "left_out" in [note.code for note in one.evidence]
    other = next(other for other in one.alternatives if other.choice == "Goods + Postage")
    assert other.fix is not None
    then = judged(tables, apply_fix(recipe, other.fix))[1]
    assert then == pytest.approx(revenue + sum(3.95 + i % 2 for i in range(N)))


def test_an_amount_at_the_rate_of_its_currency_is_no_product_of_a_price() -> None:
    def cells(i: int) -> str:
        return f"{20 + i}.00,{('EUR', 'GBP')[i % 2]},1.1{i % 2},{(20 + i) * (1.1 + i % 2 * 0.01):.2f}"

    tables = sheet("Amount,Ccy,Rate,EUR", cells)
    roles = {column.name: column.role for column in inspect(tables)[0].columns}
    assert roles["Amount"] == "amount"


@pytest.mark.parametrize("header", ["Complimentary", "Garantie", "Gratuit", "赠品", "Internal"])
def test_rows_ticked_as_not_paid_for_are_asked_about(header: str) -> None:
    tables = sheet(f"Total,{header}", lambda i: f"{20 + i}.00,{'Yes' if i % 6 == 0 else 'No'}")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    [one] = [one for one in decisions(tables, guesses, recipe, standardise(tables, recipe)) if one.is_question]
    [other] = one.alternatives
    assert (one.subject, one.evidence[0].facts["n"]) == ("row_type", N // 6) and other.fix is not None
    assert judged(tables, apply_fix(recipe, other.fix))[1] == other.effect["revenue"]
    assert all(evidence_sentences(one, Translator(language)) for language in ("en", "zh"))


@pytest.mark.parametrize(
    "headers",
    [
        "Quote No;Quote Date;Patient;Total Amount;Instalment;Instalment Amount;Paid Date",
        "Nº Orçamento;Data do Orçamento;Paciente;Valor Total;Parcela;Valor da Parcela;Data de Pagamento",
        "合同号;签约日期;学员;合同总额;期数;本期金额;付款日期",
        "Vertrag;Vertragsdatum;Kunde;Gesamtbetrag;Rate;Ratenbetrag;Bezahlt am",
    ],
)  # fmt: skip
def test_instalments_that_add_up_to_a_contract_are_the_money_and_the_contract_is_the_order(headers: str) -> None:
    def rows(short: int = 0) -> list[str]:
        return [
            f"A{c};2024-0{1 + c % 6}-05;K{c % 4};{(2 + c % 3) * (90 + c)}.00;{k}/{2 + c % 3};{90 + c - short}.00;"
            + (f"2024-0{k + c % 6}-2{c % 8}" if k < 3 else "")
            for c in range(10) for k in range(1, 3 + c % 3)
        ]  # fmt: skip

    made, revenue, recipe = judged(read_file("\n".join([headers, *rows()]).encode(), name="x.csv"))
    names = headers.split(";")
    assert revenue == pytest.approx(sum((2 + c % 3) * (90 + c) for c in range(10)))
    chosen = {column.role: column.name for column in recipe.sources[0].columns}
    assert (chosen["amount"], chosen["order_id"], chosen["order_date"]) == (names[5], names[0], names[1])
    assert all("instalments" in [note.code for note in one.evidence] for one in made if one.subject == "amount")
    made, _, recipe = judged(read_file("\n".join([headers, *rows(7)]).encode(), name="x.csv"))
    taken = recipe.sources[0].column("amount")
    assert taken and names[5] in [taken.name, *(other.choice for one in made for other in one.alternatives)]


@pytest.mark.parametrize("header", ["Gift", "Free shipping", "Extended warranty", "延保", "Membership cancelled on"])
def test_rows_ticked_for_what_costs_nothing_or_is_sold_beside_are_not_asked_about(header: str) -> None:
    tables = sheet(f"Total,{header}", lambda i: f"{20 + i}.00,{'Yes' if i % 6 == 0 else 'No'}")
    made, revenue, _ = judged(tables)
    assert (made, revenue) == ([], sum(20 + i for i in range(N)))
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    assert not [one for one in decisions(tables, guesses, recipe, standardise(tables, recipe)) if one.is_guess]


def test_a_count_times_a_rate_under_any_headings_with_parts_decides() -> None:
    """Days of a hire, its insurance, and a damage in three rows: all of the total."""
    told = [(1 + i % 4, 30, 12 * (i % 2), 50 if i % 8 == 0 else 0) for i in range(N)]
    cells = [
        f"{days},{rate}.00,{cover}.00,{harm}.00,{days * rate + cover + harm}.00" for days, rate, cover, harm in told
    ]
    made, *_ = judged(sheet("Days,Daily rate,Insurance,Damage,Total", lambda i: cells[i]))
    assert [(one.choice, one.confidence) for one in made] == [("Total", "high")]


def test_the_net_of_an_amount_that_nothing_explains_is_marked() -> None:
    [one], *_ = judged(sheet("Amount,Net amount", lambda i: f"{50 + i}.00,{(50 + i) * 0.97:.2f}"))
    assert one.is_guess and {one.choice, *(other.choice for other in one.alternatives)} >= {"Amount", "Net amount"}


@pytest.mark.parametrize(("discount", "cell", "share"), [("Rabatt %", "10", 0.1), ("Discount", "5.00", None)])
def test_a_price_beside_a_discount_is_marked_and_the_discount_can_be_taken_off(
    discount: str, cell: str, share: float | None
) -> None:
    tables = sheet(f"Price,{discount}", lambda i: f"{100 + i}.00,{cell if i % 4 == 0 else 0}")
    [one], revenue, recipe = judged(tables)
    off = sum((100 + i) * share if share else 5 for i in range(0, N, 4))
    assert revenue == sum(100 + i for i in range(N))
    written = f"Price × (1 − {discount})" if share else f"Price − {discount}"
    other = next(other for other in one.alternatives if other.choice == written)
    assert other.fix is not None
    assert judged(tables, apply_fix(recipe, other.fix))[1] == pytest.approx(revenue - off)


@pytest.mark.parametrize(
    "headers", ["Amount,Amount Refunded,Currency", "金额,退款金额,币种"],
)  # fmt: skip
def test_of_several_currencies_the_amounts_that_the_export_converted_are_offered_first(headers: str) -> None:
    told = [(20 + i, 5 if i % 4 == 0 else 0, ("EUR", "USD", "GBP")[i % 3], (1, 0.9, 1.2)[i % 3]) for i in range(N)]
    cells = [
        f"{n}.00,{off}.00,{code},{n * rate:.2f},{off * rate:.2f},EUR" for n, off, code, rate in told
    ]  # fmt: skip
    tables = sheet(f"{headers},{','.join(f'Converted {name}' for name in headers.split(','))}", lambda i: cells[i])
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    made = decisions(tables, guesses, recipe, standardise(tables, recipe))
    [one] = [one for one in made if one.subject == "currency"]
    first = one.alternatives[0]
    assert first.choice == f"Converted {headers.split(',')[0]}" and first.fix is not None
    _, revenue, _ = judged(tables, apply_fix(recipe, first.fix))
    assert revenue == pytest.approx(sum((n - off) * rate for n, off, _, rate in told), abs=0.1)
    assert first.effect["revenue"] == pytest.approx(revenue, abs=0.01)
