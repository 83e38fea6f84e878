"""What every page of a prediction is asked: the answer first, no blank left open, and every view without an error."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.segments.conftest import words


def answers(app: AppTest, said: str) -> None:
    """Check that a page answers with these words among others."""
    assert not app.exception and not app.error
    assert said in words(app)
    assert "{" not in words(app)


def every_view(app: AppTest, kind: str, *views: str) -> None:
    """Open the views of a page one after the other."""
    for view in views:
        app.get_by_key(f"{kind}_view_shown").set_value(view).run()
        assert not app.exception and not app.error, view


def without(app: AppTest, kind: str, said: str) -> None:
    """Check that a page without what it needs says so in these words, and offers nothing to use."""
    assert not app.exception
    assert said in words(app)
    assert f"use_{kind}" not in [button.key for button in app.button]
