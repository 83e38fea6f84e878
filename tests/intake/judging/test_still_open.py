"""What came in so far, of bills with a discount of which a part is still owed: marked, with the bill as the other."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe

HEADS = {
    "单号,开单日期,客户名称,品名,数量,单价,金额,优惠,实收金额,欠款": ("实收金额", "金额", "欠款"),
    "Order no,Order date,Customer,Item,Qty,Unit price,Total,Discount,Amount received,Outstanding": (
        "Amount received", "Total", "Outstanding",
    ),
}  # fmt: skip


def lines(*, owed: bool) -> list[str]:
    rows = []
    for n in range(80):
        order, price, off = n // 2, 20 + n % 9, 5 if n % 3 == 0 else 0
        bill = 3 * price - off
        rest = bill if owed and order % 6 == 0 else 0
        day = f"2025-{order % 9 + 1:02d}-{order % 27 + 1:02d}"
        cells = (f"S{order:04d}", day, f"Firm {order % 12}", "cards", 3, price, 3 * price, off, bill - rest, rest)
        rows.append(",".join(map(str, cells)))
    return rows


def worth(head: str, *, owed: bool) -> list[Decision]:
    tables = read_file("\n".join([head, *lines(owed=owed)]).encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    found = decisions(tables, guesses, recipe, standardise(tables, recipe))
    return [one for one in found if one.subject == "worth" and one.is_guess]


@pytest.mark.parametrize("head", HEADS)
def test_what_came_in_so_far_is_marked_with_the_whole_bill_as_the_other_reading(head: str) -> None:
    paid, bill, rest = HEADS[head]
    [one] = worth(head, owed=True)
    assert (one.choice, one.is_question) == (paid, False)
    assert one.alternatives[0].choice == bill
    [said] = [note for note in one.evidence if note.code == "still_open"]
    assert said.facts == {"header": paid, "other": rest, "total": bill}


@pytest.mark.parametrize("head", HEADS)
def test_where_nothing_is_owed_nothing_is_marked(head: str) -> None:
    assert not worth(head, owed=False)
