"""Snapshots: what each run left, immutable, one per recipe, data and as-of date."""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analysis import parquet
from analysis.errors import AnalysisError, ChoiceError
from analysis.sealed.ring import ring_of
from analysis.workspace import database, documents, merged, raw, studies
from analysis.workspace.records import Snapshot, SnapshotInfo
from analysis.workspace.schema import snapshots
from analysis.workspace.sealing.personal import of_frame

if TYPE_CHECKING:
    import pandas as pd

    from analysis.customer.changes import CustomerThen
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.fitted_study import FittedStudy

PARTS = ("profiles", "segments")
FIT = "fit.json"
LOOKED_AT = 12  # of the newest snapshots, for one with the same segmentation
FIT_SETTING = "fit."  # before the kind: a setting of the study, so it travels with its settings


def content(
    connection: sa.Connection, study_id: str, as_of: date, recipe: Recipe, fitted: FittedStudy | None = None
) -> str:
    """Return the hash of what decides a result: the data, the date, the choices, the merges, who was
    forgotten, what was applied as stored; not the names.
    """
    choices = recipe.model_dump(mode="json", exclude={"name", "goal"})
    data = sorted((row.fingerprint, row.sheet, row.path) for row in raw.fetch(connection, study_id))
    merges = merged.fetch(connection, study_id).state()
    gone = documents.find(connection, study_id, "forgotten", "forgotten")
    forgotten = gone.value.state() if gone else ""
    frozen = {plan.params.kind for plan in recipe.segmentations if plan.fit == "frozen"}
    applied = [
        each.model_dump(mode="json", exclude={"labels", "edits"})
        for each in (fitted.methods if fitted else ())
        if each.kind in frozen
    ]
    parts = [data, as_of.isoformat(), choices, *(one for one in (merges, applied, forgotten) if one)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def find(connection: sa.Connection, study_id: str, digest: str) -> str | None:
    """Return the id of the snapshot with this content."""
    where = (snapshots.c.study_id == study_id, snapshots.c.content == digest)
    return connection.execute(sa.select(snapshots.c.id).where(*where)).scalar_one_or_none()


def insert(
    connection: sa.Connection, study_id: str, as_of: date, recipe_text: str, digest: str, summary: str, taken_at: str
) -> str:
    """Add the record of a snapshot; its tables are put in place by the caller before the transaction ends."""
    snapshot_id = uuid.uuid4().hex
    last = connection.execute(
        sa.select(sa.func.max(snapshots.c.position)).where(snapshots.c.study_id == study_id)
    ).scalar_one()
    connection.execute(
        sa.insert(snapshots).values(
            id=snapshot_id,
            study_id=study_id,
            taken_at=taken_at,
            as_of=as_of.isoformat(),
            content=digest,
            recipe=recipe_text,
            summary=summary,
            position=(last or 0) + 1,
        )
    )
    return snapshot_id


def folder(home: Path, study_id: str, snapshot_id: str) -> Path:
    """Return where the tables of a snapshot lie."""
    return home / "studies" / study_id / "snapshots" / snapshot_id


def write_tables(
    target: Path, profiles: pd.DataFrame, segments: pd.DataFrame, fitted: FittedStudy | None = None
) -> None:
    """Write both tables, and what the segmentations learned, into a folder."""
    write_fit(target, fitted)
    for name, frame in zip(PARTS, (profiles, segments), strict=True):
        personal = of_frame(frame) if name == "profiles" and ring_of(target) else {}
        parquet.write_frame(frame, target / f"{name}.parquet", personal=personal)


def seal(place: Path) -> None:
    """Seal the personal columns of tables that lie open in a folder of the workspace."""
    if ring_of(place):
        path = place / f"{PARTS[0]}.parquet"
        frame = parquet.read_frame(path)
        parquet.write_frame(frame, path, personal=of_frame(frame))


def as_json(summary: dict[str, Any]) -> str:
    """Return a summary as strict JSON; what is not a finite number becomes null."""
    return json.dumps(_finite(summary), ensure_ascii=False, allow_nan=False)


def fetch(connection: sa.Connection, study_id: str) -> list[sa.Row[Any]]:
    """Return the rows of a study's snapshots, newest first: in the order they were taken, whatever the clock said."""
    query = sa.select(snapshots).where(snapshots.c.study_id == study_id)
    return list(connection.execute(query.order_by(snapshots.c.position.desc(), snapshots.c.id)))


def last_counts(
    connection: sa.Connection, study_id: str, plan: SegmentationPlan, until: date
) -> tuple[date, dict[str, int]] | None:
    """Return the day of the newest snapshot until a day with the same plan, and the customers of its segments."""
    from analysis.recipe import Recipe

    query = sa.select(snapshots.c.as_of, snapshots.c.recipe, snapshots.c.summary)
    rows = connection.execute(
        query.where(snapshots.c.study_id == study_id, snapshots.c.as_of <= until.isoformat())
        .order_by(snapshots.c.as_of.desc(), snapshots.c.position.desc())
        .limit(LOOKED_AT)
    )
    for row in rows:
        kind, summary = plan.params.kind, json.loads(row.summary)
        then = Recipe.model_validate_json(row.recipe).plan_or_usual(kind)
        if (then.params, then.edits) != (plan.params, plan.edits):
            continue
        # A segmentation that nobody has chosen stands on the cards alone.
        cards = [one for one in summary.get("cards", ()) if one["method"] == kind and len(one["segments"]) == 1]
        counts = {one["segments"][0]: int(one["customers"]) for one in cards}
        chosen = summary.get("segmentations", {}).get(kind, {}).get("segments", ())
        counts |= {one["key"]: int(one["customers"]) for one in chosen}
        if counts:
            return date.fromisoformat(row.as_of), counts
    return None


def customer_before(
    connection: sa.Connection, home: Path, study_id: str, customer_id: str, day: date
) -> tuple[CustomerThen, Recipe] | None:
    """Return a customer as the newest snapshot of an earlier day left it, with the recipe of that run."""
    from analysis.customer.changes import CustomerThen

    query = sa.select(snapshots).where(snapshots.c.study_id == study_id, snapshots.c.as_of < day.isoformat())
    row = connection.execute(
        query.order_by(snapshots.c.as_of.desc(), snapshots.c.position.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    path = folder(home, study_id, row.id) / "profiles.parquet"
    if not path.exists():
        raise AnalysisError("snapshot_gone")
    try:
        values = parquet.find_row(path, "customer_id", customer_id)
    except parquet.ReadError as error:
        raise AnalysisError("snapshot_damaged", day=row.as_of) from error
    return CustomerThen(database.saved_day(row.as_of), values), studies.parse_recipe(row.recipe)


def info(row: sa.Row[Any]) -> SnapshotInfo:
    """Return the record behind a row."""
    return SnapshotInfo(
        id=row.id,
        study_id=row.study_id,
        taken_at=database.saved_time(row.taken_at),
        as_of=database.saved_day(row.as_of),
        summary=database.saved_json(row.summary),
    )


def load(connection: sa.Connection, home: Path, snapshot_id: str) -> Snapshot:
    """Read a snapshot with its tables; AnalysisError ``snapshot_gone`` when there is none."""
    row = connection.execute(sa.select(snapshots).where(snapshots.c.id == snapshot_id)).one_or_none()
    if row is None:
        raise AnalysisError("snapshot_gone")
    place = folder(home, row.study_id, row.id)
    try:
        profiles, segments = (parquet.read_frame(place / f"{name}.parquet") for name in PARTS)
    except FileNotFoundError as error:
        raise AnalysisError("snapshot_gone") from error
    except parquet.ReadError as error:
        raise AnalysisError("snapshot_damaged", day=row.as_of) from error
    if "customer_id" not in profiles:
        raise AnalysisError("snapshot_damaged", day=row.as_of)
    return Snapshot(info(row), studies.parse_recipe(row.recipe), profiles, segments, load_fit(place))


def is_damaged(home: Path, row: sa.Row[Any]) -> bool:
    """Say whether the tables of a snapshot are missing or damaged, by their outlines."""
    place = folder(home, row.study_id, row.id)
    if any(raw.unreadable(place / f"{name}.parquet") for name in PARTS):
        return True
    with parquet.opened(place / "profiles.parquet") as file:
        return "customer_id" not in file.schema_arrow.names


def write_fit(target: Path, fitted: FittedStudy | None) -> None:
    """Write what the segmentations learned into a folder."""
    if fitted is not None:
        (target / FIT).write_text(fitted.model_dump_json(), "utf-8")


def changed_fits(connection: sa.Connection, study_id: str, fitted: FittedStudy) -> dict[str, Any]:
    """Return what is to be kept of each method that learned something, but for what is kept already."""
    found = {}
    for each in fitted.methods:
        name, alone = FIT_SETTING + each.kind, fitted.model_copy(update={"methods": (each,), "not_kept": {}})
        value = alone.model_dump(mode="json")
        if studies.get_setting(connection, name, study_id, None) != value:
            found[name] = value
    return found


def latest_fit(connection: sa.Connection, home: Path, study_id: str, kind: str) -> FittedStudy | None:
    """Return what a segmentation of this kind learned last: as its page kept it, else of the newest snapshot."""
    kept = studies.get_setting(connection, FIT_SETTING + kind, study_id, None)
    if kept is not None and (found := _fit(json.dumps(kept))) is not None:
        return found
    for row in fetch(connection, study_id):
        found = load_fit(folder(home, study_id, row.id))
        if found is not None and found.of(kind) is not None:
            return found
    return None


def load_fit(place: Path) -> FittedStudy | None:
    """Return what the segmentations of a snapshot learned; None where that was not kept, or not by this version."""
    try:
        return _fit((place / FIT).read_bytes())
    except FileNotFoundError:
        return None


def _fit(text: str | bytes) -> FittedStudy | None:
    from analysis.segments.fitted_study import FittedStudy

    try:
        return FittedStudy.model_validate_json(text)
    except ChoiceError:
        return None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
