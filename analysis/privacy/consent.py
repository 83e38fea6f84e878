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
CHANNELS = "consent_channels"
EVERY_CHANNEL = (
    *("", "all", "any", "every", "all channels", "general", "marketing"),
    *("全部", "所有", "全部渠道", "所有渠道", "通用", "营销"),
)


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


def asks_to_agree(customers: pd.DataFrame) -> bool:
    """Say whether a column of consent is among the columns; one of do-not-contact alone asks nobody to agree.

    Examples
    --------
    >>> import pandas as pd
    >>> asks_to_agree(pd.DataFrame({"do_not_contact": [True, False]}))
    False
    """
    return bool(_answers(customers, CONSENTS))


def logged_consents(rows: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Say what a log of consents comes to for each customer of it: of each channel the latest row wins.

    Parameters
    ----------
    rows : DataFrame, one row per time that somebody said something
        ``customer_id``, ``day`` (a time; missing where nobody knows it), ``said`` (yes, no or missing), ``channel``
        (missing, or a word for all of them, where it was said of every channel) and ``until`` (a day, missing where it
        does not end).
    as_of : date
        Rows after this day count if they refuse; a consent that ended before it has expired.

    Returns
    -------
    DataFrame, indexed by ``customer_id``
        ``may_contact`` (a ``ContactState``) and ``consent_channels``: the channels by which they may be contacted, in
        the words of the file with commas between; missing where none is named. Of rows of one moment the stricter
        counts: a refusal, then what says neither, then the consent that ends first. A refusal of every channel takes
        back what was said before it. A refusal without a day counts as the last word; anything else without a day
        says nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({
    ...     "customer_id": ["a", "a", "b", "b"], "channel": ["sms", "sms", "sms", "mail"],
    ...     "day": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", "2024-01-01"]),
    ...     "said": [True, False, True, True], "until": pd.to_datetime([None, None, "2024-02-01", None]),
    ... })
    >>> logged_consents(rows, as_of=date(2024, 3, 1)).to_dict("list")
    {'may_contact': ['refused', 'allowed'], 'consent_channels': [nan, 'mail']}
    """
    import pandas as pd

    said = rows.assign(
        said=rows["said"].astype("boolean"),
        channel=rows["channel"].astype("str").str.strip().where(rows["channel"].notna(), ""),
        until=pd.to_datetime(rows["until"]),
    )
    same = said["channel"].str.normalize("NFKC").str.casefold().str.strip()
    said["channel"] = said.groupby(same)["channel"].transform("first").mask(same.isin(EVERY_CHANNEL), "")
    said["refuses"] = said["said"].eq(False).fillna(False).astype(bool)
    said["open"] = said["said"].isna()
    # Nobody knows what came after a refusal without a day, so that nothing did.
    said["day"] = said["day"].mask(said["refuses"] & said["day"].isna(), pd.Timestamp.max.floor("s"))
    said = said[(said["day"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)) | said["refuses"]]
    by = ["customer_id", "channel"]
    last = said[said["day"] == said.groupby(by)["day"].transform("max")]
    found = last.groupby(by, sort=True).agg(
        day=("day", "max"), refuses=("refuses", "any"), open=("open", "any"), until=("until", "min")
    )
    found = found.reset_index()
    every = found[found["channel"] == ""].set_index("customer_id")
    taken_back = every["day"].where(every["refuses"]).reindex(found["customer_id"]).array
    found["refuses"] |= found["day"] <= taken_back
    ended = found["until"] < pd.Timestamp(as_of)
    found["allowed"] = ~found["refuses"] & ~found["open"] & ~ended
    found["expired"] = ~found["refuses"] & ~found["open"] & ended
    of_each = found.groupby("customer_id", sort=True)[["allowed", "refuses", "expired"]].any()
    states = pd.Series("unknown", index=of_each.index, dtype="str")
    for column, state in (("expired", "expired"), ("refuses", "refused"), ("allowed", "allowed")):
        states[of_each[column]] = state
    named = found[found["allowed"] & (found["channel"] != "")].groupby("customer_id")["channel"].agg(", ".join)
    refused = found[found["refuses"] & (found["channel"] != "")].groupby("customer_id")["channel"].agg(set)
    for customer in every.index[~every["refuses"] & ~every["open"]].intersection(refused.index):
        # All but those that were refused: named from the log, and nobody's where it knows no other.
        left = sorted(set(found["channel"]) - {""} - refused[customer])
        named[customer] = ", ".join(left)
        if not left:
            states[customer] = "refused"
    named = named[named != ""]
    return pd.DataFrame({FEATURE: states, CHANNELS: named.reindex(of_each.index).astype("str")})


def combined(said: pd.Series | None, logged: pd.Series, *, agreed: bool) -> pd.Series:
    """Return the state of each customer by the columns of a table of customers and a log of consents: the stricter.

    Parameters
    ----------
    said : Series of ContactState, or None
        By columns (``contact_states``).
    logged : Series of ContactState, missing for customers whom the log does not name
    agreed : bool
        Whether the columns say who agreed; who merely did not object has not agreed.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = pd.Series(["refused", "allowed", "unknown", "allowed"])
    >>> combined(columns, pd.Series(["allowed", "expired", "allowed", None]), agreed=True).tolist()
    ['refused', 'expired', 'allowed', 'allowed']
    """
    logged = logged.astype("str").fillna("unknown")
    if said is None:
        return logged
    if not agreed:
        said = said.where(said == "refused", "unknown")
    result = said.where(said != "unknown", logged)
    for state in ("expired", "refused"):
        result = result.mask((said == state) | (logged == state), state)
    return result


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
