"""A list that was made, handed over: the layout, the file, why personal data leaves in full, and the download."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.act.audience import DIGESTS, Digest
from analysis.act.make import rows_of, still_allowed
from analysis.errors import AnalysisError
from analysis.exports.act.layouts import USUAL, Handed, list_frame, offered
from analysis.exports.act.write import write_list
from analysis.exports.names import safe_file_name
from analysis.exports.words import contact_mark
from analysis.privacy.consent import consent_is_known
from ui import bound, compute, controls, session, show, work
from ui.act import plays

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    from analysis.act.campaign import Campaign
    from ui.act.listing import Act

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QUICK_ROWS = 20_000  # of a workbook, written while a reader waits
GROUPS = ("sent", "held")


def hand_over(act: Act, campaign: Campaign) -> None:
    """Offer a list as a file."""
    t, bind = act.t, bound.to_visit("hand_over")
    layouts = list(offered(act.profiles))
    usual = USUAL[campaign.choices.channel]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layout = st.selectbox(
            t("act.layout"), layouts, format_func=lambda one: t(f"act.layout_{one}"),
            **bind.to("layout", usual if usual in layouts else layouts[0], offered=layouts, kind=str),
        )  # fmt: skip
        kind = st.segmented_control(
            t("act.file_kind"), ["xlsx", "csv"], format_func=lambda one: t(f"act.file_{one}"),
            required=True, **bind.to("kind", "xlsx", offered=["xlsx", "csv"], kind=str),
        )  # fmt: skip
        group = st.segmented_control(
            t("act.group"), GROUPS, format_func=lambda one: t(f"act.group_{one}"), required=True,
            help=t("act.group_help"), **bind.to("group", "sent", offered=GROUPS, kind=str),
        )  # fmt: skip
    digest: Digest = "sha256"
    if layout == "audience":
        digest = st.segmented_control(
            t("act.digest"), DIGESTS, format_func=lambda one: t(f"act.digest_{one}"), required=True,
            help=t("act.digest_help"), **bind.to("digest", "sha256", offered=DIGESTS, kind=str),
        )  # fmt: skip
    text, said = "", _said(act, campaign)
    if layout in ("sms", "email"):
        text = st.text_area(
            t("act.message"),
            help=t("act.message_help"),
            max_chars=1000,
            placeholder=said,
            **bind.to("message", "", kind=str),
        )
    reason = (
        st.text_input(t("act.reason"), help=t("act.reason_help"), max_chars=200, **bind.to("reason", "", kind=str))
        or ""
    ).strip()
    confirmed = controls.confirm_contact(act.profiles.customers, "lists")
    handed = _handed(act, campaign, group, text or "", confirmed)
    name = safe_file_name(f"{campaign.name} {t(f'act.group_{group}')}.{kind}", instead="list")
    try:
        compute.workspace().need_key()
        frame = list_frame(layout, handed, t, digest=digest)
    except AnalysisError as problem:
        if problem.code == "act_no_message":
            st.caption(show.md_escape(t("error.act_no_message")))
        else:
            show.error(problem)
        return
    st.caption(show.md_escape(t("act.handed", n=len(frame), columns=frame.shape[1])))
    listed = len(_listed(act, campaign, group))
    if gone := (campaign.n_sent if group == "sent" else campaign.n_held) - listed:
        st.caption(show.md_escape(t("act.gone_since", n=gone)))
    if withdrawn := listed - len(handed.rows):
        st.caption(show.md_escape(t("act.withdrawn_since", n=withdrawn)))
    if not reason:
        st.caption(show.md_escape(t("act.reason_first")))

    def write(target: Any, progress: Callable[[int, int], None] = lambda done, n: None) -> None:
        write_list(frame, target, kind, title=campaign.name, day=campaign.made_on, progress=progress)

    def logged(content: bytes) -> bytes:
        facts = {"reason": reason, "layout": layout, "rows": len(frame), "group": group}
        compute.workspace().hand_over(act.study.id, campaign.name, **facts)
        return content

    if kind == "xlsx" and len(frame) > QUICK_ROWS:
        _beside(
            f"list {act.study.id} {campaign.name} {layout} {group} {t.language} {digest} {text} {_told(handed)}",
            write,
            name,
            reason,
            logged,
        )
        return

    def now() -> bytes:
        buffer = io.BytesIO()
        write(buffer)
        return logged(buffer.getvalue())

    _button(now, name, kind, reason)


def _beside(key: str, write: Callable[..., None], name: str, reason: str, logged: Callable[[bytes], bytes]) -> None:
    """Write a large workbook beside the page, with progress and a way to stop."""
    t = session.t()
    job: work.Job[Path] | None = work.find(key)
    if job is not None and job.is_running:
        work.watch(job, doing=t("act.writing"))
    elif job is not None and job.is_done:
        path = job.future.result()
        _button(lambda: logged(path.read_bytes()), name, "xlsx", reason)
    else:
        if job is not None and isinstance(job.problem, AnalysisError):
            show.error(job.problem)

        def make(job: work.Job[Path]) -> Path:
            path = job.folder / "list.xlsx"
            write(path, lambda done, n: job.report(done / max(n, 1)))
            return path

        def begin() -> None:
            work.start(key, make)

        st.button(
            t("act.prepare"), key="list_prepare", type="primary", disabled=not reason,
            on_click=begin,
        )  # fmt: skip


def _told(handed: Handed) -> str:
    """Return a short name of whom a file holds: one that was written before somebody withdrew is another."""
    return hashlib.sha256(handed.rows.tobytes()).hexdigest()[:16]


def _button(make: Callable[[], bytes], name: str, kind: str, reason: str) -> None:
    st.download_button(
        session.t()("act.download"), make, name, XLSX if kind == "xlsx" else "text/csv", key="list_download",
        type="primary", icon=":material/download:", disabled=not reason, on_click="ignore",
    )  # fmt: skip


def _said(act: Act, campaign: Campaign) -> str:
    """Return what is offered, in the words of the play of the first segment: to be changed before it is sent."""
    segments = [arms.segment for arms in campaign.arms]
    play = next((one for one in plays.filled(act) if one.segment in segments[:1]), None)
    return "" if play is None else play.play.offer.of(act.t.language)


def _listed(act: Act, campaign: Campaign, group: str) -> np.ndarray:
    """Return the rows of a group of the list as the files know them today."""
    return rows_of(campaign, act.people)[GROUPS.index(group)]


def _handed(act: Act, campaign: Campaign, group: str, text: str, confirmed: date | None) -> Handed:
    """Return what is handed over: the people of the list as the files know them today, the most valuable first."""
    import numpy as np

    from analysis.act.reach import region_of

    rows = _listed(act, campaign, group)
    if group == "sent":
        rows = still_allowed(rows, act.profiles, campaign.choices.channel)
    customers = act.profiles.customers
    if "spend" in customers:
        rows = rows[np.argsort(-customers["spend"].to_numpy(dtype=float, na_value=0.0)[rows], kind="stable")]
    region = region_of(act.profiles, campaign.choices, currency=act.study.recipe.money_in)
    segments = [act.names.get(str(key), "") for key in act.labels.fillna("")]
    return Handed(
        act.profiles,
        rows,
        segments,
        campaign.name,
        campaign.owner,
        _said(act, campaign),
        text,
        region,
        is_agreed=consent_is_known(customers) or confirmed is not None,
        contact=contact_mark(customers, confirmed, act.t),
    )
