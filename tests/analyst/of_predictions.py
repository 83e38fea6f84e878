"""One result of each kind that predictions come to."""

from __future__ import annotations

from typing import Any

import analysis
from analysis.predict.apply import with_predictions
from analysis.predict.methods import PREDICTIONS
from analysis.study import StudyResult

COLUMNS = {
    "ChurnResult": (
        "customer_id churn_risk low high has_left reason_1 weight_1 reason_2 weight_2 reason_3 weight_3 change "
        "change_to risk_then value saved saved_low saved_high"
    ),
    "Measured": "band foretold n n_left observed low high upto",
    "LifetimeValue": "customer_id orders orders_low orders_high order_value value value_low value_high",
    "Tried": "day expected came",
    "NextOrders": (
        "customer_id n_gaps usual_days state low_50 high_50 low_80 high_80 middle next_order_days curve comes_back"
    ),
}


def of_predictions(shop: StudyResult) -> list[Any]:
    """Return what predictions come to."""
    made: dict[str, Any] = {}

    def make(params: Any) -> Any:
        made[params.kind] = PREDICTIONS[params.kind].make(shop.standard, shop.profiles, params)
        return made[params.kind]

    chosen = (analysis.ChurnParams(method="logistic"), analysis.LifetimeParams(), analysis.NextOrderParams())
    predicted = with_predictions(shop.profiles, chosen, make)
    return [predicted, *made.values(), made["lifetime"].tried, made["churn"].measured]
