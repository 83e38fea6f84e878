"""Categories as numbers to cluster by: the coordinates of a factor analysis of mixed data."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    usable = [feature for feature in profiles.features if feature.kind == "category" and not feature.personal]
    if features:
        return tuple(feature for feature in usable if feature.key in features)
    found = []
    for feature in usable:
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
    import numpy as np
    import pandas as pd

    codes = pd.factorize(values.astype("string"), sort=True)[0]
    codes = np.where(codes < 0, codes.max() + 1, codes)
    sizes = np.bincount(codes)
    if len(sizes) > MOST_LEVELS:
        common = _common(sizes)
        place = np.full(len(sizes), len(common))
        place[common] = np.arange(len(common))
        codes = place[codes]
        sizes = np.bincount(codes)
    shares = sizes / len(codes)
    return [((codes == i) - share) / np.sqrt(share) for i, share in enumerate(shares) if 0 < share < 1]
