"""The predictions that there are: the params of each, how it is made, and the features that it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.predict.params import LifetimeParams

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.params import Params
    from analysis.profiles.result import Feature, Profiles


@dataclass(frozen=True)
class Prediction:
    """One kind of prediction.

    Attributes
    ----------
    params : type of Params
        What is chosen, with its own ``kind``.
    make : callable
        From standard tables, profiles and params to the result; refuses with an ``AnalysisError``.
    features : callable
        From a result to the columns that the profiles get, and what each means.
    rows : callable
        From a result to one row per customer: score and interval.
    told : callable
        From a result to its figures, as ``summary.json`` holds them.
    called : (module, name)
        The function that makes it, for code that is shown.
    """

    params: type[Params]
    make: Callable[[StandardTables, Profiles, Any], Any]
    features: Callable[[Any], tuple[tuple[Feature, pd.Series], ...]]
    rows: Callable[[Any], pd.DataFrame]
    told: Callable[[Any], dict[str, Any]]
    called: tuple[str, str]


def _lifetime(standard: StandardTables, profiles: Profiles, params: Any) -> Any:
    from analysis.predict.lifetime.value import lifetime_value

    return lifetime_value(standard, profiles, params)


def _lifetime_told(result: Any) -> dict[str, Any]:
    from analysis.predict.lifetime.told import lifetime_told

    return lifetime_told(result)


def _lifetime_features(result: Any) -> tuple[tuple[Feature, pd.Series], ...]:
    from analysis.predict.lifetime.told import lifetime_features

    return lifetime_features(result)


PREDICTIONS: dict[str, Prediction] = {
    "lifetime": Prediction(
        LifetimeParams,
        _lifetime,
        _lifetime_features,
        lambda result: result.customers,
        _lifetime_told,
        ("analysis.predict.lifetime.value", "lifetime_value"),
    ),
}
