"""Rows of customers who were forgotten are set aside in every table that names them, and nobody else changes."""

from __future__ import annotations

import pytest

from analysis.intake.choices import Choices, Column, Source
from analysis.intake.reading.read import read_file
from analysis.intake.standard.forgotten import ids_of
from analysis.intake.standard.merges import Merges
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import RawTable, StandardTables
from analysis.privacy.forget import Forgotten

COLUMNS = {
    "orders": ("customer_id", "order_date", "amount"),
    "customers": ("customer_id", "name"),
    "contacts": ("customer_id", "contact_date"),
    "referrals": ("referrer_id", "referred_id"),
}
ROWS = {
    "orders": ["M1,2024-01-01,5", "M2,2024-01-02,6", "m-3,2024-01-03,7", "M1,2024-01-04,8"],
    "customers": ["M1,Ann", "M2,Bo"],
    "contacts": ["M1,2024-01-01", "M2,2024-01-01"],
    "referrals": ["M1,M2", "M2,M1", "M2,m-3"],
}


def source(kind: str) -> Source:
    columns = [Column(name=f"{kind}_{role}", role=role) for role in COLUMNS[kind] if role != "name"]
    return Source(file=f"{kind}.csv", kind=kind, columns=tuple(columns))  # pyright: ignore


def table(kind: str, rows: list[str]) -> RawTable:
    header = ",".join(f"{kind}_{role}" for role in COLUMNS[kind])
    [found] = read_file("\n".join([header, *rows, ""]).encode(), name=f"{kind}.csv", header_row=1)
    return found


TABLES = [table(kind, rows) for kind, rows in ROWS.items()]
RECIPE = Choices(sources=tuple(map(source, ROWS)))


def left_out(found: StandardTables) -> dict[str, int]:
    return {count.table: count.set_aside.get("forgotten", 0) for count in found.counts}


def rows(found: StandardTables, table: str) -> list[tuple[object, ...]]:
    with found.cursor() as cursor:
        return sorted(cursor.sql(f"SELECT * EXCLUDE (source) FROM {table}").fetchall(), key=str)


def test_every_table_that_names_the_customer_leaves_the_rows_out_and_counts_them() -> None:
    found = standardise(TABLES, RECIPE, None, Forgotten().adding(["M1"]))
    assert left_out(found) == {"orders.csv": 2, "customers.csv": 1, "contacts.csv": 1, "referrals.csv": 2}
    for count in found.counts:
        assert count.read == count.kept + count.n_set_aside
    for name in ("orders", "contacts", "referrals"):
        assert "M1" not in str(rows(found, name))
    assert found.customers()["customer_id"].tolist() == ["M2"]
    assert ("forgotten_left_out", {"n": 1}) in [(note.code, note.facts) for note in found.notes]


def test_everybody_else_stays_as_they_were() -> None:
    before = standardise(TABLES, RECIPE)
    after = standardise(TABLES, RECIPE, None, Forgotten().adding(["M1"]))
    assert rows(after, "orders") == [row for row in rows(before, "orders") if "M1" not in row]


def test_nobody_is_left_out_where_nobody_who_was_forgotten_is_named() -> None:
    found = standardise(TABLES, RECIPE, None, Forgotten().adding(["M9"]))
    assert set(left_out(found).values()) == {0}
    assert rows(found, "orders") == rows(standardise(TABLES, RECIPE), "orders")


@pytest.mark.parametrize("known_as", ["M1", "m-3"])
def test_a_customer_with_two_ids_is_left_out_under_both(known_as: str) -> None:
    merges = Merges().decide([("M1", "m-3")], "same")
    found = standardise(TABLES, RECIPE, merges, Forgotten(salt=merges.salt).adding([known_as]))
    assert left_out(found)["orders.csv"] == 3
    assert ids_of(TABLES, RECIPE, merges, known_as) == ("M1", "m-3")


def test_a_phone_is_known_in_another_way_of_writing() -> None:
    def shop(*ids: str) -> list[RawTable]:
        return [table("orders", [f"{one},2024-01-0{n},5" for n, one in enumerate(ids, 1)])]

    recipe = Choices(sources=(source("orders"),))
    ids = ids_of(shop("13800138001", "13800138002"), recipe, None, "13800138001")
    found = standardise(shop("+86 138-0013-8001", "13800138002"), recipe, None, Forgotten().adding(ids))
    assert left_out(found) == {"orders.csv": 1}


def test_an_id_that_reads_like_a_word_for_nothing_is_known() -> None:
    assert ids_of(
        [table("orders", ["NA,2024-01-01,5", "NB,2024-01-02,6"])], Choices(sources=(source("orders"),)), None, "NA"
    )


def test_blank_cells_below_an_id_are_of_the_same_customer() -> None:
    blocks = table("orders", ["M1,2024-01-01,5", ",2024-01-01,6", "M2,2024-01-02,7", ",2024-01-02,8"])
    recipe = Choices(sources=(source("orders"),))
    recipe = recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update={"blank_cells": "fill_down"})})
    plain = standardise([blocks], recipe)
    found = standardise([blocks], recipe, None, Forgotten().adding(["M1"]))
    theirs = [row for row in rows(plain, "orders") if "M1" in row]
    assert left_out(found) == {"orders.csv": len(theirs)}
    assert rows(found, "orders") == [row for row in rows(plain, "orders") if "M1" not in row]


def test_lines_go_with_the_order_that_names_their_customer() -> None:
    heads = read_file(b"no,who,day\n1,M1,2024-01-01\n2,M2,2024-01-02\n", name="heads.csv")
    lines = read_file(b"no,paid\n1,5\n1,6\n2,7\n", name="lines.csv")
    chosen = {
        "heads.csv": ("order_heads", {"no": "order_id", "who": "customer_id", "day": "order_date"}),
        "lines.csv": ("orders", {"no": "order_id", "paid": "amount"}),
    }
    recipe = Choices(
        sources=tuple(
            Source(file=file, kind=kind, columns=tuple(Column(name=name, role=role) for name, role in roles.items()))  # pyright: ignore
            for file, (kind, roles) in chosen.items()
        )
    )
    found = standardise([*heads, *lines], recipe, None, Forgotten().adding(["M1"]))
    assert left_out(found) == {"heads.csv": 1, "lines.csv": 2}


def test_another_salt_is_another_hash_and_the_list_holds_no_id() -> None:
    gone = Forgotten().adding(["13800138001"])
    assert "13800138001" not in gone.model_dump_json()
    assert gone.ids != Forgotten().adding(["13800138001"]).ids
    assert gone.adding(["13800138001"]) == gone
    assert Forgotten().state() == "" != gone.state()
