"""A report into files of any kind: all of them whole, or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from analysis.errors import AnalysisError
from analysis.exports.pictures import chinese_font
from analysis.reports.choices import Format
from analysis.reports.content import holds_chinese
from analysis.reports.drawn import Drawn

if TYPE_CHECKING:
    from analysis.reports.content import Report
    from analysis.translate import Translate


def report_formats(chosen: str | Sequence[str]) -> tuple[Format, ...]:
    """Return the formats that were chosen, also as one text with commas.

    Raises
    ------
    AnalysisError
        ``report_format_unknown`` (format, known).

    Examples
    --------
    >>> report_formats("HTML, pdf")
    ('html', 'pdf')
    """
    parts = chosen.split(",") if isinstance(chosen, str) else chosen
    formats = tuple(dict.fromkeys(part.strip().lower() for part in parts if part.strip()))
    known: tuple[Format, ...] = get_args(Format)
    for one in formats:
        if one not in known:
            raise AnalysisError("report_format_unknown", format=one, known=known)
    return formats or known  # pyright: ignore[reportReturnType]


def check_machine(language: str, kinds: Sequence[Format]) -> None:
    """Refuse before the work what this machine cannot write; what is only text and numbers it always can.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``.
    """
    from analysis.reports.writers.paper import check_fonts

    if any(kind not in ("xlsx", "ipynb") for kind in kinds):
        check_fonts(language)


def report_bytes(report: Report, kind: Format, t: Translate, drawn: Drawn | None = None) -> bytes:
    """Return a report as one kind of file; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
    kind : "html", "pptx", "docx", "pdf", "xlsx" or "ipynb"
    t : translator of the report's language
    drawn : Drawn, optional
        Keeps the drawings for other kinds.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    return _WRITERS[kind](report, t, drawn or Drawn(report.language))


def write_report(
    report: Report,
    out: Path | str,
    kinds: Sequence[Format],
    t: Translate,
    *,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Path]:
    """Write ``report.<kind>`` for each kind, and ``recipe.yaml``; with a notebook also ``report.py``.

    All files are complete or none is there: they are written beside their place, and moved when the last one stands.

    Parameters
    ----------
    out : path of a folder
        Created when it is not there.
    progress : callable
        Told the share of the work done, 0..1; what it raises stops the writing.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``, before anything is written.
    """
    check_machine(report.language, kinds)
    if chinese_font() is None and holds_chinese(report):  # names of a Chinese shop in an English report
        check_machine("zh", [kind for kind in kinds if kind != "html"])  # a page takes the fonts of who reads it
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    parts = Path(tempfile.mkdtemp(prefix=".portrait-", dir=out))
    drawn = Drawn(report.language)
    try:
        names = []
        for place, kind in enumerate(kinds):
            (parts / f"report.{kind}").write_bytes(report_bytes(report, kind, t, drawn))
            names.append(f"report.{kind}")
            progress((place + 1) / len(kinds))
        if "ipynb" in kinds:
            from analysis.reports.writers.notebook import report_script

            (parts / "report.py").write_bytes(report_script(report, t))
            names.append("report.py")
        (parts / "recipe.yaml").write_text(report.recipe, "utf-8")
        return [(parts / name).replace(out / name) for name in (*names, "recipe.yaml")]
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _html(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.html import report_html

    return report_html(report, t, drawn).encode("utf-8")


def _pptx(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.slides import report_pptx

    return report_pptx(report, t, drawn)


def _docx(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.document import report_docx

    return report_docx(report, t, drawn)


def _pdf(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.paper import report_pdf

    return report_pdf(report, t, drawn)


def _xlsx(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.sheets import report_xlsx

    return report_xlsx(report, t)


def _ipynb(report: Report, t: Translate, drawn: Drawn) -> bytes:
    from analysis.reports.writers.notebook import report_ipynb

    return report_ipynb(report, t)


_WRITERS: dict[Format, Callable[[Report, Translate, Drawn], bytes]] = {
    "html": _html,
    "pptx": _pptx,
    "docx": _docx,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "ipynb": _ipynb,
}
