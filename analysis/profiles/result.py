"""One row per customer, and what each column means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.notes import Note
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.privacy.kinds import PersonalKind

Dimension = Literal["basic", "behaviour", "preference", "social", "value", "risk", "channel"]
DIMENSIONS: tuple[Dimension, ...] = ("basic", "behaviour", "preference", "social", "value", "risk", "channel")
ValueKind = Literal["number", "category", "date", "text", "flag"]
# Taken over from a column, or worked out from the orders, from the other records, from a person's own attributes, or
# said by a tag, or predicted.
Origin = Literal["column", "orders", "records", "attributes", "tag", "prediction"]
Unit = Literal["days", "count", "money", "share", "hours", "years", "year", "bits", "ratio", "none"]


@dataclass(frozen=True)
class Feature:
    """One column of the profiles.

    ``key`` is the column's name in the frame; its words are ``feature.<key>`` in ``texts``, or ``header`` when the
    column came from the user's file. ``personal`` names the kind of personal data (``name``, ``phone``, ``email``,
    ``id_number``, ``address``) or is None. ``origin`` says where it comes from; what was worked out looks back from the
    day ``as_of``, what a column says is of no day (None). ``named`` holds a person's own names, English and Chinese;
    ``made_of`` the features that it is computed from, where they are known. ``heading`` is what the user's file calls a
    column whose role takes in more than one thing (``words.BROAD``).
    """

    key: str
    dimension: Dimension
    kind: ValueKind
    unit: Unit = "none"
    header: str | None = None
    personal: str | None = None
    origin: Origin = "column"
    as_of: date | None = None
    named: tuple[str, str] | None = None
    made_of: tuple[str, ...] = ()
    heading: str | None = None


@dataclass(frozen=True)
class Profiles(Tabular, rows="customers"):
    """Every customer, one row each.

    Attributes
    ----------
    customers : DataFrame, one row per customer, sorted by ``customer_id``, RangeIndex
        ``customer_id`` (text) and one column per feature. With orders: ``recency_days`` (days from the last order to
        ``as_of``, NaN without a positive order), ``n_orders`` (count), ``spend`` (currency, net of returns).
    features : tuple of Feature
    as_of : date
    n_after_as_of : int
        Order lines after ``as_of``, left out.
    notes : tuple of Note
        What was noticed: ``ages_impossible``.
    id_kind : str, optional
        Kind of personal data that the ids themselves are, by their column's header or their form.
    """

    customers: pd.DataFrame = field(repr=False)
    features: tuple[Feature, ...]
    as_of: date
    n_after_as_of: int = 0
    notes: tuple[Note, ...] = ()
    id_kind: PersonalKind | None = None

    def shown_frame(self) -> pd.DataFrame:
        """Return the profiles with personal values masked."""
        from analysis.profiles.personal import masked

        return masked(self).customers

    def feature(self, key: str) -> Feature | None:
        """Return the feature behind a column, or None."""
        return next((feature for feature in self.features if feature.key == key), None)
