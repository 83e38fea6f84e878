"""For whom a list is asked for from another page."""

from __future__ import annotations

from typing import Any

from ui import compute, session

PAGE = "lists"


def use(segments: list[str], **choices: Any) -> None:
    """Let the next list be for these segments, with further choices of the page by name; tags asked for before go."""
    study_id = session.study_id()
    if study_id is not None:
        saved: dict[str, Any] = dict(compute.workspace().setting(PAGE, {}, study_id))
        compute.workspace().set_setting(PAGE, saved | {"segments": segments, "tags": []} | choices, study_id)
