"""A logo from a file that somebody chose, as a small PNG in which nothing of the file is left but its pixels."""

from __future__ import annotations

import base64
import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.reports.drawing import fitted

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
MOST_KEPT = 150_000  # bytes, in the recipe beside all that it says
_HEIGHT, _WIDTH = 240, 720
# What a drawing can do besides being drawn: run, fetch, bring in another document, or grow without end.
_ACTIVE = re.compile(
    rb"<\s*script|<\s*foreignobject|<!entity|<!doctype|\bhref\s*=|url\s*\(|\bon[a-z]+\s*=|@import", re.I
)


def safe_logo(data: bytes) -> bytes:
    """Return a logo as PNG of at most 720 x 240 pixels and 150 KB, drawn anew.

    Parameters
    ----------
    data : bytes
        PNG, JPEG, GIF, WebP or SVG of at most 5 MB. An SVG with scripts, links, styles that fetch or entities is
        refused.

    Raises
    ------
    AnalysisError
        ``logo_too_large`` (megabytes, most); ``logo_no_picture``; ``logo_active``: an SVG that does more than draw.

    Examples
    --------
    >>> safe_logo(b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>')[:4]
    b'\\x89PNG'
    """
    _check_size(len(data))
    return _shrunk(_drawn(data) if b"<svg" in data[:2000].lower() else data)


def read_logo(path: str | Path) -> bytes:
    """Return a file's bytes for ``safe_logo``; one that is too large is not read.

    Raises
    ------
    AnalysisError
        ``file_missing`` (file); ``logo_too_large``.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            _check_size(path.stat().st_size)
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise AnalysisError("file_missing", file=path.name or str(path)) from problem
    _check_size(len(data))  # of a pipe the system says no size
    return data


def logo_text(data: bytes) -> str:
    """Return a logo as ``ReportChoices.logo`` keeps it; refuses as ``safe_logo``."""
    return base64.b64encode(safe_logo(data)).decode("ascii")


def _check_size(n_bytes: int) -> None:
    if n_bytes > MOST_BYTES:
        raise AnalysisError("logo_too_large", megabytes=round(n_bytes / 1e6), most=MOST_BYTES // 1_000_000)


def _drawn(data: bytes) -> bytes:
    import vl_convert

    plain = data.replace(b'xmlns:xlink="http://www.w3.org/1999/xlink"', b"")
    if _ACTIVE.search(plain):
        raise AnalysisError("logo_active")
    try:
        return vl_convert.svg_to_png(fitted(data.decode("utf-8"), _WIDTH, _HEIGHT), ppi=72)  # a pixel is a pixel
    except (ValueError, RuntimeError) as problem:
        raise AnalysisError("logo_no_picture") from problem


def _shrunk(data: bytes) -> bytes:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))
            if picture.width * picture.height > MOST_PIXELS:
                raise AnalysisError("logo_no_picture")
            plain = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise AnalysisError("logo_no_picture") from problem
    plain.thumbnail((_WIDTH, _HEIGHT))
    while len(found := _png(plain)) > MOST_KEPT:
        plain.thumbnail((max(1, plain.width * 3 // 4), max(1, plain.height * 3 // 4)))
    return found


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
