"""Cleaning by choice: each step does what it says, and rows add up whatever is chosen."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import REASONS
from analysis.recipe import Cleaning, Column, Recipe, Source
from tests.intake.standard.worth.test_money import read as read_all
from tests.thorough import examples

NAMES = [
    ("id", "customer_id"), ("order", "order_id"), ("day", "order_date"), ("item", "product"), ("n", "quantity"),
    ("paid", "amount"), ("state", "status"), ("way", "channel"), ("age", "age"),
]  # fmt: skip
HEAD = ",".join(name for name, _ in NAMES) + "\n"
STEPS = {
    "returns": ("net", "set_aside"), "duplicate_lines": ("keep", "set_aside"), "repeated_lines": ("keep", "set_aside"),
    "test_orders": ("keep", "set_aside"), "zero_amounts": ("keep", "set_aside"), "outliers": ("keep", "cap"),
    "ages": ("keep", "blank"), "order_totals": ("each_line", "split"),
    "credit_numbers": ("auto", "sale"), "categories": ("merge", "keep"),
}  # fmt: skip


def recipe(**cleaning) -> Recipe:
    columns = tuple(Column(name=name, role=role) for name, role in NAMES)
    return Recipe(sources=(Source(kind="orders", columns=columns),), cleaning=Cleaning(**cleaning))


def standard(text: str, chosen: Recipe | None = None):
    return standardise(read_file((HEAD + text).encode(), name="a.csv"), chosen or recipe())


def column(found, name: str) -> list:
    return [row[0] for row in found.cursor().execute(f"SELECT {name} FROM orders ORDER BY line").fetchall()]


@pytest.mark.parametrize(
    ("line", "is_test"),
    [
        ("a,1,2024-01-01,Test item,1,5,paid,web,", True),
        ("a,1,2024-01-01,测试商品,1,5,paid,web,", True),
        ("a,1,2024-01-01,tea,1,5,demo,web,", True),
        ("test01,1,2024-01-01,tea,1,5,paid,web,", True),
        ("a,1,2024-01-01,tea,1,0.01,paid,web,", True),
        ("a,1,2024-01-01,latest fashion,1,5,paid,web,", False),
        ("a,1,2024-01-01,demonstration model,1,5,paid,web,", False),
        ("a,1,2024-01-01,tea,1,0.02,paid,web,", False),
    ],
)
def test_test_orders_are_told_by_words_of_their_own_and_a_cent(line: str, is_test: bool) -> None:
    text = f"{line}\nb,2,2024-01-02,tea,1,5,paid,web,\n"
    assert standard(text).counts[0].kept == 2
    reasons = standard(text, recipe(test_orders="set_aside")).counts[0].set_aside
    assert reasons == ({"test_order": 1} if is_test else {})


def test_lines_of_nothing_are_left_out_alone_when_asked() -> None:
    text = (
        "a,1,2024-01-01,tea,1,0,,,\na,2,2024-01-01,tea,0,5,,,\na,3,2024-01-01,tea,-1,5,,,\na,4,2024-01-01,tea,1,5,,,\n"
    )
    found = standard(text, recipe(zero_amounts="set_aside"))
    assert found.counts[0].set_aside == {"zero_amount": 2}
    assert column(found, "amount") == [Decimal(-5), Decimal(5)]


def test_a_repeated_line_agrees_in_order_article_quantity_and_amount() -> None:
    text = (
        "a,1,2024-01-01,tea,1,5,paid,web,\n"
        "a,1,2024-01-01,tea,1,5,paid,shop,\n"  # repeats, though no exact copy
        "a,1,2024-01-01,tea,2,5,paid,web,\n"
        "a,1,2024-01-01,cup,1,5,paid,web,\n"
        "a,2,2024-01-01,tea,1,5,paid,web,\n"
        "a,1,2024-01-01,tea,1,5,Refunded,web,\n"  # left out already, so it repeats nothing
    )
    found = standard(text, recipe(repeated_lines="set_aside"))
    assert found.counts[0].set_aside == {"repeated_line": 1, "excluded_state": 1}
    assert column(found, "line") == [2, 4, 5, 6]


def test_far_amounts_are_capped_and_what_that_takes_is_stated() -> None:
    text = "".join(f"c{i},{i},2024-01-01,tea,1,{10 + i % 5},paid,web,\n" for i in range(40))
    text += "x,99,2024-01-02,tea,1,5000,paid,web,\nx,98,2024-01-02,tea,-1,5000,paid,web,\n"
    kept, capped = standard(text), standard(text, recipe(outliers="cap"))
    assert kept.counts == capped.counts
    [note] = capped.notes
    cap = Decimal(str(round(note.facts["cap"], 6)))
    assert (note.code, note.facts["n"]) == ("amounts_capped", 2)
    assert column(capped, "amount")[-2:] == [cap, -cap]  # the return of a capped sale is capped alike
    assert note.facts["money"] == pytest.approx(float(sum(column(kept, "amount")) - sum(column(capped, "amount"))))


def test_a_total_on_every_line_is_shared_out_to_the_cent() -> None:
    text = "".join(f"a,1,2024-01-01,{item},1,10,,,\n" for item in ("tea", "cup", "pot")) + "b,2,2024-01-01,tea,1,4,,,\n"
    found = standard(text, recipe(order_totals="split"))
    amounts = column(found, "amount")
    assert (sum(amounts[:3]), amounts[3]) == (Decimal(10), Decimal(4))
    assert max(amounts[:3]) - min(amounts[:3]) <= Decimal("0.00001")
    assert [(note.code, note.facts["money"]) for note in found.notes] == [("order_totals_split", 20.0)]


def totals_on_lines(n_orders: int = 8) -> str:
    return "".join(
        f"c{n % 3},{n},2024-01-{n + 1:02d},{item},1,{20 + n},,,\n" for n in range(n_orders) for item in ("tea", "cup")
    )


def test_totals_on_every_line_beyond_doubt_are_shared_out_by_themselves() -> None:
    found = standard(totals_on_lines())
    assert sum(column(found, "amount")) == sum(20 + n for n in range(8))
    assert [(note.code, note.facts["money"]) for note in found.notes] == [("order_totals_split", 188.0)]
    each = standard(totals_on_lines(), recipe(order_totals="each_line"))
    assert sum(column(each, "amount")) == 2 * sum(20 + n for n in range(8))
    assert not each.notes


def test_totals_on_the_lines_of_few_orders_are_asked_about_and_counted_as_they_stand() -> None:
    found = standard(totals_on_lines(4))
    assert sum(column(found, "amount")) == 2 * sum(20 + n for n in range(4))
    assert [(note.code, note.level, note.facts["n"]) for note in found.notes] == [("order_totals_few", "ask", 4)]
    assert not standard(totals_on_lines(4), recipe(order_totals="each_line")).notes


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"c,{n},2024-01-{n + 1:02d},{item},1,5,,,\n" for n in range(8) for item in ("tea", "cup")),  # one price
        "".join(f"c,{n},2024-01-{n + 1:02d},tea,1,{n + 9},,,\n" for n in range(8) for _ in "ab"),  # the same article
        "".join(  # three of eight orders have lines of their own prices
            f"c,{n},2024-01-{n + 1:02d},{item},1,{20 + n + (item == 'cup' and n < 3)},,,\n"
            for n in range(8)
            for item in ("tea", "cup")
        ),
    ],
)
def test_equal_amounts_that_may_be_prices_are_left_alone(text: str) -> None:
    found = standard(text)
    assert "order_totals_split" not in [note.code for note in found.notes]
    assert sum(column(found, "amount")) == sum(Decimal(line.split(",")[5]) for line in text.split())


def test_impossible_ages_are_blanked_only_when_asked() -> None:
    text = "".join(f"c{i},{i},2024-01-01,tea,1,5,,,{age}\n" for i, age in enumerate((-1, 0, 110, 111)))
    assert column(standard(text), "age") == [-1, 0, 110, 111]
    assert column(standard(text, recipe(ages="blank")), "age") == [None, 0, 110, None]


def test_ways_of_writing_are_merged_unless_kept_apart() -> None:
    ways = ("Web", "Web", "ＷＥＢ", "未知")
    text = "".join(f"{i},{i},2024-01-01,tea,1,5,,{way},\n" for i, way in enumerate(ways))
    assert column(standard(text), "channel") == ["Web", "Web", "Web", None]
    assert column(standard(text, recipe(categories="keep")), "channel") == ["Web", "Web", "ＷＥＢ", None]


def own(role: str, **choices) -> Recipe:
    chosen = recipe()
    columns = tuple(
        column.model_copy(update=choices) if column.role == role else column for column in chosen.sources[0].columns
    )
    return chosen.model_copy(update={"sources": (chosen.sources[0].model_copy(update={"columns": columns}),)})


def test_words_for_nothing_are_those_of_the_column() -> None:
    text = "a,1,2024-01-01,tea,1,5,,none,999\nNA,2,2024-01-01,tea,1,5,,web,30\n"
    assert standard(text).counts[0].set_aside == {"no_customer": 1}
    assert column(standard(text, own("customer_id", nothing=("x",))), "customer_id") == ["a", "NA"]
    assert column(standard(text, own("age", nothing=("999",))), "age") == [None]
    assert column(standard(text, own("channel", nothing=("web",))), "channel") == ["none"]


def test_a_persons_merges_win() -> None:
    text = "a,1,2024-01-01,tea,1,5,,WeChat,\nb,2,2024-01-01,tea,1,5,,微信,\n"
    assert column(standard(text), "channel") == ["WeChat", "微信"]
    assert column(standard(text, own("channel", merges=(("WeChat", "微信"),))), "channel") == ["微信", "微信"]


MEMBERS = "id,age,gender,area\n1,200,男,NA\n2,,Male,EU\n3,30,M,AP\n4,40,女,\n5,,,EU\n"


def test_gaps_of_customers_are_filled_as_asked_and_only_then() -> None:
    def members(**missing) -> list[tuple]:
        names = {"id": "customer_id", "age": "age", "gender": "gender", "area": "extra"}
        columns = tuple(Column(name=n, role=r, missing=missing.get(n, "leave")) for n, r in names.items())
        chosen = Recipe(sources=(Source(kind="customers", columns=columns),), cleaning=Cleaning(ages="blank"))
        found = standardise(read_file(MEMBERS.encode(), name="m.csv"), chosen)
        return found.cursor().execute("SELECT age, gender, extra_0 FROM customers ORDER BY customer_id").fetchall()

    assert members() == [(None, "M", "NA"), (None, "M", "EU"), (30, "M", "AP"), (40, "女", None), (None, None, "EU")]
    filled = members(age="median", gender="most_frequent", area="unknown")
    assert filled == [(35, "M", "NA"), (35, "M", "EU"), (30, "M", "AP"), (40, "女", "unknown"), (35, "M", "EU")]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "", "test1"]), st.sampled_from(["1", "2", ""]),
        st.sampled_from(["2024-01-01", "2018-02-29", "", "soon"]), st.sampled_from(["tea", "测试", ""]),
        st.sampled_from(["1", "-1", "0", "x"]), st.sampled_from(["5", "0", "0.01", "-3", "", "many", "9999"]),
        st.sampled_from(["paid", "Refunded", ""]), st.sampled_from(["Web", "web", "-"]),
        st.sampled_from(["30", "200", ""]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@examples(20)
@given(LINES, st.fixed_dictionaries({step: st.sampled_from(options) for step, options in STEPS.items()}))
def test_rows_add_up_under_every_combination(lines: list[tuple], cleaning: dict[str, str]) -> None:
    ok = ("z", "9", "2024-01-01", "tea", "1", "5", "paid", "Web", "30")
    text = "".join(",".join(line) + "\n" for line in [*lines, ok, ("y", *ok[1:])])
    found = standard(text, recipe(**cleaning))
    [count] = found.counts
    assert count.read == len(lines) + 2 == count.kept + sum(count.set_aside.values())
    assert set(count.set_aside) <= set(REASONS)
    assert len(column(found, "line")) == count.kept
    aside = found.cursor().execute("SELECT count(*), count(DISTINCT line) FROM set_aside").fetchall()
    assert aside == [(count.read - count.kept,) * 2]


def test_every_combination_is_one_that_runs() -> None:
    text = (
        "a,1,2024-01-01,tea,1,5,paid,Web,30\na,1,2024-01-01,tea,1,5,paid,Web,30\nb,2,2024-01-02,测试,1,0,paid,web,200\n"
    )
    tables = read_file((HEAD + text).encode(), name="a.csv")
    for chosen in product(*(STEPS[step] for step in ("duplicate_lines", "repeated_lines", "outliers", "order_totals"))):
        cleaning = dict(zip(("duplicate_lines", "repeated_lines", "outliers", "order_totals"), chosen, strict=True))
        [count] = standardise(tables, recipe(**cleaning)).counts
        copies = sum(count.set_aside.values())
        assert copies == (1 if "set_aside" in chosen[:2] else 0)


def untold(price: str, day: str) -> str:
    """Return orders of one to three lines on which nothing says what was bought; ``o`` is the order, ``i`` the line."""
    rows = [
        f"C{o % 7},A{o:03},A{o:03}-{i},{day_of(day, o, i)},{50 + o if price == 'own' else (20, 35, 50)[o % 3]}"
        for o in range(60)
        for i in range(1 + o % 3)
    ]
    return "customer id,order id,ticket,order date,amount\n" + "\n".join(rows)


def day_of(day: str, o: int, i: int) -> str:
    return f"2024-0{1 + (o % 6) + (i if day == 'months' else 0)}-10"


@pytest.mark.parametrize(
    ("price", "day", "split"), [("own", "one", True), ("few", "one", False), ("own", "months", False)]
)
def test_totals_on_lines_that_nothing_tells_apart_are_those_of_one_moment_and_of_many_amounts(
    price: str, day: str, split: bool
) -> None:
    found = read_all(o=untold(price, day))[2]
    assert ("order_totals_split" in [note.code for note in found.notes]) == split
