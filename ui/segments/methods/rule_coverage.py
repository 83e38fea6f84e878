"""What the rules cover: each for itself, pairs that share customers, and the further rules of each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import session, show
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.segments.by_rule.rules import RulesResult


def coverage(result: RulesResult, view: segments.Shown) -> None:
    """Show what each rule covers, and the customers who fulfil two."""
    import pandas as pd

    t = session.t()
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

    t = session.t()
    if len(result.overlaps) == 0:
        return None
    names = [view.names.get(key) or segments.word(key) for key in result.rules["segment"]]
    words = [t("segments.between").join([name for name, held in zip(names, row, strict=True) if held][1:])
             for row in result.patterns]  # fmt: skip
    return pd.DataFrame({t("rules.also"): pd.Series(words, dtype="str").take(result.pattern).to_numpy()})
