"""Categories: which ways of writing are one value, and which words mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.cells.categories import follow, form, merged, nothing_words
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest

VALUES = st.text(st.sampled_from("aAｂB 男Mm-_1"), min_size=1, max_size=4)


@pytest.mark.parametrize("other", ["google", "GOOGLE", " Google", "Ｇｏｏｇｌｅ", "google "])
def test_case_space_and_width_make_no_other_value(other: str) -> None:
    assert merged({"Google": 9, other: 3}, "channel") == {other: "Google"}


def test_the_most_frequent_way_of_writing_stands_for_all_and_ties_go_by_order() -> None:
    assert merged({"web": 2, "Web": 5, "WEB": 1}, "channel") == {"web": "Web", "WEB": "Web"}
    assert merged({"web": 2, "Web": 2}, "channel") == {"web": "Web"}


def test_known_words_of_gender_are_one_value() -> None:
    assert merged({"男": 5, "M": 3, "Male": 2, "女": 4, "f": 1}, "gender") == {"M": "男", "Male": "男", "f": "女"}
    assert merged({"M": 5, "L": 3, "Male": 2}, "category") == {}


def test_places_are_only_suggested() -> None:
    counts = {"NSW": 5, "New South Wales": 9, "new south wales": 1}
    assert merged(counts, "region") == {"new south wales": "New South Wales"}
    assert merged(counts, "region", suggested=True) == {"NSW": "New South Wales", "new south wales": "New South Wales"}


def test_numbers_and_signs_that_differ_stay_apart() -> None:
    assert merged({"A+": 1, "A": 2, "01": 3, "1": 4}, "category") == {}


@pytest.mark.parametrize(
    ("role", "header", "values", "is_nothing"),
    [
        ("country", "Country", ["Germany", "NA"], False),
        ("extra", "Territory", ["North", "NA"], False),
        ("extra", "code", ["EU", "NA", "AP"], False),
        ("channel", "Channel", ["web", "NA"], True),
    ],
)
def test_na_survives_among_places_and_codes(role: str, header: str, values: list[str], is_nothing: bool) -> None:
    assert ("na" in nothing_words(role, header, values)) is is_nothing


@given(st.dictionaries(VALUES, st.integers(1, 50), max_size=12), st.sampled_from(["gender", "channel", "category"]))
def test_merging_twice_changes_nothing_and_no_row_is_lost(counts: dict[str, int], role: str) -> None:
    mapping = merged(counts, role)
    after: dict[str, int] = {}
    for value, n in counts.items():
        after[mapping.get(value, value)] = after.get(mapping.get(value, value), 0) + n
    assert sum(after.values()) == sum(counts.values())
    assert merged(after, role) == {}
    assert len({form(value) for value in after}) == len(after) or role == "gender"


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6))
def test_followed_merges_end_where_nothing_is_merged(mapping: dict[str, str]) -> None:
    found = follow(mapping)
    assert follow(found) == found
    assert not set(found.values()) & set(found)


def test_an_empty_column_of_customers_is_no_yes_or_no_and_no_failure() -> None:
    text = "customer id,city,vip,extra\n" + "".join(f"c{i},,{('yes', 'no')[i % 2]},\n" for i in range(20))
    [table] = read_file(text.encode(), name="a.csv")
    assert standardise([table], suggest([table])).customers()["customer_id"].nunique() == 20
