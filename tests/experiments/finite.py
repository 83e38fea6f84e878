"""What an answer is asked for: finite numbers wherever they stand, or a refusal with a sentence."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from texts import translator

# Their answers are asked for inside another one, or they write down what they were given.
THROUGH_ANOTHER = {
    "bounded": "tests/experiments/planning/test_smallest.py",
    "with_smallest": "tests/experiments/planning/test_smallest.py",
    "merge_with": "tests/experiments/planning/test_smallest.py",
    "weeks_to_show": "tests/experiments/planning/test_smallest.py",
    "comparison_tail": "sample_size, power_of",
    "check_alpha": "returns nothing",
    "finite": "MeanStatistic.from_values",
    "check_choice": "returns nothing",
    "side_of": "returns a name",
    "score_z": "read_margin",
    "read_margin": "tests/experiments/reading/test_margins.py",
    "score_difference": "difference_interval",
    "score_ends": "difference_interval",
    "hybrid_exact": "difference_interval",
    "few_events": "returns yes or no",
    "skewed": "compare_means",
    "skewness_of": "with_baseline",
    "quantile_difference": "compare_quantiles",
    "read_quantiles": "read_experiment",
    "check_clusters": "returns nothing",
    "gather": "read_experiment",
    "ticked": "returns cells",
    "find_arms": "returns labels",
    "folded": "returns a label",
    "first_row": "a row, which is there",
    "prepare": "read_experiment",
    "types_of": "returns names",
    "ticked_outcome": "returns SQL",
    "ticks_sql": "returns SQL",
    "written_as": "returns a word",
    "few_buyers": "compare_means",
    "wanted": "turns an estimate",
    "cells_of": "writes down what it was given",
    "day_table": "running_days, as a frame",
    "judge_lead": "returns a word",
    "shares_of": "returns names",
    "amounts_of": "returns names",
    "outlook": "needs a study; tests/experiments/planning/test_outlook.py",
    "mixture_scale": "always_valid",
    "one_sided_quantile": "always_valid",
    "spent_by": "spending_bounds",
    "compare_with_mean": "compare_paired",
    "crossings": "crossing_probability",
    "sums_as_statistic": "running_days",
    "statistic_of_rows": "running_days",
    "adjusted_sides": "read_results",
    "expected_when_picked": "decide",
    "picked": "decide",
    "assign": "returns labels",
    "assign_stratified": "returns labels",
    "cap_values": "returns the values of before",
    "read_values": "returns the values of before",
    "power_over_sizes": "power_of",
    "weeks_to_fill": "a whole number",
    "power_of_t": "power_of",
    "for_arms": "returns a plan",
    "lopsided": "returns yes or no",
    "far_tails": "returns yes or no",
    "least_in_arm": "sample_size, power_of",
    "power_of_clusters": "power_of; tests/experiments/planning/test_clusters.py",
    "clusters_of": "tests/experiments/planning/test_clusters.py",
    "assign_clusters": "returns labels",
    "check_weights": "returns nothing",
    "place": "a hash as a number",
}


def numbers(found: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number in a result with where it stands."""
    if isinstance(found, (bool, str, date, type(None))):
        return
    if isinstance(found, (int, float, np.number)):
        yield path, float(found)
    elif isinstance(found, pd.DataFrame):
        for name, column in found.items():
            if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
                for value in column.dropna() if isinstance(column.dtype, pd.Float64Dtype) else column:
                    yield f"{path}.{name}", float(value)
    elif dataclasses.is_dataclass(found):
        for item in dataclasses.fields(found):
            yield from numbers(getattr(found, item.name), f"{path}.{item.name}")
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from numbers(value, f"{path}[{key}]")
    elif isinstance(found, (tuple, list, np.ndarray)):
        for i, value in enumerate(found):
            yield from numbers(value, f"{path}[{i}]")


def ask(name: str, call: Callable[[], Any]) -> None:
    """Check that a call gives finite numbers or a refusal that has a sentence."""
    try:
        found = call()
    except AnalysisError as error:
        for language in ("en", "zh"):
            assert translator(language).has(f"error.{error.code}"), error.code
            assert "nan" not in translator(language)(f"error.{error.code}", **error.facts).split()
        return
    wrong = [(path, value) for path, value in numbers(found) if not math.isfinite(value)]
    assert not wrong, (name, wrong)


TINY = [5e-324, 1e-300, 1e-160, 1e-20]


def number(low=-1e9, high=1e9):
    """Amounts as they occur, to twelve digits after the point, and some whose squares are no numbers any more."""
    floats = st.floats(low, high, allow_nan=False).map(lambda value: round(value, 12))
    return st.one_of(st.sampled_from([0.0, 1.0, 1e-12, 0.5, 1e6]), floats, st.sampled_from([*TINY, -1e-160]))
