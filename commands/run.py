"""``portrait run``: from files to a folder with profiles, segments and lists."""

from __future__ import annotations

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import (
    ASKED,
    DONE,
    FAILED,
    SOME_FAILED,
    STDIN,
    add_files,
    exit_code,
    load_recipe,
    prepare,
    read,
)
from commands.study import is_unmasked, log_unmasked
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from analysis.exports.folder import ListFormat
    from analysis.intake.standard.merges import Merges
    from analysis.recipe import Recipe
    from analysis.segments.frozen import Before
    from analysis.study import StudyResult
    from texts import Translator

# In the order in which the steps want them.
LATER = (
    "analysis.intake.standard.standardise",
    "pandas",
    "narwhals",
    "sklearn.cluster",
    "analysis.exports.workbook",
    "xlsxwriter",
)


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("run", help=t("help.run"))
    add_files(parser, t)
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.run.recipe"))
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help=t("help.run.out"))
    parser.add_argument(
        "--only",
        metavar="FORMATS",
        help=t("help.run.only"),
    )
    seen = parser.add_mutually_exclusive_group()
    seen.add_argument("--unmask", metavar="REASON", help=t("help.run.unmask"))
    seen.add_argument("--for-others", action="store_true", help=t("help.run.for_others"))
    parser.add_argument("--contact-confirmed", action="store_true", help=t("help.run.contact_confirmed"))
    parser.add_argument("--previous", metavar="LAST", help=t("help.run.previous"))
    carried = parser.add_mutually_exclusive_group()
    carried.add_argument("--merges", metavar="merges.json", help=t("help.run.merges"))
    carried.add_argument("--study", metavar="STUDY", help=t("help.run.study"))
    parser.add_argument("--predict", metavar="KINDS", help=t("help.run.predict"))
    parser.add_argument("--strict", action="store_true", help=t("help.run.strict"))
    parser.set_defaults(command=run, serves=False)


def run(arguments: argparse.Namespace) -> int:
    """Read, compute and write; say how it went."""
    prepare(arguments.files, *LATER)
    voice = Voice.of(arguments)
    t, out = voice.t, Path(arguments.out)
    only, unmask = _formats(arguments.only), is_unmasked(arguments)
    recipe = load_recipe(arguments.recipe)
    carried: dict[str, Any] = {"merges": _load_merges(arguments.merges)}
    confirmed = date.today() if arguments.contact_confirmed else None
    if arguments.study is not None:
        saved, carried, of_study = _of_study(arguments.study)
        confirmed = confirmed or of_study
        recipe = recipe or saved
    before, predicted = _load_before(arguments.previous), _predictions(arguments.predict)
    _check_output(out, arguments.files)
    voice.say(t("command.reading", files=voice.names([Path(file).name or file for file in arguments.files])))
    found = read(arguments.files, voice, recipe)
    if not found.tables:
        return FAILED
    from analysis.errors import AnalysisError
    from analysis.study import suggest
    from analysis.study.refresh import refresh
    from commands.asking import ways_out

    if predicted:
        recipe = recipe or suggest(found.tables)
        for kind in predicted:
            recipe = recipe.with_prediction(recipe.prediction(kind) or _usual(kind))
    try:
        result = refresh(found.tables, recipe, before, progress=lambda step: voice.say(_step(voice, step)), **carried)
    except AnalysisError as problem:
        if recipe is not None:
            raise
        voice.refuse(problem)
        voice.tell(ways_out(found.tables, problem, t))
        return FAILED
    if arguments.strict and any(one.is_question for one in result.decisions):
        _ask(voice, result)
        return ASKED
    from analysis.exports.folder import WORKBOOK_CUSTOMERS, write_folder
    from analysis.figures import summary

    if unmask:
        log_unmasked(arguments)
    voice.say(t("command.writing", folder=out))
    words = voice.of_study(result)
    if arguments.for_others:
        written = _write_for_others(voice, result, out, words, only)
        figures = summary(result)
    else:
        written = write_folder(result, out, words, unmask=unmask, only=only, confirmed=confirmed)
        figures = json.loads((out / "summary.json").read_text("utf-8"))
    if only is None and all(path.suffix != ".xlsx" for path in written):
        n_customers = len(result.profiles.customers)
        voice.say(t("command.workbook_left_out", n=n_customers, most=WORKBOOK_CUSTOMERS))
    for method, problem in result.problems.items():
        voice.say(t("command.not_segmented", method=_method(voice, method), why=voice.sentence(problem)))
    for kind, problem in result.predicted.problems.items() if result.predicted else ():
        voice.say(t("command.not_predicted", prediction=t(f"prediction.{kind}"), why=voice.sentence(problem)))
    _say_names(voice, result)
    _say_figures(voice, result, figures)
    # What other data can carry is no failure; groups that were to be kept and are not there are one.
    missed = any(problem.code.startswith("frozen") for problem in result.problems.values())
    return max(exit_code(found), SOME_FAILED if missed else DONE)


def _write_for_others(
    voice: Voice, result: StudyResult, out: Path, t: Translator, only: tuple[ListFormat, ...] | None
) -> list[Path]:
    """Write what others may see, and say what was left out."""
    from analysis.exports.folder import write_for_others
    from analysis.exports.words import left_out
    from analysis.study.for_others import for_others

    shared = for_others(result)
    written = write_for_others(shared, out, t, only=only)
    voice.say(left_out(shared, t))
    return written


def _of_study(named: str) -> tuple[Recipe | None, dict[str, Any], date | None]:
    """Return the recipe of a study here, what its results rest on besides, and when a person confirmed contact."""
    from analysis.workspace import Workspace

    workspace = Workspace.open()
    try:
        study_id = workspace.study_named(named)
        kept, recipe = workspace.carried(study_id), workspace.load_recipe(study_id).recipe
        confirmed = workspace.care(study_id).contact_confirmed
    finally:
        workspace.close()
    return recipe, {"merges": kept.merges, "imported": kept.imported, "forgotten": kept.forgotten}, confirmed


def _load_before(folder: str | None) -> Before | None:
    if folder is None:
        return None
    from analysis.study.refresh import read_before

    return read_before(Path(folder))


def _say_names(voice: Voice, result: StudyResult) -> None:
    """Say which names could not be given to anybody."""
    from analysis.segments.names import note_sentence

    for method, edited in result.edited.items():
        for note in edited.notes:
            voice.say(f"{_method(voice, method)}: {note_sentence(note, voice.t)}")


def _formats(written: str | None) -> tuple[ListFormat, ...] | None:
    if written is None:
        return None
    from analysis.exports.folder import list_formats

    return list_formats(written)


def _predictions(written: str | None) -> tuple[str, ...]:
    """Return the predictions that were asked for: ``all`` that need not be told more, or kinds with commas between."""
    if written is None:
        return ()
    from analysis.errors import AnalysisError
    from analysis.predict.methods import PREDICTIONS

    if written.strip() == "all":
        return tuple(kind for kind, one in PREDICTIONS.items() if not one.is_told)
    kinds = tuple(part.strip() for part in written.split(","))
    for kind in kinds:
        if kind not in PREDICTIONS:
            raise AnalysisError("prediction_unknown", kind=kind, known=tuple(PREDICTIONS))
    return kinds


def _usual(kind: str) -> Any:
    """Return the usual params of a prediction; one that has to be told more is refused."""
    from analysis.errors import AnalysisError
    from analysis.predict.methods import PREDICTIONS

    if PREDICTIONS[kind].is_told:
        raise AnalysisError("prediction_untold", kind=kind)
    return PREDICTIONS[kind].params()


def _check_output(out: Path, files: Sequence[str]) -> None:
    """Refuse, before the work, a place where nothing can be written or where an input would be written over."""
    from analysis.errors import AnalysisError
    from analysis.intake.reading.sources import walk
    from analysis.intake.reading.written import RUN_FILES

    nearest = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise AnalysisError("output_is_file", folder=str(nearest))
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as problem:
        raise AnalysisError("output_not_writable", folder=str(out)) from problem
    for file in (Path(file) for file in files if file != STDIN):
        for one in walk(file).files if file.is_dir() else (file,):
            if one.name in RUN_FILES and one.resolve().parent == out.resolve():
                raise AnalysisError("output_over_input", folder=str(out), file=one.name)


def _step(voice: Voice, step: str) -> str:
    t = voice.t
    if t.has(f"command.step.{step}"):
        return t(f"command.step.{step}")
    return t("command.step.segment", method=_method(voice, step))


def _method(voice: Voice, kind: str) -> str:
    return voice.t(f"{kind}.title") if voice.t.has(f"{kind}.title") else kind


def _say_figures(voice: Voice, result: StudyResult, figures: dict[str, Any]) -> None:
    """Say the open questions and what the figures rest on, and last the figures."""
    t = voice.of_study(result)
    n_questions = _ask(voice, result)
    facts = {
        "customers": figures["customers"],
        "kept": sum(table["kept"] for table in figures["tables"].values()),
        "read": sum(table["read"] for table in figures["tables"].values()),
        "as_of": result.profiles.as_of,
        "questions": n_questions,
    }
    if figures["orders"] is None:
        voice.say(t("command.done", **facts))
        return
    if result.recipe.as_of == "latest":  # the day after the last order, from which days are counted
        facts["as_of"] = result.profiles.as_of - timedelta(days=1)
    buyers, customers = figures["buyers"], figures["customers"]
    some = "_of_some" if buyers is not None and buyers < customers else ""
    key = "command.done_counted" if figures["revenue"] is None else "command.done_orders"
    voice.say(t(key + some, **facts, buyers=buyers, orders=figures["orders"], revenue=figures["revenue"]))


def _ask(voice: Voice, result: StudyResult) -> int:
    """Say the open questions with the lines of the recipe that answer them, and the guesses; return how many."""
    from commands.asking import asked
    from texts import translator

    t = translator(voice.language, result.recipe.money_in)
    n_open, said = asked(result.decisions, result.quality.findings if result.quality else (), t)
    for note in result.standard.notes:
        if note.code in ("hidden_sheet_left_out", "hidden_sheet_used", "hidden_rows_counted"):
            voice.say(t(f"note.{note.code}", **note.facts))
    voice.tell(said)
    return n_open


def _load_merges(path: str | None) -> Merges | None:
    if path is None:
        return None
    from analysis.errors import AnalysisError, ChoiceError
    from analysis.intake.standard.merges import Merges

    try:
        return Merges.model_validate_json(Path(path).read_bytes())
    except OSError as problem:
        raise AnalysisError("file_missing", file=Path(path).name) from problem
    except ChoiceError as problem:
        raise AnalysisError("merges_unreadable", file=Path(path).name) from problem
