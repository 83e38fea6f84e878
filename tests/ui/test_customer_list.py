"""A list of customers is written in the reader's language, masked and without needless digits, on screen and as CSV."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.profiles.result import Feature, Profiles
from texts import Translator
from ui.customers.customer_list import _customer_rows, in_segment

BASE = pd.DataFrame(
    {
        "customer_id": ["13800138000", "13900139000"],
        "favourite_weekday": ["saturday", None],
        "mean_gap_days": [20.03746490951388, np.nan],
    }
)
FEATURES = (
    Feature("favourite_weekday", "behaviour", "category"),
    Feature("mean_gap_days", "behaviour", "number", "days"),
)


@pytest.mark.parametrize(("language", "day", "header"), [("en", "Saturday", "Customer"), ("zh", "周六", "客户编号")])
def test_a_list_speaks_the_readers_language_and_shows_no_phone(language: str, day: str, header: str) -> None:
    shop = Profiles(BASE, FEATURES, date(2024, 1, 1))
    rows = _customer_rows(shop, [0, 1], list(FEATURES), None, Translator(language), unmasked=False)
    assert rows.columns[0].startswith(header)
    # Two phones may look alike once masked: a pseudonym keeps them apart.
    assert [one.split(" #")[0] for one in rows.iloc[:, 0]] == ["138****8000", "139****9000"]
    assert rows.iloc[0, 1] == day
    assert rows.iloc[0, 2] == 20.0375
    assert (
        _customer_rows(shop, [0], list(FEATURES), None, Translator(language), unmasked=True).iloc[0, 0] == "13800138000"
    )


def test_a_file_of_customers_says_of_whom_it_is() -> None:
    rows = in_segment(pd.DataFrame({"Customer": ["a", "b"], "Spend": [1, 2]}), "At risk", Translator("en"))
    assert rows.columns.tolist() == ["Customer", "Segment", "Spend"]
    assert rows["Segment"].tolist() == ["At risk", "At risk"]
