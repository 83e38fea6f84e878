"""Chart of lifecycle stages: how long customers have been silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import legend_above, look, segment_colours
from analysis.privacy.small_groups import withheld
from analysis.segments.names import segment_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.result import EditedSegmentation
    from analysis.segments.scores.lifecycle import LifecycleResult
    from analysis.translate import Translate

_BINS = 20
_LAST = {"rhythm": 10.0, "days": 600.0}


def silence_bins(result: LifecycleResult, labels: pd.Series | None = None) -> pd.DataFrame:
    """Count customers by silence and stage; the last bin holds all who have been silent for longer.

    Parameters
    ----------
    result : LifecycleResult
    labels : Series of str, optional
        Segments after merges; those of the result when left out.

    Returns
    -------
    DataFrame, one row per bin and segment that has customers
        ``start``, ``end`` (rhythms, or days), ``segment`` (key), ``customers`` (count). Prospects are in none.
    """
    import numpy as np
    import pandas as pd

    by = result.params.by
    width = _LAST[by] / _BINS
    silent = result.customers["multiple" if by == "rhythm" else "silent_days"].to_numpy()
    segment = (result.segmentation.labels if labels is None else labels).to_numpy()
    known = ~np.isnan(silent)
    # A silence on a border belongs to the bin that ends there, as to the stage that ends there.
    place = np.clip(np.ceil(silent[known] / width) - 1, 0, _BINS).astype(int)
    counts = pd.DataFrame({"place": place, "segment": segment[known]}).groupby(["place", "segment"], sort=True).size()
    found = counts.rename("customers").reset_index()
    found["start"] = found["place"] * width
    return found.assign(end=found["start"] + width)[["start", "end", "segment", "customers"]]


def silence(
    result: LifecycleResult,
    t: Translate,
    *,
    names: Mapping[str, str] | None = None,
    edited: EditedSegmentation | None = None,
    for_others: bool = False,
) -> alt.LayerChart:
    """Draw how many customers have been silent for how long, in the colours of their stages.

    ``names`` are the words of segments by key, ``edited`` the stages after merges, of which hidden ones are left out;
    ``for_others`` also bars of fewer than five, and those that would give them away.
    Fields: ``start``, ``end``, ``segment`` (words), ``customers``, ``silence`` (words).
    """
    import altair as alt

    shown = edited.segmentation if edited else result.segmentation
    keys = [key for key in shown.segments["segment"] if not edited or key in edited.shown]
    words = segment_names(keys, t, names=names)
    data = silence_bins(result, shown.labels)
    drawn = data["segment"].isin(keys)
    if for_others:
        drawn &= ~withheld(data["customers"].to_numpy(), [data["segment"].factorize()[0]])
    data = data[drawn]
    last = _LAST[result.params.by]
    data = data.assign(
        order=data["segment"].map(keys.index),
        segment=data["segment"].map(words),
        silence=[
            t("charts.lifecycle_more", n=last) if start >= last else f"{t.number(start)}–{t.number(end)}"
            for start, end in zip(data["start"], data["end"], strict=True)
        ],
    )
    drawn = [key for key in keys if words[key] in set(data["segment"])]
    more = t("charts.lifecycle_more", n=last)
    axis = alt.Axis(
        values=[last * i / 10 for i in range(11)], labelFlush=False, labelAlign="center",
        labelExpr=f"datum.value >= {last} ? '{more}' : datum.label",
    )  # fmt: skip
    bars = (
        alt.Chart(data)
        .mark_bar(stroke=None)
        .encode(
            x=alt.X("start:Q", bin="binned", title=t(f"charts.lifecycle_{result.params.by}"), axis=axis),
            x2=alt.X2("end:Q"),
            y=alt.Y("customers:Q", stack="zero", title=t("charts.customers"), axis=alt.Axis(format=",~f")),
            color=alt.Color(
                "segment:N",
                title=None,
                scale=alt.Scale(
                    domain=[words[key] for key in drawn], range=[segment_colours([key])[key] for key in drawn]
                ),
                legend=legend_above(words[key] for key in drawn),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("segment:N", title=t("charts.segment")),
                alt.Tooltip("silence:N", title=t(f"charts.lifecycle_{result.params.by}")),
                alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
            ],
        )
    )
    title = t("charts.lifecycle_title", share=result.share_here)
    return look(alt.layer(bars), width="container", height=190, title=title)


def pictures(
    result: LifecycleResult, edited: EditedSegmentation, profiles: Profiles, t: Translate, names: Mapping[str, str]
) -> dict[str, alt.LayerChart]:
    """Return the silence of the customers as others may see it, for exports."""
    return {"lifecycle_silence": silence(result, t, names=names, edited=edited, for_others=True)}
