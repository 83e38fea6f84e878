"""Draw a persona: an abstract figure whose form follows from the segment's traits and colour, never a person."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.personas.result import Persona

SIZE = 160
_SOFT = ("22", "55", "99")


def portrait_body(persona: Persona, colour: str) -> str:
    """Return the shapes of the portrait as SVG elements on a field of 160 × 160, without text.

    The ring's arc is the segment's share of customers, the inner one its share of revenue; the rays stand for its
    traits (outwards for high, short for low); head and shoulders take their form from the segment's key.

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
    import math
    import re

    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"not a colour: {colour!r}")
    seed = zlib.crc32(persona.segment.encode())
    middle = SIZE / 2
    parts = [f'<circle cx="{middle}" cy="{middle}" r="76" fill="{colour}{_SOFT[0]}"/>']
    for i, (_, level) in enumerate(persona.traits):
        angle = math.tau * (i / max(len(persona.traits), 1) + (seed % 360) / 360)
        length = 72 if level == "high" else 58
        x, y = middle + length * math.cos(angle), middle + length * math.sin(angle)
        parts.append(
            f'<line x1="{middle}" y1="{middle}" x2="{x:.1f}" y2="{y:.1f}" stroke="{colour}{_SOFT[1]}" '
            'stroke-width="7" stroke-linecap="round"/>'
        )
    parts.append(_arc(persona.share, 70, colour, 6))
    if persona.revenue_share == persona.revenue_share:
        parts.append(_arc(persona.revenue_share, 61, colour + _SOFT[2], 6))
    head, shoulders = 17 + seed % 5, 30 + seed // 5 % 9
    tilt = seed // 50 % 17 - 8
    corner = 6 + seed // 900 % 13
    parts.append(
        f'<g transform="rotate({tilt} {middle} {middle})">'
        f'<rect x="{middle - shoulders}" y="86" width="{2 * shoulders}" height="42" rx="{corner + 10}" '
        f'fill="{colour}"/>'
        f'<rect x="{middle - head}" y="{80 - 2 * head}" width="{2 * head}" height="{2 * head}" rx="{corner}" '
        f'fill="{colour}" stroke="#ffffff" stroke-width="3"/></g>'
    )
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


def _arc(share: float, radius: float, colour: str, width: int) -> str:
    import math

    around = math.tau * radius
    drawn = around * min(max(share, 0.0), 1.0)
    middle = SIZE / 2
    return (
        f'<circle cx="{middle}" cy="{middle}" r="{radius}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{drawn:.1f} {around:.1f}" transform="rotate(-90 {middle} {middle})"/>'
    )
