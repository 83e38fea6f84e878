"""Lines that have numbers of their own, or none: which of them are one order, and whether each shows its total."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from analysis.figures import summary
from analysis.intake.fixes import apply_fix
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import suggest
from tests.unsegmented import run_unsegmented

HEADS = {
    "zh": "{}下单时间,买家,商品,实付金额\n",
    "en": "{}Date,Customer,Item,Total\n",
}
TOTALS = (150, 80, 300, 90, 120, 60, 210, 240, 75)
Number = Callable[[int, int], str]
LINES = (2, 1, 3, 1, 2, 1, 2, 2, 2)


def lines(
    number: Callable[[int, int], str],
    *,
    head: str = "en",
    name: str = "Sub-order",
    totals: Sequence[int] = TOTALS,
    own: bool = False,
) -> list[RawTable]:
    """Write an export of lines; ``number`` gives that of line ``i`` of order ``o``; ``own`` amounts of the lines."""
    rows = [
        f"{number(o, i)}2024-0{o % 6 + 1}-0{o + 1},c{o % 4},item {i},{total + 7 * i if own else total}\n"
        for o, (total, n) in enumerate(zip(totals, LINES, strict=False))
        for i in range(n)
    ]
    text = HEADS[head].format(f"{name}," if number(0, 0) else "") + "".join(rows)
    return read_file(text.encode(), name="a.csv")


def figures(tables: list[RawTable], recipe: Recipe | None = None) -> tuple[int, float]:
    found = standardise(tables, recipe or suggest(tables))
    orders, money = found.cursor().execute("SELECT count(DISTINCT order_id), sum(amount) FROM orders").fetchall()[0]
    return orders, float(money)


def behind(o: int, i: int) -> str:
    return f"{100000 + o}-{i + 1},"


def of_its_own(o: int, i: int) -> str:
    return f"{770000 + 37 * o + i},"


@pytest.mark.parametrize(
    ("number", "name", "head"),
    [
        (behind, "子订单号", "zh"),
        (of_its_own, "子订单编号", "zh"),
        (behind, "Order no", "en"),
        (of_its_own, "Order id", "en"),
        (lambda o, i: "", "", "en"),
    ],
)
def test_totals_on_lines_without_an_order_number_count_once_and_are_marked(
    number: Callable[[int, int], str], name: str, head: str
) -> None:
    tables = lines(number, head=head, name=name)
    assert figures(tables) == (len(TOTALS), sum(TOTALS))
    result = run_unsegmented(tables)
    [one] = [one for one in result.decisions if one.subject == "order"]
    assert one.is_guess and not one.is_question
    assert result.quality is not None
    assert one.id in {found.id for found in result.quality.findings if found.status == "open"}
    assert [guess["what"] for guess in summary(result)["guesses"]] == ["order"]
    fix = one.alternatives[0].fix
    assert fix is not None
    kept = apply_fix(suggest(tables), fix)
    assert figures(tables, kept) == (sum(LINES), sum(t * n for t, n in zip(TOTALS, LINES, strict=True)))


def test_totals_of_few_orders_that_only_a_moment_tells_are_asked_about() -> None:
    tables = lines(of_its_own, totals=TOTALS[:7])
    [one] = [one for one in run_unsegmented(tables).decisions if one.subject == "order"]
    assert one.is_question and figures(tables) == (7, sum(TOTALS[:7]))


def test_lines_with_amounts_of_their_own_stay_what_they_are() -> None:
    own = sum(t * n + 7 * sum(range(n)) for t, n in zip(TOTALS, LINES, strict=True))
    assert figures(lines(behind, own=True)) == (len(TOTALS), own)
    assert figures(lines(of_its_own, own=True)) == (sum(LINES), own)


@pytest.mark.parametrize(
    "rows",
    [
        # A month and a running number: invoices of a subscription, one each month.
        "".join(f"2024-{m},2024-0{m}-01,c{c},plan {m},{9 + c}\n" for c in range(6) for m in (1, 2, 3)),
        # Orders of one line each, whose numbers hold a sign.
        "".join(f"A-{n},2024-01-{n + 1:02d},c{n % 4},item,{n + 5}\n" for n in range(20)),
        # Tickets at one price, several on a day.
        "".join(f"{n},2024-01-{n // 2 + 1:02d},c{n // 2 % 4},item {n % 2},15\n" for n in range(20)),
    ],
)
def test_numbers_of_orders_stay_those_of_orders(rows: str) -> None:
    tables = read_file(("Order no,Date,Customer,Item,Total\n" + rows).encode(), name="a.csv")
    notes = standardise(tables, suggest(tables)).notes
    assert not {"sub_orders", "order_totals_split", "order_totals_few"} & {note.code for note in notes}


def test_an_answer_about_few_orders_changes_the_revenue() -> None:
    text = "Order no,Date,Customer,Item,Total\n" + "".join(
        f"{n},2024-01-{n + 1:02d},c{n % 2},{item},{20 + n}\n" for n in range(4) for item in ("tea", "cup")
    )
    tables = read_file(text.encode(), name="a.csv")
    recipe = suggest(tables)
    [one] = [one for one in run_unsegmented(tables, recipe).decisions if one.subject == "order_totals"]
    assert one.is_question and figures(tables) == (4, 2 * 86)
    fix = one.alternatives[0].fix
    assert fix is not None
    changed = apply_fix(recipe, fix)
    assert figures(tables, changed) == (4, 86)
    assert not [one for one in run_unsegmented(tables, changed).decisions if one.is_guess]


def with_refunds(back: Callable[[int, int, tuple[int, ...]], int | str], *, priced: bool = True) -> list[RawTable]:
    """Write orders of one to three lines with the order's total on each line, and what ``back`` says of a line."""
    heads = "Order no,Order date,Customer no,Product,Quantity,Price,Order total,Refunded\n"
    rows = ""
    for o in range(24):
        values = tuple(12 + o + 9 * i for i in range(1 + o % 3))
        rows += "".join(
            f"O{o},2024-0{1 + o % 6}-1{o % 9},C{o % 5},P{value},1,{value},{sum(values)},{back(o, i, values)}\n"
            for i, value in enumerate(values)
        )
    text = heads + rows
    if not priced:
        text = "\n".join(",".join(line.split(",")[:4] + line.split(",")[6:]) for line in text.splitlines())
    return read_file(text.encode(), name="a.csv")


SOLD = sum(12 + o + 9 * i for o in range(24) for i in range(1 + o % 3))


@pytest.mark.parametrize("priced", [True, False])
@pytest.mark.parametrize(
    ("back", "refunded"),
    [
        (lambda o, i, values: "", 0),
        (lambda o, i, values: values[i] if (o + i) % 3 == 0 else "",
         sum(12 + o + 9 * i for o in range(24) for i in range(1 + o % 3) if (o + i) % 3 == 0)),
        (lambda o, i, values: sum(values) if i == 0 and o % 4 == 0 else 0,
         sum(12 + o + 9 * i for o in range(0, 24, 4) for i in range(1 + o % 3))),
        (lambda o, i, values: sum(values) if o % 4 == 0 else "",
         sum(12 + o + 9 * i for o in range(0, 24, 4) for i in range(1 + o % 3))),
        (lambda o, i, values: 5 if o % 4 == 0 else "", 5 * 6),
    ],
    ids=("none", "of_a_line", "of_the_order_on_its_first_line", "of_the_order_on_each_line", "a_part_on_each_line"),
)  # fmt: skip
def test_a_total_on_every_line_counts_once_whatever_lines_were_refunded(
    back: Callable[[int, int, tuple[int, ...]], int | str], refunded: int, priced: bool
) -> None:
    assert figures(with_refunds(back, priced=priced)) == (24, SOLD - refunded)


def test_a_refund_of_each_line_is_no_refund_of_the_order_told_on_each_line() -> None:
    """Two lines with the same sum each: told of lines elsewhere, they are two; more than was paid, they are one."""

    def back(o: int, i: int, values: tuple[int, ...]) -> int | str:
        if o == 1:
            return 10
        return values[i] if i == 1 and o % 3 == 2 else ""

    others = sum(12 + o + 9 for o in range(2, 24, 3))
    assert figures(with_refunds(back)) == (24, SOLD - 20 - others)


def of_few_prices(*, priced: bool) -> list[RawTable]:
    """Write orders of one to three articles at three prices, so that many orders have the same total."""
    head, rows = "Order no,Order date,Customer no,Product,Order total", ""
    for o in range(60):
        values = [(20, 35, 50)[(o // 3 + i) % 3] for i in range(1 + o % 3)]
        for i, value in enumerate(values):
            rows += f"O{o},2024-0{1 + o % 6}-1{o % 9},C{o % 7},item {i},{sum(values)}{f',1,{value}' * priced}\n"
    return read_file(f"{head}{',Quantity,Price' * priced}\n{rows}".encode(), name="a.csv")


ONCE = sum(sum((20, 35, 50)[(o // 3 + i) % 3] for i in range(1 + o % 3)) for o in range(60))


def test_totals_to_which_the_lines_add_up_count_once_though_many_orders_have_the_same() -> None:
    tables = of_few_prices(priced=True)
    assert figures(tables) == (60, ONCE)
    assert not [one for one in run_unsegmented(tables).decisions if one.is_guess]


def test_amounts_that_may_be_totals_are_a_guess_with_the_other_reading() -> None:
    tables = of_few_prices(priced=False)
    recipe, result = suggest(tables), run_unsegmented(tables)
    [one] = [one for one in result.decisions if one.subject == "order_totals"]
    assert one.is_guess and not one.is_question and figures(tables)[1] > ONCE
    assert result.quality is not None
    assert one.id in {found.id for found in result.quality.findings if found.status == "open"}
    fix = one.alternatives[0].fix
    assert fix is not None and figures(tables, apply_fix(recipe, fix)) == (60, ONCE)
