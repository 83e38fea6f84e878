"""Changes from a table: worked by hand, against statsmodels' regression with errors by customer; what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.reading.changes import FEW_UNITS, ChangeParams, read_change
from tests.thorough import examples

SHOPS = pd.DataFrame(
    {
        "shop": [1, 1, 2, 2, 3, 3, 4, 4],
        "year": [2023, 2024] * 4,
        "new": list("nnnnyyyy"),
        "sales": [10.0, 11, 20, 22, 12, 16, 18, 23],
    }
)
CHOICE = ChangeParams(outcome="sales", when="year", since="2024", unit="shop", group="new", treated="y")


def panel(seed=5, units=60):
    """Customers with a level of their own, seen one to four times a month from January to June; treated from April."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        level = rng.normal(50, 20)
        for month in range(1, 7):
            for _ in range(rng.integers(1, 5)):
                effect = 4.0 if unit % 2 and month >= 4 else 0.0
                value = level + 2 * month + effect + rng.normal(0, 5)
                rows.append(
                    (f"u{unit}", f"2024-{month:02}-{rng.integers(1, 28):02}", "yes" if unit % 2 else "no", value)
                )
    return pd.DataFrame(rows, columns=["customer", "day", "got it", "spend"])


PANEL = ChangeParams(
    outcome="spend", when="day", since="2024-04-01", unit="customer", group="got it", treated="Yes "
)  # fmt: skip


def test_four_shops_worked_by_hand():
    # Changes 1 and 2 without, 4 and 5 with: the effect is 4.5 − 1.5 = 3. Each shop adds its change less the mean
    # change of its group, over two shops: ±0.25, so the squares sum to 0.25; G/(G − 1) = 4/3, (N − 1)/(N − 4) = 7/4.
    found = read_change(SHOPS, CHOICE)
    assert found.reading.absolute.value == pytest.approx(3.0)
    assert found.reading.absolute.se == pytest.approx((0.25 * 4 / 3 * 7 / 4) ** 0.5)
    assert (found.reading.control, found.reading.treatment) == pytest.approx((1.5, 4.5))
    assert found.reading.test.df == 3
    assert [(cell.treated, cell.after, cell.n, cell.units, cell.mean) for cell in found.cells] == [
        (False, False, 2, 2, 15), (False, True, 2, 2, 16.5), (True, False, 2, 2, 15), (True, True, 2, 2, 19.5),
    ]  # fmt: skip
    assert [note.code for note in found.reading.notes] == ["experiment_weak_parallel", "experiment_few_units"]


@pytest.mark.parametrize("unit", ["customer", None])
def test_differences_equal_a_regression_with_errors_by_customer(unit):
    rows = panel()
    rows["after"], rows["treated"] = (rows["day"] >= "2024-04-01").astype(int), (rows["got it"] == "yes").astype(int)
    groups = pd.factorize(rows["customer"])[0] if unit else np.arange(len(rows))
    model = smf.ols("spend ~ after * treated", rows).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    reading = read_change(rows, PANEL.model_copy(update={"unit": unit})).reading
    low, high = model.conf_int().loc["after:treated"]
    expected = (model.params["after:treated"], model.bse["after:treated"], low, high)
    found = reading.absolute
    assert (found.value, found.se, found.low, found.high) == pytest.approx(expected)
    assert reading.test.p == pytest.approx(model.pvalues["after:treated"])


def test_before_and_after_equals_the_regression_and_the_lift_its_delta_method():
    rows = panel(seed=8)
    rows["after"] = (rows["day"] >= "2024-04-01").astype(int)
    groups = pd.factorize(rows["customer"])[0]
    model = smf.ols("spend ~ after", rows).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    found = read_change(rows, PANEL.model_copy(update={"group": None, "treated": None})).reading
    assert (found.absolute.value, found.absolute.se) == pytest.approx((model.params["after"], model.bse["after"]))
    base, change = model.params
    gradient = np.array([-change / base**2, 1 / base])
    spread = float(np.sqrt(gradient @ model.cov_params().to_numpy() @ gradient))
    assert found.relative is not None
    assert (found.relative.value, found.relative.se) == pytest.approx((change / base, spread))
    assert found.notes[0].code == "experiment_weak_before_after"


def test_rows_of_a_customer_are_not_taken_for_as_many_customers():
    # The same table five times over says nothing new: with the customer known the error stays, without it shrinks.
    rows = panel(units=40)
    copied = pd.concat([rows] * 5)
    errors = [
        read_change(table, PANEL.model_copy(update={"unit": unit})).reading.absolute.se
        for unit in ("customer", None)
        for table in (rows, copied)
    ]
    assert errors[1] == pytest.approx(errors[0], rel=0.01)
    assert errors[3] < errors[2] * 0.5


def test_a_group_that_moved_before_the_start_is_named():
    rows = panel()
    late = (rows["got it"] == "yes") & (rows["day"] >= "2024-02-15")
    found = read_change(rows.assign(spend=rows["spend"] + late * 25), PANEL)
    assert "experiment_not_parallel" in {note.code for note in found.reading.notes}
    assert found.early is not None
    assert found.early.p < 1e-4
    assert "experiment_not_parallel" not in {note.code for note in read_change(rows, PANEL).reading.notes}


def test_every_row_is_kept_or_counted():
    rows = pd.DataFrame(
        {
            "id": ["1", "1", "2", "2", "3", "3", "4", "4", "", "5", "6", "7", "7", "8"],
            "when": ["before", "After "] * 4 + ["after", "", "after", "before", "after", "before"],
            "got": [*"nnnnyyyyyy", None, *"yny"],
            "y": [1, 2, 3, 5, 2, 5, 4, 8, 1, 1, 1, 1, 1, None],
        }
    )
    choice = ChangeParams(outcome="y", when="when", since="after", unit="id", group="got", treated="Y")
    counts = read_change(rows, choice).counts
    assert (counts.read, counts.kept) == (14, 8)
    assert (counts.no_unit, counts.no_time, counts.no_group, counts.in_two_groups, counts.no_value) == (1, 1, 1, 2, 1)


def test_steps_are_the_means_over_time_and_never_too_many():
    found = read_change(panel(), PANEL)
    assert found.steps["n"].sum() == found.counts.kept
    assert found.steps["step"].nunique() <= 60
    assert set(found.steps.loc[found.steps["after"], "step"].dt.month) <= {4, 5, 6}


def test_shares_are_read_from_yes_and_no():
    rows = SHOPS.assign(sales=["no", "no", "no", "yes", "no", "yes", "yes", "yes"])
    found = read_change(rows, CHOICE.model_copy(update={"kind": "proportion"}))
    assert found.reading.absolute.value == pytest.approx(0.0)
    assert FEW_UNITS > 4


@pytest.mark.parametrize(
    ("change", "choice", "code"),
    [
        ({}, {"outcome": "x"}, "experiment_unknown_column"),
        ({"sales": list("abcdefgh")}, {}, "experiment_text_outcome"),
        ({}, {"since": "soon"}, "experiment_bad_since"),
        ({"year": ["2024-01-01"] * 8}, {"since": "later"}, "experiment_bad_since"),
        ({"year": list("abcabcab")}, {"since": "c"}, "experiment_many_periods"),
        ({"year": list("xyxyxyxy")}, {"since": "2024-01-01"}, "experiment_unreadable_days"),
        ({}, {"since": "2023"}, "experiment_nobody_before"),
        ({}, {"since": "2025"}, "experiment_nobody_after"),
        ({}, {"treated": "z"}, "experiment_unknown_group"),
        ({}, {"treated": None}, "experiment_unknown_group"),
        ({"shop": [1, 1, 2, 2, 3, 3, 3, 3]}, {}, "experiment_one_unit"),
        ({}, {"kind": "proportion"}, "experiment_not_binary"),
        ({"sales": [5.0] * 8}, {}, "experiment_no_variation"),
        ({"sales": [1e300, -1e300, 2e300, 1e290] * 2}, {}, "experiment_not_a_number"),
    ],
)
def test_what_cannot_be_read_is_refused(change, choice, code):
    with pytest.raises(AnalysisError) as caught:
        read_change(SHOPS.assign(**change), CHOICE.model_copy(update=choice))
    assert caught.value.code == code


@examples(25)
@given(st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_shifting_all_changes_nothing_and_scaling_scales(shift, scale):
    plain, moved = (
        read_change(SHOPS.assign(sales=SHOPS["sales"] * f + s), CHOICE).reading for f, s in ((1, 0), (scale, shift))
    )
    assert moved.absolute.value == pytest.approx(plain.absolute.value * scale, rel=1e-5, abs=1e-6)
    assert moved.test.p == pytest.approx(plain.test.p, rel=1e-3)
