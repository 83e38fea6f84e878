"""Colours of every chart, and the look they share. A segment keeps its colour on every page, chart and export."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from analysis.segments.hybrid import key_parts
from analysis.segments.methods import METHODS, NUMBERED, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.segments.method import Colour


# Told apart with normal, red-blind and green-blind sight (CIE Lab distance of at least 25 between any two), and at
# least 2.9 : 1 against a white and a dark page.
CATEGORICAL = ("#2d69b4", "#00a5b4", "#e17800", "#8769ff", "#c30f69", "#e17869", "#a53c0f", "#7800ff")
GREY = ("#7b818c", "#a3a8b1")
INK = "#5c626e"
ON_LIGHT, ON_DARK = "#030405", "#ffffff"
EVEN_LIGHT = 0.182  # the luminance on which black and white read alike: 4.5 : 1 and a little more
# What is good or bad is not what is high or low, which the diverging scale shows.
GOOD, BAD = CATEGORICAL[1], CATEGORICAL[4]
SEQUENTIAL = ("#eaf1fa", "#2d69b4")
# Blue above, orange below, near-white in the middle.
DIVERGING = ("#c96a00", "#f4f4f2", "#2d69b4")
ACCENT = CATEGORICAL[0]
LABEL_SIZE = 10  # of an axis
# Pixels of the marks of a page's first picture: on a laptop (1366 × 657) it ends in sight, below the answer.
FIRST_SIGHT = 220
# Between the number of a group and its traits.
_TRAITS = re.compile("：|, |、|: ")
FONT = "'Source Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CONFIG = {
    "font": FONT,
    "view": {"strokeWidth": 0},
    "axis": {
        "labelColor": INK, "titleColor": INK, "domain": False, "ticks": False, "gridColor": "#80808033",
        "labelLimit": 220, "titleFontWeight": "normal", "labelPadding": 6, "titlePadding": 8,
    },
    "legend": {"labelColor": INK, "titleColor": INK, "titleLimit": 400, "offset": 8},
    "header": {"labelColor": INK, "titleColor": INK},
    "title": {"anchor": "start", "color": INK, "fontSize": 14, "fontWeight": "bold", "offset": 12},
}  # fmt: skip

_WORDS: tuple[Colour, ...] = (
    "blue", "teal", "orange", "violet", "magenta", "salmon", "rust", "purple", "grey", "pale",
)  # fmt: skip
_NAMED = dict(zip(_WORDS, (*CATEGORICAL, *GREY), strict=True))
_FIXED = {key: _NAMED[colour] for method in METHODS.values() for key, colour in method.colours.items()}
# What a cell of two segmentations mixes into its row's colour: 0 is black, 255 white.
_TONES = ((0, 0.3), (0, 0.0), (255, 0.3), (0, 0.15), (255, 0.15))


def segment_colours(keys: Iterable[str]) -> dict[str, str]:
    """Return the colour of each segment, the same whatever other segments there are.

    Examples
    --------
    >>> segment_colours(["champions", "cluster_1", "cluster_9"])
    {'champions': '#2d69b4', 'cluster_1': '#2d69b4', 'cluster_9': '#2d69b4'}
    """
    return {key: _colour(key) for key in keys}


def _colour(key: str) -> str:
    first, second = key_parts(key)
    if first:
        return _toned(_colour(first), second)
    key = key.removeprefix("box.")
    if key in _FIXED:
        return _FIXED[key]
    beginning, number = numbered(key)
    position = NUMBERED[beginning] + number - 1 if beginning else zlib.crc32(key.encode())
    return CATEGORICAL[position % len(CATEGORICAL)]


def _toned(colour: str, second: str) -> str:
    """Return the tone of a cell: its row's colour, darker or lighter by its column."""
    if not second:
        return colour
    _, _, number = second.rpartition("_")
    place = (int(number) if number.isdigit() else zlib.crc32(second.encode())) % len(_TONES)
    goal, share = _TONES[place]
    mixed = (round(int(colour[i : i + 2], 16) * (1 - share) + goal * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def axis_form(unit: str) -> str:
    """Return how an axis writes numbers of a unit: a share as percent, a calendar year without separators."""
    return {"share": "%", "year": "~f"}.get(unit, ",~f")


def cell_text(field: str, *, solid: str = "true") -> Any:
    """Return the colour of a text on a cell as an expression: black or white, whichever reads on the cell's own colour.

    Parameters
    ----------
    field : str
        What the scale ``color`` of the cell shows.
    solid : str
        Expression that says whether the cell is drawn full; on a faint one stands the quiet text of the page.
    """
    import altair as alt

    dark = f"luminance(scale('color', datum.{field})) > {EVEN_LIGHT}"
    return alt.expr(f"{solid} ? ({dark} ? '{ON_LIGHT}' : '{ON_DARK}') : '{INK}'")


def text_over(colour: str) -> str:
    """Return the text colour that reads on a colour: black or white, whichever stands out more.

    References
    ----------
    WCAG 2.2, relative luminance.

    Examples
    --------
    >>> text_over("#2d69b4"), text_over("#e17800")
    ('#ffffff', '#030405')
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return ON_LIGHT if 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN_LIGHT else ON_DARK


def fade(chart: Any, word: str | None, *, field: str = "segment") -> Any:
    """Return a chart in which only one segment stands out; without one, the chart as it is.

    Parameters
    ----------
    chart : Altair chart
        Plain, layered or faceted.
    word : str, optional
        The segment as the data's ``field`` writes it.
    """
    import altair as alt

    if word is None:
        return chart
    chart = chart.copy(deep=True)
    drawn = getattr(chart, "spec", chart)  # what a facet repeats
    for layer in getattr(drawn, "layer", [drawn]):
        if f'"{field}' in str(layer.encoding.to_dict()).replace("'", '"'):
            seen = alt.condition(alt.datum[field] == word, alt.value(1), alt.value(0.25))
            layer.encoding.fillOpacity = layer.encoding.strokeOpacity = seen
    return chart


def segment_axis(names: Iterable[str]) -> Any:
    """Return the axis of segments as columns: a group's traits stand below its number where there is room for them.

    Names that have no room side by side even so stand aslant.
    """
    import altair as alt

    parts = [_TRAITS.split(name) for name in names]
    whole, short = (
        len(parts) * (text_width((line for lines in parts for line in lines[:most]), 11) + 6) for most in (None, 1)
    )
    angle: Any = alt.ExprRef(f"width < {short} ? -35 : 0")
    align: Any = alt.ExprRef(f"width < {short} ? 'right' : 'center'")
    lines = "split(replace(datum.label, /：|, |、/g, ': '), ': ')"
    return alt.Axis(
        labelAngle=angle, labelAlign=align, labelFlush=False, labelLimit=150, labelOverlap=False,
        labelExpr=f"width < {whole} ? {lines}[0] : {lines}",
    )  # fmt: skip


def text_width(texts: Iterable[str], size: int) -> int:
    """Return about how many pixels the longest of some texts takes at a font size."""
    return max((sum(7 if c.isascii() else 12 for c in text) for text in texts), default=0) * size // 12


_STOPS = "：，、；"


def two_lines(text: str) -> str:
    """Return a text in two lines of about the same length, broken at a space or a Chinese stop where there is one.

    Examples
    --------
    >>> two_lines("White hanging heart holder"), two_lines("白色陶瓷茶杯"), two_lines("沉睡客户：常下单的时段")
    ('White hanging\\nheart holder', '白色陶\\n瓷茶杯', '沉睡客户：\\n常下单的时段')
    """
    middle = len(text) / 2
    breaks = [place + (letter in _STOPS) for place, letter in enumerate(text[:-1]) if letter == " " or letter in _STOPS]
    if breaks:
        place = min(breaks, key=lambda one: abs(one - middle))
        return f"{text[:place]}\n{text[place:].removeprefix(' ')}"
    return text if text.isascii() else f"{text[: round(middle)]}\n{text[round(middle) :]}"


def within(texts: Iterable[str], room: int) -> list[str]:
    """Return names for ``axis_of_lines``: those that need more than ``room`` pixels stand in two lines."""
    narrow = 0.8 * room  # capitals are wider than the mean letter
    return [two_lines(text) if text_width([text], LABEL_SIZE) > narrow else text for text in texts]


def rows_high(n: int, each: int, *, least: int = 24) -> int:
    """Return the height of ``n`` rows of ``each`` pixels: closer together, down to ``least``, where they are many.

    Examples
    --------
    >>> rows_high(4, 42), rows_high(8, 36), rows_high(20, 36)
    (168, 220, 480)
    """
    return min(each * n, max(least * n, FIRST_SIGHT))


def axis_of_lines(room: int) -> Any:
    """Return an axis whose names may have two lines, each of at most ``room`` pixels."""
    import altair as alt

    line = LABEL_SIZE + 1
    up: Any = {"condition": {"test": r"indexof(datum.label, '\n') >= 0", "value": -line / 2}, "value": 0}
    return alt.Axis(
        labelLimit=room, labelExpr=r"split(datum.label, '\n')", labelLineHeight=line, labelOffset=up, labelOverlap=False
    )


def amount_size(field: str, *, usual: int = 11, least: int = 8) -> Any:
    """Return the font size of an amount in a cell: smaller where the cell is narrower than the amount is long.

    Parameters
    ----------
    field : str
        Holds the amount as it is written.
    """
    import altair as alt

    fits = f"(bandwidth('x') - 4) / (0.56 * max(length(datum.{field}), 1))"
    return alt.ExprRef(f"clamp({fits}, {least}, {usual})")


def legend_above(names: Iterable[str]) -> Any:
    """Return a legend above the chart with as many names beside each other as there is room for."""
    import altair as alt

    room = min(text_width(names, 14), 240) + 36  # the symbol and the gaps
    return alt.Legend(orient="top", columns=alt.ExprRef(f"max(1, floor(width / {room}))"), labelLimit=240)


def zero_to_one() -> Any:
    """Return the axis of a figure between 0 and 1: few marks, so that the last two do not run into each other."""
    import altair as alt

    return alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")


def alike(chart: Any) -> Any:
    """Return a chart of the same parts, to change one of them; Altair's own copy builds all layers anew.

    Examples
    --------
    >>> import altair as alt
    >>> plain = alt.Chart(alt.Data(values=[])).mark_bar()
    >>> titled = alike(plain)
    >>> titled.title = "Customers"
    >>> titled.title, plain.title is alt.Undefined, titled.data is plain.data
    ('Customers', True, True)
    """
    copied = object.__new__(type(chart))
    vars(copied).update(vars(chart) | {"_kwds": dict(chart._kwds)})
    return copied


def titled(finding: str, about: str = "") -> Any:
    """Return a title that says the finding, with what is drawn below it."""
    import altair as alt

    return alt.TitleParams(finding, subtitle=about, subtitleColor=INK, subtitleFontSize=12, subtitlePadding=4)


def look(chart: Any, **properties: Any) -> Any:
    """Give a finished chart the common look: quiet axes, titles on the left, colours that hold on light and dark.

    ``properties`` are those of a chart, such as its title and its size: Altair's own ``properties`` builds all layers
    anew and checks each against the schema at every look.
    """
    import altair as alt

    chart = alike(chart)
    chart._kwds.update(properties)
    if isinstance(chart, (alt.Chart, alt.LayerChart)):
        # The height is that of the marks: title, axis and legend come on top of it and squeeze nothing.
        chart.autosize = {"type": "fit-x", "contains": "padding"}
    own = getattr(chart, "config", None)
    chart.config = CONFIG | (own.to_dict() if isinstance(own, alt.Config) else {})
    return chart
