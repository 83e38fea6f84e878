"""Keeps what was chosen on a page that is left, and gives back the memory of pages, work and visits that are over.

Streamlit would look through all objects of the process for rings that nobody holds after every click, which takes
longer than most pages; here this is done while nobody waits. And it lets go of a visit only when the next one comes.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

from streamlit import runtime
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
from streamlit.runtime.state.safe_session_state import SafeSessionState

LOOK_EVERY = 30  # seconds; a visit whose window was closed is kept for two minutes, in case it comes back
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h

drew = threading.Event()
"""Set by the frame whenever it has drawn a page."""

_taking = threading.local()
_STATE: Any = SafeSessionState
_RUNNER: Any = ScriptRunner
_REQUESTS: Any = ScriptRequests
_take = _STATE.on_script_will_rerun
_make_way = _RUNNER._maybe_handle_execution_control_request
_ask = _REQUESTS._request_rerun_locked


def keep_choices() -> None:
    """Let the callbacks of what was chosen run to their ends, also when the next click leads to another page.

    Streamlit ends a callback wherever it next looks at the state of the visit once another click has come, and does not
    call it again; and a click that leads to another page takes the place of choices that still wait to be taken.
    """
    _STATE.on_script_will_rerun = _take_whole
    _RUNNER._maybe_handle_execution_control_request = _make_way_between
    _REQUESTS._request_rerun_locked = _ask_for_both


def _take_whole(state: Any, *args: Any, **options: Any) -> None:
    _taking.now = True
    try:
        _take(state, *args, **options)
    finally:
        _taking.now = False


def _make_way_between(runner: Any) -> None:
    if not getattr(_taking, "now", False):
        _make_way(runner)


def _ask_for_both(requests: Any, new: Any) -> bool:
    waiting = requests._rerun_data
    leads_away = new.page_script_hash != waiting.page_script_hash
    if requests._state is ScriptRequestType.RERUN and leads_away and waiting.widget_states:
        both = WidgetStates()
        both.CopyFrom(new.widget_states or both)
        known = {one.id for one in both.widgets}
        both.widgets.extend(one for one in waiting.widget_states.widgets if one.id not in known)
        new = replace(new, widget_states=both)
    return _ask(requests, new)


def share_arenas() -> None:
    """Let threads share a few pools of memory: of its usual eight a core, each keeps what a page once needed there."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library than that of GNU has no such call
            ctypes.CDLL(None).mallopt(_ARENA_MAX, max(2, os.cpu_count() or 2))


async def look() -> None:
    """Look for what is over for as long as the server lives; on its own thread, where visits begin and end."""
    seen = 0.0
    while True:
        await asyncio.sleep(LOOK_EVERY)
        from ui import work  # the first screen does not wait for it

        last = work.last_end()
        if let_go() or last > seen:
            seen = last
            await asyncio.to_thread(give_back)
        elif drew.is_set():
            await asyncio.to_thread(gc.collect)
        drew.clear()


def let_go() -> int:
    """Let go of the visits that nobody can come back to, and of what they uploaded; return how many there were."""
    if not runtime.exists():
        return 0
    server: Any = runtime.get_instance()
    # Nothing public does this: a storage forgets what has expired when it is asked to keep the next.
    over = len(server._session_mgr._session_storage._cache.expire())
    # A visit that something still refers to would hold its uploads for good.
    known = {info.session.id for info in server._session_mgr.list_sessions()}
    for visit in set(server.uploaded_file_mgr.file_storage) - known:
        server.uploaded_file_mgr.remove_session_files(visit)
    return over


def give_back() -> None:
    """Return freed memory to the system, which the allocators keep for later otherwise."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library than that of GNU has no such call
            ctypes.CDLL(None).malloc_trim(0)
