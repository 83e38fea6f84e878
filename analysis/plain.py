"""Figures as JSON holds them: numbers, texts, lists and mappings by text; what is no number is null, never NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any


def plain(value: Any) -> Any:
    """Return a value made of what JSON knows; anything else stands as its text.

    Examples
    --------
    >>> from datetime import date
    >>> plain({"gap": float("nan"), "days": (date(2024, 3, 5), 2), 3: True})
    {'gap': None, 'days': ['2024-03-05', 2], '3': True}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "item"):  # one number of numpy
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int)) else str(value)
