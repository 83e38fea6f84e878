"""Charts as PNG and SVG for paper, without a browser and with letters that are really drawn.

An inch of paper takes 100 pixels of a chart, so a chart fills the width of an A4 page between its margins; a PNG has
300 dots to the inch and says so.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from analysis.errors import AnalysisError

# What systems bring for simplified Chinese: Linux distributions, macOS, Windows; sans serif before serif.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    "SimHei", "DengXian", "Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Serif CJK SC", "Source Han Serif SC",
    "Songti SC", "SimSun", "AR PL UMing CN", "AR PL UKai CN", "Arial Unicode MS",
)  # fmt: skip
_PROBE = ("客", "群")
# A chart as wide as its place on screen has no place here.
_WIDTH = 720
_PER_INCH, _DOTS = 100, 300
_SVG_UNITS = 72  # of an inch, as the drawing of SVG counts them
# Font size, and how much of it a letter takes, of what stands above and below the marks.
_TITLE, _SUBTITLE, _SOURCE = 14, 12, 11
_LETTER, _CHINESE = 0.58, 1.0
_SOURCE_INK = "#5c626e"
# What stays together: a word, or a Chinese character with the marks behind it, be there a space or not.
_PARTS = re.compile(r"\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)(?:\s*[，。、：；！？）”》」])*")
_SIZE = re.compile(r'<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)


def chart_png(chart: Any, *, language: str = "en", source: str | None = None, dots: int = _DOTS) -> bytes:
    """Draw a chart as PNG, as large as it stands on paper.

    Parameters
    ----------
    chart : altair chart, or a Vega-Lite specification as dict
    language : "en" or "zh"
    source : str, optional
        Written below the chart: where its figures come from.
    dots : int
        Per inch.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    import vl_convert

    drawn = chart_svg(chart, language=language, source=source)
    return vl_convert.svg_to_png(drawn, scale=_SVG_UNITS / _PER_INCH, ppi=dots)


def chart_svg(chart: Any, *, language: str = "en", source: str | None = None) -> str:
    """Draw a chart as SVG; the reader's machine supplies the font. Parameters and errors as of ``chart_png``."""
    import vl_convert

    spec = _with_font(_wrapped(chart if isinstance(chart, dict) else chart.to_dict()), language)
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _signed(drawn, source, spec.get("config", {}).get("font", "sans-serif")) if source else drawn


def pictures_zip(charts: Mapping[str, Any], *, language: str = "en", source: str | None = None) -> bytes:
    """Draw charts as PNG into one zip; the same charts give the same bytes. Parameters and errors as of ``chart_png``.

    Parameters
    ----------
    charts : mapping of file name without ending to chart
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, chart in charts.items():
            drawn = chart_png(chart, language=language, source=source)
            archive.writestr(zipfile.ZipInfo(f"{name}.png", _DAY_ZERO), drawn)
    return buffer.getvalue()


def _signed(svg: str, source: str, font: str) -> str:
    """Write where the figures come from below a drawing."""
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("a drawing without its size")
    width, height = float(found[2]), float(found[3])
    lines = _lines(source, width - 10, _SOURCE)
    taller = height + len(lines) * _SOURCE * 1.4 + 6
    head = f'<svg {found[1]}width="{width:g}" height="{taller:g}" viewBox="0 0 {width:g} {taller:g}"'
    written = "".join(
        f'<text x="5" y="{height + (place + 1) * _SOURCE * 1.4:g}" font-family="{escape(font, {chr(34): chr(39)})}" '
        f'font-size="{_SOURCE}px" fill="{_SOURCE_INK}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    body, _, end = svg[found.end() :].rpartition("</svg>")
    ground = f'<rect y="{height:g}" width="{width:g}" height="{taller - height:g}" fill="white"/>'
    return svg[: found.start()] + head + body + ground + written + "</svg>" + end


def _wrapped(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a chart whose title and subtitle take as many lines as they need; in one line they would be cut."""
    title = spec.get("title")
    if not title:
        return spec
    given = title if isinstance(title, dict) else {"text": title}
    width = spec["width"] if isinstance(spec.get("width"), (int, float)) else _WIDTH
    lines = {
        part: _lines(given[part], width, size)
        for part, size in (("text", _TITLE), ("subtitle", _SUBTITLE))
        if isinstance(given.get(part), str)
    }
    return {**spec, "title": {**given, **lines}}


def _lines(text: str, width: float, size: int) -> list[str]:
    """Break a text at spaces, and between Chinese characters, into lines of about the same width at most."""
    lines, line, room = [], "", width
    for part in _PARTS.findall(text):
        takes = sum(_LETTER if letter.isascii() else _CHINESE for letter in part) * size
        if line and takes > room:
            lines.append(line)
            line, room = "", width
            part = part.lstrip()
        line, room = line + part, room - takes
    return [*lines, line] if line else lines


@cache
def chinese_font() -> str | None:
    """Return the first font of this machine that draws Chinese, or None."""
    return next((family for family in CHINESE_FONTS if draws_chinese(family)), None)


def draws_chinese(family: str) -> bool:
    """Say whether a font family is there and has Chinese letters.

    Two different characters are drawn: a font that is missing draws nothing, one without Chinese draws the same box
    twice, so only two different pictures prove the font.
    """
    first, second, blank = (_drawn(family, letter) for letter in (*_PROBE, " "))
    return len({first, second, blank}) == 3


def _drawn(family: str, letter: str) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="32" font-size="28" font-family="{family}">{letter}</text></svg>'
    )


def _with_font(spec: dict[str, Any], language: str) -> dict[str, Any]:
    if spec.get("width") == "container":
        spec = {**spec, "width": _WIDTH}
    font = chinese_font()
    if font is None:
        if language == "zh":
            raise AnalysisError("no_chinese_font")
        return spec
    # The same font in English: names of customers' categories and segments may be Chinese there too.
    spec = _replace_fonts(spec, font)
    return {**spec, "config": {**spec.get("config", {}), "font": font}}


def _replace_fonts(part: Any, font: str) -> Any:
    if isinstance(part, dict):
        return {
            key: font if isinstance(value, str) and (key == "font" or key.endswith("Font"))
            else value if key in {"datasets", "values"} else _replace_fonts(value, font)
            for key, value in part.items()
        }  # fmt: skip
    return [_replace_fonts(item, font) for item in part] if isinstance(part, list) else part
