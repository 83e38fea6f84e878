"""Page: who is leaving, why, how far to trust it beside the plain rule, and whom an offer pays for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.act.saved import SaveRate, save_rate_measured
from analysis.charts.predict.churn import calibration, found_by_risk
from analysis.predict.churn.params import ChurnParams
from analysis.predict.churn.result import SCORE
from analysis.predict.churn.words import (
    TOO_GOOD,
    change_words,
    definition_words,
    doubt_words,
    known_value,
    lead,
    money_words,
    note_words,
    reason_words,
    season_words,
    used_words,
    worth_words,
)
from analysis.profiles.personal import masked
from analysis.profiles.words import feature_name
from ui import bound, compute, session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.churn.result import ChurnResult
    from analysis.profiles.result import Profiles

MOST_REASONS = 2  # of each on the page
SHOWN, SHOWN_BY_RULE = 2, 5  # of those most at risk, with and without reasons; the list holds them all


def choices(study: compute.LoadedStudy, params: ChurnParams, seen: SaveRate | None) -> None:
    """Offer what leaving is, where the scores come from, and what an offer costs and saves."""
    if "order_date" in compute.prepared_or_stop(study).standard.order_roles:
        st.number_input(
            t("churn.days"), 7, 1095, placeholder=t("churn.days_found"), help=t("churn.days_help"),
            **kept.field(study, params, "days"),
        )  # fmt: skip
    st.selectbox(
        t("lifetime.model"), ["auto", "rule", "logistic", "trees"], format_func=lambda name: t(f"churn.choice.{name}"),
        help=t("churn.method_help"), **kept.field(study, params, "method"),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        offer(study, params, seen)
        columns_left_out(study, params)


def offer(study: compute.LoadedStudy, params: ChurnParams, seen: SaveRate | None) -> None:
    """Offer what an offer costs and saves, typed or as a test has measured it."""
    with st.popover(t("churn.offer"), icon=":material/payments:"):
        st.number_input(
            t("churn.save_rate"), 0.0, 1.0, help=t("churn.save_rate_help"),
            **bound.one(
                "prediction_churn_save_rate", params.save_rate,
                lambda rate: kept.change(study, params, around(params, rate)),
            ),
        )  # fmt: skip
        if seen is not None:
            st.button(
                show.label("churn.rate_seen", name=seen.campaign, rate=seen.rate, low=seen.low, high=seen.high),
                key="churn_rate_seen", icon=":material/insights:",
                help=show.label("churn.rate_seen_help", sent=seen.n_sent, held=seen.n_held),
                on_click=kept.change, args=(study, params, seen.choices),
            )  # fmt: skip
        st.number_input(t("churn.cost"), 0.0, 1e9, help=t("churn.cost_help"), **kept.field(study, params, "cost"))


def columns_left_out(study: compute.LoadedStudy, params: ChurnParams) -> None:
    """Offer to leave out columns of a file: one that was written after somebody left knows what it is to foretell."""
    written = {
        feature.key: feature_name(feature, t)
        for feature in compute.prepared_or_stop(study).profiles.features
        if feature.origin not in ("orders", "records", "tag", "prediction")
        and not feature.personal
        and feature.kind in ("number", "flag", "date", "category")
    }
    if written or params.leave_out:
        with st.popover(t("churn.columns"), icon=":material/block:"):
            kept.several(study, params, "leave_out", list(written), written)


def rate_seen() -> SaveRate | None:
    """Return the save rate that the open study has measured."""
    study, workspace = session.study_id(), compute.workspace()
    if study is None:
        return None
    return save_rate_measured([one.experiment for one in workspace.experiments(study)], workspace.campaigns(study))


def rate_sentence(seen: SaveRate | None, params: ChurnParams) -> str:
    """Return where the save rate comes from."""
    if seen is not None and seen.choices.items() <= params.model_dump().items():
        return t("churn.rate_measured", rate=params.save_rate, name=seen.campaign, sent=seen.n_sent, held=seen.n_held)
    return t("churn.rate_assumed", rate=params.save_rate)


def around(params: ChurnParams, rate: float | None) -> dict[str, float]:
    """Return a rate that was typed; where the range does not hold it, one from half of it to twice it."""
    if rate is None:
        return {}
    inside = params.save_rate_low <= rate <= params.save_rate_high
    return {"save_rate": rate} if inside else {
        "save_rate": rate, "save_rate_low": rate / 2, "save_rate_high": min(2 * rate, 1.0),
    }  # fmt: skip


def by_reason(result: ChurnResult, profiles: Profiles) -> None:
    """Show who is most at risk, with the reasons in words."""
    rows = result.customers[~result.customers["has_left"]].nlargest(
        SHOWN_BY_RULE if result.used == "rule" else SHOWN, SCORE
    )
    told = reasons(result, profiles, rows, most=MOST_REASONS)
    people = masked(profiles).customers["customer_id"].reindex(rows.index)
    risks, why = told[t("feature.churn_risk")], told.iloc[:, 1]
    if result.used == "rule":
        why = [t("churn.reason_alone", feature=told.columns[1], value=value) for value in why]
    by_rule = t("churn.highest", feature=feature_name(result.rule_feature, t))
    st.markdown(f"**{show.md_escape(by_rule if result.used == 'rule' else t('churn.riskiest'))}**")
    for who, risk, reason in zip(people, risks, why, strict=True):
        st.markdown(show.label("churn.one_at_risk", who=str(who), risk=risk, why=str(reason)))


def reasons(result: ChurnResult, profiles: Profiles, rows: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """Return the risk of some customers and what it comes from, in words, by their places among the profiles."""
    import pandas as pd

    known = profiles.customers
    told: list[dict[str, str]] = []
    each: list[dict[str, Any]] = rows.to_dict("records")  # pyright: ignore[reportAssignmentType]
    for place, row in zip(rows.index, each, strict=True):
        values = {str(key): known[key].iat[place] for key in known.columns}
        risk = {t("feature.churn_risk"): t.percent(row[SCORE])}
        if result.used == "rule":
            ruled = result.rule_feature
            why = {feature_name(ruled, t): known_value(values.get(ruled.key), ruled, t)}
        else:
            change = change_words(result, row, t) or "–"
            why = {
                t("churn.why"): " · ".join(reason_words(result, row, values, t, raising=True)[:most]) or "–",
                t("churn.what_helps"): change,
            }
        told.append(risk | why)
    return pd.DataFrame(told, index=rows.index)


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show who is at risk and why, or how well that is known."""
    result: ChurnResult = made.result
    return {
        "who": lambda: by_reason(result, made.profiles),
        "found": lambda: show.chart(found_by_risk(result, t), t("charts.churn_found"), name="churn_found"),
        "calibration": lambda: show.chart(
            calibration(result, t), t("charts.churn_calibration"), name="churn_calibration"
        ),
        "trust": lambda: trust(result),
    }


def trust(result: ChurnResult) -> None:
    """Say what leaving is, and how the scores did on the past."""
    told = (definition_words(result.definition, t), *worth_words(result, t), season_words(result, t))
    for sentence in filter(None, told):
        st.markdown(show.md_escape(sentence))


def beside(made: frame.Made, seen: SaveRate | None) -> None:
    """Say what an offer may save, and where its rate comes from."""
    if told := money_words(made.result, t):
        frame.captions([*told, rate_sentence(seen, made.params)])


def actions(made: frame.Made) -> None:
    """Offer the list of those most at risk, and a segment of them."""
    told = partial(reasons, made.result, made.profiles)
    kept.most_at_risk(made.result, made.profiles, made.params, told)
    kept.as_segment(made.study, made.result, made.params)


t, seen = session.t(), rate_seen()
frame.page(
    ChurnParams() if seen is None else ChurnParams(**seen.choices),
    choices=lambda study, params: choices(study, params, seen), views=views,
    beside=lambda made: beside(made, seen), actions=actions, next_page="segments/rules",
    said=TOO_GOOD, note_words=lambda result, note: note_words(result, note, t), told=lambda made: [
        *lead(made.result, t), used_words(made.result, t), *doubt_words(made.result, t),
    ],
)  # fmt: skip
