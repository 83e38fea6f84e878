"""Alarms as a list, the rules that a person adds to the automatic ones, and lists of customers by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.history.alarms import MEASURES, Alarm, AlarmRule, AlarmRules, ListRule, Measure
from analysis.history.alarms import listed as list_of
from analysis.segments.names import edited_names
from analysis.workspace.refreshing.alarming import rules_of, runs_by_day, save_rules
from ui import compute, session, show
from ui.customers import customer_list
from ui.history import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.study import StudyResult

OF_SEGMENT = ("segment_size", "segment_money")
_SHOWN = "alarm_list"


def n_states(study: compute.LoadedStudy) -> int:
    """Return how many days of the study were kept."""
    return len(runs_by_day(compute.workspace(), study.id))


def listed(alarms: Sequence[Alarm], result: StudyResult) -> None:
    """List alarms, open ones first."""
    import pandas as pd

    if not alarms:
        return
    t = session.t()
    rows = [
        {
            t("alarms.what"): named(one.rule, result),
            t("alarms.opened"): one.opened,
            t("alarms.value"): one.value,
            t("alarms.usual"): one.usual,
            t("alarms.change"): one.change,
            t("alarms.state"): t("alarms.open") if one.is_open else t(f"alarms.closed_{one.why}", day=one.closed),
        }
        for one in alarms
    ]
    number = st.column_config.NumberColumn(format="localized")
    show.table(
        pd.DataFrame(rows),
        {t("alarms.value"): number, t("alarms.usual"): number,
         t("alarms.change"): st.column_config.NumberColumn(format="percent")},
        alt=t("alarms.title"), name="alarms",
    )  # fmt: skip


def named(rule: AlarmRule, result: StudyResult) -> str:
    """Return what a rule watches, in words."""
    t = session.t()
    if rule.measure not in OF_SEGMENT:
        return t(f"alarms.measure_{rule.measure}")
    return t(f"alarms.of_{rule.measure}", segment=_names(rule.method, result).get(rule.segment, rule.segment))


def rules(study: compute.LoadedStudy, result: StudyResult) -> None:
    """Show the rules; add and remove some."""
    t = session.t()
    kept = rules_of(compute.workspace(), study.id)
    with st.expander(t("alarms.rules", n=len(kept.rules)), icon=":material/rule:", expanded=True):
        automatic = st.toggle(t("alarms.automatic"), kept.automatic, key="alarm_automatic", help=t("alarms.auto_help"))
        if automatic != kept.automatic:
            _save(study, kept.model_copy(update={"automatic": automatic}))
        for place, rule in enumerate(kept.rules):
            with st.container(horizontal=True, vertical_alignment="center"):
                facts = {"what": named(rule, result), "least": rule.least}
                st.markdown(show.md_escape(t(f"alarms.rule_{rule.direction}", **facts)), width="stretch")
                if st.button(t("personas.remove"), key=f"alarm_remove_{place}", type="tertiary"):
                    _save(study, kept.model_copy(update={"rules": (*kept.rules[:place], *kept.rules[place + 1 :])}))
        with st.popover(t("alarms.add"), icon=":material/add_alert:", key="alarm_add"):
            new = _new_rule(result)
            if st.button(t("alarms.keep"), key="alarm_keep", type="primary"):
                others = tuple(one for one in kept.rules if one.cause != new.cause)
                _save(study, kept.model_copy(update={"rules": (*others, new)}))


def _is_known(measure: Measure, result: StudyResult) -> bool:
    """Say whether a study holds what a rule would watch."""
    if measure in OF_SEGMENT and result.cards.method not in result.edited:
        return False
    known = result.prepared.standard.order_roles
    needs = {"revenue": "amount" in known, "buyers": bool(known), "segment_money": result.cards.knows_money}
    return needs.get(measure, True)


def _new_rule(result: StudyResult) -> AlarmRule:
    t = session.t()
    method = result.cards.method
    offered = [one for one in MEASURES if _is_known(one, result)]
    measure: Any = st.selectbox(
        t("alarms.what"), offered, format_func=lambda one: t(f"alarms.measure_{one}"), key="alarm_measure"
    )
    segment = ""
    if measure in OF_SEGMENT:
        names = _names(method, result)
        segment = str(
            st.selectbox(t("charts.segment"), list(names), format_func=lambda one: names[one], key="alarm_segment")
        )
    directions = ("down", "up", "both")
    direction: Any = st.segmented_control(
        t("alarms.direction"), directions, default="down", format_func=lambda one: t(f"alarms.{one}"),
        key="alarm_direction",
    )  # fmt: skip
    least = st.slider(t("alarms.least"), 1, 50, 10, format="%d%%", key="alarm_least") / 100
    return AlarmRule(
        measure=measure, kind="change", direction=direction or "both", least=least,
        method=method if segment else "", segment=segment,
    )  # fmt: skip


def lists(study: compute.LoadedStudy, result: StudyResult) -> None:
    """Show the lists that rules make of who moved since last time, and add another."""
    t = session.t()
    found = runs.pair(study)
    method = result.cards.method
    if found is None or method not in found.earlier.moment.methods or method not in result.edited:
        return
    from analysis.history.matrix import migration
    from analysis.history.moment import moment_of

    moved = runs.between(
        study, found, f"moved {method}", lambda: migration(found.earlier.moment, moment_of(result), method)
    )
    kept = rules_of(compute.workspace(), study.id)
    names = _names(method, result)
    with st.expander(t("alarms.lists", n=len(kept.lists)), icon=":material/format_list_bulleted:"):
        for place, rule in enumerate(one for one in kept.lists if one.method == method):
            ids = list_of(rule, moved)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(show.md_escape(t("alarms.list_of", name=rule.name, n=len(ids))), width="stretch")
                st.button(
                    t("cards.list"), key=f"alarm_list_{place}", type="tertiary", icon=":material/list:",
                    on_click=session.keep, args=(_SHOWN, rule.name),
                )  # fmt: skip
                if st.button(t("personas.remove"), key=f"alarm_list_remove_{place}", type="tertiary"):
                    left = tuple(one for one in kept.lists if one != rule)
                    _save(study, kept.model_copy(update={"lists": left}))
        before: Any = st.selectbox(t("alarms.from"), list(names), format_func=lambda one: names[one], key="alarm_from")
        now: Any = st.selectbox(
            t("alarms.to"), list(names), index=min(1, len(names) - 1), format_func=lambda one: names[one],
            key="alarm_to",
        )  # fmt: skip
        if st.button(t("alarms.add_list"), key="alarm_add_list"):
            name = t("moved.cell", was=names[before], now=names[now])
            new = ListRule(name=name, method=method, before=before, now=now)
            _save(study, kept.model_copy(update={"lists": (*(one for one in kept.lists if one != new), new)}))
    shown = session.kept(_SHOWN)
    session.keep(_SHOWN, None)
    chosen = next((one for one in kept.lists if one.name == shown), None)
    if chosen is not None:
        profiles = result.profiles
        inside = profiles.customers["customer_id"].isin(list_of(chosen, moved))
        customer_list.listed(profiles, inside, name=chosen.name, key="alarm")


def _names(method: str, result: StudyResult) -> dict[str, str]:
    if method not in result.edited:
        return {}
    edited = result.edited[method]
    names = edited_names(result.segmentations[method], edited, session.t())
    return {key: names[key] for key in edited.shown}


def _save(study: compute.LoadedStudy, kept: AlarmRules) -> None:
    save_rules(compute.workspace(), study.id, kept)
    st.rerun()
