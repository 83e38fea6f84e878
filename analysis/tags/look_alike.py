"""Look-alikes: customers most like some that are known to be good, with proof on seeds that were held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles

FEWEST_SEEDS = 30  # of fewer, a held-back fifth says nothing
HELD_BACK = 0.2
MOST_LEVELS = 20
SHRINK = 0.1  # of the covariance towards independent features, against features that say nearly the same


@dataclass(frozen=True)
class LookAlikes(Tabular, rows="made_by"):
    """Customers like the seeds.

    Attributes
    ----------
    rows : int array
        Rows of ``Profiles.customers``, the most alike first: never a seed, never more than asked for.
    scores : float array
        How alike, on the scale of a log likelihood ratio; comparable only within one result.
    made_by : DataFrame, one row per feature
        ``feature`` (key), ``level`` (of a category, else None), ``seeds`` and ``others`` (mean, or share 0..1 of a
        level), ``weight`` (what it adds to a seed's score over another customer's, summing to the whole difference).
    n_seeds, n_candidates : int
    n_held_back, n_found : int
        Seeds kept out of the learning, and how many of them stand among the ``n_top`` most alike of all others.
    n_top : int
        As many as there are customers in the list that was asked for.
    by_chance : float
        Share 0..1 of the held-back that would stand there by chance.
    found, low, high : float
        Share 0..1 of the held-back found, with its 95 % interval (Wilson).
    """

    rows: np.ndarray = field(repr=False)
    scores: np.ndarray = field(repr=False)
    made_by: pd.DataFrame = field(repr=False)
    n_seeds: int
    n_candidates: int
    n_held_back: int
    n_found: int
    n_top: int
    by_chance: float
    found: float
    low: float
    high: float


def look_alike(
    profiles: Profiles,
    seeds: np.ndarray,
    features: Sequence[str],
    *,
    n: int,
    allowed: np.ndarray | None = None,
    seed: int = 0,
    code: str = "",
) -> LookAlikes:
    """Return the customers most like the seeds.

    Numbers are compared by their place among all customers, categories by their levels; a customer scores by the linear
    discriminant between seeds and everybody, with a pooled covariance shrunk towards independence. A fifth of the seeds
    is held back, looked for with what the rest taught, and must be found more often than by chance.

    Parameters
    ----------
    profiles : Profiles
    seeds : bool array, shape (customers,)
    features : sequence of str
        Features to compare by.
    n : int
        At most this many are returned.
    allowed : bool array, shape (customers,), optional
        Who may be returned at all: those who may be contacted.
    seed : int
        Decides which seeds are held back.
    code : str
        The tag's key, for refusals.

    Raises
    ------
    AnalysisError
        ``look_alike_few_seeds`` (n, least), ``look_alike_nobody_else``, ``look_alike_seeds_differ`` (found, chance):
        the held-back seeds are found no more often than by chance, so what the seeds have in common is not in these
        features; ``tag_feature_gone``, ``tag_personal``.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 4.3 (discriminants, regularised).
    """
    import numpy as np

    from analysis.stats.intervals import wilson
    from analysis.tags.asking import asked_feature
    from analysis.tags.params import FromColumn, Tag

    at = np.flatnonzero(seeds)
    if len(at) < FEWEST_SEEDS:
        raise AnalysisError("look_alike_few_seeds", n=len(at), least=FEWEST_SEEDS)
    others = ~seeds if allowed is None else ~seeds & allowed
    if not others.any():
        raise AnalysisError("look_alike_nobody_else")
    named = Tag(key=code or "alike", type="predictive", source=FromColumn(feature=features[0]))
    for key in features:
        asked_feature(named, key, profiles)
    matrix, columns = _numbers(profiles, features)
    held = np.random.default_rng(seed).permutation(at)[: max(1, round(HELD_BACK * len(at)))]
    learned = seeds.copy()
    learned[held] = False
    n_top = min(n, int(others.sum()))
    trial = matrix @ _direction(matrix, learned)
    pool = np.flatnonzero(~learned)  # where the held-back stand among everyone who was not learned from
    top = pool[np.argsort(-trial[pool], kind="stable")[:n_top]]
    n_found = int(np.isin(held, top).sum())
    low, high = (float(one) for one in wilson(np.array(n_found), np.array(len(held))))
    chance = min(1.0, n_top / len(pool))
    if low <= chance < 1.0:
        raise AnalysisError("look_alike_seeds_differ", found=n_found / len(held), chance=chance, n=len(held))
    weights = _direction(matrix, seeds)
    scores = matrix @ weights
    candidates = np.flatnonzero(others)
    if n_top < len(candidates):
        near = np.argpartition(-scores[candidates], n_top - 1)[:n_top]
        candidates = candidates[near]
    rows = candidates[np.lexsort((candidates, -scores[candidates]))]
    return LookAlikes(
        rows, scores[rows], _made_by(matrix, columns, weights, seeds, profiles), len(at), int(others.sum()), len(held),
        n_found, n_top, chance, n_found / len(held), low, high,
    )  # fmt: skip


def _numbers(profiles: Profiles, features: Sequence[str]) -> tuple[np.ndarray, list[tuple[str, str | None]]]:
    """Return features as columns of single precision: places 0..1 of numbers and dates (unknown: the middle), levels
    of categories as 0 and 1.
    """
    import numpy as np

    columns: list[tuple[str, str | None]] = []
    parts: list[Any] = []
    for key in features:
        feature, column = profiles.feature(key), profiles.customers[key]
        assert feature is not None
        if feature.kind in ("number", "date"):
            places = column.rank(pct=True).to_numpy(dtype=np.float32, na_value=np.nan)
            columns.append((key, None))
            parts.append(np.nan_to_num(places - 0.5, nan=0.0))
        elif feature.kind == "flag":
            columns.append((key, None))
            parts.append(column.astype("boolean").fillna(False).to_numpy(dtype=np.float32))
        else:
            for level in column.value_counts().index[:MOST_LEVELS]:
                columns.append((key, str(level)))
                parts.append((column == level).fillna(False).to_numpy(dtype=np.float32))
    if not parts:
        raise AnalysisError("look_alike_no_features")
    return np.column_stack(parts), columns


def _direction(matrix: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the weight of each column: inverse pooled covariance times the difference of the means."""
    import numpy as np

    mean = matrix[inside].mean(axis=0) - matrix[~inside].mean(axis=0)
    covariance = np.atleast_2d(np.cov(matrix, rowvar=False))
    spread = np.diag(np.diag(covariance))
    blended = (1 - SHRINK) * covariance + SHRINK * spread + 1e-6 * np.eye(len(mean))
    return np.linalg.solve(blended, mean).astype(np.float32)


def _made_by(
    matrix: np.ndarray, columns: Sequence[tuple[str, str | None]], weights: np.ndarray, seeds: np.ndarray,
    profiles: Profiles,
) -> pd.DataFrame:  # fmt: skip
    import numpy as np
    import pandas as pd

    gap = matrix[seeds].mean(axis=0) - matrix[~seeds].mean(axis=0)
    rows = []
    for (key, level), weight, apart in zip(columns, weights, gap, strict=True):
        column = profiles.customers[key]
        if level is not None:
            values = (column == level).fillna(False).to_numpy(dtype=float)
        elif isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
            values = np.full(len(column), np.nan)
        else:
            values = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        rows.append((key, level, _mean(values[seeds]), _mean(values[~seeds]), float(weight * apart)))
    table = pd.DataFrame(rows, columns=["feature", "level", "seeds", "others", "weight"])
    return table.sort_values("weight", ascending=False, kind="stable").reset_index(drop=True)


def _mean(values: np.ndarray) -> float:
    import numpy as np

    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
