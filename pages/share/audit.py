"""Page: who saw, took along or deleted personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analysis.workspace.audit import ACTIONS, AuditFilter
from analysis.workspace.audit_words import sentence
from ui import compute, session, show
from ui.data import at_rest
from ui.share import assessment

if TYPE_CHECKING:
    from analysis.workspace.audit import AuditReport, Entry

t = session.t()


def main() -> None:
    """Show the log, whether it is as it was written, and what the reader wants of it."""
    workspace = compute.workspace()
    report = workspace.verify_audit()
    if report.n == 0 and report.is_whole:
        st.info(t("audit.nothing"), icon=":material/info:")
        return
    state(report)
    entries = workspace.audit(wanted())
    if not entries:
        st.caption(t("audit.none_fits"))
        return
    show.table(shown(entries), alt=t("audit.alt", n=len(entries)), name="audit", file=t("audit.file"))


def state(report: AuditReport) -> None:
    """Say whether the chain of entries holds."""
    if report.is_whole:
        show.answer(t("audit.answer", n=report.n))
        return
    breaks = [t(f"audit.break_{one.code}", n=one.position) for one in report.breaks]
    st.error(show.md_escape(" ".join([t("audit.broken", n=report.n), *breaks])), icon=":material/gpp_bad:")


def wanted() -> AuditFilter:
    """Ask which entries are wanted."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        actions = st.multiselect(
            t("audit.actions"), ACTIONS, format_func=lambda action: t(f"audit.action_{action}"), key="audit_actions",
            wrap=True, placeholder=t("audit.all_actions"),
        )  # fmt: skip
        days = st.date_input(t("audit.days"), (), key="audit_days")  # pyright: ignore
        study = session.study_id()
        here = study is not None and st.toggle(t("audit.this_study"), key="audit_here")
    since, until = days if isinstance(days, tuple) and len(days) == 2 else (None, None)
    return AuditFilter(actions=tuple(actions), study_id=study if here else None, since=since, until=until)


def shown(entries: list[Entry]) -> pd.DataFrame:
    """Return one row per entry, in words."""
    names = {study.id: study.name for study in compute.workspace().studies()}
    return pd.DataFrame(
        {
            t("audit.position"): [one.position for one in entries],
            t("audit.at"): [session.local_time(one.at) for one in entries],
            t("audit.who"): [one.who for one in entries],
            t("audit.said"): [sentence(one, t) for one in entries],
            t("audit.study"): [
                names.get(one.study_id, t("audit.gone")) if one.study_id else "" for one in entries
            ],
        }
    )  # fmt: skip


show.page_header(t("audit.title"), t("audit.question"))
main()
assessment.register()
at_rest.section()
show.how_computed("audit.method")
