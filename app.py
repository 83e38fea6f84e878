"""The front door for people: the app with its security headers. Start it with ``uv run portrait``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from ui import leaving, logs, warm
from ui.addresses import KnownAddresses
from ui.gate import Gate
from ui.headers import SecurityHeaders


@asynccontextmanager
async def beside(_: st.App) -> AsyncGenerator[None]:
    """Load packages while the browser fetches its own files, and see to it that visits which are over cost nothing."""
    warm.begin()
    looking = asyncio.create_task(leaving.look())
    yield None
    looking.cancel()


logs.keep_values_out()
leaving.keep_choices()
leaving.share_arenas()
app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    lifespan=beside,
    middleware=[Middleware(SecurityHeaders), Middleware(Gate), Middleware(KnownAddresses)],
)
