"""Personal data is found by headings, check characters, forms and words, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.personal import find_personal, personal_column, sensitive_by_header
from tests.intake.suggesting.planted import EN, NOBODYS, ZH, Column, planted

CHECKED = {"id_number", "bank_card"}
CALLED = {"phone", "landline", "email"}
SAME = {frozenset(("phone", "landline"))}


def _found(columns: tuple[Column, ...]) -> list[tuple[str, str | None, str | None]]:
    return [
        (one.header, one.kind, found.kind if (found := personal_column(one.header, one.cells)) else None)
        for one in planted(columns)
    ]


def _is_right(kind: str | None, said: str | None) -> bool:
    return kind == said or frozenset((kind, said)) in SAME


@pytest.mark.parametrize("columns", [ZH, EN], ids=["zh", "en"])
def test_of_forty_planted_columns_nearly_all_are_found(columns: tuple[Column, ...]) -> None:
    found = _found(columns)
    assert len(found) == 40
    for kinds, least in ((CHECKED, 1.0), (CALLED, 0.98), ({"name", "address"}, 0.95)):
        rows = [row for row in found if row[1] in kinds]
        missed = [row for row in rows if not _is_right(row[1], row[2])]
        assert 1 - len(missed) / len(rows) >= least, missed
    missed = [row for row in found if not _is_right(row[1], row[2])]
    assert 1 - len(missed) / len(found) >= 0.95, missed


def test_of_what_is_found_nearly_all_is_personal() -> None:
    found = [row for row in _found((*ZH, *EN, *NOBODYS)) if row[2] is not None]
    wrong = [row for row in found if row[1] is None]
    assert 1 - len(wrong) / len(found) >= 0.95, wrong


@pytest.mark.parametrize("header", [header for header, _, _ in NOBODYS])
def test_columns_of_things_are_nobodys(header: str) -> None:
    [one] = [one for one in planted(NOBODYS) if one.header == header]
    assert personal_column(one.header, one.cells) is None


def test_people_under_a_heading_of_figures_or_days_are_found_and_figures_and_days_are_not() -> None:
    names = [
        f"{family}{given}" for family in "王李张刘陈" for given in ("伟明", "芳", "娜娜", "秀英", "敏", "静", "丽")
    ]
    found = personal_column("下单时间", names)
    assert found is not None and found.kind == "name"
    letters = "ABCDEFGH"
    found = personal_column("order_date", [f"{a.upper()}nn {b}eest" for a in letters for b in letters])
    assert found is not None and found.kind == "name"
    found = personal_column("实付金额", [f"138{n:08}" for n in range(60)])
    assert found is not None and found.kind == "phone"
    assert personal_column("时间", ["周一", "周二", "周三", "周四", "周五"]) is None
    days = [f"{day:02}/{month:02}/2024 {day:02}:{month:02}" for month in range(1, 13) for day in range(1, 28)]
    assert personal_column("Order date", days) is None
    assert personal_column("amount", [f"{26486802734 + 977 * n}" for n in range(60)]) is None


def test_what_the_law_calls_sensitive_gets_a_second_mark() -> None:
    assert sensitive_by_header("过敏史") == {"health"} and sensitive_by_header("Religion") == {"religion"}
    assert sensitive_by_header("指纹编号") == {"biometrics"} and sensitive_by_header("宝宝生日") == {"children"}
    found = personal_column("过敏史", ["花生", "无", "海鲜"])
    assert found is not None and (found.kind, found.by, found.sensitive) == (None, "heading", ("health",))
    place = personal_column("经纬度", ["31.230416,121.473701"] * 5)
    assert place is not None and (place.kind, place.sensitive) == ("coordinates", ("exact_place",))


def test_remarks_that_name_persons_are_found_with_the_share_of_cells() -> None:
    cells = [f"第{i}单，请放门口" for i in range(90)] + [f"打139{i:08}，放门口" for i in range(10)]
    found = personal_column("买家留言", cells)
    assert found is not None and found.kind is None and found.by == "text"
    assert dict(found.inside) == {"phone": 0.1}
    assert personal_column("买家留言", [f"订单号139{i:08}" for i in range(10)]) is None


def test_raw_tables_are_looked_at_by_a_sample() -> None:
    rows = "".join(f"{i},王{i % 7}小,2024-01-01\n" for i in range(5000))
    tables = read_file(f"序号,会员生日,下单日\n{rows}".encode(), name="a.csv")
    assert [one.header for one in find_personal(tables).columns] == []
    tables = read_file(
        f"序号,姓名,下单日\n{''.join(f'{i},王小明,2024-01-01{chr(10)}' for i in range(5000))}".encode(), name="a.csv"
    )
    found = find_personal(tables)
    assert [(one.table, one.header, one.kind) for one in found.columns] == [("a.csv", "姓名", "name")]
    assert found.to_frame()["header"].tolist() == ["姓名"]
