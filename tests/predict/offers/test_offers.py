"""Offers of a whole study: planted tastes, what is not offered, new products, seasons, and what cannot be said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.intake.baskets import Baskets
from analysis.intake.reading.frames import Named
from analysis.predict.offers.by_segment import offers_by_segment
from analysis.predict.offers.limits import is_gone
from analysis.predict.offers.occasions import occasions
from analysis.predict.offers.offers import offers
from analysis.predict.offers.params import OffersParams
from analysis.predict.offers.told import features, figures, rows
from analysis.predict.offers.words import answer, customer_words
from analysis.study import begin, read, suggest
from tests.predict.churn.shops import prepared
from tests.predict.offers.shops import START, by_chance, by_taste, lines
from texts import Translator

LANGUAGES = ("en", "zh")


def of(frame: pd.DataFrame, **chosen: Any) -> Any:
    found = prepared(frame)
    return offers(found.standard, found.profiles, OffersParams(**chosen))


def planted() -> pd.DataFrame:
    """Two tastes; postage in many orders, a dear pot without margin, a tray that ran out, a lamp that nobody keeps.

    At the end tea drinkers begin to buy a new jar.
    """
    frame = lines(160, by_taste).assign(cost=4.0)
    order = frame.drop_duplicates("order id")
    number = order["customer id"].str[1:].astype(int)
    place = order["order id"].str[-1].astype(int)
    extra = [
        order[place == 3].assign(product="POSTAGE"),
        order[(place == 4) & (number % 3 == 0)].assign(product="dear pot", cost=12.0),
        order[(place == 0) & (number % 2 == 0)].assign(product="tray"),
        order[(place == 2) & (number % 4 == 0)].assign(product="lamp"),
        order[(place == 5) & (number % 2 == 1) & (number % 5 < 3)].assign(product="new jar"),
    ]
    back = extra[3].assign(amount=-10.0)
    back["order id"] = "r" + back["order id"]
    whole = pd.concat([frame, *extra, back], ignore_index=True)
    whole["category"] = np.where(whole["product"].str.contains("tea|jar"), "tea", "house")
    # The jar is new and the tray was sold in the first months only.
    end = START + timedelta(days=460)
    late = whole["product"] == "new jar"
    whole.loc[late, "order date"] = end - timedelta(days=5)
    return whole[(whole["order date"] <= end)]


@pytest.fixture(scope="module")
def found() -> Any:
    return of(planted(), new_days=30)


def test_new_products_are_those_of_customers_alike_and_say_because_of_what(found: Any) -> None:
    assert found.used["new"] == "model"
    new = found.offers[(found.offers["list"] == "new") & (found.offers["rank"] == 1)]
    is_tea = new["customer_id"].str[1:].astype(int) % 2 == 1
    offered = new["name"].str.contains("tea|jar")
    assert (offered == is_tea).mean() > 0.9
    assert set(new["reason"]) == {"alike"}
    assert (new["because"] != "").all()
    owned = planted().groupby("customer id")["product"].agg(set)
    everything = found.offers[found.offers["list"] == "new"]
    held = [name in owned[who] for who, name in zip(everything["customer_id"], everything["name"], strict=True)]
    assert not any(held)


def test_what_cannot_be_offered_is_offered_to_nobody_and_says_why(found: Any) -> None:
    why = found.items.set_index("item")["why"]
    assert (why["POSTAGE"], why["dear pot"], why["tray"]) == ("no_product", "margin", "gone")
    assert not set(found.offers["name"]) & {"POSTAGE", "dear pot", "tray"}
    assert {note.code for note in found.notes} == {"offers_gone"}
    left = of(planted(), leave_out=["tea 03"], least_margin=-1, gone_days=1_000)
    why = left.items.set_index("item")["why"]
    assert (why["tea 03"], why["dear pot"], why["tray"]) == ("left_out", "", "")
    assert "tea 03" not in set(left.offers["name"])


def test_what_is_bought_once_or_was_given_back_is_not_offered_again(found: Any) -> None:
    items = found.items.set_index("item")
    assert items["once"].all()  # nobody of this shop buys anything twice, but for postage
    assert (found.offers["because"] != "POSTAGE").all()
    assert found.offers[found.offers["list"] == "again"].empty
    assert found.n_given_back == 40
    every_one = set(found.offers.loc[found.offers["name"] == "lamp", "customer_id"])
    assert not {f"c{number:04}" for number in range(0, 160, 4)} & every_one


@pytest.mark.parametrize(("column", "went_back"), [("status", "Refunded"), ("订单状态", "已退款")])
def test_what_a_state_says_was_paid_back_is_offered_to_those_alone_who_kept_it_since(
    column: str, went_back: str
) -> None:
    frame = lines(80, by_chance)
    last = frame["order id"].str[-1] == "5"
    frame["state"] = np.where(last & (np.arange(len(frame)) % 2 == 0), went_back, "交易成功")
    frame.loc[frame["customer id"] == "c0007", "state"] = went_back  # who kept nothing at all
    kept = frame[frame["state"] == "交易成功"].groupby(["customer id", "product"])["order date"].max().to_dict()
    back = frame[frame["state"] == went_back].groupby(["customer id", "product"])["order date"].max().to_dict()
    away = {pair for pair, day in back.items() if pair not in kept or day > kept[pair]}
    people = pd.DataFrame({"customer id": sorted(set(frame["customer id"])), "age": range(80)})
    standing = begin(
        read([Named("orders", frame.rename(columns={"state": column})), Named("people", people)])
    ).prepared()
    found = offers(standing.standard, standing.profiles, OffersParams())
    assert found.n_given_back == len(away) > 60
    assert not away & set(zip(found.offers["customer_id"], found.offers["item"], strict=True))
    assert len(found.of("c0007", "next")) == len(found.of("c0007", "new")) == 5


@pytest.mark.parametrize("said", ["returns set aside", "an amount beside"])
def test_what_went_back_by_lines_set_aside_or_an_amount_beside_is_not_offered_again(said: str) -> None:
    frame = lines(80, by_chance)
    last = frame["order id"].str[-1].eq("5") & (np.arange(len(frame)) % 2 == 0)
    if said == "an amount beside":
        frame["refunded amount"] = np.where(last, frame["amount"], np.where(np.arange(len(frame)) % 7 == 0, 1.0, 0.0))
        whole = frame
    else:
        back = frame[last].assign(amount=-frame["amount"], **{"order id": "r" + frame["order id"]})
        whole = pd.concat([frame, back])
    tables = read(whole)
    recipe = suggest(tables)
    cleaning = recipe.cleaning.model_copy(update={"returns": "set_aside" if said == "returns set aside" else "net"})
    standing = begin(tables, recipe.model_copy(update={"cleaning": cleaning})).prepared()
    found = offers(standing.standard, standing.profiles, OffersParams())
    kept = frame[~last].groupby(["customer id", "product"])["order date"].max().to_dict()
    gone = frame[last].groupby(["customer id", "product"])["order date"].max().to_dict()
    away = {pair for pair, day in gone.items() if pair not in kept or day > kept[pair]}
    assert found.n_given_back == len(away) > 60
    assert not away & set(zip(found.offers["customer_id"], found.offers["item"], strict=True))


def test_a_new_product_goes_to_those_like_its_first_buyers(found: Any) -> None:
    [jar] = found.fresh.products.to_dict("records")
    assert (jar["name"], jar["way"]) == ("new jar", "alike")
    assert 0.5 < jar["low"] <= jar["auc"] <= jar["high"] <= 1
    listed = found.fresh.lists
    assert (listed["customer_id"].str[1:].astype(int) % 2 == 1).all()
    assert listed["rank"].tolist() == list(range(1, jar["n_listed"] + 1))


def test_the_next_category_and_the_first_offer_are_features(found: Any) -> None:
    (product, first), (category, values) = features(found)
    assert (product.key, category.key) == ("next_product", "next_category")
    assert product.origin == "prediction" and product.as_of == found.as_of
    assert len(first) == len(values) == len(found.customers)
    is_tea = found.customers.str[1:].astype(int) % 2 == 1
    assert ((values == "tea") == is_tea).mean() > 0.85
    table = rows(found)
    assert table["next_1"].tolist() == first.tolist()
    assert table["customer_id"].is_unique and {"new_5", "again_1", "category"} <= set(table)
    told = figures(found)
    assert told["used"]["new"] == "model" and told["not_offered"]["gone"] >= 1
    assert told["tested"]["n"] == 160


def test_each_segment_is_offered_what_its_customers_are(found: Any) -> None:
    labels = pd.Series(np.where(found.customers.str[1:].astype(int) % 2, "drinkers", "hosts"))
    table = offers_by_segment(found, labels, which="new", n=4)
    assert table.groupby("segment").size().tolist() == [4, 4]
    tea = table["name"].str.contains("tea|jar") == (table["segment"] == "drinkers")
    assert tea.all()
    assert (table["index"] > 100).all() and table["share"].between(0, 1).all()
    row = table.iloc[1]
    offered = found.firsts("new")[found.firsts("new")["item"] == row["item"]]
    mine = offered["customer_id"].str[1:].astype(int) % 2 == 1
    assert row["n"] == mine.sum()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_reads_as_sentences(found: Any, language: Any) -> None:
    t = Translator(language)
    told = [*answer(found, t), *customer_words(found, found.customers[0], t)]
    assert len(told) >= 6 and all("{" not in sentence for sentence in told)
    with pytest.raises(KeyError):
        customer_words(found, "nobody", t)


@pytest.mark.parametrize("method", ["rule", "model"])
def test_a_chosen_way_is_used_and_said_whatever_it_is_worth(method: str) -> None:
    chance = of(lines(120, by_chance), method=method)
    assert (chance.used["again"], chance.used["new"]) == (method, method)
    for language in LANGUAGES:
        assert "{" not in " ".join(answer(chance, Translator(language)))
    assert "no better than the rule" in " ".join(answer(chance, Translator("en")))


def test_noise_gives_way_to_the_rule_and_says_so() -> None:
    chance = of(lines(120, by_chance, seed=4))
    assert set(chance.used.values()) <= {"rule", "popular"}
    assert "no better than the rule" in " ".join(answer(chance, Translator("en")))
    assert "并不优于规则" in "".join(answer(chance, Translator("zh")))


def test_twelve_customers_of_one_month_get_a_list_that_says_it_is_untested() -> None:
    few = of(lines(12, by_chance, orders=4, gap=7))
    assert few.measured is None and set(few.used.values()) == {"rule"}
    assert {note.code for note in few.notes} == {"offers_untested"}
    assert few.offers["customer_id"].nunique() == 12 and not few.offers.isna().any(axis=None)
    for language in LANGUAGES:
        [told] = answer(few, Translator(language))
        assert "12" in told and "50" in told
    assert figures(few)["tested"] is None


def test_a_customer_without_an_order_is_offered_what_sells() -> None:
    frame = lines(60, by_taste)
    frame.loc[frame["customer id"] == "c0005", "amount"] = -10.0
    found = of(frame)
    mine = found.of("c0005", "new")
    assert set(mine["reason"]) == {"popular"} and len(mine) == 5
    assert found.of("c0005", "again").empty


@pytest.mark.parametrize(
    ("frame", "chosen", "code"),
    [
        (lines(60, by_chance).drop(columns="product"), {}, "offers_no_products"),
        (lines(60, by_chance), {"by": "brand"}, "offers_no_products"),
        (lines(60, by_chance).assign(product="tea"), {}, "offers_one_product"),
        (lines(60, by_chance).assign(cost=9.9), {"least_margin": 0.5}, "offers_nothing_left"),
    ],
)
def test_what_cannot_be_offered_is_refused_in_words(frame: pd.DataFrame, chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        of(frame, **chosen)
    assert refused.value.code == code
    for language in LANGUAGES:
        assert refused.value.sentence(Translator(language))


def test_gone_is_silent_for_longer_than_ever_though_sales_were_due() -> None:
    items = pd.DataFrame(
        {"first": [0, 0, 0, 0], "last": [400, 400, 480, 400], "n_orders": [80, 3, 80, 80], "longest": [10, 20, 10, 150]}
    )
    # Often sold, now silent; rarely sold; sold lately; of a season, silent for as long before.
    assert is_gone(items, 60, np.arange(500), 500).tolist() == [True, False, False, False]
    assert not is_gone(items, 60, np.arange(410), 500).any()  # the whole shop has been silent


def test_a_season_comes_back_in_every_year_and_a_single_burst_is_none() -> None:
    rng = np.random.default_rng(0)
    days, held = [], []
    for day in range(3 * 365):
        when = date(2021, 1, 1) + timedelta(days=day)
        for _ in range(3):
            days.append(when.toordinal())
            gifts = rng.random() < (0.5 if when.month == 12 else 0.03)
            burst = rng.random() < (0.6 if (when.year, when.month) == (2022, 5) else 0.03)
            held.append([0] * gifts + [1] * burst + [2])
    baskets = Baskets(
        pd.Index([f"c{n}" for n in range(3)]), pd.Index(["box", "burst", "milk"]), np.arange(len(days)) % 3,
        np.array(days), np.repeat(np.arange(len(days)), [len(one) for one in held]),
        np.array([item for one in held for item in one]),
    )  # fmt: skip
    items = pd.DataFrame({"item": baskets.items, "name": ["gift box", "burst", "milk"]})
    [row] = occasions(baskets, items, date(2023, 12, 31)).to_dict("records")
    assert (row["name"], row["month"], row["is_gift"], row["n_customers"]) == ("gift box", 12, True, 3)
    assert row["years"] == 2  # December of the third year is not over
    assert 100 < row["low"] <= row["index"] <= row["high"]
    assert occasions(baskets, items, date(2021, 9, 1)).empty


def test_where_everybody_buys_the_same_what_sells_is_offered_and_said() -> None:
    def same(rng: np.random.Generator, number: int, day: int, order: int) -> list[str]:
        return [f"product {int(rng.zipf(1.6)) % 30:02}", f"product {int(rng.zipf(1.6)) % 30:02}"]

    found = of(lines(300, same, orders=3))
    assert found.used["all"] == "popular"
    assert "Everybody is offered what sells most" in " ".join(answer(found, Translator("en")))
    assert "{" not in "".join(answer(found, Translator("zh")))
