"""Page: whom a past campaign with a hold-out moved, and whether there is a pattern worth acting on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.uplift import fifths, gained
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.uplift import candidates
from analysis.predict.uplift.params import UpliftParams
from analysis.predict.uplift.words import answer, short
from analysis.profiles.words import feature_name
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import frame, kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.predict.uplift.uplift import UpliftResult
    from analysis.profiles.result import Feature, Profiles


METHODS = ("logistic", "trees")


def choose(name: str, features: Sequence[Feature]) -> str:
    """Let the reader choose a column; none is chosen at first."""
    names = {feature.key: feature_name(feature, t) for feature in features}
    key: str = st.selectbox(
        t(f"uplift.{name}"), ["", *names], format_func=lambda key: names.get(key, t("uplift.choose")),
        help=t(f"uplift.{name}_help"), **bound.to_visit("uplift").to(name, "", offered=["", *names]),
    )  # fmt: skip
    return key


def choices(profiles: Profiles) -> list[UpliftParams]:
    """Return what to ask of each arm that was written to; nothing before arm and outcome are chosen."""
    arm = choose("arm", candidates.arms(profiles))
    if not arm:
        return []
    levels = candidates.levels(profiles, arm)
    control = st.selectbox(
        t("uplift.control"), levels, help=t("uplift.control_help"),
        **bound.to_visit("uplift_arm").to(arm, levels[0], offered=levels),
    )  # fmt: skip
    outcome = choose("outcome", candidates.outcomes(profiles, arm))
    if not outcome:
        return []
    others = [
        feature.key for feature in profiles.features
        if feature.key not in (arm, outcome) and not feature.personal and feature.kind in ("flag", "number", "category")
        and feature.origin not in ("tag", "prediction")
    ]  # fmt: skip
    words = {feature.key: feature_name(feature, t) for feature in profiles.features}
    after = [key for key in candidates.known_after(profiles, arm, outcome) if key in others]
    with st.popover(t("uplift.more"), icon=":material/tune:"):
        left_out = st.multiselect(
            t("uplift.after"), others, format_func=words.__getitem__, help=t("uplift.after_help"), wrap=True,
            placeholder=t("uplift.after_none"),
            **bound.to_visit("uplift_after").to(f"{arm}_{outcome}", after, offered=others, many=True),
        )  # fmt: skip
        method = st.selectbox(
            t("lifetime.model"), METHODS, help=t("uplift.method_help"),
            format_func=lambda name: t(f"churn.choice.{name}"),
            **bound.to_visit("uplift").to("method", METHODS[0], offered=METHODS),
        )  # fmt: skip
    if left_out:
        frame.captions([t("uplift.after_shown", names=", ".join(words[key] for key in left_out))])
    return [
        UpliftParams(arm=arm, treated=level, control=control, outcome=outcome, leave_out=tuple(left_out), method=method)
        for level in levels
        if level != control
    ]


def told(found: dict[str, UpliftResult]) -> str:
    """Return what the campaign did, and whether there is a pattern; of several arms in short, one after the other."""
    if len(found) == 1:
        return prose(answer(next(iter(found.values())), t)[:2], t)
    return prose([t("uplift.of_arm", arm=arm, told=short(result, t)) for arm, result in found.items()], t)


def pictures(result: UpliftResult) -> None:
    """Show the gain of writing to those first whom it moves most, or the effect in each fifth."""
    frame.switch("uplift", {
        "gained": lambda: show.chart(gained(result, t), t("charts.uplift_curve"), name="uplift_curve"),
        "fifths": lambda: show.chart(fifths(result, t), t("charts.uplift_fifths"), name="uplift_fifths"),
    })  # fmt: skip


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    lead, (left, right) = st.container(), screen.places()
    with right:
        asked = choices(profiles)
    if not asked:
        with lead:
            show.answer(t("uplift.ask"))
        return
    found: dict[str, UpliftResult] = {}
    with lead, st.spinner(t("uplift.working")):
        for params in asked:
            try:
                found[params.treated] = study.run.prediction(params)
            except AnalysisError as problem:
                show.error(problem)
    if not found:
        return
    with lead:
        show.answer(told(found))
    with left:
        arm = next(iter(found))
        if len(found) > 1:
            arm = st.selectbox(
                t("uplift.shown_arm"), list(found), **bound.to_visit("uplift_shown").to("arm", arm, offered=list(found))
            )
        result = found[arm]
        pictures(result)
        if len(found) > 1:
            st.markdown(show.md_escape(prose(answer(result, t)[:2], t)))
        frame.notes(result.notes)
    chosen = next(params for params in asked if params.treated == arm)
    with right:
        kept.use(study, chosen)
        if result.has_pattern:
            n = max(len(result.customers) // 5, 1)
            moved = result.customers.nlargest(n, "uplift")["customer_id"]
            inside = profiles.customers["customer_id"].isin(moved)
            kept.listing(profiles, inside, t("uplift.list", n=n), "uplift")
    show.code(prediction_code(study.in_code, chosen))


segments.begin("uplift")
t = session.t()
main()
show.how_computed("uplift.method")
show.next_step("experiments/plan")
