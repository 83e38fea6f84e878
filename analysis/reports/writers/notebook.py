"""A study as a notebook, and as a script: a sentence and a cell a step, the recipe inside, and no value of a file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from analysis.exports.code import KEPT_ARGUMENTS, KEPT_COMMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.content import Report
    from analysis.translate import Translate

_QUOTES = '"""'
# By section, what its page is made of.
_OF_SECTIONS = (
    (
        "overview",
        "from analysis.overview.overview import overview\nfrom analysis.overview.params import OverviewParams\n\n"
        "found = overview(result.standard, result.profiles, OverviewParams())\n"
        "for one in found.figures:\n    print(one.key, one.value)",
    ),
    (
        "comparison",
        "for method in result.edited:\n    comparison = result.comparison(method)\n    if comparison is not None:\n"
        "        print(method)\n        print(comparison.differences)",
    ),
    (
        "tags",
        "for key, found in (result.tagged.values if result.tagged else {}).items():\n"
        "    print(key, found.n, found.counts)",
    ),
)


def report_ipynb(report: Report, t: Translate) -> bytes:
    """Return the notebook: run beside the files of the study, it gives the numbers of the report.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.reports.content import Report
    >>> from texts import translator
    >>> report = Report("Shop", "", "Shop", date(2026, 3, 1), "en", "#2d69b4", None, (), (), "version: 1", ("a.csv",))
    >>> json.loads(report_ipynb(report, translator("en")))["nbformat"]
    4
    """
    cells: list[dict[str, Any]] = [_cell("markdown", f"# {_plain(report.title)}", 0)]
    for sentence, code in steps(report, t):
        cells.append(_cell("markdown", sentence, len(cells)))
        cells.append(_cell("code", code, len(cells)))
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def report_script(report: Report, t: Translate) -> bytes:
    """Return the same as a script."""
    lines = [f"# {_plain(report.title)}"]
    for sentence, code in steps(report, t):
        lines += ["", *(f"# {line}" for line in sentence.splitlines()), code]
    return ("\n".join(lines) + "\n").encode("utf-8")


def steps(report: Report, t: Translate) -> list[tuple[str, str]]:
    """Return each step as a sentence and its lines of Python; the last ones are those that pages show as their code."""
    files = ", ".join(repr(name) for name in report.files)
    kept = [KEPT_COMMENT, "from analysis.workspace import Workspace"]
    kept += [f"kept = Workspace.open().carried({report.kept_in!r})"]
    run = f"result = run(tables, recipe{KEPT_ARGUMENTS if report.kept_in else ''})\nfigures = summary(result)"
    told = [
        (t("report.step.names"), "from analysis import read, recipe_from_yaml, run, summary"),
        (t("report.step.recipe"), f"recipe = recipe_from_yaml({_quoted(report.recipe)})"),
        (_read(report.files, t), f"tables = read({files}, recipe=recipe)\nfor table in tables:\n    print(table)"),
        *([(t("report.step.kept"), "\n".join(kept))] if report.kept_in else []),
        (t("report.step.run"), run),
        (
            t("report.step.figures"),
            'for name in ("as_of", "customers", "orders", "revenue"):\n    print(name, figures[name])',
        ),
        (
            t("report.step.segments"),
            "for method, edited in result.edited.items():\n    print(method)\n"
            "    print(edited.segmentation.segments.to_string())",
        ),
        (t("report.step.cards"), 'for card in figures["cards"]:\n    print(card)'),
        (t("report.step.predictions"), 'for kind, found in figures["predictions"].items():\n    print(kind, found)'),
    ]
    return told + [(t(f"report.step.{key}"), code) for key, code in _OF_SECTIONS if key in _keys(report)]


def _read(files: Sequence[str], t: Translate) -> str:
    """Say where the files lie, and which were numbered because another one of the study has their name."""
    given = {name: re.sub(r" \([0-9]+\)(?=\.[^.]*$|$)", "", name) for name in files}
    numbered = [
        f"`{' '.join(name.replace('`', ' ').split())}`" for name, own in given.items() if own != name and own in given
    ]
    said = t("report.step.read")
    return f"{said}\n{t('report.step.read_numbered', files=', '.join(numbered))}" if numbered else said


def _keys(report: Report) -> set[str]:
    return {section.key for section in report.sections}


def _quoted(text: str) -> str:
    """Write a text of several lines as a literal; whatever it holds, it is a text."""
    inner = text.replace("\\", "\\\\").replace(_QUOTES, '\\"\\"\\"')
    return f"{_QUOTES}\\\n{inner}{_QUOTES}"


def _plain(text: str) -> str:
    """Return a title on one line, without what Markdown would make of it."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-!<>|" else letter for letter in " ".join(text.split()))


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"step-{place}", "metadata": {}}
    cell["source"] = text.splitlines(keepends=True)
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
