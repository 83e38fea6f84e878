"""The ways that customers take: funnels and credit by hand, planted drops, identities that hold, what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError, ChoiceError
from analysis.predict.paths.credit import credits_of, removal_effects
from analysis.predict.paths.funnel import funnel
from analysis.predict.paths.params import PathsParams
from analysis.predict.paths.paths import flows_of, paths
from analysis.predict.paths.told import features, figures
from analysis.predict.paths.words import answer
from analysis.study import begin, read
from tests.thorough import examples
from texts import Translator

STEPS = ("see", "cart", "pay")


def events_of(*ways: str, minutes: int = 10) -> pd.DataFrame:
    """One customer a way, a word an event, so many minutes apart."""
    rows = [
        (f"c{who}", event, pd.Timestamp("2024-01-01") + pd.Timedelta(minutes=minutes * place))
        for who, way in enumerate(ways)
        for place, event in enumerate(way.split())
    ]
    return pd.DataFrame(rows, columns=["customer_id", "event", "time"])


def of(*frames: pd.DataFrame, **chosen: Any) -> Any:
    found = begin(read(*frames)).prepared()
    return paths(found.standard, found.profiles, PathsParams(**chosen))


def raw(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.rename(columns={"customer_id": "customer id", "time": "event time"})


def test_a_funnel_by_hand() -> None:
    rows = events_of("see cart pay", "see pay", "see cart help see", "cart pay", "see see cart pay")
    found = funnel(rows, STEPS)
    assert found.steps["customers"].tolist() == [4, 3, 2]
    assert found.steps["of_before"].tolist() == pytest.approx([1, 3 / 4, 2 / 3])
    assert found.reached.to_dict() == {"c0": 3, "c1": 1, "c2": 2, "c4": 3}
    assert found.stopped.to_dict("records") == [
        {"step": "see", "then": "pay", "customers": 1}, {"step": "cart", "then": "help", "customers": 1},
    ]  # fmt: skip
    assert found.steps["median_days"].iloc[1] == pytest.approx(10 / 1440)


def test_events_of_nobody_and_those_after_the_day_are_counted() -> None:
    bought = pd.DataFrame({"customer id": ["c0", "c1"], "order date": "2024-01-01", "amount": [5, 6]})
    rows = raw(events_of("see cart pay", "see pay", minutes=60 * 24))
    later = of(bought, rows)
    [note] = [note for note in later.notes if note.code == "later_left_out"]
    assert note.facts["n"] == (pd.to_datetime(rows["event time"]).dt.date > later.as_of).sum() == 1
    for nobody in (rows.drop(columns="customer id"), rows.assign(**{"customer id": ""})):
        with pytest.raises(AnalysisError) as refused:
            of(bought, nobody)
        assert (refused.value.code, refused.value.facts) == ("paths_no_customers", {"n": 5})
        assert all("5" in refused.value.sentence(Translator(language)) for language in ("en", "zh"))


def test_window_exclusions_and_any_order() -> None:
    rows = events_of("see cart pay", "cart see pay", minutes=60 * 24)
    assert funnel(rows, STEPS, window_days=1.5).steps["customers"].tolist() == [2, 1, 0]
    assert funnel(rows, STEPS, exclude=("cart",)).steps["customers"].tolist() == [2, 0, 0]
    assert funnel(rows, ("cart", "see", "pay"), ordered=False).steps["customers"].tolist() == [2, 2, 2]
    late = events_of("see help help see cart", minutes=60 * 24)
    assert funnel(late, STEPS, window_days=1.5).steps["customers"].tolist() == [1, 1, 0], "a later beginning counts"


@given(
    st.lists(
        st.lists(st.sampled_from(["see", "cart", "pay", "help", "out"]), min_size=1, max_size=9), min_size=1, max_size=9
    )
)
@examples(80)
def test_counts_fall_and_ways_add_up(ways: list[list[str]]) -> None:
    rows = events_of(*(" ".join(way) for way in ways))
    found = funnel(rows, STEPS)
    n = found.steps["customers"].tolist()
    assert n == sorted(n, reverse=True)
    assert n[0] == sum("see" in way for way in ways) == len(found.reached)
    assert found.stopped["customers"].sum() == n[0] - n[-1]
    assert found.steps["customers"].tolist() == [int((found.reached > place).sum()) for place in range(3)]
    flows = flows_of(rows)
    for place in range(1, 5):
        there = sum(len(way) >= place for way in ways)
        told = flows.loc[flows["place"] == place, "customers"].sum() if len(flows) else 0
        assert told in (there, 0) and (told == there or max(map(len, ways)) <= place)


def test_credit_as_published() -> None:
    """Search to an order twice, mail to an order, search and mail to an order, search to nothing."""
    known = {("search",): (2, 1), ("mail",): (1, 0), ("search", "mail"): (1, 0)}
    assert removal_effects(known) == {"mail": 0.5, "search": 0.75}
    table = credits_of(known).set_index("contact")
    assert table["removal"].to_dict() == pytest.approx({"search": 2.4, "mail": 1.6})
    assert table["first"].to_dict() == {"search": 3, "mail": 1}
    assert table["last"].to_dict() == {"search": 2, "mail": 2}
    assert table["linear"].to_dict() == {"search": 2.5, "mail": 1.5}


@given(
    st.dictionaries(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple),
        st.tuples(st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=8,
    )
)
@examples(80)
def test_every_way_of_sharing_adds_up_to_the_orders(known: dict[Any, tuple[int, int]]) -> None:
    total = sum(won for won, _ in known.values())
    table = credits_of(known)
    for name in ("first", "last", "linear", "removal"):
        assert table[name].sum() == pytest.approx(total)
    assert (table["effect"] > -1e-9).all() and (table["effect"] <= 1 + 1e-9).all()


def test_contacts_before_orders_are_credited_within_their_days() -> None:
    contacts = pd.DataFrame(
        [
            ("a", "2024-01-01", "sms"),
            ("a", "2024-01-05", "mail"),
            ("b", "2024-01-01", "sms"),
            ("c", "2024-01-01", "mail"),
        ],
        columns=["customer id", "contact date", "channel"],
    )
    orders = pd.DataFrame(
        [("a", "2024-01-06", 10), ("b", "2024-03-20", 20), ("d", "2024-03-21", 5)],
        columns=["customer id", "order date", "amount"],
    )
    found = of(contacts, orders)
    assert found.n_orders == 1
    table = found.credits.set_index("contact")
    assert table["linear"].to_dict() == {"sms": 0.5, "mail": 0.5}
    assert table["ways"].to_dict() == {"sms": 2, "mail": 2}


def test_a_planted_drop_is_told_first_in_both_languages() -> None:
    ways = ["see cart pay"] * 20 + ["see cart help"] * 60 + ["see out"] * 20
    found = of(raw(events_of(*ways)), steps=STEPS)
    for language in ("en", "zh"):
        t = Translator(language)
        told = [*answer(found, t), *(t(f"note.{note.code}", **note.facts) for note in found.notes)]
        assert "20" in told[0] and "75%" in told[1]
        assert all("{" not in one for one in told)
    columns = {feature.key: values.tolist() for feature, values in features(found)}
    assert sorted(set(columns["funnel_steps"])) == [1, 2, 3]
    assert figures(found)["steps"][2]["customers"] == 20


def test_without_chosen_steps_the_usual_events_stand_in_their_usual_order() -> None:
    found = of(raw(events_of(*["see cart pay"] * 9, *["see cart"] * 5, *["see"] * 4)))
    assert found.funnel.steps["step"].tolist() == ["see", "cart", "pay"]
    assert found.notes[0].facts == {"steps": "see → cart → pay"}
    rng = np.random.default_rng(0)
    names = [f"e{n:02}" for n in range(30)]
    many = events_of(*(" ".join(rng.choice(names, 6)) for _ in range(80)))
    flows = flows_of(many)
    assert flows.groupby("place")["before"].nunique().max() <= 9


@pytest.mark.parametrize(
    ("frame", "chosen", "code"),
    [
        (raw(events_of("see", "see")), {}, "paths_few_steps"),
        (raw(events_of("see cart", "see")), {"steps": ("see", "buy")}, "paths_unknown_step"),
        (pd.DataFrame({"customer id": ["a"], "order date": ["2024-01-01"], "amount": [1]}), {}, "paths_none"),
    ],
)
def test_what_cannot_be_told_is_refused(frame: pd.DataFrame, chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        of(frame, **chosen)
    assert refused.value.code == code
    assert "{" not in Translator("zh")(f"error.{code}", **refused.value.facts)


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"steps": ("a", "b", "a")}, "paths_step_twice"),
        ({"steps": ("a", "b"), "exclude": ("b",)}, "paths_step_excluded"),
    ],
)
def test_choices_that_cannot_be(chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(ChoiceError) as refused:
        PathsParams(**chosen)
    assert refused.value.code == code
