"""Redraw a finished chart for a dark page: quiet texts lighter, heat maps on a dark scale.

Charts are made once for paper and light pages; a screen that is dark asks for this.
"""

from __future__ import annotations

from typing import Any

from analysis.charts.palette import DIVERGING, INK, SEQUENTIAL, alike

INK_ON_DARK = "#a3adb3"
# Dark where a light page is light: nothing stands out of the page, much stands out most.
SEQUENTIAL_ON_DARK = ("#1d2b3c", "#8fbdf5")
DIVERGING_ON_DARK = ("#f0a04a", "#2a3036", "#7fb2f0")
_SCALES = {SEQUENTIAL: SEQUENTIAL_ON_DARK, DIVERGING: DIVERGING_ON_DARK}


def on_dark(chart: Any) -> Any:
    """Return a chart for a dark page; the one handed in stays as it is.

    Parameters
    ----------
    chart : Altair chart
        Plain, layered, concatenated or faceted, as ``palette.look`` leaves it.

    Examples
    --------
    >>> import altair as alt, pandas as pd
    >>> from analysis.charts.palette import look
    >>> plain = look(alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x=alt.X("x:Q")))
    >>> on_dark(plain).config["axis"]["labelColor"], plain.config["axis"]["labelColor"] == INK
    ('#a3adb3', True)
    """
    return _redrawn(chart)


def _redrawn(part: Any) -> Any:
    import pandas as pd
    from altair.utils.schemapi import SchemaBase

    if isinstance(part, pd.DataFrame):
        return part
    if isinstance(part, SchemaBase):
        copied = alike(part)
        copied._kwds.update({key: _redrawn(value) for key, value in part._kwds.items()})
        return copied
    if isinstance(part, dict):
        return {key: _redrawn(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        scale = _SCALES.get(tuple(part)) if all(isinstance(one, str) for one in part) else None
        return list(scale) if scale else [_redrawn(one) for one in part]
    return part.replace(INK, INK_ON_DARK) if isinstance(part, str) else part
