"""One campaign as a thing to do: what, who, until when, and how far it is."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.act.campaign import STATES, is_overdue
from analysis.errors import AnalysisError
from ui import bound, compute, session, show

if TYPE_CHECKING:
    from analysis.act.campaign import Campaign


def card(study_id: str, campaign: Campaign) -> None:
    """Show a campaign, and let its owner, day and state be changed."""
    t = session.t()
    key = hashlib.sha256(campaign.name.encode()).hexdigest()[:12]

    def keep(field: str) -> Any:
        def kept(value: Any) -> None:
            try:
                compute.workspace().change_campaign(
                    study_id, campaign.name, lambda now: now.model_copy(update={field: value})
                )
            except AnalysisError as problem:
                session.keep(session.REFUSED, problem)

        return kept

    with st.container(border=True, gap="xsmall", key=f"action_{key}"):
        late = is_overdue(campaign, date.today())
        mark = f" :red-badge[{show.md_escape(t('actions.overdue'))}]" if late else ""
        st.markdown(f"**{show.md_escape(campaign.name)}**{mark}")
        told = t("actions.size", sent=campaign.n_sent, held=campaign.n_held, day=campaign.made_on)
        measured = t("actions.window", days=campaign.window_days) if campaign.window_days else t("actions.not_measured")
        st.caption(show.md_escape(f"{told} {measured}"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t("actions.owner"), max_chars=80,
                **bound.one(f"owner_{key}", campaign.owner, keep("owner"), kind=str, scope=study_id),
            )  # fmt: skip
            st.date_input(
                t("actions.due"), format="YYYY-MM-DD",
                **bound.one(f"due_{key}", campaign.due, keep("due"), kind=date | None, scope=study_id),
            )  # fmt: skip
            st.selectbox(
                t("actions.state"), STATES, format_func=lambda one: t(f"actions.state_{one}"),
                help=t("actions.state_help"),
                **bound.one(f"state_{key}", campaign.state, keep("state"), kind=str, scope=study_id),
            )  # fmt: skip
