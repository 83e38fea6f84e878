"""Ids that may be one customer: pairs to merge or tell apart, and the decisions, each of which can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis.intake.people.words import pairs_answer
from ui import compute, session, show
from ui.data.shown import hidden, id_kind

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.people.identity import Confirmed, Identity, Match
    from analysis.privacy.kinds import PersonalKind

SHOWN = 200
VALUE_KINDS: dict[str, PersonalKind] = {
    "phone": "phone",
    "email": "email",
    "id_number": "id_number",
    "name_address": "address",
}


def suggestions(study: compute.LoadedStudy, found: Identity) -> None:
    """Show pairs that may be one customer, to be merged or told apart."""
    t = session.t()
    matches = found.matches[:SHOWN]
    sure = [match for match in found.matches if match.sure]
    st.markdown(show.md_escape(pairs_answer(found, t)))
    if len(found.matches) > len(matches):
        st.caption(t("match.shown", shown=len(matches), n=len(found.matches)))
    edited = st.data_editor(
        suggested(study, matches),
        key=f"same_{study.version}_{len(study.merges.links)}_{t.language}",
        hide_index=True,
        disabled=["first", "first_name", "second", "second_name", "why", "value"],
        height=min(38 + 35 * len(matches), 420),
        alt=t("match.editor_alt"),
        column_config={
            "tick": st.column_config.CheckboxColumn(t("match.tick"), width=70),
            "first": st.column_config.TextColumn(t("match.first")),
            "first_name": st.column_config.TextColumn(t("match.first_name")),
            "second": st.column_config.TextColumn(t("match.second")),
            "second_name": st.column_config.TextColumn(t("match.second_name")),
            "why": st.column_config.TextColumn(t("match.why")),
            "value": st.column_config.TextColumn(t("match.value")),
        },
    )
    ticked = [match for match, tick in zip(matches, edited["tick"], strict=True) if tick]
    with st.container(horizontal=True):
        label = t("match.confirm", n=len(ticked)) if ticked else t("match.confirm_none")
        if st.button(label, key="confirm", type="primary", disabled=not ticked):
            decide(study, ticked, "same")
        if st.button(t("match.reject"), key="reject", disabled=not ticked):
            decide(study, ticked, "different")
        if len(sure) > sum(match.sure for match in matches) and st.button(
            t("match.confirm_all", n=len(sure)), key="confirm_all", type="tertiary"
        ):
            decide(study, sure, "same")


def suggested(study: compute.LoadedStudy, matches: Sequence[Match]) -> pd.DataFrame:
    """Return one row per suggested pair, masked unless unmasked."""
    import pandas as pd

    kind = id_kind(study)
    return pd.DataFrame(
        {
            "tick": [match.sure for match in matches],
            "first": hidden([match.first for match in matches], kind),
            "first_name": hidden([match.first_name for match in matches], "name"),
            "second": hidden([match.second for match in matches], kind),
            "second_name": hidden([match.second_name for match in matches], "name"),
            "why": [why(match.evidence) for match in matches],
            "value": [hidden([match.value], value_kind(match, kind))[0] for match in matches],
        }
    )


def value_kind(match: Match, kind: PersonalKind | None) -> PersonalKind | None:
    """Return the kind of personal data that a pair shares; a spelling of the id is as personal as the id."""
    return kind if match.evidence[0] == "id_form" else VALUE_KINDS.get(match.evidence[0])


def decide(study: compute.LoadedStudy, matches: Sequence[Match], decision: str) -> None:
    """Keep a decision about pairs and show the page as it is then."""
    evidence = {match.pair: match.evidence for match in matches}
    compute.save_merges(study, study.merges.decide(list(evidence), decision, evidence))  # pyright: ignore


def decided(study: compute.LoadedStudy, found: Identity) -> None:
    """List the decisions, each of which can be taken back."""
    t = session.t()
    import pandas as pd

    st.subheader(t("match.decided"), anchor=False)
    if found.n_customers < found.n_ids:
        st.markdown(show.md_escape(t("match.merged_answer", ids=found.n_ids, customers=found.n_customers)))
    st.caption(t("match.decided_help"))
    listed = found.confirmed[: SHOWN * 5]
    kind = id_kind(study)

    def written(ids: Sequence[str | None]) -> list[str]:
        shown = hidden([one or "" for one in ids], kind)
        return [text or t("match.not_in_files") for text in shown]

    frame = pd.DataFrame(
        {
            "tick": [False for _ in listed],
            "decision": [t(f"match.decision_{one.link.decision}") for one in listed],
            "first": written([one.first for one in listed]),
            "second": written([one.second for one in listed]),
            "why": [why(one.link.evidence) for one in listed],
            "when": [session.local_time(one.link.decided_at) for one in listed],
        }
    )
    edited = st.data_editor(
        frame,
        key=f"decided_{len(found.confirmed)}_{study.version}_{t.language}",
        hide_index=True,
        disabled=["decision", "first", "second", "why", "when"],
        height=min(38 + 35 * len(frame), 320),
        alt=t("match.decided_alt"),
        column_config={
            "tick": st.column_config.CheckboxColumn(t("match.tick"), width=70),
            "decision": st.column_config.TextColumn(t("match.decision")),
            "first": st.column_config.TextColumn(t("match.one")),
            "second": st.column_config.TextColumn(t("match.second")),
            "why": st.column_config.TextColumn(t("match.why")),
            "when": st.column_config.DatetimeColumn(t("match.when"), format="YYYY-MM-DD HH:mm"),
        },
    )
    undone: list[Confirmed] = [one for one, tick in zip(listed, edited["tick"], strict=True) if tick]
    with st.container(horizontal=True):
        if st.button(t("match.take_back", n=len(undone)), key="take_back", icon=":material/undo:", disabled=not undone):
            compute.save_merges(study, study.merges.undo([one.link for one in undone]))
        st.download_button(
            t("match.download"),
            study.merges.model_dump_json(indent=1),
            "merges.json",
            "application/json",
            key="download_merges",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            help=t("match.download_help"),
        )


def why(evidence: Sequence[str]) -> str:
    """Write the reasons of a pair."""
    t = session.t()
    return t("match.separator").join(t(f"match.evidence_{code}") for code in evidence)
