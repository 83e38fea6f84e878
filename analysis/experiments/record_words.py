"""What is known of an experiment that was kept, in sentences: its plan, readings, decision, what was learned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.experiments.plan_words import change_text, level_text, plan_summary

if TYPE_CHECKING:
    from analysis.experiments.record import Experiment, KeptDecision, KeptReading
    from analysis.translate import Translate

# Turns a moment into that of the reader's clock.
Local = Callable[[datetime], datetime]


def about_text(experiment: Experiment, t: Translate, *, created_at: datetime, local: Local) -> list[str]:
    """Return in short sentences how an experiment was set up."""
    found = [t("experiments.created", day=local(created_at).date())]
    if experiment.audience is not None:
        found.append(t("experiments.audience", segment=experiment.audience.name, n=experiment.audience.n))
    if experiment.plan is not None and (said := plan_summary(experiment.plan, t)) is not None:
        found.append(said)
    if experiment.assignment is not None:
        found.append(t("experiments.assigned", n=experiment.assignment.n, arms=len(experiment.assignment.arms)))
    if experiment.rule is not None:
        found.append(t("experiments.rule_fixed", day=local(experiment.rule.fixed_at).date()))
    return found


def outcome_text(experiment: Experiment, t: Translate, *, local: Local) -> list[str]:
    """Return what became of an experiment: its last reading, the decision, what was learned."""
    found, decision = [], experiment.decision
    if (reading := experiment.last_reading) is not None and (line := reading_line(experiment, reading, t, local=local)):
        found.append(line)
    if decision is not None:
        read = experiment.reading_at(decision.read_at)
        found.append(decision_text(decision, t, local=local))
        if read is not None and read.design != "test":
            found.append(t("experiments.by_change"))
        elif decision.by_rule is None:
            found.append(t("experiments.no_rule"))
        elif decision.by_rule != decision.verdict:
            found.append(t("experiments.against_rule", rule=t(f"experiment.decision_{decision.by_rule}")))
        yearly = decision.yearly
        if yearly is not None and yearly.low is not None and yearly.high is not None:
            money = {name: t.money(getattr(yearly, name)) for name in ("value", "low", "high")}
            found.append(t("experiments.yearly", **money))
        if decision.why:
            found.append(t("experiments.why_said", why=decision.why))
    if experiment.learned:
        found.append(t("experiments.learned_said", learned=experiment.learned))
    return found


def decision_text(decision: KeptDecision, t: Translate, *, local: Local) -> str:
    """Return what was decided and when, in one sentence."""
    facts = {
        "verdict": t(f"experiment.decision_{decision.verdict}"), "arm": decision.arm,
        "day": local(decision.decided_at).date(),
    }  # fmt: skip
    return t("experiments.decided" if decision.arm else "experiments.decided_change", **facts)


def reading_line(experiment: Experiment, reading: KeptReading, t: Translate, *, local: Local) -> str:
    """Return what a reading found in one sentence; of a change with the remark that it is weaker evidence."""
    goal = reading.goal
    if goal is None:
        return ""
    metric, effect = experiment.metric_of(reading), goal.absolute
    values = {"arm_value": goal.value_arm, "control_value": goal.value_control}
    write = change_text if reading.design == "differences" else level_text
    facts: dict[str, Any] = {
        "outcome": goal.metric, "arm": goal.arm, "control": goal.control, "n": goal.n_arm + goal.n_control,
        "effect": change_text(effect.value, metric, t), "day": local(reading.read_at).date(),
        **{name: write(value, metric, t) for name, value in values.items()},
    }  # fmt: skip
    if effect.low is None or effect.high is None:
        return t("experiments.reading_open", **facts)
    key = "experiments.reading" if reading.design == "test" else f"experiments.reading_{reading.design}"
    low, high = change_text(effect.low, metric, t), change_text(effect.high, metric, t)
    return t(key, low=low, high=high, level=effect.level, **facts)
