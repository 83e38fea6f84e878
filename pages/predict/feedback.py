"""Page: what people say, about what, and how often telling that was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.feedback import month_by_month, praise_and_blame
from analysis.predict.feedback.feedback import TO_JUDGE
from analysis.predict.feedback.params import FeedbackParams, Label
from analysis.predict.feedback.words import answer
from ui import bound, compute, session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    from analysis.predict.feedback.result import Feedback


def aspects(found: Feedback) -> None:
    """Show praise and blame by aspect, and three texts of one."""
    show.chart(praise_and_blame(found, t), t("feedback.chart.aspects"), name="feedback_aspects")
    names = found.aspects["aspect"].tolist()
    chosen = st.selectbox(
        t("feedback.aspect_shown"), names, format_func=lambda name: t(f"value.aspect.{name}"),
        **bound.to_visit("feedback_aspect").to("shown", names[0], offered=names),
    )  # fmt: skip
    for quote in found.quotes.get(chosen, ()):
        st.caption(show.md_escape(t("feedback.quoted", text=quote)))


def topics(found: Feedback) -> None:
    """Show the groups of words, each with a text."""
    if found.topics.empty:
        st.markdown(show.md_escape(t("feedback.no_topics")))
        return
    told = {
        t("feedback.column.topic"): found.topics["words"],
        t("feedback.column.n"): found.topics["n"],
        t("feedback.column.negative"): [
            t.percent(one) if one == one else "–" for one in found.topics["negative_share"]
        ],
        t("feedback.column.quote"): ["\n".join(found.quotes.get(key, ())[:1]) for key in found.topics["topic"]],
    }  # fmt: skip
    frame.rows(told, "feedback.tab.topics")


def judge(study: compute.LoadedStudy, found: Feedback, params: FeedbackParams) -> None:
    """Let a person judge texts, one at a time, by a click."""
    done = {label.text for label in params.labels}
    waiting = [key for key in found.to_judge if key not in done]
    n = len(found.to_judge) - len(waiting)
    if not waiting:
        st.markdown(show.md_escape(t("feedback.judged", n=n)))
        return
    st.markdown(show.md_escape(t("feedback.judge", n=n, least=min(TO_JUDGE, len(found.to_judge)))))
    with st.container(border=True):
        st.markdown(show.md_escape(found.to_judge[waiting[0]]))
    with st.container(horizontal=True):
        for said in ("positive", "negative", "mixed", "none"):
            label = Label(text=waiting[0], said=said)
            st.button(
                t(f"feedback.says.{said}"), key=f"judge_{said}",
                on_click=kept.choose, args=(study, params, "labels", (*params.labels, label)),
            )  # fmt: skip


def choices(study: compute.LoadedStudy, params: FeedbackParams) -> None:
    """Offer by what texts are judged, and how many groups of words are looked for."""
    st.selectbox(
        t("feedback.by"), ["auto", "words", "ratings"], format_func=lambda name: t(f"feedback.choice.{name}"),
        **kept.field(study, params, "by"),
    )  # fmt: skip
    st.slider(t("feedback.topics"), 0, 20, help=t("feedback.topics_help"), **kept.field(study, params, "topics"))


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show what is said about what, by words, by month, or texts to judge."""
    return {
        "aspects": lambda: aspects(made.result),
        "topics": lambda: topics(made.result),
        "months": lambda: show.chart(
            month_by_month(made.result, t), t("feedback.chart.months"), name="feedback_months"
        ),
        "judge": lambda: judge(made.study, made.result, made.params),
    }


def actions(made: frame.Made) -> None:
    """Offer the list of those who are not glad."""
    sad = (made.result.customers["negative"] > 0).fillna(False)
    kept.listing(made.profiles, sad, t("feedback.list", n=int(sad.sum())), "feedback")


t = session.t()
frame.page(FeedbackParams(), choices=choices, views=views, actions=actions, told=lambda made: answer(made.result, t))
