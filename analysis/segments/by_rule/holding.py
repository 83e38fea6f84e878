"""For whom the conditions of a rule hold; a condition that is refused says in which rule it stands."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analysis import conditions, contradictions
from analysis.conditions import Expression
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles

_REFUSED = {
    "condition_feature_gone": "rules_feature_gone",
    "condition_feature_misspelt": "rules_feature_misspelt",
    "condition_wrong_question": "rules_wrong_question",
    "condition_wrong_value": "rules_wrong_value",
    "conditions_contradict": "rules_contradiction",
}


def holds(expression: Expression, profiles: Profiles, *, rule: int = 1) -> np.ndarray:
    """Return for whom an expression of a rule holds, as ``conditions.holds`` does.

    Parameters
    ----------
    expression : Expression
    profiles : Profiles
    rule : int
        Number of the rule, for the sentence of a refusal.

    Returns
    -------
    bool array, shape (customers,)

    Raises
    ------
    AnalysisError
        ``rules_feature_gone`` (rule, feature), ``rules_feature_misspelt`` (rule, feature, near),
        ``rules_wrong_question`` (rule, feature, op): the feature's values are of another kind, ``rules_wrong_value``
        (rule, feature, value): no number, no date.
    """
    with _of_rule(rule):
        return conditions.holds(expression, profiles.customers, profiles.features)


def refuse_contradictions(expression: Expression, profiles: Profiles, *, rule: int = 1) -> None:
    """Refuse conditions of a rule that cannot hold together: ``rules_contradiction`` (rule, feature)."""
    with _of_rule(rule):
        contradictions.refuse_contradictions(expression, profiles.features)


@contextmanager
def _of_rule(rule: int) -> Generator[None]:
    """Say which rule it is that a condition is refused in."""
    try:
        yield
    except AnalysisError as problem:
        if problem.code not in _REFUSED:
            raise
        raise AnalysisError(_REFUSED[problem.code], rule=rule, **problem.facts) from problem
