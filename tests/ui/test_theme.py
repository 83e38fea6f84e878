"""The theme can be read: text and accent keep their contrast in both themes, chart colours stand out and stay apart."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from analysis.charts.palette import CATEGORICAL

THEME = tomllib.loads(Path(__file__).parents[2].joinpath(".streamlit", "config.toml").read_text("utf-8"))["theme"]
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3, text


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", ["textColor", "primaryColor", "linkColor", "grayTextColor"])
def test_words_are_readable_on_every_surface(mode, colour):
    theme = THEME[mode]
    for surface in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(theme[colour], theme[surface]) >= READABLE
        assert contrast(theme[colour], theme["sidebar"][surface]) >= READABLE


@pytest.mark.parametrize(("mode", "label"), [("light", "#ffffff"), ("dark", "#0d1417")])
def test_label_of_the_primary_button_is_readable(mode, label):
    style = Path(__file__).parents[2].joinpath("ui", "assets", "app.css").read_text("utf-8")
    assert label in style
    assert contrast(label, THEME[mode]["primaryColor"]) >= READABLE


def test_screen_and_files_show_the_same_colours():
    assert tuple(THEME["chartCategoricalColors"]) == CATEGORICAL
    assert THEME["light"]["primaryColor"] == CATEGORICAL[0]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_eight_chart_colours_stand_out_from_the_page(mode):
    colours = THEME["chartCategoricalColors"]
    assert len(set(colours)) == 8
    assert all(contrast(colour, THEME[mode]["backgroundColor"]) >= 2 for colour in colours)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", ["chartSequentialColors", "chartDivergingColors"])
def test_scales_have_the_ten_steps_streamlit_needs(mode, scale):
    assert len(THEME[mode][scale]) == 10


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_sequential_scale_moves_one_way(mode):
    steps = [luminance(colour) for colour in THEME[mode]["chartSequentialColors"]]
    assert steps == sorted(steps, reverse=mode == "light")
