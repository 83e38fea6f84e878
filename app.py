"""The front door for people: the app with its security headers. Start it with ``uv run portrait``."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from ui.headers import SecurityHeaders

app = st.App(Path(__file__).resolve().parent / "ui" / "main.py", middleware=[Middleware(SecurityHeaders)])
