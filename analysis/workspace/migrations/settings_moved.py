"""What the settings held before documents had a table of their own: as plain JSON, with the version of each document.

This is how things were and does not change: neither with the models of today nor with their names.
"""

from __future__ import annotations

import uuid
from typing import Any

PAGES = ("plan", "split", "read")
WORDS = ("name", "goals", "pains", "quote")


def documents_of(name: str, value: Any) -> list[tuple[str, str, int, Any]] | None:
    """Return kind, name, version and value of each document that a setting held; None when it stays a setting."""
    if name == "personas" and isinstance(value, dict):
        found: list[tuple[str, str, int, Any]] = []
        for method, own in value.items():
            if method == "hypotheses" and isinstance(own, list):
                found += [("hypothesis", uuid.uuid4().hex, 1, one) for one in own]
            elif isinstance(own, dict):
                found += [
                    (
                        "persona",
                        f"{method}:{segment}",
                        1,
                        {"method": method, "segment": segment, **{key: words[key] for key in WORDS if words.get(key)}},
                    )
                    for segment, words in own.items()
                    if isinstance(words, dict)
                ]
        return found
    if name == "kept_segmentations" and isinstance(value, list):
        # The one kept last came first in the list; a document that comes later has the higher position.
        return [("kept_segmentation", uuid.uuid4().hex, 1, one) for one in reversed(value)]
    if name.removeprefix("experiment_") in PAGES and name.startswith("experiment_") and isinstance(value, dict):
        # Version 0: in the form of the page of then, which is older than the first closed form.
        return [(f"{name.removeprefix('experiment_')}_choices", "new", 0, value)]
    return None
