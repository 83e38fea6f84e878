"""Two segmentations side by side: what is kept to compare with, how much both agree, who moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.profiles.words import with_unit
from analysis.segments.crosstab import OUTSIDE, Crossing, cross
from analysis.segments.names import segment_names
from analysis.segments.words import crossing_answer
from analysis.translate import prose, unique_words
from ui import bound, compute, session, show
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.workspace.documents import Document

MOST_KEPT, MOST_RUNS = 12, 8
MOVED_SHOWN = 1_000
_KEPT = "kept_segmentation"
_CHOSEN = "beside"


@dataclass(frozen=True)
class Other:
    """A segmentation to set beside: its labels, aligned with the profiles, and the words of its segments in order."""

    labels: pd.Series
    names: dict[str, str]


def keep(study: compute.LoadedStudy, view: segments.Shown) -> None:
    """Offer to keep a segmentation as it is now, under a name, to set beside a later one."""
    t = session.t()
    with st.popover(t("beside.keep"), icon=":material/bookmark_add:", type="tertiary"):
        n = len(view.edited.shown)
        moment = session.local_time(datetime.now(UTC))
        suggested = t("beside.kept_name", method=t(f"compare.{view.method}"), n=n, day=moment.date())
        name = st.text_input(t("beside.name"), suggested, max_chars=80, key=f"beside_name_{view.method}_{n}")
        if st.button(t("beside.keep_now"), key=f"beside_keep_{view.method}", type="primary"):
            plan = segments.plan_of(study, view.method)
            from analysis.workspace.documents import KeptSegmentation

            new = KeptSegmentation(name=(name or "").strip() or suggested, plan=plan)
            compute.workspace().save_document(_KEPT, new, study_id=study.id, revision=None)
            for old in _kept(study)[MOST_KEPT:]:
                compute.workspace().remove_document(_KEPT, old.name, study.id)
            st.toast(t("beside.was_kept"))
    st.caption(show.md_escape(t("beside.keep_help")))


def section(
    study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown, usable: dict[str, segments.Shown]
) -> None:
    """Show a segmentation beside another one of the study, one that was kept, or an earlier run."""
    t = session.t()
    st.subheader(t("beside.title"), anchor=False)
    kept = {one.name: one.value for one in _kept(study)}
    options = {f"m:{method}": t(f"compare.{method}") for method in usable if method != view.method}
    options |= {f"k:{i}": t("beside.option_kept", name=one.name) for i, one in kept.items()}
    for run in compute.workspace().snapshots(study.id)[:MOST_RUNS]:
        moment = session.local_time(run.taken_at).strftime("%Y-%m-%d %H:%M")
        options[f"s:{run.id}"] = t("beside.option_run", moment=moment, day=run.as_of)
    options = dict(zip(options, unique_words(options.values()), strict=True))
    if not options:
        show.empty_state(t("beside.nothing"))
        return
    bind = bound.to_study(study, f"{_CHOSEN}_{view.method}")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = str(
        left.selectbox(
            t("beside.with"), list(options), format_func=lambda key: options[key], help=t("beside.with_help"),
            **bind.to("with", next(iter(options)), offered=options, kind=str),
        )
    )  # fmt: skip
    if chosen.startswith("k:") and right.button(t("personas.remove"), key="beside_remove", type="tertiary"):
        compute.workspace().remove_document(_KEPT, chosen[2:], study.id)
        st.rerun()
    try:
        other = _other(study, profiles, view, usable, kept, chosen)
        if other is None:
            show.empty_state(t("beside.not_in_run"))
            return
        plan = kept[chosen[2:]].plan.model_dump_json() if chosen.startswith("k:") else ""
        key = f"{explain.key_of(study, view)} {chosen} {plan}"
        key += explain.key_of(study, usable[chosen[2:]]) if chosen.startswith("m:") else ""
        found: Crossing = study.run.small("beside", key, lambda: cross(other.labels, view.edited.segmentation.labels))
    except AnalysisError as problem:
        show.error(problem)
        return
    _show(profiles, view, other, found)


def _kept(study: compute.LoadedStudy) -> list[Document]:
    """Return the segmentations that were kept, the one kept last first."""
    return compute.workspace().documents(_KEPT, study.id)[::-1]


def _other(
    study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown, usable: dict[str, segments.Shown],
    kept: dict[str, Any], chosen: str,
) -> Other | None:  # fmt: skip
    t = session.t()
    kind, name = chosen.split(":", 1)
    if kind == "s":
        run = compute.workspace().load_snapshot(name)
        column = explain.column_of(view.method)
        if column not in run.profiles or run.profiles[column].isna().all():
            return None
        before = run.profiles.set_index("customer_id")[column]
        labels = before.reindex(profiles.customers["customer_id"]).reset_index(drop=True)
        plan = run.recipe.plan(view.method)
        own = {edit.segment: edit.name for edit in plan.edits if edit.name} if plan else {}
        keys = run.segments.loc[run.segments["method"] == view.method, "segment"].tolist()
        return Other(labels, segment_names(keys, t, names=own))
    if kind == "k":
        plan = kept[name].plan
        result, edited = study.run.segmentation(plan)
        beside = segments.shown(result, edited, profiles, plan.params.kind)
    else:
        beside = usable[name]
    segmentation = beside.edited.segmentation
    return Other(segmentation.labels, {key: beside.names[key] for key in segmentation.segments["segment"]})


def _show(profiles: Profiles, view: segments.Shown, other: Other, found: Crossing) -> None:
    from analysis.charts.explain import cross_heat
    from analysis.charts.flow import MOST_BANDS, flow

    t = session.t()
    outside = {OUTSIDE: t("beside.outside")}
    before = other.names | outside
    after = {key: view.names[key] for key in view.edited.segmentation.segments["segment"]} | outside
    table = found.table
    n, n_moved = int(table["customers"].sum()), int(found.moved.sum())
    st.markdown(show.md_escape(prose(crossing_answer(found, t), t)))
    words = table.assign(before=table["before"].map(before), after=table["after"].map(after))
    titles = {name: t(f"beside.{name}") for name in ("before", "after", "continues")}
    words = words.rename(columns=titles | {"customers": t("column.customers"), "share": t("beside.share")})
    show.chart(
        flow(table, t, before=before, after=after, title=t("beside.flow")), t("beside.flow_alt"), name="beside_flow",
        data=words,
    )  # fmt: skip
    if len(table) > MOST_BANDS:
        left = n - int(table["customers"].nlargest(MOST_BANDS).sum())
        st.caption(show.md_escape(t("beside.thin", shown=MOST_BANDS, bands=len(table), n=left)))
    heat = table.rename(columns={"before": "first", "after": "second"})
    show.chart(cross_heat(heat, t, rows=before, columns=after), t("explain.flow_alt"), name="crossed", data=words)
    if n_moved:
        with st.expander(t("beside.who", n=n_moved), icon=":material/directions_run:"):
            rows, now = found.moved.nonzero()[0].tolist(), view.edited.segmentation.labels

            def listed(rows: list[int]) -> pd.DataFrame:
                import pandas as pd

                columns = {
                    t("column.customer_id"): segments.ids(profiles, rows),
                    t("beside.before"): other.labels.iloc[rows].map(before).fillna(before[OUTSIDE]).to_numpy(),
                    t("beside.after"): now.iloc[rows].map(after).fillna(after[OUTSIDE]).to_numpy(),
                }  # fmt: skip
                if "spend" in profiles.customers:
                    columns[with_unit(t("column.revenue"), "money", t)] = (
                        profiles.customers["spend"].iloc[rows].to_numpy()
                    )
                return pd.DataFrame(columns)

            show.table(
                listed(rows[:MOVED_SHOWN]), alt=t("beside.who", n=n_moved), name="beside_moved",
                whole=lambda: listed(rows), n_whole=len(rows),
            )  # fmt: skip
