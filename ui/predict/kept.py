"""A prediction's choices, kept with the recipe once it is used as a feature, and for the visit before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import bound, compute, session, show
from ui.customers import customer_list

if TYPE_CHECKING:
    from analysis.predict.lifetime.result import LifetimeValue
    from analysis.profiles.result import Profiles

_TRIED = "prediction_tried"


def params_of(study: compute.LoadedStudy, usual: Any) -> Any:
    """Return the params of the recipe, or those tried in this visit, or the usual ones."""
    used = study.recipe.prediction(usual.kind)
    if used is not None:
        return used
    tried: dict[str, Any] = session.kept(_TRIED, {})
    return tried.get(f"{study.id} {usual.kind}", usual)


def field(study: compute.LoadedStudy, params: Any, name: str) -> dict[str, Any]:
    """Return key, value and callback of the widget for one choice."""
    key = f"prediction_{params.kind}_{name}"
    return bound.one(key, getattr(params, name), lambda value: _choose(study, params, name, value))


def _choose(study: compute.LoadedStudy, params: Any, name: str, value: Any) -> None:
    if value is None:
        return
    changed = params.model_copy(update={name: value})
    if study.recipe.prediction(params.kind) is not None:
        compute.edit_recipe(lambda recipe: recipe.with_prediction(changed))
    else:
        session.keep(_TRIED, session.kept(_TRIED, {}) | {f"{study.id} {params.kind}": changed})


def use(study: compute.LoadedStudy, params: Any) -> None:
    """Offer to use the prediction as a feature of every customer, or to take it out again."""
    t, used = session.t(), study.recipe.prediction(params.kind) is not None
    if used:
        st.button(
            t("prediction.leave"), key=f"leave_{params.kind}", icon=":material/close:", help=t("prediction.leave_help"),
            on_click=compute.edit_recipe, args=(lambda recipe: recipe.without_prediction(params.kind),),
        )  # fmt: skip
        return
    st.button(
        t("prediction.use"), key=f"use_{params.kind}", type="primary", icon=":material/add_chart:",
        help=t("prediction.use_help"),
        on_click=compute.edit_recipe, args=(lambda recipe: recipe.with_prediction(params),),
    )  # fmt: skip


def best(result: LifetimeValue, profiles: Profiles) -> None:
    """Offer the list of the most valuable tenth."""
    t, column = session.t(), "value" if result.has_money else "orders"
    values = result.customers[column]
    n = max(round(values.notna().sum() / 10), 1)
    if st.button(t("lifetime.list", n=n), key="list_lifetime", icon=":material/list:"):

        @st.dialog(show.md_escape(t("lifetime.list", n=n)), width="large")
        def opened() -> None:
            inside = values.rank(ascending=False, method="first") <= n
            customer_list.listed(profiles, inside, name=t("lifetime.list_name"), key="lifetime_best")

        opened()


def model_table(result: LifetimeValue) -> None:
    """Show what was fitted, for those who want to see it."""
    import pandas as pd

    t = session.t()
    rows: list[tuple[str, str]] = [
        (t(f"lifetime.used.{rung.kind}"), t.number(rung.loglik, 1)) for rung in result.ladder
    ]
    rows += [(t("lifetime.parameter", name=name), t.number(value, 4)) for name, value in result.fitted.items()]
    if result.spend is not None and result.spend.correlation is not None:
        rows.append((t("lifetime.correlation", n=result.spend.n), t.number(result.spend.correlation, 2)))
    rows.append((t("lifetime.version"), result.version))
    frame = pd.DataFrame(rows, columns=[t("lifetime.what"), t("lifetime.figure")])
    st.dataframe(frame, hide_index=True, height=300, alt=t("lifetime.tab.model"))
    st.caption(show.md_escape(t("lifetime.model_note")))
