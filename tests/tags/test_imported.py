"""Values from a file: matched by id, the latest day counts, old ones drop out or stay, and no id is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.intake.standard.merges import Merges
from analysis.profiles.result import Profiles
from analysis.tags.imported import ImportedValues, import_values
from analysis.tags.params import Imported, Tag
from analysis.tags.values import Basis, tag_values
from tests.tags.makers import profiles_of
from texts import LANGUAGES, translator

BASE = profiles_of(spend=[1.0, 2.0, 3.0])
MAY = date(2024, 5, 1)


def tagged(values: ImportedValues, **choices: Any) -> Any:
    tag = Tag.model_validate({"key": "vip", "type": "static", "source": Imported(), **choices})
    return tag_values(tag, Basis(BASE, imported={"vip": values}))


def test_rows_are_matched_by_id_and_unknown_ids_are_counted_and_kept_out() -> None:
    done = import_values(BASE, ["c0", "c9", None, "c1"], ["gold", "gold", "gold", ""], on=MAY)
    assert (done.n_matched, done.n_unknown, done.n_empty) == (1, 1, 2)
    assert tagged(done.values).has.tolist() == [True, False, False]
    assert '"c0"' not in done.values.model_dump_json()


def test_a_later_file_is_added_or_takes_the_place_of_the_earlier() -> None:
    first = import_values(BASE, ["c0", "c1"], ["gold", "gold"], on=MAY)
    later = import_values(BASE, ["c0"], ["silver"], on=date(2024, 5, 9), before=first.values)
    assert later.n_replaced == 1
    both = tagged(later.values)
    assert [both.values[code] if code >= 0 else None for code in both.codes] == ["silver", "gold", None]
    over = import_values(BASE, ["c2"], ["silver"], on=MAY, before=first.values, how="overwrite")
    assert tagged(over.values).has.tolist() == [False, False, True]


def test_a_value_that_was_not_known_on_the_day_is_not_used() -> None:
    done = import_values(BASE, ["c0"], ["gold"], on=date(2024, 6, 2))
    assert tagged(done.values).n == 0


@pytest.mark.parametrize(("expired", "n"), [("drop", 0), ("stay", 1)])
def test_an_expired_value_drops_out_or_stays_by_the_tags_own_rule(expired: Any, n: Any) -> None:
    done = import_values(BASE, ["c0"], ["gold"], on=date(2024, 5, 1))
    found = tagged(done.values, lives_days=30, expired=expired)  # the data says 1 June: 31 days later
    assert (found.n, found.n_expired) == (n, 1)
    assert tagged(done.values, lives_days=31).n_expired == 0


def test_two_values_of_one_customer_on_one_day_are_refused_unless_the_tag_has_several() -> None:
    with pytest.raises(AnalysisError, match="tag_import_two_values"):
        import_values(BASE, ["c0", "c0"], ["gold", "silver"], on=MAY)
    done = import_values(BASE, ["c0", "c0"], ["gold", "silver"], on=MAY, several=True)
    assert tagged(done.values, several=True).counts["customers"].tolist() == [1, 1]


def test_of_several_values_on_one_day_customers_are_counted_not_rows() -> None:
    with pytest.raises(AnalysisError) as refused:
        import_values(BASE, ["c0"] * 3 + ["c1"], ["gold", "silver", "new", "new"], on=MAY)
    assert refused.value.facts == {"n": 1}


def test_an_older_day_replaces_nothing_and_what_is_added_to_several_replaces_nothing() -> None:
    first = import_values(BASE, ["c0", "c1"], ["gold", "gold"], on=MAY)
    older = import_values(
        BASE, ["c0", "c1"], ["silver", "new"], on=MAY, days=[date(2024, 4, 1)] * 2, before=first.values
    )
    assert older.n_replaced == 0 and tagged(older.values).counts["customers"].sum() == 2
    assert tagged(older.values).who("gold").tolist() == [True, True, False]
    both = import_values(BASE, ["c0"], ["silver"], on=MAY, before=first.values, several=True)
    assert both.n_replaced == 0
    over = import_values(BASE, ["c0", "c2"], ["silver", "new"], on=MAY, before=first.values, how="overwrite")
    assert over.n_replaced == 1


@pytest.mark.parametrize(
    ("value", "code", "facts"),
    [
        ("x" * 81, "tag_import_long", {"n": 1, "most": 80}),
        ("13812345678", "tag_import_personal", {"n": 1}),
        ("写信给 ann@shop.example 即可", "tag_import_personal", {"n": 1}),
    ],
)
def test_values_that_are_no_words_are_refused_and_not_quoted(value: str, code: str, facts: dict[str, int]) -> None:
    with pytest.raises(AnalysisError) as refused:
        import_values(BASE, ["c0", "c1"], [value, "gold"], on=MAY)
    assert (refused.value.code, refused.value.facts) == (code, facts)
    for language in LANGUAGES:
        said = translator(language)(f"error.{code}", **refused.value.facts)
        assert value not in said and not said.endswith("..")


def test_values_follow_an_id_that_is_merged_later_and_come_back_when_that_is_undone() -> None:
    people = Merges(salt="0a" * 16)
    both = profiles_of(spend=[1.0, 2.0, 3.0])
    done = import_values(both, ["c1", "c2"], ["gold", "silver"], on=MAY, merges=people)
    merged = people.decide([("c0", "c1")], "same")
    after = Profiles(both.customers.iloc[[0, 2]].reset_index(drop=True), both.features, both.as_of)  # c1 is now c0
    tag = Tag(key="vip", type="static", source=Imported())
    given = {"vip": done.values}

    def who(profiles: Profiles, merges: Merges | None) -> list[str | None]:
        found = tag_values(tag, Basis(profiles, imported=given, merges=merges))
        return [found.values[code] if code >= 0 else None for code in found.codes]

    assert who(both, people) == [None, "gold", "silver"]
    assert who(after, merged) == ["gold", "silver"]
    assert who(both, merged.undo(merged.links)) == [None, "gold", "silver"]
    # Of two who are one, the later day counts.
    later = import_values(both, ["c0"], ["new"], on=date(2024, 5, 9), before=done.values, merges=people)
    given["vip"] = later.values
    assert who(after, merged) == ["new", "silver"]
    # Of one day, the one that was loaded last, and it is said how many customers that decided.
    assert [tag_values(tag, Basis(after, imported=given, merges=merged)).n_disputed for given in (
        {"vip": import_values(both, [one, *["c0"] * late], [word, *["new"] * late], on=MAY, before=done.values,
                              days=[MAY, *[date(2024, 5, 9)] * late], merges=people).values}
        for one, word, late in (("c0", "silver", 0), ("c0", "gold", 0), ("c0", "silver", 1))
    )] == [1, 0, 0]  # fmt: skip
    given["vip"] = import_values(both, ["c0"], ["silver"], on=MAY, before=done.values, merges=people).values
    assert who(after, merged) == ["silver", "silver"]


def test_a_file_of_strangers_is_refused() -> None:
    with pytest.raises(AnalysisError, match="tag_import_nobody"):
        import_values(BASE, ["x", "y"], ["gold", "gold"], on=MAY)


def test_a_tag_without_its_file_says_so() -> None:
    with pytest.raises(AnalysisError, match="tag_nothing_imported"):
        tag_values(Tag(key="vip", type="static", source=Imported()), Basis(BASE))
