"""The menu: which pages there are, in which order, under which address."""

from __future__ import annotations

import streamlit as st

from analysis.segments.methods import METHODS
from ui import session, show

# Section and page as in pages/<section>/<page>.py, with the page's icon; the page's name is also its address.
MENU: dict[str, dict[str, str]] = {
    "data": {
        "start": "home",
        "files": "folder_open",
        "columns": "view_column",
        "match": "join_inner",
        "check": "fact_check",
    },
    "customers": {"overview": "group", "card": "badge"},
    "segments": {
        **{kind: method.icon for kind, method in METHODS.items()},
        "compare": "compare_arrows",
        "personas": "face",
    },
    "experiments": {
        "plan": "science",
        "split": "call_split",
        "read": "insights",
        "experiments": "lab_profile",
    },
    "share": {"export": "download"},
}

FIRST = "start"  # at the address without a name


def pages() -> dict[str, list[st.Page]]:
    """Return the pages by the title of their section, in the reader's language."""
    t = session.t()
    return {
        t(f"app.section_{section}"): [
            st.Page(
                show.page_path(f"{section}/{page}"),
                title=t(f"{page}.title"),
                icon=f":material/{icon}:",
                url_path=page,
                default=page == FIRST,
            )
            for page, icon in names.items()
        ]
        for section, names in MENU.items()
    }
