"""Words of answers that have an order of their own: from "very dissatisfied" to "very satisfied"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LEAST_STEPS = 3  # different steps of a scale; two words may be of anything


def in_order(levels: Iterable[str]) -> tuple[str, ...] | None:
    """Return the values of a column from the lowest to the highest, None when they are not all of one scale.

    Examples
    --------
    >>> in_order(["Satisfied", "Neutral", "Very dissatisfied"])
    ('Very dissatisfied', 'Neutral', 'Satisfied')
    >>> in_order(["满意", "一般", "不满意"]), in_order(["Neutral", "Good", "Never"])
    (('不满意', '一般', '满意'), None)
    """
    words = list(levels)
    for steps in scales():
        ranks = [steps.get(word.strip().casefold()) for word in words]
        if None not in ranks and len(set(ranks)) >= LEAST_STEPS:
            return tuple(word for _, word in sorted(zip(ranks, words, strict=True)))  # pyright: ignore
    return None


@cache
def scales() -> tuple[dict[str, int], ...]:
    """Return each scale as its words with their step, the lowest 0."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return tuple({word: rank for rank, words in enumerate(steps) for word in words} for steps in listed.values())
