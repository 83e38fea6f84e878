"""How the figures were made: the data, the day, the choices, and the lines of code that make them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.reports.content import Page
from analysis.translate import word

if TYPE_CHECKING:
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return what the report rests on."""
    result = material.result
    counts = result.standard.counts
    n = len(result.profiles.customers)
    said = [t("workbook.source", table=count.table, read=count.read, kept=count.kept) for count in counts]
    said.append(t(f"workbook.method.returns_{result.recipe.cleaning.returns}"))
    said += [
        t("command.not_segmented", method=word(t, f"{method}.title", method), why=problem.sentence(t))
        for method, problem in result.problems.items()
    ]
    rows = {"read": sum(count.read for count in counts), "kept": sum(count.kept for count in counts)}
    title = t("report.methods.title", n=n, day=result.profiles.as_of, **rows)
    return (Page(title, tuple(said), notes=(t("report.methods.same"),), code=_code(material, t)),)


def _code(material: Material, t: Translate) -> str:
    from analysis.exports.folder import folder_code

    files = tuple(dict.fromkeys(table.file for table in material.result.standard.raws))
    return folder_code(files, t.language) if material.is_full else ""
