"""Read a file into raw tables: what it is comes from its bytes, never from its name."""

from __future__ import annotations

import hashlib
import re
import stat
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.intake.reading.layout import clean_text
from analysis.intake.reading.markup import KINDS as MARKUP
from analysis.intake.reading.markup import is_xml_workbook
from analysis.intake.tables import RawTable

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
DUCKDB = b"DUCK"  # from the ninth byte on
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# The first record of an xls workbook, followed by the one that says it is encrypted.
LOCKED_XLS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
CONTROLS = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])  # bytes that no text holds
MOST_CHARACTERS = 120  # of a name on the screen
TABLE_FILES = ("xlsx", "xls", "xlsm", "xlsb", "ods", "csv", "tsv", "txt", "parquet")
GZIP = b"\x1f\x8b"
BZIP2_BLOCK = b"1AY&SY"
NOT_TABLES = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (GZIP, "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "database"),
    (b"version https://git-lfs", "git_pointer"),
)


# Each with what a person does about it, so each has its own sentence.
REFUSALS = {
    "pdf": "file_is_pdf",
    "picture": "file_is_picture",
    "archive": "file_is_archive",
    "program": "file_is_program",
    "database": "file_is_database",
    "git_pointer": "file_is_git_pointer",
    "document": "file_is_document",
    "json": "file_is_json",
    "protected": "file_protected",
}


def read_file(
    source: Path | str | bytes,
    *,
    name: str | None = None,
    encoding: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    lasting: bool = True,
) -> list[RawTable]:
    """Read every sheet of a workbook, or a text file, with every cell as text.

    Parameters
    ----------
    source : path or bytes
    name : str, optional
        The name to show; the path's name when left out. It is shown without folders and invisible characters.
    encoding : str, optional
        Overrides the guess for a text file.
    header_row : int, optional
        Overrides the guess: the row of the header from 1, the lower one when there are two; 0 for no header.
    sheet : str, optional
        Reads only this sheet of a workbook.
    lasting : bool
        Whether a file stays where it lies; the rows of a large Parquet that does not are copied.

    Returns
    -------
    list of RawTable
        Sheets without any cell are left out; hidden sheets are read, and say so.

    Raises
    ------
    AnalysisError
        ``file_missing``, ``file_changed``, ``file_empty``, ``file_damaged``, ``file_protected``, ``file_not_a_table``
        and ``file_is_<kind>`` for what is known to be something else, ``file_only_header``, ``header_row_beyond``,
        ``encoding_wrong``, ``encoding_unknown``, ``too_many_columns``, and what
        ``containers.check_zip``, ``extents.check_extents`` and ``apart.read_apart`` refuse.

    Examples
    --------
    >>> [table] = read_file("会员号,金额\\n001,12.50\\n".encode("gb18030"), name="till.csv")
    >>> table.columns, table.n_rows, table.encoding
    (('会员号', '金额'), 1, 'gb18030')
    """
    if isinstance(source, bytes):
        content, shown, path = source, display_name(name or ""), Path()
        if encoding is None and header_row is None and (table := _large_upload(content, shown)) is not None:
            return [table]
    else:
        path = Path(source)
        shown = display_name(name or path.name)
        with unchanged(path, file=shown):
            if _is_device(path):  # some never end
                raise AnalysisError("file_not_a_table", file=shown, kind="device")
            if encoding is None and header_row is None and (table := _large(path, shown, lasting)) is not None:
                return [table]
            content = path.read_bytes()
    if not content.strip(b"\x00 \r\n\t"):
        raise AnalysisError("file_empty", file=shown)
    fingerprint = hashlib.sha256(content).hexdigest()
    kind = kind_of(content)
    if kind in ("workbook", "parquet", *MARKUP):
        from analysis.intake.reading.apart import Asked, read_apart

        asked = Asked(kind, shown, fingerprint, sheet, header_row)
        return read_apart(source if isinstance(source, bytes) else path, asked)
    if kind == "text":
        from analysis.intake.reading.text_file import read_text

        return [read_text(content, file=shown, fingerprint=fingerprint, encoding=encoding, header_row=header_row)]
    if kind in REFUSALS:
        raise AnalysisError(REFUSALS[kind], file=shown)
    raise AnalysisError("file_not_a_table", file=shown, kind=kind)


def _is_device(path: Path) -> bool:
    mode = path.stat().st_mode
    return stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode)


@contextmanager
def unchanged(path: Path, *, file: str) -> Generator[None]:
    """Refuse what was read of a file that another program wrote to meanwhile (``file_changed``)."""
    try:
        before = path.stat()
        yield
        after = path.stat()
    except OSError as problem:
        raise AnalysisError("file_missing", file=file) from problem
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
        raise AnalysisError("file_changed", file=file)


def display_name(name: str) -> str:
    """Return the name of a file as it is shown and kept: no folder, no invisible character, at most 120 characters.

    Examples
    --------
    >>> display_name("../../etc/订单\u202e.csv"), display_name("C:\\\\x\\\\a.csv"), display_name("")
    ('订单.csv', 'a.csv', 'upload')
    """
    shown = clean_text(re.split(r"[/\\]", name)[-1])
    shown = re.sub(r" +(?=\.[^.]*$)", "", shown)
    if len(shown) > MOST_CHARACTERS:
        stem, dot, ending = shown.rpartition(".")
        ending = dot + ending if stem and len(ending) < 10 else ""
        shown = shown[: MOST_CHARACTERS - len(ending) - 1] + "…" + ending
    return shown if shown.strip(".") else "upload"


def _large(path: Path, file: str, lasting: bool) -> RawTable | None:
    """Read a large text or Parquet file where it lies; None for other files, and for text that needs more care."""
    from analysis.intake.reading import large

    if path.stat().st_size < large.LARGE:
        return None
    with path.open("rb") as opened:
        kind = kind_of(opened.read(4096) + PARQUET)
    if kind == "parquet":
        return _parquet_apart(path, file, kind="large_parquet" if lasting else "uploaded_parquet")
    return large.read_large_text(path, file=file) if kind == "text" else None


def _large_upload(content: bytes, file: str) -> RawTable | None:
    """Read a large Parquet, or a large text that is plain enough, as from a file; None for all else."""
    from analysis.intake.reading import large

    if len(content) < large.LARGE:
        return None
    kind = kind_of(content[:4096] + content[-len(PARQUET) :])
    if kind not in ("text", "parquet"):
        return None
    copy = large.spool() / f"{uuid.uuid4().hex}.upload"
    try:
        copy.write_bytes(content)
        return _large(copy, file, lasting=False)
    finally:
        copy.unlink(missing_ok=True)


def _parquet_apart(path: Path, file: str, *, kind: str) -> RawTable:
    from analysis.intake.reading.apart import Asked, read_apart

    [table] = read_apart(path, Asked(kind, file, ""))
    return table


def free_name(file: str, taken: set[str]) -> str:
    """Tell files of one name in several folders apart, so that no count stands for two of them."""
    shown, number, path = file, 2, Path(file)
    while shown in taken:
        shown, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return shown


def kind_of(content: bytes) -> str:
    """Name what the bytes are: ``workbook``, ``parquet``, ``text``, or a key of ``REFUSALS``, or ``unknown``."""
    head = content[:4096]
    if head.startswith(ZIP):
        return "workbook"
    if head.startswith(OLE):
        locked = ENCRYPTED_STREAM in _directory(content) or LOCKED_XLS.search(content)
        return "protected" if locked else "workbook"
    if head.startswith(PARQUET) and content.endswith(PARQUET):
        return "parquet"
    if head[8:12] == DUCKDB:
        return "database"
    for magic, kind in NOT_TABLES:
        # "MZ" and "BM" may begin a header too; what packs alike rows well holds hardly a control.
        is_sure = len(magic) > 3 or magic == GZIP or head[4:10] == BZIP2_BLOCK
        if head.startswith(magic) and (is_sure or _has_controls(head)):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(b"<?xml") and is_xml_workbook(head):
        return "xml_workbook"
    if start.startswith((b"<!doctype html", b"<html")) or b"<table" in start[:2048]:
        return "web_page"
    if start.startswith((b"{\\rtf", b"<?xml")):
        return "document"
    if re.match(rb"[\[{]\s*[\[{\"]", start):
        return "json"
    written = head.rstrip(b"\x00")
    few_nul = written.count(0) * 20 <= len(written) and not _has_controls(written.replace(b"\x00", b""))
    if few_nul or head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_cut_by_ctrl_a(head):
        return "text"
    from analysis.intake.reading.encodings import unmarked_utf16

    return "text" if unmarked_utf16(content) else "unknown"


def _is_cut_by_ctrl_a(head: bytes) -> bool:
    """Say whether the sign that Hive puts between fields cuts all lines alike, and no other control is there."""
    lines = [line for line in head[: head.rfind(b"\n") + 1].splitlines() if line]
    counts = {line.count(b"\x01") for line in lines}
    return len(counts) == 1 and 0 not in counts and not _has_controls(head.replace(b"\x01", b""))


def _directory(content: bytes) -> bytes:
    """Return the beginning of the directory of an OLE file, wherever it lies, beside the head of the file."""
    sector, shift = int.from_bytes(content[48:52], "little"), int.from_bytes(content[30:32], "little")
    start = (sector + 1) << min(shift, 12)
    return content[:65536] + content[start : start + 4096]


def _has_controls(head: bytes) -> bool:
    """Say whether more than a few bytes are such that no text holds them."""
    return len(head) - len(head.translate(None, CONTROLS)) > max(2, len(head) // 100)
