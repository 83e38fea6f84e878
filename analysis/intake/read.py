"""Read a file into raw tables: what it is comes from its bytes, never from its name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.intake.tables import RawTable

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CONTROLS = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])  # bytes that no text holds
NOT_TABLES = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "database"),
    (b"version https://git-lfs", "git_pointer"),
)


def read_file(source: Path | str | bytes, *, name: str | None = None, encoding: str | None = None) -> list[RawTable]:
    """Read every sheet of a workbook, or a text file, with every cell as text.

    Parameters
    ----------
    source : path or bytes
    name : str, optional
        The name to show; the path's name when left out.
    encoding : str, optional
        Overrides the guess for a text file.

    Returns
    -------
    list of RawTable
        Sheets without any cell are left out.

    Raises
    ------
    AnalysisError
        ``file_missing``, ``file_empty``, ``file_damaged``, ``file_protected``, ``file_not_a_table``,
        ``file_only_header``, ``encoding_wrong``, ``too_many_columns``.

    Examples
    --------
    >>> [table] = read_file("会员号,金额\\n001,12.50\\n".encode("gb18030"), name="till.csv")
    >>> table.columns, table.n_rows, table.encoding
    (('会员号', '金额'), 1, 'gb18030')
    """
    if isinstance(source, bytes):
        content, shown = source, name or "upload"
    else:
        path = Path(source)
        shown = name or path.name
        if encoding is None and (table := _large(path, shown)) is not None:
            return [table]
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise AnalysisError("file_missing", file=shown) from problem
    if not content.strip(b"\x00 \r\n\t"):
        raise AnalysisError("file_empty", file=shown)
    fingerprint = hashlib.sha256(content).hexdigest()
    kind = kind_of(content)
    if kind == "workbook":
        from analysis.intake.workbook import read_workbook

        return read_workbook(content, file=shown, fingerprint=fingerprint)
    if kind == "parquet":
        from analysis.intake.workbook import read_parquet

        return [read_parquet(content, file=shown, fingerprint=fingerprint)]
    if kind == "text":
        from analysis.intake.text_file import read_text

        return [read_text(content, file=shown, fingerprint=fingerprint, encoding=encoding)]
    if kind == "protected":
        raise AnalysisError("file_protected", file=shown)
    raise AnalysisError("file_not_a_table", file=shown, kind=kind)


def _large(path: Path, file: str) -> RawTable | None:
    """Read a large text or Parquet file where it lies; None for other files, and for text that needs more care."""
    from analysis.intake import large

    try:
        if path.stat().st_size < large.LARGE:
            return None
        with path.open("rb") as opened:
            kind = kind_of(opened.read(4096) + PARQUET)
    except OSError as problem:
        raise AnalysisError("file_missing", file=file) from problem
    if kind == "parquet":
        return large.read_large_parquet(path, file=file)
    return large.read_large_text(path, file=file) if kind == "text" else None


def read_files(sources: Sequence[Path | str]) -> list[RawTable]:
    """Read several files; the same content twice is refused by name (``file_twice``)."""
    tables: list[RawTable] = []
    names: dict[str, str] = {}
    for source in sources:
        found = read_file(source)
        fingerprint = found[0].fingerprint
        if fingerprint in names:
            raise AnalysisError("file_twice", file=found[0].file, first=names[fingerprint])
        shown = _free_name(found[0].file, set(names.values()))
        names[fingerprint] = shown
        tables += [replace(table, file=shown) for table in found]
    return tables


def _free_name(file: str, taken: set[str]) -> str:
    """Tell files of one name in several folders apart, so that no count stands for two of them."""
    shown, number, path = file, 2, Path(file)
    while shown in taken:
        shown, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return shown


def kind_of(content: bytes) -> str:
    """Name what the bytes are: ``workbook``, ``parquet``, ``text``, ``protected``, or what it is instead of a table."""
    head = content[:4096]
    if head.startswith(ZIP):
        return "workbook"
    if head.startswith(OLE):
        return "protected" if ENCRYPTED_STREAM in content[:65536] + content[-65536:] else "workbook"
    if head.startswith(PARQUET) and content.endswith(PARQUET):
        return "parquet"
    for magic, kind in NOT_TABLES:
        if head.startswith(magic):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<table" in start[:2048]:
        return "web_page"
    if start.startswith((b"{\\rtf", b"<?xml")):
        return "document"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or len(head) - len(head.translate(None, CONTROLS)) <= max(2, len(head) // 100):
        return "text"
    from analysis.intake.encodings import unmarked_utf16

    return "text" if unmarked_utf16(content) else "unknown"
