"""How many parts a text message is sent and paid as.

A message in the letters of GSM counts 160 letters, or 153 for each of several parts; with any other letter (Chinese,
emoji) it counts 70, or 67 each, in units of UTF-16.

References
----------
3GPP TS 23.038 (alphabet), TS 23.040 (concatenated messages).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Message:
    """A text message: its length in the units that count, its parts, and whether the letters of GSM suffice."""

    length: int
    parts: int
    is_plain: bool


def message(text: str) -> Message:
    """Count a text message.

    Examples
    --------
    >>> message("a" * 160).parts, message("a" * 161).parts, message("春" * 70).parts, message("春" * 71).parts
    (1, 2, 1, 2)
    """
    is_plain = all(one in _BASIC or one in _TWICE for one in text)
    length = sum(1 + (one in _TWICE) for one in text) if is_plain else len(text.encode("utf-16-le", "replace")) // 2
    whole, each = (160, 153) if is_plain else (70, 67)
    parts = 0 if not length else 1 if length <= whole else math.ceil(length / each)
    return Message(length, parts, is_plain)
