"""Names of files that every system accepts, and of sheets that Excel accepts."""

from __future__ import annotations

import re
import unicodedata

_MAX_STEM_BYTES = 180
_MAX_ENDING_BYTES = 20
_SHEET_UNITS = 31  # Excel counts UTF-16 units
_RESERVED_SHEETS = {"history"}
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)


def safe_file_name(name: str, *, instead: str = "portrait") -> str:
    """Return a name safe to offer as a download, on any system.

    Parameters
    ----------
    name : str
        Any text; of a path only the last part counts.
    instead : str
        Stem to use when nothing of the name is left.

    Returns
    -------
    str
        NFC, without control, bidirectional and forbidden characters, no reserved Windows name, its stem at most 180
        bytes of UTF-8; the ending is kept.

    Examples
    --------
    >>> safe_file_name("../../客户 画像:1.xlsx"), safe_file_name("con.txt")
    ('客户 画像1.xlsx', '_con.txt')
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Cc control, Cf invisible format (bidirectional among them), Cs lone surrogates, Co private, Zl/Zp separators.
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    kept = _FORBIDDEN.sub("", kept).strip().rstrip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending.encode()) > _MAX_ENDING_BYTES:
        stem, dot, ending = (kept, "", "") if stem or not dot else ("", ".", ending)
    stem = stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore").strip().rstrip(". ") or instead
    if _RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = "_" + stem
    return f"{stem}.{ending}" if ending else stem


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and that is not taken, and take it.

    At most 31 UTF-16 units, none of ``[]:*?/\\`` or control characters, no apostrophe at an end, unique whatever
    the case.

    Examples
    --------
    >>> taken = set()
    >>> sheet_name("a/b", taken), sheet_name("A B", taken)
    ('a b', 'A B (2)')
    """
    plain = re.sub(r"\s+", " ", re.sub(r"[\[\]:*?/\\\x00-\x1f\x7f]", " ", name)).strip(" '") or "-"
    lower = {other.casefold() for other in taken} | _RESERVED_SHEETS
    number, candidate = 2, _cut(plain, _SHEET_UNITS)
    while candidate.casefold() in lower:
        ending = f" ({number})"
        candidate = _cut(plain, _SHEET_UNITS - len(ending)) + ending
        number += 1
    taken.add(candidate)
    return candidate


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le", errors="replace")[: 2 * units].decode("utf-16-le", errors="ignore").strip(" '")
