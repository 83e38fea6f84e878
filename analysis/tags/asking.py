"""What a definition may ask of the profiles: features that are there, and point at no single person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.conditions import Condition, Expression, holds, parts_of
from analysis.contradictions import refuse_contradictions
from analysis.errors import AnalysisError
from analysis.privacy.masks import mask_text

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Feature, Profiles
    from analysis.tags.params import Tag


def asked_feature(tag: Tag, key: str, profiles: Profiles, *, number: bool = False) -> Feature:
    """Return a feature that a definition names; one that points at a person, or is no number, is refused."""
    feature = profiles.feature(key)
    if feature is None or key not in profiles.customers.columns:
        raise AnalysisError(
            "tag_feature_gone", tag=tag.key, feature=key, known=tuple(one.key for one in profiles.features)
        )
    if feature.personal:
        raise AnalysisError("tag_personal", tag=tag.key, feature=key)
    if number and feature.kind != "number":
        raise AnalysisError("tag_wrong_kind", tag=tag.key, feature=key)
    return feature


def who_holds(tag: Tag, expression: Expression, profiles: Profiles) -> np.ndarray:
    """Return for whom the conditions of a tag hold; what nobody can fulfil, or asks after a person, is refused."""
    for condition in _conditions(expression):
        asked_feature(tag, condition.feature, profiles)
    refuse_contradictions(expression, profiles.features)
    return holds(expression, profiles.customers, profiles.features)


def masked_values(tag: Tag, values: tuple[str, ...], codes: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the values of a tag as anybody may see them, and each customer's place in them.

    A value that is the phone number, e-mail or the like of a person is masked; a tag that has more of them than of
    others is refused, whatever the heading of its column says.
    """
    import numpy as np

    shown = [mask_text(value) for value in values]
    n = sum(mask != value for mask, value in zip(shown, values, strict=True))
    if 2 * n > len(values):
        raise AnalysisError("tag_values_personal", tag=tag.key, n=n)
    if not n:
        return values, codes
    left = tuple(dict.fromkeys(shown))
    places = np.array([left.index(one) for one in shown])
    return left, np.where(codes >= 0, places[codes], -1)


def _conditions(expression: Expression) -> list[Condition]:
    if isinstance(expression, Condition):
        return [expression]
    return [condition for part in parts_of(expression) for condition in _conditions(part)]
