"""``portrait report``: a study as a report to hand over, in any of its formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import DONE, add_files, exit_code, load_recipe, prepare, read
from commands.study import run_of
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from analysis.reports.choices import ReportChoices
    from analysis.study import StudyResult
    from texts import Translator

LATER = ("analysis.reports.build", "analysis.reports.write", "vl_convert", "analysis.charts.segments")


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("report", help=t("help.report"))
    add_files(parser, t)
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.report.recipe"))
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help=t("help.report.out"))
    parser.add_argument("--format", metavar="FORMATS", default="", help=t("help.report.format"))
    parser.add_argument("--preset", choices=("owner", "consultant", "analyst"), help=t("help.report.preset"))
    parser.add_argument("--sections", metavar="SECTIONS", help=t("help.report.sections"))
    parser.add_argument("--title", metavar="TITLE", help=t("help.report.title"))
    parser.add_argument("--client", metavar="CLIENT", help=t("help.report.client"))
    parser.add_argument("--logo", metavar="FILE", help=t("help.report.logo"))
    parser.add_argument("--accent", metavar="#RRGGBB", help=t("help.report.accent"))
    parser.add_argument("--since", metavar="2026-09", help=t("help.report.since"))
    parser.set_defaults(command=report, serves=False)


def report(arguments: argparse.Namespace) -> int:
    """Compute, gather and write; say what was left out."""
    from analysis.reports.write import report_formats

    voice, kinds = Voice.of(arguments), report_formats(arguments.format)
    of_files = arguments.recipe is not None or any(Path(file).exists() for file in arguments.files)
    return _of_files(arguments, voice, kinds) if of_files else _of_study(arguments, voice, kinds)


def _of_files(arguments: argparse.Namespace, voice: Voice, kinds: Any) -> int:
    """Report on files, with the recipe that was given or the suggested one."""
    from analysis.errors import AnalysisError
    from analysis.reports.write import check_machine

    if arguments.since is not None:
        raise AnalysisError("report_since_of_study")
    prepare(arguments.files, *LATER)
    recipe = load_recipe(arguments.recipe)
    choices = _choices(arguments, voice, None)
    check_machine(choices.language, kinds)
    found = read(arguments.files, voice, recipe)
    if not found.tables:
        return exit_code(found)
    from analysis.study import run

    return max(_write(arguments, voice, kinds, run(found.tables, recipe), choices), exit_code(found))


def _of_study(arguments: argparse.Namespace, voice: Voice, kinds: Any) -> int:
    """Report on a study of this computer, with its experiments and with what was kept of its report."""
    from analysis.errors import AnalysisError
    from analysis.reports.kept import changes_since, kept_parts, run_before
    from analysis.reports.write import check_machine
    from analysis.workspace import Workspace

    if len(arguments.files) > 1:
        raise AnalysisError("file_missing", file=Path(arguments.files[0]).name)
    named = arguments.files[0]
    workspace = Workspace.open()
    try:
        try:
            study_id = workspace.study_named(named)
        except AnalysisError as problem:
            if problem.code != "study_unknown":
                raise
            raise AnalysisError("report_no_source", name=named, known=problem.facts["known"]) from problem
        saved = workspace.document("report", "report", study_id)
        choices = _choices(arguments, voice, None if saved is None else saved.value)
        check_machine(choices.language, kinds)
        kept = workspace.carried(study_id)
        result, extra = run_of(workspace, study_id, kept).result(), kept_parts(workspace, study_id)
        if not kept.is_empty:
            extra["kept_in"] = study_id
        if arguments.since is not None:
            before = run_before(workspace, study_id, result, since=arguments.since)
            extra["since"] = changes_since(workspace, study_id, result, before)
    finally:
        workspace.close()
    return _write(arguments, voice, kinds, result, choices, **extra)


def _choices(arguments: argparse.Namespace, voice: Voice, saved: ReportChoices | None) -> ReportChoices:
    """Return what was kept of the report, changed by what the command says."""
    from analysis.reports.choices import ReportChoices
    from analysis.reports.logo import logo_text, read_logo

    chosen: dict[str, Any] = {"language": voice.language}
    for name in ("preset", "title", "client", "accent"):
        if getattr(arguments, name) is not None:
            chosen[name] = getattr(arguments, name)
    if arguments.preset is not None:
        chosen["sections"] = ()
    if arguments.sections is not None:
        chosen["sections"] = tuple(part.strip() for part in arguments.sections.split(",") if part.strip())
    if arguments.logo is not None:
        chosen["logo"] = logo_text(read_logo(arguments.logo))
    return (saved or ReportChoices()).model_copy(update=chosen)


def _write(
    arguments: argparse.Namespace, voice: Voice, kinds: Any, result: StudyResult, choices: ReportChoices, **extra: Any
) -> int:
    from analysis.reports.build import build_report
    from analysis.reports.write import write_report
    from texts import translator

    words = translator(choices.language, result.recipe.currency)
    made = build_report(result, choices, words, **extra)
    voice.say(voice.t("command.writing", folder=arguments.out))
    write_report(made, arguments.out, kinds, words)
    for remark in made.remarks:
        voice.say(remark)
    return DONE
