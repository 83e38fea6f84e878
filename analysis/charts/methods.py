"""The pictures that a method draws of its own result, wherever all pictures of a study are wanted."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from analysis.segments.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.profiles.result import Profiles
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate


def own_pictures(
    result: SegmentationResult,
    edited: EditedSegmentation,
    profiles: Profiles,
    t: Translate,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Return the charts of a method by file name: those of ``pictures`` in ``charts/<kind>.py``, where there is one.

    Parameters
    ----------
    names : mapping of str
        Words of the segments by key.
    """
    kind = METHODS[result.segmentation.method].kind  # of the product's own methods, never a name out of a file
    module = f"analysis.charts.{kind}"
    draw = getattr(import_module(module), "pictures", None) if find_spec(module) else None
    return {} if draw is None else draw(result, edited, profiles, t, names)
