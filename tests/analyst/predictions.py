"""One result of every prediction, of the sample shop and of a made-up campaign."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.predict.churn.churn import churn
from analysis.predict.churn.params import ChurnParams
from analysis.predict.next_order.next_order import next_orders
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.uplift.params import UpliftParams
from analysis.predict.uplift.uplift import uplift
from analysis.profiles.result import Feature, Profiles
from analysis.study import StudyResult


def of_predictions(shop: StudyResult) -> list[Any]:
    leaving = churn(shop.standard, shop.profiles, ChurnParams(method="logistic"))
    rng = np.random.default_rng(7)
    sent = pd.DataFrame({key: rng.random(400) < 0.5 for key in ("sent", "came", "young")})
    features = tuple(Feature(key, "basic", "flag", header=key) for key in sent)
    people = Profiles(sent.assign(customer_id=[f"c{n}" for n in range(400)]), features, date(2024, 1, 1))
    moved = uplift(people, UpliftParams(arm="sent", outcome="came"))
    return [leaving, leaving.measured, next_orders(shop.standard, shop.profiles, NextOrderParams()), moved]
