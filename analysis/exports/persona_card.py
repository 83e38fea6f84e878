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

# A sheet of A4 on its side, in 96ths of an inch.
WIDTH, HEIGHT = 1123, 794
POINTS = (842, 595)  # the same in 72ths
PRINT = 300 / 96  # dots per inch of paper
_EDGE, _COLUMN = 56, 390
_SIZE = 19
_CLOSING, _OPENING = "，。；：、）”’》！？,.;:)!?%", "（“‘《("
_TEXT, _QUIET, _PAGE = "#1b1f27", "#606673", "#ffffff"


def card_png(persona: Persona, card: Card, colour: str, t: Translate, *, scale: float = PRINT) -> bytes:
    """Draw a card as PNG, sharp on A4 paper.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    import vl_convert

    return vl_convert.svg_to_png(_drawn(persona, card, colour, t), scale=scale)


def card_pdf(persona: Persona, card: Card, colour: str, t: Translate) -> bytes:
    """Draw a card as PDF, one page of A4 on its side. Same errors as ``card_png``."""
    import vl_convert

    return vl_convert.svg_to_pdf(_drawn(persona, card, colour, t, size=POINTS))


def _drawn(persona: Persona, card: Card, colour: str, t: Translate, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    font = chinese_font()
    if font is None and t.language == "zh":
        raise AnalysisError("no_chinese_font")
    return card_svg(persona, card, colour, t, font=font or "sans-serif", size=size)


def card_svg(
    persona: Persona,
    card: Card,
    colour: str,
    t: Translate,
    *,
    font: str = "sans-serif",
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> str:
    """Return a card as SVG: on the left face, name and who, on the right story, facts and what is supposed.

    Whatever a person or a file wrote is text in it, never a mark. A card with more than fits is drawn smaller.
    """
    left = _Column(_EDGE, _COLUMN - 2 * _EDGE + 20, 356)
    left.write(card.name, size=32, bold=True)
    if card.name != card.segment:
        left.write(card.segment, size=18, quiet=True)
    left.space(8)
    left.write(card.size, size=18)
    if card.who:
        left.space(8)
        left.write(card.who, size=18)
    right = _Column(_COLUMN, WIDTH - _COLUMN - _EDGE, 92)
    if card.too_few:
        right.write(card.too_few, quiet=True)
    if card.story:
        right.write(card.story, size=25)
        right.space(20)
    if card.facts:
        right.write(t("personas.facts"), bold=True)
        for fact in card.facts:
            rest = "" if fact.rest is None else f"{t('personas.others')} {fact.rest}"
            right.row(fact.name, fact.value, rest)
        right.space(20)
    for key, sentences in (("apart", card.apart), ("company", card.company)):
        if sentences:
            right.write(t(f"personas.{key}"), bold=True)
            for sentence in sentences:
                right.write(sentence)
            right.space(20)
    if card.quote or card.goals or card.pains:
        if card.quote:
            right.write(t("personas.quoted", quote=card.quote), size=25)
            right.space(6)
        right.write(t("personas.supposed"), size=17, quiet=True)
        for key in ("goals", "pains"):
            if getattr(card, key):
                right.write(
                    t("persona.titled", title=t(f"personas.{key}"), text=getattr(card, key)), size=17, quiet=True
                )
    foot = t("persona.foot", segment=card.segment, day=persona.as_of, n=persona.customers)
    shrink = min(1.0, (HEIGHT - 60) / max(left.y, right.y))
    face = f'<g transform="translate({_EDGE} 60) scale(1.7)">{portrait_body(persona, colour)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{_plain(font)}"><rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAGE}"/>'
        f'<rect width="{WIDTH}" height="14" fill="{colour}"/>'
        f'<g transform="scale({shrink:.4f})">{face}{"".join((*left.parts, *right.parts))}</g>'
        f'<text x="{_EDGE}" y="{HEIGHT - 28}" font-size="12" fill="{_QUIET}">{_plain(foot)}</text></svg>'
    )


class _Column:
    """Text from the top to the bottom of a column."""

    def __init__(self, x: float, width: float, y: float) -> None:
        self.x, self.width, self.y = x, width, y
        self.parts: list[str] = []

    def write(self, text: str, *, size: int = _SIZE, quiet: bool = False, bold: bool = False) -> None:
        """Write a text, broken into lines that fit."""
        for piece in wrapped(text, self.width / size):
            self._put(piece, self.x, size, quiet=quiet, bold=bold)
            self.y += size * 1.5

    def row(self, name: str, value: str, rest: str) -> None:
        """Write a fact: what it is, the figure, and that of the others."""
        names = wrapped(name, self.width * 0.45 / _SIZE)
        self._put(value, self.x + self.width * 0.48, _SIZE, bold=True)
        self._put(rest, self.x + self.width * 0.68, _SIZE, quiet=True)
        for piece in names:
            self._put(piece, self.x, _SIZE)
            self.y += _SIZE * 1.5

    def space(self, height: float) -> None:
        """Leave room."""
        self.y += height

    def _put(self, text: str, x: float, size: int, *, quiet: bool = False, bold: bool = False) -> None:
        weight = ' font-weight="bold"' if bold else ""
        start = f'<text x="{x:.0f}" y="{self.y:.0f}" font-size="{size}" fill="{_QUIET if quiet else _TEXT}"{weight}>'
        self.parts.append(f"{start}{_plain(text)}</text>")


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
    for word in words_of(text):
        long = sum(map(_ems, word))
        if line and width + sum(map(_ems, word.rstrip())) > ems:
            lines.append(line.rstrip())
            line, width = "", 0.0
        line, width = line + word, width + long
    return [*lines, line.rstrip()] if line.strip() else lines


def words_of(text: str) -> list[str]:
    """Return the parts of a text between which a line may break, each with the space behind it."""
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
