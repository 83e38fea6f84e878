"""What is taken along of a reading: its contents, and its tables in words and in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from analysis.experiments import words

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.arms.sequential import Day
    from analysis.experiments.decide_experiment import DecidedExperiment
    from analysis.experiments.reading.evaluate import Evaluation
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.experiments.reading.targets import Targeting
    from analysis.translate import Translate


_DIFFERENCE = (
    "metric", "arm", "direction", "treatment", "control", "effect", "interval", "p", "p_corrected"
)  # fmt: skip
_RELATIVE = ("metric", "arm", "lift", "lift_interval", "role", "n")
# As many columns as stand beside the menu of a narrow screen; the values of the arms are in the chart above.
_NARROW = {
    "difference": ("metric", "arm", "effect", "interval", "direction"),
    "chance": ("metric", "arm", "p", "p_corrected", "n"),
    "relative": ("metric", "arm", "lift", "lift_interval", "role"),
}


@dataclass(frozen=True)
class ReadingContents:
    """What a report of a reading holds.

    Attributes
    ----------
    name : str
        Of the experiment, as a person wrote it.
    read_at : datetime
    source : tuple of str
        Sentences on where the figures come from, how many rows were read, and what was set aside.
    found : Evaluation
    segments, targets : by segment, and whom to send to; None where there is no breakdown
    days : dates and readings of ``days_of`` (metric, treatment); empty without dates
    decision : DecidedExperiment, optional
    charts : mapping of the key of its alternative text to an Altair chart
    code : str
        The lines that give the same reading.
    """

    name: str
    read_at: datetime
    source: tuple[str, ...]
    found: Evaluation
    segments: SegmentReading | None = None
    targets: Targeting | None = None
    dates: tuple[date, ...] = ()
    days: tuple[Day, ...] = ()
    days_of: tuple[str, str] = ("", "")
    decision: DecidedExperiment | None = None
    charts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    code: str = field(default="", repr=False)

    def kind(self, metric: str) -> str:
        """Return how the figures of a metric are written."""
        return next(result.metric.written for result in self.found.results if result.metric.name == metric)


def effect_rows(found: Evaluation, t: Translate) -> pd.DataFrame:
    """Return every comparison in words: effect with interval first, then p, each with its convention."""
    rows = []
    for result in found.results:
        reading, kind = result.reading, result.metric.written
        lift = reading.relative
        rows.append(
            {
                "metric": result.metric.name,
                "arm": result.treatment,
                "direction": t(f"charts.side_{result.direction}"),
                "treatment": words.value_text(reading.treatment, kind, t),
                "control": words.value_text(reading.control, kind, t),
                "effect": words.effect_text(reading.absolute.value, kind, t),
                "interval": words.effect_interval(reading.absolute, kind, t),
                "lift": "–" if lift is None else words.lift_text(lift.value, t),
                "lift_interval": "–" if lift is None else words.lift_interval(lift, t),
                "p": _p(reading.test.p, t),
                "p_corrected": _p(result.p_corrected, t),
                "test": words.convention_text(reading.test.convention, t),
                "interval_by": words.convention_text(reading.absolute.convention, t),
                "lift_by": "–" if lift is None else words.convention_text(lift.convention, t),
                "role": t(f"read.role_{result.metric.role}"),
                "n": f"{reading.n_treatment:,} / {reading.n_control:,}",
            }
        )
    return _titled(rows, t)


def effect_tables(found: Evaluation, t: Translate) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every comparison as two tables that fit a page: the difference with p; relative effect, role and n."""
    rows = effect_rows(found, t)
    return tuple(rows[[t(f"read.table_{name}") for name in names]] for names in (_DIFFERENCE, _RELATIVE))  # pyright: ignore


def narrow_tables(found: Evaluation, t: Translate) -> dict[str, pd.DataFrame]:
    """Return every comparison as tables narrow enough to stand below each other on a small screen, by name."""
    rows = effect_rows(found, t)
    return {name: rows[[t(f"read.table_{column}") for column in columns]] for name, columns in _NARROW.items()}


def method_sentences(found: Evaluation, t: Translate) -> list[str]:
    """Name the formulas beside the figures, once for all metrics that share them."""
    used: dict[tuple[str, str, str], list[str]] = {}
    for result in found.results:
        reading = result.reading
        lift = "–" if reading.relative is None else words.convention_text(reading.relative.convention, t)
        by = words.convention_text(reading.absolute.convention, t)
        names = used.setdefault((words.convention_text(reading.test.convention, t), by, lift), [])
        if result.metric.name not in names:
            names.append(result.metric.name)
    return [
        t("read.methods", metrics=t("segments.between").join(names), test=test, interval=by, lift=lift)
        for (test, by, lift), names in used.items()
    ]


def segment_rows(found: SegmentReading, kind: str, t: Translate) -> pd.DataFrame:
    """Return the effects by segment in words."""
    rows = [
        {
            "segment": words.level_text(effect.segment, t),
            "n": f"{effect.n_treatment:,} / {effect.n_control:,}",
            "treatment": words.value_text(effect.treatment, kind, t),
            "control": words.value_text(effect.control, kind, t),
            "effect": words.effect_text(effect.absolute.value, kind, t),
            "corrected_interval": words.effect_interval(effect.absolute, kind, t),
            "p": _p(effect.p, t),
            "p_corrected": _p(effect.p_corrected, t),
            "clear": t("read.yes") if effect.significant else t("read.no"),
        }
        for effect in found.effects
    ]
    return _titled(rows, t)


def _p(p: float, t: Translate) -> str:
    """Write a p value for a cell, where the header says that it is one."""
    return t.p_value(p).removeprefix("p ").removeprefix("= ")


def _titled(rows: Sequence[dict[str, Any]], t: Translate) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows)
    return frame.rename(columns={name: t(f"read.table_{name}") for name in frame.columns})
