"""Small parts that sections share: titles with their n, and columns of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analysis.reports.content import Column, Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analysis.translate import Translate

_ENDS = ".。"
_NUMBER = re.compile(r"\d[\d.,]*(?<![.,])%?")


def finding(said: str, n: int, t: Translate) -> str:
    r"""Return a sentence as a title, with the number of customers that it rests on unless it says so itself.

    Examples
    --------
    >>> from texts import Translator
    >>> finding("8% of customers bring 37% of revenue.", 4338, Translator("en"))
    '8% of customers bring 37% of revenue (n\xa0=\xa04,338)'
    """
    said = said.rstrip(_ENDS + " ")
    return said if t.number(n) in said else t("report.titled", said=said, n=n)


def column(title: str, form: Form, values: Iterable[Any]) -> Column:
    """Return a column; what is missing is None."""
    return Column(title, form, tuple(None if value is None or value != value else value for value in values))


def first_and_rest(sentences: Sequence[str], instead: str) -> tuple[str, tuple[str, ...]]:
    """Return the first sentence, for a title, and the others; ``instead`` where there is none."""
    told = [sentence for sentence in sentences if sentence]
    return (told[0], tuple(told[1:])) if told else (instead, ())


def says_the_same(one: str, other: str) -> bool:
    """Say whether a sentence tells two numbers or more, all of which another has told.

    Examples
    --------
    >>> told = "Champions: 29% of your customers bring 65% of the money. 12 of your best customers are overdue."
    >>> says_the_same("Champions: 29% of customers bring 65% of revenue.", told)
    True
    >>> says_the_same("13 good customers have not been back for long.", told)
    False
    """
    numbers = set(_NUMBER.findall(one))
    return len(numbers) > 1 and numbers <= set(_NUMBER.findall(other))
