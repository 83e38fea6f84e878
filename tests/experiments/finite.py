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
