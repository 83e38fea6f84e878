"""How many examples a property is tried on: a few in every run, which draws new ones each time, and many when asked."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = os.environ.get("PORTRAIT_THOROUGH") == "1"
LESS = 6


def examples(n: int, **more: Any) -> settings:
    """Return settings for ``n`` examples with ``PORTRAIT_THOROUGH=1``, and for a sixth of them without."""
    return settings(max_examples=n if THOROUGH else min(n, max(4, n // LESS)), deadline=None, **more)
