"""What the engine asks of a translator, so that it can write words without knowing any."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, Protocol


class Translate(Protocol):
    """Turns keys and facts into sentences of one language, and writes figures; ``texts.Translator`` is one."""

    @property
    def language(self) -> str:
        """``"en"`` or ``"zh"``."""
        ...

    def __call__(self, key: str, /, **facts: Any) -> str:
        """Return the text of a key with its blanks filled."""
        ...

    def has(self, key: str) -> bool:
        """Say whether there is a text of this key."""
        ...

    def calling(self, customers: tuple[str, str, str] | None) -> Translate:
        """Return a translator that calls customers by words of their trade (English, Chinese, Chinese measure word)."""
        ...

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number."""
        ...

    def percent(self, share: float) -> str:
        """Write a share 0..1."""
        ...

    def money(self, value: float) -> str:
        """Write an amount of money."""
        ...

    def currency_sign(self) -> str:
        """Return the sign of the currency, or nothing where none is known."""
        ...

    def p_value(self, p: float) -> str:
        """Write a p value with its sign."""
        ...


def prose(sentences: Iterable[str], t: Translate) -> str:
    """Return sentences one after the other, with the space that the language puts between them.

    Examples
    --------
    >>> from texts import Translator
    >>> prose(["One.", "Two."], Translator("en")), prose(["一。", "二。"], Translator("zh"))
    ('One. Two.', '一。二。')
    """
    told = list(sentences)
    return reduce(lambda first, second: t("segments.then", first=first, second=second), told) if told else ""


def word(t: Translate, key: str, instead: str) -> str:
    """Return the text of a key, or what stands for it when there is none (an own column, an own segment).

    Examples
    --------
    >>> from texts import Translator
    >>> word(Translator("en"), "feature.spend", "spend"), word(Translator("en"), "feature.zz_1", "Shoe size")
    ('Spend', 'Shoe size')
    """
    return t(key) if t.has(key) else instead


def unique_words(words: Iterable[str]) -> list[str]:
    """Tell equal words apart by a number, so that two of one name stay two marks in a chart, two entries in a menu.

    Examples
    --------
    >>> unique_words(["VIP", "new", "VIP"])
    ['VIP', 'new', 'VIP (2)']
    """
    taken: list[str] = []
    for word in words:
        candidate, number = word, 2
        while candidate in taken:
            candidate, number = f"{word} ({number})", number + 1
        taken.append(candidate)
    return taken
