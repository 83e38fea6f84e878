"""A column of a role that takes in different things keeps the name that the file gives it, for whoever can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.profiles.words import feature_names
from analysis.study import prepare, read, suggest
from texts import Translator, translator


def names_of(folder: Path, *files: str, language: str = "en") -> dict[str, str]:
    for place, text in enumerate(files):
        (folder / f"{place}.csv").write_text(text, "utf-8")
    tables = read(*(folder / f"{place}.csv" for place in range(len(files))))
    profiles = prepare(tables, suggest(tables)).profiles
    return feature_names(profiles.features, Translator("zh" if language == "zh" else "en"))


def members(heading: str, score: str = "NPS") -> str:
    rows = [f"M{i:03},{('Basic', 'Student', 'Family')[i % 3]},{i % 11},{20 + i % 7}" for i in range(60)]
    return "\n".join([f"member id,{heading},{score},age", *rows])


def test_a_plan_stays_a_plan_and_a_rating_what_it_is_called(tmp_path: Path) -> None:
    found = names_of(tmp_path, members("plan"))
    assert (found["level"], found["rating"], found["age"]) == ("plan", "NPS", "Age")


@pytest.mark.parametrize(("language", "name"), [("zh", "会员等级"), ("en", "Customer level")])
def test_who_cannot_read_it_is_told_the_general_word(tmp_path: Path, language: str, name: str) -> None:
    assert names_of(tmp_path, members("会员等级"), language=language)["level"] == name


def test_a_heading_that_is_the_general_word_is_written_as_that_is(tmp_path: Path) -> None:
    assert names_of(tmp_path, members("customer_level"))["level"] == "Customer level"


def test_two_files_that_call_it_differently_have_the_general_word(tmp_path: Path) -> None:
    other = members("tier").replace("M0", "N0")
    assert names_of(tmp_path, members("plan"), other)["level"] == translator("en")("feature.level")
