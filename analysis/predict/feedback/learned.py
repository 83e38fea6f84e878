"""Whether a text is glad, as learned from the shop's own ratings, and how often that is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

FOLDS = 5
LEAST_TEXTS, LEAST_OF_EACH = 200, 40
MIXED = (0.4, 0.6)  # of the chance that a text is glad, between which it is mixed


def classifier() -> Any:
    """Return what learns: one and two signs, weighed by how rare they are, and a logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(C=4.0, max_iter=1000))


@dataclass(frozen=True)
class Learned:
    """What was learned, tried on texts that it had not seen.

    Attributes
    ----------
    chances : array, shape (n,)
        Chance that each rated text is glad, from the folds without it.
    n, n_right : int
        Texts, and how many were told right.
    model : Any
        Fitted on all; ``predict_proba`` of texts.
    """

    chances: np.ndarray = field(repr=False)
    n: int
    n_right: int
    model: Any = field(repr=False)


def learn(
    texts: Sequence[str], glad: np.ndarray, seed: int = 0, stop: Callable[[], None] = lambda: None
) -> Learned | None:
    """Learn from rated texts; None where there are too few of either kind.

    Parameters
    ----------
    texts : sequence of str
    glad : array of bool, shape (n,)
    seed : int
        Of the folds.
    stop : callable
        Asked before each fold; raises to stop the work.
    """
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    n_glad = int(glad.sum())
    if len(texts) < LEAST_TEXTS or min(n_glad, len(texts) - n_glad) < LEAST_OF_EACH:
        return None
    each = np.asarray(texts, dtype=object)
    chances = np.empty(len(each))
    for known, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(each, glad):
        stop()
        chances[held] = classifier().fit(each[known], glad[known]).predict_proba(each[held])[:, 1]
    stop()
    n_right = int(((chances >= 0.5) == glad).sum())
    return Learned(chances, len(each), n_right, classifier().fit(each, glad))


def is_better(learned: np.ndarray, words: np.ndarray) -> bool:
    """Say whether what was learned is right more often than the words, by more than noise (McNemar 1947).

    Parameters
    ----------
    learned, words : arrays of bool, shape (n,)
        Whether each text was told right.

    Examples
    --------
    >>> import numpy as np
    >>> is_better(np.repeat([True, False], [90, 10]), np.repeat([True, False], [60, 40]))
    True
    """
    won, lost = int((learned & ~words).sum()), int((words & ~learned).sum())
    return won > lost and (won - lost) / math.sqrt(won + lost) > 1.645
