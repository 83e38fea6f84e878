"""Widgets that more than one screen shows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.privacy.consent import consent_is_known
from texts import LANGUAGES, Language
from ui import bound, compute, session, show, undo
from ui.scripts import LANGUAGE_SCRIPTS

if TYPE_CHECKING:
    import pandas as pd


def language_switch() -> Language:
    """Show the switch of the language, and tell the browser which one the page is written in."""
    t = session.t()
    language = session.language()
    st.segmented_control(
        t("app.language"),
        LANGUAGES,
        required=True,
        format_func=lambda code: t(f"app.language_{code}"),
        label_visibility="collapsed",
        **bound.one(session.LANGUAGE_KEY, language, session.choose_language, kind=Language),
    )
    st.html(f"<script>{LANGUAGE_SCRIPTS[language]}</script>", unsafe_allow_javascript=True)
    _words_of_streamlit()
    return language


def _words_of_streamlit() -> None:
    """Put words of ours in place of those that Streamlit has in English alone, and that no option sets."""
    t = session.t()
    uploader = "[data-testid='stFileUploaderDropzone']"
    rules = {
        f"{uploader} button p": t("app.upload"),
        f"{uploader} [data-testid='stFileUploaderDropzoneInstructions'] span": t(
            "app.upload_limit", n=int(st.get_option("server.maxUploadSize"))
        ),
        "[data-testid='stStatusWidget'] button": t("app.stop"),
    }
    st.html(
        "<style>"
        + "".join(
            f"{what} {{ font-size: 0; }} {what}::after {{ font-size: 0.875rem; content: '{words}'; }}"
            for what, words in rules.items()
        )
        + "</style>"
    )


def show_personal() -> bool:
    """Show the switch that unmasks personal data for this visit, off at first, and ask why; say whether it is on."""
    t = session.t()
    st.toggle(
        t("app.show_personal"),
        help=t("app.show_personal_help"),
        **bound.one("unmasked", session.asks_unmasked(), session.ask_unmasked),
    )
    if session.asks_unmasked():
        st.text_input(
            t("app.unmask_reason"),
            help=t("app.unmask_reason_help"),
            max_chars=200,
            **bound.one("unmask_reason", session.unmask_reason(), _unmask),
        )
    return session.unmasked()


def _unmask(reason: str) -> None:
    """Show personal data in full once it stands in the log who wants it and why."""
    if reason := (reason or "").strip():
        compute.workspace().record("unmasked", session.study_id(), reason=reason)
    session.set_unmask_reason(reason)


def confirm_contact(customers: pd.DataFrame, key: str) -> date | None:
    """Ask once for the study, where no column says it, whether customers may be contacted; return the day of the yes.

    Parameters
    ----------
    key : str
        ASCII, unique on the page.
    """
    study_id = session.study_id()
    if study_id is None or consent_is_known(customers):
        return None
    t, workspace = session.t(), compute.workspace()
    care = workspace.care(study_id)

    def keep(confirmed: bool) -> None:
        day = date.today() if confirmed else None
        workspace.save_care(study_id, workspace.care(study_id).model_copy(update={"contact_confirmed": day}))

    st.checkbox(
        t("app.contact_confirm"), help=t("app.contact_confirm_help"),
        **bound.one(f"contact_{key}", care.contact_confirmed is not None, keep, kind=bool),
    )  # fmt: skip
    return care.contact_confirmed


def undo_list() -> None:
    """Offer to take back the last changes of the study by their names, while there are any."""
    study_id = session.study_id()
    changes = undo.changes(compute.workspace(), study_id) if study_id else ()
    if not changes:
        return
    from analysis.study.recipe_change import change_sentence, recipe_change

    t = session.t()
    with st.popover(t("app.undo_list", n=len(changes)), icon=":material/undo:", help=t("app.undo_help")):
        for place, change in reversed(list(enumerate(changes))):
            newest = place == len(changes) - 1
            st.button(
                show.md_escape(change_sentence(recipe_change(change.before, change.after), t)), icon=":material/undo:",
                key="undo" if newest else f"undo_{place}", type="secondary" if newest else "tertiary",
                on_click=_take_back, args=(place,),
            )  # fmt: skip


def _take_back(place: int) -> None:
    """Put the recipe back as it was before one of its changes; those after it go too."""
    study_id, workspace = session.study_id(), compute.workspace()
    if study_id is None or place >= len(changes := undo.changes(workspace, study_id)):
        return
    try:
        workspace.save_recipe(study_id, changes[place].before, workspace.load_recipe(study_id).revision)
        undo.forget(workspace, study_id, place)
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)
