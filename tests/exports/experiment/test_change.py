"""The report of a change: weaker evidence said first, figures as numbers, no script, no formula; its code runs."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from analysis.charts.experiment.changes import change_lines
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.changes import cells_of, read_change
from analysis.experiments.reading.quasi import compare_before_after, difference_in_differences
from analysis.exports.experiment.change import ChangeContents, change_html, change_workbook
from analysis.exports.experiment.code import typed_change_code
from analysis.exports.pictures import chinese_font
from tests.experiments.reading.test_changes import PANEL, panel
from texts import translator

SCRIPT, FORMULA = "<script>alert(1)</script>", "=1+1"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def contents(t) -> ChangeContents:
    found = read_change(panel(), PANEL)
    chart = change_lines(found.steps, "mean", t, metric=SCRIPT, groups=True)
    return ChangeContents(
        f"Shelf {SCRIPT}", NOW, "differences", SCRIPT, "mean", found.reading, found.cells, (FORMULA,), found.steps,
        {"change_alt": chart}, "print(1)",
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_first_why_the_evidence_is_weaker(language):
    if language == "zh" and chinese_font() is None:
        pytest.skip("no font of this machine draws Chinese")
    t = translator(language)
    held = contents(t)
    page = change_html(held, t, language=language)
    weaker = t("note.experiment_weak_parallel")
    assert 0 < page.index(weaker) < page.index(f"{held.reading.absolute.value:+.2f}")
    assert "<script" not in page.lower()
    assert page.count("<svg") == 1
    assert t("read.row_differences_3") in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_holds_effect_sides_and_time_as_numbers(language):
    t = translator(language)
    held = contents(t)
    content = change_workbook(held, t)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)
    sheets = [list(sheet.values) for sheet in book]
    said = "\n".join(str(line[0]) for line in sheets[0])
    assert t("note.experiment_weak_parallel") in said and FORMULA in said
    effect = dict(zip(sheets[1][0], sheets[1][1], strict=True))
    assert effect[t("read.table_effect")] == pytest.approx(held.reading.absolute.value)
    assert effect[t("read.change_with")] == pytest.approx(held.reading.treatment)
    assert [line[3] for line in sheets[2][1:]] == [cell.n for cell in held.cells]
    assert held.steps is not None and len(sheets[3]) == 1 + len(held.steps)
    assert content == change_workbook(held, t)


@pytest.mark.parametrize("two", [False, True])
def test_the_code_of_typed_figures_gives_the_same(two, capsys):
    sides = [MeanStatistic.from_figures(100, mean, 5.0) for mean in (20, 21, 22, 26)]
    found = difference_in_differences(*sides) if two else compare_before_after(*sides[:2], alpha=0.1)
    code = typed_change_code(sides if two else sides[:2], alpha=0.05 if two else 0.1)
    exec(compile(code, "change", "exec"), {})
    assert str(found.absolute) in capsys.readouterr().out


def test_typed_figures_without_steps_make_a_whole_report():
    t = translator("en")
    sides = [ProportionStatistic(400, 40), ProportionStatistic(500, 90)]
    held = ChangeContents("A", NOW, "before_after", "x", "proportion", compare_before_after(*sides), cells_of(sides))
    page = change_html(held, t, language="en")
    assert "from 10.00% before to 18.00% after" in page and "None" not in page
    assert len(openpyxl.load_workbook(io.BytesIO(change_workbook(held, t))).sheetnames) == 3
