"""Page: what people say, about what, and how often telling that was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.feedback import month_by_month, praise_and_blame
from analysis.predict.feedback.by_segment import feedback_by_segment
from analysis.predict.feedback.feedback import TO_JUDGE
from analysis.predict.feedback.named import names_of
from analysis.predict.feedback.params import FeedbackParams, Label, TopicName
from analysis.predict.feedback.words import answer
from ui import bound, compute, session, show
from ui.predict import by_segment, frame, kept

if TYPE_CHECKING:
    from analysis.predict.feedback.result import Feedback

PER_SEGMENT = 5


def aspects(found: Feedback) -> None:
    """Show praise and blame by aspect, and three texts of one."""
    show.chart(praise_and_blame(found, t), t("feedback.chart.aspects"), name="feedback_aspects")
    names = found.aspects["aspect"].tolist()
    chosen = st.selectbox(
        t("feedback.aspect_shown"), names, format_func=lambda name: t(f"value.aspect.{name}"),
        **bound.to_visit("feedback_aspect").to("shown", names[0], offered=names),
    )  # fmt: skip
    quoted(found, chosen)


def quoted(found: Feedback, key: str) -> None:
    """Show the texts that stand for an aspect or a group of words."""
    for quote in found.quotes.get(key, ()):
        st.caption(show.md_escape(t("feedback.quoted", text=quote)))


def called(found: Feedback) -> dict[str, str]:
    """Return what each group of words is called: by its name, else by its words."""
    rows = zip(found.topics["topic"], found.topics["name"], found.topics["words"], strict=True)
    return {topic: name or words for topic, name, words in rows}


def topics(made: frame.Made) -> None:
    """Show the groups of words; of one its texts, and what it is called."""
    found: Feedback = made.result
    if found.topics.empty:
        st.markdown(show.md_escape(t("feedback.no_topics")))
        return
    names = called(found)
    told = {
        t("feedback.column.topic"): list(names.values()),
        t("feedback.column.n"): found.topics["n"],
        t("feedback.column.negative"): [
            t.percent(one) if one == one else "–" for one in found.topics["negative_share"]
        ],
    }  # fmt: skip
    frame.rows(told, "feedback.tab.topics")
    keys = list(names)
    chosen = st.selectbox(
        t("feedback.aspect_shown"), keys, format_func=names.__getitem__,
        **bound.to_visit("feedback_topic").to("shown", keys[0], offered=keys),
    )  # fmt: skip
    given = str(found.topics.set_index("topic")["name"].get(chosen, ""))
    st.text_input(
        t("feedback.name"), max_chars=60, placeholder=t("feedback.name_none"), help=t("feedback.name_help"),
        **bound.one("feedback_name", given, lambda name: rename(made, chosen, name), scope=chosen),
    )  # fmt: skip
    quoted(found, chosen)


def rename(made: frame.Made, topic: str, name: str) -> None:
    """Keep what a group of words is called; without a name its words tell it again."""
    before = names_of(made.result.groups, made.params.names).get(topic)
    others = tuple(one for place, one in enumerate(made.params.names) if place != before)
    name = " ".join((name or "").split())
    mine = (TopicName(words=made.result.groups[topic], name=name),) if name else ()
    kept.choose(made.study, made.params, "names", (*others, *mine))


def segments_of(made: frame.Made) -> None:
    """Show what each segment speaks of more, or less, than all texts do."""
    found: Feedback = made.result
    view = by_segment.chosen(made.study, made.profiles, "feedback")
    if view is None:
        return
    table = feedback_by_segment(found, view.edited.segmentation.labels)
    table = table[table["segment"].isin(view.edited.shown)]
    if table.empty:
        show.empty_state(t("feedback.no_segments"))
        return
    names = called(found) | {key: t(f"value.aspect.{key}") for key in found.aspects["aspect"]}
    table = table.sort_values("n", ascending=False).groupby("segment", sort=False).head(PER_SEGMENT)
    table = table.sort_values(["segment", "index"], ascending=[True, False])
    shares = zip(table["share"], table["low"], table["high"], strict=True)
    told = {
        "segment": [view.names[key] for key in table["segment"]],
        "about": [names.get(key, key) for key in table["about"]],
        "n": table["n"],
        "share": [t("paths.share_from_to", share=share, low=low, high=high) for share, low, high in shares],
        "index": [t.number(one, 0) for one in table["index"]],
    }
    frame.rows({t(f"feedback.column.{name}"): column for name, column in told.items()}, "feedback.tab.segments")
    st.caption(show.md_escape(t("feedback.index_note")))


def judge(study: compute.LoadedStudy, found: Feedback, params: FeedbackParams) -> None:
    """Let a person judge texts, one at a time, by a click."""
    done = {label.text for label in params.labels}
    waiting = [key for key in found.to_judge if key not in done]
    n = len(found.to_judge) - len(waiting)
    if not found.to_judge:
        show.empty_state(t("feedback.nothing_to_judge"))
        return
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
        "topics": lambda: topics(made),
        "segments": lambda: segments_of(made),
        "months": lambda: show.chart(
            month_by_month(made.result, t), t("feedback.chart.months"), name="feedback_months"
        ),
        "judge": lambda: judge(made.study, made.result, made.params),
    }


def actions(made: frame.Made) -> None:
    """Offer the list of those who are not glad."""
    sad = (made.result.customers["negative"] > 0).fillna(False)
    kept.listing(made.profiles, sad, t("feedback.list", n=int(sad.sum())), "feedback")


def unready(made: frame.Made) -> str | None:
    """Return why what is told becomes no feature yet: nobody knows how often it is right."""
    unmeasured = any(note.code.startswith("feedback_unmeasured") for note in made.result.notes)
    return t("feedback.unready", least=min(TO_JUDGE, len(made.result.to_judge))) if unmeasured else None


t = session.t()
frame.page(
    FeedbackParams(), choices=choices, views=views, actions=actions, unready=unready,
    told=lambda made: answer(made.result, t),
)  # fmt: skip
