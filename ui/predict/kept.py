"""A prediction's choices, kept with the recipe once it is used as a feature, and for the visit before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.act import saved
from analysis.conditions import AllOf, Condition, Not
from analysis.predict.churn.definition import left_when
from analysis.predict.churn.result import SCORE
from analysis.segments.params import SegmentRule
from analysis.tags.history import changed
from analysis.tags.params import Rule, Tag, Top
from texts import Translator
from ui import bound, compute, session, show
from ui.act import wanted
from ui.customers import customer_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from analysis.predict.churn.result import ChurnResult
    from analysis.predict.lifetime.result import LifetimeValue
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe

_, AT_RISK = saved.AT_RISK
TIERS = ("value_high", "value_middle", "value_low")
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
    return bound.one(key, getattr(params, name), lambda value: choose(study, params, name, value))


def choose(study: compute.LoadedStudy, params: Any, name: str, value: Any) -> None:
    """Keep one choice: with the recipe once it holds the prediction, for the visit before."""
    if value is None and type(params).model_fields[name].default is not None:
        return
    change(study, params, {name: value})


def change(study: compute.LoadedStudy, params: Any, values: dict[str, Any]) -> None:
    """Keep several choices that go together."""
    changed = params.model_copy(update=values)
    if study.recipe.prediction(params.kind) is not None:
        compute.edit_recipe(lambda recipe: recipe.with_prediction(changed))
    else:
        session.keep(_TRIED, session.kept(_TRIED, {}) | {f"{study.id} {params.kind}": changed})


def several(
    study: compute.LoadedStudy, params: Any, name: str, offered: Sequence[str], words: Mapping[str, str] | None = None
) -> None:
    """Offer to choose several names, in the order in which they are chosen; ``words`` say of keys what they are."""
    t, words = session.t(), words or {}
    told = {one: words.get(one, one) for one in (*offered, *getattr(params, name))}
    st.multiselect(
        t(f"{params.kind}.{name}"), list(told), help=t(f"{params.kind}.{name}_help"), wrap=True,
        placeholder=t("paths.most_usual"), format_func=told.__getitem__,
        **bound.one(
            f"prediction_{params.kind}_{name}",
            list(getattr(params, name)),
            lambda value: choose(study, params, name, tuple(value)),
        ),
    )  # fmt: skip


def use(study: compute.LoadedStudy, params: Any, words: str = "prediction", unready: str | None = None) -> None:
    """Offer to use the prediction as a feature of every customer, or to take it out again; its ``words`` say so.

    What is ``unready`` is not offered, and said.
    """
    t, used = session.t(), study.recipe.prediction(params.kind) is not None
    if used:
        st.button(
            t(f"{words}.leave"), key=f"leave_{params.kind}", icon=":material/close:", help=t(f"{words}.leave_help"),
            on_click=compute.edit_recipe, args=(lambda recipe: recipe.without_prediction(params.kind),),
        )  # fmt: skip
        return
    st.button(
        t(f"{words}.use"), key=f"use_{params.kind}", type="primary", icon=":material/add_chart:",
        help=t(f"{words}.use_help"), disabled=unready is not None,
        on_click=compute.edit_recipe, args=(lambda recipe: recipe.with_prediction(params),),
    )  # fmt: skip
    if unready is not None:
        st.caption(show.md_escape(unready))


def best(result: LifetimeValue, profiles: Profiles, params: Any) -> None:
    """Offer the list of the most valuable tenth."""
    values = result.customers["value" if result.has_money else "orders"]
    n = max(round(values.notna().sum() / 10), 1)
    inside = values.rank(ascending=False, method="first") <= n
    best_tenth = Top(feature="lifetime_value" if result.has_money else "lifetime_orders", share=0.1)
    tag = tag_of("predicted_best", best_tenth, "lifetime.tag")
    listing(profiles, inside, session.t()("lifetime.list", n=n), "lifetime", sent=(tag, params))


def listing(
    profiles: Profiles, inside: Any, name: str, key: str, extra: Callable[[], pd.DataFrame] | None = None,
    *, sent: tuple[Tag, Any] | None = None,
) -> None:  # fmt: skip
    """Offer a list of some customers; ``extra`` makes further columns of it.

    With what is ``sent``, a tag that finds them and the params of the prediction that it asks, it leads on to a list.
    """
    if st.button(show.md_escape(name), key=f"list_{key}", icon=":material/list:"):

        @st.dialog(show.md_escape(name), width="large")
        def opened() -> None:
            if sent is not None and st.button(
                session.t()("cards.send_list"), key=f"send_{key}", type="primary",
                icon=":material/playlist_add_check:", help=session.t()("prediction.send_help"),
                on_click=_ask_for, args=sent,
            ):  # fmt: skip
                st.switch_page(show.page_path("act/lists"))
            customer_list.listed(profiles, inside, name=name, key=f"{key}_listed", extra=extra)

        opened()


def tag_of(key: str, source: Rule | Top, name: str, **facts: Any) -> Tag:
    """Return the tag of those whom a prediction finds, called by a text in both languages."""
    names = {f"name_{language}": Translator(language)(name, **facts) for language in ("en", "zh")}
    return Tag(key=key, type="predictive", source=source, **names)


def _ask_for(tag: Tag, params: Any) -> None:
    compute.edit_recipe(lambda recipe: _with_tag(recipe.with_prediction(params), tag))
    wanted.use([], tags=[json.dumps([tag.column, ""])])


def _with_tag(recipe: Recipe, tag: Tag) -> Recipe:
    before = recipe.tag(tag.key)
    return recipe.with_tag(tag if before is None else changed(before, tag))


def most_at_risk(
    result: ChurnResult, profiles: Profiles, params: Any, told: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    """Offer the list of the tenth most at risk, of those who have not left; ``told`` says of rows why."""
    here = result.customers[~result.customers["has_left"]]
    rows = here.nlargest(max(round(here[SCORE].notna().sum() / 10), 1), SCORE)
    inside = result.customers.index.isin(rows.index)

    def extra() -> pd.DataFrame:
        return told(rows).reindex(result.customers.index).reset_index(drop=True)

    name = session.t()("churn.list", n=len(rows))
    tag = tag_of("predicted_at_risk", Rule(when=_at_risk(result, float(rows[SCORE].min()))), "churn.segment_name")
    listing(profiles, inside, name, "churn", extra, sent=(tag, params))


def _at_risk(result: ChurnResult, cut: float) -> AllOf:
    """Return what those most at risk meet: a chance that high, and that they have not left."""
    here = Not(part=left_when(result.definition, result.as_of))
    return AllOf(parts=(Condition(feature=SCORE, op="ge", values=(cut,)), here))


def as_segment(study: compute.LoadedStudy, result: ChurnResult, params: Any) -> None:
    """Offer to make a segment of the tenth most at risk, of those who have not left."""
    t = session.t()
    here = result.customers[~result.customers["has_left"]][SCORE].dropna()
    n = max(round(len(here) / 10), 1)
    if len(here) >= 10:
        cut = float(here.nlargest(n).min())
        st.button(
            t("churn.segment", n=n), key="churn_segment", icon=":material/group_add:", help=t("churn.segment_help"),
            on_click=_make_segment, args=(params, _at_risk(result, cut), t("churn.segment_name")),
        )  # fmt: skip
    _see(study, AT_RISK, t("churn.see_segment"))


def _make_segment(params: Any, asked: AllOf, name: str) -> None:
    rule = SegmentRule(key=AT_RISK, name=name, when=asked)
    compute.edit_recipe(lambda recipe: _with_rules(recipe, params, (rule,), first=True))


def as_tiers(study: compute.LoadedStudy, result: LifetimeValue, params: Any) -> None:
    """Offer to make tiers of the value to come: the best fifth, the next three tenths, and the rest, by rules."""
    t, column = session.t(), "value" if result.has_money else "orders"
    values = result.customers[column].dropna()
    cuts = [float(values.quantile(share)) for share in (0.8, 0.5)]
    if len(values) and cuts[0] > cuts[1] > float(values.min()):
        feature = "lifetime_value" if result.has_money else "lifetime_orders"
        levels = zip(TIERS, (*cuts, float(values.min())), strict=True)
        rules = tuple(_rule(key, t(f"lifetime.tier.{key}"), feature, least) for key, least in levels)
        st.button(
            t("lifetime.tiers"), key="lifetime_tiers", icon=":material/stacked_bar_chart:",
            help=t("lifetime.tiers_help"), on_click=compute.edit_recipe,
            args=(lambda recipe: _with_rules(recipe, params, rules, first=False),),
        )  # fmt: skip
    _see(study, TIERS[0], t("lifetime.see_tiers"))


def _rule(key: str, name: str, feature: str, least: float) -> SegmentRule:
    asked = Condition.model_validate({"feature": feature, "op": "ge", "values": [least]})
    return SegmentRule(key=key, name=name, when=asked)


def _with_rules(recipe: Recipe, params: Any, rules: tuple[SegmentRule, ...], *, first: bool) -> Recipe:
    """Return the recipe with a prediction, and rules that ask for it in the place of those of their keys."""
    plan = recipe.plan_or_usual("rules")
    known: Any = plan.params
    keys = {rule.key for rule in rules}
    others = tuple(one for one in known.rules if one.key not in keys)
    together = (*rules, *others) if first else (*others, *rules)
    plan = plan.model_copy(update={"params": known.model_copy(update={"rules": together})})
    return recipe.with_prediction(params).with_plan(plan)


def _see(study: compute.LoadedStudy, key: str, label: str) -> None:
    """Link to the rules once one of this key is among them."""
    plan = study.recipe.plan("rules")
    known: Any = plan.params if plan is not None else None
    if known is not None and any(rule.key == key for rule in known.rules):
        st.page_link(show.page_path("segments/rules"), label=show.md_escape(label), icon=":material/arrow_forward:")


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
