"""The table in which segments are renamed, merged and hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.profiles.words import with_unit
from analysis.recipe import SegmentationPlan
from analysis.segments.changes import change_edit
from analysis.segments.match import merged_keys
from analysis.segments.names import segment_advice, segment_meaning, segment_rule
from analysis.segments.param_edit import own_name
from analysis.study.settling import anchored
from ui import compute, session, show
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.translate import Translate

_EDIT_TURN = "edit_turn"


def editor(study: compute.LoadedStudy, view: segments.Shown) -> None:
    """Show the table of segments; names, merges and hiding are changed in place and kept at once."""
    t = session.t()
    show.problem()
    frame, keys = _editor_frame(view)
    # A new key after each change: what the table holds is then what is saved, also after a refusal or "undo".
    turn = session.kept(_EDIT_TURN, 0)
    key = f"edit_{view.method}_{study.revision}_{turn}_{session.language()}"
    share = st.column_config.ProgressColumn
    names = {key: view.names[key] for key in keys}
    config: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("segments.name"), max_chars=80, help=t("segments.name_help")),
        "customers": st.column_config.NumberColumn(t("column.customers"), format="%,d"),
        "share": share(t("column.share"), format="percent", min_value=0, max_value=1),
        "revenue": st.column_config.NumberColumn(with_unit(t("column.revenue"), "money", t), format="%,.0f"),
        "revenue_share": share(t("column.revenue_share"), format="percent", min_value=0, max_value=1),
        "merge": st.column_config.SelectboxColumn(
            t("segments.merge"), options=keys, format_func=lambda segment: names.get(str(segment), str(segment)),
            help=t("segments.merge_help"),
        ),
        "hide": st.column_config.CheckboxColumn(t("segments.hide"), help=t("segments.hide_help")),
    }  # fmt: skip
    st.data_editor(
        frame.round({"share": 3, "revenue_share": 3}),  # a share shows as many decimals as it has
        key=key,
        hide_index=True,
        num_rows="fixed",
        placeholder="–",
        disabled=[column for column in frame.columns if column not in ("name", "merge", "hide")],
        column_config=config,
        alt=t("segments.table"),
    )
    if (session.widget(key) or {}).get("edited_rows"):
        _save_edits(key, keys, view)
        session.keep(_EDIT_TURN, turn + 1)
        st.rerun()
    st.caption(show.md_escape(t("segments.table_help")))
    titles = {name: entry["label"] for name, entry in config.items()}
    titles |= {name: t(f"segments.{name}") for name in ("meaning", "advice", "rule")}
    words = frame.assign(merge=frame["merge"].map(names), **_told(keys, t)).drop(columns="hide").rename(columns=titles)
    show.download_csv(words, f"segments_{view.method}")


def _editor_frame(view: segments.Shown) -> tuple[pd.DataFrame, list[str]]:
    """One row per segment before merges; one that was merged away shows where it went and no figures."""
    merges = merged_keys(view.base.labels, view.edited.segmentation.labels)
    after = view.edited.segmentation.segments.set_index("segment")
    keys = view.base.segments["segment"].tolist()
    keys += [key for key in after.index if key not in keys]
    figures = after.reindex(keys)
    added: dict[str, Any] = {
        "customers": figures["customers"].astype("Int64"),
        "name": [view.names[key] for key in keys],
        "merge": [merges.get(key) for key in keys],
        "hide": [key in view.edited.hidden for key in keys],
    }
    frame = figures.assign(**added).reset_index(drop=True)
    columns = ["name", "customers", "share", "revenue", "revenue_share", "merge", "hide"]
    if frame["revenue"].isna().all():
        columns = [column for column in columns if not column.startswith("revenue")]
    return frame[columns], keys


def _told(keys: list[str], t: Translate) -> dict[str, Any]:
    """Return who is in each segment and what to do, for the download; the page has a view for it."""
    words: dict[str, Any] = {
        "meaning": [segment_meaning(key, t) for key in keys],
        "advice": [segment_advice(key, t) for key in keys],
        "rule": [segment_rule(key, t) for key in keys],
    }
    return {name: column for name, column in words.items() if any(column)}


def _save_edits(key: str, keys: list[str], view: segments.Shown) -> None:
    """Turn the cells that were changed into edits of the plan."""
    rows: Mapping[int | str, Mapping[str, Any]] = (session.widget(key) or {}).get("edited_rows", {})

    def changed(plan: SegmentationPlan) -> SegmentationPlan:
        edits = plan.edits
        for row, cells in rows.items():
            segment = keys[int(row)]
            old = next((edit for edit in edits if edit.segment == segment), None)
            name = (old.name if old else None) if "name" not in cells else _own_name(cells["name"], segment, view)
            edits = change_edit(
                edits,
                segment,
                name=name,
                merge_into=cells.get("merge", old.merge_into if old else None),
                hidden=bool(cells.get("hide", old.hidden if old else False)),
            )
        return _standing(plan.model_copy(update={"edits": edits}))

    segments.change_plan(view.method, changed)


def _standing(plan: SegmentationPlan) -> SegmentationPlan:
    """Let what is said of clusters stand on where they lie now, so that it follows them when the data changes."""
    if plan.params.kind != "clusters" or plan.fit == "frozen":
        return plan
    study = compute.study_or_stop()
    return anchored(plan, study.run.segmentation(plan)[0])


def _own_name(typed: str | None, segment: str, view: segments.Shown) -> str | None:
    """An empty name, or the segment's own words, is no name of one's own."""
    return own_name(typed, None if segment in view.edited.names else view.names[segment])
