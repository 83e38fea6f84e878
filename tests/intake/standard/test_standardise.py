"""Standard tables: every row kept or set aside with one reason, whatever the file looks like."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import REASONS
from analysis.recipe import Cleaning, Column, Recipe, Source
from analysis.study import suggest
from tests.thorough import examples

HEAD = "customer id,order id,order date,quantity,unit price,status\n"
COLUMNS = tuple(
    Column(name=name, role=role)
    for name, role in [
        ("customer id", "customer_id"), ("order id", "order_id"), ("order date", "order_date"), ("quantity",
        "quantity"),
        ("unit price", "unit_price"), ("status", "status"),
    ]
)  # fmt: skip


def recipe(**cleaning) -> Recipe:
    return Recipe(sources=(Source(kind="orders", columns=COLUMNS),), cleaning=Cleaning(**cleaning))


def standard(text: str, chosen: Recipe | None = None, name: str = "a.csv"):
    tables = read_file(text.encode(), name=name)
    return standardise(tables, chosen or recipe())


def rows(found, columns: str = "customer_id, order_id, order_time, amount, is_return") -> list[tuple]:
    return found.cursor().execute(f"SELECT {columns} FROM orders ORDER BY source, line").fetchall()


def test_each_line_by_hand() -> None:
    found = standard(
        HEAD
        + "a,1,2024-01-01,2,1.50,paid\n"  # 3.00
        + "a,2,2024-01-02,-1,1.50,paid\n"  # a return of 1.50
        + "a,3,2024-01-03,-2,-4,paid\n"  # both negative: a return of 8, never revenue
        + "a,4,2024-01-04,1,-3,paid\n"  # a return of 3
        + ",5,2024-01-05,1,1,paid\n"
        + "b,6,,1,1,paid\n"
        + "b,7,soon,1,1,paid\n"
        + "b,8,2024-01-08,1,1,Cancelled\n"
        + "b,9,2024-01-09,1,1,退款失败\n"
        + "b,10,2024-01-10,1,,paid\n"
        + "b,11,2024-01-11,1,cheap,paid\n"
        + "Total,,,9,9,\n"
    )
    [count] = found.counts
    assert count.set_aside == {
        "no_customer": 1, "no_date": 1, "date_unreadable": 1, "excluded_state": 1, "no_amount": 1,
        "amount_unreadable": 1, "total_row": 1,
    }  # fmt: skip
    assert (count.read, count.kept) == (12, 5)
    assert [(line[1], line[3], line[4]) for line in rows(found)] == [
        ("1", Decimal(3), False), ("2", Decimal("-1.5"), True), ("3", Decimal(-8), True), ("4", Decimal(-3), True),
        ("9", Decimal(1), False),
    ]  # fmt: skip


def test_who_bought_without_being_known_is_no_customer() -> None:
    names = ("Guest", "WALK-IN", "散客", "匿名用户", "(not set)", "Cash Sale")
    text = HEAD + "".join(f"{name},{n},2024-01-02,1,9,paid\n" for n, name in enumerate(names))
    found = standard(text + "Guesthouse Anna,8,2024-01-02,1,9,paid\nCash Converters,9,2024-01-02,1,9,paid\n")
    assert found.counts[0].set_aside == {"no_customer": len(names)}
    assert [row[0] for row in rows(found)] == ["Guesthouse Anna", "Cash Converters"]


def test_returns_set_aside_leaves_only_sales() -> None:
    text = (
        HEAD
        + "a,1,2024-01-01,2,1,\na,2,2024-01-01,-2,1,\na,3,2024-01-01,-2,-1,\na,4,2024-01-01,2,0,\na,5,2024-01-01,0,2,\n"
    )
    found = standard(text, recipe(returns="set_aside"))
    assert found.counts[0].set_aside == {"return": 2, "zero_amount": 2}
    assert [line[3] for line in rows(found)] == [Decimal(2)]


def test_duplicate_lines_are_reported_and_kept_unless_told_otherwise() -> None:
    text = HEAD + "a,1,2024-01-01,2,1,paid\n" * 3 + "a,1,2024-01-01,2,1,shipped\n"
    kept = standard(text)
    assert (kept.counts[0].kept, [(n.code, n.facts["n"]) for n in kept.notes]) == (4, [("duplicate_lines", 2)])
    aside = standard(text, recipe(duplicate_lines="set_aside"))
    assert (aside.counts[0].kept, aside.counts[0].set_aside) == (2, {"duplicate_line": 2})
    lines = aside.cursor().execute("SELECT line FROM set_aside ORDER BY line").fetchall()
    assert lines == [(3,), (4,)]


def test_states_to_leave_out_can_be_chosen_or_none() -> None:
    text = HEAD + "a,1,2024-01-01,2,1,Cancelled\na,2,2024-01-01,2,1, on  hold \na,3,2024-01-01,2,1,paid\n"
    assert standard(text).counts[0].kept == 1, "what is on hold is not sold yet"
    assert standard(text, recipe(excluded_states=())).counts[0].kept == 3
    assert standard(text, recipe(excluded_states=("on hold",))).counts[0].set_aside == {"excluded_state": 1}


def test_without_an_order_number_the_time_or_the_day_makes_the_order() -> None:
    head = "customer id,order date,amount\n"
    columns = tuple(Column(name=name, role=name.replace(" ", "_")) for name in ("customer id", "order date", "amount"))
    chosen = Recipe(sources=(Source(kind="orders", columns=columns),))
    days = standard(head + "a,2024-01-01,1\na,2024-01-01,2\na,2024-01-02,1\nb,2024-01-01,1\n", chosen)
    assert (days.has_time, len({line[1] for line in rows(days)})) == (False, 3)
    times = standard(
        head + "a,2024-01-01 10:00,1\na,2024-01-01 10:00,2\na,2024-01-01 11:00,1\nb,2024-01-01 10:00,1\n", chosen
    )
    assert (times.has_time, len({line[1] for line in rows(times)})) == (True, 3)


def test_a_total_word_in_an_ordinary_line_is_no_total_row() -> None:
    found = standard(
        "status,customer id,order id,order date,quantity,unit price\nTotal,a,1,2024-01-01,1,2\n合计,,,,9,9\n"
    )
    assert (found.counts[0].kept, found.counts[0].set_aside) == (1, {"total_row": 1})


def test_a_product_too_large_for_money_sets_one_line_aside() -> None:
    found = standard(
        HEAD + "a,1,2024-01-01,999999999999,999999999999,\na,2,2024-01-01,99999999999999,1,\na,3,2024-01-01,1,2,\n"
    )
    assert (found.counts[0].kept, found.counts[0].set_aside) == (1, {"amount_unreadable": 2})


def test_a_longer_record_is_set_aside_with_its_line() -> None:
    found = standard(HEAD + "a,1,2024-01-01,2,1,x\na,2,2024-01-01,2,1,x,y,z\na,3,2024-01-01,2,1,x\n")
    assert (found.counts[0].read, found.counts[0].kept, found.counts[0].set_aside) == (3, 2, {"too_many_fields": 1})
    assert found.cursor().execute("SELECT line, reason FROM set_aside").fetchall() == [(3, "too_many_fields")]


CELLS = st.sampled_from(
    [
        "",
        "a",
        "b",
        "1",
        "2",
        "-3",
        "0",
        "1.5",
        "x,y",
        "2024-01-01",
        "2024-02-30",
        "45000",
        "Total",
        "NULL",
        "退款成功",
        "1e30",
        "5%",
    ]
)


@examples(15)
@given(
    st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=12),
    st.sampled_from(["net", "set_aside"]),
    st.sampled_from(["keep", "set_aside"]),
)
def test_rows_read_are_rows_kept_and_rows_set_aside_for_any_table(table, returns, duplicates) -> None:
    text = HEAD + "good,g,2024-05-05,1,1,\n" + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in table)
    found = standard(text, recipe(returns=returns, duplicate_lines=duplicates))
    [count] = found.counts
    n_aside = found.cursor().execute("SELECT count(*), count(DISTINCT line) FROM set_aside").fetchall()[0]
    n_kept = found.cursor().execute("SELECT count(*) FROM orders").fetchall()[0][0]
    assert count.read == 1 + sum(any(row) for row in table) == count.kept + sum(count.set_aside.values())
    assert (n_kept, n_aside) == (count.kept, (sum(count.set_aside.values()),) * 2)
    assert set(count.set_aside) <= set(REASONS)
    assert all(amount <= 0 for *_, amount, is_return in rows(found) if is_return)


NAMES = ["王小明", "李雷", "韩梅梅", "张三", "李四"]


def dirty(lines, *, encoding: str, delimiter: str, day: str, banner: int, comma: bool, kind: str) -> bytes:
    def money(value: Decimal) -> str:
        text = f"{value:,.2f}"
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    table = [["会员号", "下单日期", "实付金额"], *([who, when.strftime(day), money(paid)] for who, when, paid in lines)]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [["销售明细"]] * banner + [[]] * bool(banner) + table:
            book.active.append(row)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()
    head = "销售明细\n" * banner + "\n" * bool(banner)
    return (head + "".join(delimiter.join(f'"{c}"' for c in row) + "\r\n" for row in table)).encode(encoding)


@examples(15)
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.dates(date(2021, 1, 1), date(2024, 12, 31)),
            st.decimals(1, 99999, places=2),
        ),
        min_size=12,
        max_size=30,
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    day=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%d.%m.%Y", "%Y%m%d"]),
    banner=st.integers(0, 3),
    comma=st.booleans(),
    kind=st.sampled_from(["csv", "csv", "xlsx"]),
)
def test_a_clean_table_written_in_any_dirty_way_comes_back(
    lines, encoding, delimiter, day, banner, comma, kind
) -> None:
    lines = [*lines, ("王小明", date(2024, 5, 25), Decimal("1234.56")), ("李雷", date(2024, 5, 25), Decimal("1234.56"))]
    content = dirty(lines, encoding=encoding, delimiter=delimiter, day=day, banner=banner, comma=comma, kind=kind)
    tables = read_file(content, name="till.csv")
    found = standardise(tables, suggest(tables))
    assert found.counts[0].set_aside == {}
    assert [(who, when.date(), paid) for who, _, when, paid, _ in rows(found)] == lines


def test_next_month_files_find_their_source_and_an_ignored_one_takes_nothing() -> None:
    orders = "customer id,order date,amount\n" + "".join(f"c{i % 5},2024-01-{i + 1:02d},{i}.5\n" for i in range(20))
    notes = "topic,text,who,when written,mood\n" + "".join(f"t{i},x{i},w{i},then,ok\n" for i in range(5))
    first = [*read_file(orders.encode(), name="jan.csv"), *read_file(notes.encode(), name="notes_jan.csv")]
    chosen = suggest(first)
    assert [source.kind for source in chosen.sources] == ["orders", "ignore"]
    later = [*read_file(orders.encode(), name="feb.csv"), *read_file(notes.encode(), name="notes_feb.csv")]
    assert [(c.table, c.kind, c.kept) for c in standardise(later, chosen).counts] == [
        ("feb.csv", "orders", 20), ("notes_feb.csv", "ignore", 0),
    ]  # fmt: skip
    with pytest.raises(AnalysisError, match="source_missing"):
        standardise(read_file(notes.encode(), name="notes.csv"), chosen)


def test_a_column_that_the_recipe_misspells_or_the_file_lost_is_named_with_the_one_that_was_meant() -> None:
    orders = "customer id,order date,amount,city\n" + "".join(
        f"c{i % 5},2024-01-{i + 1:02d},{i}.5,X\n" for i in range(9)
    )
    members = "customer id,birthday\n" + "".join(f"c{i},1990-01-0{i + 1}\n" for i in range(5))
    tables = [*read_file(orders.encode(), name="jan.csv"), *read_file(members.encode(), name="members.csv")]
    chosen = suggest(tables)
    for renamed, columns, nearest in (
        ({"amount": "amuont"}, "amount", "amuont"),
        ({"amount": "Amount", "order date": "day"}, "order date, amount", None),
    ):
        text = orders
        for old, new in renamed.items():
            text = text.replace(old, new)
        with pytest.raises(AnalysisError, match="source_column_missing") as refused:
            standardise([*read_file(text.encode(), name="feb.csv"), tables[1]], chosen)
        assert (refused.value.facts["columns"], refused.value.facts["table"]) == (columns, "feb.csv")
        assert refused.value.nearest == nearest or nearest is None
        assert "customer id" not in refused.value.facts["known"]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("role_unknown", (*COLUMNS[:5], Column(name="status", role="custmer"))),
        ("role_twice", (*COLUMNS[:5], Column(name="status", role="customer_id"))),
        ("no_customer_column", COLUMNS[1:]),
        ("no_date_column", (COLUMNS[0], *COLUMNS[3:])),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(code: str, columns: tuple[Column, ...]) -> None:
    chosen = Recipe(sources=(Source(kind="orders", columns=columns),))
    with pytest.raises(AnalysisError, match=code):
        standard(HEAD + "a,1,2024-01-01,2,1,x\n", chosen)


def test_dates_that_cannot_be_read_and_rows_that_all_fall_away_are_refused() -> None:
    with pytest.raises(AnalysisError, match="dates_unreadable"):
        standard(HEAD + "a,1,soon,2,1,x\nb,2,later,2,1,x\n")
    with pytest.raises(AnalysisError, match="nothing_kept"):
        standard(HEAD + ",1,2024-01-01,2,1,x\n")


def test_dates_that_can_be_read_both_ways_are_asked_about() -> None:
    found = standard(HEAD + "a,1,03/04/2024,2,1,x\nb,2,05/06/2024,2,1,x\n")
    assert [(note.code, note.level, note.facts["n"]) for note in found.notes] == [("date_order_undecided", "ask", 2)]
    chosen = recipe().sources[0].columns
    fixed = tuple(c.model_copy(update={"date_order": "mdy"}) if c.role == "order_date" else c for c in chosen)
    found = standard(HEAD + "a,1,03/04/2024,2,1,x\n", Recipe(sources=(Source(kind="orders", columns=fixed),)))
    assert rows(found)[0][2] == datetime(2024, 3, 4)
    assert found.notes == ()
