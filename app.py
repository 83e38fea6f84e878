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

from ui.headers import SecurityHeaders

FIRST_SCREEN = (
    "analysis.recipe",
    "analysis.workspace.store",
    "numpy",
    "PIL.ImageFile",
    "streamlit.emojis",
    "babel.dates",
)
LATER = ("pandas", "duckdb", "altair", "pyarrow.parquet", "sklearn.cluster")
PAUSE_SECONDS = 4  # the first screen is drawn by then; loading beside it would only slow it down


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Load what the first screen needs while the browser fetches its own files, and what an upload needs after it."""

    def load() -> None:
        for module in FIRST_SCREEN:
            importlib.import_module(module)
        time.sleep(PAUSE_SECONDS)
        for module in LATER:
            importlib.import_module(module)

    threading.Thread(target=load, name="warm", daemon=True).start()
    yield None


app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    lifespan=warm,
    middleware=[Middleware(SecurityHeaders)],
)
