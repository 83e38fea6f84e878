"""What a reader of the Overview chooses: a period, and which lines count."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from analysis.errors import ChoiceError
from analysis.params import Params

Preset = Literal["all", "last_12_months", "last_90_days", "last_30_days", "own"]
FilterColumn = Literal["region", "channel", "category"]
FILTER_COLUMNS: tuple[FilterColumn, ...] = ("region", "channel", "category")


class OverviewParams(Params):
    """A period and filters.

    Attributes
    ----------
    period : preset
        ``own`` takes ``start`` and ``end``, both days included; the other presets end on the last day of the data.
    region, channel, category : tuple of str
        Values to keep, as the data writes them; empty keeps all.

    Examples
    --------
    >>> OverviewParams(period="last_90_days").region
    ()
    """

    kind: Literal["overview"] = "overview"
    period: Preset = "all"
    start: date | None = None
    end: date | None = None
    region: tuple[str, ...] = Field(default=(), max_length=1000)
    channel: tuple[str, ...] = Field(default=(), max_length=1000)
    category: tuple[str, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="after")
    def _own_has_both_ends(self) -> OverviewParams:
        if self.period == "own":
            if self.start is None or self.end is None:
                raise ChoiceError("overview_period_open")
            if self.start > self.end:
                raise ChoiceError("overview_period_reversed", start=self.start, end=self.end)
        return self

    @property
    def filters(self) -> dict[FilterColumn, tuple[str, ...]]:
        """The filters that are set, by column."""
        chosen: dict[FilterColumn, tuple[str, ...]] = {
            "region": self.region, "channel": self.channel, "category": self.category,
        }  # fmt: skip
        return {column: values for column, values in chosen.items() if values}
