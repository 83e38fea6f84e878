"""Widgets that more than one screen shows."""

from __future__ import annotations

import streamlit as st

from texts import LANGUAGES, Language
from ui import session

# Constant text, one per language: a script never holds anything a reader or a file wrote.
_TELL_BROWSER: dict[Language, str] = {
    language: (
        f"<script>document.documentElement.lang='{tag}';"
        f"document.cookie='{session.LANGUAGE_COOKIE}={language};path=/;max-age=31536000;samesite=lax'</script>"
    )
    for language, tag in (("en", "en"), ("zh", "zh-CN"))
}


def language_switch() -> Language:
    """Show the switch of the language, and tell the browser which one the page is written in."""
    t = session.t()
    language: Language = st.segmented_control(
        t("app.language"),
        LANGUAGES,
        default=session.first_language(),
        required=True,
        format_func=lambda code: t(f"app.language_{code}"),
        key=session.LANGUAGE_KEY,
        bind="query-params",
        label_visibility="collapsed",
    )
    st.html(_TELL_BROWSER[language], unsafe_allow_javascript=True)
    return language
