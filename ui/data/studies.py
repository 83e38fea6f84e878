"""Studies begin, gain and lose files: reading uploads into the workspace, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.errors import AnalysisError
from ui import session
from ui.compute import LoadedStudy, workspace

if TYPE_CHECKING:
    from analysis.goals import Goal
    from analysis.intake.suggesting.suggest import TableGuess
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe

NAME_LENGTH = 200
Say = Callable[..., None]
"""Takes the key and the facts of the sentence that says which step has begun."""
Report = Callable[[float], None]
"""Takes how far the work is, 0..1."""


def put_down(files: Iterable[tuple[str, bytes | memoryview]], folder: Path) -> tuple[tuple[str, Path], ...]:
    """Put uploads into a folder under names of their own, so that they need no memory; return name and path of each."""
    found = []
    for place, (name, content) in enumerate(files):
        path = folder / f"upload_{place}"
        path.write_bytes(content)
        found.append((name, path))
    return tuple(found)


def read_uploads(
    files: Sequence[tuple[str, Path]], say: Say, recipe: Recipe | None = None, report: Report = lambda share: None
) -> list[RawTable]:
    """Read files, given as name and path, into raw tables, as the recipe of the study says where it says so.

    Raises
    ------
    AnalysisError
        As ``intake.read.read_file``, and ``file_twice`` when two files have the same content.
    """
    from dataclasses import replace

    from analysis.intake.reading.overrides import read_as_chosen
    from analysis.intake.reading.read import free_name

    tables: list[RawTable] = []
    first: dict[str, str] = {}
    size, done = sum(path.stat().st_size for _, path in files), 0
    for name, path in files:
        say("start.reading", file=name)
        # Of several files a share can be told; of one nobody knows.
        if len(files) > 1 and size:
            report(done / size)
        found = read_as_chosen(path.read_bytes(), recipe, name=name)
        done += path.stat().st_size
        if found[0].fingerprint in first:
            raise AnalysisError("file_twice", file=name, first=first[found[0].fingerprint])
        shown = free_name(found[0].file, {table.file for table in tables})
        first[found[0].fingerprint] = shown
        tables += [replace(table, file=shown) for table in found]
    return tables


def keep_originals(files: Iterable[tuple[str, Path]]) -> None:
    """Keep files as they were uploaded, so that another encoding or header row can be chosen later."""
    for _, path in files:
        workspace().keep_original(path.read_bytes())


def begin(tables: Sequence[RawTable], *, name: str, goal: Goal | None, say: Say, by_hand: bool = False) -> str:
    """Create a study of these tables with the suggested recipe; return its id.

    Parameters
    ----------
    by_hand : bool
        Also when no table can be used as it is: the largest becomes an orders table, for a person to say what its
        columns mean.

    Raises
    ------
    AnalysisError
        ``no_customer_column``, ``no_date_column``, ``no_amount_column``, and what the workspace refuses. Nothing is
        kept then.
    """
    from analysis.intake.suggesting.suggest import inspect

    say("start.recognising")
    recipe = _suggested(inspect(tables), by_hand)
    recipe = recipe.model_copy(update={"name": name.strip()[:NAME_LENGTH], "goal": goal})
    study_id = workspace().create_study(recipe.name, goal)
    try:
        for table in tables:
            say("start.saving")
            workspace().store_raw(study_id, table)
        say("start.saving")
        workspace().save_recipe(study_id, recipe, 0)
    except BaseException:
        workspace().delete_study(study_id)
        raise
    return study_id


def _suggested(guesses, by_hand: bool) -> Recipe:
    from analysis.intake.suggesting.describe import describe
    from analysis.intake.suggesting.suggest import guess_as
    from analysis.study import suggest_recipe

    if by_hand and all(guess.kind == "ignore" for guess in guesses):
        best = min(guesses, key=lambda guess: (len(guess.missing), -guess.table.n_rows))
        chosen = guess_as(best.table, describe(best.table), "orders")
        guesses = [chosen if guess is best else guess for guess in guesses]
    return suggest_recipe(guesses)


def add(study: LoadedStudy, tables: Sequence[RawTable], known: Sequence[TableGuess], say: Say) -> None:
    """Add tables to a study: what is mapped stays, new tables get the suggested roles; all are added or none.

    Parameters
    ----------
    known : sequence of TableGuess
        What was guessed of the tables that are there.

    Raises
    ------
    AnalysisError
        ``file_already_there`` and what else the workspace refuses.
    """
    from analysis.intake.suggesting.suggest import inspect
    from analysis.mapping import with_tables

    there = {table.fingerprint for table in study.tables}
    for table in tables:
        if table.fingerprint in there:
            raise AnalysisError("file_already_there", file=table.file)
    try:
        stored = []
        for table in tables:
            say("start.saving")
            stored.append(workspace().store_raw(study.id, table))
        say("start.recognising")
        together = [*study.tables, *stored]
        recipe = with_tables(study.recipe, together, inspect(together), known)
        workspace().save_recipe(study.id, recipe, study.revision)
    except BaseException:
        for fingerprint in {table.fingerprint for table in tables}:
            workspace().remove_file(study.id, fingerprint)
        raise


def remove(study: LoadedStudy, fingerprint: str) -> None:
    """Take a file with all its sheets out of a study, and what the recipe says of them."""
    from analysis.mapping import without_tables

    left = [table for table in study.tables if table.fingerprint != fingerprint]
    workspace().save_recipe(study.id, without_tables(study.recipe, left), study.revision)
    workspace().remove_file(study.id, fingerprint)
    session.forget_change(study.id, every=True)


def read_differently(study: LoadedStudy, table: RawTable, *, encoding: str | None, header_row: int | None) -> RawTable:
    """Return a table of the study as it reads with another encoding or header row; nothing is kept.

    Raises
    ------
    AnalysisError
        ``original_not_kept``, and as ``intake.read.read_file``.
    """
    from dataclasses import replace

    from analysis.intake.reading.read import read_file

    content = workspace().original(table.fingerprint)
    if content is None:
        raise AnalysisError("original_not_kept", file=table.file)
    found = read_file(content, name=table.file, encoding=encoding, header_row=header_row, sheet=table.sheet or None)
    return replace(found[0], file=table.file)


def keep_reading(
    study: LoadedStudy, old: RawTable, new: RawTable, *, encoding: str | None, header_row: int | None
) -> None:
    """Put another reading of a table in its place, with what the recipe says of it; both are kept or neither.

    Raises
    ------
    AnalysisError
        ``recipe_changed_elsewhere`` and what else the workspace refuses.
    """
    from analysis.mapping import with_reading

    recipe = with_reading(study.recipe, study.tables, old, new, encoding=encoding, header_row=header_row)
    before = read_differently(study, old, encoding=old.encoding or None, header_row=old.header_row)
    workspace().replace_raw(study.id, new)
    try:
        workspace().save_recipe(study.id, recipe, study.revision)
    except BaseException:
        workspace().replace_raw(study.id, before)
        raise
    session.forget_change(study.id, every=True)


def rename(study_id: str, name: str) -> None:
    """Give a study another name, in the list and in its recipe."""
    saved = workspace().load_recipe(study_id)
    workspace().rename_study(study_id, name)
    if saved.recipe is not None:
        recipe = saved.recipe.model_copy(update={"name": name.strip()[:NAME_LENGTH]})
        workspace().save_recipe(study_id, recipe, saved.revision)


def set_goal(study_id: str, goal: Goal | None) -> None:
    """Set the goal of a study."""
    saved = workspace().load_recipe(study_id)
    if saved.recipe is not None and saved.recipe.goal != goal:
        workspace().save_recipe(study_id, saved.recipe.model_copy(update={"goal": goal}), saved.revision)


def bring(source: Path | BinaryIO) -> str:
    """Add the study of an exported zip; return its id."""
    return workspace().import_study(source)


def packed(study_id: str) -> bytes:
    """Return a whole study as one zip."""
    import io

    target = io.BytesIO()
    workspace().export_study(study_id, target)
    return target.getvalue()
