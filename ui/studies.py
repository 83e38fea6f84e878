"""Studies begin, gain and lose files: reading uploads into the workspace, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.errors import AnalysisError
from analysis.recipe import Goal, Recipe
from ui import session
from ui.compute import Study, workspace

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable

Say = Callable[[str], object]
NAME_LENGTH = 200


def read_uploads(files: Sequence[tuple[str, bytes]], say: Say) -> list[RawTable]:
    """Read files, given as name and content, into raw tables.

    Raises
    ------
    AnalysisError
        As ``intake.read.read_file``, and ``file_twice`` when two files have the same content.
    """
    from analysis.intake.read import read_file

    t = session.t()
    tables: list[RawTable] = []
    first: dict[str, str] = {}
    for name, content in files:
        say(t("start.reading", file=name))
        found = read_file(content, name=name)
        if found[0].fingerprint in first:
            raise AnalysisError("file_twice", file=name, first=first[found[0].fingerprint])
        first[found[0].fingerprint] = name
        tables += found
    return tables


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
    from analysis.intake.suggest import inspect

    t = session.t()
    say(t("start.recognising"))
    recipe = _suggested(inspect(tables), by_hand)
    recipe = recipe.model_copy(update={"name": name.strip()[:NAME_LENGTH], "goal": goal})
    say(t("start.saving"))
    study_id = workspace().create_study(recipe.name, goal)
    try:
        stored = [workspace().store_raw(study_id, table) for table in tables]
        workspace().save_recipe(study_id, _renamed(recipe, tables, stored), 0)
    except BaseException:
        workspace().delete_study(study_id)
        raise
    return study_id


def _suggested(guesses, by_hand: bool) -> Recipe:
    from analysis.intake.describe import describe
    from analysis.intake.suggest import guess_as
    from analysis.study import suggest_recipe

    if by_hand and all(guess.kind == "ignore" for guess in guesses):
        best = min(guesses, key=lambda guess: (len(guess.missing), -guess.table.n_rows))
        chosen = guess_as(best.table, describe(best.table), "orders")
        guesses = [chosen if guess is best else guess for guess in guesses]
    return suggest_recipe(guesses)


def _renamed(recipe: Recipe, read: Sequence[RawTable], stored: Sequence[RawTable]) -> Recipe:
    """Follow the workspace where it numbered a file because another has the same name."""
    names = {(old.file, old.sheet, place): new.file for place, (old, new) in enumerate(zip(read, stored, strict=True))}
    sources = tuple(
        source.model_copy(update={"file": names.get((source.file, source.sheet, place), source.file)})
        for place, source in enumerate(recipe.sources)
    )
    return recipe.model_copy(update={"sources": sources})


def add(study: Study, tables: Sequence[RawTable], say: Say) -> None:
    """Add tables to a study: what is mapped stays, new tables get the suggested roles; all are added or none.

    Raises
    ------
    AnalysisError
        ``file_already_there`` and what else the workspace refuses.
    """
    from analysis.intake.suggest import inspect
    from analysis.mapping import with_tables

    t = session.t()
    say(t("start.saving"))
    there = {table.fingerprint for table in study.tables}
    for table in tables:
        if table.fingerprint in there:
            raise AnalysisError("file_already_there", file=table.file)
    try:
        stored = [workspace().store_raw(study.id, table) for table in tables]
        say(t("start.recognising"))
        recipe = with_tables(study.recipe, [*study.tables, *stored], inspect(stored))
        workspace().save_recipe(study.id, recipe, study.revision)
    except BaseException:
        for fingerprint in {table.fingerprint for table in tables}:
            workspace().remove_file(study.id, fingerprint)
        raise
    session.forget_change(study.id, every=True)


def remove(study: Study, fingerprint: str) -> None:
    """Take a file with all its sheets out of a study, and what the recipe says of them."""
    from analysis.mapping import without_tables

    left = [table for table in study.tables if table.fingerprint != fingerprint]
    workspace().save_recipe(study.id, without_tables(study.recipe, left), study.revision)
    workspace().remove_file(study.id, fingerprint)
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
