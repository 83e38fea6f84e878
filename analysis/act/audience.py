"""Addresses as platforms of advertising match them: trimmed, lower case, E.164, hashed.

References
----------
Google Ads API, "Upload customer match audience: prepare data"; country and postcode stay as they are.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import pandas as pd

Digest = Literal["sha256", "md5"]
DIGESTS: tuple[Digest, ...] = get_args(Digest)


def hashed(values: pd.Series, digest: Digest = "sha256") -> pd.Series:
    """Hash addresses that are in their normal form already (``reach``, ``phones.e164``); missing stays missing.

    Parameters
    ----------
    digest : str
        ``md5`` for platforms that know nothing better; neither hides an address from somebody who guesses it.

    Examples
    --------
    >>> import pandas as pd
    >>> hashed(pd.Series([" Test@Example.com "])).iloc[0][:16]
    '973dfe463ec85785'
    """
    make = hashlib.sha256 if digest == "sha256" else lambda data: hashlib.md5(data, usedforsecurity=False)
    told = values.dropna().astype("str").str.strip().str.lower()
    different = {one: make(one.encode()).hexdigest() for one in told.unique()}
    return told.map(different).astype("str").reindex(values.index)
