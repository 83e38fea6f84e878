"""Who may be contacted: what the columns of consent and of do-not-contact come to, customer by customer.

A customer who has not said anything is in a state of their own: where a column of consent exists, no list takes them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ContactState = Literal["allowed", "refused", "expired", "unknown"]
STATES: tuple[ContactState, ...] = get_args(ContactState)
FEATURE = "may_contact"
REFUSALS = ("do_not_contact",)
CONSENTS = ("opt_in", "sms_opt_in", "email_opt_in")
UNTIL = "consent_until"


def contact_states(customers: pd.DataFrame, *, as_of: date) -> pd.Series | None:
    """Say of each customer whether they may be contacted; None where no column says anything about it.

    Parameters
    ----------
    customers : DataFrame, one row per customer
        Any of ``do_not_contact``, ``opt_in``, ``sms_opt_in``, ``email_opt_in`` (yes, no or missing) and
        ``consent_until`` (a day).
    as_of : date
        A consent that ended before this day has expired.

    Returns
    -------
    Series of str, or None
        ``refused``: asked not to be contacted, or agreed to no way of it and refused one; ``expired``; ``allowed``:
        agreed to at least one way, or, where nobody was asked to agree, did not object; else ``unknown``.

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.DataFrame({"opt_in": [True, False, None], "do_not_contact": [False, False, True]})
    >>> contact_states(said, as_of=date(2024, 3, 1)).tolist()
    ['allowed', 'refused', 'refused']
    """
    import numpy as np
    import pandas as pd

    refusals, consents = _answers(customers, REFUSALS), _answers(customers, CONSENTS)
    if not refusals and not consents:
        return None
    n = len(customers)
    objects = np.any([yes for yes, _ in refusals], axis=0) if refusals else np.zeros(n, dtype=bool)
    agrees = np.any([yes for yes, _ in consents], axis=0) if consents else np.zeros(n, dtype=bool)
    declines = np.any([no for _, no in consents], axis=0) if consents else np.zeros(n, dtype=bool)
    if not consents:
        agrees = np.any([no for _, no in refusals], axis=0)
    ended = np.zeros(n, dtype=bool)
    if UNTIL in customers:
        ended = (pd.to_datetime(customers[UNTIL], errors="coerce") < pd.Timestamp(as_of)).to_numpy(dtype=bool)
    found = np.select(
        [objects | (declines & ~agrees), agrees & ended, agrees], ["refused", "expired", "allowed"], "unknown"
    )
    return pd.Series(found, index=customers.index, dtype="str")


def consent_is_known(customers: pd.DataFrame) -> bool:
    """Say whether any column tells who may be contacted; without one, whoever uses a list has to know it.

    Examples
    --------
    >>> import pandas as pd
    >>> consent_is_known(pd.DataFrame({"customer_id": ["a"]}))
    False
    """
    return FEATURE in customers


def may_be_contacted(customers: pd.DataFrame) -> np.ndarray:
    """Say of each customer whether a list may hold them: all, where no column says anything about it.

    Examples
    --------
    >>> import pandas as pd
    >>> may_be_contacted(pd.DataFrame({"may_contact": ["allowed", "unknown", "refused"]})).tolist()
    [True, False, False]
    >>> may_be_contacted(pd.DataFrame({"customer_id": ["a"]})).tolist()
    [True]
    """
    import numpy as np

    if FEATURE not in customers:
        return np.ones(len(customers), dtype=bool)
    return customers[FEATURE].eq("allowed").fillna(False).to_numpy(dtype=bool)


def _answers(customers: pd.DataFrame, keys: tuple[str, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return who said yes and who said no in each of some columns of yes and no; others are passed over."""
    found = []
    for key in keys:
        if key in customers:
            said = customers[key].dropna()
            if len(said) and said.map(lambda value: value in (True, False)).all():
                column = customers[key].astype("object")
                found.append((column.eq(True).to_numpy(dtype=bool), column.eq(False).to_numpy(dtype=bool)))
    return found
