"""What is kept of an experiment: plan, rule, assignment, readings, decision, and what was learned.

A record is closed, frozen and versioned. It holds no customer: who was assigned is kept as salted hashes beside it
(``assignment.py``), and an uploaded table of results as a file that a reading names by its hash.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.planning.plan import MeanPlan, Plan, ProportionPlan
from analysis.experiments.reading.changes import ChangeParams
from analysis.experiments.reading.decide import Rule, Verdict
from analysis.experiments.rows.read import ReadParams
from analysis.params import Params

VERSION = 1
NAME_LENGTH = 200
TEXT_LENGTH = 5_000
_SHA256 = r"^[0-9a-f]{64}$"
_Words = Annotated[str, Field(max_length=TEXT_LENGTH)]
_Name = Annotated[str, Field(max_length=1000)]

MetricKind = Literal["proportion", "mean", "revenue", "ratio"]
State = Literal["draft", "planned", "assigned", "read", "decided"]
# Assigned by chance; or a change, which is weaker evidence: before and after, or two groups before and after.
Design = Literal["test", "before_after", "differences"]


class Audience(Params):
    """Whom an experiment is for: one segment of a segmentation as it was then.

    ``method`` is the kind of the segmentation (``"rfm"``), ``segment`` its key, ``name`` the segment as the reader saw
    it, ``n`` its customers.
    """

    method: str = Field(max_length=64)
    segment: _Name
    name: _Name
    n: int = Field(ge=0)


class KeptPlan(Params):
    """The plan as it was saved.

    ``metric`` says which question was asked (revenue, with its many zeros, and ratios are planned as means);
    ``outcome`` is what is measured, in the reader's words; ``customers`` how many there are to take part and
    ``per_week`` how many come in each week, None when not known.
    """

    choices: ProportionPlan | MeanPlan = Field(discriminator="kind")
    metric: MetricKind = "proportion"
    outcome: _Name = ""
    customers: int | None = Field(default=None, ge=0)
    per_week: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @property
    def plan(self) -> Plan:
        """The plan for ``plan.sample_size`` and its neighbours."""
        return self.choices


class KeptRule(Params):
    """The rule and when it was fixed, with what a year is worth.

    ``customers_per_year`` would get the treatment in a year, ``value_per_unit`` is the money of one unit of the effect
    (1 when the outcome is money), ``yearly_cost`` what the treatment costs in a year.
    """

    rule: Rule
    fixed_at: datetime
    customers_per_year: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    value_per_unit: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    yearly_cost: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class ArmShare(Params):
    """One arm: its name, its share (any positive number, shares are relative) and the customers it got.

    ``clusters`` are the whole stores or classes it got, 0 where customers were assigned.
    """

    name: _Name
    share: float = Field(gt=0, allow_inf_nan=False)
    n: int = Field(default=0, ge=0)
    clusters: int = Field(default=0, ge=0)


class KeptAssignment(Params):
    """How customers were assigned; who got what is in the file named by ``digest``, as salted hashes.

    ``arms`` has control first; a hold-out is the arm ``split.HOLD_OUT``. ``strata`` are the features (and, as
    ``"segment"``, the segment) inside which the shares hold; empty means by the hash alone. ``cluster`` is
    the column whose values were assigned as a whole; empty where customers were. ``leave_out_left`` says that whoever
    had left got no arm; earlier versions gave one to everybody.
    """

    seed: str = Field(min_length=1, max_length=200)
    arms: tuple[ArmShare, ...] = Field(min_length=2)
    strata: tuple[_Name, ...] = ()
    digest: str = Field(pattern=_SHA256)
    assigned_at: datetime
    data_version: str = Field(default="", max_length=200)
    cluster: _Name = ""
    leave_out_left: bool = False

    @property
    def clusters(self) -> dict[str, int] | None:
        """Whole clusters of each arm; None where customers were assigned."""
        return {arm.name: arm.clusters for arm in self.arms} if self.cluster else None

    @property
    def n(self) -> int:
        """Customers assigned."""
        return sum(arm.n for arm in self.arms)


class TypedArm(Params):
    """One arm as typed: customers, and either conversions or mean and standard deviation.

    Nothing is checked here, so that a wrong figure is kept as typed; the statistics refuse it.
    """

    name: _Name
    n: float | None = Field(default=None, allow_inf_nan=False)
    conversions: float | None = Field(default=None, allow_inf_nan=False)
    mean: float | None = Field(default=None, allow_inf_nan=False)
    sd: float | None = Field(default=None, allow_inf_nan=False)


class TypedSource(Params):
    """Figures typed in, control first."""

    kind: Literal["typed"] = "typed"
    metric: Literal["proportion", "mean"] = "proportion"
    arms: tuple[TypedArm, ...]


class TableSource(Params):
    """A table of results kept with the experiment, and which of its columns mean what.

    ``columns`` are those of a test or of a change; ``joined`` is the column whose values are customers of the study,
    when arm, segment or group were taken from there.
    """

    kind: Literal["table"] = "table"
    file: _Name
    digest: str = Field(pattern=_SHA256)
    n_rows: int = Field(ge=0)
    columns: ReadParams | ChangeParams
    joined: str | None = None


class Remark(Params):
    """A note about a reading as it was then: its code, level, and facts as JSON values."""

    code: str = Field(max_length=100)
    level: Literal["info", "check", "ask"] = "info"
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)


class KeptComparison(Params):
    """One metric, one arm against control: the main result of a reading.

    Of a change, values are the means before and after, or the changes of the others and of those treated; ``arm`` and
    ``control`` are then empty, or the group that was treated.
    """

    metric: _Name
    role: Literal["goal", "secondary", "guardrail"] = "goal"
    arm: _Name = ""
    control: _Name = ""
    n_arm: int = Field(ge=0)
    n_control: int = Field(ge=0)
    value_arm: float = Field(allow_inf_nan=False)
    value_control: float = Field(allow_inf_nan=False)
    absolute: Estimate
    relative: Estimate | None = None
    p: float | None = Field(default=None, ge=0, le=1)
    p_adjusted: float | None = Field(default=None, ge=0, le=1)
    test: str = Field(default="", max_length=100)


class KeptReading(Params):
    """One reading: where it came from, the choices, and the main results as they were then.

    ``choices`` are the settings of the page that read (JSON values), so that the same reading can be shown again;
    ``days`` is how long the experiment had run, None when not known; ``design`` how it was done.
    """

    read_at: datetime
    design: Design = "test"
    source: TypedSource | TableSource = Field(discriminator="kind")
    choices: dict[str, Any] = Field(default_factory=dict)
    results: tuple[KeptComparison, ...] = ()
    remarks: tuple[Remark, ...] = ()
    days: int | None = Field(default=None, ge=0)

    @property
    def goal(self) -> KeptComparison | None:
        """The first result of the goal metric, or None."""
        return next((found for found in self.results if found.role == "goal"), None)


class KeptDecision(Params):
    """What was decided, and what the rule said at the reading it was decided by.

    ``verdict`` is the person's, ``by_rule`` the rule's (None when no rule was fixed before), ``reason`` its code;
    ``arm`` is the treatment it is about; ``yearly`` the money of a year with its interval, None without a value.
    """

    verdict: Verdict
    by_rule: Verdict | None
    reason: str = Field(default="", max_length=100)
    arm: _Name = ""
    decided_at: datetime
    read_at: datetime
    yearly: Estimate | None = None
    why: _Words = ""


class Experiment(Params):
    """One experiment as it is kept; ``learned`` is what to remember, ``started_on`` when the first customer got it."""

    version: Literal[1] = VERSION
    name: str = Field(max_length=NAME_LENGTH)
    audience: Audience | None = None
    plan: KeptPlan | None = None
    rule: KeptRule | None = None
    assignment: KeptAssignment | None = None
    started_on: date | None = None
    readings: tuple[KeptReading, ...] = ()
    decision: KeptDecision | None = None
    learned: _Words = ""

    @property
    def state(self) -> State:
        """How far the experiment is."""
        if self.decision is not None and self.decision.verdict != "keep_running":
            return "decided"
        if self.readings:
            return "read"
        if self.assignment is not None:
            return "assigned"
        return "draft" if self.plan is None else "planned"

    @property
    def metric(self) -> MetricKind:
        """What kind of outcome the goal is: of the last reading, else of the plan, else a share."""
        return self.metric_of(self.last_reading)

    def metric_of(self, reading: KeptReading | None) -> MetricKind:
        """Return what kind of outcome the goal of a reading is; without one that of the plan, else a share."""
        planned = self.plan.metric if self.plan else "proportion"
        if reading is None:
            return planned
        if isinstance(reading.source, TypedSource):
            # Typed means are money where the plan says so.
            return planned if reading.source.metric == "mean" and planned != "proportion" else reading.source.metric
        columns, goal = reading.source.columns, reading.goal
        if isinstance(columns, ChangeParams):
            return columns.written
        kinds: dict[str, MetricKind] = {one.name: one.written for one in columns.metrics}
        return kinds.get(goal.metric, "mean") if goal else "proportion"

    @property
    def digests(self) -> frozenset[str]:
        """The files kept beside the record."""
        assigned = () if self.assignment is None else (self.assignment.digest,)
        sources = (reading.source for reading in self.readings)
        return frozenset((*assigned, *(source.digest for source in sources if source.kind == "table")))

    def reading_at(self, moment: datetime) -> KeptReading | None:
        """Return the reading of a moment, or None."""
        return next((reading for reading in self.readings if reading.read_at == moment), None)

    @property
    def last_reading(self) -> KeptReading | None:
        """The newest reading, or None."""
        return self.readings[-1] if self.readings else None


def parse_experiment(text: str) -> Experiment:
    """Return the experiment of a JSON text; ``saved_experiment_unreadable`` when another version wrote it.

    Examples
    --------
    >>> parse_experiment(Experiment(name="Spring mail").model_dump_json()).state
    'draft'
    """
    try:
        return Experiment.model_validate_json(text)
    except ChoiceError as error:
        raise AnalysisError("saved_experiment_unreadable", field=error.field) from error


def with_rule(experiment: Experiment, rule: KeptRule) -> Experiment:
    """Return the experiment with its rule; ``experiment_rule_too_late`` once anything was read."""
    if experiment.readings and experiment.rule != rule:
        raise AnalysisError("experiment_rule_too_late", experiment=experiment.name)
    return experiment.model_copy(update={"rule": rule})


def with_reading(experiment: Experiment, reading: KeptReading) -> Experiment:
    """Return the experiment with one more reading at the end."""
    return experiment.model_copy(update={"readings": (*experiment.readings, reading)})
