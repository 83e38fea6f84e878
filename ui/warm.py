"""Loads packages beside the first visit: what its screen needs at once, what an upload needs when the screen stands."""

from __future__ import annotations

import importlib
import threading
import time
from contextlib import suppress

from analysis.workspace.home import nothing_kept
from texts import LANGUAGES, catalogue, translator

FIRST_SCREEN = ("numpy", "PIL.ImageFile", "streamlit.emojis", "ui.compute", "ui.menu")
LATER = ("analysis.workspace.store", "babel.dates", "pandas", "duckdb", "altair", "pyarrow.parquet", "sklearn.cluster")
MOST_SECONDS = 10  # nobody may come to look
PAUSE_SECONDS = 0.5  # the browser still fetches what the screen shows

drawn = threading.Event()
"""Set by the frame when it has drawn its first page: loading beside it would only slow it down."""


def begin() -> None:
    """Start to load, in a thread of its own."""
    threading.Thread(target=_load, name="warm", daemon=True).start()


def _load() -> None:
    for module in FIRST_SCREEN:
        importlib.import_module(module)
    catalogue()
    if not nothing_kept():
        _list_studies()
    drawn.wait(MOST_SECONDS)
    time.sleep(PAUSE_SECONDS)
    for module in LATER:
        importlib.import_module(module)
    # The first upload does not wait until the process that reads it has started.
    from analysis.intake.reading import apart

    apart.warm()


def _list_studies() -> None:
    """Do once what takes time in the list of studies: opening the workspace, and learning how numbers are written."""
    from analysis.errors import AnalysisError
    from ui import compute

    with suppress(AnalysisError):  # the page says why
        compute.workspace().studies()
    for language in LANGUAGES:
        translator(language).number(1)
