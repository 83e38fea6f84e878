"""Answers as text: what a database or a look at cells finds, and the same values of the same types from it again."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def write(answer: object) -> str | None:
    """Return an answer as text, or None where it holds a value whose type would not come back.

    Examples
    --------
    >>> write([(1, "a", None)]), write([(object(),)])
    ('[{"t": [1, "a", null]}]', None)
    """
    try:
        return json.dumps(_plain(answer), ensure_ascii=False)
    except TypeError:
        return None


def read(text: str) -> Any:
    """Return the answer that ``write`` wrote.

    Raises
    ------
    ValueError
        The text is none of ours.

    Examples
    --------
    >>> read(write([(Decimal("3.50"), date(2024, 2, 29), 0.1)]))
    [(Decimal('3.50'), datetime.date(2024, 2, 29), 0.1)]
    """
    return _value(json.loads(text))


def _plain(value: object) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [_plain(one) for one in value]
    if type(value) is tuple:
        return {"t": [_plain(one) for one in value]}
    if type(value) is dict:
        return {"m": [[_plain(key), _plain(one)] for key, one in value.items()]}
    if type(value) is Decimal:
        return {"n": str(value)}
    if type(value) is date:
        return {"d": value.isoformat()}
    if type(value) is datetime and value.tzinfo is None:
        return {"s": value.isoformat()}
    raise TypeError(type(value).__name__)


def _value(found: Any) -> Any:
    if type(found) is list:
        return [_value(one) for one in found]
    if type(found) is not dict:
        return found
    [(kind, held)] = found.items()
    if kind == "t":
        return tuple(_value(one) for one in held)
    if kind == "m":
        return {_value(key): _value(one) for key, one in held}
    if kind not in _READ:
        raise ValueError(kind)
    return _READ[kind](held)


_READ = {"n": Decimal, "d": date.fromisoformat, "s": datetime.fromisoformat}
