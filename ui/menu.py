"""The menu: which pages there are, under which address, and which of them the reader is shown.

An owner sees at most nine entries: an entry stands for its pages, which a row of links above the page offers. An expert
sees every page by its section. Every page can be reached by its address and by links, whatever the menu shows.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from analysis.segments.methods import METHODS
from ui import bound, compute, session, show

# Section and page as in pages/<section>/<page>.py, with the page's icon; the page's name is also its address.
MENU: dict[str, dict[str, str]] = {
    "data": {
        "start": "home",
        "files": "folder_open",
        "columns": "view_column",
        "match": "join_inner",
        "check": "fact_check",
    },
    "customers": {"overview": "group", "moved": "compare", "alarms": "notifications", "tags": "sell", "card": "badge"},
    "segments": {
        **{kind: method.icon for kind, method in METHODS.items()},
        "compare": "compare_arrows",
        "personas": "face",
    },
    "predict": {
        "lifetime": "trending_up",
        "churn": "logout",
        "next_order": "event",
        "offers": "redeem",
        "trend": "show_chart",
        "feedback": "forum",
        "paths": "route",
        "referrals": "hub",
        "uplift": "campaign",
    },
    "experiments": {
        "plan": "science",
        "split": "call_split",
        "read": "insights",
        "experiments": "lab_profile",
        "calculators": "calculate",
    },
    "act": {
        "playbook": "menu_book",
        "lists": "playlist_add_check",
        "actions": "checklist",
        "review": "fact_check",
        "product": "build",
    },
    "share": {"export": "download", "report": "summarize", "audit": "history"},
}
FIRST = "start"  # at the address without a name
SECTIONS = {page: section for section, pages in MENU.items() for page in pages}

# Entry, its icon and its pages; the title of an entry with one page is that of the page.
ENTRIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "start": ("home", ("start",)),
    "overview": ("group", ("overview", "moved", "alarms")),
    "segments": (
        "donut_small",
        (
            *METHODS,
            "lifetime",
            "churn",
            "next_order",
            "offers",
            "trend",
            "feedback",
            "paths",
            "referrals",
            "uplift",
            "tags",
        ),
    ),
    "compare": ("compare_arrows", ("compare",)),
    "people": ("face", ("personas", "card")),
    "act": ("playlist_add_check", ("playbook", "lists", "actions", "review", "product")),
    "experiments": ("science", ("plan", "split", "read", "experiments", "calculators")),
    "share": ("download", ("export", "report", "audit")),
    "data": ("folder_open", ("files", "columns", "match", "check")),
}
ENTRY_OF = {page: entry for entry, (_, pages) in ENTRIES.items() for page in pages}
# What can be used before there is a study.
WITHOUT_STUDY = ("start", "experiments")

ONE_ROW = 8  # links beside each other
_EXPERT = "expert"
_LAST = "menu_last"
_LEADING = "leading_method"


def is_expert() -> bool:
    """Return whether the reader has asked for the whole menu; remembered in the workspace."""
    return bool(compute.workspace().setting(_EXPERT, False))


def current() -> str:
    """Return the name of the page in the address, the first for none of ours."""
    name = urlsplit(st.context.url or "").path.rstrip("/").rsplit("/", 1)[-1]
    return name if name in SECTIONS else FIRST


def lead(method: str) -> bool:
    """Let the entry of segments open the method that the study is first shown by; say whether it opened another."""
    before = session.kept(_LEADING, next(iter(METHODS)))
    session.keep(_LEADING, method)
    return before != method and not is_expert()


def title_of(entry: str) -> str:
    """Return the key of an entry's title."""
    names = ENTRIES[entry][1]
    return f"{names[0]}.title" if len(names) == 1 else f"app.entry_{entry}"


def pages() -> dict[str, list[st.Page]]:
    """Return the pages by the title of their section, in the reader's language."""
    t = session.t()
    if is_expert():
        return {
            t(f"app.section_{section}"): [_page(name, t(f"{name}.title"), icon) for name, icon in names.items()]
            for section, names in MENU.items()
        }
    now = current()
    last: dict[str, str] = session.kept(_LAST, {})
    session.keep(_LAST, last | {ENTRY_OF[now]: now})
    listed = []
    for entry, (icon, names) in ENTRIES.items():
        usual = session.kept(_LEADING) if entry == "segments" else None
        first = now if ENTRY_OF[now] == entry else last.get(entry, usual if usual in names else names[0])
        is_listed = entry in WITHOUT_STUDY or ENTRY_OF[now] == entry or session.study_id() is not None
        for name in names:
            listed.append(_page(name, t(title_of(entry)), icon, is_hidden=name != first or not is_listed))
    return {"": listed}


def _page(name: str, title: str, icon: str, *, is_hidden: bool = False) -> st.Page:
    return st.Page(
        show.page_path(f"{SECTIONS[name]}/{name}"),
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        default=name == FIRST,
        visibility="hidden" if is_hidden else "visible",
    )


def pages_of_entry(page: str) -> None:
    """Link to the other pages of the entry that the page stands under, above the page; nothing for an expert.

    Where they are too many for a row, those of the page's own section, and one link to each other section.
    """
    names = ENTRIES[ENTRY_OF[page]][1]
    if len(names) == 1 or is_expert():
        return
    t = session.t()
    own = [name for name in names if len(names) <= ONE_ROW or SECTIONS[name] == SECTIONS[page]]
    others = {SECTIONS[name]: name for name in reversed(names) if name not in own}
    alone = {section for section in others if sum(SECTIONS[name] == section for name in names) == 1}
    with st.container(horizontal=True, key="pages_of_entry", gap="small"):
        for name in own:
            st.page_link(show.page_path(f"{SECTIONS[name]}/{name}"), label=t(f"{name}.title"))
        for section, name in others.items():
            where = show.page_path(f"{section}/{name}")
            label = t(f"{name}.title") if section in alone else t(f"app.section_{section}")
            st.page_link(where, label=label, icon=":material/arrow_forward:")


def expert_switch() -> None:
    """Show the switch between the short menu and every page."""
    t = session.t()
    st.toggle(
        t("app.expert"),
        help=t("app.expert_help"),
        **bound.one(
            _EXPERT, is_expert(), lambda value: compute.workspace().set_setting(_EXPERT, bool(value)), kind=bool
        ),
    )
