"""What a person chooses of referrals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params


class ReferralParams(Params):
    """Who brings whom.

    Attributes
    ----------
    damping : float
        Of PageRank: the share of a referred customer's weight that goes on to who referred them.
    draws : int
        Resamples behind the interval of a rank.
    alpha : float
        Chance of naming anyone for a sign of fraud where there is none, over all referrers.
    seed : int

    Examples
    --------
    >>> ReferralParams().damping
    0.85
    """

    kind: Literal["referrals"] = "referrals"
    damping: float = Field(default=0.85, gt=0, lt=1)
    draws: int = Field(default=200, ge=20, le=2_000)
    alpha: float = Field(default=0.01, gt=0, lt=0.5)
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
