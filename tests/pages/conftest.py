"""Opens pages the way the app does: through the frame, in one language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@pytest.fixture
def open_page(root: Path) -> Callable[..., AppTest]:
    """Return ``open_page("segments/rfm", "zh", study="…")``: the app, run, on that page."""

    def open_it(
        page: str, language: str = "en", *, study: str | None = None, asked_language: str | None = None
    ) -> AppTest:
        app = AppTest.from_file(root / "ui" / "main.py", default_timeout=60)
        app.context["locale"] = LOCALES[language]
        if study is not None:
            app.query_params["study"] = study
        if asked_language is not None:
            app.query_params["lang"] = asked_language
        app.run()
        assert not app.exception, app.exception
        return app.switch_page(f"../pages/{page}.py").run()

    return open_it
