"""Customers who live together, as far as the files say: whoever shares a number, an address or a street with another.

A message to one of them reaches the others, so that a hold-out takes all of them or none
(``docs/methods/act.md``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from analysis.act.reach import address_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from analysis.profiles.result import Profiles

# More customers than these on one number are a switchboard, a hotel or a placeholder, and no household.
MOST_TOGETHER = 8
_DIGITS = 9  # the last ones tell a number, with the code of a country or without
_LEAST_DIGITS = 7


def households(profiles: Profiles) -> np.ndarray:
    """Return the household of each customer, as the row of the first one in it; who shares nothing is one alone.

    Numbers are compared by their last nine digits, e-mail addresses and ids of 微信 without regard to case, streets
    where they have a number of a house.

    Returns
    -------
    int array, aligned with the profiles

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "phone": ["13800138000", None, "+86 138 0013 8000", "1"]})
    >>> households(Profiles(base, (Feature("phone", "basic", "text", personal="phone"),), date(2024, 1, 1))).tolist()
    [0, 1, 0, 3]
    """
    import numpy as np
    import pandas as pd
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(profiles.customers)
    first, second = [np.arange(n)], [np.arange(n)]
    for kind, key in address_columns(profiles):
        if kind not in _FORMS:
            continue
        cells = profiles.customers[key].reset_index(drop=True)
        told = pd.Series([_FORMS[kind](str(one)) for one in cells.dropna()], index=cells.dropna().index, dtype=object)
        told = told[told != ""]
        sizes = told.groupby(told).transform("size")
        shared = told[(sizes > 1) & (sizes <= MOST_TOGETHER)]
        heads = pd.Series(shared.index, index=shared.index).groupby(shared).transform("first")
        first.append(heads.to_numpy(dtype=int))
        second.append(shared.index.to_numpy(dtype=int))
    rows, columns = np.concatenate(first), np.concatenate(second)
    links = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    _, parts = connected_components(links, directed=False)
    _, heads_of = np.unique(parts, return_index=True)
    return heads_of[parts]


def _number(text: str) -> str:
    digits = re.sub(r"[^0-9]+", "", unicodedata.normalize("NFKC", text))
    told = digits[-_DIGITS:]
    return told if len(digits) >= _LEAST_DIGITS and len(set(told)) > 1 and "*" not in text else ""


def _address(text: str) -> str:
    plain = text.strip().casefold()
    return "" if "*" in plain else plain


def _street(text: str) -> str:
    plain = "".join(text.casefold().split())
    return plain if any(one.isdigit() for one in plain) and "*" not in plain else ""


_FORMS: dict[str, Callable[[str], str]] = {
    "phone": _number, "landline": _number, "email": _address, "wechat": _address, "address": _street,
}  # fmt: skip
