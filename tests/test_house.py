"""The house stands as ``docs/architecture.md`` says: imports run one way, rooms and files stay small."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.house import (
    MOST_FILES,
    back_arrows,
    circles,
    contracts,
    imports,
    long_files,
    rooms,
)


@pytest.fixture(scope="module")
def graph(root: Path) -> dict[str, set[str]]:
    return imports(root)


def test_no_modules_import_each_other_in_a_round(graph: dict[str, set[str]]) -> None:
    assert circles(graph) == []


def test_no_import_goes_against_the_way_of_the_data_not_even_for_types(graph: dict[str, set[str]], root: Path) -> None:
    stated = contracts(root)
    assert {"analysis", "analysis.intake", "analysis.segments", "analysis.experiments"} <= set(stated)
    assert back_arrows(graph, stated) == []


def test_a_room_shows_few_enough_files_to_be_seen_at_once(root: Path) -> None:
    assert {room: n for room, n in rooms(root).items() if n > MOST_FILES} == {}


def test_a_file_has_at_most_four_hundred_lines(root: Path) -> None:
    assert long_files(root) == {}


def test_an_import_for_types_counts_and_so_does_one_inside_a_function(tmp_path: Path) -> None:
    room = tmp_path / "analysis"
    room.mkdir()
    for package in ("ui", "texts", "commands", "pages"):
        (tmp_path / package).mkdir()
    (room / "high.py").write_text("def f():\n    from analysis.low import x\n")
    (room / "low.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from analysis.high import f\nx = 1\n"
    )
    found = imports(tmp_path)
    assert circles(found) == [["analysis.high", "analysis.low"]]
    assert back_arrows(found, {"analysis": [["high"], ["low"]]}) == [("analysis.low", "analysis.high")]
    assert back_arrows(found, {"analysis": [["high", "low"]]}) == [
        ("analysis.high", "analysis.low"),
        ("analysis.low", "analysis.high"),
    ]
