"""Which encoding a text file is in, decided by the plausibility of the whole decoded text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.intake.reading.alphabets import (
    CENTRAL,
    TURKISH,
    WESTERN,
    letters_beyond_ascii,
    of_one_language,
    words_beyond_ascii,
)
from analysis.intake.reading.plausible import ENOUGH_HANGUL, beyond_ascii, hangul_bytes
from analysis.intake.reading.plausible import plausibility as plausibility

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
CANDIDATES = ("euc_jp", "gb18030", "big5", "cp932", "euc_kr", "cp1252", "mac_roman")
# Only where none of those makes sense: nearly every Western text would pass for an Eastern one.
EASTERN = ("cp1251", "koi8_r", "cp1250", "cp1254", "cp874", "cp1256")
# What a person can choose.
CHOICES = (
    "utf-8", "gb18030", "big5", "cp932", "euc_jp", "euc_kr", "cp1252", "mac_roman", "cp1250", "cp1251", "koi8_r",
    "cp1254", "cp874", "cp1256", "utf-16-le", "utf-16-be",
)  # fmt: skip
SURE = 0.9  # below this plausibility, a reader is asked to look
MOSTLY_UTF8 = 0.98
ENOUGH_WORDS = 8  # beyond ASCII; with fewer, a letter that two encodings write alike does not tell them apart
ENOUGH_LETTERS = 8  # beyond ASCII; an Eastern encoding guessed from fewer is not sure
MOST_LINES = 5000
LEAST_MIXED = 0.1  # of the lines beyond ASCII, which are UTF-8 where others are not
# Three bytes of a sign of East Asia, or two of a Western letter; pairs of other encodings seldom look so.
_SURE_UTF8 = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}|\xc3[\x80-\xbf]")
HEAD = 500_000


@dataclass(frozen=True)
class Decoded:
    """A text and the encoding it was read with; ``plausibility`` is 0..1, 1 for UTF-8 and marked files.

    ``n_other`` lines of a file that mixes encodings were read in the ``other``.
    """

    text: str
    encoding: str
    plausibility: float
    other: str = ""
    n_other: int = 0


@dataclass(frozen=True)
class EncodingReading:
    """What some cells say in another encoding, and how plausible that is, 0..1."""

    encoding: str
    sample: tuple[str, ...]
    plausibility: float


def readings(cells: Sequence[str], encoding: str, *, most: int = 4) -> tuple[EncodingReading, ...]:
    """Read cells of a file again in every other encoding that they are valid in; the most plausible comes first.

    Parameters
    ----------
    cells : sequence of str
        As they were read; those whose bytes cannot be had back are passed over.
    encoding : str
        The one they were read with.
    most : int

    Examples
    --------
    >>> garbled = ["Город".encode("cp1251").decode("cp1252"), "Москва".encode("cp1251").decode("cp1252")]
    >>> readings(garbled, "cp1252")[0]
    EncodingReading(encoding='cp1251', sample=('Город', 'Москва'), plausibility=1.0)
    """
    written: list[bytes] = []
    for cell in cells:
        try:
            written.append(cell.encode(encoding))
        except UnicodeEncodeError:
            continue
    seen, found = {tuple(cells)}, []
    for name in (name for name in CHOICES if not name.startswith("utf-16")):
        try:
            sample = tuple(cell.decode(name) for cell in written)
        except UnicodeDecodeError:
            continue
        if sample and sample not in seen and all(cell.isprintable() for cell in sample):
            seen.add(sample)
            found.append(EncodingReading(name, sample, round(plausibility("\n".join(sample), name), 3)))
    return tuple(sorted(found, key=lambda one: -one.plausibility)[:most])


def decode(content: bytes, *, encoding: str | None = None, file: str = "") -> Decoded:
    """Decode the bytes of a text file.

    UTF-8 is accepted when the whole file is valid UTF-8, because other encodings are practically never valid by chance,
    and when almost all of it is (a file cut off within a character). Otherwise each candidate that decodes the whole
    file is scored by how common its characters are in the language it writes, and the best wins.

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
            text = content.decode(encoding)
        except (UnicodeError, LookupError) as problem:
            raise AnalysisError("encoding_wrong", file=file, encoding=encoding) from problem
        return Decoded(text, encoding, round(plausibility(text, encoding), 3))
    for mark, name in BOMS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(name), name, 1.0)
            except UnicodeDecodeError:
                return _damaged(content, name)
    if wide := unmarked_utf16(content):
        return Decoded(content.decode(wide), wide, 1.0)
    try:
        return Decoded(content.decode("utf-8"), "utf-8", 1.0)
    except UnicodeDecodeError:
        pass
    lines = _lines_beyond_ascii(content)
    if _damaged(b"".join(lines[:MOST_LINES]), "utf-8").plausibility >= MOSTLY_UTF8:
        nearly = _damaged(content, "utf-8")
        if nearly.plausibility >= MOSTLY_UTF8:
            return nearly
    best = _mixed(content, lines) or _best(content, lines)
    if best is None:
        raise AnalysisError("encoding_unknown", file=file)
    return best


def _lines_beyond_ascii(content: bytes) -> list[bytes]:
    """Return the lines with a byte beyond ASCII, in one quick pass: only they tell the encoding."""
    import numpy as np

    signs = np.frombuffer(content, dtype=np.uint8)
    beyond, ends = np.flatnonzero(signs >= 0x80), np.flatnonzero(signs == 0x0A)
    places = np.unique(np.searchsorted(ends, beyond))
    starts = np.concatenate(([0], ends + 1))
    stops = np.concatenate((ends + 1, [len(content)]))
    return [content[start:stop] for start, stop in zip(starts[places].tolist(), stops[places].tolist(), strict=True)]


def _judged(lines: Sequence[bytes]) -> bytes:
    """Return so many of the lines, spread over all of them, as tell the same as all."""
    size = sum(map(len, lines))
    return b"".join(lines[:: max(1, -(-size // HEAD))])


def _mixed(content: bytes, lines: Sequence[bytes]) -> Decoded | None:
    """Read each line in its own encoding where lines of another were appended to a file in UTF-8, else return None."""
    sample = lines[:: max(1, len(lines) // MOST_LINES)]
    fit = [line for line in sample if _is_utf8(line)]
    if not LEAST_MIXED * len(sample) <= len([line for line in fit if _SURE_UTF8.search(line)]) < len(sample):
        return None
    odd = [line for line in lines if not _is_utf8(line)]
    other = _best(b"".join(odd), odd)
    if not odd or other is None or other.plausibility < SURE:
        return None
    texts = (line.decode("utf-8" if _is_utf8(line) else other.encoding, "replace") for line in content.split(b"\n"))
    return Decoded("\n".join(texts), "utf-8", 0.95, other.encoding, len(odd))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _damaged(content: bytes, name: str) -> Decoded:
    """Decode with a mark (U+FFFD) for every byte that does not fit; plausible as far as the other characters do."""
    text = content.decode(name, "replace")
    beyond = sum(beyond_ascii(text).values())
    lost = text.count("\ufffd")
    return Decoded(text, name, round(1 - lost / max(1, beyond), 3))


def _best(content: bytes, lines: Sequence[bytes]) -> Decoded | None:
    """Return the most plausible reading of the lines beyond ASCII; the whole file must be valid in it."""
    judged, out = _judged(lines), set[str]()
    while True:
        found = [one for one in _candidates(judged) if one.encoding not in out]
        best = max(found, key=lambda one: one.plausibility, default=None)
        if best is None or best.plausibility < SURE:
            east = _eastern(judged)
            best = east if east is not None and east.encoding not in out else best
        else:
            best = _weighed(best, judged)
        if best is None:
            return None
        try:
            return Decoded(content.decode(best.encoding), best.encoding, best.plausibility)
        except UnicodeDecodeError:  # a line that was not judged
            out.add(best.encoding)


def _weighed(best: Decoded, content: bytes) -> Decoded:
    """Return a plausible reading, as doubtful where as much speaks for another, or the other where more does."""
    if best.encoding == "gb18030":
        return _doubtful(best) if 0 < hangul_bytes(beyond_ascii(best.text)) < ENOUGH_HANGUL else best
    if best.encoding != "cp1252" or not (ours := letters_beyond_ascii(best.text[:HEAD])):
        return best
    if not of_one_language(ours, WESTERN):
        turkish = next(iter(_candidates(content, ("cp1254",))), None)
        if turkish is not None and of_one_language(letters_beyond_ascii(turkish.text[:HEAD]), TURKISH):
            return turkish if len(words_beyond_ascii(turkish.text[:HEAD])) >= ENOUGH_WORDS else _doubtful(turkish)
    other = next(iter(_candidates(content[:HEAD], ("cp1250",))), None)
    if other is None or other.plausibility < SURE:
        return best
    theirs = letters_beyond_ascii(other.text)
    if theirs == ours or not of_one_language(theirs, CENTRAL):
        return best
    if not of_one_language(ours, WESTERN):
        best = next(iter(_candidates(content, ("cp1250",))), best)
    return best if len(words_beyond_ascii(other.text)) >= ENOUGH_WORDS else _doubtful(best)


def _doubtful(found: Decoded) -> Decoded:
    return Decoded(found.text, found.encoding, round(found.plausibility * 0.8, 3))


def _eastern(content: bytes) -> Decoded | None:
    """Return the reading in an encoding of Eastern Europe that makes sense, or None."""
    likely = [one for one in _candidates(content, EASTERN) if one.plausibility >= SURE]
    best = max(likely, key=lambda one: one.plausibility, default=None)
    if best is None:
        return None
    letters = sum(n for character, n in beyond_ascii(best.text).items() if character.isalpha())
    return best if letters >= ENOUGH_LETTERS else _doubtful(best)


def _candidates(content: bytes, names: Sequence[str] = CANDIDATES) -> list[Decoded]:
    found = []
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        found.append(Decoded(text, name, round(plausibility(text, name), 3)))
    return found


def unmarked_utf16(content: bytes) -> str | None:
    """Name the UTF-16 that bytes without a mark are written in, or None: text has no control characters."""
    head = content[:2000]
    if len(head) < 4 or b"\x00" not in head or len(content) % 2:
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
