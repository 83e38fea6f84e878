"""The page of uplift: it asks who was written to, and says of each group whether there is a pattern."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words


@pytest.fixture(scope="module")
def letters() -> str:
    """Return a campaign of two letters: one moves the young, the other everybody alike."""
    rng = np.random.default_rng(5)
    rows = ["customer_id,letter,young,came,bought,city"]
    for number in range(3_000):
        letter, young = ("Shoes", "Hats", "No letter")[number % 3], rng.random() < 0.5
        chance = 0.15 + {"Shoes": 0.35 * young, "Hats": 0.1, "No letter": 0.0}[letter]
        came = rng.random() < chance
        bought = came and rng.random() < 0.3
        rows.append(f"c{number},{letter},{'yes' if young else 'no'},{int(came)},{int(bought)},town {number % 4}")
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(("language", "asks"), [("en", "Choose which column"), ("zh", "请选择哪一列")])
def test_nothing_is_claimed_before_the_arms_are_chosen(
    language: Any, asks: str, open_page: Any, sample_study: Any
) -> None:
    app = open_page("predict/uplift", language, study=sample_study)
    assert not app.exception and not app.error
    assert asks in words(app) and "{" not in words(app)


def test_each_letter_is_told_apart_and_the_pattern_of_one_is_found(
    letters: str, open_page: Any, make_study: Any
) -> None:
    app = open_page("predict/uplift", study=make_study(letters))
    arm = next(key for key in app.get_by_key("uplift_arm").options if "etter" in key)
    app.get_by_key("uplift_arm").select(arm).run()
    outcome = next(key for key in app.get_by_key("uplift_outcome").options if "ame" in key)
    app.get_by_key("uplift_outcome").select(outcome).run()
    assert not app.exception and not app.error
    said = words(app)
    assert "Shoes: " in said and "Hats: " in said
    shoes, hats = said.split("Shoes: ")[1], said.split("Hats: ")[1].split("Shoes: ")[0]
    assert "There is a pattern in whom it moved" in shoes.split("Hats: ")[0]
    assert "no pattern worth acting on" in hats
    assert "so not used: bought." in said
    app.get_by_key("uplift_view_shown").set_value("fifths").run()
    assert not app.exception
    app.get_by_key("use_uplift").click().run()
    assert not app.exception and not app.error and "leave_uplift" in [button.key for button in app.button]
