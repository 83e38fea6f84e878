"""Page: what people say, about what, and how often telling that was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.feedback import month_by_month, praise_and_blame
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.feedback.feedback import TO_JUDGE
from analysis.predict.feedback.params import FeedbackParams, Label
from analysis.predict.feedback.words import answer
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.predict.feedback.result import Feedback

VIEWS = ("aspects", "topics", "months", "judge")


def aspects(found: Feedback) -> None:
    """Show praise and blame by aspect, and three texts of one."""
    try:
        show.chart(praise_and_blame(found, t), t("feedback.chart.aspects"), name="feedback_aspects")
    except AnalysisError as problem:
        show.empty_state(t(f"error.{problem.code}", **problem.facts))
        return
    names = found.aspects["aspect"].tolist()
    chosen = st.selectbox(
        t("feedback.aspect_shown"), names, format_func=lambda name: t(f"value.aspect.{name}"),
        **bound.to_visit("feedback_aspect").to("shown", names[0], offered=names),
    )  # fmt: skip
    for quote in found.quotes.get(chosen, ()):
        st.caption(show.md_escape(t("feedback.quoted", text=quote)))


def topics(found: Feedback) -> None:
    """Show the groups of words, each with a text."""
    import pandas as pd

    if found.topics.empty:
        st.markdown(show.md_escape(t("feedback.no_topics")))
        return
    told = pd.DataFrame({
        t("feedback.column.topic"): found.topics["words"],
        t("feedback.column.n"): found.topics["n"],
        t("feedback.column.negative"): [
            t.percent(one) if one == one else "–" for one in found.topics["negative_share"]
        ],
        t("feedback.column.quote"): ["\n".join(found.quotes.get(key, ())[:1]) for key in found.topics["topic"]],
    })  # fmt: skip
    st.dataframe(told, hide_index=True, height=300, alt=t("feedback.tab.topics"))


def months(found: Feedback) -> None:
    """Show the scores month by month."""
    try:
        show.chart(month_by_month(found, t), t("feedback.chart.months"), name="feedback_months")
    except AnalysisError as problem:
        show.empty_state(t(f"error.{problem.code}", **problem.facts))


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


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: FeedbackParams = kept.params_of(study, FeedbackParams())
    try:
        with st.spinner(t("churn.working")):
            found: Feedback = study.run.prediction(params)
    except AnalysisError as problem:
        show.hint(problem)
        return
    show.answer(prose(answer(found, t), t))
    kept.notes(found.notes)
    left, right = screen.places()
    with left:
        view = st.segmented_control(
            t("segments.closer"), VIEWS, format_func=lambda name: t(f"feedback.tab.{name}"), required=True,
            label_visibility="collapsed",
            **bound.to_visit("feedback_view").to("shown", "aspects", offered=list(VIEWS)),
        )  # fmt: skip
        if view == "topics":
            topics(found)
        elif view == "months":
            months(found)
        elif view == "judge":
            judge(study, found, params)
        else:
            aspects(found)
    with right:
        choices(study, params)
        kept.use(study, params)
        sad = (found.customers["negative"] > 0).fillna(False)
        kept.listing(prepared.profiles, sad, t("feedback.list", n=int(sad.sum())), "feedback")
    show.code(prediction_code(study.in_code, params))


segments.begin("feedback")
t = session.t()
main()
show.how_computed("feedback.method")
show.next_step("customers/tags")
