"""Changes that a person makes to rules, one at a time: parts by their path, and conditions to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.conditions import DEEPEST, MOST_CONDITIONS, AllOf, AnyOf, Condition, Expression, Not, parts_of
from analysis.errors import AnalysisError, ChoiceError
from analysis.segments.params import RulesParams, SegmentRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.profiles.result import Profiles

MOST_RULES = 50
GroupKind = Literal["all", "any", "none", "not_all"]
_WITHOUT_VALUE = ("yes", "no", "is_missing", "is_known")


def grouped(expression: Expression) -> AllOf | AnyOf:
    """Return an expression as a list of parts, so that an editor can show it in rows."""
    return expression if isinstance(expression, (AllOf, AnyOf)) else AllOf(parts=(expression,))


def group_kind(expression: Expression) -> GroupKind:
    """Return what a group asks of its parts."""
    if isinstance(expression, Not):
        return "not_all" if isinstance(expression.part, AllOf) else "none"
    return "any" if isinstance(expression, AnyOf) else "all"


def group_parts(expression: Expression) -> tuple[tuple[int, ...], tuple[Expression, ...]]:
    """Return the parts of a group, and the path from the group to where they are counted.

    Examples
    --------
    >>> known = Condition(feature="spend", op="is_known")
    >>> group_parts(Not(part=AnyOf(parts=(known,)))) == ((0,), (known,))
    True
    >>> group_parts(Not(part=known)) == ((), (known,))
    True
    """
    if isinstance(expression, Not) and isinstance(expression.part, (AllOf, AnyOf)):
        return (0,), expression.part.parts
    return (), parts_of(expression)


def regrouped(expression: Expression, kind: GroupKind) -> Expression:
    """Return a group that asks something else of the same parts.

    Examples
    --------
    >>> known = Condition(feature="spend", op="is_known")
    >>> regrouped(AllOf(parts=(known,)), "none") == Not(part=AnyOf(parts=(known,)))
    True
    """
    parts = group_parts(expression)[1]
    inside = AnyOf(parts=parts) if kind in ("any", "none") else AllOf(parts=parts)
    return Not(part=inside) if kind in ("none", "not_all") else inside


def put(expression: Expression, path: Sequence[int], new: Expression | None) -> Expression | None:
    """Return the expression with the part at ``path`` replaced, or taken out when ``new`` is None.

    Parameters
    ----------
    expression : Expression
    path : sequence of int
        Places from the outside in; empty for the expression itself, one past the end to add a part.

    Returns
    -------
    Expression or None
        None when nothing is left.

    Examples
    --------
    >>> one, two = (Condition(feature=key, op="is_known") for key in ("spend", "city"))
    >>> put(AllOf(parts=(one, two)), (0,), None).parts[0].feature
    'city'
    """
    if not path:
        return new
    parts = list(parts_of(expression))
    place = path[0]
    if place == len(parts) and len(path) == 1 and new is not None:
        parts.append(new)
    else:
        inner = put(parts[place], path[1:], new)
        parts[place : place + 1] = [] if inner is None else [inner]
    if not parts:
        return None
    if isinstance(expression, Not):
        return Not(part=parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts)))
    return type(grouped(expression))(parts=tuple(parts))


def part_at(expression: Expression, path: Sequence[int]) -> Expression | None:
    """Return the part at a path as ``put`` takes it, None where there is none.

    Examples
    --------
    >>> one, two = (Condition(feature=key, op="is_known") for key in ("spend", "city"))
    >>> part_at(AllOf(parts=(one, two)), (1,)).feature, part_at(one, (0,))
    ('city', None)
    """
    for place in path:
        parts = parts_of(expression)
        if place >= len(parts):
            return None
        expression = parts[place]
    return expression


def with_rule(params: RulesParams, place: int, when: Expression | None) -> RulesParams:
    """Return the params with another expression in one rule; a rule without one goes.

    Raises
    ------
    AnalysisError
        ``rules_too_deep`` (levels, conditions).
    """
    rules = list(params.rules)
    if when is None:
        del rules[place]
    else:
        try:
            rules[place] = SegmentRule(key=rules[place].key, name=rules[place].name, when=when)
        except ChoiceError as problem:
            raise AnalysisError("rules_too_deep", levels=DEEPEST, conditions=MOST_CONDITIONS) from problem
    return RulesParams(rules=tuple(rules))


def add_rule(params: RulesParams, condition: Condition) -> RulesParams:
    """Return the params with one more rule at the end, numbered by a number that is free.

    Raises
    ------
    AnalysisError
        ``rules_too_many`` (maximum).
    """
    if len(params.rules) >= MOST_RULES:
        raise AnalysisError("rules_too_many", maximum=MOST_RULES)
    taken = {rule.key for rule in params.rules}
    key = next(str(n) for n in range(1, MOST_RULES + 2) if str(n) not in taken)
    return RulesParams(rules=(*params.rules, SegmentRule(key=key, when=AllOf(parts=(condition,)))))


def move_up(params: RulesParams, place: int) -> RulesParams:
    """Return the params with one rule a place further up."""
    rules = list(params.rules)
    rules[place - 1 : place + 1] = rules[place - 1 : place + 1][::-1]
    return RulesParams(rules=tuple(rules))


def first_condition(profiles: Profiles, feature: str, op: str | None = None) -> Condition:
    """Return a condition on a feature to start from, with values that the data has.

    Parameters
    ----------
    profiles : Profiles
    feature : str
        A feature of the profiles.
    op : str, optional
        A comparison that the feature allows; the most usual one when left out.

    Raises
    ------
    AnalysisError
        ``rules_feature_gone`` (rule, feature).
    """
    known = profiles.feature(feature)
    if known is None:
        raise AnalysisError("rules_feature_gone", rule=1, feature=feature)
    column = profiles.customers[feature].dropna()
    if len(column) == 0:
        return Condition(feature=feature, op="is_missing")
    usual = {"number": "ge", "date": "ge", "category": "in", "text": "contains", "flag": "yes"}[known.kind]
    op = op or usual
    if op in _WITHOUT_VALUE:
        return Condition(feature=feature, op=op)  # pyright: ignore
    if known.kind == "number":
        quartiles = [float(f"{value:.3g}") for value in column.astype("float64").quantile([0.25, 0.5, 0.75])]
        values = (quartiles[0], quartiles[2]) if op == "between" else (quartiles[1],)
    elif known.kind == "date":
        import pandas as pd

        days = pd.DatetimeIndex(column.dropna()).sort_values()
        first, middle = days[0].date().isoformat(), days[len(days) // 2].date().isoformat()
        values = (first, middle) if op == "between" else (middle,)
    else:
        values = (str(column.mode().iloc[0])[:80],)
    return Condition(feature=feature, op=op, values=values)  # pyright: ignore
