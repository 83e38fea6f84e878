"""What orders leave open and is said: states not paid yet, the day of a stay, who takes part, other currencies."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.standard.states import state_meanings
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.mapping import suggest_recipe
from commands.asking import asked
from texts import Translator

N = 48


def judged(text: str, language: str = "en") -> tuple[tuple[Decision, ...], StandardTables, list[str]]:
    tables = read_file(text.encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    made = decisions(tables, guesses, recipe, standard)
    found = quality(tables, guesses, recipe, standard).findings
    return made, standard, asked(made, found, Translator(language))[1]  # type: ignore[arg-type]


def lines(headings: str, row: str) -> str:
    rows = [
        row.format(
            i=i, k=i % 8, day=f"2025-{1 + i // 8:02d}-{1 + i % 27:02d}", later=f"2025-{2 + i // 8:02d}-{1 + i % 27:02d}"
        )
        for i in range(N)
    ]
    return "\n".join([headings, *rows])


@pytest.mark.parametrize(
    "state",
    ["Gemahnt", "Relancé", "Sollecitata", "逾期", "催缴中", "Gecikmiş", "督促中", "연체", "Offen",
     "Impayé", "Da pagare", "未付款"],
)  # fmt: skip
def test_reminded_and_late_are_not_paid_yet_in_every_language(state: str) -> None:
    assert state_meanings([state, "Pagata"])[state] == "unpaid"


@pytest.mark.parametrize(("language", "worth"), [("en", "Worth 60"), ("zh", "共 60")])
def test_states_that_are_left_out_are_said_with_their_money(language: str, worth: str) -> None:
    text = lines("Order ID,Customer ID,Order date,Total,Status", "R{i},K{k},{day},20.00,paid")
    said = judged(text.replace("paid", "Da pagare", 3), language)[2]
    assert [line for line in said if worth in line and "Da pagare (3)" in line]


@pytest.mark.parametrize(("language", "worth"), [("en", "4 rows of x.csv name no customer"), ("zh", "4 行没有客户")])
def test_rows_without_a_customer_are_said_with_their_money(language: str, worth: str) -> None:
    text = lines("Order ID,Customer ID,Order date,Total", "R{i},K{k},{day},20.00")
    said = judged(text.replace(",K3,", ",,", 4), language)[2]
    assert [line for line in said if worth in line and "80" in line]


def test_orders_that_were_called_off_before_they_had_a_day_are_left_out_as_such() -> None:
    """Their customers bought nothing, and count among those that a choice of the customer gives; paid back is none."""
    rows = [
        f"R{i},Kim Nr{i % 9}x,555 010 {i % 10:04d},"
        + (",5.00,Cancelled" if i > 43 else f"2025-0{1 + i // 8}-07,5.00,Paid")
        for i in range(N)
    ] + ["R99,Kim Away,555 019 9999,2025-01-07,5.00,Refunded"]
    made, standard, _ = judged("\n".join(["Order ID,Customer name,Phone,Order date,Total,Status", *rows]))
    assert standard.counts[0].set_aside == {"excluded_state": 5}
    [one] = [one for one in made if one.subject == "customer"]
    told = {one.choice: one.effect} | {other.choice: other.effect for other in one.alternatives}
    assert {choice: effect["customers"] for choice, effect in told.items()} == {"Customer name": 9, "Phone": 10}


@pytest.mark.parametrize("head", ["Buyer name,Phone", "预订人,手机号"])
def test_who_is_nobody_in_one_column_is_a_customer_by_another(head: str) -> None:
    rows = [f"R{i},Kim Nr{i % 9}x,555 010 {i % 12:04d},2025-0{1 + i // 8}-07,5.00" for i in range(N)]
    rows += [f"R{N + i},{name},,2025-01-07,5.00" for i, name in enumerate(("Ann Away", "Bo Away", "Guest", ""))]
    tables = read_file("\n".join([f"Order ID,{head},Order date,Total", *rows]).encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    made = decisions(tables, guesses, recipe, standardise(tables, recipe))
    [one] = [one for one in made if one.subject == "customer"]
    for other in one.alternatives:
        assert other.fix is not None
        then = standardise(tables, apply_fix(recipe, other.fix)).cursor()
        n = then.execute("SELECT count(DISTINCT customer_id) FROM orders").fetchall()[0][0]
        assert other.effect["customers"] == n, (other.choice, n)


@pytest.mark.parametrize(
    ("headings", "invoice", "credit", "offer", "open_", "settled"),
    [
        ("Belegnr.,Kundennr.,Datum,Betrag,Belegart,Status", "Rechnung", "Gutschrift", "Angebot", "offen", "verrechnet"),
        ("单号,客户编号,日期,金额,单据类型,状态", "发票", "退款", "报价单", "未付款", "已冲抵"),
    ],
)  # fmt: skip
def test_papers_that_are_invoices_count_before_they_are_paid_and_are_marked(
    headings: str, invoice: str, credit: str, offer: str, open_: str, settled: str
) -> None:
    kinds = {5: (offer, open_), 6: (credit, settled), 7: (invoice, open_)}
    rows = [
        f"R{i},K{i % 9},2025-0{1 + i // 8}-07,{'-' if i % 8 == 6 else ''}20.00,{kind},{state}"
        for i in range(N)
        for kind, state in (kinds.get(i % 8, (invoice, "paid")),)
    ]
    made, standard, _ = judged("\n".join([headings, *rows]))
    (revenue,) = standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0]
    assert float(revenue) == N / 8 * (6 * 20 - 20)
    [one] = [one for one in made if one.subject == "unpaid"]
    assert one.is_guess and one.alternatives[0].effect["revenue"] == N / 8 * (5 * 20 - 20)
    assert not [one for one in made if one.is_question]


@pytest.mark.parametrize(
    ("booked", "arrives"),
    [
        ("Fecha reserva", "Entrada"), ("Buchungsdatum", "Anreise"), ("Booked on", "Check-in"), ("预订日期", "入住日期"),
        ("Date de réservation", "Arrivée"), ("Data prenotazione", "Arrivo"), ("予約日", "チェックイン日"),
        ("Date réservation", "Date leçon"), ("Booked on", "Lesson date"), ("预订日期", "上课日期"),
    ],
)  # fmt: skip
def test_the_day_of_a_stay_beside_that_of_the_booking_is_marked(booked: str, arrives: str) -> None:
    made, _, said = judged(lines(f"Nr,{booked},{arrives},Email,Total", "B{i},{day},{later},p{k}@example.com,{i}.50"))
    [one] = [one for one in made if one.subject == "date" and one.is_guess]
    assert {one.choice, *(other.choice for other in one.alternatives)} == {booked, arrives}
    assert not one.is_question and any(booked in line and arrives in line for line in said)


def test_a_day_alone_and_other_days_are_not() -> None:
    for other in ("Paid on", "Departure", "Due date", "Fecha de vencimiento"):
        made, *_ = judged(lines(f"Nr,Order date,{other},Email,Total", "B{i},{day},{later},p{k}@example.com,{i}.50"))
        assert not [one for one in made if one.subject == "date" and one.is_guess]


@pytest.mark.parametrize(
    "headings", ["Attendee #,Order ID,Order Date,Buyer Email,Total", "参加者番号,注文番号,注文日,購入者メール,金額"]
)
def test_who_takes_part_once_beside_who_bought_and_comes_back_is_asked(headings: str) -> None:
    made, *_ = judged(lines(headings, "3{i:04d},9{i:05d},{day},p{k}@example.com,{i}.50"))
    [one] = [one for one in made if one.subject == "customer"]
    buyer = headings.split(",")[3]
    assert one.choice == buyer or (one.is_question and buyer in [other.choice for other in one.alternatives])


def test_who_has_only_a_draft_in_another_currency_is_no_customer_of_this_one() -> None:
    text = lines("Invoice no,Customer ID,Date,Currency,Total,Status", "R{i},K{k},{day},CHF,20.00,paid")
    text += (
        "\nR900,E1,2025-03-01,EUR,50.00,paid\nR901,E1,2025-03-02,EUR,50.00,Draft\nR902,C9,2025-03-03,CHF,50.00,Draft"
    )
    with judged(text)[1].cursor() as cursor:
        assert cursor.sql("SELECT customer_id FROM customers").fetchall() == [("C9",)]


def test_which_of_debit_and_credit_was_sold_is_asked_where_no_word_says_it() -> None:
    head = "Ref,Date,Customer,Debit,Credit"
    text = "\n".join(
        [head, *(f"R{i},2025-01-{1 + i // 2:02d},K{i % 8}," + ("5.00," if i % 3 else ",7.00") for i in range(N))]
    )
    made, standard, said = judged(text)
    [one] = [one for one in made if one.subject == "worth"]
    assert one.is_question and one.choice == "Debit" and [other.choice for other in one.alternatives] == ["Credit"]
    assert (
        one.effect["revenue"] == 5.0 * standard.counts[0].kept and one.alternatives[0].effect["revenue"] == 7.0 * N / 3
    )
    assert any("Credit" in line for line in said)


@pytest.mark.parametrize("returns", [0, 3])
def test_words_that_say_the_side_leave_nothing_to_ask_but_returns_beside_are_said(returns: int) -> None:
    text = "\n".join(
        ["Ref,Date,Customer,Type,Debit,Credit"]
        + [
            f"R{i},2025-01-{1 + i // 2:02d},K{i % 8}," + ("Invoice,5.00," if i % 3 else "Receipt,,7.00")
            for i in range(N)
        ]
        + [f"C{i},2025-01-28,K{i},Credit note,,2.00" for i in range(returns)]
    )
    [one] = [one for one in judged(text)[0] if one.subject == "worth"]
    assert one.is_guess is bool(returns) and one.choice == "Debit"


def test_rows_of_a_day_that_count_as_one_order_are_said_with_the_other_reading() -> None:
    text = lines("Date,Customer,Amount", "{day},K{k},{i}.50")
    twice = text + "\n" + "\n".join(text.splitlines()[1:20])
    assert not [one for one in judged(text)[0] if one.subject == "order"]
    made, _, said = judged(twice)
    [one] = [one for one in made if one.subject == "order"]
    assert (one.choice, one.effect, one.alternatives[0].effect) == ("by_day", {"orders": N}, {"orders": N + 19})
    assert any(str(N + 19) in line for line in said) and one.alternatives[0].fix is not None
    tables = read_file(twice.encode(), name="x.csv")
    recipe = apply_fix(suggest_recipe(inspect(tables)), one.alternatives[0].fix)
    with standardise(tables, recipe).cursor() as cursor:
        assert cursor.execute("SELECT count(DISTINCT order_id) FROM orders").fetchone() == (N + 19,)
    assert not [
        one for one in decisions(tables, inspect(tables), recipe, standardise(tables, recipe)) if one.subject == "order"
    ]


def test_days_counted_up_to_the_last_sign_up_are_said() -> None:
    text = lines("Customer,Customer since,Total spent,Orders", "C{i},{day},{i}.50,{k}")
    assert "as_of_from_sign_ups" in {note.code for note in judged(text)[1].notes}
    told = lines("Customer,Customer since,Last order,Total spent,Orders", "C{i},{day},{later},{i}.50,{k}")
    assert "as_of_from_sign_ups" not in {note.code for note in judged(told)[1].notes}


def test_the_worth_of_rows_of_nobody_is_without_those_that_were_called_off() -> None:
    text = lines("Order ID,Customer ID,Order date,Total,Status", "R{i},K{k},{day},20.00,paid")
    rows = text.split("\n")
    rows[1:7] = [row.replace(f"K{i % 8}", "") for i, row in enumerate(rows[1:7])]
    rows[1:3] = [row.replace("paid", "Cancelled") for row in rows[1:3]]
    [said] = [line for line in judged("\n".join(rows))[2] if "no customer" in line]
    assert "6 rows" in said and "Worth 80" in said  # of four: two were cancelled


def test_a_state_that_a_person_leaves_out_is_left_out_whole() -> None:
    rows = [
        f"R{i},K{i % 8},2026-03-{i % 27 + 1:02d},20.00,{'Refunded' if i % 8 == 3 else 'Completed'},"
        f"{'17.00' if i % 8 == 3 else ''}"
        for i in range(N)
    ]
    tables = read_file("\n".join(["no,customer id,date,total,status,refunded", *rows]).encode(), name="x.csv")
    recipe = suggest_recipe(inspect(tables))

    def revenue(**cleaning: tuple[str, ...]) -> float:
        chosen = recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update=cleaning)})
        with standardise(tables, chosen).cursor() as cursor:
            return float(cursor.execute("SELECT sum(amount) FROM orders").fetchall()[0][0])

    sold, back = 42 * 20.0, 6 * 3.0
    assert revenue() == sold + back  # the charge that was kept
    assert revenue(excluded_states=("Refunded",)) == revenue(not_sold=("Refunded",)) == sold
