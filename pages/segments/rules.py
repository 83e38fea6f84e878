"""Page: segments by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.by_rule.starters import starter_rules
from analysis.segments.params import RulesParams
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import rule_editor, segment_table, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.segments.by_rule.rules import RulesResult


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = study.recipe.plan("rules")
    if plan is None:
        params = RulesParams(rules=starter_rules(profiles, study.recipe.goal))
        study = segments.take_up(study, segments.plan_of(study, "rules").model_copy(update={"params": params}))
        plan = segments.plan_of(study, "rules")
    rules: Any = plan.params
    try:
        with st.spinner(t("rules.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(segments.feature_in_words(problem, profiles))
        rule_editor.editor(rules, profiles, None)
        controls.undo(study)
        return
    view = segments.shown(result, edited, profiles, "rules")
    show.answer(answer(result, len(profiles.customers)))
    rule_editor.editor(rules, profiles, result)
    segments.notes((*result.notes, *edited.notes), view)
    focus = segments.focus(view) if edited.shown else None
    segments.segment_bars(view, name="rules_bars", focus=focus)
    coverage(result, view)
    segment_table.editor(study, view)
    customer_list.customers(view, profiles, also(result, view))
    show.how_computed("rules.method")
    segments.code(study, "rules")


def answer(result: RulesResult, n: int) -> str:
    """Return the page's answer in one to three sentences."""
    covered = n - result.n_other
    facts = {"n": len(result.rules), "covered": covered, "customers": n, "share": covered / n}
    sentences = [t("rules.answer", **facts)]
    if result.n_other:
        sentences.append(t("rules.answer_other", n=result.n_other))
    twice = covered - int(result.rules["only"].sum())
    if twice:
        sentences.append(t("rules.answer_twice", n=twice))
    return segments.prose(sentences)


def coverage(result: RulesResult, view: segments.Shown) -> None:
    """Show what each rule covers, and the customers who fulfil two."""
    import pandas as pd

    table, pairs = result.rules, result.overlaps

    def named(keys: pd.Series) -> list[str]:
        return [view.names.get(key) or segments.word(key) for key in keys]

    each: dict[str, Any] = {
        t("rules.name"): named(table["segment"]),
        t("rules.matches"): table["matches"],
        t("rules.taken"): table["taken"],
        t("rules.only"): table["only"],
    }
    both = {
        t("rules.first"): named(pairs["first"]),
        t("rules.second"): named(pairs["second"]),
        t("column.customers"): pairs["customers"],
    }
    count = st.column_config.NumberColumn(format="%,.0f")
    # Side by side where there is room, one below the other on a narrow screen.
    with st.grid(min_column_width=440, gap="large"):
        with st.container():
            st.subheader(t("rules.each"), anchor=False)
            show.table(pd.DataFrame(each), dict.fromkeys(list(each)[1:], count), alt=t("rules.each"), name="rules_each")
        with st.container():
            st.subheader(t("rules.overlaps"), anchor=False)
            if len(pairs) == 0:
                st.caption(show.md_escape(t("rules.overlaps_none")))
            else:
                show.table(
                    pd.DataFrame(both), {t("column.customers"): count}, alt=t("rules.overlaps"), name="rules_overlaps"
                )


def also(result: RulesResult, view: segments.Shown) -> pd.DataFrame | None:
    """Return for each customer the further rules that hold, in words; None when none does."""
    import pandas as pd

    if len(result.overlaps) == 0:
        return None
    names = [view.names.get(key) or segments.word(key) for key in result.rules["segment"]]
    words = [t("segments.between").join([name for name, held in zip(names, row, strict=True) if held][1:])
             for row in result.patterns]  # fmt: skip
    return pd.DataFrame({t("rules.also"): pd.Series(words, dtype="str").take(result.pattern).to_numpy()})


segments.begin("rules")
t = session.t()
main()
show.next_step("segments/compare")
