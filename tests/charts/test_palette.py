from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

from analysis.charts.dark import DIVERGING_ON_DARK, INK_ON_DARK, SEQUENTIAL_ON_DARK, on_dark
from analysis.charts.palette import (
    BAD,
    CATEGORICAL,
    DIVERGING,
    GOOD,
    GREY,
    INK,
    ON_DARK,
    ON_LIGHT,
    SEQUENTIAL,
    amount_size,
    cell_text,
    legend_above,
    look,
    segment_axis,
    segment_colours,
    text_over,
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


THEME = tomllib.loads(Path(__file__).parents[2].joinpath(".streamlit", "config.toml").read_text("utf-8"))["theme"]
PAGES = {"light": THEME["light"]["backgroundColor"], "dark": THEME["dark"]["backgroundColor"]}
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3, text


def between(scale: tuple[str, ...], place: float) -> str:
    """Return the colour at a place 0..1 of a scale, as charts mix it."""
    step = min(int(place * (len(scale) - 1)), len(scale) - 2)
    share = place * (len(scale) - 1) - step
    pairs = ((int(scale[step][i : i + 2], 16), int(scale[step + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)


@pytest.mark.parametrize("scale", [SEQUENTIAL, DIVERGING, SEQUENTIAL_ON_DARK, DIVERGING_ON_DARK])
def test_a_text_reads_on_every_cell_of_a_heat_map(scale):
    cells = [between(scale, place) for place in np.linspace(0, 1, 101)]
    assert min(contrast(text_over(cell), cell) for cell in cells) >= READABLE


def test_a_text_reads_on_the_colour_of_every_segment():
    assert min(contrast(text_over(colour), colour) for colour in (*CATEGORICAL, *GREY)) >= READABLE


@pytest.mark.parametrize(("ink", "page"), [(INK, "light"), (INK_ON_DARK, "dark")])
def test_quiet_texts_of_charts_read_on_their_page(ink, page):
    assert contrast(ink, PAGES[page]) >= READABLE


def test_good_and_bad_have_other_colours_than_high_and_low():
    assert not {GOOD, BAD} & {*DIVERGING, *DIVERGING_ON_DARK, *SEQUENTIAL}


def heat() -> alt.LayerChart:
    data = pd.DataFrame({"x": list("abc"), "v": [0.0, 0.5, 1.0], "said": ["0", "½", "1"]})
    base = alt.Chart(data, width=300, height=60).encode(x="x:N")
    scale = alt.Scale(domain=[0, 1], range=list(SEQUENTIAL), interpolate="rgb")
    cells = base.mark_rect().encode(color=alt.Color("v:Q", scale=scale, legend=None))
    return look(alt.layer(cells, base.mark_text(color=cell_text("v")).encode(text="said:N")))


def texts_of(chart: alt.LayerChart) -> dict[str, str]:
    svg = vl_convert.vegalite_to_svg(chart.to_json())
    return {said: fill for fill, said in re.findall(r'fill="([^"]+)"[^>]*>(0|½|1)<', svg)}


def test_texts_in_cells_follow_the_scale_of_the_page():
    light, dark = heat(), on_dark(heat())
    said = texts_of(light)
    assert (said["0"], said["1"]) == (ON_LIGHT, ON_DARK)
    said = texts_of(dark)
    assert (said["0"], said["1"]) == (ON_DARK, ON_LIGHT)


def test_a_chart_for_a_dark_page_leaves_the_one_for_paper_as_it_is():
    paper = heat()
    before = paper.to_json()
    dark = on_dark(paper).to_dict()
    assert paper.to_json() == before
    assert dark["layer"][0]["encoding"]["color"]["scale"]["range"] == list(SEQUENTIAL_ON_DARK)
    assert dark["config"]["axis"]["labelColor"] == INK_ON_DARK
    assert (
        on_dark(look(alt.Chart(pd.DataFrame({"segment": [INK]})).mark_bar(color=CATEGORICAL[0]))).mark.color
        == (CATEGORICAL[0])
    )


def test_a_legend_takes_more_lines_where_there_is_less_room():
    names = ["Cancelled or refunded", "Customer listed twice", "没有客户", "Counts"]

    def height(width: int) -> float:
        chart = alt.Chart(pd.DataFrame({"name": names, "x": [1, 2, 3, 4]}), width=width, height=100).mark_bar()
        chart = chart.encode(x="x", color=alt.Color("name", legend=legend_above(names)))
        svg = vl_convert.vegalite_to_svg(look(chart).to_json())
        return float(svg.split('height="')[1].split('"')[0])

    assert height(250) > height(500) > height(1000)


@pytest.mark.parametrize(("width", "traits", "aslant"), [(600, True, False), (200, False, False), (60, False, True)])
def test_columns_drop_the_traits_of_groups_where_they_have_no_room_and_then_lean(width, traits, aslant):
    names = ["Group 1: high spend, many orders", "Group 2: low spend", "第3组：久未购买"]
    rows = pd.DataFrame({"segment": names, "n": [1, 2, 3]})
    chart = alt.Chart(rows).mark_bar().encode(x=alt.X("segment:N", axis=segment_axis(names)), y="n:Q")
    drawn = vl_convert.vegalite_to_svg(look(chart, width=width, height=80).to_dict())
    assert (">high spend<" in drawn) is traits and ">Group 1<" in drawn and ">第3组<" in drawn
    assert ("rotate(-35)" in drawn) is aslant


def test_an_amount_is_written_smaller_where_its_cell_is_narrow():
    rows = pd.DataFrame({"x": ["a", "b"], "amount": ["US$160,037", "US$5"]})

    def sizes(width: int) -> list[str]:
        words = (
            alt.Chart(rows)
            .mark_text(fontSize=amount_size("amount"))
            .encode(x=alt.X("x:N", scale=alt.Scale(type="band")))
        )
        drawn = vl_convert.vegalite_to_svg(look(words.encode(text="amount:N"), width=width, height=40).to_dict())
        return re.findall(r'font-size="([\d.]+)px"[^>]*>US', drawn)

    assert sizes(300) == ["11", "11"]
    assert sizes(100) == ["8", "11"]


def test_a_title_given_to_the_look_leaves_the_chart_that_was_handed_in():
    plain = alt.layer(alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q"))
    titled = look(plain, title="Customers", height=70)
    assert (titled.title, titled.height) == ("Customers", 70) and plain.title is alt.Undefined
    assert titled.to_dict()["layer"] == plain.to_dict()["layer"]
