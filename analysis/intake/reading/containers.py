"""Look into a zipped workbook before it is unpacked: what it is, how large it gets, and whether it reaches outside."""

from __future__ import annotations

import io
import zipfile
import zlib

from analysis.errors import AnalysisError

MOST_BYTES = 2 * 2**30  # all parts unpacked
MOST_RATIO = 150  # unpacked to packed; spreadsheets reach 20, columns of equal cells 100
RATIO_FROM = 50 * 2**20  # smaller parts may pack as well as they like,
ALL_RATIO_FROM = 4 * RATIO_FROM  # unless there are many: together they are held to the ratio from here
MOST_ENTRIES = 2000
LOOKED_AT = 1024  # bytes of an XML part in which a document type would stand
UNSAFE = (b"<!DOCTYPE", b"<!ENTITY")
STEP = 1 << 20


def check_zip(content: bytes, *, file: str) -> None:
    """Refuse a zip that is no workbook, or one that would fill the memory or read other files.

    Raises
    ------
    AnalysisError
        ``file_damaged``, ``file_is_archive``, ``file_is_document``, ``file_protected``, ``file_too_many_parts``,
        ``file_unpacks_too_large``, ``file_unsafe``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive, content, file)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, zlib.error) as problem:
        raise AnalysisError("file_damaged", file=file) from problem
    except RuntimeError as problem:  # zipfile's word for an entry that asks for a password
        raise AnalysisError("file_protected", file=file) from problem


def _check(archive: zipfile.ZipFile, content: bytes, file: str) -> None:
    entries, size = archive.infolist(), len(content)
    if len(entries) > MOST_ENTRIES:
        raise AnalysisError("file_too_many_parts", file=file, n=len(entries), most=MOST_ENTRIES)
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if any(name.startswith(("word/", "ppt/")) for name in names) or _is_other_opendocument(archive, names):
        raise AnalysisError("file_is_document", file=file)
    if not any(name.lower().startswith("xl/") or name == "content.xml" for name in names):
        raise AnalysisError("file_is_archive", file=file)
    unpacked = sum(entry.file_size for entry in entries)
    for entry in entries:
        if entry.file_size > max(RATIO_FROM, MOST_RATIO * entry.compress_size):
            raise AnalysisError("file_unpacks_too_large", file=file, packed=_mb(size), unpacked=_mb(unpacked))
        if _understates(content, entry):
            raise AnalysisError("file_unpacks_too_large", file=file, packed=_mb(size), unpacked=_mb(MOST_BYTES))
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > min(MOST_BYTES, max(ALL_RATIO_FROM, MOST_RATIO * packed)):
        raise AnalysisError("file_unpacks_too_large", file=file, packed=_mb(size), unpacked=_mb(unpacked))
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as part:
                start = part.read(LOOKED_AT).replace(b"\x00", b"").upper()  # the zeros of UTF-16
            if any(mark in start for mark in UNSAFE):
                raise AnalysisError("file_unsafe", file=file)


def _is_other_opendocument(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if "mimetype" not in names:
        return False
    with archive.open("mimetype") as part:
        kind = part.read(100)
    return b"opendocument" in kind and b"spreadsheet" not in kind


def _understates(content: bytes, entry: zipfile.ZipInfo) -> bool:
    """Say whether a part unpacks to more than the directory says.

    Only a part that could hold a bomb and whose packed bytes are repetitive, as those of a bomb are, is counted.
    """
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.compress_size * 1032 <= RATIO_FROM:
        return False
    packed = _packed(content, entry)
    sample = b"".join(packed[start : start + 4096] for start in range(0, len(packed), max(4096, len(packed) // 64)))
    if len(zlib.compress(sample, 1)) > 0.8 * len(sample):
        return False
    stream, total, rest = zlib.decompressobj(-15), 0, bytes(packed)
    while rest and not stream.eof:
        total += len(stream.decompress(rest, STEP))
        rest = stream.unconsumed_tail
        if total > entry.file_size:
            return True
    return False


def _packed(content: bytes, entry: zipfile.ZipInfo) -> memoryview:
    lengths = entry.header_offset + 26  # of the name and the extra field, which the packed bytes follow
    name, extra = (int.from_bytes(content[place : place + 2], "little") for place in (lengths, lengths + 2))
    start = lengths + 4 + name + extra
    return memoryview(content)[start : start + entry.compress_size]


def _mb(size: int) -> int:
    return max(1, round(size / 2**20))
