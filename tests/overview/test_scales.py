"""Words of answers keep the order of their scale."""

from __future__ import annotations

import random

import pytest

from analysis.overview.scales import in_order, scales


@pytest.mark.parametrize("place", range(len(scales())))
def test_every_scale_comes_back_from_low_to_high_in_whatever_order_its_words_are_met(place: int) -> None:
    steps = scales()[place]
    first = {rank: word for word, rank in reversed(list(steps.items()))}
    words = [word.title() for _, word in sorted(first.items())]
    met = list(words)
    random.Random(place).shuffle(met)
    assert in_order(met) == tuple(words)


@pytest.mark.parametrize(
    "words", [[], ["neutral"], ["low", "high"], ["never", "good", "high"], ["Bonn", "Paris", "Rome"]]
)
def test_other_words_have_no_order(words: list[str]) -> None:
    assert in_order(words) is None
