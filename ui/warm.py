"""Loads packages beside the first visit: what its screen needs at once, what an upload needs when the screen stands."""

from __future__ import annotations

import importlib
import threading
import time

from analysis.workspace.home import nothing_kept
from texts import catalogue

FIRST_SCREEN = ("numpy", "PIL.ImageFile", "streamlit.emojis", "ui.compute", "ui.menu")
LISTED = ("analysis.workspace.store", "babel.dates")  # by the first screen too, where there are studies to list
LATER = ("pandas", "duckdb", "altair", "pyarrow.parquet", "sklearn.cluster")
MOST_SECONDS = 10  # nobody may come to look
PAUSE_SECONDS = 0.5  # the browser still fetches what the screen shows

drawn = threading.Event()
"""Set by the frame when it has drawn its first page: loading beside it would only slow it down."""


def begin() -> None:
    """Start to load, in a thread of its own."""
    threading.Thread(target=_load, name="warm", daemon=True).start()


def _load() -> None:
    listed, later = ((), LISTED) if nothing_kept() else (LISTED, ())
    for module in (*FIRST_SCREEN, *listed):
        importlib.import_module(module)
    catalogue()
    drawn.wait(MOST_SECONDS)
    time.sleep(PAUSE_SECONDS)
    for module in (*later, *LATER):
        importlib.import_module(module)
