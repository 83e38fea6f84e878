"""What churn cannot be said of, with the numbers and what would make it possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.predict.churn.churn import churn
from analysis.predict.churn.definition import churn_definition
from analysis.predict.churn.params import ChurnParams
from analysis.predict.lifetime.value import lifetime_value
from tests.predict.churn.shops import prepared
from texts import translator


def shop(days: int, customers: int = 80, every: int = 10, until: int | None = None) -> pd.DataFrame:
    """Everybody orders every few days from the first day on, up to ``until``; one goes on to the last day."""
    rows = []
    for number in range(customers):
        end = days if until is None or number == 0 else until
        rows += [(f"c{number:03}", date(2024, 1, 1) + timedelta(days=day), 10) for day in range(0, end, every)]
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount"])


def people(n: int, n_left: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer id": [f"c{number:03}" for number in range(n)],
            "colour": [("red", "blue")[number % 2] for number in range(n)],
            "Churn": ["Yes"] * n_left + ["No"] * (n - n_left),
        }
    )


@pytest.mark.parametrize(
    ("frame", "chosen", "code"),
    [
        (people(12, 4), {"column": "Churn"}, "churn_few_customers"),
        (people(100, 12), {}, "churn_few_left"),
        (people(100, 40), {"column": "colour"}, "churn_answer"),
        (people(100, 40), {"column": "shade"}, "churn_unknown_column"),
        (people(100, 0).drop(columns="Churn"), {}, "churn_no_orders"),
        (people(100, 0).drop(columns="Churn"), {"define": "status"}, "churn_no_status"),
        (people(100, 50).assign(colour="same"), {}, "churn_all_alike"),
        (people(100, 40), {"value_feature": "colour"}, "churn_value_unknown"),
        (shop(31), {}, "churn_short"),
        (shop(200, customers=12), {"days": 30}, "churn_few_customers"),
        (shop(200), {"days": 30}, "churn_nobody_left"),
        (shop(200, until=60), {"days": 30}, "churn_few_left"),
        (shop(200), {"days": 60}, "churn_days_beyond"),
        (shop(200, every=150), {}, "churn_everybody_left"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(frame: pd.DataFrame, chosen: dict[str, Any], code: str) -> None:
    found = prepared(frame)
    with pytest.raises(AnalysisError) as refused:
        churn(found.standard, found.profiles, ChurnParams(method="logistic").model_copy(update=chosen))
    assert refused.value.code == code
    for language in ("en", "zh"):
        assert refused.value.sentence(translator(language))


@pytest.mark.parametrize(("left", "code"), [(False, "churn_nobody_left"), (True, "churn_everybody_left")])
def test_a_column_in_which_all_are_the_same_shows_nothing(left: bool, code: str) -> None:
    found = prepared(people(100, 40))
    profiles = replace(found.profiles, customers=found.profiles.customers.assign(Churn=left))
    with pytest.raises(AnalysisError, match=code):
        churn(found.standard, profiles, ChurnParams(column="Churn"))


@pytest.mark.parametrize(("left", "codes"), [
    ("No", ("churn_few_left", "lifetime_few_left")), ("Yes", ("churn_few_left", "lifetime_no_orders")),
])  # fmt: skip
def test_without_orders_a_column_of_nearly_one_answer_is_named_and_not_said_to_be_missing(
    left: str, codes: tuple[str, str]
) -> None:
    frame = pd.DataFrame({"customer id": [f"c{n}" for n in range(80)], "tenure": range(1, 81), "Churn": left})
    frame.loc[0, "Churn"] = "Yes" if left == "No" else "No"
    found = prepared(frame.assign(MonthlyCharges=20.5))
    for code, ask in zip(codes, (
        lambda: churn(found.standard, found.profiles, ChurnParams()),
        lambda: lifetime_value(found.standard, found.profiles),
    ), strict=True):  # fmt: skip
        with pytest.raises(AnalysisError) as refused:
            ask()
        assert refused.value.code == code


def test_a_save_rate_outside_its_range_is_refused() -> None:
    with pytest.raises(AnalysisError, match="churn_save_rates"):
        ChurnParams(save_rate=0.5)


@pytest.mark.parametrize("header", ["Will churn next month", "预计流失"])
def test_who_will_leave_is_not_taken_for_who_has_left(header: str) -> None:
    found = prepared(people(100, 40).rename(columns={"Churn": header}))
    with pytest.raises(AnalysisError) as refused:
        churn(found.standard, found.profiles, ChurnParams())
    assert (refused.value.code, refused.value.facts) == ("churn_foretold", {"column": header, "n": 100})
    for language in ("en", "zh"):
        assert header in refused.value.sentence(translator(language))
    assert churn_definition(found.standard, found.profiles, ChurnParams(column=found.profiles.features[-1].key)).feature
