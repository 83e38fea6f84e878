"""Why a customer fulfils a rule or not: every part of the rule, and whether it holds for this one customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from analysis.conditions import AllOf, Condition, Expression, Not
from analysis.profiles.words import coded_value, feature_name, value_text
from analysis.segments.by_rule.holding import holds
from analysis.segments.by_rule.rule_edit import group_kind, group_parts, grouped
from analysis.segments.params import SegmentRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.profiles.result import Feature, Profiles
    from analysis.translate import Translate


@dataclass(frozen=True)
class Reason:
    """One part of a rule: ``depth`` of the groups around it, and whether it holds (``met``)."""

    depth: int
    part: Expression
    met: bool


def reasons(rule: SegmentRule, profiles: Profiles, row: int) -> tuple[Reason, ...]:
    """Return every part of a rule, from the outside in, with whether it holds for the customer at ``row``.

    Raises
    ------
    AnalysisError
        What ``holds`` refuses.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": ["a"], "spend": [9.0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> rule = SegmentRule(key="large", when=Condition(feature="spend", op="ge", values=(5,)))
    >>> [(one.depth, one.met) for one in reasons(rule, base, 0)]
    [(0, True), (1, True)]
    """
    one = replace(profiles, customers=profiles.customers.iloc[[row]].reset_index(drop=True))
    return tuple(_parts(grouped(rule.when), one, 0))


def _parts(part: Expression, one: Profiles, depth: int) -> Iterable[Reason]:
    yield Reason(depth, part, bool(holds(part, one)[0]))
    if not isinstance(part, Condition):
        for inner in group_parts(part)[1]:
            yield from _parts(inner, one, depth + 1)


def part_words(part: Expression, features: Iterable[Feature], t: Translate) -> str:
    """Return what a condition asks, or what a group asks of its parts, in words.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> from texts import Translator
    >>> spend = Feature("spend", "value", "number", "money")
    >>> part_words(Condition(feature="spend", op="between", values=(5, 10)), [spend], Translator("en", "GBP"))
    'Spend between £5 and £10'
    """
    if not isinstance(part, Condition):
        return t(f"rules.group_{group_kind(part)}")
    feature = next((feature for feature in features if feature.key == part.feature), None)
    values = [_value(value, feature, t) for value in part.values]
    facts = {"feature": feature_name(feature, t) if feature else part.feature}
    if part.op == "between":
        facts |= {"low": values[0], "high": values[1]}
    elif values:
        facts["value"] = t("segments.between").join(values)
    return t(f"rules.condition.{part.op}", **facts)


def expression_words(expression: Expression, features: Iterable[Feature], t: Translate, *, nested: bool = False) -> str:
    """Return a whole expression in one line of words, groups within groups in brackets.

    Examples
    --------
    >>> from analysis.conditions import AnyOf
    >>> from texts import Translator
    >>> one, two, three = (Condition(feature=key, op="is_known") for key in ("age", "city", "spend"))
    >>> expression_words(AllOf(parts=(one, AnyOf(parts=(two, three)))), (), Translator("en"))
    'age is known, and (city is known, or spend is known)'
    """
    if isinstance(expression, Condition):
        return part_words(expression, features, t)
    if isinstance(expression, Not):
        return t("explain.not", inner=expression_words(expression.part, features, t))
    features = list(features)
    key = "explain.and" if isinstance(expression, AllOf) else "explain.or"
    words = [expression_words(part, features, t, nested=len(expression.parts) > 1) for part in expression.parts]
    inner = reduce(lambda first, second: t(key, first=first, second=second), words)
    return t("explain.nested", inner=inner) if nested and len(words) > 1 else inner


def _value(value: float | str, feature: Feature | None, t: Translate) -> str:
    if feature is None or feature.kind == "date":
        return str(value)
    if feature.kind == "number":
        return value_text(float(value), feature, t)
    return coded_value(feature.key, str(value), t) if feature.header is None else str(value)
