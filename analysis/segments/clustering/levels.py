"""Categories as numbers to cluster by: the coordinates of a factor analysis of mixed data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.params import Params
from analysis.segments.clustering.features import says_who_answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

MOST_LEVELS = 20
MOST_CATEGORIES = 3
MIN_FILL = 0.8
RARE = 0.01


def chosen_categories(profiles: Profiles, features: Sequence[str] = ()) -> tuple[Feature, ...]:
    """Return the categories among the chosen features, or at most three that are filled and have 2 to 20 levels."""
    usable = [
        f for f in profiles.features if f.kind == "category" and not f.personal and (f.origin != "tag" or features)
    ]
    if features:
        return tuple(feature for feature in usable if feature.key in features)
    found = []
    left_out = says_who_answered(profiles)
    for feature in usable:
        if feature.key in left_out:
            continue
        column = profiles.customers[feature.key]
        if column.notna().mean() >= MIN_FILL and 2 <= column.nunique() <= MOST_LEVELS:
            found.append(feature)
    return tuple(found[:MOST_CATEGORIES])


def kept_levels(values: pd.Series) -> int:
    """Return how many levels count for themselves."""
    import numpy as np

    sizes = values.value_counts(dropna=False).to_numpy()
    return len(_common(sizes)) if len(sizes) > MOST_LEVELS else int(np.count_nonzero(sizes))


def _common(sizes: np.ndarray) -> np.ndarray:
    """Return the places of the levels, of more than 20, that count for themselves."""
    import numpy as np

    order = np.argsort(-sizes, kind="stable")[: MOST_LEVELS - 1]
    return order[sizes[order] >= RARE * sizes.sum()]


class Levels(Params):
    """The levels of a category as they were clustered by, one column each.

    ``levels`` are the values that count for themselves, a missing one as None; ``rest`` says that one more column
    holds all others. ``shares`` (0..1) are those of the columns; a column of everybody or nobody is left out.
    """

    feature: str
    levels: tuple[str | None, ...]
    rest: bool
    shares: tuple[float, ...]
    weight: float = 1.0

    def columns(self, values: pd.Series) -> list[np.ndarray]:
        """Return one column per level; a value that was not there is the rest, or the middle where there is none."""
        import numpy as np
        import pandas as pd

        known = pd.Index([level for level in self.levels if level is not None], dtype=object)
        missing = values.isna().to_numpy()
        texts = values.astype("string").astype(object)
        places = np.array([place for place, level in enumerate(self.levels) if level is not None], dtype=int)
        found = known.get_indexer(pd.Index(texts, dtype=object))
        codes = np.append(places, -1)[found]
        if None in self.levels:
            codes = np.where(missing, self.levels.index(None), codes)
        if self.rest:
            codes = np.where(codes < 0, len(self.levels), codes)
        scale = self.weight**0.5
        columns = []
        for place, share in enumerate(self.shares):
            if 0 < share < 1:
                # A level that nobody had lies at the mean of all, which is 0 on every column.
                column = np.where(codes < 0, 0.0, ((codes == place) - share) / np.sqrt(share))
                columns.append(scale * column)
        return columns

    def group_shares(self, prepared: Sequence[float]) -> dict[str, float]:
        """Return the share of each level (0..1) at a place on the columns; the rest and missing values left out."""
        used = [(place, share) for place, share in enumerate(self.shares) if 0 < share < 1]
        return {
            level: round(float(value / self.weight**0.5 * share**0.5 + share), 6)
            for (place, share), value in zip(used, prepared, strict=True)
            if place < len(self.levels) and (level := self.levels[place]) is not None
        }


def fit_levels(feature: str, values: pd.Series, *, weight: float = 1.0) -> Levels:
    """Learn the levels of a category, as ``category_columns`` describes them."""
    import numpy as np
    import pandas as pd

    codes, found = pd.factorize(values.astype("string"), sort=True)
    levels: list[str | None] = [str(level) for level in found]
    if (codes < 0).any():
        codes = np.where(codes < 0, len(levels), codes)
        levels.append(None)
    sizes = np.bincount(codes, minlength=len(levels))
    if len(sizes) <= MOST_LEVELS:
        return Levels(
            feature=feature,
            levels=tuple(levels),
            rest=False,
            shares=tuple((sizes / len(codes)).tolist()),
            weight=weight,
        )
    common = _common(sizes)
    shares = [*sizes[common].tolist(), int(sizes.sum() - sizes[common].sum())]
    return Levels(
        feature=feature,
        levels=tuple(levels[place] for place in common),
        rest=True,
        shares=tuple(share / len(codes) for share in shares),
        weight=weight,
    )


def category_columns(values: pd.Series) -> list[np.ndarray]:
    """Return one column per level: (1 or 0, less the level's share p) divided by sqrt(p).

    Euclidean distances on these beside standardised numbers are those of a factor analysis of mixed data with all its
    axes: a rare level weighs more, and a category as a whole weighs as its number of levels less one. Beyond 20 levels
    the rarest are one, and so are those of fewer than 1 % of the customers: a level of three customers would weigh so
    much that they became a group. A missing value is a level of its own.

    References
    ----------
    Escofier (1979); Pagès (2004), Analyse factorielle de données mixtes.

    Examples
    --------
    >>> import pandas as pd
    >>> [column.round(3).tolist() for column in category_columns(pd.Series(["a", "b", "a", "b"]))]
    [[0.707, -0.707, 0.707, -0.707], [-0.707, 0.707, -0.707, 0.707]]
    """
    return fit_levels("", values).columns(values)
