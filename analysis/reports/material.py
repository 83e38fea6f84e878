"""What a report is made from: results as others may see them, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.exports.contents import card_names, names_of, summary_of
from analysis.overview.params import OverviewParams

if TYPE_CHECKING:
    from analysis.act.playbook.fill import FilledPlay
    from analysis.act.playbook.plays import PlaySettings
    from analysis.act.playbook.trade import Trade, TradeFound
    from analysis.experiments.record import Experiment
    from analysis.exports.summary_sheet import Summary
    from analysis.history.brief import Brief
    from analysis.overview.result import Overview
    from analysis.reports.choices import Preset
    from analysis.study.for_others import SharedStudy
    from analysis.translate import Translate

PersonaEdits = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class KeptExperiment:
    """An experiment as it is kept, and when it was begun."""

    experiment: Experiment
    created_at: datetime


@dataclass(frozen=True)
class Material:
    """What the sections read.

    Attributes
    ----------
    result : SharedStudy
        From ``study.for_others``: no group of fewer than five people.
    preset : Preset
        How much is told.
    experiments : tuple of KeptExperiment
    persona_edits : mapping
        A person's own words by method, segment and field.
    brief : Brief, optional
        What changed since an earlier run.
    settings : PlaySettings, optional
        What a person changed of the playbook.
    """

    result: SharedStudy
    preset: Preset = "owner"
    experiments: tuple[KeptExperiment, ...] = ()
    persona_edits: PersonaEdits = field(default_factory=dict)
    brief: Brief | None = None
    settings: PlaySettings | None = None

    @property
    def is_full(self) -> bool:
        """Whether every method is told, with code."""
        return self.preset == "analyst"

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The segmentations to tell of, that of the first screen first; the others for analysts alone."""
        found = [method for method, one in self.result.edited.items() if one.shown]
        plan = self.result.cards.plan
        main = plan.params.kind if plan is not None and plan.params.kind in found else None
        ordered = sorted(found, key=lambda method: method != main)
        return tuple(ordered if self.is_full else ordered[:1])

    @cached_property
    def overview(self) -> Overview | None:
        """The customer base at a glance; None for customers without orders."""
        from analysis.errors import AnalysisError
        from analysis.overview.overview import overview

        try:
            return overview(self.result.standard, self.result.profiles, OverviewParams())
        except AnalysisError:
            return None

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The figures of the study, as ``summary.json`` holds them."""
        from analysis.figures import summary

        return summary(self.result)

    @cached_property
    def trade(self) -> TradeFound:
        """The trade that the columns say."""
        from analysis.act.playbook.plays import found_trade

        return found_trade(self.result.standard.raws, self.result.recipe)

    @property
    def used_trade(self) -> Trade:
        """The trade that was chosen, else the one that the columns say."""
        from analysis.act.playbook.plays import PlaySettings, used_trade

        return used_trade(self.trade, self.settings or PlaySettings())

    @cached_property
    def plays(self) -> tuple[FilledPlay, ...]:
        """The play of each segment of the first screen."""
        from analysis.act.playbook.plays import PlaySettings, filled_plays

        result, settings = self.result, self.settings or PlaySettings()
        found = filled_plays(
            self.used_trade, settings, result.cards, result.card_labels, result.profiles, result.standard,
            currency=result.recipe.currency,
        )  # fmt: skip
        return tuple(found)

    def card_names(self, t: Translate) -> dict[str, str]:
        """Return the words of the segments of the first screen by key."""
        return card_names(self.result, t)

    def names(self, method: str, t: Translate) -> dict[str, str]:
        """Return the words of the segments of a method by key."""
        return names_of(self.result, method, t)

    def cards(self, t: Translate) -> Summary:
        """Return the first screen in words and figures."""
        return summary_of(self.result, t)
