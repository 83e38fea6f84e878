"""Values from a file: matched by id, the latest day counts, old ones drop out or stay, and no id is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.tags.imported import ImportedValues, import_values
from analysis.tags.params import Imported, Tag
from analysis.tags.values import Basis, tag_values
from tests.tags.makers import profiles_of

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


def test_a_file_of_strangers_is_refused() -> None:
    with pytest.raises(AnalysisError, match="tag_import_nobody"):
        import_values(BASE, ["x", "y"], ["gold", "gold"], on=MAY)


def test_a_tag_without_its_file_says_so() -> None:
    with pytest.raises(AnalysisError, match="tag_nothing_imported"):
        tag_values(Tag(key="vip", type="static", source=Imported()), Basis(BASE))
