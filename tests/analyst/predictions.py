"""One result of every prediction, of the sample shop and of a made-up campaign."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.predict.apply import with_predictions
from analysis.predict.churn.churn import churn
from analysis.predict.churn.params import ChurnParams
from analysis.predict.feedback.feedback import feedback
from analysis.predict.feedback.params import FeedbackParams
from analysis.predict.lifetime.contract_tried import contract_tried
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.value import lifetime_value
from analysis.predict.next_order.next_order import next_orders
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.offers.offers import offers
from analysis.predict.offers.params import OffersParams
from analysis.predict.offers.together import bought_together
from analysis.predict.offers.triples import three_together
from analysis.predict.paths.params import PathsParams
from analysis.predict.paths.paths import paths
from analysis.predict.referrals.params import ReferralParams
from analysis.predict.referrals.referrals import referrals
from analysis.predict.shapes.params import ShapesParams
from analysis.predict.shapes.shapes import shapes
from analysis.predict.trend.params import TrendParams
from analysis.predict.trend.trend import trend
from analysis.predict.uplift.params import UpliftParams
from analysis.predict.uplift.uplift import uplift
from analysis.profiles.result import Feature, Profiles
from analysis.study import StudyResult, begin, read


def of_predictions(shop: StudyResult) -> list[Any]:
    leaving = churn(shop.standard, shop.profiles, ChurnParams(method="logistic"))
    rng = np.random.default_rng(7)
    sent = pd.DataFrame({key: rng.random(400) < 0.5 for key in ("sent", "came", "young")})
    features = tuple(Feature(key, "basic", "flag", header=key) for key in sent)
    people = Profiles(sent.assign(customer_id=[f"c{n}" for n in range(400)]), features, date(2024, 1, 1))
    moved = uplift(people, UpliftParams(arm="sent", outcome="came"))
    worth = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd"))
    made: dict[str, Any] = {"churn": leaving, "lifetime": worth}
    predicted = with_predictions(shop.profiles, [ChurnParams(), LifetimeParams()], lambda params: made[params.kind])
    following = next_orders(shop.standard, shop.profiles, NextOrderParams())
    offered = offers(shop.standard, shop.profiles, OffersParams())
    pairs = bought_together(shop.standard, shop.profiles.as_of, least=2, alpha=1.0)
    stayed = contract_tried(np.tile(np.arange(1, 9), 100), np.arange(800) % 2 == 0, "sbg")
    ahead = trend(shop.standard, shop.profiles, TrendParams())
    orders = pd.DataFrame({"customer id": ["a", "b"], "order date": "2024-05-01", "amount": [10, 20]})
    named = pd.DataFrame({"referrer id": ["a"], "referred id": ["b"], "referral date": ["2024-04-01"]})
    known = begin(read(orders, named)).prepared()
    brought = referrals(known.standard, known.profiles, ReferralParams())
    texts = pd.DataFrame({"customer id": list("abcde") * 4, "review date": "2024-05-01", "review": "too slow, good"})
    heard = begin(read(texts)).prepared()
    said = feedback(heard.standard, heard.profiles, FeedbackParams())
    often = pd.DataFrame(
        [(f"c{who}", day) for who in range(30) for day in pd.date_range("2022-12-01", "2024-01-01", freq="14D")],
        columns=["customer id", "order date"],
    )
    steady = begin(read(often.assign(amount=10))).prepared()
    shaped = shapes(steady.standard, steady.profiles, ShapesParams())
    seen = pd.DataFrame({"customer id": list("aab"), "event time": "2024-05-01", "event": ["see", "buy", "see"]})
    walked = begin(read(seen)).prepared()
    ways = paths(walked.standard, walked.profiles, PathsParams())
    lines = [
        (f"o{n}", item)
        for n in range(60)
        for item in ("cup milk tea" if n < 30 else ("cup", "milk", "tea")[n % 3]).split()
    ]
    bought = pd.DataFrame(lines, columns=["order id", "product"])
    bought = bought.assign(**{"customer id": bought["order id"].str[1:3], "order date": "2024-05-01", "amount": 10})
    sold = begin(read(bought)).prepared()
    sets = three_together(sold.standard, sold.profiles.as_of, alpha=1.0)
    shopping = [offered, pairs, sets, ahead, brought, said, ways, shaped, stayed]
    return [*shopping, predicted, leaving, leaving.measured, worth, worth.tried, following, moved]
