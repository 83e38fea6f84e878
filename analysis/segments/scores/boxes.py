"""Naming schemes made of boxes: which box names a code, which codes no box covers, and which several do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from analysis.segments.params import Box

OTHER = "other"
DIGITS = range(1, 6)


@dataclass(frozen=True)
class BoxCheck:
    """What is wrong with a scheme of boxes over the 125 codes of three digits 1..5.

    Attributes
    ----------
    uncovered : tuple of str
        Codes such as ``"511"`` (R, F, M) that no box covers: customers with them are "other".
    twice : dict of str to tuple of str
        Codes that several boxes cover, with the boxes (segment keys) from the top: the first one names them.
    empty : tuple of str
        Segment keys of boxes that name no code, because boxes above cover all of theirs.
    """

    uncovered: tuple[str, ...]
    twice: dict[str, tuple[str, ...]]
    empty: tuple[str, ...]


def box_key(box: Box) -> str:
    """Return the segment key of a box."""
    return f"box.{box.key}"


def first_box(boxes: Sequence[Box], r: np.ndarray, f: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Return the place of the first box that covers each customer, ``len(boxes)`` where none does.

    Parameters
    ----------
    boxes : sequence of Box
    r, f, m : int arrays of one shape
        Digits 1..5, 5 is best.
    """
    import numpy as np

    named = np.full(np.shape(r), len(boxes))
    for place in range(len(boxes) - 1, -1, -1):
        box = boxes[place]
        covered = np.ones(np.shape(r), dtype=bool)
        for digits, (low, high) in ((r, box.r), (f, box.f), (m, box.m)):
            covered &= (digits >= low) & (digits <= high)
        named[covered] = place
    return named


def check_boxes(boxes: Sequence[Box]) -> BoxCheck:
    """List the codes that no box covers and those that several do, and the boxes that name nothing.

    Examples
    --------
    >>> from analysis.segments.params import ELEVEN
    >>> found = check_boxes(ELEVEN)
    >>> len(found.uncovered), found.empty
    (36, ('box.new', 'box.promising', 'box.cant_lose', 'box.lost'))
    """
    uncovered: list[str] = []
    twice: dict[str, tuple[str, ...]] = {}
    naming: set[str] = set()
    for code in product(DIGITS, repeat=3):
        covering = [
            box_key(box)
            for box in boxes
            if all(low <= one <= high for one, (low, high) in zip(code, (box.r, box.f, box.m), strict=True))
        ]
        written = "".join(map(str, code))
        if not covering:
            uncovered.append(written)
            continue
        naming.add(covering[0])
        if len(covering) > 1:
            twice[written] = tuple(covering)
    return BoxCheck(tuple(uncovered), twice, tuple(key for key in map(box_key, boxes) if key not in naming))
