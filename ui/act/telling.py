"""Telling another system that a list was made: whom, what it would be told, and what was sent when."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analysis.act.notify.deliver import STOPPED
from analysis.act.notify.receiver import RECEIVERS, Receiver
from analysis.act.words import try_words
from analysis.errors import AnalysisError
from ui import bound, compute, session, show, work

if TYPE_CHECKING:
    from analysis.act.campaign import Campaign
    from analysis.act.notify.deliver import Delivery
    from ui.act.listing import Act

MOST_LINES = 50  # of the log
STEP_SECONDS = 0.25


def teller(act: Act, campaign: Campaign) -> None:
    """Offer to tell another system of a list: nothing is sent before it was shown."""
    t, workspace = act.t, compute.workspace()
    with st.expander(t("act.tell"), icon=":material/send:", key="tell_box"):
        st.caption(show.md_escape(t("act.tell_what")))
        kind = st.segmented_control(
            t("act.tell_whom"), RECEIVERS, format_func=lambda one: t(f"act.receiver_{one}"), required=True,
            **bound.to_visit("tell").to("kind", _first_kind(act), offered=RECEIVERS, kind=str),
        )  # fmt: skip
        known = workspace.receivers(act.study.id).get(kind)
        receiver = workspace.receiver(act.study.id, kind)
        if receiver is None:
            if known is not None:
                st.warning(show.md_escape(t("act.tell_lost", host=known.host)))
            _ask(act, kind)
        else:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(show.md_escape(t("act.tell_kept", host=receiver.host)))
                st.button(
                    t("act.tell_forget"), key="tell_forget", type="tertiary",
                    on_click=workspace.drop_receiver, args=(act.study.id, kind),
                )  # fmt: skip
            _tell(act, campaign, receiver)
        _log(act)


def _first_kind(act: Act) -> str:
    return next(iter(compute.workspace().receivers(act.study.id)), RECEIVERS[0])


def _ask(act: Act, kind: Any) -> None:
    """Ask for address and secret; both leave the page once they are kept."""
    t, keys = act.t, (f"tell_url_{kind}", f"tell_secret_{kind}")

    def keep() -> None:
        url, secret = (str(session.widget(key) or "") for key in keys)
        try:
            compute.workspace().keep_receiver(act.study.id, Receiver(kind, url, secret))
        except AnalysisError as problem:
            session.keep("tell_refused", problem)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("act.tell_address"), key=keys[0], type="password", help=t("act.tell_address_help"))
        st.text_input(t("act.tell_secret"), key=keys[1], type="password", help=t("act.tell_secret_help"))
        st.button(t("act.tell_keep"), key="tell_keep", on_click=keep)
    if (problem := session.kept("tell_refused")) is not None:
        session.keep("tell_refused", None)
        show.error(problem)


def _tell(act: Act, campaign: Campaign, receiver: Receiver) -> None:
    """Show what would be sent, then send it; what was taken is not offered again."""
    t, workspace = act.t, compute.workspace()
    text = t("act.robot_text", name=campaign.name, sent=campaign.n_sent, held=campaign.n_held)
    delivery = workspace.delivery(act.study.id, campaign, receiver, text)
    key = f"tell {act.study.id} {campaign.name} {receiver.kind} {receiver.where}"
    job = work.find(key)
    if job is not None and job.is_running:
        work.watch(job, doing=t("act.telling", host=receiver.host))
        return
    if job is not None and isinstance(job.problem, AnalysisError):
        show.error(job.problem)
    if delivery.state == "done":
        st.success(show.md_escape(t("act.told", host=receiver.host, name=campaign.name)), icon=":material/check:")
        return
    if delivery.state == "failed":
        stopped = delivery.tries[-1].why == STOPPED
        facts = {"host": receiver.host, "n": len(delivery.tries), "why": try_words(delivery.tries[-1], t)}
        st.warning(show.md_escape(t("act.tell_stopped" if stopped else "error.act_not_told", **facts)))
    if not st.toggle(t("act.tell_try"), **bound.to_visit(f"tell {key}").to("shown", False, kind=bool)):
        return
    st.caption(show.md_escape(t("act.tell_tried", host=receiver.host)))
    st.code(delivery.body, language="json" if delivery.to == "webhook" else None, wrap_lines=True)
    st.button(
        t("act.tell_again" if delivery.state == "failed" else "act.tell_send"), key="tell_send",
        icon=":material/send:", on_click=_begin, args=(key, act.study.id, delivery, receiver),
    )  # fmt: skip


def _begin(key: str, study_id: str, delivery: Delivery, receiver: Receiver) -> None:
    workspace = compute.workspace()

    def tell(job: work.Job[None]) -> None:
        def wait(seconds: float) -> None:
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                job.say("act.tell_waits", n=math.ceil(left))
                time.sleep(min(left, STEP_SECONDS))

        workspace.tell(study_id, delivery.again(), receiver, wait=wait)

    work.forget(key)
    work.start(key, tell)


def _log(act: Act) -> None:
    """Show what was sent when, the last first."""
    t = act.t
    told = [
        (one.at, delivery, one) for delivery in compute.workspace().deliveries(act.study.id) for one in delivery.tries
    ]
    if not told:
        return
    lines = sorted(told, key=lambda line: line[0], reverse=True)[:MOST_LINES]
    rows = pd.DataFrame(
        {
            t("act.tell_when"): [f"{session.local_time(at):%Y-%m-%d %H:%M:%S}" for at, _, _ in lines],
            t("act.tell_list"): [delivery.name for _, delivery, _ in lines],
            t("act.tell_to"): [f"{delivery.host} ({t(f'act.receiver_{delivery.to}')})" for _, delivery, _ in lines],
            t("act.tell_answer"): [try_words(one, t) for _, _, one in lines],
        }
    )
    show.table(rows, alt=t("act.tell_log"), name="told")
