"""Visits that are over are let go of without waiting for the next visitor, and what they held goes back."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from streamlit import config, runtime
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest

from tests.loops import run_alone
from ui import leaving, work


class Session:
    """Stands for a visit, which can be seen to be gone."""

    def __init__(self, id: str) -> None:
        self.id = id


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> MemorySessionStorage:
    """Return the storage of a server that holds nothing else."""
    storage = MemorySessionStorage(ttl_seconds=0)
    manager = WebsocketSessionManager(storage, None, None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(runtime, "exists", lambda: True)
    server = SimpleNamespace(_session_mgr=manager, uploaded_file_mgr=MemoryUploadedFileManager("/upload"))
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    return storage


def test_a_visit_that_is_over_is_let_go_of_and_its_memory_given_back(stored: MemorySessionStorage) -> None:
    session = Session("a")
    gone = weakref.ref(session)
    stored.save(SessionInfo(None, session))  # type: ignore[arg-type]
    del session
    gc.collect()
    assert gone() is not None and stored.list() == []  # nobody can come back to it, and it is still there
    assert leaving.let_go() == 1
    leaving.give_back()
    assert gone() is None and leaving.let_go() == 0


def test_uploads_go_with_their_visit_even_where_something_still_refers_to_it(stored: MemorySessionStorage) -> None:
    uploads: MemoryUploadedFileManager = runtime.get_instance().uploaded_file_mgr  # type: ignore[assignment]
    for visit in ("gone", "here"):
        uploads.add_file(visit, UploadedFileRec("1", "orders.csv", "text/csv", b"customer_id"))
    runtime.get_instance()._session_mgr._active_session_info_by_id["here"] = SimpleNamespace(session=Session("here"))
    held = Session("gone")
    stored.save(SessionInfo(None, held))  # type: ignore[arg-type]
    leaving.let_go()
    assert held.id == "gone" and list(uploads.file_storage) == ["here"]


def test_without_a_server_there_is_nothing_to_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "exists", lambda: False)
    assert leaving.let_go() == 0


def test_memory_is_given_back_when_a_visit_or_work_was_over_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    over, given, ends = [0, 2, 0, 0, 0], [], iter([0.0, 0.0, 0.0, 8.0, 8.0, 8.0])
    monkeypatch.setattr(work, "last_end", lambda: next(ends))
    monkeypatch.setattr(leaving, "LOOK_EVERY", 0)
    monkeypatch.setattr(leaving, "let_go", lambda: over.pop(0))
    monkeypatch.setattr(leaving, "give_back", lambda: given.append(len(over)))
    with pytest.raises(IndexError):  # the looks that were thought of are over
        run_alone(leaving.look())
    assert given == [3, 1]


def test_what_pages_left_is_collected_beside_them_once_and_not_after_every_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, collected = [0, 0, 0], []
    monkeypatch.setattr(work, "last_end", lambda: 0.0)
    monkeypatch.setattr(leaving, "LOOK_EVERY", 0)
    monkeypatch.setattr(leaving, "let_go", lambda: over.pop())
    monkeypatch.setattr(gc, "collect", lambda: collected.append(len(over)))
    leaving.drew.set()
    with pytest.raises(IndexError):
        run_alone(leaving.look())
    assert collected == [2] and config.get_option("runner.postScriptGC") is False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the C library of GNU")
def test_threads_share_a_few_pools_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    library = SimpleNamespace(mallopt=lambda option, value: asked.append((option, value)))
    monkeypatch.setattr(leaving.ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr(leaving.os, "cpu_count", lambda: 4)
    leaving.share_arenas()
    assert asked == [(-8, 4)]
    monkeypatch.setattr(leaving.ctypes, "CDLL", lambda _: SimpleNamespace())  # as with another C library
    leaving.share_arenas()


def callback_while_another_page_is_asked_for() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

    def keep() -> None:
        ctx = get_script_run_ctx()
        assert ctx is not None and ctx.script_requests is not None
        if "asked" not in st.session_state:
            st.session_state["asked"] = True
            ctx.script_requests.request_rerun(RerunData(page_script_hash=ctx.page_script_hash))
        st.session_state["kept"] = st.session_state["choice"]

    st.selectbox("choice", [1, 2], key="choice", on_change=keep)


@pytest.fixture
def as_streamlit_is() -> Iterator[None]:
    yield
    leaving._STATE.on_script_will_rerun = leaving._take
    leaving._RUNNER._maybe_handle_execution_control_request = leaving._make_way
    leaving._REQUESTS._request_rerun_locked = leaving._ask


@pytest.mark.parametrize("whole", [True, False])
def test_a_callback_runs_to_its_end_though_the_next_click_has_come(as_streamlit_is: None, whole: bool) -> None:
    if whole:
        leaving.keep_choices()
    app = AppTest.from_function(callback_while_another_page_is_asked_for).run()
    app.selectbox[0].set_value(2).run()
    assert ("kept" in app.session_state) is whole  # else Streamlit itself has come to do this


@pytest.mark.parametrize("page", ["here", "there"])
def test_a_choice_that_waits_is_taken_along_to_another_page_and_the_newer_one_counts(
    as_streamlit_is: None, page: str
) -> None:
    leaving.keep_choices()

    def asked(page: str, **values: int) -> RerunData:
        states = WidgetStates()
        for name, value in values.items():
            states.widgets.add(id=name, int_value=value)
        return RerunData(widget_states=states, page_script_hash=page)

    requests = ScriptRequests()
    requests.request_rerun(asked("here", choice=2, language=1))
    requests.request_rerun(asked(page, language=3))
    found = requests.on_scriptrunner_ready()
    assert found.type is ScriptRequestType.RERUN and found.rerun_data.page_script_hash == page
    values = {one.id: one.int_value for one in found.rerun_data.widget_states.widgets}
    # On the same page a widget that the browser no longer tells of is gone.
    assert values == ({"choice": 2, "language": 3} if page == "there" else {"language": 3})
