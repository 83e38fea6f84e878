from __future__ import annotations

from itertools import combinations

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

from analysis.charts.palette import (
    CATEGORICAL,
    ON_DARK,
    ON_LIGHT,
    legend_above,
    look,
    segment_colours,
    text_on,
    text_on_diverging,
)
from analysis.segments.scores.schemes import rules

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "red-blind": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "green-blind": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    )
    xyz = to_xyz @ rgb / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ np.array([0.2126, 0.7152, 0.0722])) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_colours_are_told_apart(sight):
    seen = [lab(np.clip(SIGHTS[sight] @ linear(colour), 0, 1)) for colour in CATEGORICAL]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 25


def test_colours_hold_on_a_white_and_a_dark_page():
    assert min(contrast(colour, page) for colour in CATEGORICAL for page in ("#ffffff", "#0e1117")) >= 2.9


def test_a_segment_keeps_its_colour_whatever_stands_beside_it():
    alone = {key: segment_colours([key])[key] for key in ("champions", "cluster_3", "eight_a.keep", "own words")}
    assert segment_colours([*reversed(alone), "loyal"]) | alone == segment_colours([*alone, "loyal"])


@pytest.mark.parametrize("scheme", ["two_digit", "eight_a", "eight_b"])
def test_no_two_segments_of_a_scheme_share_a_colour(scheme):
    keys = [rule.segment for rule in rules(scheme)]
    assert len(set(segment_colours(keys).values())) == len(keys)


def test_text_reads_on_both_ends_of_a_scale():
    assert (text_on(0, low=0, high=9), text_on(9, low=0, high=9)) == (ON_LIGHT, ON_DARK)
    assert [text_on_diverging(v, low=0, high=200) for v in (0, 100, 300)] == [ON_DARK, ON_LIGHT, ON_DARK]


def test_a_legend_takes_more_lines_where_there_is_less_room():
    names = ["Cancelled or refunded", "Customer listed twice", "没有客户", "Counts"]

    def height(width: int) -> float:
        chart = alt.Chart(pd.DataFrame({"name": names, "x": [1, 2, 3, 4]}), width=width, height=100).mark_bar()
        chart = chart.encode(x="x", color=alt.Color("name", legend=legend_above(names)))
        svg = vl_convert.vegalite_to_svg(look(chart).to_json())
        return float(svg.split('height="')[1].split('"')[0])

    assert height(250) > height(500) > height(1000)
