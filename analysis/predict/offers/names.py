"""What the names of order lines say: that a line is no product, that a product is a gift."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LONGEST = 40  # letters of a line that is no product


@cache
def _listed() -> dict[str, list[str]]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _no_products() -> frozenset[str]:
    from analysis.intake.headings import normal
    from analysis.intake.roles import roles

    known = roles()
    words = (*_listed()["no_product"], *known["shipping"].words, *known["discount"].words)
    return frozenset(normal(word) for word in words)


def is_no_product(name: str) -> bool:
    """Return whether a line is a charge or a correction beside products, by its whole name.

    Examples
    --------
    >>> is_no_product("POSTAGE"), is_no_product("补差价"), is_no_product("Postage stamp album")
    (True, True, False)
    """
    from analysis.intake.headings import normal

    return len(name) <= LONGEST and normal(name) in _no_products()


def is_gift(name: str) -> bool:
    """Return whether a part of the name says that it is given to somebody.

    Examples
    --------
    >>> is_gift("Gift box of tea"), is_gift("明前龙井礼盒 250g"), is_gift("Tea")
    (True, True, False)
    """
    told = name.casefold()
    return any(word in told for word in _listed()["gift"])
