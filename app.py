"""The front door for people: the app with its security headers. Start it with ``uv run portrait``."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from analysis.workspace.home import nothing_kept
from texts import catalogue
from ui.headers import SecurityHeaders

FIRST_SCREEN = ("numpy", "PIL.ImageFile", "streamlit.emojis", "ui.compute", "ui.menu")
LISTED = ("analysis.workspace.store", "babel.dates")  # by the first screen too, where there are studies to list
LATER = ("pandas", "duckdb", "altair", "pyarrow.parquet", "sklearn.cluster")
PAUSE_SECONDS = 4  # the first screen is drawn by then; loading beside it would only slow it down


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Load what the first screen needs while the browser fetches its own files, and what an upload needs after it."""

    def load() -> None:
        listed, later = ((), LISTED) if nothing_kept() else (LISTED, ())
        for module in (*FIRST_SCREEN, *listed):
            importlib.import_module(module)
        catalogue()
        time.sleep(PAUSE_SECONDS)
        for module in (*later, *LATER):
            importlib.import_module(module)

    threading.Thread(target=load, name="warm", daemon=True).start()
    yield None


app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    lifespan=warm,
    middleware=[Middleware(SecurityHeaders)],
)
