"""What RFM draws for exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.segments import rfm_grid
from analysis.segments.changes import shown_grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from analysis.profiles.result import Profiles
    from analysis.segments.result import EditedSegmentation
    from analysis.segments.scores.rfm import RfmResult
    from analysis.translate import Translate


def pictures(
    result: RfmResult, edited: EditedSegmentation, profiles: Profiles, t: Translate, names: Mapping[str, str]
) -> dict[str, alt.LayerChart | alt.FacetChart]:
    """Return the grid of scores."""
    return {"rfm_grid": rfm_grid(shown_grid(result, edited), t, names=names)}
