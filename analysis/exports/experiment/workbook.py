"""A reading as an Excel workbook: what it says, every comparison in numbers, segments, days; no formula, no link."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.experiments import words
from analysis.experiments.note_words import note_texts
from analysis.exports.cells import (
    COUNT,
    MONEY,
    NUMBER,
    SheetColumn,
    date_column,
    money_format,
    number_column,
    text_column,
)
from analysis.exports.experiment.contents import ReadingContents
from analysis.exports.names import sheet_name
from analysis.intake.reading.written import AUTHOR

if TYPE_CHECKING:
    from analysis.experiments.arms.result import Estimate
    from analysis.translate import Translate

# Shares stay shares: Excel shows them with two decimals, effects on means with up to six significant figures.
SHARE, P_VALUE = "0.00%", "0.00000"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def reading_workbook(contents: ReadingContents, t: Translate) -> bytes:
    """Write a reading as a workbook; the same contents give the same bytes."""
    return written_book(contents.name, contents.read_at, _sentences(contents, t), _tables(contents, t), t)


def written_book(
    name: str,
    read_at: datetime,
    sentences: Sequence[str],
    tables: Sequence[tuple[str, Sequence[SheetColumn]]],
    t: Translate,
) -> bytes:
    """Write a workbook: a sheet of sentences, then a sheet for every table (title and columns)."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book = Workbook(buffer, _OPTIONS)
    created = datetime.combine(read_at.date(), datetime.min.time())
    book.set_properties({"title": name, "author": AUTHOR, "created": created})
    bold, wrapped = book.add_format({"bold": True, "font_size": 16}), book.add_format({"text_wrap": True})
    header = book.add_format({"bold": True, "bg_color": "#E9EEF2", "bottom": 1})
    first = book.add_worksheet(sheet_name(t("read.sheet_answer"), set()))
    first.set_column(0, 0, 110, wrapped)
    first.write_string(0, 0, name, bold)
    first.write_string(1, 0, t("read.read_at", day=read_at.date()))
    for line, sentence in enumerate(sentences, start=3):
        first.write_string(line, 0, sentence, wrapped)
    taken = {str(first.name)}
    for title, columns in tables:
        sheet = book.add_worksheet(sheet_name(title, taken))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, book.add_format({"num_format": column.format}))
            sheet.write_string(0, place, column.header, header)
            for line, value in enumerate(column.values, start=1):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif value is not None:
                    sheet.write_number(line, place, value)
    book.close()
    return buffer.getvalue()


def _sentences(contents: ReadingContents, t: Translate) -> list[str]:
    found = contents.found
    health = note_texts([note for note in found.health if note.level != "info"], t)
    lines = [*health, *words.answer(found, t)]
    if contents.decision is not None:
        lines += [*words.decision_text(contents.decision, t), words.rule_text(contents.decision, t)]
    if contents.segments is not None:
        lines += words.segments_answer(contents.segments, t)
    if contents.targets is not None:
        lines.append(words.targets_answer(contents.targets, t))
    return [*lines, *contents.source]


def _tables(contents: ReadingContents, t: Translate) -> list[tuple[str, list[SheetColumn]]]:
    tables = [(t("read.comparisons"), _comparisons(contents, t))]
    if contents.segments is not None:
        tables.append((t("read.by_segment"), _segments(contents, t)))
    if contents.targets is not None:
        tables.append((t("read.whom"), _targets(contents, t)))
    if contents.days:
        tables.append((t("read.view_days"), _days(contents, t)))
    return tables


def _comparisons(contents: ReadingContents, t: Translate) -> list[SheetColumn]:
    results = contents.found.results
    readings = [result.reading for result in results]
    beliefs = [contents.found.beliefs.get((result.metric.name, result.treatment)) for result in results]
    return [
        text_values(t("read.table_metric"), [result.metric.name for result in results]),
        text_values(t("read.table_role"), [t(f"read.role_{result.metric.role}") for result in results]),
        text_values(t("read.table_arm"), [result.treatment for result in results]),
        number_values(t("read.n_treatment"), [reading.n_treatment for reading in readings], COUNT),
        number_values(t("read.n_control"), [reading.n_control for reading in readings], COUNT),
        number_values(t("read.table_treatment"), [reading.treatment for reading in readings]),
        number_values(t("read.table_control"), [reading.control for reading in readings]),
        *estimate_columns(t("read.table_effect"), [reading.absolute for reading in readings], t),
        *estimate_columns(t("read.table_lift"), [reading.relative for reading in readings], t, SHARE),
        number_values(t("read.table_p"), [reading.test.p for reading in readings], P_VALUE),
        number_values(t("read.table_p_corrected"), [result.p_corrected for result in results], P_VALUE),
        text_values(t("read.table_test"), [words.convention_text(reading.test.convention, t) for reading in readings]),
        number_values(t("read.chance"), [belief.chance if belief else None for belief in beliefs], SHARE),
        text_values(t("read.table_direction"), [t(f"charts.side_{result.direction}") for result in results]),
    ]


def _segments(contents: ReadingContents, t: Translate) -> list[SheetColumn]:
    assert contents.segments is not None
    effects = contents.segments.effects
    return [
        text_values(t("read.table_segment"), [words.level_text(effect.segment, t) for effect in effects]),
        number_values(t("read.n_treatment"), [effect.n_treatment for effect in effects], COUNT),
        number_values(t("read.n_control"), [effect.n_control for effect in effects], COUNT),
        number_values(t("read.table_treatment"), [effect.treatment for effect in effects]),
        number_values(t("read.table_control"), [effect.control for effect in effects]),
        *estimate_columns(t("read.table_effect"), [effect.absolute for effect in effects], t),
        number_values(t("read.table_p"), [effect.p for effect in effects], P_VALUE),
        number_values(t("read.table_p_corrected"), [effect.p_corrected for effect in effects], P_VALUE),
    ]


def _targets(contents: ReadingContents, t: Translate) -> list[SheetColumn]:
    assert contents.targets is not None
    targets = contents.targets.targets
    return [
        text_values(t("read.table_segment"), [words.level_text(target.segment, t) for target in targets]),
        number_values(t("charts.customers"), [target.customers for target in targets], COUNT),
        *estimate_columns(
            t("charts.money"), [target.money for target in targets], t, money_format(MONEY, t.currency_sign())
        ),
        text_values(t("charts.advice"), [t(f"charts.advice_{target.advice}") for target in targets]),
    ]


def _days(contents: ReadingContents, t: Translate) -> list[SheetColumn]:
    from analysis.experiments.reading.evaluate import day_table

    table = day_table(contents.dates, contents.days)
    columns = [date_column(t("read.day_day"), table["day"])]
    return columns + [
        number_column(
            t(f"read.day_{name}"), table[name], COUNT if name == "n" else P_VALUE if name.endswith("_p") else NUMBER
        )
        for name in table.columns[1:]
    ]


def estimate_columns(
    title: str, found: Sequence[Estimate | None], t: Translate, number_format: str = "General"
) -> list[SheetColumn]:
    """Return the columns of estimates: value, both ends, and the formula."""
    return [
        number_values(title, [one.value if one else None for one in found], number_format),
        number_values(t("read.low_of", what=title), [one.low if one else None for one in found], number_format),
        number_values(t("read.high_of", what=title), [one.high if one else None for one in found], number_format),
        text_values(
            t("read.by_of", what=title), [words.convention_text(one.convention, t) if one else None for one in found]
        ),
    ]


def text_values(header: str, values: Sequence[str | None]) -> SheetColumn:
    """Return a column of texts."""
    import pandas as pd

    return text_column(header, pd.Series(list(values), dtype="str"))


def number_values(header: str, values: Sequence[Any], number_format: str = "General") -> SheetColumn:
    """Return a column of numbers."""
    import pandas as pd

    return number_column(header, pd.Series(list(values), dtype="float64"), number_format)
