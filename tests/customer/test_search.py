"""Customers are found by what a person knows of them, and never by what is another one's."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.customer.search import find_customers
from analysis.profiles.result import Feature, Profiles


def test_an_id_that_is_not_there_is_no_phone_that_ends_in_its_digits() -> None:
    base = pd.DataFrame({"customer_id": ["a", "b"], "phone": ["+44 7700 900151", "+44 7700 900152"]})
    shop = Profiles(base, (Feature("phone", "channel", "text", personal="phone"),), date(2024, 1, 1))
    assert find_customers(shop, "SPK0151").tolist() == []
    assert find_customers(shop, "0151").tolist() == [0]
