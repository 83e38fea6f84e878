"""Find customers by what a person knows of them: an id, a name, a phone number, an e-mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles

LEAST_DIGITS = 4


def find_customers(profiles: Profiles, typed: str) -> np.ndarray:
    """Return the rows of the customers meant, the likeliest first: the id itself, ids that begin so, then the rest.

    Names and e-mails hold what was typed anywhere, in any case; phone numbers hold its digits, from four on. Nothing
    typed means everybody.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["C10", "C1", "C2"], "phone": ["1", "2", "138 1234-5678"]})
    >>> phone = Feature("phone", "channel", "text", personal="phone")
    >>> shop = Profiles(base, (phone,), date(2024, 1, 1))
    >>> find_customers(shop, "C1").tolist(), find_customers(shop, "12345678").tolist()
    ([1, 0], [2])
    """
    import numpy as np

    customers, wanted = profiles.customers, typed.strip().casefold()
    if not wanted:
        return np.arange(len(customers))
    ids = customers["customer_id"].astype("str").str.casefold()
    rank = np.where(ids.eq(wanted), 3, np.where(ids.str.startswith(wanted), 2, 0))
    # An id that ends in the digits of somebody's phone means its own customer, not that one.
    digits = re.sub(r"\D", "", wanted) if re.fullmatch(r"[\d\s+()./-]+", wanted) else ""
    for key in ("name", "email", "phone"):
        feature = profiles.feature(key)
        if feature is None or key not in customers or feature.personal is None:
            continue
        rank = np.maximum(rank, _holds(customers[key], wanted, digits if key == "phone" else None))
    rows = rank.nonzero()[0]
    return rows[np.argsort(-rank[rows], kind="stable")]


def _holds(values: pd.Series, wanted: str, digits: str | None) -> np.ndarray:
    import numpy as np

    if digits is not None and len(digits) < LEAST_DIGITS:
        return np.zeros(len(values), dtype=int)
    texts = values.astype("str").where(values.notna(), "").str.casefold()
    if digits is None:
        return texts.str.contains(wanted, regex=False).to_numpy(dtype=int)
    return texts.str.replace(r"\D", "", regex=True).str.contains(digits, regex=False).to_numpy(dtype=int)
