"""Everything that can be read at once: files, folders, frames and queries, the good ones whatever the others are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.intake.reading.frames import DuckDBQuery, Named, is_frame, read_frame, read_query
from analysis.intake.reading.read import TABLE_FILES, display_name, free_name
from analysis.intake.reading.written import is_own
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    from analysis.intake.choices import Choices

FRAME = "frame"


@dataclass(frozen=True)
class Refused:
    """A source that could not be read, and why."""

    file: str
    problem: AnalysisError


@dataclass(frozen=True)
class Walk:
    """What lies in a folder and in the folders below.

    Attributes
    ----------
    files : tuple of Path
        Files of tables, by name.
    others : tuple of Path
        Files of other kinds.
    own : tuple of Path
        Files that Portrait wrote itself: no input, though they are tables.
    """

    files: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    own: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Sources:
    """What became of everything that was to be read.

    Attributes
    ----------
    tables : tuple of RawTable
        Of the sources that could be read.
    refused : tuple of Refused
        Those that could not.
    others, own : tuple of str
        Files in folders that were passed over, by their path in the folder: of other kinds, and of Portrait's own.
    """

    tables: tuple[RawTable, ...]
    refused: tuple[Refused, ...] = ()
    others: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def read_files(sources: Sequence[Any], recipe: Choices | None = None) -> list[RawTable]:
    """Read several sources, as a recipe says where it says so; the first that cannot be read stops the work.

    Raises
    ------
    AnalysisError
        As ``read_sources`` reports.
    """
    found = read_sources(sources, recipe)
    if found.refused:
        raise found.refused[0].problem
    return list(found.tables)


def read_sources(sources: Sequence[Any], recipe: Choices | None = None) -> Sources:
    """Read whatever can be read; one bad source does not hide the others.

    Parameters
    ----------
    sources : sequence of path, bytes, frame, relation, ``DuckDBQuery`` or ``Named``
        A folder stands for the files of tables in it, a list, tuple or generator for what it holds.
    recipe : Choices, optional
        Its encodings and header rows hold for files.

    Returns
    -------
    Sources
        ``refused`` holds, beside what ``read_file``, ``read_frame`` and ``read_query`` refuse: ``file_twice``, the same
        content again; ``folder_empty`` and ``folder_own``, no file of a table in a folder, or none that Portrait did
        not write itself; ``source_unknown`` (``kind``), something that holds no table.

    Examples
    --------
    >>> found = read_sources([Named("orders.csv", b"id,sum\\nA,3\\nB,4\\n"), "gone.csv"])
    >>> [table.key for table in found.tables], [(one.file, one.problem.code) for one in found.refused]
    (['orders.csv'], [('gone.csv', 'file_missing')])
    """
    tables: list[RawTable] = []
    refused: list[Refused] = []
    others: list[str] = []
    own: list[str] = []
    names: dict[str, str] = {}
    for source, folder in _single(sources, refused, others, own):
        try:
            found = _read(source, recipe)
        except AnalysisError as problem:
            if folder is not None and _is_note(source, problem):
                others.append(source.relative_to(folder).as_posix())
                continue
            refused.append(Refused(_name(source), problem))
            continue
        fingerprint = found[0].fingerprint
        if fingerprint in names:
            problem = AnalysisError("file_twice", file=found[0].file, first=names[fingerprint])
            refused.append(Refused(found[0].file, problem))
            continue
        shown = free_name(found[0].file, set(names.values()))
        names[fingerprint] = shown
        tables += [replace(table, file=shown) for table in found]
    return Sources(tuple(tables), tuple(refused), tuple(others), tuple(own))


def _single(
    sources: Iterable[Any], refused: list[Refused], others: list[str], own: list[str]
) -> Iterator[tuple[Any, Path | None]]:
    """Yield single sources, those of folders one by one with the folder; note what was passed over."""
    for source in sources:
        if isinstance(source, (list, tuple, GeneratorType)):
            yield from _single(source, refused, others, own)
            continue
        if not isinstance(source, (str, Path)) or not Path(source).is_dir():
            yield source, None
            continue
        folder = Path(source)
        found = walk(folder)
        others += [file.relative_to(folder).as_posix() for file in found.others]
        own += [file.relative_to(folder).as_posix() for file in found.own]
        if not found.files:
            name, kinds = display_name(folder.resolve().name), ", ".join(TABLE_FILES)
            code = "folder_own" if found.own else "folder_empty"
            refused.append(Refused(name, AnalysisError(code, folder=name, kinds=kinds)))
        yield from ((file, folder) for file in found.files)


def _is_note(file: Path, problem: AnalysisError) -> bool:
    """Say whether a text in a folder is words beside the tables, such as a readme, and no table that failed."""
    return file.suffix.lower() == ".txt" and problem.code in ("file_empty", "file_only_header")


def _read(source: Any, recipe: Choices | None) -> list[RawTable]:
    from analysis.intake.reading.overrides import read_as_chosen

    name, data = (source.name, source.data) if isinstance(source, Named) else (None, source)
    if isinstance(data, DuckDBQuery):
        return [replace(read_query(data), **({} if name is None else {"file": name}))]
    if is_frame(data):
        return [read_frame(data, name=display_name(name or FRAME))]
    if isinstance(data, (str, Path, bytes)):
        return read_as_chosen(data, recipe, name=name)
    raise AnalysisError("source_unknown", kind=type(data).__name__)


def _name(source: Any) -> str:
    if isinstance(source, (Named, DuckDBQuery)):
        return display_name(source.name)
    return display_name(str(source)) if isinstance(source, (str, Path)) else type(source).__name__


def walk(folder: Path) -> Walk:
    """Look through a folder and the folders below.

    Files that programs hide or keep while a workbook is open (``.x``, ``_x``, ``~$x``) are no part of it.
    """
    files, others, own = [], [], []
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "_", "~$")) for part in file.relative_to(folder).parts)
        if hidden or not file.is_file():
            continue
        if is_own(file):
            own.append(file)
        elif file.suffix.lower().removeprefix(".") in TABLE_FILES:
            files.append(file)
        else:
            others.append(file)
    return Walk(tuple(files), tuple(others), tuple(own))
