"""A persona's card as a picture: portrait and sentences on one sheet, drawn without a browser."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from analysis.errors import AnalysisError
from analysis.exports.pictures import chinese_font
from analysis.personas.portrait import portrait_body

if TYPE_CHECKING:
    from analysis.personas.result import Persona
    from analysis.personas.words import Card
    from analysis.translate import Translate

WIDTH = 860
_EDGE = 32
_CLOSING, _OPENING = "，。；：、）”’》！？,.;:)!?%", "（“‘《("
_TEXT, _QUIET, _PAGE = "#1b1f27", "#606673", "#ffffff"


def card_png(persona: Persona, card: Card, colour: str, t: Translate, *, scale: float = 2.0) -> bytes:
    """Draw a card as PNG.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    import vl_convert

    font = chinese_font()
    if font is None and t.language == "zh":
        raise AnalysisError("no_chinese_font")
    return vl_convert.svg_to_png(card_svg(persona, card, colour, t, font=font or "sans-serif"), scale=scale)


def card_svg(persona: Persona, card: Card, colour: str, t: Translate, *, font: str = "sans-serif") -> str:
    """Return a card as SVG; whatever a person or a file wrote is text in it, never a mark."""
    place, parts = 60.0, []

    def line(text: str, *, size: int = 15, x: int = 220, quiet: bool = False, bold: bool = False) -> None:
        nonlocal place
        weight = ' font-weight="bold"' if bold else ""
        # A figure stays on one line with its "n =".
        for piece in wrapped(text.replace("n = ", "n\u00a0=\u00a0"), (WIDTH - x - _EDGE) / size):
            fill = _QUIET if quiet else _TEXT
            start = f'<text x="{x}" y="{place:.0f}" font-size="{size}" fill="{fill}"{weight}>'
            parts.append(f"{start}{_plain(piece)}</text>")
            place += size * 1.5

    line(card.name, size=26, bold=True)
    if card.name != card.segment:
        line(card.segment, quiet=True)
    line(card.too_few or card.size)
    place = max(place + 10, 210)
    # The first sentence of the story, on the size, stands beside the portrait already.
    blocks = [("story", card.story[1:]), ("preferred", card.preferred), ("company", card.company)]
    for key, sentences in blocks:
        if sentences:
            line(t(f"personas.{key}"), x=_EDGE, bold=True)
            for sentence in sentences:
                line(sentence, x=_EDGE)
            place += 10
    if card.quote:
        line(t("personas.supposed"), x=_EDGE, bold=True)
        for key in ("goals", "pains", "quote"):
            line(t(f"personas.{key}"), x=_EDGE, quiet=True, size=13)
            line(getattr(card, key), x=_EDGE)
    height = int(place + 16)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="{_plain(font)}">'
        f'<rect width="{WIDTH}" height="{height}" fill="{_PAGE}"/><rect width="{WIDTH}" height="8" fill="{colour}"/>'
        f'<g transform="translate({_EDGE} 28)">{portrait_body(persona, colour)}</g>{"".join(parts)}</svg>'
    )


def wrapped(text: str, ems: float) -> list[str]:
    """Break text into lines of at most ``ems`` widths of a Chinese letter; Latin words stay whole where they fit.

    Examples
    --------
    >>> wrapped("one two three", 4)
    ['one two', 'three']
    >>> wrapped("一二三四五", 4)
    ['一二三四', '五']
    """
    lines, line, width = [], "", 0.0
    for word in _words(text):
        long = sum(map(_ems, word))
        if line and width + sum(map(_ems, word.rstrip())) > ems:
            lines.append(line.rstrip())
            line, width = "", 0.0
        line, width = line + word, width + long
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for letter in text:
        # Chinese breaks between any two letters, a long Latin word after 40 of them.
        joins = words and _ems(letter) < 1 and _ems(words[-1][-1]) < 1 and words[-1][-1] != " " and len(words[-1]) < 40
        # No line begins with a mark that closes, and none ends with one that opens.
        if joins or (words and (letter in _CLOSING or words[-1][-1] in _OPENING)):
            words[-1] += letter
        else:
            words.append(letter)
    return words


def _ems(letter: str) -> float:
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56


def _plain(text: str) -> str:
    """Escape text and leave out what XML cannot hold."""
    return escape("".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF), {'"': "&quot;"})
