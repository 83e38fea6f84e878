"""Every feature of the profiles has a name and one line on what it means."""

from __future__ import annotations

import pytest

from analysis.intake.roles import roles
from analysis.predict.churn.result import SCORE
from analysis.profiles import basic, behaviour, channel, people, preference, risk, social, value
from texts import catalogue

MODULES = (behaviour, channel, people, preference, risk, social, value)
PREDICTED = {
    SCORE,
    "lifetime_orders",
    "lifetime_value",
    "campaign_uplift",
    "next_order_days",
    "next_product",
    "next_category",
    "feedback_score",
    "feedback_negative",
    "feedback_complaint",
    "funnel_steps",
    "was_referred",
    "referral_reach",
    "referral_tree_spend",
    "order_shape",
}
FEATURES = {feature.key for module in MODULES for feature in module.FEATURES}
FEATURES |= {feature.key for feature in channel.CONSENT_FEATURES} | set(basic.FROM_LINES)
FEATURES |= {key for key, role in roles().items() if "customers" in role.tables and key != "customer_id"}


@pytest.mark.parametrize("key", sorted(FEATURES))
def test_feature_has_a_name_and_a_definition(key):
    assert f"feature.{key}" in catalogue()
    assert catalogue()[f"feature.{key}.help"]["en"].endswith(".")
    assert catalogue()[f"feature.{key}.help"]["zh"].endswith("。")


def test_no_words_stand_for_a_feature_that_does_not_exist():
    named = {key.split(".")[1] for key in catalogue() if key.startswith("feature.")}
    assert named == FEATURES | PREDICTED


def test_no_two_features_have_the_same_name():
    for language in ("en", "zh"):
        names = [catalogue()[f"feature.{key}"][language] for key in FEATURES]
        assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
