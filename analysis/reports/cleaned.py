"""Text as every kind of file can hold it: without what XML forbids, and no name longer than a heading can show."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from analysis.privacy.masks import mask_text

# What XML 1.0 does not hold, and marks that turn the direction of what follows.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

_MAY_BE_PERSONAL = re.compile(r"@|(?<!\d)1[3-9]\d{9}(?!\d)|\+\d{7}")


def clean_text(text: str) -> str:
    """Return a text without forbidden characters.

    Examples
    --------
    >>> clean_text("a\\x00b\\x1b c")
    'ab c'
    """
    return _FORBIDDEN.sub("", text)


def shown_text(text: str) -> str:
    """Return a clean text with addresses and phones masked: a name that somebody typed, or a file's, may hold one.

    Examples
    --------
    >>> shown_text("letter to anna@example.org"), shown_text("call 13812345678"), shown_text("2024-03: 12,500")
    ('letter to a***@example.org', 'call 138****5678', '2024-03: 12,500')
    """
    text = clean_text(text)
    return mask_text(text) if _MAY_BE_PERSONAL.search(text) else text


def cleaned(value: Any) -> Any:
    """Return a part of a report, a specification of a chart or a text with every text in it as it may be shown."""
    if isinstance(value, str):
        return shown_text(value)
    if isinstance(value, tuple):
        return tuple(cleaned(item) for item in value)
    if isinstance(value, dict):
        return json.loads(json.dumps(value, default=str), object_hook=_plain_items)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: cleaned(getattr(value, one.name)) for one in fields(value)})
    return value


def _plain_items(found: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return shown_text(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value
