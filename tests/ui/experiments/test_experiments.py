"""Effects and levels of experiments in words."""

from __future__ import annotations

import pytest

from texts import Translator
from ui import session
from ui.experiments import experiments


@pytest.mark.parametrize(
    ("value", "en"), [(0.01, "1 point"), (0.29 - 0.28, "1 point"), (-0.02, "2 points"), (0.0125, "1.25 points")]
)
def test_a_difference_of_shares_is_told_in_points(monkeypatch, value, en):
    monkeypatch.setattr(session, "t", lambda: Translator("en"))
    assert experiments.effect_text(value, "proportion") == en
