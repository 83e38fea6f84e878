"""Who brings whom: trees by hand, published ranks, planted fraud, and noise that names nobody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.predict.referrals.params import ReferralParams
from analysis.predict.referrals.ranks import pagerank, rank_intervals
from analysis.predict.referrals.referrals import referrals
from analysis.predict.referrals.told import features, figures
from analysis.predict.referrals.trees import forest_of, worth
from analysis.predict.referrals.words import answer, sign_sentence
from analysis.study import begin, read
from tests.thorough import examples
from texts import Translator


def pairs(*rows: tuple[str, str] | tuple[str, str, str]) -> pd.DataFrame:
    made = [(*row, None)[:3] for row in rows]
    return pd.DataFrame(made, columns=["customer_id", "referred_id", "day"]).assign(
        day=lambda frame: pd.to_datetime(frame["day"])
    )


def of(brought: pd.DataFrame, orders: pd.DataFrame, *others: pd.DataFrame, **chosen: Any) -> Any:
    found = begin(read(orders, brought, *others)).prepared()
    return referrals(found.standard, found.profiles, ReferralParams(**chosen))


def orders_of(spend: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"customer id": list(spend), "order date": "2024-05-01", "amount": list(spend.values())})


def brought_of(rows: list[tuple[str, str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["referrer id", "referred id", "referral date"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_money_that_went_back_no_share_is_told(language: Any) -> None:
    bought = orders_of({"a": 100.0, "b": 10.0, "c": 20.0, "d": 5.0})
    back = pd.DataFrame({"customer id": ["b", "c"], "order date": "2024-05-02", "amount": [-40.0, -1.0]})
    found = of(brought_of([("a", "b", "2024-01-01"), ("d", "c", "2024-01-02")]), pd.concat([bought, back]))
    assert found.spend_share < 0
    said = " ".join(answer(found, Translator(language)))
    assert "-" not in said and "−" not in said
    [alone] = answer(of(brought_of([("a", "b", "2024-01-01")]), bought), Translator(language))[-1:]
    assert alone == Translator(language)("referrals.one_referrer")


def test_direct_and_tree_value_by_hand() -> None:
    """A brings B and C, B brings D, who spent 10, 20, 30 and 40."""
    found = of(
        brought_of([("a", "b", "2024-01-01"), ("a", "c", "2024-01-02"), ("b", "d", "2024-01-03")]),
        orders_of({"a": 10, "b": 20, "c": 30, "d": 40, "e": 900}),
    )
    rows = found.referrers.set_index("customer_id")
    assert rows.loc["a", ["referred", "reach", "depth", "direct", "tree"]].tolist() == [2, 3, 2, 50, 90]
    assert rows.loc["b", ["referred", "reach", "depth", "direct", "tree"]].tolist() == [1, 1, 1, 40, 40]
    assert (found.n_referred, found.n_bought) == (3, 3)
    assert found.spend_share == pytest.approx(90 / 1000)
    assert found.customers.set_index("customer_id")["was_referred"].to_dict() == {
        "a": False, "b": True, "c": True, "d": True, "e": False,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_those_whom_no_table_knows_no_share_and_no_certain_rank_is_told(language: Any) -> None:
    brought = brought_of([(f"q{n % 9}", f"r{n}", "2024-01-01") for n in range(30)])
    found = of(brought, orders_of({"a": 10.0, "b": 20.0}))
    assert (found.n_referred, len(found.forest.parents)) == (0, 30)
    said = answer(found, Translator(language))
    assert "30" in said[0] and "9" in said[0] and "%" not in said[0]
    first = found.referrers.iloc[0]
    assert first["rank_low"] < first["rank_high"]  # by their number: nobody spent anything that is known


def test_the_earliest_referrer_counts_and_circles_and_oneself_do_not() -> None:
    forest = forest_of(
        pairs(
            ("a", "b", "2024-02-01"), ("x", "b", "2024-01-01"), ("b", "a", "2024-03-01"), ("b", "x", "2024-04-01"),
            ("a", "a", "2024-01-01"), ("x", "b", "2024-05-01"),
        )
    )  # fmt: skip
    assert dict(forest.parents) == {"b": "x", "a": "b"}
    assert (forest.n_rows, forest.n_repeated, forest.n_second, forest.n_self) == (6, 1, 1, 1)
    assert forest.loops == (("b", "x"),)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=30))
@examples(80)
def test_rows_add_up_and_trees_hold_everybody_once(rows: list[tuple[str, str]]) -> None:
    forest = forest_of(pairs(*rows))
    assert forest.n_rows == forest.n_repeated + forest.n_second + forest.n_self + forest.n_loops + len(forest.parents)
    table = worth(forest, dict.fromkeys("abcdefg", 1.0))
    assert table["referred"].sum() == len(forest.parents)
    roots = table[~table["customer_id"].isin(list(forest.parents))]
    assert roots["reach"].sum() == len(forest.parents)
    assert (table["tree"] == table["reach"]).all()


def test_a_chain_of_thousands_is_no_trouble() -> None:
    forest = forest_of(pairs(*((f"c{n}", f"c{n + 1}") for n in range(3000))))
    table = worth(forest, {}).set_index("customer_id")
    assert table.loc["c0", ["reach", "depth"]].tolist() == [3000, 3000]


def test_published_ranks_of_the_karate_club(shared_data: Path) -> None:
    edges = pd.read_csv(shared_data / "profile" / "karate_edges.csv", dtype=str)[["source", "target"]]
    both = [*edges.itertuples(index=False, name=None), *edges[["target", "source"]].itertuples(index=False, name=None)]
    found = pagerank(both)
    assert found["33"] == pytest.approx(0.10092, abs=1e-5)
    assert found["0"] == pytest.approx(0.09700, abs=1e-5)


def test_ranks_are_as_wide_as_the_referrals_are_few() -> None:
    owners = np.repeat([0, 1, 2], [40, 20, 2])
    low, high = rank_intervals(owners, np.ones(62), 200, 0)
    assert low.tolist() == [1, 2, 3] and high.tolist() == [1, 2, 3]
    few_low, few_high = rank_intervals(np.array([0, 0, 1]), np.ones(3), 200, 0)
    assert few_low[0] == 1 and few_high[0] == 2


def shop(rng: np.random.Generator, referrers: int = 60) -> tuple[list[tuple[str, str, date]], dict[str, float]]:
    """Referrers bring one to twelve customers on days of their own, seven in ten of whom order."""
    rows, spend = [], {}
    for number in range(referrers):
        spend[f"r{number:02}"] = 20.0
        for other in range(int(rng.integers(1, 13))):
            referred = f"r{number:02}-{other}"
            rows.append((f"r{number:02}", referred, date(2024, 1, 1) + timedelta(days=int(rng.integers(120)))))
            if rng.random() < 0.7:
                spend[referred] = float(rng.uniform(5, 80))
    return rows, spend


def test_noise_names_nobody() -> None:
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(3):
        rows, spend = shop(rng)
        named += bool(of(brought_of(rows), orders_of(spend), draws=20).signs)
    assert named <= 1


def test_planted_fraud_is_found_and_told_in_both_languages() -> None:
    rows, spend = shop(np.random.default_rng(2))
    rows += [("burst", f"b{n}", date(2024, 2, 2)) for n in range(9)]
    rows += [("dead", f"d{n}", date(2024, 1, 1) + timedelta(days=9 * n)) for n in range(11)]
    rows += [("ring", "ring2", date(2024, 1, 5)), ("ring2", "ring", date(2024, 1, 6)), ("own", "own", date(2024, 1, 5))]
    rows += [("star", f"s{n}", date(2024, 1, 3) + timedelta(days=20 * n)) for n in range(4)]
    spend |= {f"b{n}": 10.0 for n in range(9)} | {f"s{n}": 10.0 for n in range(4)} | {"star": 1.0, "own": 2.0}
    homes = pd.DataFrame({
        "customer id": list(spend),
        "address": [f"{n} High Street, London" for n in range(len(spend))],
    })  # fmt: skip
    homes.loc[homes["customer id"].isin([f"s{n}" for n in range(4)]), "address"] = "1 Station Road, London"
    found = of(brought_of(rows), orders_of(spend), homes)
    assert {(sign.customer_id, sign.kind) for sign in found.signs} == {
        ("burst", "burst"), ("dead", "no_orders"), ("ring2", "circle"), ("own", "self"), ("star", "one_address"),
    }  # fmt: skip
    for language in ("en", "zh"):
        t = Translator(language)
        told = [*answer(found, t), *(sign_sentence(sign, t) for sign in found.signs)]
        told += [t(f"note.{note.code}", **note.facts) for note in found.notes]
        assert all("{" not in one for one in told)
        assert not any("Station" in one for one in told)


def test_what_it_leaves_to_others() -> None:
    found = of(brought_of([("a", "b", None), ("zz", "c", None)]), orders_of({"a": 10, "b": 20, "c": 30}))
    columns = {feature.key: values.tolist() for feature, values in features(found)}
    assert columns == {
        "was_referred": [False, True, True, False], "referral_reach": [1, 0, 0, 1],
        "referral_tree_spend": [20, 0, 0, 30],
    }  # fmt: skip
    assert figures(found)["referred"] == 2
    counted = of(brought_of([("a", "b", None)]), orders_of({"a": 10, "b": 20}).drop(columns="amount"))
    assert not counted.has_money and counted.referrers["tree"].isna().all()
    assert [feature.key for feature, _ in features(counted)] == ["was_referred", "referral_reach"]


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(AnalysisError) as refused:
        of(pd.DataFrame({"a": [1]}), orders_of({"a": 1, "b": 2}))
    assert refused.value.code == "referrals_none"
    with pytest.raises(AnalysisError) as refused:
        of(brought_of([("a", "a", None), ("b", "b", None)]), orders_of({"a": 1, "b": 2}))
    assert refused.value.code == "referrals_empty"
