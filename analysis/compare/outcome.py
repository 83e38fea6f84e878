"""What goes with an outcome that a file of customers holds, such as who left: asked of its column, without segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.compare.compare import compare
from analysis.compare.influence import MOST, Influence, OutcomeColumn, influences
from analysis.compare.ranked import FEW
from analysis.errors import AnalysisError
from analysis.profiles.outcome import came_about, outcome_of
from analysis.segments.result import segmentation_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.profiles.result import Profiles

CAME, CAME_NOT = "__came_about__", "__came_not__"
QUARTERS = (0.25, 0.5, 0.75)


def influences_on_outcome(
    profiles: Profiles, column: str | None = None, answer: str | None = None, *, most: int = MOST
) -> Influence:
    """Rank what makes an outcome more likely: levels of categories, flags, and quarters of numbers.

    Parameters
    ----------
    profiles : Profiles
    column : str, optional
        Key of a flag or a category; the column that ``profiles.outcome`` knows as the outcome when left out.
    answer : str, optional
        The level of a category that says that the outcome came about, when its words do not.
    most : int
        How many at most.

    Returns
    -------
    Influence
        Of the segment ``CAME``, with ``outcome``. A number is asked by quarters of its customers, which ``above`` and
        ``upto`` bound. Columns that say the same as the outcome stand in ``restated`` and are no influence.

    Raises
    ------
    AnalysisError
        ``outcome_not_found``: no column is called so. ``outcome_unknown`` (column, known): there is none, or it is
        neither of yes or no nor a category. ``outcome_answer`` (column, levels): which level says it? ``outcome_few``
        (column, n_came, n_not, least): fewer than 30 customers on a side.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)]})
    >>> base["contract"] = ["monthly"] * 100 + ["yearly"] * 100
    >>> base["state"] = ["churned"] * 60 + ["active"] * 40 + ["churned"] * 4 + ["active"] * 96
    >>> features = tuple(Feature(key, "basic", "category", header=key) for key in ("contract", "state"))
    >>> found = influences_on_outcome(Profiles(base, features, date(2024, 1, 1)))
    >>> found.outcome.answer, found.rows[["level", "n", "count", "ratio"]].values.tolist()
    ('churned', [['monthly', 100, 60, 15.0]])
    """
    import numpy as np

    outcome, answers = chosen_outcome(profiles, column, answer)
    known, came = answers.notna().to_numpy(), answers.fillna(False).to_numpy(dtype=bool)
    n_came, n_not = int(came.sum()), int((known & ~came).sum())
    if min(n_came, n_not) < FEW:
        raise AnalysisError("outcome_few", column=_words(outcome), n_came=n_came, n_not=n_not, least=FEW)
    banded, bounds = _in_bands(profiles)
    sides = np.where(came, 0, np.where(known, 1, -1))
    groups = segmentation_of(sides, [CAME, CAME_NOT], method="rules", made_of=(outcome.feature.key,))
    found = compare(banded, groups, [CAME])
    if restated := tuple(key for key in restating(found) if key != outcome.feature.key):
        found = compare(banded, replace(groups, made_of=(*groups.made_of, *restated)), [CAME])
    ranked = influences(found, CAME, most=most)
    return replace(
        ranked,
        rows=_with_bounds(ranked.rows, bounds),
        features=profiles.features,
        outcome=outcome,
        n_known=n_came + n_not,
        n_came=n_came,
        restated=restated,
    )


def chosen_outcome(
    profiles: Profiles, column: str | None = None, answer: str | None = None
) -> tuple[OutcomeColumn, pd.Series]:
    """Return the outcome that a person chose, or the profiles hold, and of whom it came about; refuses as above."""
    feature = outcome_of(profiles) if column is None else profiles.feature(column)
    if feature is None and column is None:
        raise AnalysisError("outcome_not_found")
    if feature is None or feature.kind not in ("flag", "category") or feature.personal:
        known = tuple(each.key for each in profiles.features if each.kind in ("flag", "category") and not each.personal)
        raise AnalysisError("outcome_unknown", column=column, known=known)
    values = profiles.customers[feature.key]
    if feature.kind == "flag":
        return OutcomeColumn(feature), values.astype("boolean")
    if answer is None and (known := came_about(feature, profiles)) is not None:
        return OutcomeColumn(feature, known[1]), known[0]
    levels = sorted(str(level) for level in values.dropna().unique())
    if answer not in levels:
        raise AnalysisError("outcome_answer", column=feature.header or column, levels=", ".join(levels[:10]))
    return OutcomeColumn(feature, answer), values.astype("string").eq(answer)


def _words(outcome: OutcomeColumn) -> str:
    return outcome.feature.header or outcome.feature.key


def _in_bands(profiles: Profiles) -> tuple[Profiles, dict[str, np.ndarray]]:
    """Return the profiles with each number as the quarter of the customers that it lies in, and the borders."""
    import numpy as np
    import pandas as pd

    columns: dict[str, Any] = {}
    features, bounds = [], {}
    for feature in profiles.features:
        if feature.kind != "number" or feature.personal or feature.key not in profiles.customers:
            features.append(feature)
            continue
        values = profiles.customers[feature.key].to_numpy(dtype=float, na_value=np.nan)
        known = np.isfinite(values)
        if not known.any():
            continue
        cuts = np.unique(np.quantile(values[known], QUARTERS, method="inverted_cdf"))
        cuts = cuts[cuts < values[known].max()]
        if len(cuts) == 0:
            continue
        names = np.array([str(band) for band in range(len(cuts) + 1)], dtype=object)
        column = names[np.searchsorted(cuts, values)]
        column[~known] = None
        columns[feature.key] = pd.Series(column, index=profiles.customers.index, dtype="str")
        bounds[feature.key] = np.concatenate([[np.nan], cuts, [np.nan]])
        features.append(replace(feature, kind="category"))
    return replace(profiles, customers=profiles.customers.assign(**columns), features=tuple(features)), bounds


def _with_bounds(rows: pd.DataFrame, bounds: dict[str, np.ndarray]) -> pd.DataFrame:
    """Say of the quarters of numbers where they lie, in place of their number."""
    import numpy as np

    above, upto, levels = [], [], []
    for feature, level in zip(rows["feature"], rows["level"], strict=True):
        own = bounds.get(feature)
        above.append(np.nan if own is None else own[int(level)])
        upto.append(np.nan if own is None else own[int(level) + 1])
        levels.append(level if own is None else "")
    return rows.assign(level=levels, above=np.array(above, dtype=float), upto=np.array(upto, dtype=float))


def restating(found: Comparison) -> tuple[str, ...]:
    """Return the features that say the same as the segments: of each level everybody belongs to one, or nobody.

    Parameters
    ----------
    found : Comparison
        Of one segment against the others.
    """
    import numpy as np

    rows = found.shares
    inside = rows["count"].to_numpy(dtype=float)
    outside = np.rint(rows["rest_share"].to_numpy(dtype=float) * rows["rest_n"].to_numpy(dtype=float))
    # A flag has one row, of yes; its other level is no.
    flags = rows["feature"].isin([feature.key for feature in found.features if feature.kind == "flag"])
    no_inside, no_outside = rows["n"] - inside, rows["rest_n"] - outside
    pure = (np.minimum(inside, outside) == 0) & (~flags | (np.minimum(no_inside, no_outside) == 0))
    both = (rows["n"] >= FEW) & (rows["rest_n"] >= FEW)
    same = (pure & both).groupby(rows["feature"], sort=False).all()
    return tuple(str(key) for key in same.index[same])
