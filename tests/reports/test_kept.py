"""What a study keeps besides its files reaches its report, the same way for page, command and code."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.record import Experiment
from analysis.reports.choices import ReportChoices
from analysis.reports.code import report_code
from analysis.reports.content import Report, Section, holds_chinese
from analysis.reports.kept import changes_since, kept_parts, mark_of, run_before
from analysis.reports.writers.notebook import report_ipynb, report_script
from analysis.workspace import Workspace
from texts import translator

T = translator("en")
BARE = Report("Shop", "", "Shop", date(2026, 3, 1), "en", "#2d69b4", None, (), (), "version: 1\n", ("a.csv",))


@dataclass
class Snapshots:
    """A workspace that keeps runs of some days."""

    days: tuple[date, ...]
    kind: str = "orders"

    def snapshots(self, study_id: str) -> list[Any]:
        told = {"taken_at": datetime.now(UTC), "summary": {"tables": {"a.csv": {"kind": self.kind}}}}
        return [SimpleNamespace(id=str(day), as_of=day, **told) for day in self.days]


def test_the_run_before_is_the_latest_of_what_was_asked_for() -> None:
    home: Any = Snapshots((date(2026, 8, 31), date(2026, 9, 5), date(2026, 9, 30), date(2026, 10, 31)))
    tables = SimpleNamespace(counts=(SimpleNamespace(kind="orders"),))
    now: Any = SimpleNamespace(standard=tables, profiles=SimpleNamespace(as_of=date(2026, 10, 31)))
    found = [run_before(home, "s", now, since=since) for since in ("", "2026-09", "2026-08-31")]
    assert [one.as_of for one in found if one] == [date(2026, 9, 30), date(2026, 9, 30), date(2026, 8, 31)]
    with pytest.raises(AnalysisError, match="report_no_snapshot"):
        run_before(home, "s", now, since="2026-10")  # that is the run itself
    nothing: Any = Snapshots(())
    assert run_before(nothing, "s", now) is None
    others: Any = Snapshots((date(2026, 9, 30),), "feedback")
    assert run_before(others, "s", now) is None
    assert changes_since(nothing, "s", now, None) is None


def test_a_mark_changes_with_what_is_kept(tmp_path: Path) -> None:
    home = Workspace.open(tmp_path / "home")
    study = home.create_study("Spring")
    marks = [mark_of(kept_parts(home, study))]
    assert not any(kept_parts(home, study).values())
    home.add_experiment(Experiment(name="Letter"), study)
    marks.append(mark_of(kept_parts(home, study)))
    home.set_setting("playbook", {"cost": 2.0}, study)
    marks.append(mark_of(kept_parts(home, study)))
    home.close()
    assert len(set(marks)) == 3


def test_a_notebook_of_merged_ids_asks_the_study_for_them() -> None:
    bound = replace(BARE, kept_in="abc")
    for told in (report_ipynb(bound, T).decode(), report_script(bound, T).decode()):
        assert "carried('abc')" in told and "merges=kept.merges" in told
    assert "kept" not in report_script(BARE, T).decode()


def test_a_notebook_says_under_which_names_files_of_one_name_have_to_lie_beside_it() -> None:
    told = replace(BARE, files=("orders.csv", "orders (2).csv", "May (2024).csv"))
    for made in (report_ipynb(told, T).decode(), report_script(told, T).decode()):
        assert "save them beside it as: `orders (2).csv`." in made
    assert "save them" not in report_script(replace(BARE, files=("orders (2).csv",)), T).decode()
    compile(report_script(told, T).decode(), "script", "exec")


def test_a_notebook_holds_the_lines_of_the_sections_of_the_report() -> None:
    def lines(*keys: str) -> str:
        told = replace(BARE, sections=tuple(Section(key, key, ()) for key in keys))
        return "".join("".join(cell["source"]) for cell in json.loads(report_ipynb(told, T))["cells"])

    assert "overview(" not in lines("brief")
    assert "overview(result.standard, result.profiles, OverviewParams())" in lines("overview")
    assert "comparison.differences" in lines("comparison") and "tagged" in lines("tags")


def test_the_code_of_the_page_takes_along_what_the_study_keeps() -> None:
    told = report_code(["a.csv"], ReportChoices(), kept_in="s", parts_of="s")
    compile(told, "code", "exec")
    assert "**parts" in told and "changes_since(home, 's', result, before)" in told
    assert "Workspace" not in report_code(["a.csv"], ReportChoices())


@pytest.mark.parametrize(("title", "expected"), [("Shop £5 – “tea”", False), ("茶店", True), ("Ｔea", True)])
def test_chinese_is_found_in_any_text(title: str, expected: bool) -> None:
    assert holds_chinese(replace(BARE, title=title)) is expected
