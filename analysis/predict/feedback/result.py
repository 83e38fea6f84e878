"""What people say: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True)
class Accuracy:
    """How often it was told right whether a text is glad.

    Attributes
    ----------
    of : "ratings" or "labels"
        Beside the shop's own ratings, on texts not learned from, or beside texts that a person judged.
    n, n_right : int
        Texts with a clear rating (or those judged), and of how many the same was told. Who is told as neither glad nor
        sad beside a clear rating is not right.
    low, high : float
        Wilson's interval of the share.
    n_neither : int
        Those told as neither.
    """

    of: Literal["ratings", "labels"]
    n: int
    n_right: int
    low: float
    high: float
    n_neither: int = 0

    @property
    def share(self) -> float:
        """Share told right."""
        return self.n_right / self.n


@dataclass(frozen=True)
class Feedback(Tabular, rows="aspects"):
    """What people say, and about what.

    Attributes
    ----------
    aspects : DataFrame, one row per named aspect that a text speaks of, the most named first
        ``aspect``; ``n`` (texts), ``share`` (of the texts that say something); ``positive``, ``negative`` (texts that
        speak gladly, sadly of it), ``negative_share`` with ``low`` and ``high`` (Wilson, of those that are either),
        ``index`` (its negative share over that of all texts, times 100).
    topics : DataFrame, one row per group of words
        ``topic`` (key), ``words``, ``n``, ``share``, ``negative_share``, ``name`` (given by a person, else empty).
    said : DataFrame, one row per text
        ``row`` (place among the feedback), ``customer_id``, ``day``, ``said`` (``"positive"``, ``"negative"``,
        ``"mixed"``, ``"none"``), ``score`` (−1 to 1), ``topic`` (key of the group of words, missing without one).
        The texts themselves are in no result.
    spoken : DataFrame, one row per text and aspect that it speaks of
        ``row`` (as in ``said``), ``aspect``, ``side`` (1 gladly, −1 sadly, 0 neither).
    groups : mapping of topic to tuple of str
        The hashes of its words, by which it is found again.
    quotes : mapping of (aspect or topic) to tuple of str
        Three texts of each at most, what is personal in them masked.
    to_judge : mapping of str to str
        Texts for a person to judge, masked, by their hash.
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``, ``score`` (mean; NaN without a text that says something), ``negative`` (texts), ``aspect``
        (of which the customer spoke sadly most often; missing without one).
    months : DataFrame
        As ``scales.by_month``.
    counts : mapping of str to int
        Texts by ``said``.
    by : "words" or "ratings"
    accuracy : Accuracy or None
        None where nothing tells: no ratings, and fewer than 50 texts judged.
    rule_accuracy : Accuracy or None
        Of the words alone, beside ratings.
    as_of : date
    notes : tuple of Note
    """

    aspects: pd.DataFrame = field(repr=False)
    topics: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)
    spoken: pd.DataFrame = field(repr=False)
    groups: Mapping[str, tuple[str, ...]] = field(repr=False)
    quotes: Mapping[str, tuple[str, ...]] = field(repr=False)
    to_judge: Mapping[str, str] = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    months: pd.DataFrame = field(repr=False)
    counts: Mapping[str, int]
    by: Literal["words", "ratings"]
    accuracy: Accuracy | None
    rule_accuracy: Accuracy | None
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the profiles get, one for each column of ``customers`` after the id."""
        made: dict[str, Any] = {"origin": "prediction", "as_of": self.as_of}
        return (
            Feature("feedback_score", "risk", "number", **made),
            Feature("feedback_negative", "risk", "number", "count", **made),
            Feature("feedback_complaint", "risk", "category", **made),
        )
