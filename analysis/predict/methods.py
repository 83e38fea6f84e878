"""The predictions that there are: the params of each, how it is made, and what it gives to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.intake.reading.written import TREND
from analysis.predict.churn.params import ChurnParams
from analysis.predict.feedback.params import FeedbackParams
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.offers.params import OffersParams
from analysis.predict.paths.params import PathsParams
from analysis.predict.referrals.params import ReferralParams
from analysis.predict.shapes.params import ShapesParams
from analysis.predict.trend.params import TrendParams
from analysis.predict.uplift.params import UpliftParams

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.params import Params
    from analysis.profiles.result import Feature, Profiles

    Columns = tuple[tuple[Feature, pd.Series], ...]


@dataclass(frozen=True)
class Prediction:
    """One kind of prediction; what makes it is imported when it is asked for.

    Attributes
    ----------
    params : type of Params
        What is chosen, with its own ``kind``.
    called : (module, name)
        The function that makes it of standard tables, profiles and params; refuses with an ``AnalysisError``.
    told_by : module
        Its ``features(result)`` are the columns that the profiles get and what each means, ``rows(result)`` one row per
        customer with score and interval, ``figures(result)`` what ``summary.json`` holds.
    table : str, optional
        Where it says nothing of single customers: the file that its rows stand in, by themselves. It has no features,
        is made after the segments, and is handed theirs (labels aligned with the profiles) where its params ask.
    is_told : bool
        Its params cannot be found in the data: it is made where a recipe tells them, and not among all others.
    """

    params: type[Params]
    called: tuple[str, str]
    told_by: str
    table: str | None = None
    is_told: bool = False

    def make(self, standard: StandardTables, profiles: Profiles, params: Any, *segments: pd.Series) -> Any:
        """Make it; refuses as ``called`` does."""
        module, name = self.called
        make: Callable[..., Any] = getattr(import_module(module), name)
        return make(standard, profiles, params, *segments)

    def features(self, result: Any) -> Columns:
        """Return the columns that the profiles get."""
        return import_module(self.told_by).features(result)

    def rows(self, result: Any) -> pd.DataFrame:
        """Return one row per customer: score and interval."""
        return import_module(self.told_by).rows(result)

    def figures(self, result: Any) -> dict[str, Any]:
        """Return its figures, as ``summary.json`` holds them."""
        return import_module(self.told_by).figures(result)


_ROOM = "analysis.predict"
PREDICTIONS: dict[str, Prediction] = {
    "churn": Prediction(ChurnParams, (f"{_ROOM}.churn.churn", "churn"), f"{_ROOM}.churn.told"),
    "feedback": Prediction(FeedbackParams, (f"{_ROOM}.feedback.feedback", "feedback"), f"{_ROOM}.feedback.told"),
    "lifetime": Prediction(LifetimeParams, (f"{_ROOM}.lifetime.value", "lifetime_value"), f"{_ROOM}.lifetime.told"),
    "next_order": Prediction(
        NextOrderParams, (f"{_ROOM}.next_order.next_order", "next_orders"), f"{_ROOM}.next_order.told"
    ),
    "offers": Prediction(OffersParams, (f"{_ROOM}.offers.offers", "offers"), f"{_ROOM}.offers.told"),
    "paths": Prediction(PathsParams, (f"{_ROOM}.paths.paths", "paths"), f"{_ROOM}.paths.told"),
    "referrals": Prediction(ReferralParams, (f"{_ROOM}.referrals.referrals", "referrals"), f"{_ROOM}.referrals.told"),
    "shapes": Prediction(ShapesParams, (f"{_ROOM}.shapes.shapes", "shapes"), f"{_ROOM}.shapes.told"),
    "trend": Prediction(TrendParams, (f"{_ROOM}.trend.trend", "trend"), f"{_ROOM}.trend.told", table=TREND),
    "uplift": Prediction(
        UpliftParams, (f"{_ROOM}.uplift.uplift", "campaign_uplift"), f"{_ROOM}.uplift.told", is_told=True
    ),
}


def of_customers(chosen: Sequence[Any]) -> tuple[Any, ...]:
    """Return the params of the predictions that say something of single customers, and so are features."""
    return tuple(params for params in chosen if PREDICTIONS[params.kind].table is None)
