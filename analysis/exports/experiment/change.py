"""What is taken along of a change (before and after, or two groups before and after): tables, page and workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.experiments import words
from analysis.exports.cells import COUNT
from analysis.exports.experiment.report import drawn_figures, report_page, report_part, report_table
from analysis.exports.experiment.workbook import (
    P_VALUE,
    SHARE,
    estimate_columns,
    number_values,
    text_values,
    written_book,
)

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.arms.result import Reading
    from analysis.experiments.reading.changes import Cell
    from analysis.translate import Translate


@dataclass(frozen=True)
class ChangeContents:
    """What a report of a change holds.

    Attributes
    ----------
    name : str
        Of the experiment, as a person wrote it.
    read_at : datetime
    design, metric, kind : str
        ``before_after`` or ``differences``; what is measured; ``proportion`` or ``mean``.
    reading : Reading
        Its notes say why the evidence is weaker.
    cells : tuple of Cell
    source : tuple of str
        Sentences on where the figures come from, how many rows were read, and what was set aside.
    steps : DataFrame, optional
        As ``Change.steps``; None for figures typed in.
    charts : mapping of the key of its alternative text to an Altair chart
    code : str
        The lines that give the same reading.
    """

    name: str
    read_at: datetime
    design: str
    metric: str
    kind: str
    reading: Reading
    cells: tuple[Cell, ...]
    source: tuple[str, ...] = ()
    steps: pd.DataFrame | None = field(default=None, repr=False)
    charts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    code: str = field(default="", repr=False)

    def weaker(self, t: Translate) -> list[str]:
        """Return why the evidence is weaker than that of an experiment, in sentences."""
        return [words.note_text(note, t) for note in self.reading.notes if note.level == "check"]

    def answer(self, t: Translate) -> str:
        """Return what changed, in words."""
        return words.quasi_text(self.reading, self.design, self.kind, t, metric=self.metric)


def side_rows(cells: tuple[Cell, ...], kind: str, t: Translate) -> pd.DataFrame:
    """Return the sides compared in words, one row each."""
    import pandas as pd

    return pd.DataFrame(
        {
            t("read.change_side"): _sides(cells, t),
            t("charts.value"): [words.value_text(cell.mean, kind, t) for cell in cells],
            t("read.change_units"): [f"{cell.units:,}" for cell in cells],
            t("read.change_rows"): [f"{cell.n:,}" for cell in cells],
        }
    )


def step_rows(steps: pd.DataFrame, kind: str, t: Translate) -> pd.DataFrame:
    """Return the means over time in words, one row per step of time and group."""
    return steps.assign(
        step=[step_text(step) for step in steps["step"]],
        treated=_groups(steps, t),
        after=_times(steps, t),
        mean=[words.value_text(mean, kind, t) for mean in steps["mean"]],
    ).rename(
        columns={
            "step": t("charts.change_step"), "treated": t("charts.change_group"), "after": t("read.change_side"),
            "mean": t("charts.value"), "n": t("read.change_rows"),
        }
    )  # fmt: skip


def step_text(step: Any) -> str:
    """Write a day, number or label of the column of time.

    Examples
    --------
    >>> step_text(2024.0), step_text(True), step_text("after")
    ('2024', 'true', 'after')
    """
    if isinstance(step, bool):
        return str(step).lower()
    if isinstance(step, float):
        return f"{step:.15g}"
    return step.strftime("%Y-%m-%d") if hasattr(step, "strftime") else str(step)


def change_html(contents: ChangeContents, t: Translate, *, language: str) -> str:
    """Write the report of a change as one page; why the evidence is weaker stands before the answer.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    figures = drawn_figures(contents.charts, t, language=language)
    parts = [
        report_part(
            t("read.change_sides"), [], figures("change_alt"),
            report_table(side_rows(contents.cells, contents.kind, t)),
        ),
        report_part(t("read.where_from"), list(contents.source)),
    ]  # fmt: skip
    if contents.code:
        parts.append(report_part(t("app.show_code"), code=contents.code))
    return report_page(
        contents.name, contents.read_at, contents.answer(t), parts, t, language=language, remarks=contents.weaker(t)
    )  # fmt: skip


def change_workbook(contents: ChangeContents, t: Translate) -> bytes:
    """Write a change as a workbook: what it says, the effect, the sides, the steps of time; no formula, no link."""
    reading, cells = contents.reading, contents.cells
    if contents.design == "before_after":
        first, second = t("read.row_before_after_0"), t("read.row_before_after_1")
    else:
        first, second = t("read.change_without"), t("read.change_with")
    effect = [
        text_values(t("read.table_metric"), [contents.metric]),
        number_values(first, [reading.control]),
        number_values(second, [reading.treatment]),
        *estimate_columns(t("read.table_effect"), [reading.absolute], t),
        *estimate_columns(t("read.table_lift"), [reading.relative], t, SHARE),
        number_values(t("read.table_p"), [reading.test.p], P_VALUE),
        text_values(t("read.table_test"), [words.convention_text(reading.test.convention, t)]),
    ]
    sides = [
        text_values(t("read.change_side"), _sides(cells, t)),
        number_values(t("charts.value"), [cell.mean for cell in cells]),
        number_values(t("read.change_units"), [cell.units for cell in cells], COUNT),
        number_values(t("read.change_rows"), [cell.n for cell in cells], COUNT),
    ]
    tables = [(t("read.table_effect"), effect), (t("read.change_sides"), sides)]
    steps = contents.steps
    if steps is not None and not steps.empty:
        over_time = [
            text_values(t("charts.change_step"), [step_text(step) for step in steps["step"]]),
            text_values(t("charts.change_group"), _groups(steps, t)),
            text_values(t("read.change_side"), _times(steps, t)),
            number_values(t("charts.value"), steps["mean"].tolist()),
            number_values(t("read.change_rows"), steps["n"].tolist(), COUNT),
        ]
        tables.append((t("charts.change_step"), over_time))
    sentences = [*contents.weaker(t), contents.answer(t), *contents.source]
    return written_book(contents.name, contents.read_at, sentences, tables, t)


def _sides(cells: tuple[Cell, ...], t: Translate) -> list[str]:
    two = len({cell.treated for cell in cells}) == 2
    rows = [f"differences_{2 * cell.treated + cell.after}" if two else f"before_after_{int(cell.after)}"
            for cell in cells]  # fmt: skip
    return [t(f"read.row_{row}") for row in rows]


def _groups(steps: pd.DataFrame, t: Translate) -> list[str]:
    return [t(f"charts.change_{'with' if one else 'without'}") for one in steps["treated"]]


def _times(steps: pd.DataFrame, t: Translate) -> list[str]:
    return [t(f"read.row_before_after_{int(one)}") for one in steps["after"]]
