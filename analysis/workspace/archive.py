"""A whole study as one zip of JSON and Parquet, checked entry by entry before anything of it is kept."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import sqlalchemy as sa
from pydantic import AfterValidator, Field

from analysis import parquet
from analysis.errors import AnalysisError, ChoiceError
from analysis.experiments.record import Experiment
from analysis.goals import Goal
from analysis.intake.reading.layout import clean_headers, clean_text
from analysis.intake.reading.read import display_name
from analysis.intake.standard.merges import Merges
from analysis.intake.tables import LeftOut, RawTable, ReadAs
from analysis.params import Params
from analysis.recipe import Recipe
from analysis.sealed.columns import part_of
from analysis.sealed.ring import ring_of
from analysis.segments.fitted_study import FittedStudy
from analysis.workspace import database, documents, experiments, files, merged, raw, snapshots, studies
from analysis.workspace.stores.placing import placed
from analysis.workspace.upkeep import forgetting

VERSION = 4
_FORMAT = "portrait-study"
_MANIFEST = "manifest.json"
_ENTRY = re.compile(
    r"manifest\.json|tables/\d{1,5}\.parquet|snapshots/\d{1,5}/(profiles|segments)\.parquet"
    r"|experiments/\d{1,5}/[0-9a-f]{64}\.parquet",
    re.ASCII,
)
_MAX_ENTRIES = 20_000
_MAX_BYTES = 4 * 2**30
_MAX_MANIFEST_BYTES = 64 * 2**20
_MAX_RATIO = 200
_RATIO_FROM_BYTES = 20 * 2**20
_TEXT_RATIO_FROM_BYTES = 256 * 2**20  # equal texts stand once in Parquet, and small honest tables hold many of them
_SHA256 = r"^[0-9a-f]{64}$"


def _study_name(name: str) -> str:
    return clean_text(name)[:200].rstrip() or "study"


class TableEntry(Params):
    """One raw table of the archive; its rows are ``tables/<place>.parquet``.

    Names are those that reading a file gives, whatever wrote the archive.
    """

    file: Annotated[str, Field(max_length=1000), AfterValidator(display_name)]
    sheet: Annotated[str, Field(max_length=1000), AfterValidator(clean_text)]
    fingerprint: str = Field(max_length=64)
    columns: Annotated[tuple[str, ...], AfterValidator(clean_headers)]
    n_rows: int = Field(ge=0)
    header_row: int = Field(ge=0)
    encoding: str = Field(max_length=64)
    delimiter: str = Field(max_length=16)
    surplus: tuple[LeftOut, ...] = ()
    plausibility: float = Field(default=1.0, ge=0, le=1)
    hidden: bool = False
    hidden_rows: int = Field(default=0, ge=0)
    unit: str = ""
    read_as: tuple[ReadAs, ...] = ()


class SnapshotEntry(Params):
    """One snapshot of the archive; its tables are in ``snapshots/<place>/``."""

    taken_at: datetime
    as_of: date
    content: str = Field(pattern=_SHA256)
    recipe: Recipe
    summary: dict[str, Any]
    fitted: FittedStudy | None = None


class ExperimentEntry(Params):
    """One experiment of the archive; the tables it names are ``experiments/<place>/<digest>.parquet``."""

    created_at: datetime
    changed_at: datetime
    record: Experiment
    typed: dict[str, Any] = Field(default_factory=dict)


class DocumentEntry(Params):
    """One document of the archive: its kind, the version of its model, and itself as JSON."""

    kind: str = Field(max_length=64)
    name: str = Field(max_length=200)
    version: int = Field(ge=1)
    value: str


class Manifest(Params):
    """What a study archive holds."""

    format: Literal["portrait-study"] = _FORMAT
    version: Literal[1, 2, 3, 4] = VERSION
    name: Annotated[str, AfterValidator(_study_name)]
    goal: Goal | None = None
    recipe: Recipe | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    documents: tuple[DocumentEntry, ...] = ()
    merges: Merges = Merges()
    tables: tuple[TableEntry, ...] = ()
    snapshots: tuple[SnapshotEntry, ...] = ()
    experiments: tuple[ExperimentEntry, ...] = ()


def write(engine: sa.Engine, home: Path, study_id: str, target: Path | BinaryIO) -> None:
    """Write the study to a path (whole or not at all) or into an open file."""
    with database.reading(engine) as connection:
        study = studies.need(connection, study_id)
        tables = [raw.from_row(row, home) for row in raw.fetch(connection, study_id)]
        runs = [row for row in snapshots.fetch(connection, study_id) if not snapshots.is_damaged(home, row)]
        settings = studies.all_settings(connection, study_id)
        papers = documents.rows(connection, study_id)
        merges = merged.fetch(connection, study_id)
        trials = experiments.fetch(connection, study_id)
        typed = {trial.id: experiments.typed(connection, trial.id) for trial in trials}
    manifest = Manifest(
        name=study.name,
        goal=study.goal,
        recipe=None if study.recipe is None else studies.parse_recipe(study.recipe),
        settings=settings,
        documents=tuple(DocumentEntry(**paper) for paper in papers),
        merges=merges,
        tables=tuple(
            TableEntry(**{name: getattr(table, name) for name in TableEntry.model_fields}) for table in tables
        ),
        snapshots=tuple(
            SnapshotEntry(
                taken_at=database.saved_time(row.taken_at),
                as_of=database.saved_day(row.as_of),
                content=row.content,
                recipe=studies.parse_recipe(row.recipe),
                summary=database.saved_json(row.summary),
                fitted=snapshots.load_fit(snapshots.folder(home, study_id, row.id)),
            )
            for row in runs
        ),
        experiments=tuple(
            ExperimentEntry(
                created_at=trial.created_at,
                changed_at=trial.changed_at,
                record=trial.experiment,
                typed=typed[trial.id],
            )
            for trial in trials
        ),
    )
    parts = {f"tables/{place}.parquet": table.rows for place, table in enumerate(tables)}
    for place, row in enumerate(runs):
        folder = snapshots.folder(home, study_id, row.id)
        parts |= {f"snapshots/{place}/{name}.parquet": folder / f"{name}.parquet" for name in snapshots.PARTS}
    for place, trial in enumerate(trials):
        folder = experiments.folder(home, trial.id)
        names = trial.experiment.digests
        for name in names:
            experiments.check_table(folder / f"{name}.parquet")
        parts |= {f"experiments/{place}/{name}.parquet": folder / f"{name}.parquet" for name in names}
    if (ring := ring_of(home)) and any(part_of(path) for path in parts.values() if isinstance(path, Path)):
        ring.need()
    try:
        if isinstance(target, Path):
            with files.whole_file(target) as temporary, temporary.open("wb") as file:
                _write_zip(file, manifest, parts)
        else:
            _write_zip(target, manifest, parts)
    except OSError as error:
        raise AnalysisError("study_not_exported", problem=str(error.strerror or error)) from error


def _write_zip(file: BinaryIO, manifest: Manifest, parts: dict[str, Any]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1), zipfile.ZIP_DEFLATED)
        for name, path in parts.items():
            # Parquet is compressed already.
            if part_of(path) is None:
                archive.write(path, name, zipfile.ZIP_STORED)
            else:
                archive.writestr(name, _opened(path), zipfile.ZIP_STORED)


def _opened(path: Path) -> bytes:
    """Return a file with its sealed columns in their places: an archive is a deliberate act, and goes elsewhere."""
    content = io.BytesIO()
    parquet.write_table(parquet.read_table(path), content)
    return content.getvalue()


def read(engine: sa.Engine, home: Path, source: Path | BinaryIO) -> str:
    """Check an archive, copy what it holds into the workspace in one step, and return the new study's id."""
    place = files.temporary_beside(home / "studies" / "import")
    place.mkdir()
    try:
        try:
            with zipfile.ZipFile(source) as archive:
                _check_entries(archive)
                manifest = _manifest(archive)
                _check_parts(archive, manifest)
                archive.extractall(place)
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise AnalysisError("archive_unreadable") from error
        except OSError as error:
            raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error
        for number, table in enumerate(manifest.tables):
            _check_rows(place / "tables" / f"{number}.parquet", table)
        for number in range(len(manifest.snapshots)):
            for name in snapshots.PARTS:
                part = f"snapshots/{number}/{name}.parquet"
                _, fields = _metadata(place / part, part)
                if raw.unreadable(place / part, thorough=True) or (name == "profiles" and "customer_id" not in fields):
                    raise AnalysisError("archive_damaged", part=part)
        for number, entry in enumerate(manifest.experiments):
            for name in entry.record.digests:
                _check_table(place / "experiments" / str(number) / f"{name}.parquet", number)
        return _insert(engine, home, place, manifest)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if _MANIFEST not in names:
        raise AnalysisError("archive_foreign", entry=names[0] if names else "")
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_BYTES:
        raise AnalysisError("archive_too_large", limit_gb=_MAX_BYTES // 2**30)
    for entry in entries:
        if not _ENTRY.fullmatch(entry.filename) or entry.flag_bits & 0x1 or names.count(entry.filename) > 1:
            raise AnalysisError("archive_foreign", entry=entry.filename)
        packed_too_well = entry.file_size > _MAX_RATIO * max(entry.compress_size, 1)
        if entry.file_size > _RATIO_FROM_BYTES and packed_too_well:
            raise AnalysisError("archive_too_large", limit_gb=_MAX_BYTES // 2**30)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _MAX_MANIFEST_BYTES:
        raise AnalysisError("archive_damaged", part=_MANIFEST)
    try:
        content = json.loads(archive.read(_MANIFEST))
    except (ValueError, RecursionError) as error:
        raise AnalysisError("archive_damaged", part=_MANIFEST) from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise AnalysisError("archive_foreign", entry=_MANIFEST)
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise AnalysisError("archive_newer", found=version, supported=VERSION)
    try:
        return Manifest.model_validate(content)
    except ChoiceError as error:
        raise AnalysisError("archive_damaged", part=f"{_MANIFEST}: {error.field}") from error


def _check_parts(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    expected = {f"tables/{place}.parquet" for place in range(len(manifest.tables))}
    expected |= {
        f"snapshots/{place}/{name}.parquet" for place in range(len(manifest.snapshots)) for name in snapshots.PARTS
    }
    expected |= {
        f"experiments/{place}/{name}.parquet"
        for place, entry in enumerate(manifest.experiments)
        for name in entry.record.digests
    }
    present = set(archive.namelist()) - {_MANIFEST}
    if odd := sorted(expected ^ present):
        raise AnalysisError("archive_damaged", part=odd[0])
    sheets = {(table.fingerprint, table.sheet) for table in manifest.tables}
    contents = {entry.content for entry in manifest.snapshots}
    if len(sheets) < len(manifest.tables) or len(contents) < len(manifest.snapshots):
        raise AnalysisError("archive_damaged", part=_MANIFEST)


def _check_rows(path: Path, table: TableEntry) -> None:
    import pyarrow as pa

    part = f"tables/{path.name}"
    n_rows, fields = _metadata(path, part)
    expected = {"line", *(f"c{i}" for i in range(len(table.columns)))}
    text = all(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
        for name, kind in fields.items() if name != "line"
    )  # fmt: skip
    if set(fields) != expected or not text or not pa.types.is_integer(fields["line"]) or n_rows != table.n_rows:
        raise AnalysisError("archive_damaged", part=part)
    _check_text(path, part)


def _check_text(path: Path, part: str) -> None:
    """Refuse lines that number no rows, and texts that are far more than the file that holds them.

    Whoever reads the texts has to hold them.
    """
    try:
        if not parquet.are_numbers(path, "line"):
            raise AnalysisError("archive_damaged", part=part)
        size = parquet.size_of_texts(path)
    except parquet.ReadError as error:
        raise AnalysisError("archive_damaged", part=part) from error
    if size > _TEXT_RATIO_FROM_BYTES and size > _MAX_RATIO * path.stat().st_size:
        raise AnalysisError("archive_too_large", limit_gb=_MAX_BYTES // 2**30)
    if raw.unreadable(path, thorough=True):
        raise AnalysisError("archive_damaged", part=part)


def _check_table(path: Path, number: int) -> None:
    part = f"experiments/{number}/{path.name}"
    _metadata(path, part)
    if experiments.file_digest(path) != path.stem:
        raise AnalysisError("archive_damaged", part=part)


def _metadata(path: Path, part: str) -> tuple[int, dict[str, Any]]:
    import pyarrow as pa

    try:
        with parquet.opened(path) as file:
            metadata, schema = file.metadata, file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise AnalysisError("archive_damaged", part=part) from error
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if unpacked > _MAX_BYTES or metadata.num_rows * max(len(schema.names), 1) > _MAX_BYTES:
        raise AnalysisError("archive_too_large", limit_gb=_MAX_BYTES // 2**30)
    if parquet.claims_too_much(metadata.num_rows, len(schema.names), path.stat().st_size):
        raise AnalysisError("archive_too_large", limit_gb=_MAX_BYTES // 2**30)
    return metadata.num_rows, dict(zip(schema.names, schema.types, strict=True))


def _insert(engine: sa.Engine, home: Path, place: Path, manifest: Manifest) -> str:
    tables = [
        RawTable(**dict(entry), rows=place / "tables" / f"{number}.parquet")
        for number, entry in enumerate(manifest.tables)
    ]
    with placed(home, tables) as rows, database.writing(engine) as connection:
        study_id = studies.create(connection, manifest.name, manifest.goal)
        if manifest.recipe is not None:
            studies.save_recipe(connection, study_id, manifest.recipe, 0)
        older, settings = documents.from_settings(manifest.settings)
        for name, value in settings.items():
            studies.set_setting(connection, name, value, study_id)
        papers = [documents.parsed(paper.kind, paper.name, paper.version, paper.value) for paper in manifest.documents]
        for kind, name, value in [*older, *papers]:
            documents.save(connection, study_id, kind, value, name, None)
        merged.replace(connection, study_id, manifest.merges)
        for table in tables:
            rows.insert(connection, study_id, table)
        for number, run in reversed(list(enumerate(manifest.snapshots))):  # the newest came first
            snapshot_id = snapshots.insert(
                connection,
                study_id,
                run.as_of,
                run.recipe.model_dump_json(),
                run.content,
                snapshots.as_json(run.summary),
                run.taken_at.isoformat(timespec="microseconds"),
            )
            snapshots.write_fit(place / "snapshots" / str(number), run.fitted)
            snapshots.seal(place / "snapshots" / str(number))
            files.put(place / "snapshots" / str(number), snapshots.folder(home, study_id, snapshot_id))
        for number, entry in enumerate(manifest.experiments):
            experiment_id = experiments.insert(
                connection,
                study_id,
                entry.record,
                typed=entry.typed,
                created_at=entry.created_at.isoformat(timespec="microseconds"),
                changed_at=entry.changed_at.isoformat(timespec="microseconds"),
            )
            if entry.record.digests:
                files.put(place / "experiments" / str(number), experiments.folder(home, experiment_id))
        forgetting.carry_over(connection, study_id, unfinished=True)
    return study_id
