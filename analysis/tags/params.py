"""What a tag is: its name, the business it serves, how long it holds, and the one way its values are found."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, FiniteFloat, model_validator

from analysis.conditions import Expression, features_in, refuse_deep
from analysis.errors import ChoiceError
from analysis.goals import Goal
from analysis.intake.reading.layout import clean_text
from analysis.params import KEY, Params

TagType = Literal["static", "behaviour", "preference", "value", "lifecycle", "social", "predictive"]
TAG_TYPES: tuple[TagType, ...] = get_args(TagType)
Text = Annotated[str, Field(min_length=1, max_length=80)]
Name = Annotated[str, AfterValidator(clean_text)]  # on one line, and nothing in it that nobody sees
PREFIX = "tag_"
MOST_VALUES = 100  # more are no words that anyone can read
MOST_TAGS = 200


class FromColumn(Params):
    """Each value of a feature is a value of the tag; a yes/no feature gives the tag to those it holds for."""

    kind: Literal["column"] = "column"
    feature: str


class Bands(Params):
    """Bands of a number: ``cuts`` in rising order, or ``quantiles``, a number of equal parts (type 7, equal customers
    in one band). ``names`` are the words of the bands from the lowest to the highest.
    """

    kind: Literal["bands"] = "bands"
    feature: str
    cuts: tuple[FiniteFloat, ...] = Field(default=(), max_length=20)
    quantiles: int | None = Field(default=None, ge=2, le=20)
    names: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_cut(self) -> Bands:
        if bool(self.cuts) == bool(self.quantiles):
            raise ChoiceError("tag_bands_one_way")
        if any(first >= second for first, second in pairwise(self.cuts)):
            raise ChoiceError("tag_cuts_rise")
        if self.names and (len(self.names) != self.n_bands or len(set(self.names)) < len(self.names)):
            raise ChoiceError("tag_bands_names", n=self.n_bands)
        return self

    @property
    def n_bands(self) -> int:
        """How many bands there are."""
        return self.quantiles or len(self.cuts) + 1


class Rule(Params):
    """The tag is given to those for whom the conditions hold."""

    kind: Literal["rule"] = "rule"
    when: Expression

    @model_validator(mode="after")
    def _not_too_deep(self) -> Rule:
        refuse_deep(self.when)
        return self


class Case(Params):
    """One value of a tag, and for whom it holds."""

    value: Text
    when: Expression


class Cases(Params):
    """Several values, each by a rule: the first that holds decides, or all that hold where the tag has several."""

    kind: Literal["cases"] = "cases"
    cases: tuple[Case, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _values_differ(self) -> Cases:
        for case in self.cases:
            refuse_deep(case.when)
        if len({case.value for case in self.cases}) < len(self.cases):
            raise ChoiceError("tag_values_repeated")
        return self


class Top(Params):
    """The ``n`` customers, or the ``share`` of those with a value, that are highest (or ``lowest``) in a number.

    Equal customers are treated alike: where the border falls among them, all of them are inside.
    """

    kind: Literal["top"] = "top"
    feature: str
    n: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    lowest: bool = False

    @model_validator(mode="after")
    def _a_number_or_a_share(self) -> Top:
        if (self.n is None) == (self.share is None):
            raise ChoiceError("tag_top_one_way")
        return self


# Columns of order lines that say what was bought, where and how.
Bought = Literal["product", "category", "subcategory", "brand", "channel", "payment_method", "coupon", "device"]


class Edge(Params):
    """What the first or the last order of a customer holds of something: the first channel, the last category."""

    kind: Literal["edge"] = "edge"
    of: Bought
    edge: Literal["first", "last"] = "first"


class Favourite(Params):
    """What most of a customer's order lines hold of something, where it is clear enough to be a preference.

    It takes ``least_share`` (0..1) of the lines with a value and ``least_count`` lines.
    """

    kind: Literal["favourite"] = "favourite"
    of: Bought
    least_share: float = Field(default=0.5, gt=0, le=1)
    least_count: int = Field(default=3, ge=1, le=1_000)


class Activity(Params):
    """Given to those who ordered on at least ``least_days`` different days within the last ``days`` days."""

    kind: Literal["activity"] = "activity"
    days: int = Field(default=30, ge=1, le=3_660)
    least_days: int = Field(default=1, ge=1, le=3_660)

    @model_validator(mode="after")
    def _fits_the_window(self) -> Activity:
        if self.least_days > self.days:
            raise ChoiceError("tag_days_beyond_window", days=self.days)
        return self


class OfSegment(Params):
    """The segment that a customer is in; with ``segments`` the tag is given to those in one of them."""

    kind: Literal["segment"] = "segment"
    method: str = Field(max_length=64)
    segments: tuple[str, ...] = ()


class Imported(Params):
    """Values that came from a file, kept with the study under the tag's key."""

    kind: Literal["imported"] = "imported"


class LookAlike(Params):
    """Given to the ``n`` customers most like those for whom ``seeds`` holds, seeds themselves left out."""

    kind: Literal["look_alike"] = "look_alike"
    seeds: Expression
    features: tuple[str, ...] = Field(min_length=1, max_length=50)
    n: int = Field(default=200, ge=1)


class Score(Params):
    """Given to those whose score reaches ``threshold`` (or stays ``below`` it): a number that a model or a rule gave.

    ``model`` and ``model_version`` say which; a score of a trained model enters the same way as that of a rule.
    """

    kind: Literal["score"] = "score"
    feature: str
    threshold: FiniteFloat
    below: bool = False
    model: str = Field(default="rule", max_length=80)
    model_version: str = Field(default="1", max_length=40)


Source = Annotated[
    FromColumn | Bands | Rule | Cases | Top | Edge | Favourite | Activity | OfSegment | Imported | LookAlike | Score,
    Field(discriminator="kind"),
]


class Tag(Params):
    """A tag of a study.

    Attributes
    ----------
    key : str
        Its name in code; the profiles hold it as ``tag_<key>``.
    name_en, name_zh : str
        Its name for people; an empty one is that of the library, or the other language's.
    type : TagType
    source : Source
        How its values are found.
    goal : Goal, optional
        The goal of the business that it serves.
    owner : str
        Who answers for it.
    refresh_days : int, optional
        How often it is to be computed again, in days.
    lives_days : int, optional
        How many days a value holds after the day it was set; ``expired`` says whether it drops out or stays, marked.
    several : bool
        A customer may have several of its values.
    version : int
        Counts the changes of its definition from 1.
    retired : bool
        It is kept with its history and computed no more.

    Examples
    --------
    >>> Tag(key="big", type="value", source=Top(feature="spend", share=0.2)).column
    'tag_big'
    """

    key: str = Field(pattern=KEY)
    name_en: Name = Field(default="", max_length=80)
    name_zh: Name = Field(default="", max_length=80)
    type: TagType
    source: Source
    goal: Goal | None = None
    owner: Name = Field(default="", max_length=80)
    refresh_days: int | None = Field(default=None, ge=1, le=3_660)
    lives_days: int | None = Field(default=None, ge=1, le=3_660)
    expired: Literal["drop", "stay"] = "drop"
    several: bool = False
    version: int = Field(default=1, ge=1)
    retired: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Tag:
        if self.several and self.source.kind not in ("cases", "imported"):
            raise ChoiceError("tag_several_not_here", key=self.key)
        if self.lives_days and self.refresh_days and self.lives_days < self.refresh_days:
            raise ChoiceError("tag_lives_shorter", lives=self.lives_days, refresh=self.refresh_days)
        if self.column in self.asks:
            raise ChoiceError("tag_circle", keys=self.key)
        return self

    @property
    def column(self) -> str:
        """The column of the profiles that holds it."""
        return PREFIX + self.key

    def gives(self, column: str) -> bool:
        """Say whether a column of the profiles is this tag's, or that of one of its values."""
        name, _, value = column.rpartition("__")
        return column == self.column or (name == self.column and value.isdecimal())

    @property
    def asks(self) -> tuple[str, ...]:
        """The features that its definition asks about."""
        source = self.source
        if isinstance(source, Rule):
            found = features_in(source.when)
        elif isinstance(source, Cases):
            found = tuple(feature for case in source.cases for feature in features_in(case.when))
        elif isinstance(source, LookAlike):
            found = (*features_in(source.seeds), *source.features)
        else:
            found = (source.feature,) if isinstance(source, (FromColumn, Bands, Top, Score)) else ()
        return tuple(dict.fromkeys(found))
