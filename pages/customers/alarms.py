"""Page: alarms: figures that left their usual way, the rules behind them, lists by rule, refreshes by themselves."""

from __future__ import annotations

import streamlit as st

from analysis.history.alarms import LEAST_POINTS
from ui import compute, session, show
from ui.history import alarm_rules, runs, schedule


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    with st.spinner(t("app.working")):
        result = compute.study_result(study)
        alarms = runs.alarms_of(study, result)
    open_ones = [one for one in alarms if one.is_open]
    n_runs = alarm_rules.n_states(study)
    if alarms:
        show.answer(t("alarms.answer", n=len(open_ones), runs=n_runs))
    else:
        told, watched = runs.judged_of(study, result)
        key = "alarms.none" if told == watched else "alarms.none_so_far" if told else "alarms.too_early"
        show.answer(t(key, runs=n_runs, told=told, watched=watched, needed=LEAST_POINTS + 1))
    alarm_rules.listed(alarms, result)
    alarm_rules.rules(study, result)
    alarm_rules.lists(study, result)
    schedule.section(study)
    compute.keep_snapshot(study)


t = session.t()
show.page_header(t("alarms.title"), t("alarms.question"))
main()
show.how_computed("alarms.how")
