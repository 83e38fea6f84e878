"""The library: every tag has a name and fits, and the sample shop is served for every goal."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from analysis.goals import Goal
from analysis.tags.apply import with_tags
from analysis.tags.dictionary import dictionary, suggested
from analysis.tags.library import library_keys, ready_tags
from analysis.tags.words import definition, name_of, tags_of, value_words, weak_words
from tests.samples import sample
from texts import catalogue, translator


@pytest.fixture(scope="module")
def shop() -> Any:
    study = sample()
    found = study.prepared()
    tags = ready_tags(found.profiles, found.standard)
    return study, tags, with_tags(found.profiles, tags, standard=found.standard)


@pytest.mark.parametrize("key", library_keys())
def test_every_tag_has_a_name_in_both_languages(key: Any) -> None:
    assert {"en", "zh"} <= set(catalogue()[f"tag.{key}"])


def test_no_two_tags_have_one_name() -> None:
    for language in ("en", "zh"):
        names = [catalogue()[f"tag.{key}"][language] for key in library_keys()]
        assert len(names) == len(set(names))
    assert len(library_keys()) >= 40


def test_the_sample_carries_most_of_the_library_and_every_definition_is_a_sentence(shop: Any) -> None:
    _, tags, tagged = shop
    assert len(tags) >= 30 and not tagged.problems
    for language, end in (("en", "."), ("zh", "。")):
        t = translator(language, "CNY")
        for tag in tags:
            told = definition(tag, tagged.profiles, t)
            assert told.endswith(end) and "_" not in told, told
            assert all(value_words(tag, value, t) for value in (*tagged.values[tag.key].values, ""))


@pytest.mark.parametrize("goal", [*get_args(Goal), None])
def test_a_goal_starts_with_five_to_eight_tags_that_are_not_weak(shop: Any, goal: Any) -> None:
    _, _, tagged = shop
    keys = suggested(tagged, goal)
    assert 5 <= len(keys) <= 8 and len(set(keys)) == len(keys)


def test_the_dictionary_tells_weak_tags_in_words(shop: Any) -> None:
    study, tags, tagged = shop
    entries = dictionary(tags, tagged, segmentations=study.recipe.segmentations)
    assert {entry.tag.key for entry in entries} == {tag.key for tag in tags}
    by_key = {tag.key: tag for tag in tags}
    t = translator("zh", "CNY")
    told = [weak_words(one, by_key, t) for entry in entries for one in entry.weak]
    assert told and all(told)
    assert all(entry.due is None or entry.due > entry.computed_as_of for entry in entries)
    assert name_of(entries[0].tag, t)


def test_first_last_favourite_and_active_days_are_those_of_the_order_lines(shop: Any) -> None:
    study, _, tagged = shop
    orders = study.prepared().standard.sales().collect("pandas").to_native()
    customers = tagged.profiles.customers.set_index("customer_id")
    first = orders.sort_values(["order_time", "channel"]).groupby("customer_id")["channel"].first()
    assert (customers["tag_first_channel"].dropna() == first.reindex(customers.index).dropna()).all()
    lines = orders.groupby(["customer_id", "category"]).size().reset_index(name="n")
    lines["share"] = lines["n"] / lines.groupby("customer_id")["n"].transform("sum")
    clear = lines[(lines["share"] >= 0.5) & (lines["n"] >= 3)]
    best = clear.sort_values(["n", "category"], ascending=[False, True]).drop_duplicates("customer_id")
    found = customers["tag_category_fan"].dropna()
    assert found.to_dict() == best.set_index("customer_id")["category"].to_dict()
    as_of = tagged.profiles.as_of
    recent = orders[[(as_of - day).days <= 90 for day in orders["order_date"].dt.date]]
    days = recent.groupby("customer_id")["order_date"].nunique()
    assert set(customers.index[customers["tag_frequent_90"]]) == set(days.index[days >= 3])


def test_the_tags_of_one_customer_are_those_of_their_row(shop: Any) -> None:
    _, _, tagged = shop
    t = translator("en", "CNY")
    told = tags_of(tagged, 0, t)
    has = [key for key, one in tagged.values.items() if one.codes[0] >= 0]
    assert len(told) == len(has) > 5
    assert all(name_of(tagged.values[key].tag, t) in words for key, words in zip(has, told, strict=True))
