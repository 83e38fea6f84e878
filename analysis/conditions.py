"""Conditions on the features of a customer: a closed model, turned into masks; nothing a person writes is run as code.

Whoever needs "customers who …" takes them from here: the rules of segments today.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import Field, model_validator

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Op = Literal[
    "lt", "le", "gt", "ge", "eq", "ne", "between", "in", "not_in", "contains", "yes", "no", "is_missing", "is_known"
]
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne", "between")
ALWAYS = ("is_missing", "is_known")
# What can be asked of a feature, by the kind of its values.
OPS: dict[str, tuple[Op, ...]] = {
    "number": ("lt", "le", "gt", "ge", "eq", "ne", "between", "is_missing", "is_known"),
    "date": ("lt", "le", "gt", "ge", "eq", "ne", "between", "is_missing", "is_known"),
    "category": ("in", "not_in", "contains", "is_missing", "is_known"),
    "text": ("contains", "in", "not_in", "is_missing", "is_known"),
    "flag": ("yes", "no", "is_missing", "is_known"),
}
DEEPEST = 6
MOST_CONDITIONS = 200
NEAR = 0.8  # likeness 0..1 from which one name is taken for a misspelling of another


class Condition(Params):
    """What one feature of a customer has to be.

    ``values`` are numbers for a number, ISO dates (``2024-03-05``) for a date, words for a category or a text: one
    for a comparison and ``contains``, two for ``between`` (both ends inside), one or more for ``in`` and ``not_in``,
    none for ``yes``, ``no``, ``is_missing`` and ``is_known``.
    """

    kind: Literal["condition"] = "condition"
    feature: str
    op: Op
    values: tuple[float | str, ...] = Field(default=(), max_length=500)

    @model_validator(mode="after")
    def _as_many_values_as_the_comparison_takes(self) -> Condition:
        n = len(self.values)
        if self.op in ("yes", "no", "is_missing", "is_known"):
            fits = n == 0
        elif self.op in ("in", "not_in"):
            fits = n >= 1
        else:
            fits = n == (2 if self.op == "between" else 1)
        if not fits:
            raise ChoiceError("condition_values", feature=self.feature, op=self.op, n=n)
        return self


class AllOf(Params):
    """Every part has to hold."""

    kind: Literal["all"] = "all"
    parts: tuple[Expression, ...] = Field(min_length=1)


class AnyOf(Params):
    """At least one part has to hold."""

    kind: Literal["any"] = "any"
    parts: tuple[Expression, ...] = Field(min_length=1)


class Not(Params):
    """The part must not hold."""

    kind: Literal["not"] = "not"
    part: Expression


Expression = Annotated[Condition | AllOf | AnyOf | Not, Field(discriminator="kind")]


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression is made of, one level down."""
    if isinstance(expression, Not):
        return (expression.part,)
    return () if isinstance(expression, Condition) else expression.parts


def features_in(expression: Expression) -> tuple[str, ...]:
    """Return the features that an expression asks about, as often as it does.

    Examples
    --------
    >>> features_in(Not(part=Condition(feature="age", op="is_known")))
    ('age',)
    """
    if isinstance(expression, Condition):
        return (expression.feature,)
    return tuple(feature for part in parts_of(expression) for feature in features_in(part))


def refuse_deep(expression: Expression) -> None:
    """Refuse conditions nested deeper, or more of them, than anyone can read: ``rules_too_deep``."""
    n, level = 0, [expression]
    for _ in range(DEEPEST):
        n += sum(isinstance(part, Condition) for part in level)
        level = [inner for part in level for inner in parts_of(part)]
    if level or n > MOST_CONDITIONS:
        raise ChoiceError("rules_too_deep", levels=DEEPEST, conditions=MOST_CONDITIONS)


class Described(Protocol):
    """What a condition has to know of a feature: its column, and the kind of its values."""

    @property
    def key(self) -> str:
        """The column."""
        ...

    @property
    def kind(self) -> str:
        """A key of ``OPS``."""
        ...


def holds(expression: Expression, customers: pd.DataFrame, features: Iterable[Described]) -> np.ndarray:
    """Return for whom an expression holds.

    A missing value fulfils ``is_missing`` and nothing else; ``not`` turns that round like anything.

    Parameters
    ----------
    expression : Expression
    customers : DataFrame, one row per customer
        A column per feature: numbers, dates, text, and booleans for a ``flag``.
    features : iterable of features

    Returns
    -------
    bool array, shape (customers,)

    Raises
    ------
    AnalysisError
        What ``described`` and ``numbers`` refuse.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> base = pd.DataFrame({"spend": [9.0, 2.0, None]})
    >>> holds(Condition(feature="spend", op="ge", values=(5,)), base, [Feature("spend", "value", "number")]).tolist()
    [True, False, False]
    """
    import numpy as np

    features = tuple(features)
    if isinstance(expression, Condition):
        return _condition(expression, customers, features)
    parts = [holds(part, customers, features) for part in parts_of(expression)]
    if isinstance(expression, Not):
        return ~parts[0]
    return np.logical_and.reduce(parts) if isinstance(expression, AllOf) else np.logical_or.reduce(parts)


def described(condition: Condition, features: Iterable[Described]) -> Described:
    """Return the feature that a condition asks about.

    Raises
    ------
    AnalysisError
        ``condition_feature_gone`` (feature), or ``condition_feature_misspelt`` (feature, near) where another is called
        almost the same; ``condition_wrong_question`` (feature, op, allowed): its values are of another kind.
    """
    by_key = {feature.key: feature for feature in features}
    feature = by_key.get(condition.feature)
    if feature is None:
        near = get_close_matches(condition.feature, by_key, n=1, cutoff=NEAR)
        if near:
            raise AnalysisError("condition_feature_misspelt", feature=condition.feature, near=near[0])
        raise AnalysisError("condition_feature_gone", feature=condition.feature)
    allowed = OPS[feature.kind]
    if condition.op not in allowed:
        raise AnalysisError(
            "condition_wrong_question", feature=condition.feature, op=condition.op, allowed=", ".join(allowed)
        )
    return feature


def numbers(condition: Condition, feature: Described) -> list[float]:
    """Return the values of a comparison as numbers; a date as its ordinal day.

    Raises
    ------
    AnalysisError
        ``condition_wrong_value`` (feature, value).
    """
    import math
    from datetime import date

    found = []
    for value in condition.values:
        try:
            number = float(date.fromisoformat(str(value)).toordinal()) if feature.kind == "date" else float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise AnalysisError("condition_wrong_value", feature=condition.feature, value=str(value)[:40])
        found.append(number)
    return found


def _condition(condition: Condition, customers: pd.DataFrame, features: tuple[Described, ...]) -> np.ndarray:
    import numpy as np

    feature = described(condition, [feature for feature in features if feature.key in customers.columns])
    column = customers[condition.feature]
    missing = column.isna().to_numpy(dtype=bool)
    if condition.op in ALWAYS:
        return missing if condition.op == "is_missing" else ~missing
    if feature.kind == "flag":
        return column.astype("boolean").eq(condition.op == "yes").fillna(False).to_numpy(dtype=bool)
    if condition.op in COMPARISONS:
        return ~missing & _compare(_as_numbers(column, feature), condition.op, numbers(condition, feature))
    words = column.astype("str").where(~column.isna())
    if condition.op == "contains":
        asked = str(condition.values[0]).casefold()
        return words.str.casefold().str.contains(asked, regex=False).fillna(False).to_numpy(dtype=bool)
    inside = words.isin([str(value) for value in condition.values]).to_numpy(dtype=bool)
    return ~missing & (inside if condition.op == "in" else np.logical_not(inside))


def _as_numbers(column: pd.Series, feature: Described) -> np.ndarray:
    import numpy as np
    import pandas as pd

    if feature.kind != "date":
        return column.to_numpy(dtype=float, na_value=np.nan)
    days = (pd.to_datetime(column).dt.normalize() - pd.Timestamp(1970, 1, 1)) / pd.Timedelta(days=1)
    # A date counts as its day, as a person writes it, on the scale of ``date.toordinal``.
    return days.to_numpy(dtype=float, na_value=np.nan) + 719_163


def _compare(values: np.ndarray, op: str, asked: list[float]) -> np.ndarray:
    first, last = asked[0], asked[-1]
    if op == "between":
        return (values >= first) & (values <= last)
    return {
        "lt": values < first, "le": values <= first, "gt": values > first, "ge": values >= first,
        "eq": values == first, "ne": values != first,
    }[op]  # fmt: skip
