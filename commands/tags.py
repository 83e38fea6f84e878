"""``portrait tags list | count | export | import``: the tags of a study, with the numbers that its pages show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.study import add_actions, is_unmasked, study_of, words_of
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from analysis.study import Run
    from analysis.tags.params import Tag
    from texts import Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    ways = {"list": list_tags, "count": count, "export": export, "import": import_tag}
    for name, action in add_actions(commands, t, "tags", ways).items():
        if name == "export":
            action.add_argument("tags", metavar="TAG", nargs="*", help=t("help.tags.tags"))
            action.add_argument("-o", "--out", metavar="TAGS.csv", required=True, help=t("help.audit.out"))
            action.add_argument("--unmask", metavar="REASON", help=t("help.run.unmask"))
        elif name != "list":
            action.add_argument("tag", metavar="TAG", help=t("help.tags.tag"))
        if name in ("list", "count"):
            action.add_argument("--json", action="store_true", help=t("help.tags.json"))
        if name == "import":
            action.add_argument("file", metavar="FILE", help=t("help.tags.file"))
            action.add_argument("--id", metavar="COLUMN", help=t("help.tags.id"))
            action.add_argument("--value", metavar="COLUMN", help=t("help.tags.value"))
            action.add_argument("--overwrite", action="store_true", help=t("help.tags.overwrite"))


def list_tags(arguments: argparse.Namespace) -> int:
    """Print every tag: its key, how many customers have it, its name and what it says of whom."""
    from analysis.plain import plain
    from analysis.tags.dictionary import dictionary
    from analysis.tags.words import definition, in_words, name_of

    voice, (workspace, run) = Voice.of(arguments), study_of(arguments)
    t = words_of(voice, workspace, workspace.study_named(arguments.study))
    tagged, tags = run.tagged(), run.recipe.tags
    by_key = {tag.key: tag for tag in tags}
    rows = []
    for entry in dictionary(tags, tagged, goal=run.recipe.goal, segmentations=run.recipe.segmentations):
        tag, problem = entry.tag, entry.problem
        row = {"key": tag.key, "name": name_of(tag, t), "type": tag.type, "version": tag.version}
        row |= {
            "retired": tag.retired,
            "customers": entry.n,
            "coverage": entry.coverage,
            "values": _values(entry.values),
        }
        row |= {"as_of": entry.computed_as_of, "due": entry.due, "definition": definition(tag, tagged.profiles, t)}
        told = None if problem is None else voice.sentence(in_words(problem, by_key, tagged.profiles, t))
        rows.append(row | {"problem": told})
    if arguments.json:
        print(json.dumps(plain(rows), ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        n = t("tags.is_retired") if row["retired"] else "–" if row["customers"] is None else t.number(row["customers"])
        print(f"{row['key']:<24} {n:>10}  {row['name']}: {row['problem'] or row['definition']}")
    return 0


def count(arguments: argparse.Namespace) -> int:
    """Print how many customers have each value of a tag."""
    from analysis.plain import plain
    from analysis.tags.words import value_words

    voice, (_, run) = Voice.of(arguments), study_of(arguments)
    found = run.tag_values(_tag(run, arguments.tag))
    told: dict[str, Any] = {
        "tag": arguments.tag,
        "customers": found.n,
        "coverage": found.coverage,
        "values": _values(found),
    }
    if arguments.json:
        print(json.dumps(plain(told), ensure_ascii=False, indent=2))
        return 0
    print(f"{voice.t.number(found.n):>10}  {voice.t.percent(found.coverage)}")
    for value, n in told["values"].items():
        print(f"{voice.t.number(n):>10}  {value_words(found.tag, value, voice.t)}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write who has which tag as CSV, customers masked unless a reason is given."""
    from dataclasses import replace

    from analysis.errors import AnalysisError
    from analysis.exports.contents import tag_table
    from analysis.exports.csv import write_csv
    from analysis.profiles.personal import kind_of_ids, masked
    from analysis.workspace.files import whole_file

    voice, unmask = Voice.of(arguments), is_unmasked(arguments)
    workspace, run = study_of(arguments)
    if unmask:
        workspace.need_key()
    tags = [_tag(run, key) for key in arguments.tags] or [tag for tag in run.recipe.tags if not tag.retired]
    for tag in tags:
        if tag.retired:
            raise AnalysisError("tag_retired", tag=tag.key)
    tagged = run.tagged()
    for tag in tags:
        if tag.key in tagged.problems:
            raise tagged.problems[tag.key]
    profiles = tagged.profiles
    if not unmask:
        ids = profiles.customers["customer_id"]
        profiles = masked(replace(profiles, id_kind=kind_of_ids(ids, run.recipe)))
    study_id = workspace.study_named(arguments.study)
    words = words_of(voice, workspace, study_id)
    table = tag_table(profiles, [tagged.values[tag.key] for tag in tags if tag.key in tagged.values], words)
    reason, keys = arguments.unmask.strip() if unmask else None, ", ".join(tag.key for tag in tags)
    workspace.record("exported", study_id, what="tags", masked=not unmask, reason=reason, of=keys)
    with whole_file(Path(arguments.out).absolute()) as part:
        write_csv(table, part, ids=(str(table.columns[0]),))
    voice.say(voice.t("tags.written", n=len(table), tags=len(tags), file=arguments.out))
    return 0


def import_tag(arguments: argparse.Namespace) -> int:
    """Take in the values of a tag from a file, and say how many were taken."""
    from analysis.errors import AnalysisError
    from analysis.tags.imported import import_values

    voice, (workspace, run) = Voice.of(arguments), study_of(arguments)
    tag, profiles, rows = _tag(run, arguments.tag), run.prepared().profiles, rows_of(arguments.file)
    if tag.source.kind != "imported" or tag.retired:
        raise AnalysisError("tag_takes_no_import", tag=tag.key)
    ids = _column(rows, arguments.id, 0)
    if arguments.value is None and len(rows.columns) < 2:
        raise AnalysisError("tag_import_no_values", column=str(rows.columns[0]))
    values = _column(rows, arguments.value, 1)
    how: Any = "overwrite" if arguments.overwrite else "append"
    done: Any = None
    study_id = workspace.study_named(arguments.study)
    merges = workspace.people_salt(study_id)

    def grown(before: Any) -> Any:
        nonlocal done
        done = import_values(
            profiles, ids, values, on=profiles.as_of, before=before, how=how, several=tag.several, merges=merges
        )
        return done.values

    workspace.change_document("tag_values", tag.key, grown, study_id)
    facts = {"n": done.n_matched, "unknown": done.n_unknown, "empty": done.n_empty, "replaced": done.n_replaced}
    voice.say(voice.t("tags.import_done", **facts))
    return 0


def _tag(run: Run, key: str) -> Tag:
    from analysis.errors import AnalysisError

    found = next((tag for tag in run.recipe.tags if tag.key == key), None)
    if found is None:
        raise AnalysisError("tag_unknown", tag=key, known=tuple(tag.key for tag in run.recipe.tags))
    return found


def _values(found: Any) -> dict[str, int]:
    """Return how many customers have each value."""
    if found is None:
        return {}
    counts = found.counts
    return {str(v): int(n) for v, n in zip(counts["value"], counts["customers"], strict=True)}


def rows_of(file: str) -> pd.DataFrame:
    """Return the rows of the largest table of a file as text."""
    from analysis.errors import AnalysisError
    from analysis.experiments.rows.table import text_rows
    from analysis.intake.reading.read import read_file

    path = Path(file)
    if not path.is_file():
        raise AnalysisError("file_missing", file=path.name)
    tables = read_file(path)
    return text_rows(max(tables, key=lambda table: table.n_rows)).to_pandas()


def _column(rows: pd.DataFrame, name: str | None, place: int) -> pd.Series:
    from analysis.errors import AnalysisError

    names = [str(one) for one in rows.columns]
    if name is None:
        return rows.iloc[:, place]
    if name not in names:
        raise AnalysisError("tag_import_no_column", column=name, known=tuple(names))
    return rows.iloc[:, names.index(name)]
