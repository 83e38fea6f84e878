"""What a persona is: facts with their numbers, and codes for what is only supposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.profiles.result import Feature

Form = Literal["b2c", "b2b"]


@dataclass(frozen=True)
class Fact:
    """One thing the profiles say about a segment.

    Attributes
    ----------
    feature : Feature
    level : str
        Empty for a number, else the most frequent value of a category or a flag.
    value, low, high : float
        Mean or share with its 95 % interval.
    rest : float
        The same of the other customers; NaN when there are none.
    median : float
        Of a number, the value of the customer in the middle; NaN for a share.
    n : int
        Customers of the segment with a value.
    """

    feature: Feature
    level: str
    value: float
    low: float
    high: float
    rest: float
    median: float
    n: int


@dataclass(frozen=True)
class Persona(
    Tabular,
    columns=(
        *("segment", "form", "customers", "share", "revenue_share", "value", "first_day", "as_of"),
        *("archetype", "too_few"),
    ),
):
    """A segment as a person.

    Attributes
    ----------
    segment : str
    form : "b2c" or "b2b"
    customers : int
    share, revenue_share : float
        Of the customers in segments and of their revenue, 0..1; the second NaN without revenue.
    value : float
        Revenue per customer in the currency of the input; NaN without revenue.
    first_day : date, optional
        First order of anyone; None when there are no orders.
    as_of : date
    facts : tuple of Fact
        Up to five: spend, orders, order value, days since the last order and tenure; what sets the segment apart most
        where one of them is not known.
    usual : tuple of Fact
        What the story is told from: the days between orders, and those of the facts that have a usual value.
    who : tuple of Fact
        Age band, gender and place of most, where enough of them share one.
    apart : tuple of Fact
        Category, channel and time that they favour more than the others do, beyond chance.
    company : tuple of Fact
        For business customers: industry, size, revenue band, role, decision power.
    traits : tuple of (str, str)
        What marks the segment: feature and ``high`` or ``low``, strongest first.
    archetype : str
        Code of the suggested name, goal, pain and quote, chosen from the traits; None when no trait suggests one that
        no other segment has: the persona is then called as the segment, and nothing is supposed of it.
    too_few : bool
        Fewer than 30 customers: nothing but the size is told.
    """

    segment: str
    form: Form
    customers: int
    share: float
    revenue_share: float
    value: float
    first_day: date | None
    as_of: date
    facts: tuple[Fact, ...] = ()
    usual: tuple[Fact, ...] = ()
    who: tuple[Fact, ...] = ()
    apart: tuple[Fact, ...] = ()
    company: tuple[Fact, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()
    archetype: str | None = None
    too_few: bool = False

    def fact(self, key: str) -> Fact | None:
        """Return what is known of a feature, or None."""
        told = (*self.facts, *self.usual, *self.who, *self.apart, *self.company)
        return next((fact for fact in told if fact.feature.key == key), None)
