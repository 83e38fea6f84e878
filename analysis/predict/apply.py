"""All predictions of a study at once, as features of the profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.predict.methods import PREDICTIONS
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles


@dataclass(frozen=True)
class Predicted(Tabular, rows="profiles.customers"):
    """Profiles with what was predicted.

    Attributes
    ----------
    profiles : Profiles
        With the features of each prediction.
    results : mapping of kind to result
    problems : mapping of kind to AnalysisError
        Why a prediction could not be made; the others are.
    """

    profiles: Profiles
    results: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problems: Mapping[str, AnalysisError] = field(default_factory=dict, repr=False)

    def shown_frame(self) -> pd.DataFrame:
        """Return the profiles, masked."""
        return self.profiles.shown_frame()

    def rows(self) -> pd.DataFrame:
        """Return one row per customer: score and interval of each prediction of customers, ``<kind>_<column>``."""
        import pandas as pd

        parts = [self.profiles.customers[["customer_id"]]]
        for kind, result in self.results.items():
            if PREDICTIONS[kind].table is not None:
                continue
            rows = PREDICTIONS[kind].rows(result).drop(columns="customer_id")
            parts.append(rows.add_prefix(f"{kind}_"))
        return pd.concat(parts, axis=1)


def with_predictions(profiles: Profiles, chosen: Sequence[Any], make: Callable[[Any], Any]) -> Predicted:
    """Return the profiles with the features of every prediction; one that cannot be made stops no other.

    Parameters
    ----------
    profiles : Profiles
    chosen : sequence of params
        Of predictions, as in ``recipe.predictions``.
    make : callable
        Makes one from its params; refuses with an ``AnalysisError``.
    """
    results: dict[str, Any] = {}
    problems: dict[str, AnalysisError] = {}
    frame, features = profiles.customers, profiles.features
    for params in chosen:
        try:
            result = make(params)
        except AnalysisError as problem:
            problems[params.kind] = problem.with_traceback(None)  # whose frames would keep the tables alive
            continue
        results[params.kind] = result
        for feature, values in PREDICTIONS[params.kind].features(result):
            frame = frame.assign(**{feature.key: values.to_numpy()})
            features = (*features, feature)
    return Predicted(replace(profiles, customers=frame, features=features), results, problems)
