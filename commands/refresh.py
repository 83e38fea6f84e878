"""``portrait refresh``: the next files of a study, from the command line or from the folder that it watches."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import ASKED, DONE, FAILED, SOME_FAILED, exit_code
from commands.reading import read as read_files
from commands.study import words_of
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    import pandas as pd

    from analysis.history.arrival import Arrival
    from analysis.study import StudyResult
    from analysis.workspace import Workspace
    from analysis.workspace.refreshing.due import Ran
    from analysis.workspace.refreshing.refreshing import Refreshed
    from texts import Language, Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("refresh", help=t("help.refresh"))
    parser.add_argument("study", metavar="STUDY", nargs="?", help=t("help.refresh.study"))
    parser.add_argument("files", metavar="FILE", nargs="*", help=t("help.refresh.files"))
    parser.add_argument("--due", action="store_true", help=t("help.refresh.due"))
    parser.add_argument("--watch", metavar="FOLDER", type=Path, help=t("help.refresh.watch"))
    parser.add_argument("--pattern", metavar="PATTERN", default="*", help=t("help.refresh.pattern"))
    parser.add_argument("--every", choices=("day", "week", "month"), default="week", help=t("help.refresh.every"))
    parser.add_argument("--replace", action="store_true", help=t("help.refresh.replace"))
    parser.add_argument("--accept", metavar="CODES", default="", help=t("help.refresh.accept"))
    parser.add_argument("--html", metavar="BRIEF.html", type=Path, help=t("help.refresh.html"))
    parser.add_argument("--strict", action="store_true", help=t("help.run.strict"))
    parser.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
    parser.set_defaults(command=refresh, serves=False)


def refresh(arguments: argparse.Namespace) -> int:
    """Refresh one study with files, or every one whose time has come; or keep which folder a study watches."""
    from analysis.errors import AnalysisError
    from analysis.workspace import Workspace

    if arguments.due == bool(arguments.study) or (arguments.watch and arguments.files):
        raise AnalysisError("refresh_one_of_two")
    workspace = Workspace.open(arguments.home)
    try:
        if arguments.due:
            return _due(workspace, arguments)
        study_id = workspace.study_named(arguments.study)
        if arguments.watch:
            return _watch(workspace, study_id, arguments)
        return _files(workspace, study_id, arguments)
    finally:
        workspace.close()


def _files(workspace: Workspace, study_id: str, arguments: argparse.Namespace) -> int:
    from analysis.errors import AnalysisError
    from analysis.workspace.refreshing.lock import only_refresh
    from analysis.workspace.refreshing.refreshing import look, refresh_study

    voice = Voice.of(arguments)
    if not arguments.files:
        raise AnalysisError("refresh_no_files")
    recipe = workspace.load_recipe(study_id).recipe
    found = read_files(arguments.files, voice, recipe)
    if not found.tables:
        return FAILED
    with only_refresh(workspace.home):
        seen = look(workspace, study_id, found.tables)
        _say_arrivals(voice, seen, words_of(voice, workspace, study_id))
        if all(one.mode == "same" for one in seen):  # twice the same: nothing to do, and nothing went wrong
            return exit_code(found)
        done = refresh_study(
            workspace, study_id, found.tables, listed=listed, accepted=_codes(arguments), replaces=arguments.replace,
            originals=[path for one in arguments.files if (path := Path(one)).is_file()],
            say=lambda step: voice.say(_step(voice, step)),
        )  # fmt: skip
    _tell(workspace.study(study_id).name, done, arguments, words_of(voice, workspace, study_id), voice.language)
    if arguments.strict and any(one.is_question for one in done.result.decisions):
        return ASKED
    return exit_code(found)


def _watch(workspace: Workspace, study_id: str, arguments: argparse.Namespace) -> int:
    from analysis.errors import AnalysisError
    from analysis.history.schedule import schedule_line
    from analysis.history.watch import Watch
    from analysis.workspace.refreshing.watching import save_watch, watch_of

    voice, folder = Voice.of(arguments), arguments.watch.absolute()
    if not folder.is_dir():
        raise AnalysisError("watch_folder_gone", folder=str(folder))
    before = watch_of(workspace, study_id)
    taken = before.taken if before else ()
    save_watch(
        workspace, study_id, Watch(folder=str(folder), pattern=arguments.pattern, every=arguments.every, taken=taken)
    )
    voice.say(voice.t("refresh.watching", folder=str(folder), pattern=arguments.pattern))
    print(schedule_line(arguments.every, workspace.home))
    return DONE


def _due(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from analysis.workspace.refreshing.due import run_due

    voice = Voice.of(arguments)

    def told(ran: Ran) -> None:
        if ran.problem is not None:
            voice.refuse(ran.problem)
        for name in ran.unfinished:
            voice.say(voice.t("refresh.unfinished", file=name))
        if ran.refreshed is not None:
            t = words_of(voice, workspace, ran.study_id)
            _say_arrivals(voice, ran.refreshed.arrivals, t)
            _tell(ran.name, ran.refreshed, arguments, t, voice.language)
        elif ran.problem is None:
            voice.say(voice.t("refresh.nothing_new", study=ran.name))

    ran = run_due(workspace, listed=listed, accepted=_codes(arguments), now=datetime.now(UTC), told=told)
    failed = sum(one.problem is not None for one in ran)
    if failed:
        return FAILED if failed == len(ran) else SOME_FAILED
    asked = any(one.is_question for each in ran if each.refreshed for one in each.refreshed.result.decisions)
    return ASKED if arguments.strict and asked else DONE


def listed(result: StudyResult) -> pd.DataFrame:
    """Return the list of segments that a snapshot keeps; names of the engine are English in every one."""
    from analysis.exports.contents import segment_table
    from texts import translator

    return segment_table(result, translator("en", result.recipe.money_in))


def _tell(name: str, done: Refreshed, arguments: argparse.Namespace, t: Translator, language: Language) -> None:
    """Print the brief, and write it as a page where that is asked for."""
    from analysis.exports.printed.brief import brief_html
    from analysis.history.words import brief_text

    print(brief_text(done.brief, t, name=name), end="")
    if arguments.html:
        arguments.html.write_text(brief_html(done.brief, name, t, language=language), "utf-8")


def _say_arrivals(voice: Voice, found: Sequence[Arrival], t: Translator) -> None:
    from analysis.history.words import arrival_sentence

    for one in found:
        if not one.differences:
            voice.say(arrival_sentence(one.mode, {"file": one.table.file}, t))
        for each in one.differences:
            voice.say(arrival_sentence(each.code, each.facts, t))


def _codes(arguments: argparse.Namespace) -> tuple[str, ...]:
    return tuple(part.strip() for part in arguments.accept.split(",") if part.strip())


def _step(voice: Voice, step: str) -> str:
    t = voice.t
    for key in (f"refresh.{step}", f"command.step.{step}"):
        if t.has(key):
            return t(key)
    return t("command.step.segment", method=t(f"{step}.title") if t.has(f"{step}.title") else step)
