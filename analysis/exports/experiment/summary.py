"""Plans, splits, readings and decisions as plain figures, for JSON: nothing in them is a number that is none."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.experiments.decide_experiment import DecidedExperiment
    from analysis.experiments.evaluate_experiment import EvaluatedChange, EvaluatedExperiment
    from analysis.experiments.plan_experiment import PlannedExperiment
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.experiments.split_experiment import SplitExperiment


def plan_summary(found: PlannedExperiment) -> dict[str, Any]:
    """Return the figures of a plan.

    Examples
    --------
    >>> from analysis.experiments.choices import PlanChoices
    >>> from analysis.experiments.plan_experiment import plan_experiment
    >>> plan_summary(plan_experiment(PlanChoices()))["needed"]["n_total"]
    2188
    """
    return {
        "choices": found.choices.model_dump(mode="json"),
        "plan": found.plan.model_dump(mode="json"),
        "needed": asdict(found.needed),
        "customers": found.customers,
        "per_week": found.per_week,
        "weeks": found.weeks,
        "smallest": found.smallest,
        "power": found.power,
        "attained": found.attained,
        "left": found.source.chosen.n_left if found.source else 0,
    }


def split_summary(found: SplitExperiment) -> dict[str, Any]:
    """Return how customers were split, and how many got what; no customer is named."""
    return {
        "choices": found.choices.model_dump(mode="json"),
        "weights": dict(found.weights),
        "sizes": found.sizes,
        "customers": len(found.rows),
        "not_contacted": found.n_not_contacted,
        "left": found.n_left,
        "clusters": found.cluster_sizes,
        "without_cluster": found.n_without_cluster,
    }


def evaluation_summary(
    read: EvaluatedExperiment, decided: DecidedExperiment | None = None, segments: SegmentReading | None = None
) -> dict[str, Any]:
    """Return a reading of a test, with the decision and the effects by segment where there are any."""
    found = read.found
    return {
        "choices": read.choices.model_dump(mode="json"),
        "counts": asdict(read.read.data.counts),
        "sizes": dict(found.sizes),
        "health": [asdict(note) for note in found.health],
        "notes": [asdict(note) for note in found.notes],
        "results": [
            {
                "metric": one.metric.name,
                "kind": one.metric.kind,
                "role": one.metric.role,
                "arm": one.treatment,
                "control": found.control,
                "direction": one.direction,
                "n_arm": one.reading.n_treatment,
                "n_control": one.reading.n_control,
                "value_arm": one.reading.treatment,
                "value_control": one.reading.control,
                "absolute": asdict(one.reading.absolute),
                "relative": None if one.reading.relative is None else asdict(one.reading.relative),
                "test": asdict(one.reading.test),
                "p_corrected": one.p_corrected,
            }
            for one in found.results
        ],
        "segments": None if segments is None else [asdict(effect) for effect in segments.effects],
        "decision": None if decided is None else asdict(decided.decision) | {"days": decided.days, "by": decided.by},
    }


def change_summary(found: EvaluatedChange) -> dict[str, Any]:
    """Return a reading of a change."""
    reading = asdict(found.reading)
    return {
        "choices": found.choices.model_dump(mode="json"),
        "counts": None if found.change is None else asdict(found.change.counts),
        "reading": reading,
        "cells": [asdict(cell) for cell in found.cells],
    }
