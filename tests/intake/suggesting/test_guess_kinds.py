"""Real and sample files are the kinds of tables they were before there were more kinds."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.study import read

SAMPLES = {
    "b2b_crm_en.xlsx": ["orders", "customers"],
    "members_gbk.csv": ["customers"],
    "subscription_en.xlsx": ["orders", "customers"],
    "中文店铺.xlsx": ["orders", "customers"],
}
REAL = {
    "ab/cookie_cats.csv": ["customers"],
    "ab/hillstrom.csv": ["customers"],
    "cdnow/CDNOW_sample.txt": ["orders"],
    "chinese_orders/RFM_gb18030.csv": ["orders"],
    "online_retail/Sample - Superstore.xls": ["orders", "ignore", "ignore"],
    "profile/karate_edges.csv": ["ignore"],
    "profile/marketing_campaign.csv": ["customers"],
    "reference/cdnow_customers_summary.csv": ["customers"],
    "reference/clvtools_apparelTrans.csv": ["orders"],
    "reference/donations.csv": ["ignore"],
    "reference/example_transactions.csv": ["ignore"],
    "reference/groceries_baskets.csv": ["ignore"],
    "reference/rfm_data_customer.csv": ["customers"],
    "reference/rfm_data_orders.csv": ["orders"],
    "sentiment/waimai_10k.csv": ["ignore"],
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_what_they_are(root, name: str) -> None:
    assert [guess.kind for guess in inspect(read(root / "sample_data" / name))] == SAMPLES[name]


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_what_they_are(shared_data, name: str) -> None:
    assert [guess.kind for guess in inspect(read(shared_data / name))] == REAL[name]


def test_a_contract_that_is_monthly_or_yearly_is_no_number_of_an_order() -> None:
    """Else subscribers, one row each with the day of their contract, would be two orders."""
    rows = [
        f"c{n},{n % 50 + 1},{10 + n}.5,{('monthly', 'yearly')[n % 2]},2023-0{n % 9 + 1}-11,{('Yes', 'No')[n % 3 == 0]}"
        for n in range(80)
    ]
    text = "\n".join(["customer id,tenure,MonthlyCharges,contract,Contract start,Churn", *rows])
    assert [guess.kind for guess in inspect(read_file(text.encode()))] == ["customers"]
