"""Visitors who come at once get their own pages, and nothing of each other's."""

from __future__ import annotations

from pathlib import Path

from benchmarks import load


def test_visitors_at_once_see_their_own_study_alone(tmp_path: Path) -> None:
    with load.server(tmp_path / "home") as watched:
        ids = load.studies(tmp_path / "home", 3)
        found = load.Found()
        load.together(watched, ids, found, pages=("check", "overview"), rounds=1)
        assert (found.pages, found.errors, found.leaks) == (6, [], [])
        # Who is given another's study is noticed.
        load.visit(watched.port, ids[::-1], 0, 0, found, pages=("check",), rounds=1)
        assert found.leaks and found.errors == ["check: shows nothing of its study"]
