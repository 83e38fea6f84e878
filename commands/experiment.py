"""``portrait experiment plan | split | read``: the figures of the pages, from a file of choices or from options."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from commands.reading import load_recipe, read_all
from commands.study import is_unmasked, log_unmasked
from commands.voice import Voice

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analysis.experiments.choices import ReadChoices
    from analysis.experiments.plan_experiment import PlanSource
    from analysis.study import StudyResult
    from texts import Translator

_WORDS = ("metric", "sides", "sequential")
_EFFECTS = ("points", "amount", "relative")
_NUMBERS = (
    "baseline", "mean", "sd", "customers", "per_week", "alpha", "power", "treatments", "split", "margin", "looks",
    "days", "cluster_size", "cluster_variation", "icc",
)  # fmt: skip
_OF_SHARES, _OF_MEANS = ("baseline", "points", "formula"), ("mean", "sd", "amount")


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("experiment", help=t("help.experiment"))
    parser.set_defaults(command=lambda _: parser.print_help() or 0, serves=False)
    inner = parser.add_subparsers(metavar="plan | split | read")
    _add_plan(inner, t)
    _add_split(inner, t)
    _add_read(inner, t)
    for one in inner.choices.values():
        one.add_argument("--choices", metavar="choices.yaml", help=t("help.experiment.choices"))
        one.add_argument("--json", action="store_true", help=t("help.experiment.json"))


def _add_plan(inner: Any, t: Translator) -> None:
    from typing import Literal

    parser = inner.add_parser("plan", help=t("help.plan"))
    parser.add_argument("files", nargs="*", metavar="FILE", help=t("help.plan.files"))
    parser.add_argument("--segment", metavar="METHOD|SEGMENT", help=t("help.plan.segment"))
    parser.add_argument("--with-left", action="store_true", help=t("help.plan.with_left"))
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.experiment.recipe"))
    words = {
        "metric": ("proportion", "mean", "revenue", "ratio"),
        "sides": ("two_sided", "one_sided"),
        "sequential": ("fixed", "obrien_fleming", "pocock", "always_valid"),
    }
    for name, known in words.items():
        parser.add_argument(f"--{name}", choices=known, help=t(f"help.plan.{name}"))
    formulas: Any = Literal["evan_miller", "pooled_average", "arcsine"]
    parser.add_argument("--cluster", metavar="COLUMN", help=t("help.plan.cluster"))
    parser.add_argument("--formula", choices=get_args(formulas), help=t("help.plan.formula"))
    effect = parser.add_mutually_exclusive_group()
    for name in _EFFECTS:
        effect.add_argument(f"--{name}", type=float, help=t(f"help.plan.{name}"))
    whole = ("customers", "treatments", "looks", "days")
    for name in _NUMBERS:
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=int if name in whole else float, help=t(f"help.plan.{name}")
        )
    parser.set_defaults(command=plan)


def _add_split(inner: Any, t: Translator) -> None:
    parser = inner.add_parser("split", help=t("help.split"))
    parser.add_argument("--contact-confirmed", action="store_true", help=t("help.run.contact_confirmed"))
    parser.add_argument("files", nargs="+", metavar="FILE|OUT", help=t("help.split.files"))
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help=t("help.split.out"))
    parser.add_argument("--seed", help=t("help.split.seed"))
    parser.add_argument("--audience", metavar="METHOD|SEGMENT", help=t("help.split.audience"))
    parser.add_argument("--arm", action="append", metavar="NAME=SHARE", help=t("help.split.arm"))
    parser.add_argument("--hold-out", type=float, metavar="PERCENT", help=t("help.split.hold_out"))
    parser.add_argument("--strata", nargs="+", metavar="COLUMN", help=t("help.split.strata"))
    parser.add_argument("--cluster", metavar="COLUMN", help=t("help.split.cluster"))
    parser.add_argument("--with-left", action="store_true", help=t("help.split.with_left"))
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.experiment.recipe"))
    parser.add_argument("--unmask", metavar="REASON", help=t("help.split.unmask"))
    parser.set_defaults(command=split)


def _add_read(inner: Any, t: Translator) -> None:
    parser = inner.add_parser("read", help=t("help.read"))
    parser.add_argument("file", nargs="?", metavar="FILE", help=t("help.read.file"))
    parser.add_argument("--study", nargs="+", metavar="FILE|OUT", help=t("help.read.study"))
    parser.add_argument("--split", metavar="OUT", help=t("help.read.split"))
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.experiment.recipe"))
    parser.set_defaults(command=read)


def plan(arguments: argparse.Namespace) -> int:
    """Print the figures of a plan."""
    from analysis.errors import AnalysisError
    from analysis.experiments.choices import PlanChoices
    from analysis.experiments.plan_experiment import plan_experiment
    from analysis.experiments.plan_words import formula_text, plan_answer, refusal
    from analysis.exports.experiment.summary import plan_summary

    voice = Voice.of(arguments)
    t = voice.t
    options = (*_WORDS, "formula", "cluster", *_EFFECTS, *_NUMBERS)
    given = {name: value for name in options if (value := getattr(arguments, name)) is not None}
    held = _yaml(arguments.choices)
    if "relative" in given:
        held["effect_kind"] = "relative"
    elif "points" in given or "amount" in given:
        held["effect_kind"] = "absolute"
    if "margin" in given:
        held["non_inferior"] = True
    if arguments.segment:
        held["source"] = arguments.segment
    if arguments.with_left:
        held["leave_out_left"] = False
    chosen = PlanChoices.model_validate(held | given)
    for name in _OF_MEANS if chosen.is_share else _OF_SHARES:
        if name in given:
            raise AnalysisError("experiment_option_unused", option=f"--{name}", metric=chosen.metric)
    try:
        found = plan_experiment(chosen, _plan_source(arguments, chosen, voice))
    except AnalysisError as problem:
        raise refusal(problem, t) from problem
    _print(arguments, plan_summary(found), [*plan_answer(found, t), formula_text(found, t)])
    return 0


def split(arguments: argparse.Namespace) -> int:
    """Write who gets what."""
    from analysis.errors import AnalysisError
    from analysis.experiments.choices import SplitChoices
    from analysis.experiments.plan_words import split_answer
    from analysis.experiments.split_experiment import split_experiment
    from analysis.exports.experiment.split import write_split
    from analysis.exports.experiment.summary import split_summary
    from analysis.privacy.consent import consent_is_known

    voice = Voice.of(arguments)
    t = voice.t
    options = {name: getattr(arguments, name) for name in ("seed", "audience", "hold_out", "strata", "cluster")}
    given = {name: value for name, value in options.items() if value is not None}
    if arguments.arm:
        given["arms"] = [_arm(text) for text in arguments.arm]
        given["treatments"] = len(arguments.arm) - 1
        if len(arguments.arm) < 2:
            raise AnalysisError("experiment_one_arm")
    if arguments.with_left:
        given["leave_out_left"] = False
    chosen = SplitChoices.model_validate(_yaml(arguments.choices) | given)
    customers, segments, masked_ids, left = _customers(arguments.files, arguments.recipe, voice)
    found = split_experiment(customers, chosen, segments=segments, left=left)
    told = "confirmed" if arguments.contact_confirmed else "unconfirmed"
    contact = "allowed" if consent_is_known(customers) else told
    summary = split_summary(found) | {"may_contact": contact}
    unmask = is_unmasked(arguments)
    if unmask and masked_ids is not None:
        log_unmasked(arguments)
    write_split(Path(arguments.out), found, summary, customers, None if unmask else masked_ids)
    said = split_answer(found, None, t)
    if contact == "unconfirmed":
        said.append(t("split.contact_unconfirmed"))
    if masked_ids is not None and not unmask:
        said.append(t("experiment.ids_masked"))
    _print(arguments, summary, said)
    return 0


def read(arguments: argparse.Namespace) -> int:
    """Print what an experiment found."""
    from analysis.errors import AnalysisError
    from analysis.experiments import words
    from analysis.experiments.decide_experiment import decide_experiment
    from analysis.experiments.evaluate_experiment import (
        evaluate_change,
        evaluate_experiment,
        segment_reading,
        shown_result,
    )
    from analysis.experiments.plan_words import refusal
    from analysis.exports.experiment.summary import change_summary, evaluation_summary

    voice = Voice.of(arguments)
    t = voice.t
    rows, chosen = _results(arguments, t)
    try:
        customers, shares, together = _joined(arguments, chosen, voice)
        if chosen.is_change:
            change = evaluate_change(chosen, rows, customers=customers)
            said = [words.note_text(note, t) for note in change.reading.notes]
            kind = chosen.metric if change.params is None else change.params.written
            metric = chosen.outcome if change.params is None else change.params.outcome
            said.insert(0, words.quasi_text(change.reading, chosen.design, kind, t, metric=metric))
            _print(arguments, change_summary(change), said)
            return 0
        found = evaluate_experiment(chosen, rows, customers=customers, shares=shares, together=together)
    except AnalysisError as problem:
        raise refusal(problem, t) from problem
    decided = decide_experiment(found)
    segments = None
    if chosen.columns is not None and chosen.columns.segment is not None and chosen.source != "typed":
        segments = segment_reading(chosen, found, shown_result(found.found, chosen.shown))
    said = [words.note_text(note, t) for note in found.found.alarms]
    said += words.answer(found.found, t)
    said += words.segments_answer(segments, t) if segments else []
    said += [*words.decision_text(decided, t), words.rule_text(decided, t)] if decided else []
    said += [words.note_text(note, t) for note in found.found.health if note.level != "ask"]
    said += words.source_text(chosen, found.read.data.counts, found.read.join, t)
    _print(arguments, evaluation_summary(found, decided, segments), said)
    return 0


def _print(arguments: argparse.Namespace, figures: dict[str, Any], said: list[str]) -> None:
    if arguments.json:
        print(json.dumps(figures | {"said": said}, ensure_ascii=False, indent=2, allow_nan=False, default=str))
    else:
        print("\n".join(said))


def _yaml(path: str | None) -> dict[str, Any]:
    """Return the choices of a file; ``experiment_choices_not_yaml`` (file)."""
    if path is None:
        return {}
    import yaml

    from analysis.errors import AnalysisError

    try:
        held = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as problem:
        raise AnalysisError("file_missing", file=Path(path).name) from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise AnalysisError("experiment_choices_not_yaml", file=Path(path).name) from problem
    if not isinstance(held, dict):
        raise AnalysisError("experiment_choices_not_yaml", file=Path(path).name)
    return held


def _arm(text: str) -> dict[str, Any]:
    from analysis.errors import AnalysisError

    name, _, share = text.rpartition("=")
    try:
        return {"name": name, "share": float(share)}
    except ValueError as problem:
        raise AnalysisError("experiment_bad_weights") from problem


def _run(files: list[str], recipe: str | None, voice: Voice) -> StudyResult:
    from analysis.study import run

    chosen = load_recipe(recipe)
    return run(read_all(files, voice, chosen), chosen)


def _plan_source(arguments: argparse.Namespace, chosen: Any, voice: Voice) -> PlanSource | None:
    from analysis.errors import AnalysisError
    from analysis.experiments.plan_experiment import PlanSource, outlook_params
    from analysis.experiments.planning.outlook import EVERYBODY, outlook
    from analysis.exports.contents import names_of
    from analysis.profiles.words import feature_name

    if not arguments.files or chosen.source == "typed":
        return None
    result = _run(arguments.files, arguments.recipe, voice)
    method, _, segment = chosen.source.partition("|")
    if method not in result.edited:
        raise AnalysisError("experiment_segment_gone")
    plan = result.recipe.plan_or_usual(method)
    found = outlook(
        result.prepared.standard, result.profiles, result.edited[method], plan, outlook_params(chosen)
    )  # fmt: skip
    if segment not in {one.segment for one in found}:
        raise AnalysisError("experiment_segment_gone")
    names = names_of(result, method, voice.t) | {EVERYBODY: voice.t("plan.everybody")}
    by = result.profiles.feature(chosen.cluster) if chosen.cluster else None
    return PlanSource(method, segment, names, found, feature_name(by, voice.t) if by else "")


def _customers(
    files: list[str], recipe: str | None, voice: Voice
) -> tuple[pd.DataFrame, dict[str, pd.Series], list[str] | None, pd.Series | None]:
    """Return the customers of a study, their segments by method, their ids masked where personal, and who has left."""
    from analysis.errors import AnalysisError
    from analysis.segments.methods import SEGMENT_COLUMNS

    if len(files) == 1 and (kept := Path(files[0]) / "profiles.parquet").is_file():
        from analysis.parquet import read_frame
        from analysis.predict.churn.definition import HAS_LEFT

        frame = read_frame(kept)
        # A masked id is no id: by it, others than on the page would get what they get.
        if frame["customer_id"].astype("str").str.contains("*", regex=False).any():
            raise AnalysisError("experiment_masked_ids", folder=Path(files[0]).name)
        left = frame.pop(HAS_LEFT) if HAS_LEFT in frame else None
        return frame, {kind: frame[name] for kind, name in SEGMENT_COLUMNS.items() if name in frame}, None, left
    from analysis.exports.contents import customer_id_kind, shown_profiles
    from analysis.predict.churn.definition import known_left

    result = _run(files, recipe, voice)
    masked = None
    if customer_id_kind(result) is not None:
        masked = shown_profiles(result).customers["customer_id"].astype("str").tolist()
    segments = {kind: edited.segmentation.labels for kind, edited in result.edited.items()}
    return result.profiles.customers, segments, masked, known_left(result.profiles)


def _results(arguments: argparse.Namespace, t: Translator) -> tuple[pa.Table | None, ReadChoices]:
    """Return the rows of the table and the choices: those suggested for it, and over them those of the file."""
    from analysis.errors import AnalysisError
    from analysis.experiments.choices import ReadChoices
    from analysis.experiments.suggest_choices import suggest_read

    held = _yaml(arguments.choices)
    if arguments.file is None:
        if held.get("source", "typed") != "typed" or "arms" not in held:
            raise AnalysisError("experiment_no_table")
        chosen = ReadChoices.model_validate(held)
        if not chosen.outcome.strip():
            chosen = chosen.model_copy(update={"outcome": t(f"read.outcome_{chosen.metric}")})
        return None, chosen
    from analysis.experiments.rows.table import text_rows
    from analysis.intake.reading.read import read_file

    path = Path(arguments.file)
    raw = max(read_file(path), key=lambda table: table.n_rows)
    rows = text_rows(raw)
    start = suggest_read(rows, file=raw.file).model_dump(exclude_unset=True)
    wanted = "study" if arguments.study or arguments.split else "table"
    if held.get("source", wanted) == "typed":
        raise AnalysisError("experiment_no_table")
    held = {"source": wanted} | held | {"table": start["table"]}
    # What the file says of the columns of a change is added to what is suggested; a test's columns are said whole.
    if isinstance(held.get("change"), dict):
        held["change"] = start["change"] | held["change"]
    return rows, ReadChoices.model_validate(start | held)


def _joined(
    arguments: argparse.Namespace, chosen: ReadChoices, voice: Voice
) -> tuple[pd.DataFrame | None, dict[str, float] | None, str]:
    """Return the customers to join to the table, the planned shares of their arms, and what was assigned as a whole."""
    from analysis.errors import AnalysisError

    if chosen.source != "study":
        return None, None, ""
    if not arguments.study:
        raise AnalysisError("experiment_no_customers")
    customers, segments, _, _ = _customers(arguments.study, arguments.recipe, voice)
    customers = customers.assign(**{kind: labels.astype(object) for kind, labels in segments.items()})
    if not arguments.split:
        return customers, None, ""
    import pandas as pd

    from analysis.experiments.splitting.assignment import arms_of
    from analysis.experiments.splitting.split import HOLD_OUT
    from analysis.parquet import read_table

    folder = Path(arguments.split)
    try:
        kept = json.loads((folder / "split.json").read_text("utf-8"))
        table = read_table(folder / "assignment.parquet")
        seed, shares = kept["choices"]["seed"].strip(), kept["weights"]
        together = str(kept["choices"].get("cluster", ""))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
        raise AnalysisError("experiment_table_lost") from problem
    words: dict[str, str] = {HOLD_OUT: voice.t("read.hold_out")}
    arms = arms_of(customers["customer_id"].astype("str").tolist(), table, seed=seed)
    column = pd.Series([words.get(arm or "", arm) for arm in arms], index=customers.index, dtype=object)
    planned = {words.get(str(arm), str(arm)): float(share) for arm, share in shares.items()}
    return customers.assign(arm=column), planned, together
