"""The robust z-score: against a plain loop, by hand, and where it cannot be computed."""

from __future__ import annotations

import math

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.standard.outliers import FAR, robust_z, usual_amounts


def middle(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def plain_z(values: list[float]) -> list[float] | None:
    """Loop over the definition of Iglewicz and Hoaglin (1993)."""
    centre = middle(values)
    away = [abs(value - centre) for value in values]
    if middle(away) > 0:
        return [0.6745 * (value - centre) / middle(away) for value in values]
    mean = sum(away) / len(away)
    return [(value - centre) / (1.253314 * mean) for value in values] if mean > 0 else None


def test_by_hand() -> None:
    # median 3, distances 2 1 0 1 97, their median 1: z of 100 is 0.6745 x 97
    assert robust_z([1, 2, 3, 4, 100]) == pytest.approx([-1.349, -0.6745, 0, 0.6745, 65.4265])


def test_more_than_half_equal_uses_the_mean_distance() -> None:
    # median 5, distances 0 0 0 5: their mean 1.25
    assert robust_z([5, 5, 5, 10]) == pytest.approx([0, 0, 0, 5 / (1.253314 * 1.25)])


def test_equal_values_have_no_score() -> None:
    assert robust_z([7, 7, 7]) is None


@given(st.lists(st.integers(-10_000, 10_000).map(float), min_size=1, max_size=60))
def test_agrees_with_a_plain_loop(values: list[float]) -> None:
    found, plain = robust_z(values), plain_z(values)
    assert (found is None) == (plain is None)
    if found is not None:
        assert found == pytest.approx(plain)


@given(st.lists(st.integers(1, 100_000), min_size=20, max_size=120))
def test_usual_amounts_are_those_below_the_score_on_the_logarithm(cents: list[int]) -> None:
    amounts = [cent / 100 for cent in cents]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE lines (line BIGINT, amount DECIMAL(24,6))")
        connection.executemany("INSERT INTO lines VALUES (?, ?)", list(enumerate(amounts)))
        usual = usual_amounts(connection, "lines")
    scores = plain_z([math.log(amount) for amount in amounts])
    if usual is None:
        assert scores is None or len(set(cents)) == 1
        return
    assert scores is not None
    for amount, score in zip(amounts, scores, strict=True):
        if abs(abs(score) - FAR) > 1e-6:
            assert (amount > usual.high) == (score > FAR)
            assert (amount < usual.low) == (score < -FAR)


def test_few_amounts_tell_nothing() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE lines AS SELECT range AS line, 1 + range AS amount FROM range(19)")
        assert usual_amounts(connection, "lines") is None
