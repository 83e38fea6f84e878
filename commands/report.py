"""``portrait report``: a study as a report to hand over, in any of its formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import DONE, add_files, exit_code, load_recipe, prepare, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from analysis.history.brief import Brief
    from analysis.reports.choices import ReportChoices
    from analysis.study import Run, StudyResult
    from analysis.workspace import Workspace
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

    if arguments.since is not None:
        raise AnalysisError("report_since_of_study")
    prepare(arguments.files, *LATER)
    recipe = load_recipe(arguments.recipe)
    choices = _choices(arguments, voice, None)
    found = read(arguments.files, voice, recipe)
    if not found.tables:
        return exit_code(found)
    from analysis.study import run

    return max(_write(arguments, voice, kinds, run(found.tables, recipe), choices), exit_code(found))


def _of_study(arguments: argparse.Namespace, voice: Voice, kinds: Any) -> int:
    """Report on a study of this computer, with its experiments and with what was kept of its report."""
    from analysis.errors import AnalysisError
    from analysis.reports.material import KeptExperiment
    from analysis.workspace import Workspace

    if len(arguments.files) > 1:
        raise AnalysisError("file_missing", file=Path(arguments.files[0]).name)
    workspace = Workspace.open()
    try:
        study_id = workspace.study_named(arguments.files[0])
        saved = workspace.document("report", "report", study_id)
        choices = _choices(arguments, voice, None if saved is None else saved.value)
        result = _study(workspace, study_id).result()
        kept = workspace.experiments(study_id)
        extra: dict[str, Any] = {
            "experiments": tuple(KeptExperiment(one.experiment, one.created_at) for one in kept),
            "persona_edits": workspace.persona_words(study_id),
        }
        extra["plays"] = workspace.play_settings(study_id)
        if arguments.since is not None:
            extra["since"] = _since(workspace, study_id, result, arguments.since)
    finally:
        workspace.close()
    return _write(arguments, voice, kinds, result, choices, **extra)


def _study(workspace: Workspace, study_id: str) -> Run:
    from analysis.study import begin

    kept, saved = workspace.carried(study_id), workspace.load_recipe(study_id).recipe
    return begin(
        workspace.raw_tables(study_id), saved,
        merges=kept.merges, imported=kept.imported, forgotten=kept.forgotten,
    )  # fmt: skip


def _since(workspace: Workspace, study_id: str, result: StudyResult, day: str) -> Brief:
    """Return what changed since the last kept run of a month or a day."""
    from analysis.errors import AnalysisError
    from analysis.history.earlier import earlier_of
    from analysis.history.telling import brief

    kept = [one for one in workspace.snapshots(study_id) if one.as_of < result.profiles.as_of]
    found = [one for one in kept if one.as_of.isoformat().startswith(day)]
    if not found:
        raise AnalysisError("report_no_snapshot", day=day, known=tuple(sorted({str(one.as_of) for one in kept})))
    latest = max(found, key=lambda one: one.as_of)
    return brief(
        result, earlier_of(workspace.load_snapshot(latest.id)),
        campaigns=workspace.campaigns(study_id), read_since=latest.taken_at,
    )  # fmt: skip


def _choices(arguments: argparse.Namespace, voice: Voice, saved: ReportChoices | None) -> ReportChoices:
    """Return what was kept of the report, changed by what the command says."""
    from analysis.errors import AnalysisError
    from analysis.reports.choices import ReportChoices
    from analysis.reports.logo import logo_text

    chosen: dict[str, Any] = {"language": voice.language}
    for name in ("preset", "title", "client", "accent"):
        if getattr(arguments, name) is not None:
            chosen[name] = getattr(arguments, name)
    if arguments.preset is not None:
        chosen["sections"] = ()
    if arguments.sections is not None:
        chosen["sections"] = tuple(part.strip() for part in arguments.sections.split(",") if part.strip())
    if arguments.logo is not None:
        try:
            chosen["logo"] = logo_text(Path(arguments.logo).read_bytes())
        except OSError as problem:
            raise AnalysisError("file_missing", file=Path(arguments.logo).name) from problem
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
