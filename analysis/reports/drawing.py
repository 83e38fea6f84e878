"""A drawing (SVG) of a size that was looked at before it is drawn: a file may ask for more than a machine holds."""

from __future__ import annotations

import io
import re

MOST_DEPTH = 64  # groups inside groups: a picture is held for each
MOST_PARTS = 50_000
_SPACE = "http://www.w3.org/2000/svg"
_LENGTH = re.compile(r"\s*\+?(\d{1,9}(?:\.\d{1,9})?)(px|pt|pc|mm|cm|in)?\s*")
_PIXELS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_USUAL = (300.0, 150.0)  # of a drawing that says nothing: CSS 2.2, 10.3.2


def fitted(text: str, width: int, height: int) -> str:
    """Return a drawing that asks for at most a width and height in pixels, with the sides as they were.

    Raises
    ------
    ValueError
        It is no SVG, has no size that can be drawn, or is nested deeper than any picture.

    Examples
    --------
    >>> fitted('<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="30000"/>', 720, 240)
    '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="240" viewBox="0 0 90000 30000" />'
    """
    from xml.etree import ElementTree

    depth = parts = 0
    root: ElementTree.Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.StringIO(text), events=("start", "end")):
            depth += 1 if event == "start" else -1
            parts += 1
            root = element if root is None else root
            if depth > MOST_DEPTH or parts > 2 * MOST_PARTS:
                raise ValueError("too much is nested in the drawing")
    except ElementTree.ParseError as problem:
        raise ValueError("no drawing") from problem
    if root is None or root.tag != f"{{{_SPACE}}}svg":
        raise ValueError("no drawing")
    box = _box(root.get("viewBox"))
    wide, high = _side(root.get("width"), box and box[2]), _side(root.get("height"), box and box[3])
    if wide is None or high is None:
        wide, high = (box[2], box[3]) if box else _USUAL
    if box is None:
        root.set("viewBox", f"0 0 {wide:g} {high:g}")
    scale = min(width / wide, height / high)
    root.set("width", f"{max(1, round(wide * scale))}")
    root.set("height", f"{max(1, round(high * scale))}")
    ElementTree.register_namespace("", _SPACE)
    return ElementTree.tostring(root, encoding="unicode")


def _side(said: str | None, usual: float | None) -> float | None:
    """Return a side in pixels, or None where a file says none; a share of the page is the box's own side."""
    if said is None or said.strip() in ("auto", "100%"):
        return usual
    found = _LENGTH.fullmatch(said)
    side = float(found[1]) * _PIXELS[found[2]] if found else 0.0
    if side <= 0:
        raise ValueError("no size that can be drawn")
    return side


def _box(said: str | None) -> tuple[float, float, float, float] | None:
    if said is None:
        return None
    left, top, wide, high = (float(part) for part in said.replace(",", " ").split())
    if not (0 < wide < 1e9 and 0 < high < 1e9):
        raise ValueError("no size that can be drawn")
    return left, top, wide, high
