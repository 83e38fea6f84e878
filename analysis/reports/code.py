"""The lines of Python that write a report again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.exports.code import KEPT_ARGUMENTS, KEPT_COMMENT, import_lines, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.choices import ReportChoices


def report_code(files: Sequence[str], choices: ReportChoices, *, kept_in: str | None = None) -> str:
    """Return a script that reads the files with ``recipe.yaml`` and writes the report.

    Parameters
    ----------
    files : sequence of str
        Names of the files; the lines expect them, and ``recipe.yaml``, beside the notebook.
    choices : ReportChoices
        A logo is left out: it is no text.
    kept_in : str, optional
        As for ``exports.code.segmentation_code``.

    Examples
    --------
    >>> from analysis.reports.choices import ReportChoices
    >>> report_code(["orders.xlsx"], ReportChoices()).splitlines()[-1]
    "write_report(report, 'out', ('html', 'pdf'), t)"
    """
    names = {
        ("analysis.exports.files", "recipe_from_yaml"), ("analysis.reports.build", "build_report"),
        ("analysis.reports.write", "write_report"), ("analysis.study", "read"), ("analysis.study", "run"),
        ("pathlib", "Path"), ("texts", "translator"),
    }  # fmt: skip
    chosen = written(choices.model_copy(update={"logo": ""}), names)
    kept = []
    if kept_in is not None:
        names.add(("analysis.workspace", "Workspace"))
        kept = [KEPT_COMMENT, f"kept = Workspace.open().carried({kept_in!r})"]
    read = ", ".join(repr(name) for name in dict.fromkeys(files))
    return "\n".join(
        (
            *import_lines(names),
            "",
            'recipe = recipe_from_yaml(Path("recipe.yaml").read_text("utf-8"))',
            *kept,
            f"result = run(read({read}, recipe=recipe), recipe{KEPT_ARGUMENTS if kept else ''})",
            f"t = translator({choices.language!r}, recipe.currency)",
            f"report = build_report(result, {chosen}, t)",
            "write_report(report, 'out', ('html', 'pdf'), t)",
        )
    )
