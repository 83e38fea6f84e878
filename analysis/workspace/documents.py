"""Documents of a study or of the workspace itself: closed, versioned models in a table of their own.

A document is saved by the revision that was read, or changed under the lock of a write transaction, so that two windows
never overwrite each other. Another kind of document is a closed model, registered in ``MODELS``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from analysis.act.campaign import Campaign
from analysis.act.notify.deliver import Delivery
from analysis.act.notify.receiver import SealedReceiver
from analysis.act.params import HoldOut
from analysis.act.playbook.trade import Trade
from analysis.errors import AnalysisError, ChoiceError
from analysis.experiments.choices import Parsed, PlanChoices, ReadChoices, SplitChoices, parse_choices
from analysis.history.alarms import AlarmRules
from analysis.history.watch import Watch
from analysis.params import Params
from analysis.personas.hypothesis import HypothesisPersona
from analysis.privacy.care import DataCare
from analysis.privacy.forget import Forgotten
from analysis.recipe import SegmentationPlan
from analysis.reports.choices import ReportChoices
from analysis.study.recipe_change import RecipeChanges
from analysis.tags.history import TagHistory
from analysis.tags.imported import ImportedValues
from analysis.workspace import studies
from analysis.workspace.schema import documents


class PersonaWords(Params):
    """What a person wrote on the card of a segment in place of the suggestion; an empty text follows the data."""

    method: str = Field(max_length=64)
    segment: str = Field(max_length=200)
    name: str = Field(default="", max_length=80)
    goals: str = Field(default="", max_length=300)
    pains: str = Field(default="", max_length=300)
    quote: str = Field(default="", max_length=300)

    def words(self) -> dict[str, str]:
        """Return what was written, by field."""
        return self.model_dump(exclude={"method", "segment"}, exclude_defaults=True)


class KeptSegmentation(Params):
    """A segmentation as it was, under a name, to set beside a later one."""

    name: str = Field(min_length=1, max_length=200)
    plan: SegmentationPlan


# Kind of document: its model and the version of that model.
MODELS: dict[str, tuple[type[Params], int]] = {
    "persona": (PersonaWords, 1),
    "hypothesis": (HypothesisPersona, 1),
    "kept_segmentation": (KeptSegmentation, 1),
    "plan_choices": (PlanChoices, 1),
    "split_choices": (SplitChoices, 1),
    "read_choices": (ReadChoices, 1),
    "recipe_changes": (RecipeChanges, 1),
    "tag_values": (ImportedValues, 1),
    "tag_history": (TagHistory, 1),
    "forgotten": (Forgotten, 1),
    "data_care": (DataCare, 1),
    "watch": (Watch, 1),
    "alarm_rules": (AlarmRules, 1),
    "campaign": (Campaign, 1),
    "hold_out": (HoldOut, 1),
    "delivery": (Delivery, 1),
    "receiver": (SealedReceiver, 1),
    "trade": (Trade, 1),
    "report": (ReportChoices, 1),
}
# Documents about this machine, or sealed with its key.
AT_HOME = ("watch", "receiver")
# The version of choices that the settings held: any form of its time, read as far as it can be.
OF_SETTINGS = 0


def persona_name(method: str, segment: str) -> str:
    """Return the name of the document of what a person wrote on the card of a segment."""
    return f"{method}:{segment}"[:200]


@dataclass(frozen=True)
class Document:
    """A document as it is kept: ``name`` is its own among those of its kind, ``revision`` counts its saves from 1.

    ``lost`` names the fields of an older form that cannot be read any more.
    """

    kind: str
    name: str
    revision: int
    value: Any
    lost: tuple[str, ...] = ()


def fetch(connection: sa.Connection, study_id: str | None, kind: str) -> list[Document]:
    """Return the documents of a kind in the order they were added.

    Raises
    ------
    AnalysisError
        ``document_unreadable``: another version of Portrait wrote one of them.
    """
    query = sa.select(documents).where(documents.c.study_id == study_id, documents.c.kind == kind)
    return [_read(row) for row in connection.execute(query.order_by(documents.c.position, documents.c.id))]


def everywhere(connection: sa.Connection, kind: str) -> list[Document]:
    """Return the documents of a kind of all studies, in the order they were added."""
    query = sa.select(documents).where(documents.c.kind == kind).order_by(documents.c.position, documents.c.id)
    return [_read(row) for row in connection.execute(query)]


def find(connection: sa.Connection, study_id: str | None, kind: str, name: str) -> Document | None:
    """Return one document, or None."""
    row = connection.execute(sa.select(documents).where(*_where(study_id, kind, name))).one_or_none()
    return None if row is None else _read(row)


def save(
    connection: sa.Connection, study_id: str | None, kind: str, value: Params, name: str | None, revision: int | None
) -> Document:
    """Add a document, or replace the one of this name that was read with ``revision``; None replaces whatever is there.

    Raises
    ------
    AnalysisError
        ``document_changed_elsewhere``, ``study_gone``.
    """
    model, version = MODELS[kind]
    value = model.model_validate(value.model_dump())
    if study_id is not None:
        studies.need(connection, study_id)
    name = name or uuid.uuid4().hex
    there = find(connection, study_id, kind, name)
    now = 0 if there is None else there.revision
    if revision is not None and revision != now:
        raise AnalysisError("document_changed_elsewhere")
    values = {
        "version": version,
        "revision": now + 1,
        "changed_at": studies.now(),
        "value": value.model_dump_json(),
    }
    if there is not None:
        connection.execute(sa.update(documents).where(*_where(study_id, kind, name)).values(**values))
    else:
        last = connection.execute(sa.select(sa.func.max(documents.c.position))).scalar_one()
        owner = {"id": uuid.uuid4().hex, "study_id": study_id, "kind": kind, "name": name, "position": (last or 0) + 1}
        connection.execute(sa.insert(documents).values(**owner, **values))
    return Document(kind, name, now + 1, value)


def change(
    connection: sa.Connection, study_id: str | None, kind: str, name: str, change: Callable[[Any | None], Params | None]
) -> Document | None:
    """Apply a change to the document as it is now (None when there is none); None as its result removes it."""
    there = find(connection, study_id, kind, name)
    value = change(None if there is None else there.value)
    if value is not None:
        return save(connection, study_id, kind, value, name, None)
    remove(connection, study_id, kind, name)
    return None


def remove(connection: sa.Connection, study_id: str | None, kind: str, name: str) -> None:
    """Take a document out, if it is there."""
    connection.execute(sa.delete(documents).where(*_where(study_id, kind, name)))


def rows(connection: sa.Connection, study_id: str) -> list[dict[str, Any]]:
    """Return every document of a study in order, as text, to travel with it; ``AT_HOME`` stays here."""
    query = sa.select(documents).where(documents.c.study_id == study_id, documents.c.kind.not_in(AT_HOME))
    query = query.order_by(documents.c.position, documents.c.id)
    return [
        {"kind": row.kind, "name": row.name, "version": row.version, "value": row.value}
        for row in connection.execute(query)
    ]


def parse(kind: str, version: int, value: str) -> Params:
    """Return the model of a kept text; AnalysisError ``document_unreadable`` when it does not fit this version."""
    return _parse(kind, version, value).choices


def _parse(kind: str, version: int, value: str) -> Parsed[Any]:
    if kind not in MODELS or version > MODELS[kind][1]:
        raise AnalysisError("document_unreadable", kind=kind, field="version")
    model: Any = MODELS[kind][0]
    try:
        if version == OF_SETTINGS:
            return parse_choices(model, json.loads(value))
        return Parsed(model.model_validate_json(value))
    except ChoiceError as error:
        raise AnalysisError("document_unreadable", kind=kind, field=error.field) from error


def parsed(kind: str, name: str, version: int, value: str) -> tuple[str, str, Params]:
    """Return a document of an archive as ``save`` takes it."""
    return kind, name, parse(kind, version, value)


def from_settings(settings: dict[str, Any]) -> tuple[list[tuple[str, str, Params]], dict[str, Any]]:
    """Return the documents that an older version kept as settings of a study, and the settings that stay.

    The step ``v4`` of the database does the same to the tables of its time.
    """
    from analysis.workspace.migrations.settings_moved import documents_of

    found: list[tuple[str, str, Params]] = []
    left: dict[str, Any] = {}
    for name, value in settings.items():
        moved = documents_of(name, value)
        if moved is None:
            left[name] = value
        else:
            found += [(kind, key, parse(kind, version, json.dumps(one))) for kind, key, version, one in moved]
    return found, left


def _read(row: sa.Row[Any]) -> Document:
    found = _parse(row.kind, row.version, row.value)
    return Document(row.kind, row.name, row.revision, found.choices, found.lost)


def _where(study_id: str | None, kind: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return documents.c.study_id == study_id, documents.c.kind == kind, documents.c.name == name
