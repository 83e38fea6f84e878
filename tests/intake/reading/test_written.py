"""Portrait's own lists are known wherever they lie and whatever they are called, and nobody else's is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.frames import Named
from analysis.intake.reading.sources import read_files, read_sources
from analysis.intake.reading.written import CUSTOMER_LISTS, SEGMENT_LIST, SET_ASIDE_LIST, own_list
from analysis.segments.methods import METHODS
from analysis.study import prepare, suggest
from texts import LANGUAGES, translator

ORDERS = "customer id,order date,amount\n" + "".join(f"c{i % 5},2024-01-{i + 1:02d},{i}.5\n" for i in range(20))
SEGMENTS = "\ufeff" + ",".join(SEGMENT_LIST) + "\nrfm,champions,Champions,24,0.12,8067.45,0.277,False\n"
SET_ASIDE = "\ufeff" + ",".join((*SET_ASIDE_LIST, "customer id")) + "\norders.csv,,9,no_date,c1\n"


def test_the_headers_known_are_those_that_are_written_in_every_language() -> None:
    written = [
        (t("workbook.customer_id"), {t(f"workbook.segmentation.{kind}") for kind in METHODS})
        for t in map(translator, LANGUAGES)
    ]
    assert written == list(CUSTOMER_LISTS)


def test_copies_of_own_lists_in_a_folder_are_passed_over_whatever_they_are_called(tmp_path: Path) -> None:
    for name, text in (("orders.csv", ORDERS), ("my.csv", SEGMENTS), ("left.csv", SET_ASIDE)):
        (tmp_path / name).write_text(text, "utf-8")
    found = read_sources([tmp_path])
    assert [table.key for table in found.tables] == ["orders.csv"]
    assert found.own == ("left.csv", "my.csv") and not found.refused


@pytest.mark.parametrize("headers", [(*SEGMENT_LIST, "owner"), SEGMENT_LIST[:-1], SEGMENT_LIST[::-1]])
def test_a_list_that_only_looks_alike_is_read(headers: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(f"{','.join(headers)}\n{','.join('1' * len(headers))}\n", "utf-8")
    assert [table.key for table in read_sources([tmp_path]).tables] == ["mine.csv"]
    assert own_list(headers) is None


def test_the_list_of_segments_is_refused_where_it_is_named_or_uploaded(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text(SEGMENTS, "utf-8")
    for source in (tmp_path / "my.csv", Named("my.csv", SEGMENTS.encode())):
        with pytest.raises(AnalysisError, match="file_own"):
            read_files([source])


def test_what_looks_like_the_list_of_customers_is_read_and_asked_about() -> None:
    listed = "Customer id,RFM segment,City\n" + "".join(f"c{i},Loyal,Lyon\n" for i in range(5))
    tables = read_files([Named("orders.csv", ORDERS.encode()), Named("crm.csv", listed.encode())])
    notes = prepare(tables, suggest(tables)).standard.notes
    assert [(note.facts["table"], note.level) for note in notes if note.code == "list_of_customers"] == [
        ("crm.csv", "ask")
    ]


def test_a_text_in_a_folder_that_holds_no_table_is_passed_over_and_refused_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "readme.txt").write_text("exported on Monday", "utf-8")
    found = read_sources([tmp_path])
    assert (found.others, found.refused) == (("readme.txt",), ())
    assert [one.file for one in read_sources([tmp_path / "readme.txt"]).refused] == ["readme.txt"]
