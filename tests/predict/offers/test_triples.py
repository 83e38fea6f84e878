"""Three bought together: by hand, planted, explained by pairs, chance, and a plain loop of the tests."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.stats import fisher_exact

from analysis.errors import AnalysisError
from analysis.predict.offers.triples import three_together, triples_of
from tests.predict.churn.shops import prepared
from tests.predict.offers.shops import by_chance, lines
from tests.predict.offers.test_together import of


@pytest.fixture(scope="module")
def at_random() -> list[set[str]]:
    rng = np.random.default_rng(1)
    return [{f"p{place:02}" for place in rng.permutation(30)[:4]} for _ in range(2_000)]


def test_a_set_by_hand_with_the_largest_of_three_exact_chances() -> None:
    orders = [{"a", "b", "c"}] * 25 + [{"a"}, {"b"}, {"c"}] * 12 + [{"a", "b"}, {"a", "c"}, {"b", "c"}] * 5
    orders += [{"x"}] * 60
    found = triples_of(of(orders), least=5)
    [row] = found.sets.to_dict("records")
    assert (row["n"], row["n_pair"], found.n_orders, found.n_tested) == (25, 30, 136, 1)
    assert row["confidence"] == pytest.approx(25 / 30) and row["usual"] == pytest.approx(47 / 136)
    assert row["lift"] == pytest.approx(25 / 30 / (47 / 136)) and row["support"] == pytest.approx(25 / 136)
    # Of 47 orders with any one: 30 hold the second, of which 25 the third; of the 17 others 5.
    assert row["p"] == pytest.approx(fisher_exact([[25, 5], [5, 12]])[1])


def test_a_planted_set_is_found_and_chance_is_none(at_random: list[set[str]]) -> None:
    nothing = triples_of(of(at_random), least=4)
    assert nothing.n_found == 0 and nothing.sets.empty and nothing.n_tested > 3_000
    rng = np.random.default_rng(2)
    planted = [order | ({"p00", "p01", "p02"} if rng.random() < 0.05 else set()) for order in at_random]
    found = triples_of(of(planted), least=5)
    assert {*found.sets.iloc[0][["first", "second", "third"]]} == {"p00", "p01", "p02"}
    assert found.n_found <= 2


def test_what_two_pairs_explain_is_no_set(at_random: list[set[str]]) -> None:
    rng = np.random.default_rng(3)
    first = [order | ({"p01"} if "p00" in order and rng.random() < 0.6 else set()) for order in at_random]
    chain = [order | ({"p02"} if "p01" in order and rng.random() < 0.6 else set()) for order in first]
    assert triples_of(of(chain), least=5).n_found == 0


def test_every_set_passes_the_three_tests_of_a_plain_loop(at_random: list[set[str]]) -> None:
    rng = np.random.default_rng(4)
    orders = [order | ({"p03", "p04", "p05"} if rng.random() < 0.03 else set()) for order in at_random]
    found = triples_of(of(orders), least=5, alpha=1.0)
    row = found.sets.iloc[0]
    three = [row["first"], row["second"], row["third"]]
    for given in three:
        one, other = (name for name in three if name != given)
        table = [[0, 0], [0, 0]]
        for order in orders:
            if given in order:
                table[other not in order][one not in order] += 1
        chance: Any = fisher_exact(table)[1]
        assert chance * found.n_tested < 0.05
    assert row["n"] == sum(order >= set(three) for order in orders)
    best = max(row["n"] / sum(order >= set(pair) for order in orders) for pair in combinations(three, 2))
    assert row["confidence"] == pytest.approx(best)


def test_few_orders_give_none_and_orders_without_products_are_refused() -> None:
    assert triples_of(of([{"a", "b", "c"}] * 3), least=5).n_tested == 0
    shop = prepared(lines(5, by_chance).drop(columns="product"))
    with pytest.raises(AnalysisError, match="offers_no_products"):
        three_together(shop.standard, shop.profiles.as_of)
    named = prepared(lines(20, by_chance))
    one = three_together(named.standard, named.profiles.as_of, least=2)
    assert one.to_frame().equals(one.sets) and one.n_orders == 120
