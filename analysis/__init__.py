"""Customer profiles and segments from spreadsheets: the steps of a study, for a notebook.

``from analysis import read, run`` and the other names of ``__all__`` are loaded when they are first asked for, so that
importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
    from analysis.experiments.decide_experiment import decide_experiment
    from analysis.experiments.evaluate_experiment import evaluate_change, evaluate_experiment
    from analysis.experiments.plan_experiment import plan_experiment
    from analysis.experiments.split_experiment import split_experiment
    from analysis.experiments.suggest_choices import suggest_read
    from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
    from analysis.figures import summary
    from analysis.intake.reading.frames import DuckDBQuery, Named
    from analysis.intake.reading.read import read_file
    from analysis.intake.reading.sources import read_sources
    from analysis.intake.standard.set_aside import set_aside_rows
    from analysis.intake.suggesting.suggest import inspect
    from analysis.recipe import Cleaning, Column, Recipe, SegmentationPlan, SegmentEdit, Source
    from analysis.segments.assign import assign
    from analysis.segments.params import ClusterParams, RfmParams
    from analysis.study import Run, begin, prepare, read, run, segment, suggest
    from analysis.study.refresh import freeze, refresh

_HOMES = {
    "errors": ("AnalysisError",),
    "figures": ("summary",),
    "experiments.choices": ("PlanChoices", "ReadChoices", "SplitChoices"),
    "experiments.decide_experiment": ("decide_experiment",),
    "experiments.evaluate_experiment": ("evaluate_change", "evaluate_experiment"),
    "experiments.plan_experiment": ("plan_experiment",),
    "experiments.split_experiment": ("split_experiment",),
    "experiments.suggest_choices": ("suggest_read",),
    "exports.files": ("recipe_from_yaml", "recipe_to_yaml"),
    "intake.reading.frames": ("DuckDBQuery", "Named"),
    "intake.reading.read": ("read_file",),
    "intake.standard.set_aside": ("set_aside_rows",),
    "intake.reading.sources": ("read_sources",),
    "intake.suggesting.suggest": ("inspect",),
    "recipe": ("Cleaning", "Column", "Recipe", "SegmentEdit", "SegmentationPlan", "Source"),
    "study.refresh": ("freeze", "refresh"),
    "segments.assign": ("assign",),
    "segments.params": ("ClusterParams", "RfmParams"),
    "study": ("Run", "begin", "prepare", "read", "run", "segment", "suggest"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AnalysisError",
    "Cleaning",
    "ClusterParams",
    "Column",
    "DuckDBQuery",
    "Named",
    "PlanChoices",
    "ReadChoices",
    "Recipe",
    "RfmParams",
    "Run",
    "SegmentEdit",
    "SegmentationPlan",
    "Source",
    "SplitChoices",
    "assign",
    "begin",
    "decide_experiment",
    "evaluate_change",
    "evaluate_experiment",
    "freeze",
    "inspect",
    "plan_experiment",
    "prepare",
    "read",
    "read_file",
    "read_sources",
    "recipe_from_yaml",
    "recipe_to_yaml",
    "refresh",
    "run",
    "segment",
    "set_aside_rows",
    "split_experiment",
    "suggest",
    "suggest_read",
    "summary",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
