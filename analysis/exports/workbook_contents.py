"""What the workbook of a study shows, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.exports.summary_sheet import Summary
from analysis.recipe import Recipe
from analysis.translate import Translate, word

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.decision import Decision
    from analysis.intake.tables import TableCount
    from analysis.personas.words import Card
    from analysis.profiles.result import Profiles
    from analysis.segments.result import Segmentation

SHEET_ROWS = 1_048_575


@dataclass(frozen=True)
class NamedSegmentation:
    """A segmentation and the names its segments go by; a segment without one takes the words of its key.

    ``hidden`` segments stay in the table of segments, so that it adds up, but get no sheet of their customers.
    """

    segmentation: Segmentation
    names: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def name(self, segment: str, t: Translate) -> str:
        """Return the words for a segment."""
        return self.names.get(segment) or word(t, f"segment.{segment}", segment)


@dataclass(frozen=True)
class WorkbookContents:
    """What the workbook shows.

    Attributes
    ----------
    study : str
        Display name.
    profiles : Profiles
        Masked already, when personal data is to stay hidden; ``is_masked`` says so on the first sheet.
    segmentations : tuple of NamedSegmentation
        The first is the main one: its segments get a sheet each.
    counts : tuple of TableCount
    set_aside : DataFrame, optional
        ``table_key``, ``line``, ``reason``, ``detail``, ``cells`` (JSON); the first ``EXAMPLES`` (1,000) are shown,
        so no more need to be handed in: how many there are in all stands in ``counts``.
    recipe : Recipe
    personas : tuple of (str, Card, str or None)
        Method and card of each persona of every segmentation, in words, and its portrait as SVG.
    sheet_rows : int
        Most customers on one sheet, at most Excel's 1,048,575; the first sheet says what was cut.
    guesses : tuple of Decision
        What the figures rest on without anybody having said that it is right, for the sheet that says what this is.
    summary : Summary, optional
        The first sheet.
    has_personal : bool
        Names, phone numbers and the like are in it, masked when ``is_masked``.
    lists : bool
        With a row for every customer; without, figures alone, and none that is of fewer than five people.
    contact : str
        What every row of a list says of consent; empty where a column tells it of each customer.
    n_left_out : int
        Segments that are not shown apart because of that.
    """

    study: str
    profiles: Profiles
    segmentations: tuple[NamedSegmentation, ...]
    counts: tuple[TableCount, ...] = ()
    set_aside: pd.DataFrame | None = None
    recipe: Recipe = field(default_factory=Recipe)
    is_masked: bool = False
    personas: tuple[tuple[str, Card, str | None], ...] = ()
    sheet_rows: int = SHEET_ROWS
    guesses: tuple[Decision, ...] = ()
    summary: Summary | None = None
    has_personal: bool = False
    lists: bool = True
    n_left_out: int = 0
    contact: str = ""


def method_name(part: NamedSegmentation, t: Translate) -> str:
    """Return the words of the method of a segmentation."""
    return word(t, f"workbook.segmentation.{part.segmentation.method}", part.segmentation.method)
