"""Which encoding a text file is in, decided by the plausibility of the whole decoded text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from analysis.errors import AnalysisError

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CANDIDATES = ("gb18030", "big5", "shift_jis", "cp1252", "mac_roman")
JUDGED_BYTES = 4_000_000


@dataclass(frozen=True)
class Decoded:
    """A text and the encoding it was read with; ``plausibility`` is 0..1, 1 for UTF-8 and marked files."""

    text: str
    encoding: str
    plausibility: float


def decode(content: bytes, *, encoding: str | None = None, file: str = "") -> Decoded:
    """Decode the bytes of a text file.

    UTF-8 is accepted only when the whole file is valid UTF-8, because other encodings are practically never valid by
    chance. Otherwise each candidate that decodes the whole file is scored by how common its characters are in the
    language it writes, and the best wins.

    Raises
    ------
    AnalysisError
        ``encoding_wrong`` when a given encoding does not fit, ``encoding_unknown`` when none does.

    Examples
    --------
    >>> decode("会员号,金额".encode("gbk")).encoding
    'gb18030'
    >>> decode("Müller,café".encode("cp1252")).encoding
    'cp1252'
    """
    if encoding is not None:
        try:
            return Decoded(content.decode(encoding), encoding, 1.0)
        except (UnicodeDecodeError, LookupError) as problem:
            raise AnalysisError("encoding_wrong", file=file, encoding=encoding) from problem
    for mark, name in BOMS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(name), name, 1.0)
            except UnicodeDecodeError as problem:
                raise AnalysisError("encoding_unknown", file=file) from problem
    if wide := unmarked_utf16(content):
        return Decoded(content.decode(wide), wide, 1.0)
    try:
        return Decoded(content.decode("utf-8"), "utf-8", 1.0)
    except UnicodeDecodeError:
        pass
    best: tuple[float, str] | None = None
    for name in CANDIDATES:
        score = _plausibility(content, name)
        if score is not None and (best is None or score > best[0]):
            best = (score, name)
    if best is None:
        raise AnalysisError("encoding_unknown", file=file)
    return Decoded(content.decode(best[1]), best[1], round(best[0], 3))


def unmarked_utf16(content: bytes) -> str | None:
    """Name the UTF-16 that bytes without a mark are written in, or None: text has no control characters."""
    head = content[:2000]
    if len(head) < 4 or b"\x00" not in head:
        return None
    odd, even = head[1::2].count(0), head[0::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        start = content.decode(name)[:2000]
    except UnicodeDecodeError:
        return None
    if any(character < " " and character not in "\t\r\n" for character in start):
        return None
    return name if max(odd, even) > len(head) // 8 else None


def _plausibility(content: bytes, name: str) -> float | None:
    """Score a decoding 0..1, or None when the bytes are not valid in it."""
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text[:JUDGED_BYTES] if ord(character) > 127]
    if not foreign:
        return 0.5
    good = _COMMON[name](foreign, text[:JUDGED_BYTES])
    return good / len(foreign)


def _chinese(characters: list[str], _: str) -> float:
    return sum(_count_lead(characters, "gb2312", (0xB0, 0xD7), (0xA1, 0xA3)))


def _taiwanese(characters: list[str], _: str) -> float:
    common, marks = _count_lead(characters, "big5", (0xA4, 0xC6), (0xA1, 0xA2))
    return (common + marks) * 0.99


def _japanese(characters: list[str], _: str) -> float:
    kana = sum(1 for c in characters if "\u3040" <= c <= "\u30ff")
    common, marks = _count_lead(characters, "shift_jis", (0x88, 0x97), (0x81, 0x82))
    # A Japanese text always has kana; without any, the hanzi of another encoding are more likely.
    return common + marks + kana if kana * 20 >= len(characters) else (common + marks) * 0.1


def _count_lead(characters: list[str], name: str, common: tuple[int, int], marks: tuple[int, int]) -> tuple[int, int]:
    n_common = n_marks = 0
    for character in characters:
        try:
            lead = character.encode(name)[0]
        except UnicodeEncodeError:
            continue
        n_common += common[0] <= lead <= common[1]
        n_marks += marks[0] <= lead <= marks[1]
    return n_common, n_marks


_LATIN = set("€ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœŒ€£°·–—‘’“”…ªº«»¿¡®©™§²³½")


def _western(_: list[str], text: str) -> float:
    """Count Latin letters and marks where they make sense: an accented letter stands beside other letters."""
    good = 0.0
    for index, character in enumerate(text):
        if ord(character) <= 127 or character not in _LATIN:
            continue
        if not character.isalpha():
            good += 1
            continue
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        lower_inside_upper = character.isupper() and before.islower()
        alone = not (before.isalpha() or after.isalpha())
        good += 0.0 if lower_inside_upper else 0.5 if alone else 1.0
    return good * 0.98


_COMMON = {
    "gb18030": _chinese,
    "big5": _taiwanese,
    "shift_jis": _japanese,
    "cp1252": _western,
    "mac_roman": lambda characters, text: _western(characters, text) * 0.97,
}
