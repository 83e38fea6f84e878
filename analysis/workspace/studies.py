"""Studies, their recipes and settings: queries inside a transaction that the workspace opened."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analysis.errors import AnalysisError, ChoiceError
from analysis.workspace import database
from analysis.workspace.records import SavedRecipe, StudyInfo
from analysis.workspace.schema import raw_tables, settings, snapshots, studies, study_settings

if TYPE_CHECKING:
    from analysis.recipe import Recipe


NAME_LENGTH = 200  # of a recipe


def now() -> str:
    """Return the time in UTC as text that sorts by time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def create(connection: sa.Connection, name: str, goal: str | None) -> str:
    """Add a study and return its id."""
    study_id, moment = uuid.uuid4().hex, now()
    connection.execute(
        sa.insert(studies).values(
            id=study_id, name=name, goal=goal, created_at=moment, changed_at=moment, revision=0, recipe=None
        )
    )
    return study_id


def fetch(connection: sa.Connection, study_id: str | None = None) -> list[StudyInfo]:
    """Return one study, or all with the one changed last first."""
    query = sa.select(studies).order_by(studies.c.changed_at.desc(), studies.c.id)
    if study_id is not None:
        query = query.where(studies.c.id == study_id)
    tables = _by_study(
        connection,
        sa.select(
            raw_tables.c.study_id, sa.func.count(raw_tables.c.fingerprint.distinct()), sa.func.sum(raw_tables.c.n_rows)
        ).group_by(raw_tables.c.study_id),
    )
    counts = _by_study(connection, sa.select(snapshots.c.study_id, sa.func.count()).group_by(snapshots.c.study_id))
    last = _by_study(
        connection,
        sa.select(snapshots.c.study_id, snapshots.c.as_of, snapshots.c.summary).order_by(snapshots.c.position),
    )
    return [
        StudyInfo(
            id=row.id,
            name=row.name,
            goal=row.goal,
            created_at=database.saved_time(row.created_at),
            changed_at=database.saved_time(row.changed_at),
            revision=row.revision,
            n_files=int(tables.get(row.id, (0, 0))[0]),
            n_rows=int(tables.get(row.id, (0, 0))[1]),
            n_snapshots=int(counts.get(row.id, (0,))[0]),
            as_of=database.saved_day(last[row.id][0]) if row.id in last else None,
            n_customers=_n_customers(database.saved_json(last[row.id][1])) if row.id in last else None,
        )
        for row in connection.execute(query)
    ]


def need(connection: sa.Connection, study_id: str) -> sa.Row[Any]:
    """Return the row of a study; AnalysisError ``study_gone`` when there is none."""
    row = connection.execute(sa.select(studies).where(studies.c.id == study_id)).one_or_none()
    if row is None:
        raise AnalysisError("study_gone")
    return row


def touch(connection: sa.Connection, study_id: str, **values: Any) -> None:
    """Change a study and note when."""
    need(connection, study_id)
    connection.execute(sa.update(studies).where(studies.c.id == study_id).values(changed_at=now(), **values))


def count(connection: sa.Connection) -> int:
    """Return the number of studies."""
    return connection.execute(sa.select(sa.func.count()).select_from(studies)).scalar_one()


def rename(connection: sa.Connection, study_id: str, name: str) -> None:
    """Give a study another name, in the list and in its recipe; who holds the recipe reads it again."""
    row = need(connection, study_id)
    if row.recipe is not None:
        recipe = parse_recipe(row.recipe).model_copy(update={"name": name[:NAME_LENGTH]})
        save_recipe(connection, study_id, recipe, row.revision)
    touch(connection, study_id, name=name)


def load_recipe(connection: sa.Connection, study_id: str) -> SavedRecipe:
    """Return the saved recipe; AnalysisError ``saved_recipe_unreadable`` when another version wrote it."""
    row = need(connection, study_id)
    if row.recipe is None:
        return SavedRecipe(None, row.revision)
    return SavedRecipe(parse_recipe(row.recipe), row.revision)


def parse_recipe(text: str) -> Recipe:
    """Return a recipe kept as JSON."""
    from analysis.recipe import Recipe

    try:
        return Recipe.model_validate_json(text)
    except ChoiceError as error:
        raise AnalysisError("saved_recipe_unreadable", field=error.field) from error


def save_recipe(connection: sa.Connection, study_id: str, recipe: Recipe, revision: int) -> int:
    """Replace the recipe of ``revision`` and return the new revision; a name that it changes is the study's too."""
    row = need(connection, study_id)
    text = recipe.model_dump_json()
    if row.revision != revision:
        raise AnalysisError("recipe_changed_elsewhere", study=row.name, revision=revision, newest=row.revision)
    if row.recipe == text:
        return revision
    # A study is called as its recipe: who changes the name of one, or takes that back, changes both.
    before = None if row.recipe is None else database.saved_json(row.recipe).get("name")
    renamed = {"name": recipe.name} if row.recipe is not None and recipe.name and recipe.name != before else {}
    touch(connection, study_id, recipe=text, goal=recipe.goal, revision=revision + 1, **renamed)
    return revision + 1


def get_setting(connection: sa.Connection, name: str, study_id: str | None, default: Any) -> Any:
    """Return a setting of a study, or of the workspace without one."""
    table, where = _setting(name, study_id)
    value = connection.execute(sa.select(table.c.value).where(*where)).scalar_one_or_none()
    return default if value is None else database.saved_json(value)


def set_setting(connection: sa.Connection, name: str, value: Any, study_id: str | None) -> None:
    """Keep a setting as JSON."""
    if study_id is not None:
        need(connection, study_id)
    table, where = _setting(name, study_id)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if connection.execute(sa.update(table).where(*where).values(value=text)).rowcount == 0:
        owner = {} if study_id is None else {"study_id": study_id}
        connection.execute(sa.insert(table).values(name=name, value=text, **owner))


def all_settings(connection: sa.Connection, study_id: str) -> dict[str, Any]:
    """Return every setting of a study by name."""
    query = sa.select(study_settings).where(study_settings.c.study_id == study_id).order_by(study_settings.c.name)
    return {row.name: database.saved_json(row.value) for row in connection.execute(query)}


def _setting(name: str, study_id: str | None) -> tuple[sa.Table, list[sa.ColumnElement[bool]]]:
    if study_id is None:
        return settings, [settings.c.name == name]
    return study_settings, [study_settings.c.name == name, study_settings.c.study_id == study_id]


def _by_study(connection: sa.Connection, query: sa.Executable) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def _n_customers(summary: dict[str, Any]) -> int | None:
    value = summary.get("customers")
    return value if isinstance(value, int) else None
