"""What the app remembers about one visit: the only file that touches session state and the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from texts import LANGUAGES, Language, Translator, translator
from ui.scripts import LANGUAGE_COOKIE

LANGUAGE_KEY = "lang"  # of the switch, and the name in the address
_LANGUAGE = "_language"
_WORDS_ARE_OLD = "_words_are_old"
_STUDY = "_study"
_STUDY_PARAM = "study"
_EXPERIMENT = "_experiment"
_EXPERIMENT_PARAM = "experiment"
_GO_TO = "_go_to_experiment"
_PAST = "_past"
_PAST_PARAM = "run"
_SNAPSHOT_ID = re.compile(r"[0-9a-f]{32}")
_EXPERIMENT_ID = re.compile(r"[0-9a-f]{32}")
REFUSED = "refused"  # why a change was not kept, until it is shown
_UNMASKED = "unmasked"
_REASON = "unmask_reason"
_UPLOADS = "_uploads"
_MIRRORED = "_mirrored"
_HELD = "_held"
_WAITED = "_waited"
_WATCHED = "_watched"
_READING = "_reading"
_READING_PARAM = "reading"
_READING_FAILED = "_reading_failed"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_KEPT = "_kept"
_STUDY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class OpenStudy:
    """The study of this visit: its id, what the frame shows of it once known, and what its trade calls customers."""

    study_id: str
    name: str = ""
    as_of: date | None = None
    currency: str | None = None
    n_customers: int = 0
    customers: tuple[str, str, str] | None = None


def language() -> Language:
    """Return the language of this visit, at first that of the address, of the last choice on this browser, or its own.

    The switch only shows it: what Streamlit keeps of a widget is lost where a button of a dialog opens another page.
    """
    if _LANGUAGE not in st.session_state:
        asked = (st.query_params.get(LANGUAGE_KEY), st.context.cookies.get(LANGUAGE_COOKIE))
        known: list[Language] = [language for wanted in asked for language in LANGUAGES if language == wanted]
        st.session_state[_LANGUAGE] = known[0] if known else _browser_language()
    return st.session_state[_LANGUAGE]


def choose_language(chosen: Language) -> None:
    """Write in another language from now on, and tell the browser every choice anew.

    It holds the words of a choice, and sends them back: those of another language would stand for no choice at all.
    """
    st.session_state[_LANGUAGE] = chosen
    st.session_state[_WORDS_ARE_OLD] = 2


def begin_run() -> None:
    """Note that a run begins: what the browser holds is in the words of the run before, once after each switch."""
    st.session_state[_WORDS_ARE_OLD] = max(st.session_state.get(_WORDS_ARE_OLD, 0) - 1, 0)


def t() -> Translator:
    """Return the translator of this visit's language, of the open study's currency and of its word for customers."""
    study = open_study()
    if study is None:
        return translator(language())
    return translator(language(), study.currency).calling(study.customers)


def open_study() -> OpenStudy | None:
    """Return the open study, taken from the address after a refresh, or None."""
    study = st.session_state.get(_STUDY)
    if study is None:
        wanted = st.query_params.get(_STUDY_PARAM, "")
        # The address is typed by anyone: only something shaped like an id goes further.
        if _STUDY_ID.fullmatch(wanted):
            study = OpenStudy(wanted)
            st.session_state[_STUDY] = study
    return study


def study_id() -> str | None:
    """Return the id of the open study, or None."""
    study = open_study()
    return study.study_id if study else None


def set_study(
    study_id: str,
    *,
    name: str = "",
    as_of: date | None = None,
    currency: str | None = None,
    n_customers: int = 0,
    customers: tuple[str, str, str] | None = None,
) -> None:
    """Open a study, or update what the frame shows of the open one; it appears on the next run.

    Parameters
    ----------
    study_id : str
        1 to 64 letters, digits, ``-`` or ``_``.
    name : str
        As the reader wrote it.
    as_of : date, optional
    currency : str, optional
        ISO code; amounts are then written with its sign.
    n_customers : int
        Known once it is read, as the day is.
    customers : tuple of str, optional
        What its trade calls customers, in English and Chinese, and the Chinese measure word.
    """
    if not _STUDY_ID.fullmatch(study_id):
        raise ValueError(f"not an id of a study: {study_id!r}")
    if (known := open_study()) is not None and known.study_id != study_id:
        set_past(None)
    if known is not None and known.customers != customers:
        st.session_state[_WORDS_ARE_OLD] = 2
    st.session_state[_STUDY] = OpenStudy(study_id, name, as_of, currency, n_customers, customers)
    keep_address()


def close_study() -> None:
    """Forget the open study, for example when it was deleted or the address names none that exists."""
    st.session_state.pop(_STUDY, None)
    set_past(None)
    _put(_STUDY_PARAM, None)


def past_id() -> str | None:
    """Return the id of the run that the open study is looked at as, taken from the address after a refresh, or None."""
    if get_script_run_ctx() is None:  # a job beside the page works on the study as it is
        return None
    return _of_address(_PAST, _PAST_PARAM, _SNAPSHOT_ID)


def set_past(snapshot_id: str | None) -> None:
    """Look at the open study as it was at this run from now on, or as it is today."""
    st.session_state[_PAST] = snapshot_id
    _put(_PAST_PARAM, snapshot_id)


def experiment_id() -> str | None:
    """Return the id of the experiment being worked on, taken from the address after a refresh, or None."""
    return _of_address(_EXPERIMENT, _EXPERIMENT_PARAM, _EXPERIMENT_ID)


def set_experiment(experiment_id: str | None) -> None:
    """Work on this experiment from now on, or on a new one."""
    st.session_state[_EXPERIMENT] = experiment_id
    _put(_EXPERIMENT_PARAM, experiment_id)


def go_to_experiment(experiment_id: str | None) -> None:
    """Work on this experiment from the next run on: what else was typed before the click belongs to the one shown."""
    st.session_state[_GO_TO] = experiment_id


def unmasked() -> bool:
    """Say whether personal data is shown in full: the reader has asked for it and said why, for this visit only."""
    return asks_unmasked() and bool(unmask_reason())


def asks_unmasked() -> bool:
    """Say whether the reader wants to see personal data in full."""
    return kept(_UNMASKED, False)


def ask_unmasked(wanted: bool) -> None:
    """Ask to see personal data in full, or mask it again; the reason is asked for anew each time."""
    keep(_UNMASKED, wanted)
    keep(_REASON, None)


def unmask_reason() -> str:
    """Return why the reader sees personal data in full; empty when no reason was given."""
    return kept(_REASON, "")


def set_unmask_reason(reason: str) -> None:
    """Show personal data in full for this reason; with an empty one it is masked again."""
    keep(_REASON, reason)


def widget(key: str, default: Any = None) -> Any:
    """Return what a widget holds; in its callback, what the reader has just chosen."""
    return st.session_state.get(key, default)


def holds(key: str) -> bool:
    """Say whether a widget has a state, be it an empty one."""
    return key in st.session_state


def give(key: str, value: Any) -> None:
    """Say what a widget shows, as it is drawn; ``ui.bound`` alone does.

    A browser that does not hold the widget is told its value, though the server may still know it: the page was left by
    a quick click, the widget was hidden, or what an earlier run said never reached the browser. One that holds it is
    told only what is new, so that a text that is being typed is not taken away.
    """
    if key not in _held_by_browser() or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _held_by_browser() -> frozenset[str]:
    """Return the keys of the widgets that the browser held, in the words of now, when it asked for this run."""
    if st.session_state.get(_WORDS_ARE_OLD):
        return frozenset()
    context = get_script_run_ctx()
    if context is None:
        return frozenset()
    known, keys = st.session_state.get(_HELD, (None, frozenset()))
    # Streamlit makes the cursors anew for every run.
    if known is not context.cursors:
        # The id of a widget ends with its key: $$ID-<hash>-<key>.
        parts = (state.id.split("-", 2) for state in context.session_state.get_widget_states())
        keys = frozenset(part[2] for part in parts if len(part) == 3)
        st.session_state[_HELD] = context.cursors, keys
    return keys


def mirrored() -> dict[str, Any]:
    """Return, by key of a bound widget, what it was given and what was saved then."""
    return st.session_state.setdefault(_MIRRORED, {})


def local_time(moment: datetime) -> datetime:
    """Return a moment on the clock of the reader's browser, without its zone."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError):  # the browser names a zone that this machine does not know
        zone = UTC
    return moment.astimezone(zone).replace(tzinfo=None)


def keep(name: str, value: Any) -> None:
    """Keep something for this visit that is not saved, such as a text that could not be read; None forgets it."""
    st.session_state.setdefault(_KEPT, {})[name] = value


def kept(name: str, default: Any = None) -> Any:
    """Return what was kept under this name in this visit."""
    found = st.session_state.get(_KEPT, {}).get(name)
    return default if found is None else found


def waited() -> dict[str, Any]:
    """Return the jobs that this visit waits for, by key."""
    return st.session_state.setdefault(_WAITED, {})


def watched() -> dict[str, Any]:
    """Return the jobs that this run of the page shows, by key: empty when the run begins."""
    context = get_script_run_ctx()
    run = context.cursors if context else None  # Streamlit makes them anew for every run
    known, jobs = st.session_state.get(_WATCHED, (None, {}))
    if known is not run:
        jobs = {}
        st.session_state[_WATCHED] = run, jobs
    return jobs


def reading() -> str | None:
    """Return the token of the upload that this visit has begun, taken from the address after a refresh, or None."""
    return _of_address(_READING, _READING_PARAM, _TOKEN)


def set_reading(token: str | None) -> None:
    """Follow this upload from now on, or none; the token is its owner's alone."""
    st.session_state[_READING] = token
    _put(_READING_PARAM, token)


def reading_failed() -> None:
    """Leave an upload that could not be read out of the address: nothing is to be found there after a refresh."""
    st.session_state[_READING_FAILED] = reading()
    _put(_READING_PARAM, None)


def upload_round() -> int:
    """Return the number that goes into the key of an uploader; a new one empties it."""
    return st.session_state.get(_UPLOADS, 0)


def next_upload() -> None:
    """Empty the uploaders on the next run; the server would hold what was uploaded for as long as the visit lasts."""
    context = get_script_run_ctx()
    ending = f"_{upload_round()}"
    given = [value for key, value in st.session_state.items() if str(key).endswith(ending)]
    for file in (one for value in given for one in (value if isinstance(value, list) else [value])):
        if context and isinstance(file, UploadedFile):
            uploads: Any = context.uploaded_file_mgr
            uploads.remove_file(context.session_id, file.file_id)
    st.session_state[_UPLOADS] = upload_round() + 1


def give_up_upload() -> None:
    """Empty the uploaders because the reader does not want to wait, and say that nothing has changed."""
    next_upload()
    st.toast(t()("app.stopped"))


def keep_address() -> None:
    """Write the open study, the experiment gone to and a language other than the browser's own into the address.

    The menu's links drop them, so the frame calls this on every run. (A widget bound to the address would write the
    label of the option, not its code.)
    """
    if _GO_TO in st.session_state:
        set_experiment(st.session_state.pop(_GO_TO))
    study = open_study()
    _put(_STUDY_PARAM, study.study_id if study else None)
    _put(_EXPERIMENT_PARAM, experiment_id())
    _put(_PAST_PARAM, past_id())
    token = reading()
    _put(_READING_PARAM, None if token == st.session_state.get(_READING_FAILED) else token)
    _put(LANGUAGE_KEY, language() if language() != _browser_language() else None)


def _of_address(key: str, name: str, form: re.Pattern[str]) -> str | None:
    """Return what this visit keeps, at first what the address names: only something of the right shape goes further."""
    if key not in st.session_state:
        wanted = st.query_params.get(name, "")
        st.session_state[key] = wanted if form.fullmatch(wanted) else None
    return st.session_state[key]


def _put(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _browser_language() -> Language:
    return translator(st.context.locale or "en").language
