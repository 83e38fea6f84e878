"""What a way to group customers is made of: each is one file that ends with its ``Method``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from analysis.segments.params import MethodParams as MethodParams

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.notes import Note
    from analysis.profiles.result import Profiles
    from analysis.segments.fitted import Fitted
    from analysis.segments.parts import Part
    from analysis.segments.result import EditedSegmentation, Segmentation
    from analysis.translate import Translate

# The eight colours of categories and two greys; charts/palette.py says what they look like.
Colour = Literal["blue", "teal", "orange", "violet", "magenta", "salmon", "rust", "purple", "grey", "pale"]


class SegmentationResult(Protocol):
    """What every method returns: a frozen result of its own that has at least these.

    Attributes
    ----------
    segmentation : Segmentation
        Who is in which segment, before a person's merges.
    names : mapping of str
        Names by segment key that a person gave in the params.
    notes : tuple of Note
        What a reader should know.
    """

    @property
    def segmentation(self) -> Segmentation:
        """Who is in which segment."""
        ...

    @property
    def names(self) -> Mapping[str, str]:
        """Names that a person gave in the params."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader should know."""
        ...


@dataclass(frozen=True)
class Basis:
    """What a method may look at: the profiles, for some the orders, for the hybrid the other segmentations.

    ``standard`` is None in a notebook that has profiles only; ``others`` are the segmentations by kind, edited.
    """

    profiles: Profiles
    standard: StandardTables | None = None
    others: Mapping[str, EditedSegmentation] = field(default_factory=dict)


@dataclass(frozen=True)
class Freezing:
    """How what a method learned is kept, and how other customers are put into the same groups.

    Attributes
    ----------
    fitted : type of Fitted
        What is kept: numbers and keys, no customer.
    keep : callable
        From a result, its params, its profiles and the fields that every ``Fitted`` has to what it learned; refuses
        with ``freeze_no_rule`` (method) where nobody else can be put into the groups.
    apply : callable
        From what may be looked at, what was learned and the params to the result of a frozen run.
    labels : callable, optional
        From what may be looked at, what was learned, and the segments already found by kind (after merges), to the
        segment of each customer, missing outside; each is judged alone. None where customers cannot be judged alone.
    learns : bool
        False where the choices are all there is: a frozen run needs nothing stored.
    by_orders : bool
        ``labels`` reads orders beside the profiles.
    choices : callable
        The choices that decide who is where: what was learned under others is not applied.
    """

    fitted: type[Fitted]
    keep: Callable[[Any, Any, Profiles, Mapping[str, Any]], Any]
    apply: Callable[[Basis, Any, Any], Any]
    labels: Callable[[Basis, Any, Mapping[str, pd.Series]], pd.Series] | None
    learns: bool = True
    by_orders: bool = False
    choices: Callable[[Any], Any] = lambda params: params


@dataclass(frozen=True)
class Method:
    """A way to group customers: all that the rest of the product needs to know about it.

    Its page is ``pages/segments/<kind>.py``, its own pictures for exports ``pictures`` of ``charts/<kind>.py`` (where
    there is one). Its words are ``<kind>.title`` and ``.question``, ``compare.<kind>``, ``export.answer.<kind>``,
    ``workbook.segmentation.<kind>`` and ``workbook.method.<kind>``, and for each segment ``segment.<key>``.

    Attributes
    ----------
    params : type of MethodParams
        With defaults that run; its ``kind`` names the method everywhere.
    run : callable
        From what may be looked at and the params to the result.
    icon : str
        Name of a Material symbol, for the menu.
    answer : callable
        What was found, in plain sentences: (result, its segments as edited, their names by key, t) to one to four of
        them. Pages, reports and notebooks show the same.
    freezing : Freezing
        How next month's customers are put into the same segments.
    column : str
        Column of its segments in exports; ``segment_<kind>`` when left out.
    colours : mapping of segment key to Colour
        Of the segments that the method knows by name.
    numbered : mapping of str to int
        Beginnings of keys that end in a number (``cluster`` of ``cluster_3``), named ``segment.<beginning>`` with
        ``n``, and the place of the colour (0..7) that number 1 takes.
    always : bool
        Part of a study that nobody has changed: its column stands in every export, also when it cannot be computed.
    asks : bool
        Nothing can be computed before a person has chosen something.
    crossable : bool
        Can be one side of a hybrid.
    ordered : bool
        The segments follow one another: the nearest is the one above or the one below.
    found_anew : bool
        The segments are found in the data of each run: one of another day is not the same.
    told_by_meaning : bool
        ``segment.<key>.meaning`` says exactly who is in a segment, so that no rule has to come near it.
    uses : callable
        Kinds of the segmentations that the method needs to be computed before it.
    parts : callable, optional
        Conditions on features that define the segments exactly (``parts.Part``).
    why : callable, optional
        Why the customer at a row is in its segment: (result, profiles, row, names of segments by key, t) to sentences
        with the depth at which each is listed.
    figures : callable, optional
        What ``summary.json`` says of a result beside its segments.
    """

    params: type[MethodParams]
    run: Callable[[Basis, Any], SegmentationResult]
    icon: str
    answer: Callable[[Any, EditedSegmentation, Mapping[str, str], Translate], list[str]]
    freezing: Freezing
    column: str = ""
    colours: Mapping[str, Colour] = field(default_factory=dict)
    numbered: Mapping[str, int] = field(default_factory=dict)
    always: bool = False
    asks: bool = False
    crossable: bool = True
    ordered: bool = False
    found_anew: bool = False
    told_by_meaning: bool = False
    uses: Callable[[Any], tuple[str, ...]] = lambda params: ()
    parts: Callable[[Any, Profiles], Sequence[Part]] | None = None
    why: Callable[[Any, Profiles, int, Mapping[str, str], Translate], list[tuple[int, str]]] | None = None
    figures: Callable[[Any], dict[str, Any]] | None = None

    @property
    def kind(self) -> str:
        """The name of the method in recipes, texts and addresses."""
        return str(self.params.model_fields["kind"].default)

    @property
    def fixed(self) -> tuple[str, ...]:
        """The segments that there always are, with or without customers today; none where they depend on choices."""
        return tuple(self.colours) if self.told_by_meaning else ()

    @property
    def segment_column(self) -> str:
        """The column of its segments in exports."""
        return self.column or f"segment_{self.kind}"
