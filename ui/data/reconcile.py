"""The question that makes a person trust the rest: does the revenue match the shop's own report, and if not, why?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.questions import order_span
from ui import compute, session, show

if TYPE_CHECKING:
    from analysis.intake.reconcile.result import Explanation, Reconciliation
    from analysis.study import Prepared

KEPT = "reconciled"


def with_report(study: compute.LoadedStudy, prepared: Prepared) -> None:
    """Ask for the revenue of a report, and say what explains the difference."""
    if not prepared.standard.order_roles:
        return
    t = session.t()
    with st.expander(t("reconcile.title"), icon=":material/balance:", key="reconcile"):
        st.caption(t("reconcile.intro"))
        _, first, last = order_span(prepared.standard)
        with st.form("reconcile_form", border=False):
            total, since, until = st.columns(3)
            typed = total.text_input(t("reconcile.total"), placeholder="62,266.10", max_chars=40, key="reconcile_total")
            begin = since.date_input(t("reconcile.since"), first, format="YYYY-MM-DD", key="reconcile_since")
            end = until.date_input(t("reconcile.until"), last, format="YYYY-MM-DD", key="reconcile_until")
            asked = st.form_submit_button(t("reconcile.explain"), key="reconcile_explain")
        mark = (study.id, study.revision)
        if asked:
            try:
                with st.spinner(t("reconcile.working")):
                    session.keep(KEPT, (*mark, _found(study, typed, begin, end)))
            except AnalysisError as problem:
                session.keep(KEPT, None)
                show.error(problem)
        kept = session.kept(KEPT)
        if kept and kept[:2] == mark:
            _tell(study, kept[2])


def _found(study: compute.LoadedStudy, total: str, since: Any, until: Any) -> Reconciliation:
    from analysis.intake.reconcile.reconcile import reconcile

    return reconcile(study.tables, study.recipe, total=total, since=since, until=until)


def _tell(study: compute.LoadedStudy, found: Reconciliation) -> None:
    from analysis.intake.reconcile.words import reconcile_lines

    t = session.t()
    first, *others = reconcile_lines(found, t)
    st.markdown(f"**{show.md_escape(first)}**")
    for place, line in enumerate(others):
        st.markdown(show.md_escape(line))
        if place < len(found.exact):
            _offer(study, found.exact[place], place)


def _offer(study: compute.LoadedStudy, one: Explanation, place: int) -> None:
    """Offer to count as the report does, where a recipe can."""
    from analysis.intake.fixes import apply_fix

    fixes = [part.fix for part in one.treatments]
    fields = [fix.field for fix in fixes if fix is not None and fix.kind == "cleaning"]
    if not fixes or len(set(fields)) < len(fixes):  # two changes of one choice would undo each other
        return
    recipe = study.recipe
    for fix in fixes:
        if fix is not None:
            recipe = apply_fix(recipe, fix)
    if st.button(session.t()("reconcile.apply"), key=f"reconcile_apply_{place}", icon=":material/check:"):
        compute.change(study, recipe)
