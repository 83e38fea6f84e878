"""Charts as PNG and SVG, without a browser and with letters that are really drawn."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any

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
_WIDTH = 860
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)


def chart_png(chart: Any, *, language: str = "en", scale: float = 2.0) -> bytes:
    """Draw a chart as PNG.

    Parameters
    ----------
    chart : altair chart, or a Vega-Lite specification as dict
    language : "en" or "zh"
    scale : float
        Pixels per chart pixel; 2 is sharp on paper and on dense screens.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    import vl_convert

    return vl_convert.vegalite_to_png(_with_font(chart, language), scale=scale, allowed_base_urls=[])


def chart_svg(chart: Any, *, language: str = "en") -> str:
    """Draw a chart as SVG; the reader's machine supplies the font. Same errors as ``chart_png``."""
    import vl_convert

    return vl_convert.vegalite_to_svg(_with_font(chart, language), allowed_base_urls=[])


def pictures_zip(charts: Mapping[str, Any], *, language: str = "en", scale: float = 2.0) -> bytes:
    """Draw charts as PNG into one zip; the same charts give the same bytes. Same errors as ``chart_png``.

    Parameters
    ----------
    charts : mapping of file name without ending to chart
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, chart in charts.items():
            archive.writestr(
                zipfile.ZipInfo(f"{name}.png", _DAY_ZERO), chart_png(chart, language=language, scale=scale)
            )
    return buffer.getvalue()


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


def _with_font(chart: Any, language: str) -> dict[str, Any]:
    spec = chart if isinstance(chart, dict) else chart.to_dict()
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
