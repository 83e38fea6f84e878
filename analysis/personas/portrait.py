"""Draw a persona's face from the data: what it shows follows from facts, and no real person is shown."""

from __future__ import annotations

import math
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.personas.result import Persona

SIZE = 160
BIG, SMALL = 1.25, 0.75  # revenue per customer, as a multiple of that of all
GREY_FROM = 55  # years of age
_LINE, _WHITE, _DARK, _GREY_HAIR = "#1b1f27", "#ffffff", "#3b3431", "#b9bdc4"
_MIDDLE = SIZE / 2
# Hair follows the gender that most share, and the segment's key where it is not known.
_SHORT = "M52 72 Q50 40 80 38 Q110 40 108 72 Q104 56 80 54 Q56 56 52 72 Z"
_LONG = "M50 104 Q42 38 80 37 Q118 38 110 104 L102 104 Q106 62 80 55 Q54 62 58 104 Z"
_CURLY = "M51 70 Q42 58 54 52 Q56 38 70 41 Q80 32 91 41 Q104 38 106 52 Q118 58 109 70 Q102 58 80 56 Q58 58 51 70 Z"
_WOMEN, _MEN = (
    ("f", "female", "woman", "women", "女", "女性", "女士"),
    ("m", "male", "man", "men", "男", "男性", "男士"),
)


def portrait_body(persona: Persona, colour: str) -> str:
    """Return the shapes of the portrait as SVG elements on a field of 160 × 160, without text.

    The outer ring's arc is the segment's share of customers, the inner one its share of revenue. Eyes are open where
    the last orders are recent, half open in between and closed where they lie far back; the smile grows with the number
    of orders; the bag with what a customer spends; hair is grey from 55 years on; business customers wear a tie.

    Parameters
    ----------
    persona : Persona
    colour : str
        ``#rrggbb``.

    Raises
    ------
    ValueError
        The colour is not of that form.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"not a colour: {colour!r}")
    traits = dict(persona.traits)
    skin = _mixed(colour, _WHITE, 0.78)
    parts = [
        f'<circle cx="{_MIDDLE}" cy="{_MIDDLE}" r="62" fill="{colour}" fill-opacity="0.15"/>',
        f'<path d="M36 128 Q40 104 80 104 Q120 104 124 128 Q104 142 80 142 Q56 142 36 128 Z" fill="{colour}"/>',
        f'<path d="M70 94 L90 94 L90 108 Q80 116 70 108 Z" fill="{skin}"/>',
        f'<ellipse cx="80" cy="74" rx="27" ry="31" fill="{skin}"/>',
        f'<path d="{_hair(persona)}" fill="{_hair_colour(persona, colour)}"/>',
        _eyes(traits.get("recency_days")),
        _mouth(traits),
    ]
    if persona.form == "b2b":
        parts.append(f'<path d="M76 110 L84 110 L86 130 L80 138 L74 130 Z" fill="{_LINE}"/>')
    parts.append(_arc(persona.share, 74, colour, 1.0))
    if persona.revenue_share == persona.revenue_share:
        parts.append(_arc(persona.revenue_share, 66, colour, 0.6))
    parts.append(_bag(persona, colour))
    return "".join(parts)


def portrait_svg(persona: Persona, colour: str) -> str:
    """Return the portrait as a whole SVG; the same persona and colour give the same drawing.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.personas.result import Persona
    >>> some = Persona("loyal", "b2c", 40, 0.2, 0.5, 10.0, None, date(2024, 1, 1))
    >>> portrait_svg(some, "#2d69b4").startswith("<svg")
    True
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" '
        f'role="img" aria-hidden="true">{portrait_body(persona, colour)}</svg>'
    )


def _hair(persona: Persona) -> str:
    gender = persona.fact("gender")
    told = gender.level.strip().lower() if gender is not None and gender.value > 0.5 else ""
    if told in _WOMEN:
        return _LONG
    if told in _MEN:
        return _SHORT
    return (_SHORT, _LONG, _CURLY)[zlib.crc32(persona.segment.encode()) % 3]


def _hair_colour(persona: Persona, colour: str) -> str:
    age = persona.fact("age_band")
    if age is None:
        return _mixed(colour, _LINE, 0.6)
    years = re.match(r"\d+", age.level)
    return _GREY_HAIR if years and int(years.group()) >= GREY_FROM else _DARK


def _eyes(recency: str | None) -> str:
    """Open for those who bought lately, closed for those who have not for long, half open in between."""
    if recency == "high":
        return _stroke("M63 76 q6 5 12 0 M85 76 q6 5 12 0")
    if recency == "low":
        return "".join(
            f'<circle cx="{x}" cy="75" r="5" fill="{_LINE}"/><circle cx="{x + 1.6}" cy="73.4" r="1.6" fill="{_WHITE}"/>'
            for x in (69, 91)
        )
    return "".join(f'<circle cx="{x}" cy="76" r="3.4" fill="{_LINE}"/>' for x in (69, 91)) + _stroke(
        "M63 72 h12 M85 72 h12"
    )


def _mouth(traits: dict[str, str]) -> str:
    """A smile that grows with the orders; those who complain or send back much do not smile."""
    if "high" in (traits.get("n_complaints"), traits.get("complaints"), traits.get("return_share")):
        return _stroke("M70 93 q10 -7 20 0")
    orders = traits.get("n_orders")
    if orders == "high":
        return (
            f'<path d="M67 87 h26 q-3 13 -13 13 q-10 0 -13 -13 Z" fill="{_WHITE}" stroke="{_LINE}" stroke-width="2"/>'
        )
    return _stroke("M73 92 h14" if orders == "low" else "M70 90 q10 7 20 0")


def _bag(persona: Persona, colour: str) -> str:
    """A bag as big as what a customer spends beside the others; none for little."""
    worth = persona.revenue_share / persona.share if persona.share else math.nan
    if not worth > SMALL:
        return ""
    scale = 1.25 if worth >= BIG else 0.8
    return (
        f'<g transform="translate(116 132) scale({scale})"><path d="M-11 -14 h22 l3 22 h-28 Z" fill="{_WHITE}" '
        f'stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"/><path d="M-5 -10 v-4 q0 -6 5 -6 q5 0 5 6 v4" '
        f'fill="none" stroke="{colour}" stroke-width="2.5"/></g>'
    )


def _stroke(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{_LINE}" stroke-width="2.4" stroke-linecap="round"/>'


def _mixed(colour: str, other: str, share: float) -> str:
    """Return ``share`` of the other colour mixed into a colour."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)


def _arc(share: float, radius: float, colour: str, opacity: float) -> str:
    around = math.tau * radius
    drawn = around * min(max(share, 0.0), 1.0)
    return (
        f'<circle cx="{_MIDDLE}" cy="{_MIDDLE}" r="{radius}" fill="none" stroke="{colour}" stroke-width="5" '
        f'stroke-opacity="{opacity}" stroke-dasharray="{drawn:.1f} {around:.1f}" '
        f'transform="rotate(-90 {_MIDDLE} {_MIDDLE})"/>'
    )
