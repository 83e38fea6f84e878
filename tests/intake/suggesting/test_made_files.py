"""A few of the made-up files of ``benchmarks roles``: nothing in them is silently taken for something else."""

from __future__ import annotations

from benchmarks.roles.files import LAYOUTS, made_files, words
from benchmarks.roles.measure import measured


def test_tables_columns_and_customers_of_made_up_files_are_what_they_are() -> None:
    found = measured(made_files(20, seed=5))
    assert found.kinds_right == found.n_files == 20, found.wrong
    assert found.roles_right >= 0.95 * found.n_roles, found.wrong
    assert not any(how == "wrong" for _, how in found.customers), found.wrong


def test_every_language_has_headings_for_every_role() -> None:
    said = words()
    assert len(said) >= 12
    assert all(set(listed) == set(said["en"]) and all(listed.values()) for listed in said.values())


def test_the_files_are_of_every_layout_and_the_same_in_each_run() -> None:
    files = made_files(150)
    assert len({file.name.rsplit("-", 2)[0].removesuffix("s").split("_")[0] for file in files}) >= len(LAYOUTS) - 3
    assert [file.content for file in files[:20]] == [file.content for file in made_files(20)]
    assert sum(file.by == "values" for file in made_files(300)) >= 25
