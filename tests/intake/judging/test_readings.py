"""What is offered beside the reading taken is another figure, and the one that comes out when it is chosen."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import CleaningFix, apply_fix
from analysis.intake.judging.readings.sensible import sensible
from analysis.intake.meaning.words import words_of
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import with_lines
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.notes import Note
from tests.intake.judging.test_said_of_orders import judged
from tests.intake.judging.test_what_rows_lead_to import after, revenue_of

N = 40


def orders_of_lines(head: str, several: int) -> str:
    """Write orders of two lines (the first ``several``) and of one, each line with its sum and its order's total."""
    rows = []
    for i in range(N):
        sums = [5.5 + i, 8.25 + i][: 2 if i < several else 1]
        total = sum(sums) + 4
        rows += [f"R{i},C{i % 7},2025-03-{1 + i % 28:02d},P{(i + j) % 5},{one},{total}" for j, one in enumerate(sums)]
    return "\n".join([head, *rows])


@pytest.mark.parametrize("several", [2, 20])
@pytest.mark.parametrize(
    "head",
    [
        "订单号,客户编号,下单时间,商品名称,小计,订单总金额",
        "注文番号,顧客,注文日,商品名,小計,請求金額",
        "Bestellnr,Kunde,Datum,Artikel,Positionsbetrag,Bestellsumme",
    ],
)
def test_the_total_of_an_order_on_each_of_its_lines_is_offered_with_what_it_gives_once(head: str, several: int) -> None:
    text = orders_of_lines(head, several)
    made, standard, _ = judged(text)
    once = {row.split(",")[0]: float(row.split(",")[5]) for row in text.splitlines()[1:]}
    [one] = [one for one in made if one.subject == "worth"]
    other = next(other for other in one.alternatives if other.choice == head.split(",")[5])
    assert one.is_guess and one.effect["revenue"] == pytest.approx(revenue_of(standard))
    assert other.effect["revenue"] == pytest.approx(sum(once.values())) == pytest.approx(after(text, other.fix))


def test_a_total_that_is_the_sum_of_its_lines_is_no_other_reading() -> None:
    text = orders_of_lines("订单号,客户编号,下单时间,商品名称,小计,订单总金额", 20)
    rows = [row.split(",") for row in text.splitlines()]
    text = "\n".join(",".join([*row[:5], f"{float(row[5]) - 4}" if at else row[5]]) for at, row in enumerate(rows))
    assert not [one for one in judged(text)[0] if one.is_guess]


def test_many_parts_that_make_up_a_total_in_all_rows_are_not_offered() -> None:
    rows = []
    for i in range(N):
        parts = [100.0 + 7 * i, i % 3 * 12.5, i % 4 * 8.0, i % 5 * 3.0, i % 6 * 2.5, i % 7 * 1.25]
        rows.append(f"R{i},C{i % 9},2025-03-{1 + i % 28:02d},{','.join(map(str, parts))},{sum(parts) - 2 * parts[-1]}")
    head = "单号,客户编号,日期,房费,早餐,小酒吧,停车,洗衣,会员立减,合计金额"
    assert not [one for one in judged("\n".join([head, *rows]))[0] if one.is_guess]


@pytest.mark.parametrize(("money", "kept"), [(-20.0, 0), (0.4, 0), (100.0, 0), (55.0, 1)])
def test_what_would_leave_nothing_or_the_same_is_no_reading(money: float, kept: int) -> None:
    doubt = Note("money_beside", {"header": "Total", "other": "Kiosk", "n": 3})
    other = Alternative("Kiosk", {"revenue": money})
    one = sensible(Decision("worth", "Total", "middle", (doubt,), {"revenue": 100.0}, (other,), "guessed"))
    assert (len(one.alternatives), len(one.evidence), one.is_guess) == (kept, kept, bool(kept))


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Kunde,Datum,Betrag,Uhrzeit", "{clock}"),
        ("Kunde,Datum,Betrag,Uhrzeit,Artikel", "{clock},Tee"),
        ("会员,日期,金额,流水,商品", "{slip},茶"),
        ("Customer,Date,Amount,Seq,Item", "{slip},Tea"),
    ],
)
def test_a_column_that_tells_the_orders_of_a_day_apart_is_offered_with_their_number(head: str, cells: str) -> None:
    rows = []
    for i in range(N):
        told = cells.format(clock=f"{9 + i % 2 * 6}:{10 + i // 4}", slip=1000 + i // 2 * 2 + i % 2)
        rows += [f"C{i // 2 % 7},2025-03-{1 + i // 2:02d},{5 + i + j}.50,{told}" for j in range(2)]
    text = "\n".join([head, *rows])
    made, *_ = judged(text)
    [one] = [one for one in made if one.subject == "order"]
    other = one.alternatives[0]
    assert one.is_guess and (one.choice, other.choice, other.effect["orders"]) == ("by_day", head.split(",")[3], N)
    assert one.effect["orders"] == N // 2 and other.fix is not None
    tables = read_file(text.encode(), name="x.csv")
    counted = standardise(tables, apply_fix(suggest_recipe(inspect(tables)), other.fix)).cursor()
    assert counted.execute("SELECT count(DISTINCT order_id) FROM orders").fetchall() == [(N,)]


def test_lines_that_nothing_tells_apart_are_one_order_a_day_without_a_mark() -> None:
    rows = [f"C{i // 2 % 7},2025-03-{1 + i // 2:02d},{5 + i}.50,Tea {i % 3},{1 + i}" for i in range(N)]
    made, *_ = judged("\n".join(["Customer,Date,Amount,Item,No", *rows]))
    assert not [one for one in made if one.is_guess]


@pytest.mark.parametrize(
    ("head", "done", "booked", "planned"),
    [
        ("Appointment,Client,Visit date,Price,Status", "Completed", "Booked", 1),
        ("预约号,顾客,到店时间,项目金额,状态", "已完成", "已预约", 1),
        ("Termin-Nr,Kunde,Termin,Preis,Status", "erledigt", "gebucht", 1),
        ("Order,Customer,Order date,Total,Status", "Completed", "Booked", 0),  # the last orders are under way
    ],
)
@pytest.mark.parametrize("ahead", [True, False])
def test_visits_that_lie_ahead_are_not_sold_yet_and_are_marked_with_their_money(
    head: str, done: str, booked: str, planned: int, ahead: bool
) -> None:
    late = [i >= 34 if ahead else i % 6 == 2 for i in range(N)]
    rows = [
        f"A{i},C{i % 9},2025-{3 + i // 20:02d}-{1 + i % 20:02d},{30 + i}.00,{'@' if late[i] else done}"
        for i in range(N)
    ]
    text = "\n".join([head, *rows]).replace("@", booked)
    made, standard, _ = judged(text)
    found = [one for one in made if one.is_guess]
    assert len(found) == planned * ahead
    for one in found:
        [other] = one.alternatives
        money = sum(30 + i for i in range(N) if late[i])
        assert (one.subject, one.evidence[0].facts["money"]) == ("left_out", money)
        assert after(text, other.fix) == other.effect["revenue"] == revenue_of(standard) + money


@pytest.mark.parametrize(("every", "marked"), [(6, True), (20, False)])
def test_many_rows_without_a_date_are_marked_with_their_money_and_other_dates(every: int, marked: bool) -> None:
    rows = []
    for i in range(N):
        day = "" if i % every == 2 else f"2025-03-{1 + i * 7 % 27:02d}"
        rows.append(f"R{i},C{i % 9},{day},{5 + i}.50,2025-04-{1 + i * 5 % 27:02d}")
    text = "\n".join(["订单号,客户,下单日期,金额,发货日期", *rows])
    made, standard, said = judged(text)
    found = [one for one in made if one.is_guess]
    assert len(found) == marked
    for one in found:
        lost = sum(5.5 + i for i in range(N) if i % every == 2)
        assert one.evidence[0].facts == {"header": "下单日期", "n": 7, "money": lost}
        assert [other.choice for other in one.alternatives] == ["发货日期"]
        assert after(text, one.alternatives[0].fix) == revenue_of(standard) + lost
        assert any("下单日期" in line and "7" in line for line in said)


def test_what_a_room_was_charged_beside_is_offered_in_whole_money_too() -> None:
    rows = [f"H{i},客{i % 9},2025-03-{1 + i % 27:02d},{200 + 7 * i},{i % 4 * 35}" for i in range(N)]
    text = "\n".join(["订单号,客人姓名,入住日期,房费总额,其他消费", *rows])
    made, standard, _ = judged(text)
    [one] = [one for one in made if one.is_guess]
    [other] = one.alternatives
    assert (one.choice, other.choice) == ("房费总额", "房费总额 + 其他消费")
    assert other.effect["revenue"] == after(text, other.fix) == revenue_of(standard) + sum(i % 4 * 35 for i in range(N))


def test_states_that_nobody_knows_are_answered_word_by_word() -> None:
    states = ["已完成", "已完成", "阶段甲", "阶段乙", "已完成"]
    rows = [f"R{i},C{i % 7},2025-03-{1 + i % 27:02d},{10 + i}.00,{states[i % 5]}" for i in range(N)]
    text = "\n".join(["订单号,客户编号,下单日期,金额,状态", *rows])
    made, standard, said = judged(text)
    [one] = [one for one in made if one.subject == "state"]
    money = {word: sum(10 + i for i in range(N) if states[i % 5] == word) for word in ("阶段甲", "阶段乙")}
    assert [other.choice for other in one.alternatives] == ["阶段乙", "阶段甲", "not_sold"]
    for other, gone in zip(one.alternatives, (money["阶段乙"], money["阶段甲"], sum(money.values())), strict=True):
        assert after(text, other.fix) == other.effect["revenue"] == revenue_of(standard) - gone
    lines = [line for line in said if line.startswith("cleaning.not_sold")]
    assert lines == ['cleaning.not_sold["阶段乙"]: true', 'cleaning.not_sold["阶段甲"]: true']
    both = with_lines(dict.fromkeys((line.split(": ")[0] for line in lines), True))["cleaning"]["not_sold"]
    assert after(text, CleaningFix(field="not_sold", value=tuple(both))) == revenue_of(standard) - sum(money.values())


def test_examples_of_two_dates_are_of_a_row_in_which_they_differ() -> None:
    rows = [f"B{i},客{i % 9},2025-03-{1 + i % 20:02d},2025-03-{1 + i % 20 + i % 3:02d},{100 + i}" for i in range(N)]
    made, *_ = judged("\n".join(["订单号,客人姓名,预订日期,入住日期,实付金额", *rows]))
    [one] = [one for one in made if one.subject == "date"]
    assert one.effect["example"] != one.alternatives[0].effect["example"]


def test_a_reading_that_takes_returns_along_is_offered_with_what_it_gives() -> None:
    """Leaving out an unpaid invoice leaves out the credit note over it as well."""
    rows = [
        f"R{i},C{i % 9},2025-03-{1 + i % 20:02d},{100 + i}.00,{'offen' if i % 5 == 2 else 'bezahlt'}" for i in range(N)
    ]
    rows.append("R7,C7,2025-03-25,-107.00,bezahlt")
    text = "\n".join(["Rechnungsnr,Kunde,Rechnungsdatum,Betrag,Status", *rows])
    made, standard, _ = judged(text)
    [one] = [one for one in made if one.subject == "unpaid"]
    other = one.alternatives[0]
    unpaid = sum(100 + i for i in range(N) if i % 5 == 2)
    assert after(text, other.fix) == other.effect["revenue"] == revenue_of(standard) - unpaid + 107


def test_refunds_beside_another_amount_are_taken_off_as_a_run_does_and_orders_can_be_counted_alone() -> None:
    rows = [
        f"O{i},1380000{i % 9:04d},2025-03-{1 + i % 27:02d},{20 + i}.00,{30 + i}.00,{20 + i if i % 8 == 3 else 0}.00,"
        f"{'已退款' if i % 8 == 3 else '已完成'},5.00"
        for i in range(N)
    ]
    text = "\n".join(["订单编号,顾客电话,下单时间,顾客实付,菜品原价,退款金额,订单状态,平台补贴", *rows])
    [one] = [one for one in judged(text)[0] if one.subject == "worth" and one.is_guess]
    for other in one.alternatives:
        if other.choice == "counted":
            tables = read_file(text.encode(), name="x.csv")
            assert other.fix is not None
            counted = standardise(tables, apply_fix(suggest_recipe(inspect(tables)), other.fix)).cursor()
            assert counted.execute("SELECT sum(amount) FROM orders").fetchall() == [(None,)]
        else:
            assert after(text, other.fix) == pytest.approx(other.effect["revenue"])
    assert {"菜品原价", "counted"} <= {other.choice for other in one.alternatives}


def test_kinds_of_rows_that_nobody_knows_are_answered_word_by_word() -> None:
    kinds = ["Rechnung", "Rechnung", "Vorgang Q", "Vorgang W", "Rechnung"]
    rows = [f"R{i},{kinds[i % 5]},C{i % 7},2025-03-{1 + i % 27:02d},{10 + i}.00" for i in range(N)]
    text = "\n".join(["Belegnr,Belegart,Kunde,Datum,Betrag", *rows])
    made, standard, _ = judged(text)
    [one] = [one for one in made if one.subject == "row_type"]
    assert [other.choice for other in one.alternatives][:2] == ["Vorgang W", "Vorgang Q"]
    for other in one.alternatives:
        assert after(text, other.fix) == other.effect["revenue"] < revenue_of(standard)


@pytest.mark.parametrize(("word", "meaning"), [("赊销", "sale"), ("现销", "sale"), ("还款", "payment")])
def test_sales_on_credit_and_what_is_paid_for_them_later_are_known(word: str, meaning: str) -> None:
    assert words_of("row_types").meaning(word) == meaning
