"""What a person chooses of an experiment: its plan, who gets what, how it is read. Closed, frozen and versioned.

Every field holds what was typed, right or wrong, in the units of the screen (percent, percentage points); the functions
that use the choices (``plan_experiment``, ``split_experiment``, ``evaluate_experiment``) refuse what cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from analysis.experiments.planning.outlook import EVERYBODY
from analysis.experiments.planning.plan import ProportionFormula
from analysis.experiments.reading.decide import Goal
from analysis.experiments.reading.evaluate import EvaluateParams
from analysis.experiments.record import NAME_LENGTH, Design, MetricKind, TypedArm
from analysis.experiments.rows.read import ReadParams
from analysis.params import Params

VERSION = 1
TYPED = "typed"
METRICS: tuple[MetricKind, ...] = get_args(MetricKind)
Sequential = Literal["fixed", "obrien_fleming", "pocock", "always_valid"]
ReadSource = Literal["typed", "table", "study"]
MOST_TREATMENTS = 8
MOST_ARMS = 10

_Number = Annotated[float | None, Field(allow_inf_nan=False)]
_Name = Annotated[str, Field(max_length=1000)]


def without_default_guardrail(given: Any) -> Any:
    """Return choices without the loss of 0 that earlier versions allowed a guardrail where nothing was chosen."""
    if isinstance(given, Mapping) and given.get("guardrail") == 0:
        return {name: value for name, value in given.items() if name != "guardrail"}
    return given


class PlanChoices(Params):
    """A plan and its rule, as typed.

    Shares and effects on shares are in percent and percentage points, ``alpha``, ``power`` and ``relative`` in percent.
    ``source`` is ``"typed"`` or a segment of a study (``"rfm|champions"``), whose figures then stand for ``baseline``,
    ``mean``, ``sd``, ``customers`` and, unless typed, ``per_week``; ``feature`` and ``days`` say what is measured
    there. ``skewness`` (of one customer, of revenue and means) left empty is that of gamma amounts for revenue and none
    for other means. An empty ``target`` is the effect of the plan. ``guardrail_percent`` is how much of control's value
    a guardrail may lose, ``gross_margin`` how much of each unit of revenue stays, both in percent.

    Where whole stores or classes get an arm ``cluster`` is the column of the study that says which, or ``cluster_size``
    how many customers one has and ``cluster_variation`` how much that differs (standard deviation over mean, in
    percent); ``icc`` is how alike their customers are (0 to below 1), empty with ``cluster`` as it was in the study.
    ``leave_out_left`` counts no customer of a segment of whom a column says that they left, unless all of it did.
    """

    version: Literal[1] = VERSION
    metric: MetricKind = "proportion"
    source: _Name = TYPED
    feature: _Name = ""
    days: int | None = 28
    outcome: _Name = ""
    baseline: _Number = 20.0
    mean: _Number = 50.0
    sd: _Number = 80.0
    skewness: _Number = None
    customers: int | None = None
    per_week: _Number = None
    effect_kind: Literal["absolute", "relative"] = "absolute"
    points: _Number = 5.0
    amount: _Number = 5.0
    relative: _Number = 10.0
    alpha: _Number = 5.0
    power: _Number = 80.0
    sides: Literal["two_sided", "one_sided"] = "two_sided"
    treatments: int | None = 1
    split: _Number = 1.0
    correct: bool = True
    non_inferior: bool = False
    margin: _Number = 2.0
    sequential: Sequential = "fixed"
    looks: int | None = 5
    formula: ProportionFormula = "pooled_average"
    target: _Number = None
    guardrail_percent: _Number = 2.0
    min_days: int | None = 7
    max_days: int | None = 28
    per_year: _Number = None
    value: _Number = None
    gross_margin: _Number = None
    cost: _Number = 0.0
    name: Annotated[str, Field(max_length=NAME_LENGTH)] = ""
    cluster: _Name = ""
    cluster_size: _Number = None
    cluster_variation: _Number = 50.0
    icc: _Number = None
    leave_out_left: bool = True

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        return without_default_guardrail(given)

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share, typed in percent."""
        return self.metric == "proportion"


class ArmChoice(Params):
    """One arm as typed: its name and its share (any unit, shares are relative)."""

    name: _Name = ""
    share: _Number = None


class SplitChoices(Params):
    """Who gets what, as typed.

    ``audience`` is ``"|__everybody__"`` or a segment (``"rfm|champions"``); ``arms`` has control first, and those after
    the ``treatments`` are not used (by default there are as many treatments as arms beside control); ``hold_out`` is
    the percentage that gets nothing at all; ``strata`` are columns of the customers, or ``"segment"``; ``cluster`` is
    the column whose values (stores, classes, cities) each go to one arm as a whole. ``leave_out_left`` gives no arm to
    customers of whom a column says that they left, unless all of the audience did.
    """

    version: Literal[1] = VERSION
    audience: _Name = f"|{EVERYBODY}"
    treatments: int | None = 1
    hold_out: _Number = 0.0
    strata: tuple[_Name, ...] = ()
    cluster: _Name = ""
    seed: Annotated[str, Field(max_length=200)] | None = ""
    arms: tuple[ArmChoice, ...] = (ArmChoice(name="control", share=50.0), ArmChoice(name="treatment", share=50.0))
    leave_out_left: bool = True

    @model_validator(mode="before")
    @classmethod
    def _rows(cls, given: Any) -> Any:
        """Read the form kept before version 1, one field per name and share; count treatments that are not given."""
        if not isinstance(given, Mapping):
            return given
        given = dict(given)
        rows = [
            {"name": given.pop(f"name{place}", None) or "", "share": given.pop(f"share{place}", None)}
            for place in range(MOST_TREATMENTS + 1)
            if f"name{place}" in given or f"share{place}" in given
        ]
        if rows:
            given["arms"] = rows
        if given.get("strata", ()) is None:
            given["strata"] = ()
        if "treatments" not in given and isinstance(given.get("arms"), (list, tuple)):
            given["treatments"] = len(given["arms"]) - 1
        return given


class KeptTable(Params):
    """The table that was uploaded: its name, the hash under which it is kept, its size and its columns."""

    file: str
    digest: str
    n_rows: int
    columns: tuple[str, ...]


class RuleChoice(Params):
    """The rule as it stands on the page; None is a field left empty.

    ``guardrail_percent`` is how much of control's value a guardrail may lose. With ``goal`` not worse, or equivalent,
    ``margin`` counts in place of ``target``, both in the unit of the metric (of a share 0..1).
    """

    target: float | None = None
    guardrail_percent: float = 2.0
    min_days: int = 7
    max_days: int = 28
    days: int | None = None
    customers_per_year: float | None = None
    value_per_unit: float | None = None
    yearly_cost: float = 0.0
    goal: Goal = "better"
    margin: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        return without_default_guardrail(given)


class ChangeChoice(Params):
    """Which columns say what changed where nobody was assigned; None is a choice still to be made."""

    outcome: str | None = None
    kind: Literal["proportion", "mean"] = "mean"
    when: str | None = None
    since: str | None = None
    unit: str | None = None
    group: str | None = None
    treated: str | None = None


class ReadChoices(Params):
    """Everything chosen of a reading. Figures are kept as typed, right or wrong; the statistics refuse wrong ones.

    ``arms`` are figures typed in, ``columns`` (of a test) and ``change`` (of a change) say what the columns of a table
    mean, ``shown`` what the page shows of it.
    """

    version: Literal[1] = VERSION
    source: ReadSource = "typed"
    design: Design = "test"
    metric: Literal["proportion", "mean"] = "proportion"
    outcome: str = ""
    arms: tuple[TypedArm, ...] = (TypedArm(name="A"), TypedArm(name="B"))
    table: KeptTable | None = None
    columns: ReadParams | None = None
    change: ChangeChoice = ChangeChoice()
    how: EvaluateParams = EvaluateParams()
    rule: RuleChoice = RuleChoice()
    cost_per_customer: float = 0.0
    value_of_one: float | None = None
    everyone: bool = True
    why: str = ""
    shown: dict[str, str] = Field(default_factory=dict)

    @property
    def is_change(self) -> bool:
        """Whether a change is read, not a test."""
        return self.design != "test" and self.design in designs(self.source)


def designs(source: ReadSource) -> list[Design]:
    """Return how it can have been done; from a study a table takes an arm or a group, so there have to be two."""
    return [design for design in get_args(Design) if design != "before_after" or source != "study"]


Choices = TypeVar("Choices", bound="PlanChoices | SplitChoices | ReadChoices")


@dataclass(frozen=True)
class Parsed(Generic[Choices]):
    """Choices read from what was kept; ``lost`` names the fields that this version cannot read, which are as new."""

    choices: Choices
    lost: tuple[str, ...] = ()


def parse_choices(kind: type[Choices], stored: Mapping[str, Any]) -> Parsed[Choices]:
    """Read choices that were kept, by this version or one before: all that can be read is, and the rest is named.

    Examples
    --------
    >>> found = parse_choices(PlanChoices, {"metric": "mean", "mean": 12.5, "colour": "red"})
    >>> found.choices.metric, found.choices.mean, found.lost
    ('mean', 12.5, ('colour',))
    """
    left, lost = dict(stored), []
    while True:
        try:
            return Parsed(TypeAdapter(kind).validate_python(left), tuple(lost))
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            # What an older form spread over several fields is one field in the error.
            spread = {name for name in left if name.rstrip("0123456789") in ("name", "share") and name != "name"}
            gone = (wrong & left.keys()) or (spread if "arms" in wrong else set()) or set(left)
            lost += sorted(wrong & left.keys()) or sorted(wrong) or sorted(left)
            left = {name: value for name, value in left.items() if name not in gone}
