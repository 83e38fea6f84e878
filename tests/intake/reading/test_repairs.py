"""Rows with a field too many because of an unquoted delimiter."""

from __future__ import annotations

from analysis.intake.reading.read import read_file

ROWS = [f"2025-04-{1 + n:02d},R{100 + n},Bakery {n % 4},{('bread', 'cake')[n % 2]},{10 + n},paid" for n in range(16)]


def read(*odd: str, head: str = "day,receipt,buyer,goods,sum,state") -> tuple[list[tuple[str | None, ...]], list[str]]:
    lines = [head, *ROWS[:8], *odd, *ROWS[8:]]
    [table] = read_file(("\n".join(lines) + "\n").encode(), name="x.csv")
    rows = [tuple(row.values()) for row in table.rows.to_pylist()]  # type: ignore[union-attr]
    return [row for row in rows if 10 <= row[0] < 10 + len(odd)], [one.code for one in table.read_as]


def test_a_row_that_fits_in_one_way_only_is_put_back_in_its_place_and_said() -> None:
    rows, said = read("2025-04-09,R900,Smith, Sons and Co,cake,12,paid")
    assert rows == [(10, "2025-04-09", "R900", "Smith,Sons and Co", "cake", "12", "paid")]
    assert said == ["rows_repaired"]


def test_a_row_that_fits_in_no_way_or_in_several_is_set_aside() -> None:
    assert read("2025-04-09,R900,Bakery 1,cake,12,paid,extra") == ([], [])
    names = [f"A{n},Person {n} Lee,Some street {n} b,{n}" for n in range(20)]
    text = "id,name,address,sum\n" + "\n".join([*names, "A99,Person, Jr,Street 4,9"]) + "\n"
    [table] = read_file(text.encode(), name="x.csv")
    assert [(left.reason, left.line) for left in table.surplus] == [("too_many_fields", 22)]


def test_repaired_rows_keep_the_count_of_all_rows() -> None:
    odd = (
        "2025-04-09,R900,Ann, Bob Ltd,bread,5,paid", "2025-04-09,R901,x,y,z,1,2,3,4,5",
        "2025-04-09,R902,Cid, Ltd,cake,6,paid",
    )  # fmt: skip
    rows, _ = read(*odd)
    assert [(row[0], row[3]) for row in rows] == [(10, "Ann,Bob Ltd"), (12, "Cid,Ltd")]
