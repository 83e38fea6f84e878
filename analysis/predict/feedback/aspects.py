"""What people talk about: named aspects by their words, and groups of words that the texts themselves form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.predict.feedback.lexicon import clauses, counts

if TYPE_CHECKING:
    import numpy as np

LEAST_TEXTS = 60  # for groups of words
WORDS_SHOWN = 4
_HAN = re.compile(r"[㐀-鿿]")


@cache
def aspects() -> dict[str, re.Pattern[str]]:
    """Return the named aspects, and what they are known by."""
    data = tomllib.loads(Path(__file__).with_name("aspects.toml").read_text("utf-8"))
    found = {}
    for name, words in data.items():
        english = "|".join(re.escape(word) for word in words["en"])
        chinese = "|".join(re.escape(word) for word in words["zh"])
        found[name] = re.compile(rf"{chinese}|(?<![a-z])(?:{english})(?:s|ing)?(?![a-z])")
    return found


def about(text: str) -> dict[str, int]:
    """Return each aspect that a text speaks of, and whether gladly (1), sadly (−1) or neither (0).

    The words of the clauses that name the aspect say it; of the whole text where these say nothing.

    Examples
    --------
    >>> about("味道一般但是客服态度很好，配送很快")
    {'delivery': 1, 'taste': -1, 'service': 1, 'waiting': 1}
    """
    found: dict[str, tuple[int, int]] = {}
    for clause in clauses(text):
        glad, sad = counts(clause)
        for name, words in aspects().items():
            if words.search(clause):
                before = found.get(name, (0, 0))
                found[name] = before[0] + glad, before[1] + sad
    whole = counts(text)
    sides = {}
    for name in aspects():
        if name in found:
            glad, sad = found[name] if any(found[name]) else whole
            sides[name] = (glad > sad) - (glad < sad)
    return sides


@cache
def _common() -> frozenset[str]:
    """Return Chinese words that name nothing."""
    data = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    return frozenset(data["zh"]["common"])


@dataclass(frozen=True)
class Topic:
    """A group of words that stand together in texts.

    Attributes
    ----------
    key : str
        Its first words, by which it is found again.
    words : tuple of str
    texts : array of int
        Positions of the texts that speak of it above all, the clearest first.
    """

    key: str
    words: tuple[str, ...]
    texts: np.ndarray


def topics_of(texts: Sequence[str], n: int, seed: int = 0) -> tuple[Topic, ...]:
    """Group the words of texts by non-negative factors of their weights (Lee and Seung 1999), deterministically begun.

    Parameters
    ----------
    texts : sequence of str
    n : int
        Groups; fewer where the texts hold fewer words.
    """
    import numpy as np
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    if n == 0 or len(texts) < LEAST_TEXTS:
        return ()
    least = max(3, len(texts) // 500)
    cut: Any = words_of
    weigh = TfidfVectorizer(analyzer=cut, min_df=least, max_df=0.4, sublinear_tf=True, max_features=4000, norm="l2")
    try:
        weights = weigh.fit_transform(texts)
    except ValueError:  # no word stands in so many texts
        return ()
    n = min(n, weights.shape[1] // 3)
    if n < 2:
        return ()
    parts: Any = n
    factors = NMF(parts, init="nndsvda", random_state=seed, max_iter=300, tol=1e-3)
    shares = factors.fit_transform(weights)
    names, best = weigh.get_feature_names_out(), shares.argmax(axis=1)
    spoken = shares.max(axis=1) > 0
    found = []
    for number, row in enumerate(factors.components_):
        words = tuple(str(names[place]) for place in np.argsort(-row, kind="stable")[:WORDS_SHOWN])
        mine = np.flatnonzero((best == number) & spoken)
        found.append(Topic("/".join(words[:2]), words, mine[np.argsort(-shares[mine, number], kind="stable")]))
    return tuple(sorted((one for one in found if len(one.texts)), key=lambda one: -len(one.texts)))


def words_of(text: str) -> list[str]:
    """Return the words of a text that can name something: of two Chinese signs or three letters at least.

    Examples
    --------
    >>> words_of("配送速度很快，the Delivery was quick")
    ['配送', '速度', 'delivery', 'quick']
    """
    import rjieba
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    found = []
    for word in rjieba.cut(text.lower()):
        word = word.strip()
        if _HAN.search(word):
            if len(word) >= 2 and word not in _common():
                found.append(word)
        elif len(word) >= 3 and word.isalpha() and word not in ENGLISH_STOP_WORDS:
            found.append(word)
    return found
