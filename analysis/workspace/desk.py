"""Beginning and changing a study: what the app, the command line and a server do, each action whole or not at all.

Long work (reading, recognising, writing rows) comes before the one transaction of an action; in it, files are put in
place first and the database names them last. A stop at any moment leaves the study as it was or as it was to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.workspace import audit, database, raw, studies
from analysis.workspace.stores.placing import need_unchanged, placed
from analysis.workspace.upkeep import forgetting

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.goals import Goal
    from analysis.intake.suggesting.suggest import TableGuess
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from analysis.workspace.store import Workspace

# Told what the work has come to: ``recognising`` or ``saving``.
Say = Callable[[str], None]


def begin(
    workspace: Workspace,
    tables: Sequence[RawTable],
    *,
    name: str = "",
    goal: Goal | None = None,
    originals: Iterable[bytes | Path] = (),
    by_hand: bool = False,
    recipe: Recipe | None = None,
    say: Say = lambda _: None,
) -> str:
    """Begin a study of these tables; return its id.

    Parameters
    ----------
    originals : iterable of bytes or paths
        The files as they were, to be read again in another way.
    by_hand : bool
        Also when no table can be used as it is: the one that comes nearest becomes an orders table, for a person to
        say what its columns mean.
    recipe : Recipe, optional
        Default: the suggested one.

    Raises
    ------
    AnalysisError
        ``no_customer_column``, ``no_date_column``, ``no_amount_column``, ``file_already_there``,
        ``workspace_not_saved``. Nothing is kept then.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.workspace import Workspace
    >>> rows = "".join(f"c{n},2024-01-0{n},5\\n" for n in range(1, 8))
    >>> tables = read_file(f"customer_id,order_date,amount\\n{rows}".encode(), name="orders.csv")
    >>> workspace = Workspace.open(Path(tempfile.mkdtemp()))
    >>> study = begin(workspace, tables, name="Spring")
    >>> workspace.study(study).n_rows
    7
    """
    from analysis.intake.suggesting.suggest import inspect

    say("recognising")
    tables = named((), tables)
    chosen = _suggested(inspect(tables), by_hand=by_hand) if recipe is None else recipe
    chosen = chosen.model_copy(update={"name": name.strip()[: studies.NAME_LENGTH] or chosen.name})
    if recipe is None or goal is not None:
        chosen = chosen.model_copy(update={"goal": goal})
    say("saving")
    with placed(workspace.home, tables) as place:
        say("saving")
        with audit.auditing(workspace.engine, workspace.home) as connection:
            study_id = studies.create(connection, chosen.name, chosen.goal)
            for table in tables:
                place.insert(connection, study_id, table)
            audit.uploaded(connection, study_id, tables)
            _keep_originals(workspace, originals)
            studies.save_recipe(connection, study_id, chosen, 0)
            forgetting.carry_over(connection, study_id)
    workspace.forget_again(study_id)
    workspace.note(study_id)
    return study_id


def add(
    workspace: Workspace,
    study_id: str,
    tables: Sequence[RawTable],
    *,
    revision: int,
    known: Sequence[TableGuess] | None = None,
    originals: Iterable[bytes | Path] = (),
    say: Say = lambda _: None,
) -> int:
    """Add tables to a study; what is mapped stays, new tables get the suggested roles. Return the new revision.

    Parameters
    ----------
    revision : int
        Of the recipe that the caller has seen.
    known : sequence of TableGuess, optional
        What was guessed of the tables that are there; guessed again by default.

    Raises
    ------
    AnalysisError
        ``file_already_there``, ``recipe_changed_elsewhere``, ``study_gone``, ``workspace_not_saved``.
    """
    from analysis.intake.suggesting.suggest import inspect
    from analysis.mapping import with_tables

    there, recipe = _as_seen(workspace, study_id, revision)
    fingerprints = {table.fingerprint for table in there}
    for table in tables:
        if table.fingerprint in fingerprints:
            raise AnalysisError("file_already_there", file=table.file)
    tables = named(there, tables)
    say("recognising")
    together = [*there, *tables]
    guesses = inspect(there) if known is None else known
    recipe = with_tables(recipe, together, inspect(together), guesses)
    say("saving")
    with placed(workspace.home, tables) as place:
        say("saving")
        with audit.auditing(workspace.engine, workspace.home) as connection:
            need_unchanged(connection, study_id, there)
            for table in tables:
                place.insert(connection, study_id, table)
            audit.uploaded(connection, study_id, tables)
            _keep_originals(workspace, originals)
            revision = studies.save_recipe(connection, study_id, recipe, revision)
            studies.touch(connection, study_id)
    workspace.note(study_id)
    return revision


def remove(workspace: Workspace, study_id: str, fingerprint: str, *, revision: int) -> int:
    """Take a file with all its sheets out of a study, and what the recipe says of them; return the new revision.

    Raises
    ------
    AnalysisError
        ``recipe_changed_elsewhere``, ``study_gone``, ``workspace_not_saved``.
    """
    from analysis.mapping import without_tables

    with audit.auditing(workspace.engine, workspace.home) as connection:
        there = [raw.from_row(row, workspace.home) for row in raw.fetch(connection, study_id)]
        left = [table for table in there if table.fingerprint != fingerprint]
        recipe = studies.load_recipe(connection, study_id).recipe
        paths = raw.delete(connection, study_id, fingerprint)
        audit.append(connection, "removed", study_id, fingerprint=fingerprint)
        if recipe is not None:
            revision = studies.save_recipe(connection, study_id, without_tables(recipe, left), revision)
        studies.touch(connection, study_id)
    remove_unused(workspace, study_id, paths)
    return revision


def read_differently(
    workspace: Workspace, table: RawTable, *, encoding: str | None, header_row: int | None
) -> RawTable:
    """Return a kept table as it reads with another encoding or header row; nothing is kept.

    Raises
    ------
    AnalysisError
        ``original_not_kept``, and as ``intake.read.read_file``.
    """
    from analysis.intake.reading.read import read_file

    content = workspace.original(table.fingerprint)
    if content is None:
        raise AnalysisError("original_not_kept", file=table.file)
    found = read_file(content, name=table.file, encoding=encoding, header_row=header_row, sheet=table.sheet or None)
    return replace(found[0], file=table.file)


def keep_reading(
    workspace: Workspace,
    study_id: str,
    old: RawTable,
    new: RawTable,
    *,
    encoding: str | None,
    header_row: int | None,
    revision: int,
) -> int:
    """Put another reading of a table in its place, with what the recipe says of it; return the new revision.

    Raises
    ------
    AnalysisError
        ``recipe_changed_elsewhere``, ``study_gone``, ``workspace_not_saved``.
    """
    from analysis.mapping import with_reading

    there, recipe = _as_seen(workspace, study_id, revision)
    recipe = with_reading(recipe, there, old, new, encoding=encoding, header_row=header_row)
    with placed(workspace.home, [new]) as place, database.writing(workspace.engine) as connection:
        need_unchanged(connection, study_id, there)
        position = raw.position(connection, study_id, old)
        paths = raw.delete(connection, study_id, old.fingerprint, old.sheet)
        place.insert(connection, study_id, new, position=position)
        revision = studies.save_recipe(connection, study_id, recipe, revision)
        studies.touch(connection, study_id)
    remove_unused(workspace, study_id, paths)
    return revision


def read_again(workspace: Workspace, study_id: str) -> list[RawTable]:
    """Read the uploads behind stored rows that are missing or damaged once more; return the tables that were mended.

    Each is read as it was read before, so that the recipe holds.

    Raises
    ------
    AnalysisError
        ``original_not_kept`` when nothing could be mended, ``stored_rows_differ`` when the upload no longer gives the
        rows that were stored.
    """
    damages = workspace.damages(study_id, thorough=True)
    usable = [damage.table for damage in damages if damage.has_original]
    if damages and not usable:
        raise AnalysisError("original_not_kept", file=damages[0].table.file)
    mended = []
    for old in usable:
        header = old.header_row or None
        new = read_differently(workspace, old, encoding=old.encoding or None, header_row=header)
        if new.n_rows != old.n_rows or not _renames(new.columns, old.columns):
            raise AnalysisError("stored_rows_differ", file=old.file)
        new = replace(new, columns=old.columns)
        mended.append(workspace.replace_raw(study_id, new))
    return mended


def _renames(found: Sequence[str], kept: Sequence[str]) -> bool:
    """Say whether headings as kept are those of the file, but for some that a refresh took for others."""
    others = {was for now, was in zip(found, kept, strict=False) if now != was}
    return len(found) == len(kept) > len(others) and not others & set(found)


def rename(workspace: Workspace, study_id: str, name: str) -> None:
    """Give a study another name, in the list and in its recipe."""
    workspace.rename_study(study_id, name.strip()[: studies.NAME_LENGTH])


def set_goal(workspace: Workspace, study_id: str, goal: Goal | None) -> None:
    """Set the goal of a study, in the list and in its recipe."""
    with database.writing(workspace.engine) as connection:
        saved = studies.load_recipe(connection, study_id)
        if saved.recipe is not None and saved.recipe.goal != goal:
            recipe = saved.recipe.model_copy(update={"goal": goal})
            studies.save_recipe(connection, study_id, recipe, saved.revision)


def _suggested(guesses: Sequence[TableGuess], *, by_hand: bool) -> Recipe:
    from analysis.intake.suggesting.describe import describe
    from analysis.intake.suggesting.suggest import guess_as
    from analysis.study import suggest_recipe

    if by_hand and all(guess.kind == "ignore" for guess in guesses):
        best = min(guesses, key=lambda guess: (len(guess.missing), -guess.table.n_rows))
        chosen = guess_as(best.table, describe(best.table), "orders")
        guesses = [chosen if guess is best else guess for guess in guesses]
    return suggest_recipe(guesses)


def named(there: Iterable[RawTable], tables: Iterable[RawTable]) -> list[RawTable]:
    """Number tables whose file has the name of another file, as they will be kept."""
    names = {table.fingerprint: table.file for table in there}
    named = []
    for table in tables:
        if table.fingerprint not in names:
            names[table.fingerprint] = raw.free_name(table.file, set(names.values()))
        named.append(replace(table, file=names[table.fingerprint]))
    return named


def _as_seen(workspace: Workspace, study_id: str, revision: int) -> tuple[list[RawTable], Recipe]:
    from analysis.recipe import Recipe

    saved = workspace.load_recipe(study_id)
    if saved.revision != revision:
        name = workspace.study(study_id).name
        raise AnalysisError("recipe_changed_elsewhere", study=name, revision=revision, newest=saved.revision)
    return workspace.raw_tables(study_id), saved.recipe or Recipe()


def _keep_originals(workspace: Workspace, originals: Iterable[bytes | Path]) -> None:
    """Keep uploads beside their rows; a study without them works, so a disk that is too full for them stops nothing."""
    for upload in originals:
        with suppress(AnalysisError):
            workspace.keep_original(upload)


def remove_unused(workspace: Workspace, study_id: str, paths: set[str]) -> None:
    """Remove rows that no study names any more, and what was asked of them."""
    workspace.note(study_id)
    workspace.answers(study_id).drop()
    with database.writing(workspace.engine) as connection:
        raw.remove_unused(connection, workspace.home, paths)
