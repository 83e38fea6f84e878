"""What a person chooses of predictions: one kind of params each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

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

# Of one prediction or another: its kind says of which.
PredictionParams = Annotated[
    ChurnParams
    | FeedbackParams
    | LifetimeParams
    | NextOrderParams
    | OffersParams
    | PathsParams
    | ReferralParams
    | ShapesParams
    | TrendParams
    | UpliftParams,
    Field(discriminator="kind"),
]
