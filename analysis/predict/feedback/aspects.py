"""What people talk about: named aspects by their words, and groups of words that the texts themselves form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.predict.feedback.lexicon import Sentiment, clauses_of, counts_of, parts, said_by

if TYPE_CHECKING:
    import numpy as np

LEAST_TEXTS = 60  # for groups of words
MOST_TEXTS = 10_000  # for groups of words; of more, so many are drawn by chance
WORDS_KEPT = 10  # of a group, by which it is found again
_OfClause = tuple[int, int, tuple[str, ...]]  # glad words, sad words, aspects
_HAN = re.compile(r"[㐀-鿿]")


@cache
def aspects() -> dict[str, tuple[str, ...]]:
    """Return the words of each named aspect, of both languages."""
    data = tomllib.loads(Path(__file__).with_name("aspects.toml").read_text("utf-8"))
    return {name: (*words["zh"], *words["en"]) for name, words in data.items()}


@cache
def _named() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """Return what finds a word of an aspect, and the aspects of each word."""
    of: dict[str, tuple[str, ...]] = {}
    for name, words in aspects().items():
        for word in words:
            of[word] = (*of.get(word, ()), name)
    longest = sorted(of, key=lambda word: (-len(word), word))
    chinese = "|".join(re.escape(word) for word in longest if _HAN.search(word))
    english = "|".join(re.escape(word) for word in longest if not _HAN.search(word))
    return re.compile(rf"({chinese})|(?<![a-z])({english})(?:s|ing)?(?![a-z])"), of


@dataclass(frozen=True)
class Heard:
    """What one text says.

    Attributes
    ----------
    said : "positive", "negative", "mixed" or "none"
    score : float
        Glad less sad words over both, −1 to 1; 0 without any.
    about : mapping of str to int
        Each aspect that it speaks of, and whether gladly (1), sadly (−1) or neither (0): by the words of the clauses
        that name the aspect, of the whole text where these say nothing.
    """

    said: Sentiment
    score: float
    about: dict[str, int]


def hear(text: str, known: dict[str, Sequence[_OfClause]] | None = None) -> Heard:
    """Return what a text says by its words.

    Parameters
    ----------
    text : str
    known : dict, optional
        What parts of other texts said, which is added to: many people say the same.

    Examples
    --------
    >>> hear("味道一般但是客服态度很好，配送很快").about
    {'taste': -1, 'service': 1, 'delivery': 1, 'waiting': 1}
    """
    known = {} if known is None else known
    found: dict[str, tuple[int, int]] = {}
    glad = sad = 0
    for part in parts(text):
        if part not in known:
            known[part] = [(*counts_of(clause), _names_in(clause)) for clause in clauses_of(part)]
        for one, other, names in known[part]:
            glad, sad = glad + one, sad + other
            for name in names:
                before = found.get(name, (0, 0))
                found[name] = before[0] + one, before[1] + other
    about = {}
    for name, (one, other) in found.items():
        own = (one, other) if one or other else (glad, sad)
        about[name] = (own[0] > own[1]) - (own[0] < own[1])
    score = (glad - sad) / (glad + sad) if glad + sad else 0.0
    return Heard(said_by(text, glad, sad), score, about)


def _names_in(clause: str) -> tuple[str, ...]:
    """Return the aspects that a clause names, each once."""
    find, of = _named()
    return tuple({name: 0 for match in find.finditer(clause) for name in of[match[1] or match[2]]})


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
        Ten at most, the weightiest first.
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
    seed : int
        Of the texts that are drawn where there are more than ``MOST_TEXTS``.
    """
    import numpy as np
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    if n == 0 or len(texts) < LEAST_TEXTS:
        return ()
    drawn = np.arange(len(texts))
    if len(texts) > MOST_TEXTS:
        drawn = np.sort(np.random.default_rng(seed).choice(len(texts), MOST_TEXTS, replace=False))
    texts = [texts[int(place)] for place in drawn]
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
        words = tuple(str(names[place]) for place in np.argsort(-row, kind="stable")[:WORDS_KEPT])
        mine = np.flatnonzero((best == number) & spoken)
        found.append(Topic("/".join(words[:2]), words, drawn[mine[np.argsort(-shares[mine, number], kind="stable")]]))
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
