"""Every sentence of readings and decisions, with the condition on numbers under which it may be said.

The sentences are those that the words really ask for, over simulated experiments; what is said without its condition,
or has none here, fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.choices import ReadChoices, RuleChoice
from analysis.experiments.decide_experiment import DecidedExperiment, decide_experiment
from analysis.experiments.evaluate_experiment import EvaluatedExperiment, ExperimentRows
from analysis.experiments.reading.decide import Rule, decide
from analysis.experiments.reading.evaluate import EvaluateParams, Evaluation, evaluate, wanted
from analysis.experiments.reading.results import read_results
from analysis.experiments.reading.segments import SegmentReading, read_segments
from analysis.experiments.reading.targets import Targeting, whom_to_send
from analysis.experiments.rows.read import ExperimentData, Metric, ReadParams, read_experiment
from benchmarks.calibration.readings import as_data
from texts import catalogue, translator

ALPHA = 0.05


@dataclass(frozen=True)
class Said:
    """What was said, and the numbers behind: those of one reading."""

    found: Evaluation
    decided: DecidedExperiment
    segments: SegmentReading | None
    targets: Targeting | None

    @property
    def together(self) -> tuple[float, float]:
        one = self.found.main.simultaneous
        return (-np.inf if one.low is None else one.low), (np.inf if one.high is None else one.high)

    @property
    def leaves_0_out(self) -> bool:
        low, high = self.together
        return low > 0 or high < 0

    @property
    def effect(self) -> Any:
        """The effect that the rule judged, turned so that more is better."""
        main = self.found.main
        early = self.found.always.get((main.metric.name, main.treatment))
        judged = early[0] if self.decided.by == "always" and early else main.simultaneous
        return wanted(judged, main.metric.higher_is_better)

    @property
    def gain(self) -> float:
        main = self.found.main
        return main.reading.absolute.value * (1 if main.metric.higher_is_better else -1)

    @property
    def p(self) -> float:
        return self.found.main.p_corrected

    @property
    def open_for_now(self) -> bool:
        met = self.effect.low > 0 and self.effect.value >= self.decided.rule.target
        return not met and self.effect.high >= self.decided.rule.target


def _interaction(said: Said) -> tuple[float, float]:
    assert said.segments is not None and said.segments.interaction is not None
    relative = said.segments.interaction_relative
    return said.segments.interaction.p, said.segments.interaction.p if relative is None else relative.p


def _clear(said: Said) -> int:
    assert said.segments is not None
    return sum(effect.p_corrected < ALPHA for effect in said.segments.effects)


def _sent(said: Said) -> list[Any]:
    assert said.targets is not None
    return [one for one in said.targets.targets if one.advice == "send"]


MAY_BE_SAID: dict[str, Callable[[Said], bool]] = {
    "experiment.verdict_better": lambda one: one.p < ALPHA and one.gain > 0 and one.leaves_0_out,
    "experiment.verdict_worse": lambda one: one.p < ALPHA and one.gain < 0 and one.leaves_0_out,
    "experiment.verdict_better_edge": lambda one: one.p < ALPHA and one.gain > 0 and not one.leaves_0_out,
    "experiment.verdict_worse_edge": lambda one: one.p < ALPHA and one.gain < 0 and not one.leaves_0_out,
    "experiment.verdict_unclear": lambda one: one.p >= ALPHA and not one.leaves_0_out,
    "experiment.verdict_open": lambda one: one.p >= ALPHA and one.leaves_0_out,
    "experiment.guardrail_worse": lambda one: any(
        result.metric.role == "guardrail" and result.p_corrected < ALPHA for result in one.found.results
    ),
    "experiment.decision_ship": lambda one: one.decided.decision.reason == "target_met",
    "experiment.decision_stop": lambda one: one.decided.decision.reason in ("guardrail_broken", "target_ruled_out"),
    "experiment.decision_keep_running": lambda one: one.decided.days < one.decided.rule.max_days,
    "experiment.decision_inconclusive": lambda one: (
        bool(one.found.alarms) or one.decided.days >= one.decided.rule.max_days
    ),
    "read.reason_unsound": lambda one: bool(one.found.alarms),
    "read.reason_guardrail_broken": lambda one: any(
        wanted(interval, found.metric.higher_is_better).high < -0.02 * found.reading.control
        for found in one.found.results if found.metric.role == "guardrail"
        for interval, _ in [one.found.always[found.metric.name, found.treatment]]
    ),
    "read.reason_too_early": lambda one: one.decided.days < one.decided.rule.min_days,
    "read.reason_target_met": lambda one: one.effect.low > 0 and one.effect.value >= one.decided.rule.target,
    "read.reason_target_ruled_out": lambda one: one.effect.high < one.decided.rule.target,
    "read.reason_not_yet_clear": lambda one: one.open_for_now and one.decided.days < one.decided.rule.max_days,
    "read.reason_time_is_up": lambda one: one.open_for_now and one.decided.days >= one.decided.rule.max_days,
    "read.yearly": lambda one: one.decided.decision.yearly is not None,
    "read.yearly_seasons": lambda one: one.decided.decision.yearly is not None,
    "read.yearly_picked": lambda one: one.decided.decision.yearly.value <= 1e4 * max(one.effect.value, 0) + 1e-6,  # type: ignore[union-attr]
    "experiment.always_clear": lambda one: _always(one) > 0,
    "experiment.always_open": lambda one: _always(one) <= 0,
    "experiment.segments_differs": lambda one: max(_interaction(one)) < ALPHA,
    "experiment.segments_alike": lambda one: min(_interaction(one)) >= ALPHA,
    "experiment.segments_differs_points": lambda one: _interaction(one)[0] < ALPHA <= _interaction(one)[1],
    "experiment.segments_differs_relative": lambda one: _interaction(one)[1] < ALPHA <= _interaction(one)[0],
    "experiment.segments_opposite": lambda one: one.segments.qualitative.p < ALPHA,  # type: ignore[union-attr]
    "experiment.segments_clear": lambda one: _clear(one) > 0,
    "experiment.segments_none": lambda one: _clear(one) == 0,
    "experiment.send": lambda one: bool(_sent(one)) and all(item.money.high > 0 for item in _sent(one)),
    "experiment.send_none": lambda one: not _sent(one),
}  # fmt: skip
# Of goals that only an engine's caller asks for: what ``decide`` says under them stands below.
OF_MARGINS = {"read.reason_not_worse", "read.reason_worse", "read.reason_equivalent", "read.reason_different"}


def _always(said: Said) -> float:
    main = said.found.main
    interval, _ = said.found.always[main.metric.name, main.treatment]
    assert interval.low is not None and interval.high is not None
    return max(interval.low, -interval.high)


class Heard:
    """A translator that notes which sentences it was asked for."""

    def __init__(self) -> None:
        self.inner, self.keys = translator("en"), list[str]()

    def __call__(self, key: str, **facts: Any) -> str:
        self.keys.append(key)
        return self.inner(key, **facts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def drawn(rng: np.random.Generator) -> tuple[ExperimentData, int]:
    """Return an experiment of four segments, a goal and at times a guardrail, and how long it has run."""
    lift, guard = rng.choice([0.0, 0.02, 0.08, -0.05]), rng.choice([0.0, 0.0, -0.1])
    spread = rng.choice([0.0, 0.1])
    sizes = rng.choice([200, 900, 3000]) * np.array([1, 2, 3, 4]) // 4
    bases = rng.choice([0.1, 0.1, 0.3, 0.5], 4)
    rows: dict[str, list[tuple[str, str, int, float]]] = {"bought": [], "kept": []}
    for place, (n, base) in enumerate(zip(sizes, bases, strict=True)):
        own = lift + spread * (-1) ** place
        n_treatment = int(n) if rng.random() < 0.97 else int(n) // 2
        for arm, size, gain in (("A", int(n), 0.0), ("B", n_treatment, 1.0)):
            rows["bought"].append(
                (f"s{place}", arm, size, float(rng.binomial(size, np.clip(base + gain * own, 0.01, 1))))
            )
            rows["kept"].append((f"s{place}", arm, size, float(rng.binomial(size, 0.6 + gain * guard))))
    data = as_data(rows["bought"])
    if rng.random() < 0.5:
        from dataclasses import replace

        more = as_data(rows["kept"]).cells.assign(metric="kept")
        metrics = (*data.metrics, Metric(column="kept", role="guardrail"))
        data = replace(data, metrics=metrics, cells=pd.concat([data.cells, more], ignore_index=True))
    return data, int(rng.choice([3, 14, 28]))


def heard(data: ExperimentData, days: int) -> tuple[Said, list[str]]:
    t: Any = Heard()
    found = evaluate(data, EvaluateParams())
    rule = RuleChoice(target=0.03, days=days, customers_per_year=1000, value_per_unit=10)
    read = EvaluatedExperiment(ReadChoices(rule=rule), ExperimentRows(data), found)
    decided = decide_experiment(read)
    assert decided is not None
    segments = targets = None
    words.answer(found, t)
    words.decision_text(decided, t)
    main = found.main
    words.always_text(main, *found.always[main.metric.name, main.treatment], t)
    try:
        segments = read_segments(data, metric=main.metric.name, treatment="B")
    except AnalysisError:
        return Said(found, decided, None, None), t.keys
    words.segments_answer(segments, t)
    if main.metric.kind != "quantile":  # of which no money is said
        targets = whom_to_send(segments, value_per_unit=10.0, cost_per_customer=0.05)
        words.targets_answer(targets, t)
    return Said(found, decided, segments, targets), t.keys


def test_no_sentence_is_said_without_its_condition_and_nearly_all_are_said():
    rng, seen = np.random.default_rng(11), set[str]()
    for _ in range(60):
        said, keys = heard(*drawn(rng))
        for key in set(keys) & MAY_BE_SAID.keys():
            assert MAY_BE_SAID[key](said), key
            seen.add(key)
    rare = {"experiment.verdict_open", "experiment.verdict_better_edge", "experiment.verdict_worse_edge"}
    assert MAY_BE_SAID.keys() - seen <= rare | {
        "experiment.segments_differs_points",
        "experiment.segments_differs_relative",
    }


def test_of_quantiles_too_no_sentence_is_said_without_its_condition():
    rng, seen = np.random.default_rng(12), set[str]()
    median = Metric(column="spend", kind="quantile", quantile=0.5)
    choice = ReadParams(
        arm="arm", segment="city", metrics=(median, Metric(column="spend", kind="mean", role="guardrail"))
    )
    for _ in range(16):
        n, times = int(rng.choice([400, 4000])), rng.choice([1.0, 1.1, 1.5, 0.6])
        rows = pd.DataFrame({"arm": rng.choice(["A", "B"], n), "city": rng.choice(["x", "y"], n)})
        rows["spend"] = rng.lognormal(3, 1, n) * np.where(rows["arm"] == "B", times, 1.0)
        said, keys = heard(read_experiment(rows, choice), int(rng.choice([3, 14, 28])))
        for key in set(keys) & MAY_BE_SAID.keys():
            assert MAY_BE_SAID[key](said), key
            seen.add(key)
        assert said.decided.decision.yearly is None
    verdicts = {"experiment.verdict_better", "experiment.verdict_worse", "experiment.verdict_unclear"}
    assert verdicts | {"read.reason_target_met"} <= seen


def test_every_sentence_that_claims_something_stands_in_the_table():
    claims = ("experiment.verdict_", "experiment.decision_", "read.reason_", "experiment.always_", "experiment.send")
    claims += ("experiment.segments_", "experiment.guardrail_", "read.yearly")
    listed = {key for key in catalogue() if key.startswith(claims)}
    assert listed == MAY_BE_SAID.keys() | OF_MARGINS


@pytest.mark.parametrize(
    ("goal", "low", "high", "reason"),
    [
        ("not_worse", -0.009, 0.05, "not_worse"),
        ("not_worse", -0.05, -0.011, "worse"),
        ("not_worse", -0.011, 0.05, "time_is_up"),
        ("equivalent", -0.009, 0.009, "equivalent"),
        ("equivalent", 0.011, 0.03, "different"),
        ("equivalent", -0.009, 0.011, "time_is_up"),
    ],
)
def test_a_margin_is_claimed_only_when_the_whole_interval_says_so(goal, low, high, reason):
    from analysis.experiments.arms.result import Estimate

    effect = Estimate((low + high) / 2, low, high, 0.95, "newcombe")
    assert decide(effect, Rule(target=0.01, goal=goal, margin=0.01), days=28).reason == reason


def test_without_an_effect_better_or_worse_is_said_as_seldom_as_promised():
    rng, claimed, runs = np.random.default_rng(5), 0, 200
    for _ in range(runs):
        rows = [("s", arm, 1000, float(rng.binomial(1000, 0.1))) for arm in "AB"]
        claimed += read_results(as_data(rows)).results[0].direction != "unclear"
    assert claimed <= 21  # the 99.9 % limit of 200 at 5 %
