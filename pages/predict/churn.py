"""Page: who is leaving, why, how far to trust it beside the plain rule, and whom an offer pays for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.predict.churn import calibration, found_by_risk
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.churn.params import ChurnParams
from analysis.predict.churn.result import SCORE
from analysis.predict.churn.words import (
    change_words,
    definition_words,
    known_value,
    reason_words,
    season_words,
    used_words,
    worth_words,
)
from analysis.profiles.personal import masked
from analysis.profiles.words import feature_name
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.churn.result import ChurnResult
    from analysis.profiles.result import Profiles

MOST_REASONS = 2  # of each on the page
SHOWN, SHOWN_BY_RULE = 3, 5  # of those most at risk, with and without reasons; the list holds them all


def choices(study: compute.LoadedStudy, params: ChurnParams) -> None:
    """Offer what leaving is, where the scores come from, and what an offer costs and saves."""
    st.number_input(
        t("churn.days"), 7, 1095, placeholder=t("churn.days_found"), help=t("churn.days_help"),
        **kept.field(study, params, "days"),
    )  # fmt: skip
    st.selectbox(
        t("lifetime.model"), ["auto", "rule", "logistic", "trees"], format_func=lambda name: t(f"churn.choice.{name}"),
        help=t("churn.method_help"), **kept.field(study, params, "method"),
    )  # fmt: skip
    with st.popover(t("churn.offer"), icon=":material/payments:"):
        for name, most in (("save_rate", 1.0), ("cost", 1e9)):
            st.number_input(
                t(f"churn.{name}"), 0.0, most, help=t(f"churn.{name}_help"), **kept.field(study, params, name)
            )


def by_reason(result: ChurnResult, profiles: Profiles) -> None:
    """Show who is most at risk, with the reasons in words."""
    rows = result.customers[~result.customers["has_left"]].nlargest(
        SHOWN_BY_RULE if result.used == "rule" else SHOWN, SCORE
    )
    told = reasons(result, profiles, rows, most=MOST_REASONS)
    people = masked(profiles).customers["customer_id"].reindex(rows.index)
    risks, why = told[t("feature.churn_risk")], told.iloc[:, 1]
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


def pictures(result: ChurnResult, profiles: Profiles) -> None:
    """Show who is at risk and why, or how well that is known."""
    views = ("who", "found", "calibration", "trust")
    chosen = st.segmented_control(
        t("segments.closer"), views, format_func=lambda name: t(f"churn.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("churn_view").to("shown", "who", offered=list(views)),
    )  # fmt: skip
    if chosen == "who":
        by_reason(result, profiles)
    elif chosen == "found":
        show.chart(found_by_risk(result, t), t("charts.churn_found"), name="churn_found")
    elif chosen == "calibration":
        show.chart(calibration(result, t), t("charts.churn_calibration"), name="churn_calibration")
    else:
        told = (definition_words(result.definition, t), *worth_words(result, t), season_words(result, t))
        for sentence in filter(None, told):
            st.markdown(show.md_escape(sentence))


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: ChurnParams = kept.params_of(study, ChurnParams())
    lead, (left, right) = st.container(), screen.places()
    with right:
        choices(study, params)
    try:
        with lead, st.spinner(t("churn.working")):
            result: ChurnResult = study.run.prediction(params)
    except AnalysisError as problem:
        with lead:
            show.error(problem)
        return
    with lead:
        show.answer(prose([kept.lead_of_churn(result, t), used_words(result, t)], t))
        kept.notes(result.notes)
    with left:
        pictures(result, prepared.profiles)
    with right:
        if result.money is not None:
            money = result.money
            told = t("churn.money", n=money.n, saved=money.saved, low=money.low, high=money.high)
            st.caption(show.md_escape(told))
        kept.use(study, params)
        kept.most_at_risk(result, prepared.profiles, lambda rows: reasons(result, prepared.profiles, rows))
        kept.as_segment(study, result, params)
    show.code(prediction_code(study.in_code, params))


segments.begin("churn")
t = session.t()
main()
show.how_computed("churn.method")
show.next_step("segments/rules")
