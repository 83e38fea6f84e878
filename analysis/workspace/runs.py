"""Standard tables and profiles of one state of a study, kept as Parquet, so that nothing is computed twice."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import parquet
from analysis.engine import connect
from analysis.intake.sales import add_sales
from analysis.intake.tables import TABLES, RawTable, StandardTables, TableCount
from analysis.notes import Note
from analysis.plain import plain
from analysis.profiles.result import Feature, Profiles
from analysis.sealed.ring import ring_of
from analysis.study import Prepared
from analysis.workspace.files import whole_file
from analysis.workspace.sealing.personal import of_frame, of_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE = "meta.json"


def save_prepared(prepared: Prepared, folder: Path) -> None:
    """Write prepared tables into a folder; the file that marks it complete comes last."""
    standard = prepared.standard
    known = {feature.key for feature in prepared.profiles.features if feature.personal}
    personal = of_frame(prepared.profiles.customers, known) if ring_of(folder) else {}
    with standard.cursor() as cursor:
        for table in TABLES:
            with whole_file(folder / f"{table}.parquet") as part:
                parquet.copy(
                    cursor, f"SELECT * FROM {table}", part, use="kept", personal=of_rows(cursor, table, personal)
                )
    with whole_file(folder / "profiles.parquet") as part:
        parquet.write_frame(prepared.profiles.customers, part, personal=personal)
    meta = {
        "counts": [asdict(count) for count in standard.counts],
        "order_roles": sorted(standard.order_roles),
        "customer_roles": sorted(standard.customer_roles),
        "record_roles": {kind: sorted(found) for kind, found in standard.record_roles.items()},
        "extras": [list(extra) for extra in standard.extras],
        "has_time": standard.has_time,
        "notes": [{"code": note.code, "level": note.level, "facts": plain(note.facts)} for note in standard.notes],
        "profile_notes": [
            {"code": note.code, "level": note.level, "facts": plain(note.facts)} for note in prepared.profiles.notes
        ],
        "features": [_feature_as_json(feature) for feature in prepared.profiles.features],
        "as_of": prepared.profiles.as_of.isoformat(),
        "n_after_as_of": prepared.profiles.n_after_as_of,
        "id_kind": prepared.profiles.id_kind,
    }
    with whole_file(folder / DONE) as part:
        part.write_text(json.dumps(meta, ensure_ascii=False), "utf-8")


def is_kept(folder: Path) -> bool:
    """Say whether ``save_prepared`` came to its end in a folder."""
    return (folder / DONE).exists()


def load_prepared(folder: Path, tables: Sequence[RawTable]) -> Prepared | None:
    """Open what ``save_prepared`` wrote, the rows staying in their files; None when it is not complete or damaged."""
    import duckdb

    if not is_kept(folder):
        return None
    try:
        return _opened(folder, tables)
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, parquet.ReadError, OSError, ValueError, LookupError, TypeError):
        return None


def _opened(folder: Path, tables: Sequence[RawTable]) -> Prepared:
    meta = json.loads((folder / DONE).read_text("utf-8"))
    rows = {table: parquet.scan(folder / f"{table}.parquet") for table in TABLES}  # before: it makes their keys known
    connection = connect()
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {rows[table]}")
    add_sales(connection)
    standard = StandardTables(
        connection=connection,
        counts=tuple(TableCount(**count) for count in meta["counts"]),
        order_roles=frozenset(meta["order_roles"]),
        customer_roles=frozenset(meta["customer_roles"]),
        record_roles={kind: frozenset(found) for kind, found in meta["record_roles"].items()},
        extras=tuple((column, header) for column, header in meta["extras"]),
        has_time=meta["has_time"],
        notes=tuple(Note(**note) for note in meta["notes"]),
        raws=tuple(tables),
    )
    profiles = Profiles(
        parquet.read_frame(folder / "profiles.parquet"),
        tuple(_feature_of_json(feature) for feature in meta["features"]),
        date.fromisoformat(meta["as_of"]),
        meta["n_after_as_of"],
        tuple(Note(**note) for note in meta["profile_notes"]),
        meta.get("id_kind"),
    )
    return Prepared(standard, profiles)


def _feature_as_json(feature: Feature) -> dict[str, Any]:
    return asdict(feature) | {"as_of": feature.as_of and feature.as_of.isoformat()}


def _feature_of_json(kept: dict[str, Any]) -> Feature:
    day = kept["as_of"]
    return replace(
        Feature(**kept), as_of=date.fromisoformat(day) if day else None, made_of=tuple(kept.get("made_of", ()))
    )
