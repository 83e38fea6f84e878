"""The charts of a report, each drawn once for all kinds of files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.exports.pictures import chart_svg

if TYPE_CHECKING:
    from analysis.reports.content import Chart

_NAMES = re.compile(r'(\bid="|url\(#|href="#)([A-Za-z_][\w-]*)')
_DOTS = 200 / 72  # pixels to the unit of a drawing: 200 to the inch


class Drawn:
    """Draws charts when they are asked for, and keeps what it drew."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._svg: dict[int, str] = {}
        self._png: dict[int, bytes] = {}
        self._charts: list[Chart] = []  # held, so that no other takes the number of one

    def svg(self, chart: Chart) -> str:
        """Return a chart as SVG whose names stand in no other drawing of the report.

        Raises
        ------
        AnalysisError
            ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
        """
        if id(chart) not in self._svg:
            self._charts.append(chart)
            drawn = chart_svg(chart.spec, language=self.language)
            self._svg[id(chart)] = renamed(drawn, f"c{len(self._charts)}")
        return self._svg[id(chart)]

    def png(self, chart: Chart) -> bytes:
        """Return a chart as PNG at print resolution; refuses as ``svg``."""
        import vl_convert

        if id(chart) not in self._png:
            self._png[id(chart)] = vl_convert.svg_to_png(self.svg(chart), scale=_DOTS * 0.72, ppi=72)
        return self._png[id(chart)]


def renamed(svg: str, prefix: str) -> str:
    """Give the names inside a drawing a beginning of their own, numbered as they come.

    The library counts them over all charts of a process, so that the second drawing of a chart would differ.

    Examples
    --------
    >>> renamed('<clipPath id="clip9"/><g clip-path="url(#clip9)"/>', "c1")
    '<clipPath id="c1-0"/><g clip-path="url(#c1-0)"/>'
    """
    seen: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        name = seen.setdefault(found[2], f"{prefix}-{len(seen)}")
        return found[1] + name

    return _NAMES.sub(replace, svg)
