"""People of the firm and test accounts, who are no customers to write to: by columns that say so, names and addresses.

Nothing is deleted: they are counted on a step of their own, and whoever makes a list can take them along.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles

MOST_SHARE = 0.1  # of all customers, beyond which a name or address is no sign
_DIGITS, _BEFORE_DIGITS = "0123456789", " \t\n_-#"


@cache
def _words() -> dict[str, frozenset[str]]:
    found: dict[str, Any] = tomllib.loads((Path(__file__).parent / "own.toml").read_text("utf-8"))
    return {key: frozenset(_plain(one) for one in words) for key, words in found.items()}


def own_accounts(profiles: Profiles) -> np.ndarray:
    """Say of each customer whether they belong to the firm or are a test.

    They do when a column that is headed so says yes, when a column of words says so as a whole value, when a name is
    one that nobody has (测试, test, test 2), or an address is at a domain of examples; a sign of the last three kinds
    that holds of more than a tenth of all customers tells nothing.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> customers = pd.DataFrame({"customer_id": ["1", "2"], "name": ["Ann Lee", "Test 2"]})
    >>> own_accounts(Profiles(customers, (Feature("name", "basic", "text", personal="name"),), date(2024, 1, 1)))
    array([False,  True])
    """
    import numpy as np

    words, customers = _words(), profiles.customers
    found = np.zeros(len(customers), dtype=bool)
    for feature in profiles.features:
        if feature.key not in customers or feature.origin in ("orders", "prediction"):
            continue
        values = customers[feature.key]
        if feature.kind == "flag":
            if _plain(feature.header or feature.key) in words["headings"]:
                found |= values.astype("boolean").fillna(False).to_numpy(dtype=bool)
        elif feature.personal == "name":
            found |= _few(_is_among(values, words["names"], numbered=True))
        elif feature.personal == "email":
            domain = values.astype("str").str.rpartition("@")[2]
            found |= _few(_is_among(domain.where(values.notna()), words["domains"]))
        elif feature.kind == "category" and feature.personal is None:
            found |= _few(_is_among(values, words["values"]))
    return found


def _few(found: np.ndarray) -> np.ndarray:
    """Return a sign, or nobody where it holds of so many that it tells nothing: then the whole file is made up."""
    return found if found.sum() <= max(MOST_SHARE * len(found), 1) else found & False


def _unnumbered(text: str) -> str:
    return text.rstrip(_DIGITS).rstrip(_BEFORE_DIGITS)


def _is_among(values: Any, words: frozenset[str], *, numbered: bool = False) -> np.ndarray:
    """Say of each value whether it is one of some words; each different value is looked at once."""
    told = values.dropna().astype("str")
    different = {one: _plain(one) for one in told.unique()}
    yes = {one for one, plain in different.items() if (_unnumbered(plain) if numbered else plain) in words}
    return values.astype("str").isin(yes).to_numpy(dtype=bool) & values.notna().to_numpy(dtype=bool)


def _plain(text: str) -> str:
    return text.strip().casefold().replace("-", "_") if "_" in text else text.strip().casefold()
