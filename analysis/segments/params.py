"""What a person chooses about each segmentation method."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.params import Params

Cuts = Literal["quantile", "mean", "median", "own"]
Scheme = Literal["two_digit", "eight_a", "eight_b"]


class RfmParams(Params):
    """How customers are scored by recency, frequency and money, and how the scores are named.

    ``own_recency`` (days), ``own_frequency`` (orders) and ``own_monetary`` (currency) are increasing cuts, used with
    ``cuts="own"``. The eight classes compare with one value per measure, so they take ``mean``, ``median`` or one own
    cut each.
    """

    kind: Literal["rfm"] = "rfm"
    scheme: Scheme = "two_digit"
    cuts: Cuts = "quantile"
    n_scores: int = Field(default=5, ge=2, le=10)
    own_recency: tuple[float, ...] = ()
    own_frequency: tuple[float, ...] = ()
    own_monetary: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _cuts_fit_the_scheme(self) -> RfmParams:
        own = (self.own_recency, self.own_frequency, self.own_monetary)
        if self.cuts == "own" and not all(own):
            raise ValueError("own cuts need at least one number for each of recency, frequency and money")
        if any(list(cuts) != sorted(set(cuts)) for cuts in own):
            raise ValueError("own cuts must increase")
        if any(len(cuts) > 9 for cuts in own):
            raise ValueError("at most nine own cuts")
        if self.scheme != "two_digit":
            if self.cuts == "quantile":
                raise ValueError("the eight classes compare with the mean, the median or one own cut")
            if self.cuts == "own" and any(len(cuts) != 1 for cuts in own):
                raise ValueError("the eight classes take one own cut each")
        return self


class ClusterParams(Params):
    """How customers are clustered: ``features=()`` takes the suggested features, ``k=None`` suggests the number.

    A suggested number leaves no group below ``smallest_share`` (0..1) of the customers and makes at most
    ``most_segments`` groups, where the data allows it.
    """

    kind: Literal["clusters"] = "clusters"
    features: tuple[str, ...] = ()
    k: int | None = Field(default=None, ge=2, le=20)
    smallest_share: float = Field(default=0.01, ge=0, le=0.5)
    most_segments: int = Field(default=10, ge=2, le=10)
    seed: int = Field(default=0, ge=0)


class SegmentEdit(Params):
    """What a person changed about one segment: its name, where it was merged into, whether it is hidden."""

    segment: str
    name: str | None = Field(default=None, max_length=80)
    merge_into: str | None = None
    hidden: bool = False
