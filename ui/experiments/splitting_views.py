"""What the Split page shows of an assignment: sizes, lists to send, how alike the groups are, the first day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.experiment import plan as charts
from analysis.compare.words import level_name
from analysis.experiments.plan_words import arm_text, balance_answer
from analysis.experiments.split_experiment import stratifiers
from analysis.experiments.splitting.split import IMBALANCE, balance
from analysis.predict.churn.definition import known_left, left_among
from analysis.privacy.consent import may_be_contacted
from analysis.profiles.words import feature_name
from ui import bound, compute, controls, session, show
from ui.experiments import experiments, splitting
from ui.share.logged import logged

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles
    from analysis.workspace.records import StoredExperiment


def lists(study: compute.LoadedStudy, profiles: Profiles, stored: StoredExperiment, arms: list[str | None]) -> None:
    """Offer the lists, one per group, as CSV and as one workbook."""
    import numpy as np

    from analysis.exports.contents import shown_profiles
    from analysis.exports.experiment.arms import arm_table
    from analysis.study import StudyResult

    t = session.t()
    kept = stored.experiment.assignment
    assert kept is not None
    st.subheader(t("split.lists"), anchor=False)
    allowed = may_be_contacted(profiles.customers)
    withdrawn = sum(arm is not None and not may for arm, may in zip(arms, allowed, strict=True))
    arms = [arm if may else None for arm, may in zip(arms, allowed, strict=True)]
    if withdrawn:
        st.caption(show.md_escape(t("app.not_contacted", n=withdrawn)))
    left = known_left(profiles) if kept.leave_out_left else None
    gone = left_among(left, np.array([arm is not None for arm in arms]))
    if gone is not None:
        arms = [None if left_since else arm for arm, left_since in zip(arms, gone, strict=True)]
        st.caption(show.md_escape(t("split.left_since", n=int(gone.sum()))))
    result = StudyResult(study.recipe, compute.prepared(study), {}, {}, {})
    masked = shown_profiles(result)
    hides = any(not masked.customers[key].equals(profiles.customers[key]) for key in masked.customers)
    if hides:
        controls.show_personal()
        st.caption(show.md_escape(t("split.masked")))
    shown = profiles if session.unmasked() else masked
    confirmed = controls.confirm_contact(profiles.customers, "split")
    names = {one.name: arm_text(one.name, t) for one in kept.arms}
    title = stored.experiment.name

    def csv_of(arm: str) -> Any:
        def make() -> bytes:
            from analysis.exports.csv import csv_bytes

            table = arm_table(shown, [one if one == arm else None for one in arms], names, t, confirmed=confirmed)
            return csv_bytes(table, ids=(t("workbook.customer_id"),))

        return make

    def workbook() -> bytes:
        import io

        from analysis.exports.experiment.arms import write_arms

        buffer = io.BytesIO()
        write_arms(buffer, shown, arms, names, t, title=title, confirmed=confirmed)
        return buffer.getvalue()

    masked_now = not (hides and session.unmasked())
    with st.container(horizontal=True):
        st.download_button(
            t("split.workbook"), logged("arms", workbook, masked=masked_now, of=title), file_name(title, "", "xlsx"),
            key="split_xlsx", on_click="ignore", type="primary", icon=":material/download:",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )  # fmt: skip
        for place, (arm, words) in enumerate(names.items()):
            st.download_button(
                t("split.csv", arm=show.md_escape(words), n=arms.count(arm)),
                logged("arms", csv_of(arm), masked=masked_now, of=f"{title}: {words}"),
                file_name(title, words, "csv"), "text/csv", key=f"split_csv_{place}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
    first = arm_table(shown, first_of_each(arms, list(names), 5), names, t, confirmed=confirmed)
    with st.expander(t("split.look"), icon=":material/table_view:"):
        st.dataframe(first, hide_index=True, alt=t("split.look"))


def first_of_each(arms: list[str | None], names: list[str], most: int) -> list[str | None]:
    """Return the arms with all but the first few customers of each left out."""
    left = dict.fromkeys(names, most)
    found: list[str | None] = []
    for arm in arms:
        keep = arm is not None and left.get(arm, 0) > 0
        if keep:
            left[str(arm)] -= 1
        found.append(arm if keep else None)
    return found


def file_name(title: str, arm: str, ending: str) -> str:
    """Return the name of a list."""
    from analysis.exports.names import safe_file_name

    return safe_file_name(f"{title[:60]} {arm[:40]}".strip() + f".{ending}")


def alike(
    profiles: Profiles, rows: list[int], arms: list[str], *, control: str, units: dict[str, int] | None = None
) -> None:
    """Show how far the groups differ in what is known of their customers.

    ``units`` are the whole clusters of each group, which chance was about; None where it was about customers.
    """
    t = session.t()
    features = stratifiers(profiles)
    if not features or control not in arms or len(set(arms)) < 2:
        return
    frame = profiles.customers.iloc[rows].reset_index(drop=True)
    table = balance(frame[[one.key for one in features]], arms, control=control)
    by_key = {one.key: one for one in features}
    table = table.assign(
        name=[name_of(by_key[key], level) for key, level in zip(table["feature"], table["level"], strict=True)],
        arm=[arm_text(arm, t) for arm in table["arm"]],
    )
    st.subheader(t("split.balance"), anchor=False)
    off = table[table["imbalanced"]]["name"].unique().tolist()
    smallest = min(units.values()) if units else min(arms.count(arm) for arm in set(arms))
    st.markdown(show.md_escape(balance_answer(table["name"].nunique(), len(off), smallest, t, whole=bool(units))))
    titles = {
        "arm": t("split.arm"), "name": t("charts.feature"), "control": control, "treatment": t("split.column_value"),
        "difference": t("charts.balance_difference"),
    }  # fmt: skip
    drawn = table[table["difference"].notna()].astype({"difference": float})
    if len(drawn):
        data = table[list(titles)].rename(columns=titles)
        show.chart(charts.balance(drawn, t, limit=IMBALANCE), t("split.balance_alt"), name="balance", data=data)


def name_of(feature: Feature, level: str) -> str:
    """Return a feature, and its level where it has any, in words."""
    t = session.t()
    name = feature_name(feature, t)
    return t("split.level", feature=name, level=level_name(feature, level, t)) if level else name


def started(stored: StoredExperiment) -> None:
    """Ask for the day on which the first customer got it; readings count their days from there."""
    t = session.t()

    def keep(day: date | None) -> None:
        experiments.told(lambda: experiments.change(stored, lambda now: now.model_copy(update={"started_on": day})))

    st.date_input(
        t("split.started"), value=None, format="YYYY-MM-DD", help=t("split.started_help"), width=240,
        **bound.one(experiments.key(splitting.PAGE, "started"), stored.experiment.started_on, keep),
    )  # fmt: skip


def again(stored: StoredExperiment) -> None:
    """Offer to make the groups anew while nothing was read."""
    t = session.t()
    if stored.experiment.readings:
        return
    with st.popover(t("split.again"), icon=":material/restart_alt:", type="tertiary"):
        st.markdown(show.md_escape(t("split.again_help")))
        if st.button(t("split.again_sure"), key="split_again"):
            experiments.change(stored, lambda now: now.model_copy(update={"assignment": None, "started_on": None}))
            st.rerun()
