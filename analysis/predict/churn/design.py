"""Features as the numbers that a model reads: logarithms of what is skewed, levels of categories, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature

RARE = 30  # customers: a rarer level is joined with the other rare ones
MOST_LEVELS = 20
SKEWED = 1.0


@dataclass(frozen=True)
class DesignColumn:
    """One column that a model reads.

    ``part`` says what it is of its feature: the number or its logarithm, that it is missing, or that it is ``level``.
    ``instead`` stands for a missing number; ``centre`` and ``scale`` are those of the customers it was learned on.
    """

    feature: str
    part: Literal["number", "log", "missing", "level"]
    level: str = ""
    instead: float = 0.0
    centre: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Design:
    """How customers become a matrix, learned on some of them and the same for all others.

    Attributes
    ----------
    features : tuple of Feature
        Those that stand in a column.
    columns : tuple of DesignColumn
    """

    features: tuple[Feature, ...]
    columns: tuple[DesignColumn, ...]

    def places(self) -> dict[str, list[int]]:
        """Return the columns of each feature."""
        found: dict[str, list[int]] = {feature.key: [] for feature in self.features}
        for place, column in enumerate(self.columns):
            found[column.feature].append(place)
        return found


def learn_design(customers: pd.DataFrame, features: tuple[Feature, ...]) -> Design:
    """Learn the columns of features: what is the same for everybody has none.

    Numbers that were counted from orders or records, and others whose skewness is above 1, are read as logarithms:
    between one order and two lies more than between 41 and 42. A missing number is the median, and said to be missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> base = pd.DataFrame({"n_orders": [1.0, 2, 40], "same": [1.0, 1, 1]})
    >>> design = learn_design(base, tuple(Feature(key, "value", "number", origin="orders") for key in base))
    >>> [(column.feature, column.part) for column in design.columns]
    [('n_orders', 'log')]
    """
    from dataclasses import replace

    columns: list[DesignColumn] = []
    for feature in features:
        for column in _columns(customers[feature.key], feature):
            values = _values(customers[feature.key], feature, column)
            spread = float(values.std())
            if spread > 1e-9:
                columns.append(replace(column, centre=float(values.mean()), scale=spread))
    held = {column.feature for column in columns}
    return Design(tuple(feature for feature in features if feature.key in held), tuple(columns))


def design_matrix(design: Design, customers: pd.DataFrame) -> np.ndarray:
    """Return one row per customer, each column centred and in standard deviations of those it was learned on."""
    import numpy as np

    matrix = np.empty((len(customers), len(design.columns)))
    known = {feature.key: feature for feature in design.features}
    for place, column in enumerate(design.columns):
        if column.feature in customers:
            values = _values(customers[column.feature], known[column.feature], column)
        else:  # nobody has an event or a rating any more
            values = np.full(len(customers), 1.0 if column.part == "missing" else column.centre)
        matrix[:, place] = (values - column.centre) / column.scale
    return matrix


def as_numbers(values: pd.Series, feature: Feature) -> np.ndarray:
    """Return a number or a day (as a count of days) of each customer, NaN where it is missing."""
    import numpy as np
    import pandas as pd

    if feature.kind == "date":
        days = pd.to_datetime(values)
        return (days - pd.Timestamp(2000, 1, 1)).dt.days.to_numpy(dtype=float, na_value=np.nan)
    found = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def _columns(values: pd.Series, feature: Feature) -> list[DesignColumn]:
    import numpy as np

    if feature.kind in ("number", "date"):
        numbers = as_numbers(values, feature)
        known = numbers[np.isfinite(numbers)]
        if not len(known):
            return []
        part = "log" if feature.kind == "number" and _skewed(known, feature) else "number"
        found = [DesignColumn(feature.key, part, instead=float(np.median(known)))]
        return found + ([DesignColumn(feature.key, "missing")] if len(known) < len(numbers) else [])
    counts = values.dropna().astype("str").value_counts()
    kept = sorted(str(level) for level in counts.index[:MOST_LEVELS] if counts[level] >= RARE)
    if counts[kept].sum() < counts.sum() / 2:  # names of products or people, not groups
        return []
    # A rare level is none of the others, which stands for all rare ones; without one, the most frequent level does.
    others = kept if len(counts) > len(kept) else [level for level in kept if level != str(counts.index[0])]
    found = [DesignColumn(feature.key, "level", level) for level in others]
    return found + ([DesignColumn(feature.key, "missing")] if values.isna().any() else [])


def _skewed(known: np.ndarray, feature: Feature) -> bool:
    from scipy.stats import skew

    if feature.origin in ("orders", "records"):
        return True
    return bool(known.std() > 0 and abs(skew(known)) > SKEWED)


def _values(values: pd.Series, feature: Feature, column: DesignColumn) -> np.ndarray:
    import numpy as np

    if column.part == "missing":
        return values.isna().to_numpy(dtype=float)
    if column.part == "level":
        return (values.astype("string") == column.level).fillna(False).to_numpy(dtype=float)
    numbers = as_numbers(values, feature)
    filled = np.where(np.isnan(numbers), column.instead, numbers)
    return np.sign(filled) * np.log1p(np.abs(filled)) if column.part == "log" else filled
