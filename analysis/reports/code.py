"""The lines of Python that write a report again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.exports.code import KEPT_ARGUMENTS, KEPT_COMMENT, import_lines, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.choices import ReportChoices


def report_code(
    files: Sequence[str], choices: ReportChoices, *, kept_in: str | None = None, parts_of: str | None = None
) -> str:
    """Return a script that reads the files with ``recipe.yaml`` and writes the report.

    Parameters
    ----------
    files : sequence of str
        Names of the files; the lines expect them, and ``recipe.yaml``, beside the notebook.
    choices : ReportChoices
        A logo is left out: it is no text.
    kept_in : str, optional
        As for ``exports.code.segmentation_code``.
    parts_of : str, optional
        The study of this computer whose experiments, personas in a person's words, playbook and earlier runs are told.

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
    told, more = [], ""
    if kept_in is not None or parts_of is not None:
        names.add(("analysis.workspace", "Workspace"))
        told = [*([KEPT_COMMENT] if kept_in else []), "home = Workspace.open()"]
    if kept_in is not None:
        told.append(f"kept = home.carried({kept_in!r})")
    lines = []
    if parts_of is not None:
        names |= {("analysis.reports.kept", name) for name in ("changes_since", "kept_parts", "run_before")}
        lines = [
            f"parts = kept_parts(home, {parts_of!r})",
            f"before = run_before(home, {parts_of!r}, result)",
        ]
        more = f", **parts, since=changes_since(home, {parts_of!r}, result, before)"
    read = ", ".join(repr(name) for name in dict.fromkeys(files))
    return "\n".join(
        (
            *import_lines(names),
            "",
            'recipe = recipe_from_yaml(Path("recipe.yaml").read_text("utf-8"))',
            *told,
            f"result = run(read({read}, recipe=recipe), recipe{KEPT_ARGUMENTS if kept_in else ''})",
            f"t = translator({choices.language!r}, recipe.currency)",
            *lines,
            f"report = build_report(result, {chosen}, t{more})",
            "write_report(report, 'out', ('html', 'pdf'), t)",
        )
    )
