"""Whether a text is glad, as learned from the shop's own ratings, and how often that is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.engine import go_on

if TYPE_CHECKING:
    import numpy as np

FOLDS = 5
MANY_TEXTS = 20_000  # from which on each half tells the other, learned from so many of it at most
LEAST_TEXTS, LEAST_OF_EACH = 200, 40
MIXED = (0.4, 0.6)  # of the chance that a text is glad, between which it is mixed


def _weights() -> Any:
    """Return what weighs one and two signs of texts by how rare they are; it knows no rating."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)


def _fitted(rows: Any, glad: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=4.0, max_iter=1000).fit(rows, glad)


@dataclass(frozen=True)
class Learned:
    """What was learned, tried on texts that it had not seen.

    Attributes
    ----------
    chances : array, shape (n,)
        Chance that each rated text is glad, from the folds without it.
    n, n_right : int
        Texts, and how many were told right.
    weights : Any
        What weighs the signs of a text.
    models : tuple
        Fitted on all texts, or one on each half of many.
    """

    chances: np.ndarray = field(repr=False)
    n: int
    n_right: int
    weights: Any = field(repr=False)
    models: tuple[Any, ...] = field(repr=False)

    def chances_of(self, texts: Sequence[str]) -> np.ndarray:
        """Return the chance that each of other texts is glad."""
        import numpy as np

        if not len(texts):
            return np.empty(0)
        rows = self.weights.transform(texts)
        return np.mean([model.predict_proba(rows)[:, 1] for model in self.models], axis=0)


def learn(texts: Sequence[str], glad: np.ndarray, seed: int = 0) -> Learned | None:
    """Learn from rated texts; None where there are too few of either kind.

    Parameters
    ----------
    texts : sequence of str
    glad : array of bool, shape (n,)
    seed : int
        Of the folds.
    """
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    n_glad = int(glad.sum())
    if len(texts) < LEAST_TEXTS or min(n_glad, len(texts) - n_glad) < LEAST_OF_EACH:
        return None
    weights = _weights()
    rows = weights.fit_transform(texts)
    chances = np.empty(len(texts))
    folds = FOLDS if len(texts) < MANY_TEXTS else 2
    models = []
    for known, held in StratifiedKFold(folds, shuffle=True, random_state=seed).split(chances, glad):
        go_on()
        known = known[:: max(1, len(known) // MANY_TEXTS)]
        models.append(_fitted(rows[known], glad[known]))
        chances[held] = models[-1].predict_proba(rows[held])[:, 1]
    go_on()
    if folds == FOLDS:
        models = [_fitted(rows, glad)]
    n_right = int(((chances >= 0.5) == glad).sum())
    return Learned(chances, len(texts), n_right, weights, tuple(models))


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
