"""What each line of a recipe that answers a question says, in words that an owner knows, and harmless in the recipe."""

from __future__ import annotations

from typing import get_args

import pytest
import yaml

from analysis.intake.fixes import AsOfFix, CleaningFix, ColumnFix, SourceFix
from analysis.intake.judging.deciding_words import fix_lines, line_sentences
from texts import Translator


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_choice_of_a_recipe_has_a_sentence(language: str) -> None:
    t = Translator(language)  # type: ignore[arg-type]
    for field in get_args(CleaningFix.model_fields["field"].annotation):
        [*said] = line_sentences(CleaningFix(field=field, value=("Zorp",)), t)
        assert said and all(said)
    for field in get_args(ColumnFix.model_fields["field"].annotation):
        value = "amount" if field == "role" else ("no", "")
        [said] = line_sentences(ColumnFix(source=0, column="Total", field=field, value=value), t)
        assert "Total" in said
    assert line_sentences(AsOfFix(value="latest"), t) == [t("line.as_of")]


def test_a_remark_stands_before_each_line_and_a_heading_with_line_breaks_stays_one() -> None:
    fix = SourceFix(
        source=0, value="orders", instead_of=1, roles=(("Total\nas_of: 2020-01-01", "amount"), ("Paid", "ignore"))
    )
    lines = fix_lines(fix, Translator("en"))
    assert [line[0] for line in lines] == ["#", "s"] * 4 or [line[0] for line in lines] == [
        "#",
        "s",
        "#",
        "s",
        "#",
        "'",
        "#",
        "s",
    ]
    content = yaml.safe_load("\n".join(lines))
    assert len(content) == 4 and "as_of" not in content
