"""The quality report: each trap is found with its rows, money, example and fix; the score is its arithmetic."""

from __future__ import annotations

import functools
import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.figures import summary
from analysis.intake.judging.quality import accept, apply_fix, quality, quality_dict, with_accepted
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.recipe import Column, Recipe, Source
from analysis.study import read, suggest
from tests.thorough import examples
from tests.unsegmented import run_unsegmented
from texts import Translator

TODAY = date(2025, 1, 1)
NAMES = [
    ("id", "customer_id"), ("order", "order_id"), ("day", "order_date"), ("item", "product"), ("n", "quantity"),
    ("price", "unit_price"), ("paid", "amount"), ("state", "status"), ("way", "channel"), ("age", "age"),
    ("phone", "phone"),
]  # fmt: skip
GOOD = {
    "id": "c", "order": "o", "day": "2024-01-01", "item": "tea", "n": "1", "price": "5", "paid": "5", "state": "paid",
    "way": "Web", "age": "30", "phone": "13800138000",
}  # fmt: skip
RECIPE = Recipe(sources=(Source(kind="orders", columns=tuple(Column(name=n, role=r) for n, r in NAMES)),))


def table(*lines: dict[str, str], n: int = 0) -> str:
    """Write lines that differ from a good one, after ``n`` good ones, each with an order number of its own."""
    base = [{**GOOD, "id": f"g{i}", "order": f"g{i}"} for i in range(n)]
    rows = [*base, *({**GOOD, "order": f"x{i}", **line} for i, line in enumerate(lines))]
    names = [name for name, _ in NAMES]
    return "\n".join(",".join(row) for row in [names, *([row[name] for name in names] for row in rows)]) + "\n"


def report(text: str, recipe: Recipe = RECIPE, *, today: date = TODAY):
    return _report(text, recipe.model_dump_json(), today)


@functools.lru_cache(32)  # the same few tables are asked for many things
def _report(text: str, recipe: str, today: date):
    tables, choices = read_file(text.encode(), name="a.csv"), Recipe.model_validate_json(recipe)
    return quality(tables, inspect(tables), choices, standardise(tables, choices), today=today)


def found(text: str, code: str, recipe: Recipe = RECIPE):
    """Return the only finding of this kind."""
    [one] = [finding for finding in report(text, recipe).findings if finding.code == code]
    return one


TRAPS = {
    "no_customer": ({"id": "", "paid": "7"}, 1, 7.0),
    "no_date": ({"day": "", "paid": "7"}, 1, 7.0),
    "date_unreadable": ({"day": "soon", "paid": "7"}, 1, 7.0),
    "date_not_existing": ({"day": "2018-02-29", "paid": "7"}, 1, 7.0),
    "no_amount": ({"paid": ""}, 1, None),
    "amount_unreadable": ({"paid": "five"}, 1, None),
    "excluded_state": ({"state": "Refunded", "paid": "7"}, 1, 7.0),
    "test_orders": ({"item": "测试", "paid": "7"}, 1, 7.0),
    "zero_amounts": ({"paid": "0"}, 1, 0.0),
    "returns": ({"n": "-1", "paid": "-7"}, 1, -7.0),
    "state_guessed": ({"state": "Zustand 7", "paid": "7"}, 1, 7.0),
    "dates_future": ({"day": "2042-05-06", "paid": "7"}, 1, 7.0),
    "dates_old": ({"day": "1900-01-01", "paid": "7"}, 1, 7.0),
    "ages_impossible": ({"age": "180"}, 1, None),
    "category_variants": ({"way": "ＷＥＢ"}, 1, None),
}


@pytest.mark.parametrize("code", TRAPS)
def test_each_trap_is_found_with_its_rows_money_and_line(code: str) -> None:
    line, rows, money = TRAPS[code]
    one = found(table(line, n=5), code)
    assert (one.rows, one.money) == (rows, money)
    assert one.line in (None, 7)
    assert one.example


@pytest.mark.parametrize("code", TRAPS)
def test_one_row_is_told_as_one(code: str) -> None:
    one = found(table(TRAPS[code][0], n=5), code)
    said = Translator("en")(f"finding.{code}", **{"table": one.table, "column": one.column, **one.facts})
    assert re.search(r"\b1 (row|date|amount|value|age or birth) ", said), said


@pytest.mark.parametrize("code", TRAPS)
def test_a_clean_table_has_none_of_them(code: str) -> None:
    assert code not in [finding.code for finding in report(table(n=6)).findings]


@pytest.mark.parametrize("code", ["test_orders", "zero_amounts", "returns", "state_guessed"])
def test_a_fix_leaves_out_exactly_the_rows_that_it_named(code: str) -> None:
    text = table(TRAPS[code][0], n=5)
    before = report(text)
    one = next(finding for finding in before.findings if finding.code == code)
    after = report(text, apply_fix(RECIPE, one.fix))
    assert (before.kept - after.kept, sum(after.set_aside.values())) == (one.rows, one.rows)
    assert code not in [finding.code for finding in after.findings if finding.status == "open"]
    [undone] = [finding.undo for finding in after.findings if finding.undo is not None]
    assert report(text, apply_fix(apply_fix(RECIPE, one.fix), undone)).kept == before.kept


def test_copies_and_repeats_are_told_apart() -> None:
    same = {"order": "s", "paid": "7"}
    text = table(same, same, {**same, "way": "shop"}, n=3)
    copies, repeats = found(text, "duplicate_lines"), found(text, "repeated_lines")
    assert (copies.rows, copies.money, repeats.rows, repeats.money) == (1, 7.0, 2, 14.0)
    assert report(text, apply_fix(RECIPE, repeats.fix)).kept == 4
    only_copies = table(same, same, n=3)
    assert "repeated_lines" not in [finding.code for finding in report(only_copies).findings]


def test_a_total_on_every_line_of_its_order_counts_too_much() -> None:
    lines = [
        {"order": f"t{i}", "item": item, "price": price, "paid": "12"}
        for i in range(6)
        for item, price in (("tea", "5"), ("cup", "6"))  # and the way to the door, perhaps
    ]
    one = found(table(*lines, n=3), "order_totals_guessed")
    assert not one.ask
    assert (one.rows, one.money, one.facts["n"]) == (12, 72.0, 6)  # six orders of 12, each counted twice
    text = table(*lines, n=3)
    tables = read_file(text.encode(), name="a.csv")
    fixed = standardise(tables, apply_fix(RECIPE, one.fix))
    assert float(fixed.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0]) == 72 + 15


def test_equal_prices_of_lines_are_no_totals() -> None:
    lines = [{"order": f"t{i}", "item": item} for i in range(6) for item in ("tea", "cup")]
    assert "order_totals_guessed" not in [finding.code for finding in report(table(*lines, n=3)).findings]


def test_far_amounts_state_what_the_cap_takes() -> None:
    lines = [{"paid": str(10 + i % 5)} for i in range(40)]
    text = table(*lines, {"paid": "5000"})
    one = found(text, "outliers")
    tables = read_file(text.encode(), name="a.csv")

    def revenue(recipe: Recipe) -> float:
        return float(standardise(tables, recipe).cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0])

    assert one.rows == 1
    assert revenue(RECIPE) - revenue(apply_fix(RECIPE, one.fix)) == pytest.approx(one.money)


def test_days_and_months_undecided_are_asked_first() -> None:
    lines = [{"day": "03/04/2024"}, {"day": "05/06/2024"}, {"item": "test"}]
    first = report(table(*lines)).first[0]
    assert (first.code, first.ask) == ("date_order_undecided", True)
    assert apply_fix(RECIPE, first.fix).sources[0].columns[2].date_order == "mdy"


def test_years_of_two_digits_are_told() -> None:
    assert found(table({"day": "25/12/24"}, {"day": "26/12/24"}), "years_two_digits").rows == 2


def test_places_that_may_mean_the_same_are_suggested_and_merged_by_a_click() -> None:
    text = table({"way": "微信"}, {"way": "WeChat"}, {"way": "WeChat"})
    one = found(text, "category_synonyms")
    fixed = apply_fix(RECIPE, one.fix)
    assert found(text, "category_synonyms", fixed).status == "fixed"
    assert apply_fix(fixed, found(text, "category_synonyms", fixed).undo) == RECIPE


def test_future_dates_stand_high_because_they_move_every_figure() -> None:
    text = table({"day": "2042-05-06"}, *[{"item": "test"}] * 3, n=20)
    one = report(text).first[0]
    assert (one.code, one.fix.value) == ("dates_future", date(2024, 1, 2))
    assert found(text, "dates_future", apply_fix(RECIPE, one.fix)).status == "fixed"


def test_columns_that_say_nothing_are_suggested_to_be_ignored() -> None:
    codes = {finding.column: finding.code for finding in report(table(n=30)).findings}
    assert codes["way"] == "column_constant"
    text = table({"way": "shop"}, n=30).replace(",Web,", ",,")
    assert {finding.column: finding.code for finding in report(text).findings}["way"] == "column_almost_empty"


def test_members_gaps_repeats_and_births() -> None:
    text = "会员号,性别,出生年份,来源\n" + "".join(f"m{i},女,{1980 + i},网店\n" for i in range(8))
    text += "m1,男,1843,网店\n,男,1990,门店\nm9,,1843,门店\n"
    tables = read_file(text.encode(), name="m.csv")
    chosen = suggest(tables)
    judged = quality(tables, inspect(tables), chosen, standardise(tables, chosen), today=TODAY)
    rows = {finding.code: finding.rows for finding in judged.findings}
    assert rows == {"ages_impossible": 2, "duplicate_customer": 1, "member_without_id": 1, "gaps_category": 1}
    gaps = next(finding for finding in judged.findings if finding.code == "gaps_category")
    filled = standardise(tables, apply_fix(chosen, gaps.fix))
    assert filled.cursor().execute("SELECT gender FROM customers WHERE customer_id = 'm9'").fetchall() == [("unknown",)]


def test_a_wrong_guess_of_the_encoding_does_not_pass_silently() -> None:
    text = "会员号,付款日期,金额,渠道\n" + "".join(f"买{i % 5},2024-01-{i + 1:02d},{i + 3},网店\n" for i in range(20))
    wrong = read_file(text.encode("gb18030"), name="a.csv", encoding="mac_roman")
    names = ("customer_id", "order_date", "amount", "channel")
    columns = tuple(Column(name=name, role=role) for name, role in zip(wrong[0].columns, names, strict=True))
    chosen = Recipe(sources=(Source(kind="orders", columns=columns),))
    judged = quality(wrong, inspect(wrong), chosen, standardise(wrong, chosen), today=TODAY)
    [unsure] = [finding for finding in judged.findings if finding.code == "encoding_unsure"]
    assert unsure.facts["encoding"] == "mac_roman" and unsure.example
    assert unsure.readings[0].encoding == "gb18030" and {"渠道", "网店"} <= set(unsure.readings[0].sample)
    right = read_file(text.encode("gb18030"), name="a.csv")
    kept = suggest(right)
    judged = quality(right, inspect(right), kept, standardise(right, kept), today=TODAY)
    assert not [finding for finding in judged.findings if finding.code.startswith("encoding")]
    by_hand = Recipe(sources=(kept.sources[0].model_copy(update={"encoding": "gb18030"}),))
    judged = quality(right, inspect(right), by_hand, standardise(right, by_hand), today=TODAY)
    found = {finding.code: finding.status for finding in judged.findings if finding.code.startswith("encoding")}
    assert found == {"encoding_chosen": "fixed"}


def test_examples_never_show_personal_cells() -> None:
    lines = [{**line, "phone": "13912345678", "id": "13912345678"} for line, *_ in TRAPS.values()]
    text = json.dumps(
        quality_dict(report(table(*lines, n=5).replace("id,", "手机号,", 1), _phones())), ensure_ascii=False
    )
    assert "13912345678" not in text


def _phones() -> Recipe:
    source = RECIPE.sources[0]
    columns = tuple(c.model_copy(update={"name": "手机号"}) if c.name == "id" else c for c in source.columns)
    return Recipe(sources=(source.model_copy(update={"columns": columns}),))


def test_accepted_findings_come_last_and_change_no_figure() -> None:
    text = table({"item": "test"}, {"paid": "0"}, n=5)
    before = report(text)
    first = before.first[0]
    after = report(text, accept(RECIPE, first.id))
    assert first.id not in [finding.id for finding in after.first]
    assert after.findings[-1].id == first.id
    assert (after.kept, after.score) == (before.kept, before.score)
    assert with_accepted(before, (first.id,)).findings == after.findings


def test_score_by_hand() -> None:
    # 11 columns of 4 rows; the phone and the age lack one cell: completeness (9 + 2 x 0.75) / 11.
    # validity: dates 3/4 (one does not exist), quantity, price, amount 1, age 1: 4.75 / 5; one copy: uniqueness 3/4;
    # consistency: one of four ways is written otherwise: 3/4; the three dates that exist are timely: 1
    text = table(
        {"order": "s"}, {"order": "s"}, {"day": "2018-02-29", "age": "", "way": "Web"}, {"phone": "", "way": "web"}
    )
    judged = report(text)
    [only] = judged.tables
    expected = {
        "completeness": 10.5 / 11, "validity": 4.75 / 5, "uniqueness": 0.75, "consistency": 0.75, "timeliness": 1.0,
    }  # fmt: skip
    assert only.dimensions == pytest.approx(expected)
    assert judged.score == pytest.approx(100 * sum(expected.values()) / 5)


@examples(15)
@given(st.lists(st.sampled_from([line for line, *_ in TRAPS.values()]), min_size=1, max_size=12))
def test_rows_add_up_and_shares_are_shares(lines: list[dict[str, str]]) -> None:
    judged = report(table(*lines, n=3))
    assert judged.read == judged.kept + sum(judged.set_aside.values()) == len(lines) + 3
    assert 0 <= judged.score <= 100
    assert all(0 <= share <= 1 for one in judged.tables for share in one.dimensions.values())
    assert all(0 <= finding.rows <= judged.read for finding in judged.findings)
    assert len(judged.first) <= 10
    json.dumps(quality_dict(judged), allow_nan=False)


def test_summary_holds_the_report() -> None:
    tables = read_file(table({"item": "test"}, n=30).encode(), name="a.csv")
    held = summary(run_unsegmented(tables, RECIPE))["quality"]
    assert held["rows"]["read"] == 31
    assert "test_orders" in [finding["code"] for finding in held["findings"]]


def test_online_retail_findings(shared_data) -> None:
    path = shared_data / "online_retail" / "Online Retail.xlsx"
    if not path.exists():
        pytest.skip(f"no {path}")
    tables = read(path)
    chosen = suggest(tables)
    judged = quality(tables, inspect(tables), chosen, standardise(tables, chosen), today=TODAY)
    rows = {finding.code: finding.rows for finding in judged.findings}
    assert (rows["no_customer"], rows["returns"], rows["zero_amounts"]) == (135_080, 8_905, 40)
    assert rows["duplicate_lines"] == 5_225  # of the kept lines; 5,268 of all
    assert judged.first[0].code == "no_customer"


def judge(*texts: str):
    tables = [table for n, text in enumerate(texts) for table in read_file(text.encode(), name=f"{n}.csv")]
    chosen = suggest(tables)
    return tables, chosen, quality(tables, inspect(tables), chosen, standardise(tables, chosen), today=TODAY)


UNNAMED = "".join(f"x{i * 7 % 60:03d};2024-01-{i % 28 + 1:02d};{i + 3}.50\n" for i in range(120))


def test_a_customer_that_no_header_names_is_said_to_be_guessed() -> None:
    _, _, report = judge("ref;day;total\n" + UNNAMED)
    [guessed] = [finding for finding in report.findings if finding.code == "customer_guessed"]
    assert (guessed.column, guessed.rows, guessed.everyone, guessed.fix) == ("ref", 120, True, None)
    assert guessed.facts["n"] == 60 and guessed.example
    _, _, named = judge("customer id;day;total\n" + UNNAMED)
    assert "customer_guessed" not in [finding.code for finding in named.findings]


def test_a_table_that_repeats_another_is_in_the_report_whether_it_is_used_or_not() -> None:
    orders = "customer id,order date,amount\n" + "".join(f"k{i % 9},2024-01-{i % 28 + 1:02d},{i}\n" for i in range(40))
    part = "\n".join(orders.split("\n")[:21]) + "\n"
    tables, chosen, report = judge(orders, part)
    [repeats] = [finding for finding in report.findings if finding.code.startswith("table_repeats")]
    assert (repeats.code, repeats.status, repeats.table) == ("table_repeats", "fixed", "1.csv")
    assert (repeats.facts["other"], repeats.rows) == ("0.csv", 20)
    both = chosen.model_copy(update={"sources": chosen.sources[:1]})
    again = quality(tables, inspect(tables), both, standardise(tables, both), today=TODAY)
    [repeats] = [finding for finding in again.findings if finding.code.startswith("table_repeats")]
    assert (repeats.code, repeats.status) == ("table_repeats_used", "open")


def test_bytes_that_are_no_character_are_named_with_their_rows() -> None:
    rows = [f"买家{i % 7},2024-01-{i % 28 + 1:02d},{i + 3},龙井茶叶礼盒装网店自营".encode() for i in range(60)]
    rows[40] += b"\xff\xfe"
    content = "会员号,付款日期,金额,商品\n".encode() + b"\n".join(rows) + b"\n"
    tables = read_file(content, name="a.csv")
    chosen = suggest(tables)
    report = quality(tables, inspect(tables), chosen, standardise(tables, chosen), today=TODAY)
    [lost] = [finding for finding in report.findings if finding.code == "characters_lost"]
    assert (lost.rows, lost.line) == (1, 42) and "�" in (lost.example or "")
    assert (tables[0].encoding, report.read, report.kept) == ("utf-8", 60, 60)
